"""The message: one statement, and the points that carry it as cards."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from gettext import NullTranslations
from typing import NamedTuple

from capsule.layout import frame, metrics, notes
from capsule.layout.boxes import Box, Enter, Page, Panel, Paragraph, Run
from capsule.model import Message, Point
from capsule.plan import Plan, Scene
from capsule.theme import Theme
from capsule.typography import plain

_GAP = 0.24
_PAD = 0.3
_STATEMENT_SIZES = (60, 54, 48, 42, 36, 32, 28)
_STATEMENT_TALLEST = 1.75
_COMFORTABLE = 7  # how many of the scales are
_SCALES = (  # points: title, text, example
    *((30, 26, 22), (26, 22, 20), (24, 20, 18), (22, 20, 18), (20, 20, 18), (20, 19, 17)),
    *((20, 18, 16), (18, 16, 15), (16, 14, 14)),
)
_DIGIT = 0.56  # from the top of a number to what it counts
_HAIRLINE = 0.2  # space above and below the hairline over an example
_ASIDE = 0.75  # of a number at the left of its point
_Place = tuple[float, float, float, float]  # x, y, width, height
_Told = tuple[Paragraph, Paragraph, Paragraph | None]  # title, text, example


class _Card(NamedTuple):
    """A point's paragraphs: what it says, and its example if it has one."""

    title: Paragraph
    text: Paragraph
    example: Paragraph | None
    foot: float  # height kept for the example, with the space above it

    @property
    def high(self) -> float:
        return metrics.height([self.title, self.text]) + self.foot

    @property
    def paragraphs(self) -> list[Paragraph]:
        return [self.title, self.text, *([self.example] if self.example else [])]


class _Grid(NamedTuple):
    """Where the cards lie: two or three stand side by side; one lies flat, four two by two."""

    flat: bool
    columns: int
    top: float
    w: float
    h: float

    @property
    def room(self) -> tuple[float, float]:
        """Width and height for what a card says, without its number."""
        if self.flat:
            return self.w - 2 * _PAD - _ASIDE, self.h - 1.4 * _PAD
        return self.w - 2 * _PAD, self.h - 2 * _PAD - _DIGIT


def page(scene: Scene, plan: Plan, theme: Theme, words: NullTranslations) -> Page:
    """The statement, and a card for each point as the narration comes to it."""
    message = plan.capsule.message
    statement, cards = _fitted(message, theme)
    return Page(
        id=scene.id,
        part=scene.part,
        title=plain(message.statement),
        ground=theme.ground,
        boxes=(
            frame.kicker(words.gettext("Key message"), theme, theme.part("message")),
            frame.block(
                "title",
                (theme.canvas.left, theme.canvas.top, theme.canvas.room),
                [statement],
                role="title",
                enter=Enter(min(0.4, scene.duration / 10)),
            ),
            *_cards(scene, cards, _grid(statement, len(cards), theme), theme),
            frame.signature(plan, theme),
            *frame.ribbon(scene, plan, theme, words),
        ),
        language=plan.capsule.language,
        seconds=scene.duration,
        notes=notes.of([scene], words, message.note),
    )


def _grid(statement: Paragraph, count: int, theme: Theme) -> _Grid:
    columns = {1: 1, 4: 2}.get(count, count)
    rows = count // columns
    top = theme.canvas.top + min(metrics.height([statement]), _STATEMENT_TALLEST) + 0.42
    w = (theme.canvas.room - _GAP * (columns - 1)) / columns
    h = (theme.canvas.bottom - top - _GAP * (rows - 1)) / rows
    return _Grid(count in {1, 4}, columns, top, w, h)


def _fitted(message: Message, theme: Theme) -> tuple[Paragraph, list[_Card]]:
    """The largest statement whose cards stay comfortable, else the largest that fits at all."""
    for scales in (_SCALES[:_COMFORTABLE], _SCALES):
        for size in _STATEMENT_SIZES:
            statement = _statement(message, theme, size)
            grid = _grid(statement, len(message.points), theme)
            for scale in scales:
                cards = _set([_told(p, scale, grid.room[0], theme) for p in message.points], grid)
                if all(fine := [_fits(card, grid) for card in cards]) and _stands(statement, theme):
                    return statement, cards
    if not _stands(statement, theme):
        metrics.refuse(("message", "statement"))
    for i, (point, fits) in enumerate(zip(message.points, fine, strict=True)):
        if not fits:
            texts = {"title": point.title, "text": point.text, "example": point.example or ""}
            metrics.refuse(("message", "points", i, max(texts, key=lambda key: len(texts[key]))))
    return statement, cards


