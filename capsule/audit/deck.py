"""A deck as slides, shapes and what they inherit from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from capsule.audit.package import NS, Package, number, qn

_KINDS = {qn(f"p:{name}") for name in ("sp", "pic", "graphicFrame", "cxnSp", "contentPart")}
_FAMILIES = {"ctrTitle": "title", "subTitle": "body", "obj": "body"}
_BODIES = {"body", "obj", "chart", "tbl", "clipArt", "dgm", "media", "pic", "sldImg"}
Place = tuple[float, float, float, float]


@dataclass(frozen=True)
class Scale:
    """What a group does to its children: child coordinates → the slide's, in EMU."""

    x: float = 1
    y: float = 1
    dx: float = 0
    dy: float = 0

    def within(self, group: Any) -> Scale:
        """The scale inside the `p:grpSp` `group` (20.1.7.5)."""
        frame = group.find("p:grpSpPr/a:xfrm", NS)
        if frame is None:
            return self
        off, ext, of, by = (
            frame.find(f"a:{name}", NS) for name in ("off", "ext", "chOff", "chExt")
        )
        x = number(ext, "cx") / (number(by, "cx") or number(ext, "cx") or 1)
        y = number(ext, "cy") / (number(by, "cy") or number(ext, "cy") or 1)
        return Scale(
            self.x * x,
            self.y * y,
            self.dx + self.x * (number(off, "x") - x * number(of, "x")),
            self.dy + self.y * (number(off, "y") - y * number(of, "y")),
        )

    def place(self, frame: Any) -> Place | None:
        """Left, top, width and height on the slide, in EMU, of an `xfrm`."""
        off, ext = frame.find("a:off", NS), frame.find("a:ext", NS)
        if off is None or ext is None:
            return None
        x, y = number(off, "x"), number(off, "y")
        w, h = number(ext, "cx"), number(ext, "cy")
        return (self.dx + self.x * x, self.dy + self.y * y, self.x * w, self.y * h)


class Shape:
    """A shape of a slide, a layout or a master, with its place on the slide."""

    def __init__(self, element: Any, page: Page, scale: Scale, groups: tuple[Any, ...]) -> None:
        self.element, self.page, self.groups = element, page, groups
        self._scale = scale

    @cached_property
    def properties(self) -> Any:
        """Its `p:cNvPr`, or an empty element."""
        found = self.element.find("./*/p:cNvPr", NS)
        return found if found is not None else self.element.makeelement(qn("p:cNvPr"))

    @property
    def kind(self) -> str:
        """The local name of its element: sp, pic, graphicFrame..."""
        return str(self.element.tag.rsplit("}", 1)[-1])

    @property
    def name(self) -> str:
        """Its name, as the selection pane shows it."""
        return self.properties.get("name") or ""

    @property
    def alt(self) -> str:
        """Its alternative text."""
        return (self.properties.get("descr") or "").strip()

    @property
    def decorative(self) -> bool:
        """Whether it is marked as decoration."""
        return decorative(self.properties)

    @property
    def hidden(self) -> bool:
        """Whether it is not shown."""
        return self.properties.get("hidden") in ("1", "true")

    @cached_property
    def placeholder(self) -> Any:
        """Its `p:ph`, or None."""
        return self.element.find("./*/p:nvPr/p:ph", NS)

    @property
    def role(self) -> str:
        """The type of its placeholder; '' without one."""
        return "" if self.placeholder is None else self.placeholder.get("type", "obj")

    @property
    def family(self) -> str:
        """Which text style of the master it follows: title, body or other."""
        role = _FAMILIES.get(self.role, self.role)
        return role if role in ("title", "body") else "body" if role in _BODIES else "other"

    @property
    def text(self) -> str:
        """Its text, lines joined by spaces."""
        body = self.element.find("p:txBody", NS)
        pieces = body.iterfind(".//a:t", NS) if body is not None else ()
        return " ".join(" ".join(piece.text or "" for piece in pieces).split())

    @cached_property
    def models(self) -> tuple[Shape, ...]:
        """The placeholders that it inherits from: its layout's, then its master's."""
        if self.placeholder is None or self.page.parent is None:
            return ()
        model = _model(self, self.page.parent)
        return () if model is None else (model, *model.models)

    @cached_property
    def lineage(self) -> tuple[Any, ...]:
        """Its own element, then those of its models."""
        return (self.element, *(model.element for model in self.models))

    @cached_property
    def place(self) -> Place | None:
        """Left, top, width and height on the slide, in EMU; None when nothing tells."""
        own = self.frame
        if own is not None:
            return self._scale.place(own)
        return next((model.place for model in self.models if model.place), None)

    @cached_property
    def frame(self) -> Any:
        """Its own `xfrm`, or None."""
        frame = self.element.find("p:spPr/a:xfrm", NS)
        return frame if frame is not None else self.element.find("p:xfrm", NS)

    @cached_property
    def turned(self) -> float:
        """Its rotation in degrees, clockwise."""
        return number(self.frame, "rot") / 60000

    def inherited(self, path: str) -> Any:
        """The first element at `path` in its lineage, or None."""
        found = (element.find(path, NS) for element in self.lineage)
        return next((element for element in found if element is not None), None)

    @property
    def video(self) -> Any:
        """Its `a:videoFile`, or None."""
        return self.element.find("p:nvPicPr/p:nvPr/a:videoFile", NS)


