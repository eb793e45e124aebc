"""Whether the animations of a slide can run (ECMA-376, part 1, 19.5)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from capsule.audit.deck import Deck, Page
from capsule.audit.package import NS, qn
from capsule.audit.rules import Finding, on

_FILTERS = {  # 19.5.3, filter
    "barn": {"inVertical", "inHorizontal", "outVertical", "outHorizontal"},
    "blinds": {"horizontal", "vertical"},
    "box": {"in", "out"},
    "checkerboard": {"across", "down"},
    "circle": {"in", "out"},
    "diamond": {"in", "out"},
    "dissolve": {""},
    "fade": {""},
    "image": {""},
    "pixelate": {""},
    "plus": {"in", "out"},
    "randombar": {"horizontal", "vertical"},
    "slide": {"fromTop", "fromBottom", "fromLeft", "fromRight"},
    "stretch": {"across", "fromTop", "fromBottom", "fromLeft", "fromRight"},
    "strips": {"downLeft", "upLeft", "downRight", "upRight"},
    "wedge": {""},
    "wheel": {"1", "2", "3", "4", "8"},
    "wipe": {"right", "left", "up", "down"},
}
_KNOWN = {
    f"{name}({way})".removesuffix("()").lower() for name, ways in _FILTERS.items() for way in ways
}


def findings(deck: Deck) -> Iterator[Finding]:
    """Check the animations of every slide."""
    for page in deck.slides:
        for timing in page.tree.iterfind("p:timing", NS):
            yield from _nodes(page, timing)
            yield from _filters(page, timing)
            yield from _targets(page, timing)
            yield from _builds(page, timing)


def named(page: Page, id_: str) -> str:
    """The name of the shape of number `id_`, groups included."""
    found = page.tree.xpath(".//p:cNvPr[@id=$id]", namespaces=NS, id=id_)
    return found[0].get("name", "") if found else ""


def targets(element: Any) -> set[str]:
    """The numbers of the shapes that the animation nodes under `element` move."""
    return {target.get("spid", "") for target in element.iter(qn("p:spTgt"))}


def _nodes(page: Page, timing: Any) -> Iterator[Finding]:
    seen: set[str] = set()
    for node in timing.iter(qn("p:cTn")):
        id_ = node.get("id", "")
        if id_ and id_ in seen:
            yield on("timing-id", page, id=id_)
        seen.add(id_)


def _filters(page: Page, timing: Any) -> Iterator[Finding]:
    for effect in timing.iter(qn("p:animEffect")):
        for name in filter(None, effect.get("filter", "").split(";")):
            if name.strip().lower() not in _KNOWN:
                shapes = [named(page, id_) for id_ in sorted(targets(effect))]
                yield Finding(
                    "timing-filter", page.number, "".join(shapes[:1]), page.part, {"name": name}
                )


def _targets(page: Page, timing: Any) -> Iterator[Finding]:
    known = {properties.get("id") for properties in page.tree.iter(qn("p:cNvPr"))}
    built = {build.get("spid", "") for build in timing.iterfind("p:bldLst/*", NS)}
    for id_ in sorted((targets(timing) | built) - known, key=lambda id_: (len(id_), id_)):
        yield on("timing-target", page, id=id_)


def _builds(page: Page, timing: Any) -> Iterator[Finding]:
    """Each build has the effects of its shape and group, and they it (19.5.14, grpId)."""
    builds = {
        (build.get("spid", ""), build.get("grpId", "0"))
        for build in timing.iterfind("p:bldLst/p:bldP", NS)
    }
    effects = {
        (id_, node.get("grpId"))
        for node in timing.iter(qn("p:cTn"))
        if node.get("grpId") and node.get("presetID")
        for id_ in targets(node)
    }
    built = {id_ for id_, _group in builds}
    alone = {effect for effect in effects - builds if effect[0] in built}
    told: set[str] = set()
    for id_, group in sorted((builds - effects) | alone):
        name = named(page, id_)
        if id_ not in told and name:
            told.add(id_)
            yield Finding("timing-build", page.number, name, page.part, {"group": group})
