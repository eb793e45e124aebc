"""What lies behind a slide's texts: a small picture of a layout, near enough to count contrast.

Bounding boxes stand for shapes that are not drawn here, so that no text is set over one.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NamedTuple

from PIL import Image, ImageDraw, ImageOps

from capsule.brand.layouts import Box, Layout, box_of, kind_of, local
from capsule.brand.package import NAMES, Package
from capsule.brand.scheme import Scheme
from capsule.theme import PAGE_WIDTH

DOTS = 24  # pixels an inch
_SHOWN = {"title", "ctrTitle", "subTitle"}  # placeholders whose own fill stays on our slides
_R_EMBED = f"{{{NAMES['r']}}}embed"
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


class _Owner(NamedTuple):
    """A part, whose relationships and colours what is drawn refers to."""

    package: Package
    part: str
    scheme: Scheme


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
    size = (round(PAGE_WIDTH * DOTS), round(height * DOTS))
    picture = Image.new("RGB", size, layout.scheme.named("bg1") and "white")
    pictured = _ground(package, layout, picture)
    marks = list[Box]()
    tree = package.tree(layout.part)
    owners = [layout.part]
    if tree.get("showMasterSp") not in {"0", "false"}:
        owners.insert(0, layout.master)
    for owner in owners:
        holder = _Owner(package, owner, layout.scheme)
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
    whole = Box(0, 0, picture.width / DOTS, picture.height / DOTS)
    for owner in (layout.part, layout.master):
        holder = package.tree(owner).find("p:cSld/p:bg", NAMES)
        if holder is None:
            continue
        own = holder.find("p:bgPr", NAMES)
        if own is not None:
            return not _fill(_Owner(package, owner, layout.scheme), own, whole, picture)
        named = holder.find("p:bgRef", NAMES)
        if named is not None:
            colour = layout.scheme.colour(named)
            at = int(named.get("idx", 1001)) - 1001
            if 0 <= at < len(layout.scheme.fills):
                filled = [layout.scheme.fills[at]]
                part = _Owner(package, layout.scheme.part, layout.scheme)
                return not _fill(part, filled, whole, picture, own=colour)
            _plain(picture, whole, colour or layout.scheme.named("bg1"))
            return False
    _plain(picture, whole, layout.scheme.named("bg1"))
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


def _paint(owner: _Owner, shape: Any, box: Box, picture: Image.Image) -> bool:
    """Draw a shape; tell whether there is something to see."""
    name = local(shape)
    if name == "pic":
        _blip(owner, shape, box, picture)
        return True
    if name == "graphicFrame":
        return True
    properties = shape.find("p:spPr", NAMES)
    if name == "cxnSp":
        return bool(box.w and box.h)
    if not _fill(owner, properties, box, picture, shape=shape):
        reference = shape.find("p:style/a:fillRef", NAMES)
        bare = properties.find("a:noFill", NAMES) is not None
        if reference is None or bare or reference.get("idx", "0") == "0":
            return any((text.text or "").strip() for text in shape.iterfind(".//a:t", NAMES))
        _plain(
            picture,
            box,
            owner.scheme.colour(reference) or owner.scheme.named("accent1"),
            shape=shape,
        )
    return True


def _fill(
    owner: _Owner,
    holder: Any,
    box: Box,
    picture: Image.Image,
    *,
    own: str | None = None,
    shape: Any = None,
) -> bool:
    """Draw the fill that `holder` has in `box`; tell whether it has one that can be drawn."""
    for fill in holder:
        match local(fill):
            case "solidFill":
                _plain(
                    picture, box, owner.scheme.colour(fill, own) or "000000", _opacity(fill), shape
                )
                return True
            case "gradFill":
                _gradient(owner.scheme, fill, box, picture, own)
                return True
            case "blipFill":
                return _blip(owner, fill, box, picture)
            case "pattFill":
                front = fill.find("a:fgClr", NAMES)
                _plain(
                    picture,
                    box,
                    (front is not None and owner.scheme.colour(front, own)) or "808080",
                )
                return True
    return False


def _plain(
    picture: Image.Image, box: Box, colour: str, opacity: float = 1.0, shape: Any = None
) -> None:
    mask = Image.new("L", picture.size, 0)
    brush = ImageDraw.Draw(mask)
    preset = shape.find("p:spPr/a:prstGeom", NAMES) if shape is not None else None
    if preset is not None and preset.get("prst") == "ellipse":
        brush.ellipse(_corners(box), fill=255)
    elif shape is not None and (outline := _outline(shape, box)):
        brush.polygon(outline, fill=255)
    else:
        brush.rectangle(_corners(box), fill=255)
    mask = mask.point([round(value * opacity) for value in range(256)])
    picture.paste(Image.new("RGB", picture.size, f"#{colour}"), mask=mask)


def _outline(shape: Any, box: Box) -> list[tuple[float, float]]:
    """The points of a shape of its own drawing, curves as the lines between their points."""
    path = shape.find("p:spPr/a:custGeom/a:pathLst/a:path", NAMES)
    if path is None or not path.get("w", "0").isdigit() or not path.get("h", "0").isdigit():
        return []
    wide, high = int(path.get("w", 0)), int(path.get("h", 0))
    points = list[tuple[float, float]]()
    for point in path.iter(f"{{{NAMES['a']}}}pt"):
        with suppress(ValueError):
            x, y = int(point.get("x")) / (wide or 1), int(point.get("y")) / (high or 1)
            points.append(((box.x + x * box.w) * DOTS, (box.y + y * box.h) * DOTS))
    return points if wide and high and len(points) > 2 else []


def _gradient(known: Scheme, fill: Any, box: Box, picture: Image.Image, own: str | None) -> None:
    stops = sorted(
        (int(stop.get("pos", 0)), known.colour(stop, own) or "FFFFFF")
        for stop in fill.iterfind("a:gsLst/a:gs", NAMES)
    )
    line = fill.find("a:lin", NAMES)
    angle = int(line.get("ang", 0)) / 60000 if line is not None else 90.0
    upright = 45 <= angle % 180 <= 135
    left, top, right, bottom = _corners(box)
    long = max((bottom - top) if upright else (right - left), 1)
    backwards = angle % 360 >= 180
    brush = ImageDraw.Draw(picture)
    for step in range(int(long)):
        at = 100000 * ((long - step) if backwards else step) / long
        colour = f"#{_between(stops, at)}"
        if upright:
            brush.line((left, top + step, right, top + step), fill=colour)
        else:
            brush.line((left + step, top, left + step, bottom), fill=colour)


def _between(stops: Sequence[tuple[int, str]], at: float) -> str:
    before = [stop for stop in stops if stop[0] <= at] or [stops[0]]
    after = [stop for stop in stops if stop[0] >= at] or [stops[-1]]
    (start, one), (end, other) = before[-1], after[0]
    share = (at - start) / (end - start) if end > start else 0.0
    pairs = zip(bytes.fromhex(one), bytes.fromhex(other), strict=True)
    return "".join(f"{round(a + (b - a) * share):02X}" for a, b in pairs)


def _toned(image: Image.Image, blip: Any, known: Scheme) -> Image.Image:
    """`image` in the two colours that a duotone gives it (20.1.8.23)."""
    tones = blip.find("a:duotone", NAMES)
    if tones is None or len(tones) != 2:
        return image
    dark, light = (known.colour([tone]) or "808080" for tone in tones)
    toned = ImageOps.colorize(image.convert("L"), f"#{dark}", f"#{light}")
    toned.putalpha(image.getchannel("A"))
    return toned


def _blip(owner: _Owner, holder: Any, box: Box, picture: Image.Image) -> bool:
    """Draw a picture, stretched; tell whether it could be."""
    found = next(holder.iter(f"{{{NAMES['a']}}}blip"), None)
    part = owner.package.part(owner.part, found.get(_R_EMBED)) if found is not None else None
    left, top, right, bottom = (round(value) for value in _corners(box))
    if not part or right <= left or bottom <= top:
        return False
    try:
        with Image.open(io.BytesIO(owner.package.blobs[part])) as opened:
            opened.thumbnail((1200, 1200))
            image = opened.convert("RGBA").resize((right - left, bottom - top))
        image = _toned(image, found, owner.scheme)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return False
    picture.paste(image.convert("RGB"), (left, top), image.getchannel("A"))
    return True


def _opacity(fill: Any) -> float:
    found = next(fill.iter(f"{{{NAMES['a']}}}alpha"), None)
    return int(found.get("val", 100000)) / 100000 if found is not None else 1.0


def _corners(box: Box) -> tuple[float, float, float, float]:
    x, y, w, h = (value * DOTS for value in box)
    return x, y, x + w, y + h


def _pixels(box: Box) -> tuple[int, int, int, int]:
    left, top, right, bottom = (round(value) for value in _corners(box))
    return left, top, max(right, left + 1), max(bottom, top + 1)


def _digits(rgb: Any) -> str:
    return "".join(f"{value:02X}" for value in rgb)
