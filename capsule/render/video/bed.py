"""The centre's music: looped under parts of the film, and how a bed makes room for a voice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from gettext import gettext as _
from itertools import islice
from pathlib import Path

import av
import numpy as np

from capsule.errors import InputError, Problem
from capsule.plan import Part, Plan
from capsule.render.video import loudness
from capsule.render.video.filmed import SAMPLES
from capsule.render.video.loudness import Block, samples
from capsule.render.video.music import Track

_LEVEL = -18.0  # LUFS of a bed where nobody speaks, that of the tool's own
_DUCKED = -12.0  # decibels under a voice
_ATTACK, _RELEASE = 0.2, 0.6  # seconds in which a bed goes down before a voice, and comes back
_CROSSFADE = 2.0  # seconds between the end of the music and its beginning
_ENTER, _LEAVE = 1.0, 3.0  # seconds at the ends of a part
_MOST = 20.0  # decibels that music may be raised by

Span = tuple[float, float]  # seconds of the film


def factor(file: Path) -> float:
    """What brings the music `file` to the level of a bed. Raises InputError if it is unreadable."""
    return loudness.gain(loudness.measured(decoded(file)).integrated, _LEVEL, _MOST)


def under(plan: Plan, file: Path, level: float) -> Track:
    """The music `file`, times `level`, under the parts that `film.music` names.

    It goes on from part to part, and fades at the ends of each.
    """
    music = plan.capsule.film.music
    parts = [part for part in plan.parts if music and part.id in music.parts]
    blocks, at = seconds(_looped(file)), 0
    silence = np.zeros((2, SAMPLES), np.float32)

    def heard(second: int) -> Block:
        nonlocal at
        for part in parts:
            if part.start <= second < part.start + part.duration:
                before = sum(other.duration for other in parts if other.start < part.start)
                place = before + second - part.start
                block = next(islice(blocks, place - at, None), silence)
                at = place + 1
                return block * _faded(part, second) * np.float32(level)
        return silence

    return heard


def ducked(track: Track, spoken: Sequence[Span]) -> Track:
    """`track` made softer while somebody speaks."""

    def heard(second: int) -> Block:
        near = [s for s in spoken if s[0] - _ATTACK < second + 1 and second < s[1] + _RELEASE]
        if not near:
            return track(second)
        times = second + np.arange(SAMPLES) / SAMPLES
        depth = np.zeros(SAMPLES)
        for start, end in near:
            down = np.minimum((times - start) / _ATTACK + 1, (end - times) / _RELEASE + 1)
            np.maximum(depth, np.clip(down, 0, 1), out=depth)
        return track(second) * (10 ** (_DUCKED * depth / 20)).astype(np.float32)

    return heard


def decoded(file: Path) -> Iterator[Block]:
    """The sound of `file` in stereo blocks.

    Raises InputError when it cannot be read, or holds no sound.
    """
    try:
        with av.open(file) as container:
            if not container.streams.audio:
                raise _refused(file, _("%(name)s holds no sound"))
            resampler = av.AudioResampler("fltp", "stereo", SAMPLES)
            for packet in container.demux(container.streams.audio[0]):
                with suppress(av.InvalidDataError):  # what is damaged is left out
                    for frame in packet.decode():
                        yield from map(samples, resampler.resample(frame))
            yield from map(samples, resampler.resample(None))
    except (OSError, av.FFmpegError) as error:
        why = _("%(name)s cannot be read as sound (%(reason)s)")
        raise _refused(file, why, reason=error.strerror or str(error)) from error


def _looped(file: Path) -> Iterator[Block]:
    """`file` again and again, its end blended into its beginning."""
    length = sum(block.shape[1] for block in decoded(file))
    blend = min(round(_CROSSFADE * SAMPLES), length // 4)
    rising = np.sqrt(np.linspace(0, 1, blend, dtype=np.float32))
    before = np.zeros((2, 0), np.float32)
    while length:
        at = 0
        kept = np.zeros((2, 0), np.float32)
        for read in decoded(file):
            block = read.copy()
            over = max(0, min(before.shape[1] - at, block.shape[1]))
            block[:, :over] *= rising[at : at + over]
            block[:, :over] += before[:, at : at + over] * rising[::-1][at : at + over]
            at += block.shape[1]
            kept = np.concatenate([kept, block], axis=1)
            ready = kept.shape[1] - blend
            if ready > 0:
                yield kept[:, :ready]
                kept = kept[:, ready:]
        before = kept


def seconds(blocks: Iterator[Block]) -> Iterator[Block]:
    """`blocks` cut anew, each a second; the last is filled with silence."""
    kept = np.zeros((2, 0), np.float32)
    for block in blocks:
        kept = np.concatenate([kept, block], axis=1)
        while kept.shape[1] >= SAMPLES:
            yield kept[:, :SAMPLES]
            kept = kept[:, SAMPLES:]
    if kept.shape[1]:
        yield np.pad(kept, ((0, 0), (0, SAMPLES - kept.shape[1])))


def _faded(part: Part, second: int) -> Block:
    times = second + np.arange(SAMPLES, dtype=np.float32) / SAMPLES - part.start
    ends = np.minimum(times / _ENTER, (part.duration - times) / _LEAVE)
    return np.clip(ends, 0, 1)


def _refused(file: Path, what: str, **values: str) -> InputError:
    remedy = _("give a file that a player plays, a phone's .m4a for example")
    return InputError([Problem(file, 0, 0, what % {"name": file.name, **values}, remedy)])
