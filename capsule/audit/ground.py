"""What lies under a point of a slide: the shapes beneath it, down to the background."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from capsule.audit.colours import Paint
from capsule.audit.deck import Deck, Page, Shape
from capsule.audit.fills import NOTHING, Filler, Paints, Pictures
from capsule.audit.package import NS, number
from capsule.audit.styles import fill_of

_FULL = 100_000
_DEEP = 25_000  # a ring's thickness when it tells none, as a share of its shorter side
_MOST = 16  # colours that a point may have
_WHITE = Paint(255, 255, 255)
_BOXES = {
    "rect", "roundRect", "round1Rect", "round2SameRect", "round2DiagRect", "snip1Rect",
    "snip2SameRect", "snip2DiagRect", "snipRoundRect", "flowChartProcess", "plaque",
    "flowChartAlternateProcess", "foldedCorner",
}  # fmt: skip


class Ground:
    """What is under the shapes of one slide, layer by layer."""

    def __init__(self, deck: Deck, page: Page, pictures: Pictures) -> None:
        self.filler, self._page, self._size = Filler(page, pictures), page, deck.size

    def under(self, shape: Shape, x: float, y: float) -> Paints | None:
        """What may be seen under the text of `shape` at `x`, `y` (EMU), or None if unknown."""
        seen: Paints = NOTHING
        for paints in self._layers(shape, x, y):
            if paints is None:
                return None
            if paints != NOTHING:
                seen = tuple(over.above(under) for over in seen for under in paints)[:_MOST]
            if all(paint.alpha >= 1 for paint in seen):
                break
        return tuple(paint.above(_WHITE) for paint in seen)

    def _layers(self, shape: Shape, x: float, y: float) -> Iterator[Paints | None]:
        """What each layer shows there, from the front to the back."""
        yield self._shown(shape, x, y, itself=True)
        for layer in _beneath(shape):
            yield self._shown(layer, x, y)
        yield self._background(x / self._size[0], y / self._size[1])

    def _shown(self, shape: Shape, x: float, y: float, *, itself: bool = False) -> Paints | None:
        """What `shape` shows there; its own text lies wherever its outline goes."""
        place = shape.place
        if place is None or shape.hidden or shape.kind == "cxnSp":
            return NOTHING
        left, top, w, h = place
        if shape.turned:
            x, y = turned(x, y, (left + w / 2, top + h / 2), -shape.turned)
        u, v = (x - left) / (w or 1), (y - top) / (h or 1)
        if itself:
            u, v = min(max(u, 0), 1), min(max(v, 0), 1)
        elif not (0 <= u <= 1 and 0 <= v <= 1):
            return NOTHING
        if shape.kind in ("graphicFrame", "contentPart"):
            return None
        paints = self._filled(shape, *_flipped(shape, u, v))
        if paints == NOTHING or itself:
            return paints
        covers = _covers(shape, u, v, w, h)
        return paints if covers else NOTHING if covers is False else None

    def _filled(self, shape: Shape, u: float, v: float) -> Paints | None:
        """The fill of `shape`: its own or its models', or else its style's."""
        if shape.element.get("useBgFill") in ("1", "true"):
            return self._background(u, v)
        for owner in (shape, *shape.models):
            path = "p:blipFill" if owner.kind == "pic" else "p:spPr"
            found = owner.element.find(path, NS)
            fill = found if owner.kind == "pic" else fill_of(found)
            if fill is not None:
                grouped = fill.tag.endswith("}grpFill")
                fill = _grouped(owner) if grouped else fill
                return None if fill is None else self.filler.at(fill, u, v, owner.page.part)
            style = owner.element.find("p:style/a:fillRef", NS)
            if style is not None:
                return self._styled("fillStyleLst", style, 0, u, v)
        return NOTHING

    def _styled(self, kind: str, style: Any, base: int, u: float, v: float) -> Paints | None:
        """What a reference to the theme's fills shows; none is number 0 (20.1.4.2.10)."""
        scheme, index = self.filler.scheme, int(number(style, "idx"))
        if index in (0, 1000):
            return NOTHING
        fill = scheme.style(kind, index - base)
        own = scheme.paint(style)
        return None if fill is None else self.filler.at(fill, u, v, scheme.part, own)

    def _background(self, u: float, v: float) -> Paints | None:
        """What the slide's background shows: its own, its layout's or its master's (19.3.1.1)."""
        for page in self._page.lineage:
            fill = fill_of(page.tree.find("p:cSld/p:bg/p:bgPr", NS))
            if fill is not None:
                return self.filler.at(fill, u, v, page.part)
            style = page.tree.find("p:cSld/p:bg/p:bgRef", NS)
            if style is not None:
                return self._styled("bgFillStyleLst", style, 1000, u, v)
        return (_WHITE,)


def turned(x: float, y: float, about: tuple[float, float], degrees: float) -> tuple[float, float]:
    """The point `x`, `y` turned clockwise."""
    angle = math.radians(degrees)
    dx, dy = x - about[0], y - about[1]
    return (
        about[0] + dx * math.cos(angle) - dy * math.sin(angle),
        about[1] + dx * math.sin(angle) + dy * math.cos(angle),
    )


def _beneath(shape: Shape) -> Iterator[Shape]:
    """The shapes under `shape`, the nearest first: those of layout and master too."""
    own = shape.page.shapes
    yield from reversed(own[: own.index(shape)])
    hidden = shape.page.tree.get("showMasterSp") in ("0", "false")
    for page in shape.page.lineage[1:]:
        if hidden:
            return
        yield from (s for s in reversed(page.shapes) if s.placeholder is None)
        hidden = page.tree.get("showMasterSp") in ("0", "false")


def _grouped(shape: Shape) -> Any:
    """The fill of the group around `shape`."""
    fills = (fill_of(group.find("p:grpSpPr", NS)) for group in reversed(shape.groups))
    return next((fill for fill in fills if fill is not None), None)


def _flipped(shape: Shape, u: float, v: float) -> tuple[float, float]:
    frame = shape.frame
    across = frame is not None and frame.get("flipH") in ("1", "true")
    down = frame is not None and frame.get("flipV") in ("1", "true")
    return (1 - u if across else u), (1 - v if down else v)


def _covers(shape: Shape, u: float, v: float, w: float, h: float) -> bool | None:
    """Whether the outline of `shape` holds the point `u`, `v` of its box; None if unsure."""
    outline = shape.inherited("p:spPr/a:prstGeom")
    kind = outline.get("prst", "rect") if outline is not None else "rect"
    if shape.inherited("p:spPr/a:custGeom") is not None:
        return None
    if kind in _BOXES or kind == "line":
        return kind in _BOXES
    if kind not in ("ellipse", "donut", "blockArc"):
        return None
    inside = math.hypot(2 * u - 1, 2 * v - 1) <= 1
    if kind == "ellipse" or not inside:
        return inside
    deep = _thickness(outline, "adj" if kind == "donut" else "adj3") * min(w, h)
    hole = math.hypot((2 * u - 1) * w / (w - 2 * deep or 1), (2 * v - 1) * h / (h - 2 * deep or 1))
    return False if hole < 1 else True if kind == "donut" else None


def _thickness(outline: Any, guide: str) -> float:
    """The thickness of a ring, as a share of its box's shorter side."""
    formulas = outline.xpath("./a:avLst/a:gd[@name=$guide]/@fmla", namespaces=NS, guide=guide)
    told = [formula.removeprefix("val ") for formula in formulas]
    return (float(told[0]) if told and told[0].isdigit() else _DEEP) / _FULL
