"""The film's sound: mixed, brought to the house level and encoded once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from capsule.plan import Plan, Scene
from capsule.render.video import bed, loudness
from capsule.render.video.filmed import SAMPLES
from capsule.render.video.loudness import HOUSE, Block
from capsule.render.video.mixing import Mix, Sources

__all__ = ["Sources", "key", "write"]

_BIT_RATE = 160_000
_PEAK = -1.0  # dBTP that the decoded sound stays under (EBU R128)
_CEILING = -2.5  # dBFS: between samples, and once decoded, a peak is higher
_NEAR = 0.3  # LU by which the level may be missed
_UNHEARD = -30.0  # LUFS of a mix that is noise, its sources having been raised
_TRIES = 4


def key(
    plan: Plan, scenes: Sequence[Scene], sources: Sources, digest: Callable[[Path], str]
) -> str:
    """What the sound of `scenes` depends on, besides this code; `digest` gives a file's hash."""
    begin, end = scenes[0].start, scenes[-1].end
    first, music = plan.scenes[0], plan.capsule.film.music
    clip = sources.clip if first.kind == "video" else None
    said = [s for s in plan.speeches if s.passage in sources.voices]
    parts = [
        (begin, end),
        [(part.id, part.start, part.duration) for part in plan.parts],
        [scene.end for scene in plan.questions],
        (clip and digest(clip.path), clip and clip[1:], first.kind == "video", first.duration),
        (sources.music and digest(sources.music), music and music.parts),
        [(s.start, s.seconds, sources.voices[s.passage].digest) for s in said],
    ]
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def write(plan: Plan, scenes: Sequence[Scene], sources: Sources, target: Path) -> None:
    """Encode the sound of `scenes`, which follow each other, as AAC in an MP4.

    Stereo, 48 kHz, exactly as long as they are; -16 LUFS if more than signals is heard, true
    peak under -1 dBTP. Raises InputError when a source cannot be read, UnavailableError when
    the engine of a voice is gone.
    """
    mix = Mix(plan, sources)
    begin, end = scenes[0].start, scenes[-1].end
    factor, ceiling = 1.0, _CEILING
    if mix.levelled:
        whole = loudness.limited(mix.between(begin, end), 1.0, ceiling)
        factor = _correction(loudness.measured(whole).integrated)
    for _try in range(_TRIES):
        coder = "fast" if mix.spoken else "twoloop"
        _encode(target, loudness.limited(mix.between(begin, end), factor, ceiling), coder)
        got = loudness.measured(bed.decoded(target), peak=True)
        more = _correction(got.integrated) if mix.levelled else 1.0
        off = abs(20 * np.log10(more))
        if got.peak < _PEAK and off < _NEAR:
            break
        factor *= more
        ceiling -= max(0.0, got.peak - _PEAK + 0.2)


def _correction(integrated: float) -> float:
    """The factor that brings a mix to the house level; 1 for one that is only noise."""
    return 1.0 if integrated < _UNHEARD else loudness.gain(integrated, HOUSE, HOUSE - _UNHEARD)


def _encode(target: Path, blocks: Iterable[Block], coder: str) -> None:
    """Encode `blocks`; of FFmpeg's two coders, `fast` is the quicker for speech only."""
    with av.open(target, "w", format="mp4") as container:
        stream = container.add_stream("aac", rate=SAMPLES, layout="stereo")
        stream.codec_context.bit_rate = _BIT_RATE
        stream.codec_context.options = {"aac_coder": coder}
        written = 0
        for block in blocks:
            frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(block), "fltp", "stereo")
            frame.sample_rate = SAMPLES
            frame.pts, frame.time_base = written, Fraction(1, SAMPLES)
            written += block.shape[1]
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
