"""The centre's own video: what it is, and its pictures and sound as the film needs them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from gettext import gettext as _
from pathlib import Path
from typing import Any, TypeVar

import av
import numpy as np
from av.container import InputContainer
from av.filter import Graph
from av.stream import Disposition
from av.video.stream import VideoStream
from numpy.typing import NDArray

from capsule.errors import InputError, Problem
from capsule.render.video.encode import RATE, moving

_Frame = TypeVar("_Frame", av.VideoFrame, av.AudioFrame)
SAMPLES = 48000  # a second, of the film's sound
_FIT = {
    "scale": "1920:1080:force_original_aspect_ratio=decrease:force_divisible_by=2:flags=bicubic"
    ":out_color_matrix=bt709:out_range=tv",
    "pad": "1920:1080:-1:-1",
    "setsar": "1",
    "format": "yuv420p",
}
_UPRIGHT = {90: "cclock", 270: "clock"}  # by the counter-clockwise angle that the file asks for


@dataclass(frozen=True)
class Probe:
    """What a video file holds: its length in seconds, and whether it has sound."""

    seconds: float
    sound: bool


def probe(path: Path) -> Probe:
    """Read what the video at `path` is.

    Raises InputError when it is missing, or not a video that can be read to its first picture.
    """
    with _opened(path) as (container, stream):
        first = next(container.decode(stream), None)
        length = container.duration / av.time_base if container.duration else 0.0
        if first is None or length < 1:
            raise _unreadable(path, _("the video holds no second of film"))
        return Probe(length, bool(container.streams.audio))


def write(path: Path, seconds: int, target: Path) -> None:
    """Encode `pictures` as the segment `target`."""
    moving(target, pictures(path, seconds))


def pictures(path: Path, seconds: int) -> Iterator[av.VideoFrame]:
    """The video's pictures fitted to 1920 x 1080, upright, 25 a second for exactly `seconds`.

    A shorter video stays on its last picture, a longer one is cut. Raises as `probe`.
    """
    wanted = seconds * RATE
    last: av.VideoFrame | None = None
    for frame in _fitted(path):
        if not wanted:
            return
        wanted -= 1
        last = frame
        yield frame
    if last is None:
        raise _unreadable(path, _("the video holds no second of film"))
    for _missing in range(wanted):
        yield last


def still(path: Path, seconds: float) -> av.VideoFrame:
    """The fitted picture at `seconds`, or the last one before. Raises as `probe`."""
    frames = pictures(path, int(seconds) + 1)
    return [frame for frame, _n in zip(frames, range(round(seconds * RATE) + 1), strict=False)][-1]


def sound(path: Path) -> Iterator[NDArray[np.float32]]:
    """The video's sound in blocks of stereo samples (2 x n), 48,000 a second from its start.

    Nothing when it has none. Raises as `probe`.
    """
    with _opened(path) as (container, _video):
        if not container.streams.audio:
            return
        stream = container.streams.audio[0]
        graph = Graph()
        start = container.start_time or 0
        nodes = [
            graph.add_abuffer(template=stream),
            graph.add("asetpts", f"PTS-({start}/{av.time_base})/TB"),
            graph.add("aresample", f"{SAMPLES}:async=1:first_pts=0"),
            graph.add("aformat", "sample_fmts=fltp:channel_layouts=stereo"),
            graph.add("abuffersink"),
        ]
        graph.link_nodes(*nodes).configure()
        for frame in _through(graph, container.decode(stream)):
            yield frame.to_ndarray().astype(np.float32)


def _fitted(path: Path) -> Iterator[av.VideoFrame]:
    with _opened(path) as (container, stream):
        stream.thread_type = "AUTO"
        decoded = container.decode(stream)
        first = next(decoded, None)
        if first is None:
            return
        graph = Graph()
        start = container.start_time or 0
        steps = [
            ("setpts", f"PTS-({start}/{av.time_base})/TB"),
            ("fps", f"{RATE}:start_time=0"),
            *_turned(first.rotation % 360),
            *_FIT.items(),
        ]
        nodes = [graph.add_buffer(template=stream, time_base=stream.time_base)]
        nodes += [graph.add(name, values) for name, values in steps]
        graph.link_nodes(*nodes, graph.add("buffersink")).configure()
        yield from _through(graph, _chained(first, decoded))


def _chained(first: av.VideoFrame, others: Iterator[av.VideoFrame]) -> Iterator[av.VideoFrame]:
    yield first
    yield from others


def _turned(angle: int) -> list[tuple[str, str]]:
    """The filters that undo a rotation by quarters of a turn."""
    if angle == 180:
        return [("hflip", ""), ("vflip", "")]
    return [("transpose", _UPRIGHT[angle])] if angle in _UPRIGHT else []


def _through(graph: Graph, frames: Iterator[_Frame]) -> Iterator[_Frame]:
    """What comes out of `graph` for `frames`, and once they have ended."""
    for frame in frames:
        graph.push(frame)
        yield from _ready(graph)
    graph.push(None)
    yield from _ready(graph)


def _ready(graph: Graph) -> Iterator[Any]:
    while True:
        try:
            yield graph.pull()
        except (av.BlockingIOError, av.EOFError):
            return


@contextmanager
def _opened(path: Path) -> Iterator[tuple[InputContainer, VideoStream]]:
    """Open `path`; whatever FFmpeg then says against it becomes an InputError."""
    try:
        with av.open(path) as container:
            streams = [
                stream
                for stream in container.streams.video
                if not stream.disposition & Disposition.attached_pic  # the cover of a song
            ]
            if not streams:
                raise _unreadable(path, _("the file holds no video"))
            yield container, streams[0]
    except FileNotFoundError:
        raise _unreadable(path, _("there is no such file")) from None
    except av.FFmpegError as error:
        raise _unreadable(
            path, _("the video cannot be read (%(reason)s)") % {"reason": error.strerror}
        ) from error


def _unreadable(path: Path, what: str) -> InputError:
    remedy = _("give a video that a player shows, an MP4 for example")
    return InputError([Problem(path, 0, 0, what, remedy)])
