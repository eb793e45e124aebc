"""Spoken text cut into captions of two lines, where a reader would draw breath.

Thirty-seven characters a line, and lines that keep together what is read together: an article and
its noun, a pronoun and its verb, a figure and its unit (Charte relative à la qualité du
sous-titrage à destination des personnes sourdes ou malentendantes, CSA 2011, items 4 and 5; BBC
Subtitle Guidelines, "Break at natural points").
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from capsule.typography import sentences

LINE = 37  # characters
_SHORT_PHRASE = 20  # characters: too few to be read alone


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_TIED = {  # to what follows them
    "fr": _words(
        "le la les un une des du de au aux à en y ne n’ je tu il elle on ce c’ ils elles se me te "
        "lui leur leurs mon ma mes ton ta tes son sa ses notre nos votre vos cet cette ces quel "
        "quelle quels quelles et ou où ni mais or car donc que qui dont quand si comme pour par "
        "sur sous dans avec sans chez vers entre dès très plus moins trop tout toute tous toutes "
        "chaque quelque quelques plusieurs est sont a ont deux trois quatre cinq six sept huit "
        "neuf dix n° parce afin lorsque puisque quoique"
    ),
    "en": _words(
        "a an the of to in on at by for from with and or but nor so as if that which who whose "
        "when where than i you he she it we they my your his her its our their this these those "
        "is are was were be not no do does did will can could would should may might must have "
        "has had one two three four five six seven eight nine ten very every each some any"
    ),
}
_WHOLE = _words("quelqu’un quelqu'un")  # not an article after its apostrophe
_TITLES = _words("m. mm. mme mmes mlle dr dr. me pr pr. prof. mr. mrs. ms. st. ste")
_OPENERS = {  # a line may well begin with them
    "fr": _words(
        "et ou mais donc car ni or que qui dont où quand lorsque puisque parce si comme pour sans "
        "avec dans par sur sous chez vers entre depuis pendant après avant afin quitte tandis"
    ),
    "en": _words(
        "and or but nor so that which who whose when where because if as for without with in on "
        "at by from over under into through after before while since until"
    ),
}
_LINKS = {"fr": _words("de du des d’ à au aux en"), "en": _words("of to")}  # nouns to nouns
_TORN = 1000.0  # what must not be parted
_WITHIN = 6.0  # a break that nothing calls for
_EDGES = "«»“”\"()’'[]—–-\u00a0\u202f"


def captions(text: str, language: str) -> tuple[str, ...]:
    """`text` in captions of one line or of two, of at most `LINE` characters each.

    `language` is a BCP 47 tag. A longer word stays whole, on a line of its own. The captions
    joined by spaces, their line breaks too, are the text.
    """
    tag = language.split("-", maxsplit=1)[0]
    return tuple(caption for phrase in _phrases(text) for caption in _cut(phrase, tag))


def _phrases(text: str) -> list[str]:
    """Sentences; those too short to be read alone, or that end on a title's stop, go on."""
    phrases: list[str] = []
    for sentence in sentences(text):
        before = phrases[-1] if phrases else ""
        goes_on = before.split(" ")[-1].lower() in _TITLES or sentence[:1].islower()
        if before and (goes_on or len(before) < _SHORT_PHRASE):
            phrases[-1] = f"{before} {sentence}"
        else:
            phrases.append(sentence)
    return phrases


def _cut(phrase: str, language: str) -> list[str]:
    """The cheapest way to cut `phrase`, found from its end backwards."""
    words = re.split(r"[ \t\r\n]+", phrase.strip())
    torn = [*(_tearing(a, b, language) for a, b in pairwise(words)), 0.0]
    best: list[tuple[float, list[str]]] = [(0.0, [])]  # for what is left, from each word on
    for first in reversed(range(len(words))):
        ways = []
        for last in range(first, len(words)):
            if last > first and len(" ".join(words[first : last + 1])) > 2 * LINE + 1:
                break
            shaped = _shaped(words[first : last + 1], torn[first:last])
            if shaped:
                after, rest = best[len(words) - 1 - last]
                parted = 2.0 * torn[last] if rest else 0.0
                ways.append((shaped[0] + parted + after, [shaped[1], *rest]))
        best.append(min(ways, key=lambda way: way[0]))
    return best[-1][1]


def _shaped(words: Sequence[str], torn: Sequence[float]) -> tuple[float, str] | None:
    """What a caption of `words` costs, and how it reads; None if it needs a third line."""
    whole = " ".join(words)
    cost = 6.0 + 8.0 * max(0.0, 1 - len(whole) / LINE)
    if len(whole) <= LINE or len(words) == 1:
        return cost, whole
    ways = []
    for at in range(1, len(words)):
        upper, lower = " ".join(words[:at]), " ".join(words[at:])
        if _fits(words[:at]) and _fits(words[at:]):
            uneven = abs(len(lower) - len(upper)) / LINE
            heavy = 0.7 if len(upper) > len(lower) else 0.0
            lone = 8.0 * (at == 1 or at == len(words) - 1)
            ways.append((cost + torn[at - 1] + 7 * uneven + heavy + lone, f"{upper}\n{lower}"))
    return min(ways, default=None)


def _fits(words: Sequence[str]) -> bool:
    return len(words) == 1 or len(" ".join(words)) <= LINE


@lru_cache(maxsize=4096)
def _tearing(before: str, after: str, language: str) -> float:
    """What it costs the reader to have a break between two words."""
    end, start = _bare(before), _bare(after)
    short = {end, re.split("[’']", end)[-1]} & _TIED.get(language, frozenset())
    tied = short and end not in _WHOLE
    rules = (
        (_TORN, before.lower() in _TITLES or before == "«" or re.match(r"[;:?!»%€]", after)),
        (0.0, re.search(r"[.!?…;:][»”\")\u00a0\u202f]*$", before)),
        (1.0, re.search(r"[,»)—–][»”\")\u00a0\u202f]*$", before) or re.match(r"[«(—–]", after)),
        (_TORN, tied or _counts(before, after)),
        (4.5, re.split("(?<=[’'])", start)[0] in _LINKS.get(language, ())),
        (2.0, start in _OPENERS.get(language, ())),
    )
    return next((cost for cost, holds in rules if holds), _WITHIN)


def _counts(before: str, after: str) -> bool:
    """Whether `before` is a figure (years but for) that `after` is the unit or the noun of."""
    figure = re.fullmatch(r"[«(]?\d[\d.,\u00a0\u202f]*", before)
    year = re.fullmatch(r"(19|20)\d\d", before)
    return bool(figure) and not (year and after[:1].isalpha() and len(after) > 1)


def _bare(word: str) -> str:
    return word.strip(_EDGES).lower() or word
