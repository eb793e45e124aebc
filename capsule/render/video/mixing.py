"""Voices, the centre's video, music and signals, each at its level, added second by second."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from capsule.plan import Plan, Scene
from capsule.render.video import bed, filmed, loudness, music
from capsule.render.video.bed import seconds
from capsule.render.video.clip import Clip
from capsule.render.video.filmed import SAMPLES
from capsule.render.video.loudness import HOUSE, SILENT, Block
from capsule.render.video.music import Sound, Track

_MOST_FOR_VIDEO = 20.0  # decibels; more would be noise
_MOST_FOR_VOICE = 30.0  # of a colleague far from the phone


class Voice(Protocol):
    """A passage as it is said; `capsule.render.voice` makes them."""

    @property
    def digest(self) -> str:
        """The hash of all that its sound depends on."""

    @property
    def samples(self) -> Callable[[], NDArray[np.float32]]:
        """Its sound, 48,000 samples a second on one channel."""


@dataclass(frozen=True)
class Sources:
    """What a film is made from besides its pages: video, voices by passage, music."""

    clip: Clip | None = None
    voices: Mapping[str, Voice] = field(default_factory=dict)
    music: Path | None = None


class Mix:
    """The sound of a whole film."""

    def __init__(self, plan: Plan, sources: Sources) -> None:
        """Measure the centre's video and music. Raises InputError when they cannot be read."""
        self._plan, self._sources = plan, sources
        self._speeches = [s for s in plan.speeches if s.passage in sources.voices]
        self._gains: dict[str, float] = {}
        first = plan.scenes[0]
        self._filmed = first if first.kind == "video" else None
        self._loud = SILENT
        if self._filmed:
            heard = islice(self._shown(self._filmed), self._filmed.duration)
            self._loud = loudness.measured(heard).integrated
        self._music = bed.factor(sources.music) if sources.music else 1.0

    @property
    def spoken(self) -> bool:
        """If there are voices, or a video that is not silent."""
        return self._loud > SILENT or bool(self._speeches)

    @property
    def levelled(self) -> bool:
        """If there is more to hear than signals."""
        return self.spoken or bool(self._sources.music) or not self._filmed

    def between(self, begin: int, end: int) -> Iterator[Block]:
        """What is heard from second `begin` of the film to second `end`, a second a block.

        Raises InputError when a source cannot be read.
        """
        tracks = [music.signals(self._plan), self._voices()]
        spoken = [(s.start, s.start + s.seconds) for s in self._speeches]
        if self._filmed and self._loud > SILENT:
            spoken.append((self._filmed.start, self._filmed.end))
            tracks.append(self._video(self._filmed, begin))
        ground = self._ground()
        if ground:
            tracks.append(bed.ducked(ground, spoken))
        for second in range(begin, end):
            block = np.zeros((2, SAMPLES), np.float32)
            for track in tracks:
                block += track(second)
            yield block

    def _ground(self) -> Track | None:
        """What is heard when nobody speaks: the centre's music, or the tool's under its scenes."""
        if self._sources.music:
            return bed.under(self._plan, self._sources.music, self._music)
        return None if self._filmed else music.bed(self._plan)

    def _voices(self) -> Track:
        said: dict[str, Sound] = {}

        def heard(second: int) -> Block:
            now = [s for s in self._speeches if s.start - 1 < second < s.start + s.seconds]
            for id_ in said.keys() - {speech.passage for speech in now}:
                del said[id_]  # two minutes of voice are 46 MB
            for speech in now:
                if speech.passage not in said:
                    said[speech.passage] = Sound(speech.start, self._said(speech.passage))
            return music.placed(said.values(), second)

        return heard

    def _said(self, passage: str) -> Block:
        """A passage at its level; both passes of the film's sound need it."""
        samples = self._sources.voices[passage].samples()
        sound = np.stack([samples, samples])
        if passage not in self._gains:
            loud = loudness.measured([sound]).integrated
            self._gains[passage] = loudness.gain(loud, HOUSE, _MOST_FOR_VOICE)
        return sound * np.float32(self._gains[passage])

    def _video(self, scene: Scene, begin: int) -> Track:
        blocks = islice(self._shown(scene), begin - scene.start, None)
        factor = np.float32(loudness.gain(self._loud, HOUSE, _MOST_FOR_VIDEO))

        def heard(second: int) -> Block:
            if second < scene.end:
                return next(blocks) * factor
            return np.zeros((2, SAMPLES), np.float32)

        return heard

    def _shown(self, scene: Scene) -> Iterator[Block]:
        """The video's sound for as long as `scene`, a second a block."""
        if self._sources.clip is None:
            return iter(())
        return seconds(exactly(filmed.sound(self._sources.clip), scene.duration * SAMPLES))


def exactly(blocks: Iterable[Block], samples: int) -> Iterator[Block]:
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
