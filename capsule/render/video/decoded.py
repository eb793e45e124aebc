"""A stream's frames with their second of the film, whatever the file's clock and its wounds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from gettext import gettext as _
from itertools import chain
from math import ceil, inf
from typing import Any, Literal, NamedTuple

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.filter import Graph
from av.video.stream import VideoStream

from capsule.errors import InputError, Problem
from capsule.render.video.clip import Clip, Source, opened
from capsule.typography import clock

Kind = Literal["video", "audio"]
_MARGINS = (1.0, 12.0, inf)  # seconds before a moment from which it is tried to be reached
_LOST = 2.0  # seconds of damage in a row that pictures may be held, or silence put, for

CLOCK = 1_000_000  # units a second, in which filters are told the time


class Timed(NamedTuple):
    """A picture or a block of sound, and the second of its clip at which it begins."""

    at: float
    frame: Any


def decoded(clip: Clip, kind: Kind) -> Iterator[Timed]:
    """The frames of a stream of `clip`, in order, from the one that is on at its beginning.

    Nothing if there is no such stream. What cannot be decoded is left out. Raises InputError
    when the file cannot be read, or when more than two seconds in a row are lost.
    """
    for margin in _MARGINS:
        with opened(clip.path) as source:
            if margin < clip.begin and not _reached(source, clip.begin - margin):
                continue
            frames = _timed(clip, source, kind)
            first = next(frames, None)
            if margin < clip.begin and (first is None or first.at > 0):
                continue  # the key frame lies further back
            yield from _within(chain([first] if first else [], frames), clip)
            return


def through(graph: Graph, frames: Iterable[Timed]) -> Iterator[Any]:
    """What comes out of `graph`, whose clock is CLOCK, for `frames` and once they have ended."""
    for at, frame in frames:
        frame.pts, frame.time_base = round(at * CLOCK), Fraction(1, CLOCK)
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


def _reached(source: Source, seconds: float) -> bool:
    try:
        source.seek(seconds)
    except av.FFmpegError:
        return False
    return True


def _within(frames: Iterator[Timed], clip: Clip) -> Iterator[Timed]:
    """Those of `frames` that are on in the clip."""
    held: Timed | None = None
    for timed in frames:
        if timed.at <= 0:
            held = timed
            continue
        if held:
            yield held
            held = None
        if clip.end is not None and timed.at >= clip.end - clip.begin:
            return
        yield timed
    if held:
        yield held


def _timed(clip: Clip, source: Source, kind: Kind) -> Iterator[Timed]:
    stream = source.video if kind == "video" else source.audio
    if stream is None:
        return
    stream.codec_context.thread_type = "AUTO"
    last, hurt = clip.begin, False
    for timed in _placed(source, stream):
        if timed is None:
            hurt = True
            continue
        if hurt and timed.at > last + _LOST:
            raise _lost(clip, last, timed.at)
        last, hurt = max(last, timed.at), False
        yield timed._replace(at=timed.at - clip.begin)
    end = (source.container.duration or 0) / av.time_base
    if hurt and min(end, clip.end or end) > last + _LOST:
        raise _lost(clip, last, min(end, clip.end or end))


def _placed(source: Source, stream: VideoStream | AudioStream) -> Iterator[Timed | None]:
    """The frames of `stream` by their second of the file; None for what cannot be decoded."""
    # An AVI only tells when pictures are decoded: they are shown later, one tick after another.
    avi = stream is source.video and source.container.format.name == "avi"
    later, following = source.video.codec_context.reorder_depth, 0
    for frame in _frames(source.container, stream):
        if frame is None or frame.is_corrupt:
            yield None
            continue
        stamp = frame.dts if frame.pts is None else frame.pts
        if avi:
            stamp = following if frame.dts is None else frame.dts - later
            following = stamp + 1
        if stamp is not None and frame.time_base is not None:
            yield Timed(float(stamp * frame.time_base) - source.origin, frame)


def _frames(
    container: InputContainer, stream: VideoStream | AudioStream
) -> Iterator[av.VideoFrame | av.AudioFrame | None]:
    """What `stream` shows or sounds; None for what cannot be decoded."""
    packets: Iterator[av.Packet[Any]] = container.demux(stream)
    while True:
        try:
            packet = next(packets, None)
            if packet is None:
                return
            yield from packet.decode()
        except av.FFmpegError:
            yield None


def _lost(clip: Clip, begin: float, end: float) -> InputError:
    what = _("nothing can be read of the video from %(begin)s to %(end)s")
    values = {"begin": clock(int(begin)), "end": clock(ceil(end))}
    remedy = _("copy the file again, or export it again")
    return InputError([Problem(clip.path, 0, 0, what % values, remedy)])
