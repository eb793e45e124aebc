"""Runs of text broken into lines: at spaces, at their own hyphens, and inside words if need be."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from capsule.layout import breaking
from capsule.layout.boxes import Line, Run
from capsule.layout.lettering import language, typeface, width
from capsule.theme import Typeface

_SLACK = 0.995  # PowerPoint and Impress round advances; lines stay this much inside the box


def wrap(
    pieces: Sequence[Run],
    size: float,
    room: float,
    *,
    hyphens: bool = False,
    whole_up_to: float = 0.0,
) -> tuple[Line, ...]:
    """Break `pieces` at their spaces, and at their own `hyphens`, into lines of `room` inches.

    No-break spaces hold. A word wider than `room`, and than `whole_up_to`, is broken (see
    `breaking`).
    """
    current = typeface(), language()
    return _wrapped(tuple(pieces), size, (room, whole_up_to), hyphens, *current)


@lru_cache(maxsize=4096)
def _wrapped(
    pieces: tuple[Run, ...],
    size: float,
    rooms: tuple[float, float],
    hyphens: bool,
    _typeface: Typeface,  # the current ones, which measures ask for by themselves
    _language: str,
) -> tuple[Line, ...]:
    room = rooms[0] * _SLACK
    whole = max(room, rooms[1])
    lines: list[list[Run]] = [[]]
    used = 0.0
    for word in words(pieces):
        for n, atom in enumerate(atoms(word) if hyphens else [word]):
            for part in _parts(atom, size, room, whole):
                wide, last = measured(part, size), lines[-1][-1] if lines[-1] else None
                cut = last is not None and breaking.going_on(last.text)
                space = width(" ", size, bold=part[0].bold) if last and not n else 0.0
                if last and (cut or used + space + wide > room):
                    if n and not cut:
                        lines[-1][-1] = last.saying(last.text + breaking.SEAM)
                    lines.append([])
                    used = space = 0.0
                elif last and not n:
                    lines[-1][-1] = last.saying(last.text + " ")
                lines[-1].extend(part)
                used += space + wide
    return tuple(merged(line) for line in lines)


def atoms(word: list[Run]) -> Iterator[list[Run]]:
    """`word` cut after its own hyphens."""
    for atom in breaking.atoms("".join(run.text for run in word))[:-1]:
        before, word = _cut(word, len(atom), "")
        yield before
    yield word


def measured(line: Iterable[Run], size: float) -> float:
    """The width of `line`, in inches."""
    return sum(width(r.text, size, bold=r.bold, italic=r.italic) for r in line)


def _parts(word: list[Run], size: float, room: float, whole: float) -> Iterator[list[Run]]:
    """`word`, or its parts that lines of `room` can hold if it is wider than `whole`."""
    while measured(word, size) > whole:
        whole = room
        text = "".join(run.text for run in word)
        best, any_ = breaking.places(text, word[0].language or language()), breaking.anywhere(text)
        found = _farthest(word, size, room, best) or _farthest(word, size, room, any_)
        if not found:
            break  # one character is too wide
        part, word = found
        yield part
    yield word


def _farthest(
    word: list[Run], size: float, room: float, places: Mapping[int, str]
) -> tuple[list[Run], list[Run]] | None:
    """`word` cut at the last of `places` that `room` can hold, if there is one."""
    ends = sorted(places.items())

    def wide(end: tuple[int, str]) -> float:
        return measured(_cut(word, *end)[0], size)

    last = bisect_right(ends, room, key=wide)
    while last and wide(ends[last - 1]) > room:  # a mark may be wider than a letter
        last -= 1
    return _cut(word, *ends[last - 1]) if last else None


def _cut(word: list[Run], at: int, mark: str) -> tuple[list[Run], list[Run]]:
    """`word` before and after its character `at`, the first with `mark` at its end."""
    before, after = list[Run](), list[Run]()
    for run in word:
        kept, left = run.text[: max(at, 0)], run.text[max(at, 0) :]
        at -= len(run.text)
        before += [run.saying(kept)] if kept else []
        after += [run.saying(left)] if left else []
    before[-1] = before[-1].saying(before[-1].text + mark)
    return before, after


def words(pieces: Sequence[Run]) -> list[list[Run]]:
    """Words at plain spaces; a word may change style inside, as in 'l'**effet**.'."""
    words: list[list[Run]] = [[]]
    for piece in pieces:
        for i, text in enumerate(re.split(r" +", piece.text)):
            if i:
                words.append([])
            if text:
                words[-1].append(piece.saying(text))
    return [word for word in words if word]


def merged(line: Iterable[Run]) -> Line:
    """`line` with neighbours of one style as one run."""
    joined: list[Run] = []
    for run in line:
        if joined and joined[-1].like(run):
            joined[-1] = run.saying(joined[-1].text + run.text)
        else:
            joined.append(run)
    return tuple(joined)
