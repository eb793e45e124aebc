"""The order of elements, for formats whose XML Schemas cannot be shipped: cmi5, tincan.xml."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from capsule.lms.audit.markup import Document, local, space
from capsule.lms.audit.rules import At


class Step(NamedTuple):
    """Elements of which one or the other comes, as often as they may."""

    names: tuple[str, ...]
    least: int
    most: float


Grammar = Mapping[str, tuple[Step, ...]]
"""What may be in an element, by its name or by its parent's and its own: au/objectives."""


def steps(text: str) -> tuple[Step, ...]:
    """The steps of a text such as `title description objectives? au|block+`."""
    return tuple(_step(word) for word in text.split())


def missing(document: Document, grammar: Grammar) -> Iterator[At]:
    """Where an element lacks one that it must have."""
    for element in _known(document, grammar):
        for step, found in _walked(element, grammar)[0]:
            if found < step.least:
                yield document.at(element, parent=local(element), name=" / ".join(step.names))


def unexpected(document: Document, grammar: Grammar) -> Iterator[At]:
    """Where an element is unknown, comes too often or out of its order."""
    for element in _known(document, grammar):
        for child in _walked(element, grammar)[1]:
            yield document.at(child, parent=local(element), name=local(child))


def _step(word: str) -> Step:
    least, most = {"?": (0, 1.0), "*": (0, float("inf")), "+": (1, float("inf"))}.get(
        word[-1], (1, 1.0)
    )
    return Step(tuple(word.rstrip("?*+").split("|")), least, most)


def _known(document: Document, grammar: Grammar) -> Iterator[Any]:
    """The elements of the manifest's own namespace; extensions are their authors' affair."""
    own = space(document.root)
    for element in document.root.iter():
        if space(element) == own and _rule(element, grammar) is not None:
            yield element


def _rule(element: Any, grammar: Grammar) -> tuple[Step, ...] | None:
    parent = element.getparent()
    path = f"{local(parent)}/{local(element)}" if parent is not None else ""
    return grammar.get(path, grammar.get(local(element)))


def _walked(element: Any, grammar: Grammar) -> tuple[list[tuple[Step, int]], list[Any]]:
    """How often each step was taken, and the children that fit none."""
    rule = _rule(element, grammar) or ()
    counts, strange, now = [0] * len(rule), [], 0
    names = {name for step in rule for name in step.names}
    for child in element.iterchildren("*"):
        if space(child) != space(element):
            continue
        reached = next((n for n in range(now, len(rule)) if local(child) in rule[n].names), None)
        if reached is None and local(child) in names:  # out of its order: it is there all the same
            counts[next(n for n, step in enumerate(rule) if local(child) in step.names)] += 1
            strange.append(child)
        elif reached is None or counts[reached] >= rule[reached].most:
            strange.append(child)
        else:
            counts[reached] += 1
            now = reached
    return list(zip(rule, counts, strict=True)), strange
