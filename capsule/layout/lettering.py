"""The fonts that texts are set in: how wide a text is, which characters they have.

Liberation Sans has the advance widths of Arial, so what fits here fits in the deck too.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from itertools import groupby

from PIL import ImageFont

from capsule.layout import breaking
from capsule.resources import font, symbols_font
from capsule.theme import ARIAL, HOUSE, Typeface
from capsule.typography import NBSP, NNBSP, plain

_UNITS = 1000  # pixels an em when measuring: advances come out as thousandths of the size
_EMOJI_MARKS = re.compile("[\u200d\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]")
_MISSING = "□"
_HELD = NBSP + NNBSP
_typeface: ContextVar[Typeface] = ContextVar("_typeface", default=HOUSE.typeface)
_language: ContextVar[str] = ContextVar("_language", default="")


@contextmanager
def set_in(typeface: Typeface, language: str = "") -> Iterator[None]:
    """Within the block, texts are measured in `typeface`, and paragraphs made in it.

    Words are broken as in `language` (BCP 47).
    """
    tokens = _typeface.set(typeface), _language.set(language)
    try:
        yield
    finally:
        _typeface.reset(tokens[0])
        _language.reset(tokens[1])


def typeface() -> Typeface:
    """The current font."""
    return _typeface.get()


def language() -> str:
    """The language (BCP 47) that words are broken in; none is known if empty."""
    return _language.get()


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


def _ascent() -> float:
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
    The marks of `breaking` are as they are drawn.
    """
    kept = _EMOJI_MARKS.sub("", text.translate(breaking.DRAWN))
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
    return sum(own.getlength(part) for part, own in pieces) / _UNITS * typeface.wider


def width(text: str, size: float, *, bold: bool = False, italic: bool = False) -> float:
    """The width of `text` in inches, at `size` points."""
    return _advance(_typeface.get(), text, bold, italic) * size / 72


def leading(size: float, factor: float = 1.08) -> float:
    """The distance between baselines in inches: the font's own line height times `factor`."""
    return size / 72 * (_ascent() + descent()) * factor


def missing_glyphs(text: str) -> str:
    """The characters of `text` that no font of the film can draw, each once."""
    kept = _EMOJI_MARKS.sub("", breaking.bare(plain(text)))
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
