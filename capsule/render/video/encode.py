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
from av.video.reformatter import ColorRange, Colorspace
from av.video.stream import VideoStream
from numpy.typing import NDArray

from capsule.errors import CapsuleError
from capsule.render.frames import FULL_HD, Size

RATE = 25  # frames a second
_GROUP = 2 * RATE  # a key frame every two seconds, to seek to
_THREADS = 4  # never the machine's cores: x264's bytes depend on the number
_BT709 = 1  # ITU-T H.273, colour primaries, transfer and matrix
_X264 = {
    "stitchable": 1,  # headers that do not depend on the pictures
    "ref": 1,
    "bframes": 0,
    "weightp": 0,
    "level": "4.0",
    "keyint": _GROUP,
    "min-keyint": _GROUP,
    "scenecut": 0,
    "rc-lookahead": 0,
    "sync-lookahead": 0,
    "mbtree": 0,
    "force-cfr": 1,  # a variable rate makes x264 hold a frame back
}
Frame = NDArray[np.uint8]


class Quality(NamedTuple):
    """How large the film's pictures are, in pixels, and whether they are to be made in haste."""

    size: Size = FULL_HD
    draft: bool = False


def stills(target: Path, frames: Iterable[Frame]) -> None:
    """Encode RGB `frames`, 25 a second; an array that is the one before costs next to nothing."""
    with _segment(target, crf=18, threads=1) as (container, stream):
        context = stream.codec_context
        last: Frame | None = None
        key: tuple[Frame | None, bytes] = (None, b"")
        for number, frame in enumerate(frames):
            place = number % _GROUP
            if place:
                data = _skipped() if frame is last else _coded(context, frame, key=False)
                data = _numbered(data, place)
            else:  # what has not changed since the last key frame is coded already
                key = key if frame is key[0] else (frame, _coded(context, frame, key=True))
                data = key[1]
            _mux(container, stream, data, number)
            last = frame


def moving(target: Path, frames: Iterable[av.VideoFrame]) -> None:
    """Encode yuv420p `frames` that all differ, 25 a second."""
    with _segment(target, crf=23, threads=_THREADS) as (container, stream):
        for number, frame in enumerate(frames):
            frame.pts, frame.time_base = number, Fraction(1, RATE)
            frame.pict_type = PictureType.NONE
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


@contextmanager
def _segment(
    target: Path, *, crf: int, threads: int
) -> Iterator[tuple[OutputContainer, VideoStream]]:
    timescale = {"video_track_timescale": str(512 * RATE)}
    with av.open(target, "w", format="mp4", container_options=timescale) as container:
        stream = container.add_stream("libx264", rate=RATE)
        _configure(stream.codec_context, crf, threads)
        stream.time_base = Fraction(1, RATE)
        yield container, stream


def _configure(context: VideoCodecContext, crf: int, threads: int) -> None:
    context.width, context.height, context.pix_fmt = 1920, 1080, "yuv420p"
    context.time_base, context.framerate = Fraction(1, RATE), Fraction(RATE)
    context.sample_aspect_ratio = Fraction(1)
    context.color_primaries = context.color_trc = context.colorspace = _BT709
    context.color_range = ColorRange.MPEG
    x264 = {**_X264, "threads": threads}
    context.options = {
        "preset": "veryfast",
        "profile": "high",
        "crf": str(crf),
        "forced-idr": "1",
        "x264-params": ":".join(f"{name}={value}" for name, value in x264.items()),
    }


def _coded(context: VideoCodecContext, rgb: Frame, *, key: bool) -> bytes:
    frame = av.VideoFrame.from_ndarray(rgb, format="rgb24").reformat(
        format="yuv420p", dst_colorspace=Colorspace.ITU709, dst_color_range=ColorRange.MPEG
    )
    frame.pict_type = PictureType.I if key else PictureType.NONE
    (packet,) = context.encode(frame)  # no look-ahead, no B frames, one thread: no delay
    return bytes(packet)


def _mux(container: OutputContainer, stream: VideoStream, data: bytes, number: int) -> None:
    packet = av.Packet(data)
    packet.stream, packet.time_base = stream, Fraction(1, RATE)
    packet.pts = packet.dts = number
    packet.duration = 1
    packet.is_keyframe = number % _GROUP == 0
    container.mux(packet)


@cache
def _skipped() -> bytes:
    """A P slice that repeats the picture before it, whichever it is.

    x264 makes it of two grey pictures. It holds no vector, no residual, and its slice has the
    headers that all segments share.
    """
    context = av.CodecContext.create("libx264", "w")
    _configure(context, crf=18, threads=1)
    grey = np.full((1080, 1920, 3), 128, np.uint8)
    return [_coded(context, grey, key=key) for key in (True, False)][1]


def _numbered(data: bytes, number: int) -> bytes:
    """The P slice `data` with its frame_num set to `number` modulo 16.

    x264 numbers the pictures that it codes; those put between them shift the ones after
    (ITU-T H.264, 7.3.3 and 7.4.3). Its slices begin with first_mb 0, slice_type 5 and parameter
    set 0, the bits 1 00110 1, then the four bits of frame_num; no start code can arise in them.
    """
    at = data.find(b"\x00\x00\x01") + 4  # after the start code and the NAL header
    if at < 4 or data[at - 1] & 0x1F != 1 or data[at] & 0xFE != 0b10011010:
        raise CapsuleError("unexpected H.264 slice header")
    slice_ = bytearray(data)
    slice_[at] = slice_[at] & 0xFE | number >> 3 & 1
    slice_[at + 1] = slice_[at + 1] & 0x1F | (number & 7) << 5
    return bytes(slice_)
