"""Recordings decoded, whatever their format, and where somebody speaks in them."""

from __future__ import annotations

from collections.abc import Iterator
from gettext import gettext as _
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import av
import numpy as np
from numpy.typing import NDArray

from capsule.errors import InputError, Problem

Samples = NDArray[np.float32]  # one channel, from -1 to 1
RATE = 48000  # samples a second
_FRAME = RATE // 100  # what is listened to at a time
_INAUDIBLE = -60.0  # dBFS that no voice stays under
_RANGE = 45  # dB of a voice, from its loud vowels to its ends of words
_SHORTEST_PAUSE = 12  # frames, more than the silence before a p or a t
_SHORTEST_SOUND = 6  # frames; less is a click, of the phone's button
BEFORE, AFTER = 0.1, 0.25  # seconds of silence kept around a voice


class Pause(NamedTuple):
    """A silence between two words, in seconds."""

    start: float
    end: float


def decoded(path: Path) -> Samples:
    """The sound of the file at `path`, its channels mixed; what is damaged is left out.

    Raises InputError when no sound can be read in it.
    """
    return np.concatenate([np.zeros(0, np.float32), *blocks(path)])


def blocks(path: Path) -> Iterator[Samples]:
    """The sound of `decoded`, little by little. Raises as it does, before the first block."""
    resampler = av.AudioResampler("flt", "mono", RATE)
    hurt: av.FFmpegError | None = None
    empty = True
    try:
        with av.open(path) as container:
            if not container.streams.audio:
                raise _refused(path, _("%(name)s holds no sound"))
            for packet in container.demux(container.streams.audio[0]):
                try:
                    frames = packet.decode()
                except av.FFmpegError as error:
                    hurt = error
                    continue
                for frame in frames:
                    empty = False
                    yield from (part.to_ndarray()[0] for part in resampler.resample(frame))
            if empty:
                raise hurt or av.InvalidDataError(0, _("it is empty"))
            yield from (part.to_ndarray()[0] for part in resampler.resample(None))
    except (OSError, av.FFmpegError) as error:
        if not empty:
            return
        why = _("%(name)s cannot be read as sound (%(reason)s)")
        raise _refused(path, why, reason=error.strerror or str(error)) from error


def voice_of(path: Path) -> tuple[Samples, list[Pause]]:
    """The voice of a recording without the silence around it, and its pauses.

    Raises InputError when the file cannot be read, or when nobody speaks in it.
    """
    samples = decoded(path)
    heard = runs(samples)
    if not heard:
        raise _refused(path, _("nothing is heard in %(name)s"))
    first = max(0, heard[0][0] * _FRAME - round(BEFORE * RATE))
    last = heard[-1][1] * _FRAME + round(AFTER * RATE)
    pauses = [
        Pause((a[1] * _FRAME - first) / RATE, (b[0] * _FRAME - first) / RATE)
        for a, b in pairwise(heard)
    ]
    return samples[first:last], pauses


def runs(samples: Samples) -> list[tuple[int, int]]:
    """Where something is said, as pairs of hundredths of a second, clicks and gaps left out."""
    count = len(samples) // _FRAME
    if not count:
        return []
    power = np.square(samples[: count * _FRAME].reshape(count, _FRAME)).mean(axis=1)
    level = 10 * np.log10(np.maximum(power, 1e-8))
    floor, loud = np.percentile(level, 5), np.percentile(level, 95)
    loud = max(loud, level.max() - 10)  # of a word in a long silence too
    if loud < _INAUDIBLE:
        return []
    floor = max(floor, loud - _RANGE)
    # a voice without any pause has its floor in its own sounds
    limit = min(floor + 0.35 * (loud - floor), loud - 12)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], level > limit, [False]])))
    joined: list[tuple[int, int]] = []
    for start, end in edges.reshape(-1, 2).tolist():
        if joined and start - joined[-1][1] < _SHORTEST_PAUSE:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return [(start, end) for start, end in joined if end - start >= _SHORTEST_SOUND]


def _refused(path: Path, what: str, **values: str) -> InputError:
    remedy = _("give a file that a player plays, a phone's .m4a for example")
    return InputError([Problem(path, 0, 0, what % {"name": path.name, **values}, remedy)])
