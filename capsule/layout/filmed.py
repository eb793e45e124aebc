"""The slide that plays the opening film."""

from __future__ import annotations

from gettext import NullTranslations

from capsule.layout import frame, leaves, metrics, notes
from capsule.layout.boxes import Movie, Page, Panel
from capsule.plan import Plan
from capsule.theme import PAGE_WIDTH, Theme
from capsule.typography import plain

_WIDE, _HIGH = 9.92, 5.58  # 16:9 to the EMU, so that nothing is stretched
_Y = 0.94
_EDGE = 0.04


def page(plan: Plan, theme: Theme, words: NullTranslations) -> Page:
    """The film in its own shape, under its title, on ink."""
    part, intro = plan.parts[0], plan.capsule.intro
    pieces = metrics.runs(intro.title, theme.white, bold=True, strong=theme.accent)
    named = leaves.title(pieces, part.scenes[-1], plan, theme.soft_on_ink, words)
    x = (PAGE_WIDTH - _WIDE) / 2
    title = metrics.fit(
        named,
        (26, 24, 22, 20, 18, 16, 14),
        (8.2, 0.5),
        ("intro", "title"),
    )
    lasts = frame.line(
        frame.length(part.duration, words), theme.meta, theme.soft_on_ink, align="right"
    )
    film = Movie(
        name="film",
        x=x,
        y=_Y,
        w=_WIDE,
        h=_HIGH,
        alt=plain(intro.alt or words.gettext("Film: %(title)s") % {"title": intro.title}),
    )
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
        title=leaves.text_of(named),
        ground=theme.ink,
        boxes=(
            frame.block("title", (x, 0.34, 8.2), [title], tall=0.5, anchor="bottom", role="title"),
            frame.block("length", (x + _WIDE - 1.6, 0.34, 1.6), [lasts], tall=0.5, anchor="bottom"),
            edge,
            film,
            *frame.ribbon(part.scenes[-1], plan, theme, words, on_ink=True),
        ),
        language=plan.capsule.language,
        notes=notes.of(part.scenes, words, intro.note),
    )
