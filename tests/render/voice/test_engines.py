"""The engines, which are the real programs."""

import os
import sys
from pathlib import Path

import numpy as np
import pytest

from capsule import model, plan
from capsule.cache import Cache
from capsule.errors import UnavailableError
from capsule.render import voice
from capsule.render.voice import RATE
from capsule.render.voice.engines import Engine, Espeak, Piper

MODEL = Path(__file__).with_name("voix.onnx")  # a hum, as long as the text


@pytest.fixture
def programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Find Piper, which was installed beside Python."""
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")


@pytest.mark.usefixtures("programs")
@pytest.mark.parametrize("engine", [Espeak("fr"), Piper(MODEL)])
def test_each_line_has_its_sound(engine: Engine) -> None:
    lines = ["Bonjour.", "- Dix minutes ensemble, avant d'ouvrir la formation.", "« Et vous ? »"]
    sounds = engine.speak(lines)
    assert len(sounds) == 3
    assert all(np.abs(sound).max() > 0.1 for sound in sounds)
    assert len(sounds[1]) > 2 * len(sounds[0]) > RATE // 2
    assert all(map(np.array_equal, engine.speak(lines), sounds))


@pytest.mark.usefixtures("programs")
def test_a_key_tells_the_voice() -> None:
    assert "1." in Espeak("fr").key
    assert len({Espeak("fr").key, Espeak("en").key, Piper(MODEL).key}) == 3


def test_a_language_that_the_engine_does_not_know() -> None:
    with pytest.raises(UnavailableError, match=r"espeak-ng could not speak the texts: .*voice"):
        Espeak("xx").speak(["Bonjour."])


@pytest.mark.usefixtures("programs")
def test_a_voice_file_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "voix.onnx").write_bytes(b"nothing")
    (tmp_path / "voix.onnx.json").write_bytes(MODEL.with_name("voix.onnx.json").read_bytes())
    with pytest.raises(UnavailableError, match=r"piper could not speak the texts: .*Protobuf"):
        Piper(tmp_path / "voix.onnx").speak(["Bonjour."])


@pytest.mark.parametrize(
    ("engine", "how"),
    [(Espeak("fr"), "apt install espeak-ng"), (Piper(MODEL), "pip install piper-tts")],
)
def test_an_engine_that_is_not_installed(
    engine: Engine, how: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UnavailableError, match=how):
        engine.speak(["Bonjour."])


def test_the_source_chooses_the_engine(tmp_path: Path) -> None:
    assert voice.engine(model.Voice(), "fr", tmp_path) is None
    assert voice.engine(model.Voice(engine="espeak-ng"), "fr", tmp_path) == Espeak("fr")
    piper = voice.engine(model.Voice(engine="piper", model="a.onnx"), "fr", tmp_path)
    assert piper == Piper(tmp_path / "a.onnx")


def test_sentences_start_at_their_marks(message: plan.Passage, cache: Cache) -> None:
    made = voice.spoken([message], Espeak("fr"), "fr", cache)["message"]
    samples = made.samples()
    assert len(samples) == pytest.approx(made.voiced.seconds * RATE, abs=RATE / 1000)
    starts, ends = made.voiced.marks[::2], made.voiced.marks[1::2]
    assert starts[0] == (0, 0.0)
    for (_before, end), (at, start) in zip(ends[:-1], starts[1:], strict=True):
        assert message.text[at - 1] == " "
        silence = samples[round(end * RATE) : round(start * RATE)]
        assert len(silence) / RATE == pytest.approx(0.45, abs=0.002)
        assert np.abs(silence[48:-48]).max() < 1e-4
        assert np.abs(samples[round(start * RATE) :][: RATE // 5]).max() > 0.02


def test_a_voice_is_made_again_when_the_cache_has_lost_it(
    message: plan.Passage, cache: Cache
) -> None:
    first = voice.spoken([message], Espeak("fr"), "fr", cache)["message"]
    kept = first.samples()
    cache.clear()
    assert np.array_equal(first.samples(), kept)
    again = voice.spoken([message], Espeak("fr"), "fr", cache)["message"]
    assert (again.digest, again.voiced) == (first.digest, first.voiced)


def test_what_is_kept_needs_no_engine(
    message: plan.Passage, cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = voice.spoken([message], Espeak("fr"), "fr", cache)
    monkeypatch.setattr(Espeak, "speak", None)
    again = voice.spoken([message], Espeak("fr"), "fr", cache)
    assert again["message"].voiced == first["message"].voiced
    assert np.array_equal(again["message"].samples(), first["message"].samples())


def test_emoji_and_empty_texts_are_left_out(cache: Cache) -> None:
    texts = ["", "🚀", "Oui."]
    passages = [plan.Passage(f"p{n}", 0, 9, text, None, ()) for n, text in enumerate(texts)]
    assert set(voice.spoken(passages, Espeak("fr"), "fr", cache)) == {"p2"}
