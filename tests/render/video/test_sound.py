"""What is heard: measured on the decoded AAC."""

import pickle
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
import pytest

from capsule import model, plan
from capsule.errors import InputError
from capsule.render.video import bed, loudness, mixing, music, sound
from capsule.render.video.clip import Clip
from capsule.render.video.filmed import SAMPLES
from capsule.render.video.loudness import Block, Loudness
from capsule.render.video.sound import Sources

from .conftest import Make


@dataclass(frozen=True)
class Hum:
    """A voice: syllables of a given peak level, or none."""

    level: float
    seconds: float
    digest: str = "hum"

    @property
    def samples(self) -> Callable[[], np.ndarray]:
        return self._samples

    def _samples(self) -> np.ndarray:
        at = np.arange(round(self.seconds * SAMPLES)) / SAMPLES
        whole = sum(np.sin(2 * np.pi * 180 * n * at + n * n) / n for n in range(1, 9))
        whole *= np.clip(np.sin(2 * np.pi * 3 * at) + 0.4, 0, None)
        level = np.float32(10 ** (self.level / 20) / np.abs(whole).max())
        return np.asarray(whole * level, np.float32)


def spoken(capsule: model.Capsule, filmed: plan.FilmedIntro | None = None) -> plan.Plan:
    """The plan of `capsule` with a voice of two seconds for the message and the question."""
    voiced = {id_: plan.Voiced(2.0) for id_ in ("message", "question-1")}
    return plan.make(capsule, filmed, voiced)


def heard(target: Path) -> np.ndarray:
    return np.concatenate(list(bed.decoded(target)), axis=1)


def measured(samples: np.ndarray) -> Loudness:
    return loudness.measured([np.ascontiguousarray(samples)], peak=True)


def within(samples: np.ndarray, begin: float, end: float) -> Loudness:
    return measured(samples[:, round(begin * SAMPLES) : round(end * SAMPLES)])


@pytest.fixture
def narrated(small: model.Capsule) -> model.Capsule:
    told = small.message.model_copy(
        update={"narration": model.Message.model_validate(
            {"duration": "4 s", "statement": "a", "points": [{"title": "a", "text": "b"}],
             "narration": "C'est du bon sens."}, context={}).narration}
    )  # fmt: skip
    return small.model_copy(update={"message": told})


@pytest.fixture
def filmed(narrated: model.Capsule) -> model.Capsule:
    return narrated.model_copy(update={"intro": model.Intro(title="Film", video="film.mp4")})


def test_the_starter_s_intro_is_at_the_house_level(starter_plan: plan.Plan, tmp_path: Path) -> None:
    target = tmp_path / "s.m4a"
    sound.write(starter_plan, starter_plan.parts[0].scenes, Sources(), target)
    with av.open(target) as container:
        assert container.duration == 180_000_000
    found = loudness.measured(bed.decoded(target), peak=True)
    assert found.integrated == pytest.approx(-16, abs=0.5)
    assert found.peak < -1


@pytest.mark.parametrize("level", [-36.0, -25.0, 12.0])
def test_a_voice_is_at_the_house_level_however_it_was_recorded(
    narrated: model.Capsule, tmp_path: Path, level: float
) -> None:
    made = spoken(narrated)
    voices = {"message": Hum(level, 2), "question-1": Hum(-9, 2)}
    sound.write(made, made.scenes, Sources(voices=voices), tmp_path / "s.m4a")
    samples = heard(tmp_path / "s.m4a")
    assert measured(samples).integrated == pytest.approx(-16, abs=0.5)
    assert measured(samples).peak < -1
    message, question = (
        within(samples, s.start, s.start + s.seconds).integrated for s in made.speeches
    )
    assert message == pytest.approx(question, abs=2)


