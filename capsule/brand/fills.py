"""How the shapes of a template are filled, drawn on a small picture (ECMA-376, part 1, 20.1.8)."""

from __future__ import annotations

import io
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from PIL import Image, ImageDraw, ImageOps

from capsule.brand.layouts import Box, local
from capsule.brand.package import NAMES, Package
from capsule.brand.scheme import Scheme

DOTS = 24  # pixels an inch
_EMBED = f"{{{NAMES['r']}}}embed"


class Owner(NamedTuple):
    """A part, whose relationships and colours what is drawn refers to."""

    package: Package
    part: str
    scheme: Scheme


def filled(
    owner: Owner,
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
                plain(
                    picture, box, owner.scheme.colour(fill, own) or "000000", _opacity(fill), shape
                )
                return True
            case "gradFill":
                _gradient(owner.scheme, fill, box, picture, own)
                return True
            case "blipFill":
                return stretched(owner, fill, box, picture)
            case "pattFill":
                front = fill.find("a:fgClr", NAMES)
                plain(
                    picture,
                    box,
                    (front is not None and owner.scheme.colour(front, own)) or "808080",
                )
                return True
    return False


def plain(
    picture: Image.Image, box: Box, colour: str, opacity: float = 1.0, shape: Any = None
) -> None:
    """Draw `box`, or the outline of a `shape` in it, in one colour, opaque by 0 to 1."""
    mask = Image.new("L", picture.size, 0)
    brush = ImageDraw.Draw(mask)
    preset = shape.find("p:spPr/a:prstGeom", NAMES) if shape is not None else None
    if preset is not None and preset.get("prst") == "ellipse":
        brush.ellipse(corners(box), fill=255)
    elif shape is not None and (outline := _outline(shape, box)):
        brush.polygon(outline, fill=255)
    else:
        brush.rectangle(corners(box), fill=255)
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
    left, top, right, bottom = corners(box)
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


def stretched(owner: Owner, holder: Any, box: Box, picture: Image.Image) -> bool:
    """Draw a picture, stretched; tell whether it could be."""
    found = next(holder.iter(f"{{{NAMES['a']}}}blip"), None)
    part = owner.package.part(owner.part, found.get(_EMBED)) if found is not None else None
    left, top, right, bottom = (round(value) for value in corners(box))
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


def corners(box: Box) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of a box, in dots."""
    x, y, w, h = (value * DOTS for value in box)
    return x, y, x + w, y + h
