"""Paragraphs measured with their font, and the largest that fits a place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from itertools import pairwise
from math import inf

from capsule.layout import breaking
from capsule.layout.boxes import Line, Paragraph, Run
from capsule.layout.lettering import leading, typeface, width
from capsule.layout.wrapping import atoms, measured, merged, words, wrap
from capsule.theme import Align
from capsule.typography import spans

Where = tuple[str | int, ...]  # a path in the source: keys and list indexes


class MisfitError(Exception):
    """A text that does not fit its place even at the smallest size allowed."""

    def __init__(self, where: Where) -> None:
        super().__init__(where)
        self.where = where


_collected: ContextVar[list[Where] | None] = ContextVar("_collected", default=None)


@contextmanager
def collecting() -> Iterator[list[Where]]:
    """Within the block, misfits are listed rather than raised, so that all can be told at once."""
    found: list[Where] = []
    token = _collected.set(found)
    try:
        yield found
    finally:
        _collected.reset(token)


def refuse(where: Where) -> None:
    """Say that the text at `where` does not fit. Raises MisfitError, unless `collecting`."""
    found = _collected.get()
    if found is None:
        raise MisfitError(where)
    found.append(where)


def runs(
    text: str, colour: str, *, bold: bool = False, italic: bool = False, strong: str | None = None
) -> tuple[Run, ...]:
    """`text` as runs of `colour`; its **emphasis** is bold, and coloured `strong` if given."""
    return tuple(
        Run(
            breaking.bare(span.text),
            (strong or colour) if span.strong else colour,
            bold or span.strong,
            italic,
            span.language,
        )
        for span in spans(text)
    )


def widest(lines: Sequence[Line], size: float) -> float:
    """The width of the longest of `lines`, in inches."""
    return max(measured(line, size) for line in lines)


def _settled(lines: Sequence[Line], size: float) -> bool:
    """Whether no drawer can take the first piece of a word up to the line before."""
    return widest(lines, size) * 1.005 < _next(lines, size)


def _next(lines: Sequence[Line], size: float) -> float:
    """The width of the shortest of `lines` with what could follow it there, in inches."""
    return min(
        (
            widest([upper], size)
            + (0 if breaking.going_on(upper[-1].text) else width(" ", size))
            + measured(next(atoms(words(lower)[0])), size)
            for upper, lower in pairwise(lines)
            if not breaking.forced(upper[-1].text)
        ),
        default=inf,
    )


def paragraph(
    pieces: Sequence[Run],
    size: float,
    room: float,
    *,
    align: Align = "left",
    after: float = 0.0,
    factor: float = 1.08,
    filmed: bool = False,
) -> Paragraph:
    """`pieces` wrapped to `room` inches as one paragraph.

    Unless it is only `filmed`, an office suite that wraps it again finds the same lines.
    """
    lines = wrap(pieces, size, room)
    if not filmed and not _settled(lines, size):
        lines = wrap(pieces, size, room, hyphens=True)
    return Paragraph(lines, size, leading(size, factor), align, after, typeface())


def height(paragraphs: Sequence[Paragraph]) -> float:
    """The height of stacked `paragraphs` in inches, without the space after the last."""
    whole = sum(len(p.lines) * p.leading + p.after for p in paragraphs)
    return whole - (paragraphs[-1].after if paragraphs else 0.0)


def fit(
    pieces: Sequence[Run],
    sizes: Sequence[float],
    room: tuple[float, float],
    where: Where,
    *,
    align: Align = "left",
    factor: float = 1.08,
    even: bool = False,
) -> Paragraph:
    """The first of `sizes` (points, descending) at which `pieces` fit `room` (width, height).

    Words are broken only if none does otherwise. With `even`, lines are then broken where they
    read best. Raises MisfitError(where) when none of the sizes fits.
    """
    set_ = [paragraph(pieces, size, room[0], align=align, factor=factor) for size in sizes]
    fitted = next(
        (told for broken in (False, True) for told in set_ if fits([told], room, broken=broken)),
        None,
    )
    if not fitted:
        refuse(where)
        fitted = set_[-1]
    return evened(fitted) if even else fitted


def fits(
    paragraphs: Sequence[Paragraph], room: tuple[float, float], *, broken: bool = True
) -> bool:
    """Whether stacked `paragraphs` stay within `room` (width, height in inches).

    Unless `broken`, none may hold a broken word.
    """
    lines = [line for p in paragraphs for line in p.lines]
    if not broken and any(breaking.broken(line[-1].text) for line in lines if line):
        return False
    wide = max((widest(p.lines, p.size) for p in paragraphs), default=0.0)
    return wide <= room[0] and height(paragraphs) <= room[1] + 1e-6


def evened(whole: Paragraph) -> Paragraph:
    """`whole` in as many lines, broken where it reads best; an address stays as it is."""
    if any(breaking.forced(line[-1].text) for line in whole.lines):
        return whole
    pieces, size = unbroken(whole.lines), whole.size
    hyphens = any(breaking.going_on(line[-1].text) for line in whole.lines)
    found = [whole.lines]
    # A line as long as the room no longer fits, by the slack: each turn breaks earlier.
    while True:
        room, whole_up_to = widest(found[-1], size), _longest(found[-1], size)
        lines = wrap(pieces, size, room, hyphens=hyphens, whole_up_to=whole_up_to)
        if lines == found[-1] or len(lines) > len(whole.lines):
            break
        found.append(lines)
    good = [lines for lines in found[1:] if _settled(lines, size)]
    return replace(whole, lines=min([whole.lines, *good], key=_roughness))


def _longest(lines: Sequence[Line], size: float) -> float:
    """The width of the longest word of `lines`, or of its part there, in inches."""
    return max(measured(word, size) for line in lines for word in words(line))


def unbroken(lines: Sequence[Line]) -> tuple[Run, ...]:
    """The text of `lines`, on one."""
    pieces: list[Run] = []
    for line in lines:
        *first, last = line
        broken = breaking.going_on(last.text)
        pieces += [*first, last.saying(last.text[:-1] if broken else last.text + " ")]
    return merged(pieces)


def _roughness(lines: Sequence[Line]) -> float:
    """How badly `lines` break: best after a stop, worst after an article, evenly if possible."""
    widths = [widest([line], 1) for line in lines]
    endings = [line[-1].text.split()[-1] for line in lines[:-1]]
    cuts = [0.0 if word[-1] in ",.:;?!…»" else 1.0 if len(word) < 4 else 0.3 for word in endings]
    return sum(cuts) + 0.8 * (1 - min(widths) / max(widths))


def steady(paragraphs: Sequence[Paragraph], room: float) -> float:
    """The width, at most `room`, at which a drawer that wraps for itself breaks where we did.

    It lies halfway between the longest line and the shortest that would take one word more.
    """
    least = max(widest(p.lines, p.size) for p in paragraphs)
    most = min(_next(p.lines, p.size) for p in paragraphs)
    return min((least + min(most, 2 * room)) / 2, room)
