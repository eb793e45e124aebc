"""The slide that plays the opening film."""

from __future__ import annotations

from collections.abc import Iterator
from gettext import NullTranslations

from capsule.layout import frame, leaves, metrics, notes
from capsule.layout.boxes import Movie, Page, Panel, Text
from capsule.plan import Plan
from capsule.theme import PAGE_WIDTH, Theme
from capsule.typography import plain

_WIDE, _HIGH = 9.92, 5.58  # 16:9 to the EMU, so that nothing is stretched
_Y = 0.94
_EDGE = 0.04
_TITLE_W, _ASIDE_W = 5.7, 4.0
_TITLE_Y, _TITLE_H = 0.34, 0.5
_SIGNED_H = 0.42  # two lines of the smallest size


def page(plan: Plan, theme: Theme, words: NullTranslations) -> Page:
    """The film in its own shape, under its title, on ink."""
    part, intro = plan.parts[0], plan.capsule.intro
    pieces = metrics.runs(intro.title, theme.white, bold=True, strong=theme.accent)
    named = leaves.title(pieces, part.scenes[-1], plan, theme.soft_on_ink, words)
    x = (PAGE_WIDTH - _WIDE) / 2
    place, sizes = (x, _TITLE_Y, _TITLE_W), (26, 24, 22, 20, 18, 16, 14)
    title = metrics.fit(named, sizes, (_TITLE_W, _TITLE_H), ("intro", "title"))
    edge = Panel(  # a film that begins on ink would melt into the page
        name="edge",
        x=x - _EDGE,
        y=_Y - _EDGE,
        w=_WIDE + 2 * _EDGE,
        h=_HIGH + 2 * _EDGE,
        fill=theme.line_on_ink,
    )
    return Page(
        id="intro",
        part=part.id,
        title=frame.text_of(named),
        ground=theme.ink,
        boxes=(
            frame.block("title", place, [title], tall=_TITLE_H, anchor="bottom", role="title"),
            *_aside(plan, theme, words, x + _WIDE),
            edge,
            movie(plan, words, (x, _Y, _WIDE, _HIGH)),
            *frame.ribbon(part.scenes[-1], plan, theme, words, on_ink=True),
        ),
        language=plan.capsule.language,
        notes=notes.of(plan, part.scenes, words, intro.note),
    )


def movie(plan: Plan, words: NullTranslations, place: tuple[float, float, float, float]) -> Movie:
    """The film at `place` (x, y, width and height in inches)."""
    x, y, w, h = place
    intro = plan.capsule.intro
    alt = plain(intro.alt or words.gettext("Film: %(title)s") % {"title": intro.title})
    return Movie(name="film", x=x, y=y, w=w, h=h, starts=plan.capsule.deck.film, alt=alt)


def _aside(plan: Plan, theme: Theme, words: NullTranslations, right: float) -> Iterator[Text]:
    """Who signs, and under it what the trainer has to know before the film."""
    x, soft = right - _ASIDE_W, theme.soft_on_ink
    name = metrics.fit(
        metrics.runs(plan.capsule.centre.name, soft),
        (theme.meta, 13, theme.smallest),
        (_ASIDE_W, _SIGNED_H),
        ("centre", "name"),
        align="right",
    )
    place = (x, _TITLE_Y + _TITLE_H - 0.22 - _SIGNED_H, _ASIDE_W)
    yield frame.block("centre", place, [name], tall=_SIGNED_H, anchor="bottom", role="footer")
    part, click = plan.parts[0], plan.capsule.deck.film == "click"
    told = [words.gettext("Click to start") if click else frame.length(part.duration, words)]
    if plan.capsule.film.captions == "burned" and part.cues:
        told.append(words.gettext("captions in the picture"))
    elif part.cues:
        told.append(words.gettext("captions: Alt+J"))
    colour = theme.accent if click else soft
    hint = frame.line(" · ".join(told), theme.smallest, colour, bold=click, align="right")
    y = _TITLE_Y + _TITLE_H - metrics.height([hint])
    yield frame.block("hint", (x, y, _ASIDE_W), [hint])
