"""Shapes as masks with smooth edges: the part of each pixel that a shape covers, computed."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from capsule.render.sizes import Size

Rect = tuple[float, float, float, float]  # left, top, width, height in pixels
Region = tuple[int, int, int, int]  # left, top, right, bottom in whole pixels
_Field = NDArray[np.float32]
_Distance = Callable[[_Field, _Field], _Field]


class Layer(NamedTuple):
    """A mask at a place, and what shows through it: a colour (#RRGGBB) or a picture."""

    mask: Image.Image
    paint: str | Image.Image
    x: int
    y: int

    @property
    def region(self) -> Region:
        """The pixels that the layer may touch."""
        return (self.x, self.y, self.x + self.mask.width, self.y + self.mask.height)

    def faded(self, share: float) -> Layer:
        """The layer at `share` of its opacity."""
        return self._replace(mask=self.mask.point([round(v * share) for v in range(256)]))

    def moved(self, down: int) -> Layer:
        """The layer `down` pixels lower."""
        return self._replace(y=self.y + down)

    def cut(self, edge: int) -> Layer:
        """What lies left of the abscissa `edge`, which must be right of the layer's own."""
        size = (0, 0, min(self.mask.width, edge - self.x), self.mask.height)
        paint = self.paint if isinstance(self.paint, str) else self.paint.crop(size)
        return self._replace(mask=self.mask.crop(size), paint=paint)


def panel(rect: Rect, radius: float, fill: str, canvas: Size) -> tuple[Layer, ...]:
    """A rectangle, its corners rounded by `radius` pixels."""
    if not radius:  # straight edges lie on the pixel grid
        left, top, width, height = rect
        x, y = round(left), round(top)
        rect = (x, y, round(left + width) - x, round(top + height) - y)
    half_w, half_h = rect[2] / 2, rect[3] / 2
    radius = min(radius, half_w, half_h)

    def distance(x: _Field, y: _Field) -> _Field:
        over_x, over_y = np.abs(x) - (half_w - radius), np.abs(y) - (half_h - radius)
        outside = _long(np.maximum(over_x, 0), np.maximum(over_y, 0))
        inside: _Field = np.minimum(np.maximum(over_x, over_y), 0)
        return outside + inside - np.float32(radius)

    return _layer(rect, distance, fill, canvas)


def disc(rect: Rect, fill: str, canvas: Size) -> tuple[Layer, ...]:
    """The ellipse that fills `rect`."""
    rx, ry = rect[2] / 2, rect[3] / 2

    def distance(x: _Field, y: _Field) -> _Field:
        # To first order: the implicit function over the length of its gradient.
        u, v = x / rx, y / ry
        slope = np.maximum(_long(u / rx, v / ry), np.float32(1e-6))
        away: _Field = (u * u + v * v - 1) / (2 * slope)
        return away

    return _layer(rect, distance, fill, canvas)


def arc(
    rect: Rect, span: tuple[float, float], thickness: float, fill: str, canvas: Size
) -> tuple[Layer, ...]:
    """A piece of a ring; `span` is its start and sweep, degrees clockwise from twelve o'clock."""
    start, sweep = math.radians(span[0]), math.radians(span[1])
    middle = (min(rect[2], rect[3]) - thickness) / 2
    if sweep <= 0:
        return ()

    def distance(x: _Field, y: _Field) -> _Field:
        ring: _Field = np.abs(_long(x, y) - np.float32(middle)) - np.float32(thickness / 2)
        if span[1] >= 360:
            return ring
        end = start + sweep
        before = -(x * math.cos(start) + y * math.sin(start))
        after = x * math.cos(end) + y * math.sin(end)
        join = np.maximum if sweep <= math.pi else np.minimum
        wedge: _Field = join(before, after)
        return np.maximum(ring, wedge)

    return _layer(rect, distance, fill, canvas)


def _long(x: _Field, y: _Field) -> _Field:
    """The length of vectors whose components are a row and a column: faster than hypot."""
    squared: _Field = x * x + y * y
    return np.sqrt(squared, out=squared)


def _layer(rect: Rect, distance: _Distance, fill: str, canvas: Size) -> tuple[Layer, ...]:
    """Colour `fill` where `distance`, in pixels from the centre of `rect`, is negative."""
    left, top, width, height = rect
    x0, y0 = max(math.floor(left) - 1, 0), max(math.floor(top) - 1, 0)
    x1 = min(math.ceil(left + width) + 1, canvas[0])
    y1 = min(math.ceil(top + height) + 1, canvas[1])
    if width <= 0 or height <= 0 or x1 <= x0 or y1 <= y0:
        return ()
    x = np.arange(x0, x1, dtype=np.float32)[None, :] + np.float32(0.5 - left - width / 2)
    y = np.arange(y0, y1, dtype=np.float32)[:, None] + np.float32(0.5 - top - height / 2)
    covered = distance(x, y)
    np.subtract(0.5, covered, out=covered)
    np.clip(covered, 0, 1, out=covered)
    covered *= 255
    covered += 0.5
    return (Layer(Image.fromarray(covered.astype(np.uint8)), f"#{fill}", x0, y0),)


def overlap(one: Region, other: Region) -> bool:
    """Whether two regions share a pixel."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def merged(regions: Sequence[Region], canvas: Size) -> list[Region]:
    """`regions` cut to the canvas, those that overlap replaced by what holds them all."""
    apart: list[Region] = []
    for left, top, right, bottom in regions:
        new = (max(left, 0), max(top, 0), min(right, canvas[0]), min(bottom, canvas[1]))
        if new[0] >= new[2] or new[1] >= new[3]:
            continue
        while touching := next((old for old in apart if overlap(old, new)), None):
            apart.remove(touching)
            new = (
                min(new[0], touching[0]),
                min(new[1], touching[1]),
                max(new[2], touching[2]),
                max(new[3], touching[3]),
            )
        apart.append(new)
    return apart
