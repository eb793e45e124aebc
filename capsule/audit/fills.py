"""What a fill shows at a point of what it fills: colours, ends of gradients, pixels."""

from __future__ import annotations

import io
import math
from typing import Any

from PIL import Image

from capsule.audit.colours import Paint, Scheme
from capsule.audit.deck import Page
from capsule.audit.package import NS, Package, number, qn

_FULL = 100_000
_FINEST = 512  # pixels: a text's letters cover more than one of them, so noise is smoothed away
_ALTERING = {"duotone", "clrChange", "lum", "biLevel", "grayscl", "hsl", "tint", "fillOverlay"}
Paints = tuple[Paint, ...]
Pictures = dict[str, Image.Image | None]
NOTHING: Paints = (Paint(0, 0, 0, 0),)


class Filler:
    """The fills of one page, with its colours and pictures."""

    def __init__(self, page: Page, pictures: Pictures) -> None:
        """`pictures` keeps those of the deck that were read, for the next page."""
        self.page, self.scheme, self._pictures = page, Scheme(page), pictures

    def at(
        self, fill: Any, u: float, v: float, owner: str, own: Paint | None = None
    ) -> Paints | None:
        """What may be seen at `u`, `v` (0 to 1, from the top left) of `fill`.

        `owner` is the part that the fill's pictures are related to; `own` stands for phClr.
        None when it cannot be told.
        """
        match fill.tag.rsplit("}", 1)[-1]:
            case "noFill":
                return NOTHING
            case "solidFill" | "fontRef":
                paint = self.scheme.paint(fill, own)
                return None if paint is None else (paint,)
            case "gradFill":
                return self._gradient(fill, u, v, own)
            case "pattFill":
                ends = [fill.find(f"a:{name}", NS) for name in ("fgClr", "bgClr")]
                paints = [self.scheme.paint(end, own) for end in ends if end is not None]
                return _all(paints)
            case "blipFill":
                return self._picture(fill, u, v, owner)
            case _:
                return None

    def _gradient(self, fill: Any, u: float, v: float, own: Paint | None) -> Paints | None:
        """The colour at that point of a linear gradient; all its colours for other kinds."""
        stops = sorted(fill.iterfind("a:gsLst/a:gs", NS), key=lambda stop: number(stop, "pos"))
        paints = _all([self.scheme.paint(stop, own) for stop in stops])
        line = fill.find("a:lin", NS)
        if paints is None or line is None:
            return paints
        angle = math.radians(number(line, "ang") / 60000)
        dx, dy = math.cos(angle), math.sin(angle)
        reach = abs(dx) + abs(dy)
        share = ((u - 0.5) * dx + (v - 0.5) * dy) / reach + 0.5
        places = [number(stop, "pos") / _FULL for stop in stops]
        return (_between(places, paints, share),)

    def _picture(self, fill: Any, u: float, v: float, owner: str) -> Paints | None:
        """The pixel there, of the part of the picture that is shown (20.1.8.14)."""
        blip, package = fill.find("a:blip", NS), self.page.package
        rel = package.rels(owner).get(blip.get(qn("r:embed"), "")) if blip is not None else None
        if rel is None or fill.find("a:tile", NS) is not None:
            return None
        if any(child.tag.rsplit("}", 1)[-1] in _ALTERING for child in blip):
            return None
        for name, outwards in (("fillRect", False), ("srcRect", True)):
            box = fill.find(f".//a:{name}", NS)
            left, top, right, bottom = (number(box, side) / _FULL for side in ("l", "t", "r", "b"))
            if outwards:
                u, v = left + u * (1 - left - right), top + v * (1 - top - bottom)
            elif left + right < 1 and top + bottom < 1:
                u, v = (u - left) / (1 - left - right), (v - top) / (1 - top - bottom)
        if rel.target not in self._pictures:
            self._pictures[rel.target] = _pixels(package, rel.target)
        picture = self._pictures[rel.target]
        if picture is None:
            return None
        if not (0 <= u <= 1 and 0 <= v <= 1):
            return NOTHING
        x, y = min(int(u * picture.width), picture.width - 1), int(v * picture.height)
        red, green, blue, alpha = picture.getpixel((x, min(y, picture.height - 1)))  # type: ignore[misc]
        faded = number(blip.find("a:alphaModFix", NS), "amt", _FULL) / _FULL
        return (Paint(red, green, blue, faded * alpha / 255),)


def _all(paints: list[Paint | None]) -> Paints | None:
    known = tuple(paint for paint in paints if paint is not None)
    return known if known and len(known) == len(paints) else None


def _between(places: list[float], paints: Paints, share: float) -> Paint:
    """The colour at `share` of the way along stops."""
    for at in range(1, len(places)):
        if share <= places[at]:
            first, second = paints[at - 1], paints[at]
            wide = places[at] - places[at - 1]
            far = min(max((share - places[at - 1]) / wide, 0), 1) if wide > 0 else 1
            mixed = [a + (b - a) * far for a, b in zip(first, second, strict=True)]
            red, green, blue = (round(part) for part in mixed[:3])
            return Paint(red, green, blue, mixed[3])
    return paints[-1]


def _pixels(package: Package, part: str) -> Image.Image | None:
    """A picture, small and with its transparency, or None when Pillow cannot read it."""
    if part not in package.names:
        return None
    try:
        with Image.open(io.BytesIO(package.read(part))) as picture:
            picture.draft("RGB", (_FINEST, _FINEST))
            whole: Image.Image = picture.convert("RGBA")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return None
    whole.thumbnail((_FINEST, _FINEST), Image.Resampling.BOX)
    return whole
