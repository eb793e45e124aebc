"""How to run the slides in the room: what a trainer who has never seen them reads first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from gettext import NullTranslations
from typing import NamedTuple

from capsule.layout import frame, lettering, metrics
from capsule.layout.boxes import Box, Page, Panel, Paragraph
from capsule.plan import Plan, droppable
from capsule.theme import PAGE_HEIGHT, Theme
from capsule.typography import plain

_TOP = 2.0
_BOTTOM = PAGE_HEIGHT - 0.6
_GAP = 0.3
_PAD = 0.28
_KEY_W, _KEY_H, _KEY_GAP = 1.0, 0.4, 0.16
_WIDTHS = 0.34, 0.33, 0.33  # shares of the page's
_SIZES = (20, 19, 18, 17, 16, 15, 14)
_BETWEEN = 0.2  # inches between two lines of advice
_HEAD = 22  # points
_COLOURS = ("intro", "message", "debrief")


class _Line(NamedTuple):
    """A line of advice, of the source's own marks; `key` is what to press for it."""

    text: str
    key: str | None = None


class _Card(NamedTuple):
    title: str
    lines: Sequence[_Line]


def page(plan: Plan, theme: Theme, words: NullTranslations) -> Page:
    """The hidden slide before the title's: keys, what happens in the room, what may go wrong."""
    name = frame.part_names(words)["manual"]
    kicker = frame.kicker(words.gettext("For the trainer · hidden"), theme, theme.message)
    title = frame.line(name, theme.title, theme.text, bold=True)
    return Page(
        id="manual",
        part="manual",
        title=plain(name),
        ground=theme.ground,
        boxes=(
            kicker,
            frame.block(
                "title", (theme.canvas.left, 1.1, theme.canvas.room), [title], role="title"
            ),
            *_drawn(_cards(plan, words), theme),
            frame.signature(plan, theme),
        ),
        language=plan.capsule.language,
        notes=told(plan, words),
        hidden=True,
    )


def told(plan: Plan, words: NullTranslations) -> str:
    """The same as plain text, for the notes of the title slide."""
    cards = [
        "\n".join(
            [card.title, *(plain(f"{key} · {text}" if key else text) for text, key in card.lines)]
        )
        for card in _cards(plan, words)
    ]
    return "\n\n".join([frame.part_names(words)["manual"], *cards])


def late(plan: Plan, words: NullTranslations) -> str:
    """What a trainer who runs late leaves out, and what that gains."""
    dropped = droppable(plan)
    if not dropped:
        return words.gettext("Stop the exchange before the ring is full: the arrow goes on.")
    return words.gettext("Skip question %(n)d: you gain %(length)s.") % {
        "n": dropped.number,
        "length": frame.length(dropped.duration, words),
    }


def _cards(plan: Plan, words: NullTranslations) -> tuple[_Card, ...]:
    keys = [
        _Line(words.gettext("start, from the title"), "F5"),
        _Line(words.gettext("go on (or click)"), "→"),
        _Line(words.gettext("go back"), "←"),
        _Line(words.gettext("black screen, and back"), "B"),
        _Line(words.gettext("go to slide 5"), words.gettext("5, Enter")),
        _Line(words.gettext("end"), words.gettext("Esc")),
    ]
    return (
        _Card(words.gettext("The keys"), keys),
        _Card(words.gettext("In the room"), [_Line(text) for text in _room(plan, words)]),
        _Card(words.gettext("If need be"), [_Line(text) for text in _troubles(plan, words)]),
    )


def _room(plan: Plan, words: NullTranslations) -> Iterator[str]:
    lasts = {"length": frame.length(plan.parts[0].duration, words)}
    if plan.capsule.deck.film == "click":
        film = words.gettext("**The film** (%(length)s) waits for a click, or the → key.")
    else:
        film = words.gettext("**The film** (%(length)s) starts by itself.")
    yield film % lasts + " " + words.gettext("A click on it pauses, another one resumes.")
    if plan.capsule.deck.gong:
        over = words.gettext("Once full, it changes colour and a gong sounds.")
    else:
        over = words.gettext("Once full, it changes colour.")
    yield words.gettext("**The questions**: a click starts the ring, which fills.") + " " + over
    yield words.gettext(
        "**What to say**, and when, is in the notes: on your own screen with Alt+F5."
    )


