"""The centre's own video as a file: what it holds, and how far it can be read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from gettext import gettext as _
from pathlib import Path
from typing import NamedTuple, cast

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.stream import Disposition, Stream
from av.video.stream import VideoStream

from capsule.errors import InputError, Problem

_TAIL = 2.0  # seconds by which streams may end before or after what their file announces
_LEAD = 0.1  # seconds of sound that encoders put before the first picture, at most


class Clip(NamedTuple):
    """A stretch of a video file, in seconds from its start; to its end when `end` is None."""

    path: Path
    begin: float = 0.0
    end: float | None = None


class Probe(NamedTuple):
    """A video file: the length that it announces, where reading ends (seconds), and if it sounds.

    `readable` is less than `seconds` when the file was cut, by a copy that failed for example.
    """

    seconds: float
    readable: float
    sound: bool


class Source(NamedTuple):
    """A video file that is open; its time begins at `origin`, in seconds of its streams."""

    container: InputContainer
    video: VideoStream
    audio: AudioStream | None
    origin: float

    def seek(self, seconds: float) -> None:
        """Go to a key frame at or before `seconds` from the start, as well as the file can tell.

        Raises av.FFmpegError when it cannot.
        """
        self.container.seek(round((self.origin + seconds) * av.time_base))


def probe(path: Path) -> Probe:
    """Read what the video at `path` is: its first picture, and the packets near its end.

    All of them when these are not where the file announces them. Raises InputError when it is
    missing, or not a video that can be read to its first picture.
    """
    with opened(path) as source:
        announced = (source.container.duration or 0) / av.time_base
        if next(source.container.decode(source.video), None) is None:
            raise empty(path)
        with suppress(av.FFmpegError):  # a file without an index, for example
            source.seek(max(0.0, announced - 2 * _TAIL))
            ends = _ends(source)
            if _cut(source, ends, announced) is None and max(ends.values()) < announced + _TAIL:
                return _checked(path, Probe(announced, announced, bool(source.audio)))
    with opened(path) as source:
        ends = _ends(source)
        cut, last = _cut(source, ends, announced), max(ends.values())
        seconds = max(announced, last) if last > announced + _TAIL or cut else announced
        return _checked(path, Probe(seconds, seconds if cut is None else cut, bool(source.audio)))


def _checked(path: Path, found: Probe) -> Probe:
    if found.seconds < 1:
        raise empty(path)
    return found


def _ends(source: Source) -> dict[Stream, float]:
    """Where the packets of each stream end, from where the file is read on."""
    streams = [source.video, *([source.audio] if source.audio else [])]
    ends: dict[Stream, float] = dict.fromkeys(streams, 0.0)
    with suppress(av.FFmpegError):  # of a file that is cut
        for packet in source.container.demux(streams):
            if packet.pts is not None and packet.size and not packet.is_corrupt:
                end = (packet.pts + (packet.duration or 0)) * packet.time_base - source.origin
                ends[packet.stream] = max(ends[packet.stream], float(end))
    return ends


def _cut(source: Source, ends: dict[Stream, float], announced: float) -> float | None:
    """The second from which something that was announced is missing; None if nothing is."""
    told = [
        (end, float(((stream.start_time or 0) + stream.duration) * stream.time_base))
        for stream, end in ends.items()
        if stream.duration and stream.time_base
    ]
    if told:
        short = [end for end, last in told if end < last - source.origin - _TAIL]
    else:
        last = max(ends.values())
        short = [last] if last < announced - _TAIL else []
    return min(short, default=None)


@contextmanager
def opened(path: Path) -> Iterator[Source]:
    """Open the video at `path`; whatever FFmpeg then says against it becomes an InputError."""
    try:
        with av.open(path) as container:
            streams = [
                stream
                for stream in container.streams.video
                if not stream.disposition & Disposition.attached_pic  # the cover of a song
            ]
            if not streams:
                raise unreadable(path, _("the file holds no video"))
            audio = cast("AudioStream | None", container.streams.best("audio"))
            yield Source(container, streams[0], audio, _origin(container, streams[0]))
    except FileNotFoundError:
        raise unreadable(path, _("there is no such file")) from None
    except av.FFmpegError as error:
        raise unreadable(
            path, _("the video cannot be read (%(reason)s)") % {"reason": error.strerror}
        ) from error


def _origin(container: InputContainer, video: VideoStream) -> float:
    """The first picture's time, or that of a sound which begins well before it."""
    first = (container.start_time or 0) / av.time_base
    if video.start_time is None or video.time_base is None:
        return first
    shown = float(video.start_time * video.time_base)
    return shown if shown - first < _LEAD else first


def empty(path: Path) -> InputError:
    """What is said of a video with nothing to show."""
    return unreadable(path, _("the video holds no second of film"))


def unreadable(path: Path, what: str) -> InputError:
    """`what` is wrong with the video at `path`."""
    remedy = _("give a video that a player shows, an MP4 for example")
    return InputError([Problem(path, 0, 0, what, remedy)])
