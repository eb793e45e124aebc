"""Where a word may be broken: at its own hyphens, and anywhere if no line can hold it.

Office suites disagree on soft hyphens (PowerPoint does not break at them), so a broken word gets
a real hyphen, after which all of them break. An address gets a line break, for no sign may be
added to it: one that is copied still leads somewhere. In a paragraph's lines both are marks at
the end of a line: the next line goes on without a space.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import pyphen

HYPHEN = "\u00ad"  # drawn as a hyphen
SEAM = "\u200b"  # drawn as nothing
DRAWN = str.maketrans({HYPHEN: "-", SEAM: None})
_ADDRESS = re.compile(r"://|^www\.|@|\w\.\w+/|\w\.\w+\.\w")
_OWN = "-‐–—?!…|"
_AFTER = re.compile(rf"(?<=\w[{_OWN}])(?=\w)")
_JOINTS = _OWN + "/\\._=&@:,;+"
_SHORTEST = 3  # letters of a word before a hyphen, and after it


def bare(text: str) -> str:
    """`text` without such marks, as an author may have typed them."""
    return text.replace(HYPHEN, "").replace(SEAM, "")


def joined(line: str) -> str:
    """The end of a line as it is written before the text of the next one; \\v is a line break."""
    if line.endswith(HYPHEN):
        return line[:-1] + "-"
    if line.endswith(SEAM):
        return line[:-1] if _own(line) else line[:-1] + "\v"
    return line + " "


def going_on(line: str) -> bool:
    """Whether `line` ends within a word."""
    return line.endswith((HYPHEN, SEAM))


def broken(line: str) -> bool:
    """Whether it does where the word by itself would not break."""
    return going_on(line) and not _own(line)


def forced(line: str) -> bool:
    """Whether `line` ends with a line break."""
    return broken(line) and line.endswith(SEAM)


def _own(line: str) -> bool:
    return line.endswith(SEAM) and line[-2:-1] in _OWN


def atoms(word: str) -> tuple[str, ...]:
    """`word` cut where office suites break it by themselves, as measured in Impress."""
    return tuple(_AFTER.split(word))


@lru_cache(maxsize=1024)
def places(word: str, language: str) -> dict[int, str]:
    """Where `word` is best broken: how many characters before, and the mark that goes there.

    Those are its joints and syllables, by the dictionary of `language` (BCP 47), if there is one.
    """
    found = {}
    for at, sign in enumerate(word[:-1], 1):
        if sign in _JOINTS and word[at].isalnum():
            found[at] = SEAM
    known = pyphen.language_fallback(language.replace("-", "_"))
    if known and not _ADDRESS.search(word):
        syllables = pyphen.Pyphen(lang=known, left=_SHORTEST, right=_SHORTEST)
        for letters in re.finditer(r"[^\W\d_]+", word):
            for at in syllables.positions(letters[0]):
                found[letters.start() + at] = HYPHEN
    return found


@lru_cache(maxsize=1024)
def anywhere(word: str) -> dict[int, str]:
    """Where `word` can be broken at all: between any two characters, emoji kept whole."""
    plain = HYPHEN if not _ADDRESS.search(word) else SEAM
    return {
        at: plain if word[at - 1].isalpha() and word[at].isalpha() else SEAM
        for at in range(1, len(word))
        if word[at - 1] != "\u200d" and not _attached(word[at])
    }


def _attached(sign: str) -> bool:
    """Whether `sign` belongs to the one before: accents, joiners, variants, skin tones."""
    return unicodedata.category(sign) in ("Mn", "Me", "Cf") or "\U0001f3fb" <= sign <= "\U0001f3ff"