def _troubles(plan: Plan, words: NullTranslations) -> Iterator[str]:
    burned = plan.capsule.film.captions == "burned"
    if not plan.parts[0].cues:
        silent = words.gettext("**No sound?** Tell what the film shows.")
    elif burned:
        silent = words.gettext("**No sound?** The captions are in the picture: let the film run.")
    else:
        silent = words.gettext("**No sound?** Alt+J shows the captions (PowerPoint).")
    yield silent
    yield words.gettext(
        "**No projector?** Tell a situation from your own work instead of the film, say the"
        " message, ask the questions: the printed notes are enough."
    )
    yield words.gettext("**Late?**") + " " + late(plan, words)


def _drawn(cards: Sequence[_Card], theme: Theme) -> Iterator[Box]:
    """The cards side by side, in the largest type in which all of them hold."""
    room = theme.canvas.room - _GAP * (len(cards) - 1)
    widths = [share * room for share in _WIDTHS]
    head = _PAD + lettering.leading(_HEAD) + 0.24
    for size in _SIZES:
        columns = [
            _set(card, theme, size, w - 2 * _PAD) for card, w in zip(cards, widths, strict=True)
        ]
        high = max(sum(map(_high, column)) + _BETWEEN * len(column) for column in columns)
        tall = head + high - _BETWEEN + _PAD
        if _TOP + tall <= _BOTTOM:
            break
    x = theme.canvas.left
    for n, (card, column, w) in enumerate(zip(cards, columns, widths, strict=True), 1):
        yield Panel(
            name=f"card {n}", x=x, y=_TOP, w=w, h=tall, fill=theme.card, radius=theme.radius
        )
        title = frame.line(card.title, _HEAD, theme.part(_COLOURS[n - 1]), bold=True)
        yield frame.block(f"head {n}", (x + _PAD, _TOP + _PAD, w - 2 * _PAD), [title])
        y = _TOP + head
        for line, (text, told) in enumerate(zip(card.lines, column, strict=True), 1):
            place = (x + _PAD, y, w - 2 * _PAD)
            yield from _row(f"{n}.{line}", text.key, told, place, theme)
            y += _high(told) + _BETWEEN
        x += w + _GAP


def _row(
    name: str, key: str | None, told: Paragraph, place: tuple[float, float, float], theme: Theme
) -> Iterator[Box]:
    """A line of advice, beside its key if it has one."""
    (x, y, w), high = place, _high(told)
    if not key:
        yield frame.block(f"advice {name}", place, [told], tall=high)
        return
    cap, aside = (x, y + (high - _KEY_H) / 2, _KEY_W), _KEY_W + _KEY_GAP
    yield Panel(
        name=f"key {name}",
        x=cap[0],
        y=cap[1],
        w=_KEY_W,
        h=_KEY_H,
        fill=theme.ink,
        radius=_KEY_H / 4,
    )
    read = frame.line(key, theme.meta, theme.white, bold=True, align="center")
    yield frame.block(f"cap {name}", cap, [read], tall=_KEY_H, anchor="middle")
    beside = (x + aside, y, w - aside)
    yield frame.block(f"advice {name}", beside, [told], tall=high, anchor="middle")


def _set(card: _Card, theme: Theme, size: float, room: float) -> list[Paragraph]:
    return [
        metrics.paragraph(
            metrics.runs(text, theme.text),
            size,
            room - (_KEY_W + _KEY_GAP if key else 0.0),
            factor=1.14,
        )
        for text, key in card.lines
    ]


def _high(told: Paragraph) -> float:
    return max(metrics.height([told]), _KEY_H)
