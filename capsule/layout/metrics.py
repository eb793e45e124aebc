"""Text measured with the real font: the only place where lines are broken.

Liberation Sans has the advance widths of Arial, so what fits here fits in the deck too.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from functools import lru_cache
from itertools import groupby, pairwise

from PIL import ImageFont

from capsule.layout.boxes import Align, Line, Paragraph, Run
from capsule.resources import font, symbols_font
from capsule.theme import ARIAL, HOUSE, Typeface
from capsule.typography import NBSP, NNBSP, plain, spans

_UNITS = 1000  # pixels an em when measuring: advances come out as thousandths of the size
_SLACK = 0.995  # PowerPoint and Impress round advances; lines stay this much inside the box
_EMOJI_MARKS = re.compile("[\u200d\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]")
_HELD = NBSP + NNBSP
_MISSING = "□"

Where = tuple[str | int, ...]  # a path in the source: keys and list indexes


class MisfitError(Exception):
    """A text that does not fit its place even at the smallest size allowed."""

    def __init__(self, where: Where) -> None:
        super().__init__(where)
        self.where = where


_typeface: ContextVar[Typeface] = ContextVar("_typeface", default=HOUSE.typeface)
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


@contextmanager
def set_in(typeface: Typeface) -> Iterator[None]:
    """Within the block, texts are measured in `typeface`, and paragraphs made in it."""
    token = _typeface.set(typeface)
    try:
        yield
    finally:
        _typeface.reset(token)


def typeface() -> Typeface:
    """The current font."""
    return _typeface.get()


def face(pixels: float, bold: bool, italic: bool, symbols: bool = False) -> ImageFont.FreeTypeFont:
    """The current font in a style, `pixels` an em; the one for emoji and signs if `symbols`."""
    return _face(_typeface.get(), pixels, bold, italic, symbols)


@lru_cache(maxsize=64)
def _face(
    typeface: Typeface, pixels: float, bold: bool, italic: bool, symbols: bool
) -> ImageFont.FreeTypeFont:
    own = None if symbols else typeface.file(bold=bold, italic=italic)
    shipped = symbols_font() if symbols else font(bold=bold, italic=italic)
    file = io.BytesIO(own) if own else shipped
    return ImageFont.truetype(file, pixels, layout_engine=ImageFont.Layout.BASIC)


def ascent() -> float:
    """What the current font takes above the baseline, as a share of its size (table hhea)."""
    return _vertical(_typeface.get())[0]


def descent() -> float:
    """What it takes below."""
    return _vertical(_typeface.get())[1]


@lru_cache(maxsize=8)
def _vertical(typeface: Typeface) -> tuple[float, float]:
    above, below = _face(typeface, _UNITS, False, False, False).getmetrics()
    return above / _UNITS, below / _UNITS


def stretches(text: str) -> Iterator[tuple[str, bool]]:
    """`text` in pieces, each with whether the font for symbols draws it.

    The joiners and skin tones of emoji are left out: that font knows their base signs only.
    """
    kept = _EMOJI_MARKS.sub("", text)
    own = _typeface.get()
    for symbols, characters in groupby(kept, lambda c: not _drawn(own, c) and _drawn(own, c, True)):
        yield "".join(characters), symbols


@lru_cache(maxsize=4096)
def _drawn(typeface: Typeface, character: str, symbols: bool = False) -> bool:
    own = _face(typeface, _UNITS // 10, False, False, symbols)
    return character.isspace() or bytes(own.getmask(character)) != bytes(own.getmask("\uffff"))


@lru_cache(maxsize=65536)
def _advance(typeface: Typeface, text: str, bold: bool, italic: bool) -> float:
    pieces = ((part, _face(typeface, _UNITS, bold, italic, own)) for part, own in stretches(text))
    return sum(own.getlength(part) for part, own in pieces) / _UNITS


def width(text: str, size: float, *, bold: bool = False, italic: bool = False) -> float:
    """The width of `text` in inches, at `size` points."""
    return _advance(_typeface.get(), text, bold, italic) * size / 72


def leading(size: float, factor: float = 1.08) -> float:
    """The distance between baselines in inches: the font's own line height times `factor`."""
    return size / 72 * (ascent() + descent()) * factor


