"""Where each sentence begins and ends in a recording, found by its pauses and by lengths."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from capsule.render.voice.listening import Pause
from capsule.render.voice.speech import Sentence

_DIGIT = 3  # letters that a digit is said in
_LEAST_SPREAD = 0.4  # seconds by which any sentence may be longer or shorter than its share
_SPREAD = 0.2  # of a sentence's share
_LONG = 0.8  # seconds; a longer pause says no more
_STOP, _COMMA = 4.0, 1.5  # what a long pause is worth after a sentence, and inside it


class _Clause(NamedTuple):
    """What is said without a breath, by its length; and what a pause after it is worth."""

    size: int
    stop: float


def spans(
    sentences: Sequence[Sentence], pauses: Sequence[Pause], begin: float, end: float
) -> list[tuple[float, float]]:
    """When each of `sentences`, said from second `begin` to `end`, begins and ends.

    They take time by their lengths, pauses not counted; each boundary between two goes to a
    pause, the longer and the nearer to its guess the better, or stays where it was guessed.
    """
    if not sentences:
        return []
    between = _boundaries(_clauses(sentences), list(pauses), begin, end)
    starts = [begin, *(pause.end for pause in between)]
    ends = [*(pause.start for pause in between), end]
    return [(round(a, 3), round(b, 3)) for a, b in zip(starts, ends, strict=True)]


def _clauses(sentences: Sequence[Sentence]) -> list[_Clause]:
    """What is said between two signs where one breathes."""
    clauses = []
    for sentence in sentences:
        *first, last = (_size(said) for said in re.split(r"(?<=[,;:]) ", sentence.said))
        clauses += [*(_Clause(size, _COMMA) for size in first), _Clause(last, _STOP)]
    return clauses


def _boundaries(
    clauses: Sequence[_Clause], pauses: list[Pause], begin: float, end: float
) -> list[Pause]:
    """The pause (of no length where none fits) after each sentence but the last.

    The cheapest path, clause by clause (dynamic programming).
    """
    if len(clauses) == 1:
        return []
    spoken = end - begin - sum(b - a for a, b in pauses)
    sizes = np.array([clause.size for clause in clauses])
    shares = spoken * sizes / sizes.sum()
    guessed = [_at(moment, pauses, begin) for moment in np.cumsum(shares)[:-1]]
    places = sorted([*pauses, *(Pause(moment, moment) for moment in guessed)])
    said = np.array([p.start - begin - _paused(pauses, p.start) for p in places])
    lengths = said[None, :] - said[:, None]  # from each place to each
    lengths[np.tril_indices(len(places))] = np.inf
    rests = np.array([min(p.end - p.start, _LONG) / _LONG for p in places])
    costs, paths = _cost(said, shares[0]) - rests * clauses[0].stop, []
    for clause, share in zip(clauses[1:-1], shares[1:-1], strict=True):
        steps = _cost(lengths, share) + costs[:, None]
        paths.append(steps.argmin(axis=0))
        costs = steps.min(axis=0) - rests * clause.stop
    at = int((costs + _cost(spoken - said, shares[-1])).argmin())
    chosen = [places[at]]
    for path in reversed(paths):
        at = int(path[at])
        chosen.append(places[at])
    return [p for p, clause in zip(reversed(chosen), clauses, strict=False) if clause.stop == _STOP]


def _cost(seconds: NDArray[np.float64], share: float) -> NDArray[np.float64]:
    """How unlikely it is that a clause of `share` seconds was said in so many."""
    return np.square((seconds - share) / (_LEAST_SPREAD + _SPREAD * share))


def _size(said: str) -> int:
    return len(said) + (_DIGIT - 1) * sum(c.isdigit() for c in said)


def _at(spoken: float, pauses: Sequence[Pause], begin: float) -> float:
    """The moment at which `spoken` seconds have been said."""
    moment = begin + spoken
    for pause in pauses:
        if pause.start >= moment:
            break
        moment += pause.end - pause.start
    return moment


def _paused(pauses: Sequence[Pause], moment: float) -> float:
    """The seconds of pauses before `moment`."""
    return sum(max(0.0, min(pause.end, moment) - pause.start) for pause in pauses)