class Page:
    """A slide, a layout or a master: a part with shapes. `number` is 0 but for slides."""

    def __init__(self, package: Package, part: str, parent: Page | None, number: int = 0) -> None:
        self.package, self.part, self.parent, self.number = package, part, parent, number
        self.tree = package.tree(part)
        self.rels = package.rels(part)

    @cached_property
    def shapes(self) -> tuple[Shape, ...]:
        """Its shapes, those of groups included, in reading order, which is from back to front."""
        tree = self.tree.find("p:cSld/p:spTree", NS)
        return tuple(self._under(tree, Scale(), ())) if tree is not None else ()

    @property
    def shown(self) -> bool:
        """Whether the slide show has this slide."""
        return self.tree.get("show") not in ("0", "false")

    @cached_property
    def lineage(self) -> tuple[Page, ...]:
        """The page, its layout and its master."""
        return (self, *(self.parent.lineage if self.parent else ()))

    def target(self, link: str | None) -> str:
        """The part that the relationship `link` leads to; '' when it leads to none."""
        rel = self.rels.get(link or "")
        return rel.target if rel and not rel.external and rel.target in self.package.names else ""

    def _under(self, tree: Any, scale: Scale, groups: tuple[Any, ...]) -> Iterator[Shape]:
        for element in tree:
            if element.tag == qn("p:grpSp"):
                yield from self._under(element, scale.within(element), (*groups, element))
            elif element.tag in _KINDS:
                yield Shape(element, self, scale, groups)


class Deck:
    """A presentation: its slides in order, layouts and masters behind them."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self.root = package.tree(package.main)
        self.rels = package.rels(package.main)
        self._pages: dict[str, Page] = {}
        self.slides = tuple(self._slides())

    @property
    def size(self) -> tuple[float, float]:
        """Width and height of the slides in EMU."""
        size = self.root.find("p:sldSz", NS)
        return number(size, "cx", 9144000), number(size, "cy", 6858000)

    def _slides(self) -> Iterator[Page]:
        for at, listed in enumerate(self.root.iterfind("p:sldIdLst/p:sldId", NS), 1):
            rel = self.rels.get(listed.get(qn("r:id")) or "")
            if rel and self.package.tree(rel.target) is not None:
                layout = self._parent(rel.target, "slideLayout")
                yield Page(self.package, rel.target, layout, at)

    def _parent(self, part: str, kind: str) -> Page | None:
        for target in self.package.related(part, kind):
            if target not in self._pages and self.package.tree(target) is not None:
                above = self._parent(target, "slideMaster") if kind == "slideLayout" else None
                self._pages[target] = Page(self.package, target, above)
            return self._pages.get(target)
        return None


def decorative(properties: Any) -> bool:
    """Whether a `p:cNvPr` is marked as decoration (MS-ODRAWXML 2.15)."""
    return any(mark.get("val") in ("1", "true") for mark in properties.iter(qn("adec:decorative")))


def _model(shape: Shape, parent: Page) -> Shape | None:
    """The placeholder of `parent` that `shape` follows: by index on a layout, by type on a master.

    PowerPoint looks for the index first, and for the type where the index finds nothing.
    """
    theirs = [other for other in parent.shapes if other.placeholder is not None]
    if parent.parent is not None:  # a layout
        index = shape.placeholder.get("idx", "0")
        by_index = [other for other in theirs if other.placeholder.get("idx", "0") == index]
        if by_index:
            return by_index[0]
    role = _FAMILIES.get(shape.role, shape.role)
    alike = [other for other in theirs if _FAMILIES.get(other.role, other.role) == role]
    if not alike and parent.parent is None and shape.family == "body":
        alike = [other for other in theirs if other.role == "body"]
    return alike[0] if alike else None
