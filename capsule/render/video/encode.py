"""Pictures → H.264, one file a segment, all with the same headers so that they join as they are.

A film of slides is mostly pictures that stay. Only those that change go through x264; between
them lie P slices whose every macroblock is skipped, a few bytes each, so that the rate is
constant and each frame is there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import NamedTuple

import av
import numpy as np
from av.container import OutputContainer
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType
from av.video.plane import VideoPlane
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter
from av.video.stream import VideoStream
from numpy.typing import NDArray

from capsule.errors import CapsuleError
from capsule.render.frames import FULL_HD, Size

RATE = 25  # frames a second
GROUP = 2 * RATE  # a key frame every two seconds, to seek to
_THREADS = 4  # never the machine's cores: x264's bytes depend on the number
_APART = 8  # unchanged rows that separate two bands of changes
_AROUND = 8  # pixels that conversion looks at beside those it writes, and some
_BT709 = 1  # ITU-T H.273, colour primaries, transfer and matrix
_LEVELS = {2160: "5.1"}  # by height; 4.0 up to 1080, which any player decodes
_CRF, _STILL_CRF = 21.5, 21  # the latter is finer, for adaptive quantisation is off
_X264 = {
    "stitchable": 1,  # headers that do not depend on the pictures
    "sps-id": 1,  # so that they can lie beside those of a video that is copied, most often 0
    "ref": 1,
    "bframes": 0,
    "weightp": 0,
    "keyint": GROUP,
    "min-keyint": GROUP,
    "scenecut": 0,
    "rc-lookahead": 0,
    "sync-lookahead": 0,
    "mbtree": 0,  # with it, x264 gives other bytes each time for some sizes
    "force-cfr": 1,  # a variable rate makes x264 hold a frame back
}
_STILLS = {  # flat shapes that appear, or move by whole pixels
    "aq-mode": 0,
    "me": "dia",
    "subme": 0,
    "threads": 1,
    "partitions": "i4x4,i8x8",
}
_MOVING = {"threads": _THREADS}
Frame = NDArray[np.uint8]


class Quality(NamedTuple):
    """How large the film's pictures are, in pixels, and whether they are to be made in haste."""

    size: Size = FULL_HD
    draft: bool = False


def stills(target: Path, frames: Iterable[Frame], quality: Quality) -> None:
    """Encode RGB `frames`, 25 a second; an array that is the one before costs next to nothing.

    They have the size of `quality`.
    """
    with _segment(target, quality, still=True) as (container, stream):
        coder = _Coder(stream.codec_context)
        last: Frame | None = None
        key: tuple[Frame | None, bytes] = (None, b"")
        for number, frame in enumerate(frames):
            place = number % GROUP
            if place:
                data = _skipped(quality) if frame is last else coder.coded(frame, key=False)
                data = _numbered(data, place)
            else:  # what has not changed since the last key frame is coded already
                key = key if frame is key[0] else (frame, coder.coded(frame, key=True))
                data = key[1]
            _mux(container, stream, data, number)
            last = frame