@pytest.mark.parametrize(
    ("source", "level"),
    [
        ("sine=f=440:d=3,volume=-30dB", -16.0),
        ("anoisesrc=d=3:a=1:seed=1,volume=9dB", -16.0),
        ("anoisesrc=d=3:a=0.0003:seed=1", -50.0),
        ("anullsrc,atrim=duration=3", -69.0),
        ("anoisesrc=d=0.2:a=0.2:seed=1", None),
    ],
)
def test_the_centre_s_video_is_brought_to_the_level(
    filmed: model.Capsule, make: Make, tmp_path: Path, source: str, level: float | None
) -> None:
    inputs = ("-f", "lavfi", "-i", "color=s=64x64:r=5:d=3", "-f", "lavfi", "-i", source)
    film = make("film son.mp4", *inputs, "-c:v", "libx264", "-c:a", "aac", "-b:a", "192k")
    made = plan.make(filmed, plan.FilmedIntro(3))
    sound.write(made, made.scenes, Sources(Clip(film)), tmp_path / "s.m4a")
    samples = heard(tmp_path / "s.m4a")
    found = within(samples, 0, 2.9)
    assert found.peak < -1
    if level == -16:
        assert measured(samples).integrated == pytest.approx(-16, abs=0.5)
    elif level is not None:  # what is nearly silent stays so
        assert found.integrated < level


def test_chimes_alone_are_left_as_they_are(
    filmed: model.Capsule, make: Make, tmp_path: Path
) -> None:
    film = make("muet.mp4", "-f", "lavfi", "-i", "color=s=64x64:r=5:d=3", "-c:v", "libx264")
    made = plan.make(filmed, plan.FilmedIntro(3, sound=False))
    sound.write(made, made.scenes, Sources(Clip(film)), tmp_path / "s.m4a")
    assert -40 < measured(heard(tmp_path / "s.m4a")).integrated < -20


def test_signals_sit_below_the_voice(narrated: model.Capsule, tmp_path: Path) -> None:
    made = spoken(narrated)
    voices = {"message": Hum(-9, 2), "question-1": Hum(-9, 2)}
    sound.write(made, made.scenes, Sources(voices=voices), tmp_path / "s.m4a")
    samples = heard(tmp_path / "s.m4a")
    chime = within(samples, made.parts[1].start, made.parts[1].start + 0.4).integrated
    gong = within(samples, made.questions[0].end, made.questions[0].end + 1).integrated
    assert -29 < chime < -20
    assert -29 < gong < -20


def test_the_bed_makes_room_for_the_voice() -> None:
    flat = bed.ducked(lambda _second: np.ones((2, SAMPLES), np.float32), [(2.5, 4.5)])
    level = 20 * np.log10(np.concatenate([flat(second) for second in range(7)], axis=1)[0])

    def at(second: float) -> float:
        return float(level[round(second * SAMPLES)])

    assert at(2.2) == 0
    assert at(2.4) == pytest.approx(-6, abs=0.1)
    assert at(2.6) == at(4.4) == pytest.approx(-12, abs=0.01)
    assert at(4.8) == pytest.approx(-6, abs=0.1)
    assert at(5.2) == 0
    assert np.abs(np.diff(level)).max() < 0.01


@pytest.fixture
def scored(narrated: model.Capsule) -> model.Capsule:
    film = model.Film(music=model.Music(file="m.wav", parts=["intro", "debrief"]))
    return narrated.model_copy(update={"film": film})


