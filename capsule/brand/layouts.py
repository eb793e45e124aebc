"""The layouts of a template: their placeholders, with what these inherit from master and theme."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from lxml import etree

from capsule.brand import scheme
from capsule.brand.package import NAMES, Package
from capsule.brand.scheme import Scheme
from capsule.tables import bare
from capsule.theme import Align, Anchor

_EMU = 914400
_BODIES = {"body", "obj", "subTitle", "media", "pic", "tbl", "chart", "dgm", "clipArt"}
_STYLES = {"title": "titleStyle", "ctrTitle": "titleStyle"}
_ALIGNS: Mapping[str, Align] = {"ctr": "center", "r": "right"}
_ANCHORS: Mapping[str, Anchor] = {"ctr": "middle", "b": "bottom"}
_INSETS = {"lIns": 91440, "tIns": 45720, "rIns": 91440, "bIns": 45720}
_R_ID = f"{{{NAMES['r']}}}id"


class Box(NamedTuple):
    """A rectangle of a slide, in inches."""

    x: float
    y: float
    w: float
    h: float


@dataclass(frozen=True)
class Style:
    """How a placeholder's text is set: points, RRGGBB, a family as the template names it.

    `inherited` tells whether a slide's text takes it up by itself; LibreOffice writes it on the
    placeholder's sample text, where nothing inherits it.
    """

    size: float
    colour: str
    bold: bool
    align: Align
    capitals: bool
    family: str
    inherited: bool


@dataclass(frozen=True)
class Place:
    """A placeholder: `box` is what is left of it for text, inside its insets."""

    kind: str
    box: Box
    outer: Box
    anchor: Anchor
    style: Style


@dataclass(frozen=True, eq=False)
class Layout:
    """A layout by its part and its master's, with its places in their order."""

    part: str
    master: str
    name: str
    kind: str
    scheme: Scheme
    places: tuple[Place, ...]

    def first(self, *kinds: str) -> Place | None:
        """The first place of one of `kinds`, the kinds in their order."""
        found = (place for kind in kinds for place in self.places if place.kind == kind)
        return next(found, None)

    @property
    def names(self) -> set[str]:
        """What it is called, in any case, without accents; a copy is "1_Titre" in PowerPoint."""
        name = bare(self.name)
        return {name, name.lstrip("0123456789").strip()}


def read(package: Package) -> list[Layout]:
    """All layouts of all masters, in their order."""
    return [
        _layout(package, master, part)
        for master in _listed(package, package.main, "sldMasterId")
        for part in _listed(package, master, "sldLayoutId")
    ]


def _listed(package: Package, owner: str, item: str) -> Iterator[str]:
    for element in package.tree(owner).iter(f"{{{NAMES['p']}}}{item}"):
        part = package.part(owner, element.get(_R_ID))
        if part:
            yield part


def _layout(package: Package, master: str, part: str) -> Layout:
    tree = package.tree(part)
    other = tree.find("p:clrMapOvr/a:overrideClrMapping", NAMES)
    known = scheme.read(package, master, dict(other.attrib) if other is not None else None)
    places = tuple(
        _place(package, master, element, known)
        for element in tree.iterfind("p:cSld/p:spTree/p:sp", NAMES)
        if element.find(".//p:ph", NAMES) is not None
    )
    name = tree.find("p:cSld", NAMES).get("name") or tree.get("matchingName") or ""
    return Layout(part, master, name, tree.get("type", ""), known, places)


