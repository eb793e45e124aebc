"""The film's sound: synthesised, or taken from the centre's video, and encoded once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import chain
from pathlib import Path

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import OutputContainer

from capsule.plan import Plan, Scene
from capsule.render.video import filmed, music
from capsule.render.video.filmed import SAMPLES
from capsule.render.video.music import Block


def write(plan: Plan, scenes: Sequence[Scene], source: Path | None, target: Path) -> None:
    """Encode the sound of `scenes`, which follow each other, as AAC in an MP4.

    Stereo, 48 kHz, exactly as long as they are. `source` is the centre's video, for the scene
    that shows it. Raises InputError if it cannot be read.
    """
    begin, end = scenes[0].start, scenes[-1].end
    blocks: Iterable[Block]
    if source and scenes[0].kind == "video":
        taken = _exactly(filmed.sound(source), scenes[0].duration * SAMPLES)
        blocks = chain(taken, music.mixed(plan, scenes[0].end, end))
    else:
        blocks = music.mixed(plan, begin, end)
    with av.open(target, "w", format="mp4") as container:
        stream = container.add_stream("aac", rate=SAMPLES, layout="stereo")
        stream.codec_context.bit_rate = 160_000
        stream.codec_context.options = {"aac_coder": "fast"}
        _encode(container, stream, blocks)


def _encode(container: OutputContainer, stream: AudioStream, blocks: Iterable[Block]) -> None:
    written = 0
    for block in blocks:
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(block), "fltp", "stereo")
        frame.sample_rate = SAMPLES
        frame.pts, frame.time_base = written, Fraction(1, SAMPLES)
        written += block.shape[1]
        container.mux(stream.encode(frame))
    container.mux(stream.encode(None))


def _exactly(blocks: Iterable[Block], samples: int) -> Iterator[Block]:
    """`blocks` for exactly `samples`; the last fifth of a second of a cut sound fades."""
    left, fade = samples, SAMPLES // 5
    for block in blocks:
        if not left:
            return
        kept = block[:, :left]
        remaining = left - np.arange(kept.shape[1], dtype=np.float32)
        left -= kept.shape[1]
        yield kept * np.minimum(remaining / fade, 1)
    while left:
        size = min(left, SAMPLES)
        left -= size
        yield np.zeros((2, size), np.float32)