def _statement(message: Message, theme: Theme, size: float) -> Paragraph:
    pieces = metrics.runs(message.statement, theme.text, bold=True, strong=theme.part("message"))
    return metrics.evened(metrics.paragraph(pieces, size, theme.canvas.room, factor=1.0))


def _stands(statement: Paragraph, theme: Theme) -> bool:
    return metrics.fits([statement], (theme.canvas.room, _STATEMENT_TALLEST))


def _fits(card: _Card, grid: _Grid) -> bool:
    return metrics.fits(card.paragraphs, (grid.room[0], 99)) and card.high <= grid.room[1]


def _cards(scene: Scene, cards: Sequence[_Card], grid: _Grid, theme: Theme) -> Iterator[Box]:
    """The cards, no taller than they need to breathe."""
    loose = 0.9 if any(card.example for card in cards) else 0.5
    around = grid.h - grid.room[1]
    h = min(grid.h, max(card.high for card in cards) + around + loose)
    draw = _flat if grid.flat else _upright
    for i, (card, beat) in enumerate(zip(cards, scene.beats, strict=True)):
        x = theme.canvas.left + (grid.w + _GAP) * (i % grid.columns)
        y = grid.top + (h + _GAP) * (i // grid.columns)
        enter = Enter(beat)
        yield Panel(
            name=f"card {i + 1}",
            x=x,
            y=y,
            w=grid.w,
            h=h,
            fill=theme.card,
            radius=theme.radius,
            enter=enter,
        )
        yield from draw(card, i + 1, (x, y, grid.w, h), theme, enter)


def _set(told: Sequence[_Told], grid: _Grid) -> list[_Card]:
    """Upright cards keep the same foot for their examples; a flat one has what its own needs."""
    own = [metrics.height([example]) if example else 0.0 for _, _, example in told]
    if grid.flat:
        feet = [high + 0.12 if high else 0.0 for high in own]
    else:
        feet = [max(own) + 2 * _HAIRLINE if max(own) else 0.0] * len(own)
    return [_Card(*texts, foot) for texts, foot in zip(told, feet, strict=True)]


def _told(point: Point, scale: tuple[float, float, float], room: float, theme: Theme) -> _Told:
    colour = theme.part("message")
    title, text, example = scale

    def told(pieces: tuple[Run, ...], size: float, after: float = 0.0) -> Paragraph:
        return metrics.evened(metrics.paragraph(pieces, size, room, after=after, factor=1.14))

    quoted = metrics.runs(point.example or "", colour, italic=True)
    return (
        told(metrics.runs(point.title, theme.text, bold=True), title, 0.08),
        told(metrics.runs(point.text, theme.text, strong=colour), text),
        told(quoted, example) if quoted else None,
    )


def _upright(card: _Card, number: int, place: _Place, theme: Theme, enter: Enter) -> Iterator[Box]:
    """Number at the top, the point under it, the example at the foot under a hairline."""
    x, y, w, h = place
    left, room = x + _PAD, w - 2 * _PAD
    digit = frame.line(str(number), 32, theme.part("message"), bold=True)
    yield frame.block(f"number {number}", (left, y + _PAD - 0.08, room), [digit], enter=enter)
    yield from _point(card, number, (left, y + _PAD + _DIGIT, room), enter)
    if card.example:
        foot = y + h - _PAD - card.foot + _HAIRLINE
        yield Panel(
            name=f"hairline {number}",
            x=left,
            y=foot,
            w=room,
            h=0.02,
            fill=theme.line,
            enter=enter,
        )
        below = (left, foot + _HAIRLINE, room)
        yield frame.block(f"example {number}", below, [card.example], enter=enter)


def _flat(card: _Card, number: int, place: _Place, theme: Theme, enter: Enter) -> Iterator[Box]:
    """Number at the left, the point and its example beside it, halfway up."""
    x, y, w, h = place
    left, room = x + _PAD + _ASIDE, w - 2 * _PAD - _ASIDE
    digit = frame.line(str(number), 40, theme.part("message"), bold=True)
    top = y + (h - card.high) / 2
    yield frame.block(f"number {number}", (x + _PAD, top - 0.16, _ASIDE), [digit], enter=enter)
    yield from _point(card, number, (left, top, room), enter)
    if card.example:
        below = (left, top + card.high - metrics.height([card.example]), room)
        yield frame.block(f"example {number}", below, [card.example], enter=enter)


def _point(
    card: _Card, number: int, place: tuple[float, float, float], enter: Enter
) -> Iterator[Box]:
    """Title and text, each in its own box: each breaks at its own width."""
    x, y, w = place
    yield frame.block(f"title {number}", place, [card.title], enter=enter)
    below = (x, y + metrics.height([card.title]) + card.title.after, w)
    yield frame.block(f"text {number}", below, [card.text], enter=enter)