def test_music_loops_under_its_parts_and_fades(scored: model.Capsule, make: Make) -> None:
    song = make("m.wav", "-f", "lavfi", "-i", "anoisesrc=d=3.3:a=0.1:seed=1")
    made = plan.make(scored)
    mix = mixing.Mix(made, Sources(music=song))
    samples = np.concatenate(list(mix.between(0, 20)), axis=1)
    power = np.sqrt(np.square(samples).reshape(2, -1, SAMPLES // 10).mean(axis=(0, 2)))
    intro = power[10:70]
    assert intro.max() / intro.min() < 2  # never a hole where it begins again
    assert measured(samples[:, SAMPLES : 7 * SAMPLES]).integrated == pytest.approx(-18, abs=2.5)
    assert power[0] < intro.min() / 5
    assert power[99] < intro.min() / 5
    assert power[130] < 0.002
    assert power[165] > 0.02


def test_later_seconds_are_those_of_the_whole(scored: model.Capsule, make: Make) -> None:
    song = make("m.wav", "-f", "lavfi", "-i", "sine=f=220:d=1.3")
    made = spoken(scored)
    mix = mixing.Mix(made, Sources(voices={"message": Hum(-9, 2)}, music=song))
    whole = list(mix.between(0, 20))
    assert all(map(np.array_equal, mix.between(11, 20), whole[11:]))


def test_music_that_is_none(scored: model.Capsule, tmp_path: Path) -> None:
    (tmp_path / "m.mp3").write_bytes(b"no music")
    made = plan.make(scored)
    with pytest.raises(InputError, match=r"m\.mp3 cannot be read as sound"):
        sound.write(made, made.scenes, Sources(music=tmp_path / "m.mp3"), tmp_path / "s.m4a")


def test_the_same_input_gives_the_same_bytes(narrated: model.Capsule, tmp_path: Path) -> None:
    made = spoken(narrated)
    sources = pickle.loads(pickle.dumps(Sources(voices={"message": Hum(-20, 2)})))
    for name in ("a.m4a", "b.m4a"):
        sound.write(made, made.scenes, sources, tmp_path / name)
    assert (tmp_path / "a.m4a").read_bytes() == (tmp_path / "b.m4a").read_bytes()


def test_the_key_holds_what_is_heard_and_nothing_else(filmed: model.Capsule) -> None:
    def key(capsule: model.Capsule, sources: Sources, seconds: int = 7) -> str:
        made = spoken(capsule, plan.FilmedIntro(seconds))
        return sound.key(made, made.scenes, sources, lambda path: path.name)

    voices = {"message": Hum(-20, 2)}
    first = key(filmed, Sources(Clip(Path("a")), voices))
    question = filmed.debrief.questions[0].model_copy(update={"ask": "Autre question"})
    debrief = filmed.debrief.model_copy(update={"questions": [question]})
    other = filmed.model_copy(update={"debrief": debrief, "title": "Autre titre"})
    assert key(other, Sources(Clip(Path("a")), voices)) == first
    changed = [
        Sources(Clip(Path("b")), voices),
        Sources(Clip(Path("a"), 1.0), voices),
        Sources(Clip(Path("a")), {"message": Hum(-20, 2, "another")}),
        Sources(Clip(Path("a")), voices, Path("song")),
    ]
    keys = {key(filmed, sources) for sources in changed}
    assert len({*keys, first, key(filmed, Sources(Clip(Path("a")), voices), 8)}) == 6


def test_blocks_join_without_a_click(starter_plan: plan.Plan) -> None:
    tracks = [music.bed(starter_plan), music.signals(starter_plan)]
    whole = np.concatenate([sum(t(s) for t in tracks) for s in range(60, 66)], axis=1)
    seams = np.abs(np.diff(whole, axis=1)).max(axis=0)[SAMPLES - 1 :: SAMPLES]
    assert whole.dtype == np.float32
    assert seams.max() < 0.05


def test_chimes_and_gongs_ring_where_parts_begin_and_questions_end(
    starter_plan: plan.Plan,
) -> None:
    signals = music.signals(starter_plan)
    ringing = [part.start for part in starter_plan.parts[1:]]
    ringing += [question.end for question in starter_plan.questions]
    assert all(np.abs(signals(second)).max() > 0.05 for second in ringing)
    assert np.abs(signals(starter_plan.parts[1].start + 60)).max() == 0.0


@pytest.mark.parametrize("seconds", [1, 7])
def test_a_sound_that_is_cut_fades(seconds: int) -> None:
    blocks: list[Block] = [np.ones((2, 4096), np.float32) for _ in range(200)]
    cut = np.concatenate(list(mixing.exactly(blocks, seconds * SAMPLES)), axis=1)
    assert cut.shape == (2, seconds * SAMPLES)
    assert cut[0, -1] < 0.001
    assert cut[0, -9600] > 0.99