def _place(package: Package, master: str, element: Any, known: Scheme) -> Place:
    kind = kind_of(element)
    above = _counterpart(package.tree(master), kind)
    owners = [one for one in (element, above) if one is not None]
    if unstyled(package, master) and kind in {"title", "obj", "body", "subTitle"}:
        owners.reverse()  # LibreOffice, whose layouts lose the places that their master has
    outer = next((box for one in owners if (box := box_of(one))), Box(0, 0, 0, 0))
    bodies = [body for one in owners if (body := one.find("p:txBody/a:bodyPr", NAMES)) is not None]
    left, top, right, bottom = (
        int(_given(bodies, name) or default) / _EMU for name, default in _INSETS.items()
    )
    inner = Box(
        outer.x + left,
        outer.y + top,
        max(outer.w - left - right, 0),
        max(outer.h - top - bottom, 0),
    )
    lists = [one.find("p:txBody/a:lstStyle/a:lvl1pPr", NAMES) for one in owners]
    name = _STYLES.get(kind, "bodyStyle" if kind in _BODIES else "otherStyle")
    lists.append(package.tree(master).find(f"p:txStyles/p:{name}/a:lvl1pPr", NAMES))
    lists.append(package.tree(package.main).find("p:defaultTextStyle/a:lvl1pPr", NAMES))
    style = _style([one for one in lists if one is not None], owners, known, kind)
    anchor = _ANCHORS.get(_given(bodies, "anchor") or "t", "top")
    return Place(kind, inner, outer, anchor, style)


def unstyled(package: Package, master: str) -> bool:
    """Whether a master has no styles of text, as LibreOffice writes it; its theme is no choice."""
    return package.tree(master).find("p:txStyles", NAMES) is None


def _style(lists: Sequence[Any], owners: Sequence[Any], known: Scheme, kind: str) -> Style:
    """What the lists of styles say, or the sample texts where those of `owners` say more."""
    inherited = any(one.find("a:defRPr[@sz]", NAMES) is not None for one in lists[:-1])
    paragraphs, runs = (
        list(lists),
        [run for one in lists for run in one.iterfind("a:defRPr", NAMES)],
    )
    if not inherited:
        samples = [s for one in owners if (s := one.find("p:txBody/a:p", NAMES)) is not None]
        paragraphs = [p for s in samples for p in s.iterfind("a:pPr", NAMES)] + paragraphs
        runs = [
            run for s in samples for run in s.xpath("a:r/a:rPr | a:endParaRPr", namespaces=NAMES)
        ] + runs
    fills = (run.find("a:solidFill", NAMES) for run in runs)
    colours = (known.colour(fill) for fill in fills if fill is not None)
    faces = [f.get("typeface", "") for run in runs for f in run.iterfind("a:latin", NAMES)]
    title = kind in _STYLES
    return Style(
        size=int(_given(runs, "sz") or (4400 if title else 1800)) / 100,
        colour=next((colour for colour in colours if colour), known.named("tx1")),
        bold=_given(runs, "b") in {"1", "true"},
        align=_ALIGNS.get(_given(paragraphs, "algn") or "l", "left"),
        capitals=_given(runs, "cap") == "all",
        family=faces[0] if faces else "+mj-lt" if title else "+mn-lt",
        inherited=inherited,
    )


def _given(elements: Sequence[Any], attribute: str) -> str | None:
    return next((v for one in elements if (v := one.get(attribute)) is not None), None)


def kind_of(element: Any) -> str:
    """What a placeholder is for (19.7.10)."""
    holder = element.find(".//p:ph", NAMES)
    return holder.get("type", "obj") if holder is not None else ""


def _counterpart(master: Any, kind: str) -> Any:
    """The master's placeholder that a layout's inherits from."""
    above = "title" if kind in _STYLES else "body" if kind in _BODIES else kind
    for element in master.iterfind("p:cSld/p:spTree/p:sp", NAMES):
        if element.find(".//p:ph", NAMES) is not None and kind_of(element) == above:
            return element
    return None


def box_of(element: Any) -> Box | None:
    """Where a shape lies, if it says so itself."""
    frame = element.find("p:spPr/a:xfrm", NAMES)
    if frame is None:
        frame = element.find("p:grpSpPr/a:xfrm", NAMES)
    if frame is None:
        frame = element.find("p:xfrm", NAMES)
    if frame is None:
        return None
    off, ext = frame.find("a:off", NAMES), frame.find("a:ext", NAMES)
    if off is None or ext is None:
        return None
    place = (off.get("x"), off.get("y"), ext.get("cx"), ext.get("cy"))
    return Box(*(int(value) / _EMU for value in place))


def local(element: Any) -> str:
    """An element's name without its namespace; nothing for a comment."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""
