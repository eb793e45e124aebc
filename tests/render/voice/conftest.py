"""Voices that are recorded, as a colleague's phone would, from what espeak-ng says."""

import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest

from capsule import plan
from capsule.cache import Cache
from capsule.render.voice import RATE
from capsule.render.voice.engines import Espeak
from capsule.render.voice.speech import sentences_of

Record = Callable[..., list[float]]


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache")


@pytest.fixture(scope="session")
def message(starter_plan: plan.Plan) -> plan.Passage:
    return next(p for p in starter_plan.passages if p.id == "message")


@pytest.fixture(scope="session")
def said(message: plan.Passage) -> list[np.ndarray]:
    """The sentences of the starter's message, without the silence around them."""
    sounds = Espeak("fr").speak([s.said for s in sentences_of(message.text, "fr")])
    heard = [np.flatnonzero(np.abs(sound) > 0.003) for sound in sounds]
    return [sound[at[0] : at[-1]] for sound, at in zip(sounds, heard, strict=True)]


@pytest.fixture(scope="session")
def record() -> Record:
    """Write sounds into a file, a pause after each; the second at which each begins."""

    def recorded(
        target: Path,
        sounds: Sequence[np.ndarray],
        *options: str,
        lead: float = 1.3,
        pauses: Sequence[float] = (0.5,),
        noise: float = 0.0005,
        gain: float = 0.3,
    ) -> list[float]:
        pieces, starts, at = [np.zeros(round(lead * RATE), np.float32)], [], lead
        for number, sound in enumerate(sounds):
            starts.append(at)
            silence = np.zeros(round(pauses[number % len(pauses)] * RATE), np.float32)
            pieces += [sound * np.float32(gain), silence]
            at += (len(sound) + len(silence)) / RATE
        whole = np.concatenate([*pieces, np.zeros(RATE // 2, np.float32)])
        whole += np.random.default_rng(1).normal(0, noise, len(whole)).astype(np.float32)
        raw = ["-f", "f32le", "-ar", str(RATE), "-ac", "1", "-i", "-"]
        subprocess.run(
            [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", *raw, *options, str(target)],
            input=whole.astype("<f4").tobytes(),
            check=True,
        )
        return starts

    return recorded
