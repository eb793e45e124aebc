"""Where the words of a shape lie on its slide, as far as that can be told without drawing it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple

from PIL import ImageFont

from capsule import resources
from capsule.audit.deck import Shape
from capsule.audit.ground import turned
from capsule.audit.package import NS
from capsule.audit.styles import Paragraph, Run

_POINT = 12700  # EMU
_EMPTY = 18  # points, of a paragraph without a run
_SINGLE = 1.2  # em from one line to the next
_INSETS = {"lIns": 91440, "tIns": 45720, "rIns": 91440, "bIns": 45720}
_HEIGHTS = (0.35, 0.6)  # of a line, where letters have most of their ink
_STEP = 0.5  # em from one looked-at point to the next


class _Piece(NamedTuple):
    run: Run
    blank: bool
    wide: float  # EMU


class _Line(NamedTuple):
    pieces: list[_Piece]
    high: float
    paragraph: Paragraph

    @property
    def wide(self) -> float:
        return sum(piece.wide for piece in self.pieces)


def points(
    shape: Shape, body: Any, told: Sequence[Paragraph]
) -> Iterator[tuple[Run, float, float]]:
    """Each run with points of its letters, in EMU on the slide.

    The lines are broken as Arial would have them; office suites may break a little elsewhere.
    """
    if shape.place is None:
        return
    left, top, w, h = shape.place
    start, above, end, below = (_inset(shape, body, name) for name in _INSETS)
    room = w - start - end
    wraps = _told(shape, body, "wrap") != "none"
    lines = [line for p in told for line in _broken(p, room if wraps else float("inf"))]
    spare = h - above - below - sum(line.high for line in lines)
    share = {"ctr": 0.5, "b": 1.0}.get(_told(shape, body, "anchor"), 0.0)
    y = top + above + spare * share
    centre = (left + w / 2, top + h / 2)
    for line in lines:
        margin = line.paragraph.margin
        aside = {"ctr": 0.5, "r": 1.0}.get(line.paragraph.align, 0.0)
        x = left + start + margin + (room - margin - line.wide) * aside
        for run, px, py in _dotted(line, x, y):
            yield run, *turned(px, py, centre, shape.turned)
        y += line.high


def _dotted(line: _Line, x: float, y: float) -> Iterator[tuple[Run, float, float]]:
    for run, blank, wide in line.pieces:
        count = 0 if blank else max(int(wide / (_STEP * run.size * _POINT)), 1)
        for at in range(count):
            for height in _HEIGHTS:
                yield run, x + wide * (at + 0.5) / count, y + line.high * height
        x += wide


def _broken(paragraph: Paragraph, room: float) -> Iterator[_Line]:
    """Lines of at most `room`, broken at spaces."""
    pieces: list[_Piece] = []
    wide, high = 0.0, 0.0
    for run in paragraph.runs:
        high = high or run.size
        for word in _words(run.text):
            long = _length(word, run)
            if word == "\n" or (pieces and wide + _length(word.rstrip(), run) > room):
                yield _Line(pieces, _high(high, paragraph), paragraph)
                pieces, wide, high = [], 0.0, run.size
            if word != "\n":
                pieces.append(_Piece(run, not word.strip(), long))
                wide, high = wide + long, max(high, run.size)
    yield _Line(pieces, _high(high or _EMPTY, paragraph), paragraph)


def _high(size: float, paragraph: Paragraph) -> float:
    return size * _POINT * _SINGLE * paragraph.spacing


def _words(text: str) -> Iterator[str]:
    """Words with the space after them."""
    word = ""
    for character in text:
        word += character
        if character in " \t\n-":
            yield word
            word = ""
    if word:
        yield word


def _length(word: str, run: Run) -> float:
    return _font(run.bold).getlength(word.strip("\n")) / 100 * run.size * _POINT


@cache
def _font(bold: bool) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(resources.font(bold=bold), 100)


def _told(shape: Shape, body: Any, name: str) -> str:
    """An attribute of the body's properties, or of those that it inherits from."""
    elements = [body, *(model.element.find("p:txBody", NS) for model in shape.models)]
    found = (e.find("a:bodyPr", NS) for e in elements if e is not None)
    return next((e.get(name) for e in found if e is not None and e.get(name)), "")


def _inset(shape: Shape, body: Any, name: str) -> float:
    told = _told(shape, body, name)
    return float(told) if told.lstrip("-").isdigit() else _INSETS[name]