def runs(
    text: str, colour: str, *, bold: bool = False, italic: bool = False, strong: str | None = None
) -> tuple[Run, ...]:
    """`text` as runs of `colour`; its **emphasis** is bold, and coloured `strong` if given."""
    return tuple(
        Run(
            span.text,
            (strong or colour) if span.strong else colour,
            bold or span.strong,
            italic,
            span.language,
        )
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
            lines[-1][-1] = replace(last, text=last.text + " ")
        lines[-1].extend(word)
        used += space + wide
    return tuple(merged(line) for line in lines)


def _words(pieces: Sequence[Run]) -> list[list[Run]]:
    """Words at plain spaces; a word may change style inside, as in 'l'**effet**.'."""
    words: list[list[Run]] = [[]]
    for piece in pieces:
        for i, text in enumerate(re.split(r" +", piece.text)):
            if i:
                words.append([])
            if text:
                words[-1].append(replace(piece, text=text))
    return [word for word in words if word]


def merged(line: Iterable[Run]) -> Line:
    """`line` with neighbours of one style as one run."""
    joined: list[Run] = []
    for run in line:
        if joined and joined[-1].like(run):
            joined[-1] = replace(run, text=joined[-1].text + run.text)
        else:
            joined.append(run)
    return tuple(joined)


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
    lines = wrap(pieces, size, room)
    return Paragraph(lines, size, leading(size, factor), align, after, _typeface.get())


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

    With `even`, its lines are then broken where they read best. Raises
    MisfitError(where) when none of the sizes fits.
    """
    for size in sizes:
        fitted = paragraph(pieces, size, room[0], align=align, factor=factor)
        if fits([fitted], room):
            break
    else:
        refuse(where)
    return evened(fitted) if even else fitted


def fits(paragraphs: Sequence[Paragraph], room: tuple[float, float]) -> bool:
    """Whether stacked `paragraphs` stay within `room` (width, height in inches)."""
    wide = max(widest(p.lines, p.size) for p in paragraphs)
    return wide <= room[0] and height(paragraphs) <= room[1] + 1e-6


def evened(whole: Paragraph) -> Paragraph:
    """`whole` in as many lines, broken where it reads best."""
    pieces = [run for line in whole.lines for run in (*line, Run(" ", line[-1].colour))]
    found = [whole.lines]
    # A line as long as the room no longer fits, by the slack: each turn breaks earlier.
    while (lines := wrap(pieces, whole.size, widest(found[-1], whole.size))) != found[-1]:
        if len(lines) > len(whole.lines):
            break
        found.append(lines)
    return replace(whole, lines=min(found, key=_roughness))


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
    most = min(
        (
            widest([upper], p.size)
            + width(" ", p.size)
            + sum(width(r.text, p.size, bold=r.bold, italic=r.italic) for r in _words(lower)[0])
            for p in paragraphs
            for upper, lower in pairwise(p.lines)
        ),
        default=2 * room,
    )
    return min((least + most) / 2, room)


def missing_glyphs(text: str) -> str:
    """The characters of `text` that no font of the film can draw, each once."""
    kept = _EMOJI_MARKS.sub("", plain(text))
    own = _typeface.get()
    return "".join(
        c for c in dict.fromkeys(kept) if not _drawn(own, c) and not _drawn(own, c, True)
    )


def drawable(text: str) -> str:
    """`text` without the joiners of emoji, and a square for what no font can draw.

    The fonts are the current one, and those shipped. Spaces of all widths become plain ones.
    """
    faces = (_typeface.get(), ARIAL)

    def drawn(c: str) -> str:
        if c.isspace():
            return c if c in _HELD else " "
        return c if any(_drawn(own, c) or _drawn(own, c, True) for own in faces) else _MISSING

    return "".join(map(drawn, _EMOJI_MARKS.sub("", text)))
