"""What one slide cannot hold goes on over the next ones, each with its part of the items.

A scene's pages share its id. Their titles are told apart by a count, and those of scenes in the
same words by what they are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from gettext import NullTranslations
from itertools import combinations, pairwise

from capsule.layout.boxes import Line, Run
from capsule.plan import Plan, Scene
from capsule.typography import NBSP, plain


def of(scene: Scene, weights: Sequence[int], fits: Callable[[Scene], bool]) -> tuple[Scene, ...]:
    """`scene` on as few pages as hold it, balanced by the `weights` of its items.

    A page an item if nothing helps: the one that holds too much will say so.
    """
    if len(weights) < 2 or fits(scene):
        return (scene,)
    alone = scene.cut(range(len(weights)))
    counts = range(2, len(weights)) if all(map(fits, alone)) else ()
    known: dict[tuple[int, int], bool] = {}
    for count in counts:
        for firsts in _shared(weights, count):
            pages = scene.cut(firsts)
            spans = zip(firsts, (*firsts[1:], len(weights)), strict=True)
            for span, page in zip(spans, pages, strict=True):
                if span not in known:
                    known[span] = fits(page)
                if not known[span]:
                    break
            else:
                return pages
    return alone


def _shared(weights: Sequence[int], count: int) -> list[tuple[int, ...]]:
    """The ways to begin `count` pages, the best balanced first."""

    def uneven(firsts: tuple[int, ...]) -> tuple[int, int]:
        sums = [sum(weights[a:b]) for a, b in pairwise((*firsts, len(weights)))]
        numbers = [b - a for a, b in pairwise((*firsts, len(weights)))]
        return max(numbers) - min(numbers), max(sums)

    ways = [(0, *others) for others in combinations(range(1, len(weights)), count - 1)]
    return sorted(ways, key=uneven)


def title(
    pieces: Sequence[Run], scene: Scene, plan: Plan, colour: str, words: NullTranslations
) -> Line:
    """The title of `pieces` with what tells it from the deck's other ones, if it needs that.

    That is written in `colour`.
    """
    titles = _titles(plan)
    own = "intro" if scene.part == "intro" else scene.id
    before = list(titles.values())[: list(titles).index(own)]
    marks = [_kind(scene, words)] if titles[own] in before else []
    if scene.leaf:
        marks.append(f"{scene.leaf.number}/{scene.leaf.of}")
    if not marks:
        return tuple(pieces)
    last = replace(pieces[-1], text=pieces[-1].text + NBSP)
    told = ", ".join(marks).replace(" ", NBSP)
    return (*pieces[:-1], last, Run(f"({told})", colour))


def _titles(plan: Plan) -> dict[str, str]:
    """The deck's titles in its order, by scene, as they are to be compared."""
    capsule = plan.capsule
    titles = {
        "title": capsule.title,
        "intro": capsule.intro.title,
        "message": capsule.message.statement,
        **{f"question-{n}": one.ask for n, one in enumerate(capsule.debrief.questions, 1)},
        "synthesis": capsule.debrief.synthesis.title,
    }
    return {id_: plain(text).casefold() for id_, text in titles.items()}


def _kind(scene: Scene, words: NullTranslations) -> str:
    if scene.kind == "question":
        return words.gettext("question %(n)d") % {"n": scene.number}
    return {
        "message": words.gettext("message"),
        "synthesis": words.gettext("synthesis"),
    }.get(scene.kind, words.gettext("video"))
