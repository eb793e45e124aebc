"""The sounds that the tool makes: a bed under its intro, chimes and gongs. Synthesised, no file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from capsule.plan import Plan
from capsule.render.video.filmed import SAMPLES
from capsule.render.video.loudness import Block

Track = Callable[[int], Block]  # a sound by the seconds of the film, each a block
Partials = tuple[tuple[float, float], ...]  # (ratio to the pitch, strength)

_BAR = 6.0  # seconds a chord lasts
_BEATS = 8  # of a bar
_SETTLE = 2.5  # seconds in which a chord comes in, and goes
_CHIMED, _RUNG = 0.07, 0.08  # of full scale; 8 LU below a voice
_FADE = 5.0  # seconds in which the bed leaves
# D major with added sixths and ninths: calm, never quite closed. MIDI notes, low to high.
_CHORDS = (
    (38, 50, 57, 62, 66, 71),
    (35, 47, 54, 59, 62, 69),
    (43, 50, 55, 59, 62, 69),
    (45, 52, 57, 59, 64, 69),
)
_PATTERN = (2, 4, 3, 5, 4, 3, 5, None)  # the note of the chord that each beat plucks
_PAD: Partials = ((1.0, 1.0), (2.0, 0.32), (3.0, 0.1))
_PLUCK: Partials = ((1.0, 1.0), (4.0, 0.18))
_CHIME: Partials = ((1.0, 1.0), (2.76, 0.35), (5.4, 0.12))  # the modes of a struck bar
_GONG_NOTE, _GONG_DECAY = 45, 1.6  # a MIDI note, and seconds
_GONG: Partials = ((1.0, 1.0), (1.52, 0.5), (2.41, 0.42), (3.18, 0.22), (4.1, 0.12))


class Sound(NamedTuple):
    """Samples and the second at which they start."""

    start: float
    samples: Block


def signals(plan: Plan) -> Track:
    """A chime where the message and the debrief begin, a soft gong when a question's time ends."""
    struck = tuple(_signals(plan))
    return lambda second: placed(struck, second)


def bed(plan: Plan) -> Track:
    """Calm music under the scenes of the intro, which leaves as they end."""
    length = plan.parts[0].duration
    notes = tuple(_bed(length))

    def heard(second: int) -> Block:
        times = second + np.arange(SAMPLES) / SAMPLES
        left = np.clip((length - times) / min(_FADE, length), 0, 1)
        return placed(notes, second) * left.astype(np.float32)

    return heard


def gong(rate: int, lasts: float) -> NDArray[np.float64]:
    """The same gong for the slides, on one channel: as loud as it can be, gone after `lasts` s."""
    at = np.arange(round(lasts * rate)) / rate
    loud = np.exp(-at / _GONG_DECAY) * np.clip(at / 0.006, 0, 1) * np.clip((lasts - at) / 1.5, 0, 1)
    sound = loud * _wave(_hertz(_GONG_NOTE), _GONG, at)
    return np.asarray(sound / np.abs(sound).max())


def placed(sounds: Iterable[Sound], second: int) -> Block:
    """What is heard of `sounds` in a second of the film."""
    block = np.zeros((2, SAMPLES), np.float32)
    first = second * SAMPLES
    for start, samples in sounds:
        at = round(start * SAMPLES) - first
        lo, hi = max(at, 0), min(at + samples.shape[1], SAMPLES)
        if lo < hi:
            block[:, lo:hi] += samples[:, lo - at : hi - at]
    return block


def _signals(plan: Plan) -> Iterator[Sound]:
    for part in plan.parts[1:]:
        yield Sound(part.start, _struck(74, _CHIMED, _CHIME, 0.7, -0.3))
        yield Sound(part.start + 0.22, _struck(81, _CHIMED, _CHIME, 0.7, 0.3))
    for scene in plan.questions:
        yield Sound(scene.end, _struck(_GONG_NOTE, _RUNG, _GONG, _GONG_DECAY, 0.0))


def _bed(length: int) -> Iterator[Sound]:
    """Slow chords, and a quiet pulse that joins them."""
    for bar in range(int(np.ceil(length / _BAR))):
        chord = _CHORDS[bar % len(_CHORDS)]
        yield Sound(bar * _BAR, _held(chord))
        for beat, voice in enumerate(_PATTERN):
            if bar and voice is not None:
                pan = 0.4 if beat % 2 else -0.4
                pluck = _struck(chord[voice] + 12, 0.085, _PLUCK, 0.45, pan)
                yield Sound((bar + beat / _BEATS) * _BAR, pluck)


@lru_cache(maxsize=64)
def _struck(note: int, gain: float, partials: Partials, decay: float, pan: float) -> Block:
    """A MIDI note that dies away by two thirds every `decay` seconds; `pan` from -1 to 1."""
    at = np.arange(round(5 * decay * SAMPLES)) / SAMPLES
    loud = gain * np.exp(-at / decay) * np.clip(at / 0.006, 0, 1)
    loud *= np.clip((at[-1] - at) / 0.05, 0, 1)
    mono = loud * _wave(_hertz(note), partials, at)
    return np.stack([mono * (1 - max(pan, 0)), mono * (1 + min(pan, 0))]).astype(np.float32)


@lru_cache(maxsize=len(_CHORDS))
def _held(chord: tuple[int, ...]) -> Block:
    """A chord that swells and goes; a hair out of tune between left and right, for width."""
    lasts = _BAR + _SETTLE
    at = np.arange(round(lasts * SAMPLES)) / SAMPLES
    ramp = np.clip(np.minimum(at, lasts - at) / _SETTLE, 0, 1)
    loud = ramp * ramp * (3 - 2 * ramp)
    gains = [0.09, *[0.04] * (len(chord) - 1)]  # the bass carries the others
    sides = [
        sum(
            gain * _wave(_hertz(note) * detune, _PAD, at)
            for gain, note in zip(gains, chord, strict=True)
        )
        for detune in (0.9985, 1.0015)
    ]
    return (np.stack(sides) * loud).astype(np.float32)


def _wave(pitch: float, partials: Partials, at: NDArray[np.float64]) -> NDArray[np.float64]:
    whole = np.zeros_like(at)
    for ratio, strength in partials:
        whole += strength * np.sin(2 * np.pi * pitch * ratio * at)
    return whole


def _hertz(note: int) -> float:
    """The pitch of a MIDI note; 69 is the A of 440 Hz."""
    return float(440 * 2 ** ((note - 69) / 12))