class _Picture:
    """A yuv420p picture that shows RGB ones, of which it converts what changed."""

    def __init__(self, size: Size) -> None:
        self.frame = av.VideoFrame(size.width, size.height, "yuv420p")
        self.frame.colorspace, self.frame.color_range = Colorspace.ITU709, ColorRange.MPEG
        self._shown: Frame | None = None
        self._reformatter = VideoReformatter()  # kept: a new one costs more than its work

    def show(self, rgb: Frame) -> None:
        for rows, columns in _changed(self._shown, rgb):
            self._convert(rgb, rows, columns)
        self._shown = rgb

    def _convert(self, rgb: Frame, rows: slice, columns: slice) -> None:
        """Take a part of `rgb`; it is converted with what lies around, to fit in."""
        top, left = max(rows.start - _AROUND, 0), max(columns.start - _AROUND, 0)
        part = rgb[top : rows.stop + _AROUND, left : columns.stop + _AROUND]
        picture = self._reformatter.reformat(
            av.VideoFrame.from_ndarray(np.ascontiguousarray(part), format="rgb24"),
            format="yuv420p",
            dst_colorspace=Colorspace.ITU709,
            dst_color_range=ColorRange.MPEG,
            threads=1,
        )
        planes = zip(picture.planes, self.frame.planes, strict=True)
        for by, (source, target) in zip((1, 2, 2), planes, strict=True):
            y, x = (slice(span.start // by, span.stop // by) for span in (rows, columns))
            inner = pixels(source)[y.start - top // by :, x.start - left // by :]
            pixels(target)[y, x] = inner[: y.stop - y.start, : x.stop - x.start]


class _Coder:
    """x264 at work on RGB pictures."""

    def __init__(self, context: VideoCodecContext) -> None:
        self._context = context
        self._picture = _Picture(Size(context.width, context.height))

    def coded(self, rgb: Frame, *, key: bool) -> bytes:
        """The packet of `rgb`."""
        self._picture.show(rgb)
        frame = self._picture.frame
        frame.pict_type = PictureType.I if key else PictureType.NONE
        (packet,) = self._context.encode(frame)  # neither look-ahead nor B frames: no delay
        return bytes(packet)


def _changed(before: Frame | None, after: Frame) -> Iterator[tuple[slice, slice]]:
    """Rows and columns of the bands in which two pictures differ."""
    high, wide, _channels = after.shape
    if before is None:
        yield slice(0, high), slice(0, wide)
        return
    octets = (high, wide * 3 // 8, 8)
    eights = tuple(picture.reshape(octets).view(np.uint64)[..., 0] for picture in (before, after))
    differ = eights[0] != eights[1]
    touched = np.flatnonzero(differ.any(axis=1))
    for band in np.split(touched, np.flatnonzero(np.diff(touched) > _APART) + 1):
        if band.size:
            top, bottom = int(band[0]), int(band[-1]) + 1
            across = np.flatnonzero(differ[top:bottom].any(axis=0)) * 8 // 3
            columns = _even(int(across[0]), int(across[-1]) + 4, wide)
            yield _even(top, bottom, high), columns


def _even(begin: int, end: int, limit: int) -> slice:
    """From `begin` to `end` and what their colour reaches, on even pixels."""
    return slice(max(begin - 2, 0) & ~1, min(end + 3 & ~1, limit))


def pixels(plane: VideoPlane) -> Frame:
    """The plane's samples, where they are."""
    samples: Frame = np.frombuffer(memoryview(plane), np.uint8)
    return samples.reshape(plane.height, plane.line_size)[:, : plane.width]


def moving(target: Path, frames: Iterable[av.VideoFrame], quality: Quality) -> None:
    """Encode yuv420p `frames` that all differ, 25 a second. They have the size of `quality`."""
    with _segment(target, quality, still=False) as (container, stream):
        for number, frame in enumerate(frames):
            frame.pts, frame.time_base = number, Fraction(1, RATE)
            frame.pict_type = PictureType.NONE
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


@contextmanager
def _segment(
    target: Path, quality: Quality, *, still: bool
) -> Iterator[tuple[OutputContainer, VideoStream]]:
    timescale = {"video_track_timescale": str(512 * RATE)}
    with av.open(target, "w", format="mp4", container_options=timescale) as container:
        stream = container.add_stream("libx264", rate=RATE)
        _configure(stream.codec_context, quality, still=still)
        stream.time_base = Fraction(1, RATE)
        yield container, stream


def _configure(context: VideoCodecContext, quality: Quality, *, still: bool) -> None:
    (context.width, context.height), context.pix_fmt = quality.size, "yuv420p"
    context.time_base, context.framerate = Fraction(1, RATE), Fraction(RATE)
    context.sample_aspect_ratio = Fraction(1)
    context.color_primaries = context.color_trc = context.colorspace = _BT709
    context.color_range = ColorRange.MPEG
    crf, own = (_STILL_CRF, _STILLS) if still else (_CRF, _MOVING)
    level = _LEVELS.get(quality.size.height, "4.0")
    x264 = {**_X264, "level": level, **own}
    context.options = {
        "preset": "ultrafast" if quality.draft else "veryfast",
        "profile": "high",
        "crf": str(crf + 4 * quality.draft),
        "forced-idr": "1",
        "x264-params": ":".join(f"{name}={value}" for name, value in x264.items()),
    }


def _mux(container: OutputContainer, stream: VideoStream, data: bytes, number: int) -> None:
    packet = av.Packet(data)
    packet.stream, packet.time_base = stream, Fraction(1, RATE)
    packet.pts = packet.dts = number
    packet.duration = 1
    packet.is_keyframe = number % GROUP == 0
    container.mux(packet)


@cache
def _skipped(quality: Quality) -> bytes:
    """A P slice that repeats the picture before it, whichever it is.

    x264 makes it of two grey pictures. It holds no vector, no residual, and its slice has the
    headers that all segments share.
    """
    context = av.CodecContext.create("libx264", "w")
    _configure(context, quality, still=True)
    grey = np.full((quality.size.height, quality.size.width, 3), 128, np.uint8)
    coder = _Coder(context)
    return [coder.coded(grey, key=key) for key in (True, False)][1]


def _numbered(data: bytes, number: int) -> bytes:
    """The P slice `data` with its frame_num set to `number` modulo 16.

    x264 numbers the pictures that it codes; those put between them shift the ones after
    (ITU-T H.264, 7.3.3 and 7.4.3). Its slices begin with first_mb 0, slice_type 5 and parameter
    set 1, the bits 1 00110 010, then the four bits of frame_num; no start code can arise in them.
    """
    at = data.find(b"\x00\x00\x01") + 4  # after the start code and the NAL header
    if at < 4 or data[at - 1] & 0x1F != 1 or data[at] != 0b10011001:
        raise CapsuleError("unexpected H.264 slice header")
    slice_ = bytearray(data)
    slice_[at + 1] = slice_[at + 1] & 0b10000111 | (number & 15) << 3
    return bytes(slice_)
