"""How a passage is said, by a recording or by an engine: its sound, and its times for captions."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import av
import numpy as np
from numpy.typing import NDArray

from capsule import __version__, digests, model
from capsule.cache import Cache
from capsule.plan import Passage, Voiced
from capsule.render.voice import aligned, listening
from capsule.render.voice.engines import Engine, Espeak, Piper, config_of
from capsule.render.voice.listening import RATE, Samples
from capsule.render.voice.speech import Sentence, sentences_of

__all__ = [
    "RATE",
    "Samples",
    "Voice",
    "config_of",
    "engine",
    "playable",
    "recorded",
    "spoken",
]

_PAUSE = 0.45  # seconds between two sentences that an engine speaks
_FAINT = 0.003  # of full scale; what an engine makes has no noise
_AROUND = 480  # samples left around a sentence, so that its ends stay whole
_PEAK = 32768  # of 16 bits, as sounds are kept

Timing = list[tuple[float, float]]  # start and end of each sentence, in seconds


@dataclass(frozen=True)
class Voice:
    """A passage as it is said.

    `digest` is the hash of all that its sound depends on; `samples` gives that sound, 48,000
    samples a second on one channel, taken from where it is kept or made again.
    """

    digest: str
    voiced: Voiced
    samples: Callable[[], Samples]


def recorded(passage: Passage, file: Path, language: str, cache: Cache) -> Voice:
    """`passage` as `file` says it. Raises InputError when nobody can be heard in it."""
    digest = _digest("recorded", digests.of_file(file))
    said = sentences_of(passage.text, language)
    key = _digest("heard", digest, *(sentence.said for sentence in said))
    timing = _timing(cache, key)
    if timing is None:
        samples, pauses = listening.voice_of(file)
        seconds = round(len(samples) / RATE, 3)
        begin, end = listening.BEFORE, max(listening.BEFORE, seconds - listening.AFTER)
        timing = [*aligned.spans(said, pauses, begin, end), (0.0, seconds)]
        _keep_timing(cache, key, timing)
    *spans, (_start, seconds) = timing
    return Voice(digest, Voiced(seconds, _marks(said, spans)), partial(_listened, file))


def playable(file: Path) -> None:
    """Raise InputError unless `file` holds a sound that can be read."""
    next(listening.blocks(file), None)


def engine(voice: model.Voice, language: str, folder: Path) -> Engine | None:
    """The engine that `voice` asks for; `folder` is the source's."""
    if voice.model:
        return Piper(folder / voice.model)
    return Espeak(language) if voice.engine == "espeak-ng" else None


def spoken(
    passages: Iterable[Passage], speaker: Engine, language: str, cache: Cache
) -> dict[str, Voice]:
    """What `speaker` says of `passages`, by their ids; those with nothing to say are left out.

    Raises UnavailableError when the engine's program is missing or refuses.
    """
    cut = {passage.id: sentences_of(passage.text, language) for passage in passages}
    cut = {id_: sentences for id_, sentences in cut.items() if sentences}
    name = speaker.key if cut else ""
    lines = {id_: tuple(s.said for s in sentences) for id_, sentences in cut.items()}
    digests = {id_: _digest("spoken", name, *said) for id_, said in lines.items()}
    known = {id_: _timing(cache, digest) for id_, digest in digests.items()}
    new = {digests[id_]: lines[id_] for id_, timing in known.items() if timing is None}
    made = dict(_speak(new, speaker, cache)) if new else {}
    return {
        id_: Voice(
            digest,
            Voiced(timing[-1][1], _marks(cut[id_], timing)),
            partial(_again, digest, lines[id_], speaker, cache),
        )
        for id_, digest in digests.items()
        for timing in [known[id_] or made[digest]]
    }


def _speak(
    texts: Mapping[str, Sequence[str]], speaker: Engine, cache: Cache
) -> Iterator[tuple[str, Timing]]:
    """Have the sentences of all `texts`, by digest, spoken in one go; keep each, and its timing."""
    sounds = iter(speaker.speak([line for lines in texts.values() for line in lines]))
    for digest, lines in texts.items():
        samples, timing = _joined([_trimmed(next(sounds)) for _line in lines])
        _keep_sound(cache, digest, samples)
        _keep_timing(cache, digest, timing)
        yield digest, timing


def _joined(sounds: Sequence[Samples]) -> tuple[Samples, Timing]:
    """The sentences one after the other, rounded as they are kept, and the seconds of each."""
    pause = np.zeros(round(_PAUSE * RATE), np.float32)
    pieces: list[Samples] = []
    timing = []
    at = 0.0
    for sound in sounds:
        pieces += [sound, pause]
        timing.append((round(at, 3), round(at + len(sound) / RATE, 3)))
        at += (len(sound) + len(pause)) / RATE
    whole = _rounded(np.concatenate(pieces[:-1]))
    return whole.astype(np.float32) / np.float32(_PEAK), timing


def _rounded(samples: Samples) -> NDArray[np.int16]:
    return np.clip(np.round(samples * _PEAK), -_PEAK, _PEAK - 1).astype(np.int16)


def _trimmed(sound: Samples) -> Samples:
    """What an engine made of a sentence, without the silence around it."""
    heard = np.flatnonzero(np.abs(sound) > _FAINT)
    if not heard.size:
        return sound[:1]
    return sound[max(0, heard[0] - _AROUND) : heard[-1] + _AROUND]


def _listened(file: Path) -> Samples:
    return listening.voice_of(file)[0]


def _marks(sentences: Sequence[Sentence], timing: Timing) -> tuple[tuple[int, float], ...]:
    pairs = zip(sentences, timing, strict=True)
    marks = (((s.start, begin), (s.end, end)) for s, (begin, end) in pairs)
    return tuple(mark for both in marks for mark in both)


def _again(digest: str, lines: Sequence[str], speaker: Engine, cache: Cache) -> Samples:
    """The kept sound, or the same made again."""
    with TemporaryDirectory() as folder:
        kept = Path(folder, "voice.flac")
        if cache.take(_digest("sound", digest), kept):
            return listening.decoded(kept)
    samples, _timing = _joined([_trimmed(sound) for sound in speaker.speak(lines)])
    _keep_sound(cache, digest, samples)
    return samples


def _keep_sound(cache: Cache, digest: str, samples: Samples) -> None:
    with TemporaryDirectory() as folder:
        file = Path(folder, "voice.flac")
        with av.open(file, "w") as container:
            stream = container.add_stream("flac", rate=RATE, layout="mono")
            frame = av.AudioFrame.from_ndarray(_rounded(samples)[None], "s16", "mono")
            frame.sample_rate = RATE
            container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
        cache.keep(_digest("sound", digest), file)


def _timing(cache: Cache, digest: str) -> Timing | None:
    with TemporaryDirectory() as folder:
        file = Path(folder, "timing.json")
        if not cache.take(_digest("timing", digest), file):
            return None
        return [(begin, end) for begin, end in json.loads(file.read_bytes())]


def _keep_timing(cache: Cache, digest: str, timing: Timing) -> None:
    with TemporaryDirectory() as folder:
        file = Path(folder, "timing.json")
        file.write_text(json.dumps(timing), encoding="ascii")
        cache.keep(_digest("timing", digest), file)


def _digest(*parts: str) -> str:
    told = json.dumps([__version__, av.__version__, *parts])
    return hashlib.sha256(told.encode("ascii")).hexdigest()
