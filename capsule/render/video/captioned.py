"""Captions burned into the centre's own video, where they stand and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace
from numpy.typing import NDArray
from PIL import Image, ImageChops

from capsule.layout.boxes import Captions
from capsule.render.brush import Brush
from capsule.render.frames import Size, caption_at
from capsule.render.video.encode import RATE, pixels


class _Patch(NamedTuple):
    """A caption on one plane: where, what it adds to the picture (times 255), what it leaves."""

    rows: slice
    columns: slice
    adds: NDArray[np.uint16]
    leaves: NDArray[np.uint16]


def over(
    frames: Iterable[av.VideoFrame], captions: Captions, size: Size
) -> Iterator[av.VideoFrame]:
    """yuv420p `frames` of `size`, 25 a second, each with the caption of its moment.

    Those without are passed on as they are; the others are copied, never written to.
    """
    before: tuple[av.VideoFrame, int] | None = None
    for at, frame in enumerate(frames):
        number = caption_at(captions, at / RATE)
        if not number:
            yield frame
            continue
        if before is None or before[0] is not frame or before[1] != number:
            before = frame, number
            written = _written(frame, _patches(captions, number, size))
        yield written


def _written(frame: av.VideoFrame, patches: Iterable[_Patch]) -> av.VideoFrame:
    copy = av.VideoFrame(frame.width, frame.height, "yuv420p")
    copy.colorspace, copy.color_range = Colorspace.ITU709, ColorRange.MPEG
    for source, target, patch in zip(frame.planes, copy.planes, patches, strict=True):
        samples = pixels(target)
        samples[:] = pixels(source)
        part = samples[patch.rows, patch.columns]
        part[:] = (part * patch.leaves + patch.adds) // 255
    return copy


@lru_cache(maxsize=4)
def _patches(captions: Captions, number: int, size: Size) -> tuple[_Patch, ...]:
    """The caption on the planes Y, U and V, its box grown to even pixels."""
    panel, *text = Brush(size).drawn(captions, number)
    left, top = panel.x & ~1, panel.y & ~1
    right, bottom = (side + 1 & ~1 for side in panel.region[2:])
    whole = (right - left, bottom - top)
    colour, mask = Image.new("RGB", whole), Image.new("L", whole)
    colour.paste(panel.paint, (0, 0, *whole))
    mask.paste(panel.mask, (panel.x - left, panel.y - top))
    for layer in text:
        spot = (layer.x - left, layer.y - top)
        colour.paste(layer.paint, spot, layer.mask)
        drawn = Image.new("L", whole)
        drawn.paste(layer.mask, spot)
        mask = ImageChops.lighter(mask, drawn)
    picture = av.VideoFrame.from_ndarray(np.asarray(colour), format="rgb24").reformat(
        format="yuv420p", dst_colorspace=Colorspace.ITU709, dst_color_range=ColorRange.MPEG
    )
    shares = (mask, mask.reduce(2), mask.reduce(2))
    return tuple(
        _patch(pixels(plane), share, (left // by, top // by))
        for plane, share, by in zip(picture.planes, shares, (1, 2, 2), strict=True)
    )


def _patch(samples: NDArray[np.uint8], share: Image.Image, corner: tuple[int, int]) -> _Patch:
    opaque = np.asarray(share).astype(np.uint16)
    (x, y), (high, wide) = corner, opaque.shape
    adds = samples.astype(np.uint16) * opaque + np.uint16(127)
    return _Patch(slice(y, y + high), slice(x, x + wide), adds, 255 - opaque)
