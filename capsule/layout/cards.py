"""The points of a message as cards: a grid of them, what each says, how each is drawn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from capsule.layout import frame, lettering, metrics
from capsule.layout.boxes import Box, Enter, Panel, Paragraph, Run
from capsule.model import Point
from capsule.plan import Scene
from capsule.theme import Theme

_GAP = 0.24
_PAD = 0.3
SCALES = (  # points: title, text, example
    *((30, 26, 22), (26, 22, 20), (24, 20, 18), (22, 20, 18), (20, 20, 18), (20, 19, 17)),
    (20, 18, 16),
)
_ROWS = {1: (1,), 4: (2, 2), 5: (3, 2), 6: (3, 3)}  # cards of each row; else they are all in one
_DIGIT = 0.56  # from the top of a number to what it counts
_HAIRLINE = 0.2  # space above and below the hairline over an example
_ASIDE = 0.75  # of a number at the left of its point
_BESIDE = 0.5  # of one at the left of its title
_TILE_PAD = 0.22
_Kind = Literal["flat", "upright", "tile"]
_Place = tuple[float, float, float, float]  # x, y, width, height
_Told = tuple[Paragraph, Paragraph, Paragraph | None]  # title, text, example


class Card(NamedTuple):
    """A point's paragraphs: what it says, and its example if it has one."""

    title: Paragraph
    text: Paragraph
    example: Paragraph | None
    foot: float  # height kept for the example, with the space above it

    @property
    def high(self) -> float:
        """Inches."""
        return metrics.height([self.title, self.text]) + self.foot

    @property
    def paragraphs(self) -> list[Paragraph]:
        """All that it says."""
        return [self.title, self.text, *([self.example] if self.example else [])]

    def fits(self, room: tuple[float, float], *, broken: bool = True) -> bool:
        """Whether it holds in a width and a height, words broken or not."""
        wide, high = room
        return self.high <= high and metrics.fits(self.paragraphs, (wide, 99), broken=broken)

    def evened(self) -> Card:
        """The card, its lines broken where they read best."""
        head, text, *example = map(metrics.evened, self.paragraphs)
        return self._replace(title=head, text=text, example=example[0] if example else None)


class Grid(NamedTuple):
    """Where the cards lie: two or three stand side by side; one lies flat, four two by two.

    Five or six are tiles in two rows, which fill the width both.
    """

    kind: _Kind
    rows: tuple[int, ...]
    left: float
    top: float
    wide: float
    h: float

    def place(self, i: int) -> tuple[int, float, float]:
        """The row of a card, its left, and its width."""
        row, column = next(
            (r, i - sum(self.rows[:r]))
            for r in range(len(self.rows))
            if i < sum(self.rows[: r + 1])
        )
        w = (self.wide - _GAP * (self.rows[row] - 1)) / self.rows[row]
        return row, self.left + (w + _GAP) * column, w

    def room(self, i: int) -> tuple[float, float]:
        """Width and height for what a card says, without its number."""
        w = self.place(i)[2]
        if self.kind == "flat":
            return w - 2 * _PAD - _ASIDE, self.h - 1.4 * _PAD
        if self.kind == "tile":
            return w - 2 * _TILE_PAD - _BESIDE, self.h - 2 * _TILE_PAD
        return w - 2 * _PAD, self.h - 2 * _PAD - _DIGIT


def grid_for(count: int, top: float, theme: Theme) -> Grid:
    """The places of so many cards, from `top` to the foot of the page."""
    rows = _ROWS.get(count, (count,))
    h = (theme.canvas.bottom - top - _GAP * (len(rows) - 1)) / len(rows)
    kind: _Kind = "flat" if count in {1, 4} else "tile" if count > 4 else "upright"
    return Grid(kind, rows, theme.canvas.left, top, theme.canvas.room, h)


