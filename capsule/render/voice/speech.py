"""A text as a voice says it: sentence by sentence, without the signs that only eyes read."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from capsule.typography import plain, sentences

_SIGNS = {"\u2019": "'", "…": "...", "·": " ", "[": "(", "]": ")"}  # brackets call phonemes
_FRENCH_UNITS = (
    (re.compile(r"(?<=\d) h\b"), " heures"),
    (re.compile(r"(?<=\d) min\b"), " minutes"),
)


class Sentence(NamedTuple):
    """A sentence as it is said; `start` and `end` are its characters' in the passage's text."""

    said: str
    start: int
    end: int


def sentences_of(text: str, language: str) -> tuple[Sentence, ...]:
    """Cut `text` into the sentences that have something to say."""
    found, at = [], 0
    for piece in sentences(text):
        at = text.index(piece, at)
        said = cleaned(piece, language)
        if any(c.isalnum() for c in said):
            found.append(Sentence(said, at, at + len(piece)))
        at += len(piece)
    return tuple(found)


def cleaned(text: str, language: str) -> str:
    """`text` without emphasis, emoji, arrows and no-break spaces, on one line."""
    signs = ("".join(_SIGNS.get(c, c) for c in plain(text) if not _unheard(c))).replace("**", "")
    line = " ".join(signs.split())
    if language.split("-", maxsplit=1)[0] == "fr":
        for pattern, unit in _FRENCH_UNITS:
            line = pattern.sub(unit, line)
    return line


def _unheard(sign: str) -> bool:
    """Emoji, their selectors and arrows, which engines read by their names; what has no form."""
    kind = unicodedata.category(sign)
    arrow = "\u2190" <= sign <= "\u21ff"
    return arrow or "\ufe00" <= sign <= "\ufe0f" or kind in ("So", "Sk", "Cf", "Co", "Cn", "Cs")
