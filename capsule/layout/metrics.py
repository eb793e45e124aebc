"""Text measured with the real font: the only place where lines are broken.

Liberation Sans has the advance widths of Arial, so what fits here fits in the deck too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from PIL import ImageFont

from capsule.layout.boxes import Align, Line, Paragraph, Run
from capsule.resources import font
from capsule.typography import plain, spans

ASCENT = 0.905  # of the size, above the baseline (the font's hhea table)
DESCENT = 0.212
_UNITS = 1000  # pixels an em when measuring: advances come out as thousandths of the size
_SLACK = 0.995  # PowerPoint and Impress round advances; lines stay this much inside the box


class MisfitError(Exception):
    """A text that does not fit its place even at the smallest size allowed.

    `where` is its path in the source: keys and list indexes.
    """

    def __init__(self, where: tuple[str | int, ...]) -> None:
        super().__init__(where)
        self.where = where


@lru_cache(maxsize=4)
def _face(bold: bool, italic: bool) -> ImageFont.FreeTypeFont:
    path = font(bold=bold, italic=italic)
    return ImageFont.truetype(path, _UNITS, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=65536)
def _advance(text: str, bold: bool, italic: bool) -> float:
    return _face(bold, italic).getlength(text) / _UNITS


def width(text: str, size: float, *, bold: bool = False, italic: bool = False) -> float:
    """The width of `text` in inches, at `size` points."""
    return _advance(text, bold, italic) * size / 72


def leading(size: float, factor: float = 1.08) -> float:
    """The distance between baselines in inches: the font's own line height times `factor`."""
    return size / 72 * (ASCENT + DESCENT) * factor


def runs(
    text: str, colour: str, *, bold: bool = False, italic: bool = False, strong: str | None = None
) -> tuple[Run, ...]:
    """`text` as runs of `colour`; its **emphasis** is bold, and coloured `strong` if given."""
    return tuple(
        Run(span.text, (strong or colour) if span.strong else colour, bold or span.strong, italic)
        for span in spans(text)
    )


def wrap(pieces: Sequence[Run], size: float, room: float) -> tuple[Line, ...]:
    """Break `pieces` at their spaces into lines of at most `room` inches.

    No-break spaces hold. A word wider than `room` gets a line of its own, too wide.
    """
    lines: list[list[Run]] = [[]]
    used = 0.0
    for word in _words(pieces):
        wide = sum(width(r.text, size, bold=r.bold, italic=r.italic) for r in word)
        space = width(" ", size, bold=word[0].bold) if lines[-1] else 0.0
        if lines[-1] and used + space + wide > room * _SLACK:
            lines.append([])
            used = space = 0.0
        if lines[-1]:
            last = lines[-1][-1]
            lines[-1][-1] = Run(last.text + " ", last.colour, last.bold, last.italic)
        lines[-1].extend(word)
        used += space + wide
    return tuple(_merged(line) for line in lines)


def _words(pieces: Sequence[Run]) -> list[list[Run]]:
    """Words at plain spaces; a word may change style inside, as in 'l'**effet**.'."""
    words: list[list[Run]] = [[]]
    for piece in pieces:
        for i, text in enumerate(re.split(r" +", piece.text)):
            if i:
                words.append([])
            if text:
                words[-1].append(Run(text, piece.colour, piece.bold, piece.italic))
    return [word for word in words if word]


def _merged(line: Sequence[Run]) -> Line:
    merged: list[Run] = []
    for run in line:
        same = merged and (merged[-1].colour, merged[-1].bold, merged[-1].italic) == (
            run.colour,
            run.bold,
            run.italic,
        )
        if same:
            merged[-1] = Run(merged[-1].text + run.text, run.colour, run.bold, run.italic)
        else:
            merged.append(run)
    return tuple(merged)


def widest(lines: Sequence[Line], size: float) -> float:
    """The width of the longest of `lines`, in inches."""
    return max(
        sum(width(r.text, size, bold=r.bold, italic=r.italic) for r in line) for line in lines
    )


def paragraph(
    pieces: Sequence[Run],
    size: float,
    room: float,
    *,
    align: Align = "left",
    after: float = 0.0,
    factor: float = 1.08,
) -> Paragraph:
    """`pieces` wrapped to `room` inches as one paragraph."""
    return Paragraph(wrap(pieces, size, room), size, leading(size, factor), align, after)


def height(paragraphs: Sequence[Paragraph]) -> float:
    """The height of stacked `paragraphs` in inches, without the space after the last."""
    whole = sum(len(p.lines) * p.leading + p.after for p in paragraphs)
    return whole - (paragraphs[-1].after if paragraphs else 0.0)


def fit(
    pieces: Sequence[Run],
    sizes: Sequence[float],
    room: tuple[float, float],
    where: tuple[str | int, ...],
    *,
    align: Align = "left",
    factor: float = 1.08,
) -> Paragraph:
    """The first of `sizes` (points, descending) at which `pieces` fit `room` (width, height).

    Raises MisfitError(where) when none does.
    """
    for size in sizes:
        fitted = paragraph(pieces, size, room[0], align=align, factor=factor)
        if widest(fitted.lines, size) <= room[0] and height([fitted]) <= room[1]:
            return fitted
    raise MisfitError(where)


def missing_glyphs(text: str) -> str:
    """The characters of `text` that the font of the film cannot draw, each once."""
    face = _face(False, False)
    tofu = bytes(face.getmask("\uffff"))
    return "".join(
        c for c in dict.fromkeys(plain(text)) if not c.isspace() and bytes(face.getmask(c)) == tofu
    )