def of(
    points: Sequence[Point], scale: tuple[float, float, float], grid: Grid, theme: Theme
) -> list[Card]:
    """A card for each point, in the sizes of `scale`."""
    told = [_told(one, scale, grid.room(i)[0], theme) for i, one in enumerate(points)]
    return _set(told, grid)


def drawn(scene: Scene, cards: Sequence[Card], grid: Grid, theme: Theme) -> Iterator[Box]:
    """The cards, no taller than they need to breathe."""
    loose = 0.9 if any(card.example for card in cards) else 0.5
    around = grid.h - grid.room(0)[1]
    h = min(grid.h, max(card.high for card in cards) + around + loose)
    draw = {"flat": _flat, "upright": _upright, "tile": _tile}[grid.kind]
    first = scene.leaf.first if scene.leaf else 0
    for i, (card, beat) in enumerate(zip(cards, scene.beats, strict=True)):
        row, x, w = grid.place(i)
        y = grid.top + (h + _GAP) * row
        enter = Enter(beat)
        yield Panel(
            name=f"card {first + i + 1}",
            x=x,
            y=y,
            w=w,
            h=h,
            fill=theme.card,
            radius=theme.radius,
            enter=enter,
        )
        yield from draw(card, first + i + 1, (x, y, w, h), theme, enter)


def _set(told: Sequence[_Told], grid: Grid) -> list[Card]:
    """Upright cards keep the same foot for their examples; a flat one has what its own needs."""
    own = [metrics.height([example]) if example else 0.0 for _, _, example in told]
    if grid.kind != "upright":
        feet = [high + 0.12 if high else 0.0 for high in own]
    else:
        feet = [max(own) + 2 * _HAIRLINE if max(own) else 0.0] * len(own)
    return [Card(*texts, foot) for texts, foot in zip(told, feet, strict=True)]


def _told(point: Point, scale: tuple[float, float, float], room: float, theme: Theme) -> _Told:
    colour = theme.part("message")
    head, text, example = scale

    def told(pieces: tuple[Run, ...], size: float, after: float = 0.0) -> Paragraph:
        return metrics.paragraph(pieces, size, room, after=after, factor=1.14)

    quoted = metrics.runs(point.example or "", colour, italic=True)
    return (
        told(metrics.runs(point.title, theme.text, bold=True), head, 0.08),
        told(metrics.runs(point.text, theme.text, strong=colour), text),
        told(quoted, example) if quoted else None,
    )


def _upright(card: Card, number: int, place: _Place, theme: Theme, enter: Enter) -> Iterator[Box]:
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


def _flat(card: Card, number: int, place: _Place, theme: Theme, enter: Enter) -> Iterator[Box]:
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


def _tile(card: Card, number: int, place: _Place, theme: Theme, enter: Enter) -> Iterator[Box]:
    """Number beside the title, the rest under it, from the top."""
    x, y, w, _h = place
    left, top, room = x + _TILE_PAD + _BESIDE, y + _TILE_PAD, w - 2 * _TILE_PAD - _BESIDE
    digit = frame.line(str(number), card.title.size + 8, theme.part("message"), bold=True)
    up = (lettering.leading(digit.size) - card.title.leading) / 2
    beside = (x + _TILE_PAD, top - up, _BESIDE)
    yield frame.block(f"number {number}", beside, [digit], enter=enter)
    yield from _point(card, number, (left, top, room), enter)
    if card.example:
        below = (left, top + card.high - metrics.height([card.example]), room)
        yield frame.block(f"example {number}", below, [card.example], enter=enter)


def _point(
    card: Card, number: int, place: tuple[float, float, float], enter: Enter
) -> Iterator[Box]:
    """Title and text, each in its own box: each breaks at its own width."""
    x, y, w = place
    yield frame.block(f"title {number}", place, [card.title], enter=enter)
    below = (x, y + metrics.height([card.title]) + card.title.after, w)
    yield frame.block(f"text {number}", below, [card.text], enter=enter)
