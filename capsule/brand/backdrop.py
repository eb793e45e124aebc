"""What lies behind a slide's texts: a small picture of a layout, near enough to count contrast.

Bounding boxes stand for shapes that are not drawn here, so that no text is set over one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from PIL import Image

from capsule.brand import fills
from capsule.brand.layouts import Box, Layout, box_of, kind_of, local
from capsule.brand.package import NAMES, Package
from capsule.theme import PAGE_WIDTH

_SHOWN = {"title", "ctrTitle", "subTitle"}  # placeholders whose own fill stays on our slides
_LEAST = 0.02  # share of a place that a colour must take to count as one of its grounds
_EVEN = 0.97  # share that the most usual colour takes where the ground is even
_NEAR = 30  # difference of a channel, of 255, that makes another colour


class _Map(NamedTuple):
    """From a group's own lengths to the slide's: scale, then move."""

    sx: float = 1.0
    sy: float = 1.0
    dx: float = 0.0
    dy: float = 0.0

    def box(self, box: Box) -> Box:
        return Box(
            box.x * self.sx + self.dx, box.y * self.sy + self.dy, box.w * self.sx, box.h * self.sy
        )


@dataclass(frozen=True)
class Backdrop:
    """The picture of a layout, and the boxes of what the template itself puts there."""

    picture: Image.Image
    marks: tuple[Box, ...]
    pictured: bool  # whether the ground is, or may be, a picture that could not be drawn

    def grounds(self, box: Box) -> list[str]:
        """The colours that lie under `box`, RRGGBB, the most usual first."""
        near = self.picture.crop(_pixels(box)).quantize(12).convert("RGB")
        counted = near.getcolors(near.width * near.height) or []
        least = _LEAST * near.width * near.height
        return [_digits(rgb) for count, rgb in sorted(counted, reverse=True) if count >= least]

    def even(self, box: Box) -> bool:
        """Whether one colour, but for a few dots, lies under `box`."""
        if self.pictured:
            return False
        part = self.picture.crop(_pixels(box))
        base = bytes.fromhex(self.grounds(box)[0])
        dots = list(zip(*[iter(part.tobytes())] * 3, strict=True))
        near = sum(max(abs(a - b) for a, b in zip(dot, base, strict=True)) < _NEAR for dot in dots)
        return bool(near >= _EVEN * len(dots))


def drawn(package: Package, layout: Layout, height: float) -> Backdrop:
    """The backdrop of a layout on slides of `height` inches."""
    size = (round(PAGE_WIDTH * fills.DOTS), round(height * fills.DOTS))
    picture = Image.new("RGB", size, layout.scheme.named("bg1") and "white")
    pictured = _ground(package, layout, picture)
    marks = list[Box]()
    tree = package.tree(layout.part)
    owners = [layout.part]
    if tree.get("showMasterSp") not in {"0", "false"}:
        owners.insert(0, layout.master)
    for owner in owners:
        holder = fills.Owner(package, owner, layout.scheme)
        shapes = package.tree(owner).find("p:cSld/p:spTree", NAMES)
        for shape, box in _shapes(shapes, _Map()):
            kind = kind_of(shape)
            if kind and (kind not in _SHOWN or owner == layout.master):
                continue
            if _paint(holder, shape, box, picture) and not kind:
                marks.append(box)
    return Backdrop(picture, tuple(marks), pictured)


def _ground(package: Package, layout: Layout, picture: Image.Image) -> bool:
    """Draw the background; tell whether it is a picture that can't be drawn."""
    whole = Box(0, 0, picture.width / fills.DOTS, picture.height / fills.DOTS)
    for owner in (layout.part, layout.master):
        holder = package.tree(owner).find("p:cSld/p:bg", NAMES)
        if holder is None:
            continue
        own = holder.find("p:bgPr", NAMES)
        if own is not None:
            return not fills.filled(fills.Owner(package, owner, layout.scheme), own, whole, picture)
        named = holder.find("p:bgRef", NAMES)
        if named is not None:
            colour = layout.scheme.colour(named)
            at = int(named.get("idx", 1001)) - 1001
            if 0 <= at < len(layout.scheme.fills):
                filled = [layout.scheme.fills[at]]
                part = fills.Owner(package, layout.scheme.part, layout.scheme)
                return not fills.filled(part, filled, whole, picture, own=colour)
            fills.plain(picture, whole, colour or layout.scheme.named("bg1"))
            return False
    fills.plain(picture, whole, layout.scheme.named("bg1"))
    return False


def _shapes(tree: Any, at: _Map) -> Iterator[tuple[Any, Box]]:
    for shape in tree:
        name = local(shape)
        if name == "AlternateContent":
            for choice in shape:
                if local(choice) == "Fallback":
                    yield from _shapes(choice, at)
            continue
        box = box_of(shape)
        if box is None:
            continue
        if name == "grpSp":
            inner = _inner(shape)
            if inner and inner.w and inner.h:
                outer = at.box(box)
                sx, sy = outer.w / inner.w, outer.h / inner.h
                deeper = _Map(sx, sy, outer.x - inner.x * sx, outer.y - inner.y * sy)
                yield from _shapes(shape, deeper)
        elif name in {"sp", "pic", "cxnSp", "graphicFrame"}:
            yield shape, at.box(box)


def _inner(group: Any) -> Box | None:
    frame = group.find("p:grpSpPr/a:xfrm", NAMES)
    off, ext = frame.find("a:chOff", NAMES), frame.find("a:chExt", NAMES)
    if off is None or ext is None:
        return None
    values = (off.get("x"), off.get("y"), ext.get("cx"), ext.get("cy"))
    return Box(*(int(value) / 914400 for value in values))


def _paint(owner: fills.Owner, shape: Any, box: Box, picture: Image.Image) -> bool:
    """Draw a shape; tell whether there is something to see."""
    name = local(shape)
    if name == "pic":
        fills.stretched(owner, shape, box, picture)
        return True
    if name == "graphicFrame":
        return True
    properties = shape.find("p:spPr", NAMES)
    if name == "cxnSp":
        return bool(box.w and box.h)
    if not fills.filled(owner, properties, box, picture, shape=shape):
        reference = shape.find("p:style/a:fillRef", NAMES)
        bare = properties.find("a:noFill", NAMES) is not None
        if reference is None or bare or reference.get("idx", "0") == "0":
            return any((text.text or "").strip() for text in shape.iterfind(".//a:t", NAMES))
        fills.plain(
            picture,
            box,
            owner.scheme.colour(reference) or owner.scheme.named("accent1"),
            shape=shape,
        )
    return True


def _pixels(box: Box) -> tuple[int, int, int, int]:
    left, top, right, bottom = (round(value) for value in fills.corners(box))
    return left, top, max(right, left + 1), max(bottom, top + 1)


def _digits(rgb: Any) -> str:
    return "".join(f"{value:02X}" for value in rgb)
