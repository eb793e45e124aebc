"""Typography of the capsule's language, and the inline marks: **emphasis**, [words]{en}."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise, zip_longest
from typing import NamedTuple

NBSP = "\u00a0"
NNBSP = "\u202f"
_FOREIGN = re.compile(r"\[([^\[\]]+)\]\{([a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)\}")
_UNITS = r"min|s|h|€|%|ans|km|mois|jours?|heures?|minutes?|secondes?"
_FRENCH: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"[ \u00a0\u202f]*([;?!])(?=[\s\u00a0»\"*)\]]|[?!]|$)"), NNBSP + r"\1"),
    (re.compile(r"([?!])\u202f(?=[?!])"), r"\1"),
    (re.compile(r"[ \u00a0\u202f]+:(?=\s|$)"), NBSP + ":"),
    (re.compile(r"(?<=[^\W\d_]):(?=\s|$)"), NBSP + ":"),
    (re.compile(r"«[ \u00a0\u202f]*"), "«" + NBSP),
    (re.compile(r"[ \u00a0\u202f]*»"), NBSP + "»"),
    (re.compile(rf"(?<=\d) (?=(?:{_UNITS})\b|[€%])"), NBSP),
    (re.compile(r"(?<=\d)(?<!\d{4}) (?=\d{3}(?!\d))"), NNBSP),
    (re.compile(r"(?<=[^\W_])'(?=[^\W_]|$|[«\s*])"), "’"),
    (re.compile(r"\.\.\."), "…"),
)


class Span(NamedTuple):
    """A run of text, emphasised or not, in the capsule's language or another (BCP 47)."""

    text: str
    strong: bool
    language: str | None = None


def typeset(text: str, language: str) -> str:
    """Apply the typography of `language` (a BCP 47 tag) to `text`.

    French gets the ellipsis, and no-break spaces before `: ; ? !`, inside guillemets, before units
    and inside numbers (Lexique des règles typographiques en usage à l'Imprimerie
    nationale). Every language gets composed accents (NFC), single spaces, and the curly
    apostrophe inside words.
    """
    text = apostrophes(re.sub(r"[ \t\r\n]+", " ", unicodedata.normalize("NFC", text)).strip())
    if language.split("-", maxsplit=1)[0] == "fr":
        for pattern, replacement in _FRENCH:
            text = pattern.sub(replacement, text)
        text = re.sub(r"(^|\s)[\u00a0\u202f]+", r"\1", text)
    return text


def apostrophes(text: str) -> str:
    """`text` with the curly apostrophe inside its words."""
    return re.sub(r"(?<=[^\W\d_])'(?=[^\W\d_])", "’", text)


def spans(text: str) -> tuple[Span, ...]:
    """Split `text` at its marks: **emphasis**, [words of another language]{en}.

    Emphasis may hold words of another language. An unclosed mark is text like any other.
    """
    found: list[Span] = []
    for i, piece in enumerate(re.split(r"\*\*(.+?)\*\*", text)):
        parts = _FOREIGN.split(piece)
        for plain, foreign, language in zip_longest(parts[::3], parts[1::3], parts[2::3]):
            found += [Span(plain, bool(i % 2)), Span(foreign or "", bool(i % 2), language)]
    return tuple(span for span in found if span.text)


def plain(text: str) -> str:
    """`text` without its marks."""
    return "".join(span.text for span in spans(text))


def closed(text: str) -> str:
    """`text` with a full stop, unless it is punctuated already."""
    return text if re.search(r"[.!?…:;,][»\"”)*\s]*$", text) else text + "."


def clock(seconds: int) -> str:
    """`seconds` as minutes and seconds: 90 → '1:30'."""
    return f"{seconds // 60}:{seconds % 60:02}"


def sentences(text: str) -> tuple[str, ...]:
    """Cut `text` after its sentences' ends, so that captions and voices can breathe."""
    ends = [0, *(m.end() for m in re.finditer(r"[.!?…]+[»\"”\u00a0\u202f]* +", text)), len(text)]
    return tuple(text[a:b].strip() for a, b in pairwise(ends) if text[a:b].strip())
