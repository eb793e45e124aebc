"""Recordings of every sort, and where their sentences are found."""

from pathlib import Path

import numpy as np
import pytest

from capsule import narration, plan
from capsule.cache import Cache
from capsule.errors import InputError
from capsule.render import voice
from capsule.render.voice import RATE

from .conftest import Record


@pytest.mark.parametrize("noise", [0.0, 0.004])
@pytest.mark.parametrize("pauses", [(0.35, 0.9, 0.5), (1.2, 0.3)])
def test_sentences_are_found_by_their_pauses(
    message: plan.Passage,
    said: list[np.ndarray],
    record: Record,
    tmp_path: Path,
    noise: float,
    pauses: tuple[float, ...],
) -> None:
    file = tmp_path / "message.m4a"
    starts = record(file, said, "-b:a", "64k", pauses=pauses, noise=noise)
    found = voice.recorded(message, file, "fr", Cache(tmp_path / "cache"))
    marks = [second for _at, second in found.voiced.marks[::2]]
    assert np.abs(np.array(marks) - (np.array(starts) - starts[0] + 0.1)).max() < 0.35
    assert [message.text[at:][:1].isupper() for at, _s in found.voiced.marks[::2]].count(True) > 15


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("m.wav", ["-ar", "8000"]),
        ("m.mp3", ["-ac", "2"]),
        ("m.ogg", ["-c:a", "libopus", "-ar", "48000"]),
        ("m.aac", []),
        ("m.flac", ["-ar", "96000"]),
        ("m.wma", ["-ar", "44100"]),
        ("m.3gp", ["-c:a", "aac", "-ar", "16000"]),
        ("m.m4a", ["-metadata", "title=Été"]),
    ],
)
def test_any_format_of_a_phone(
    said: list[np.ndarray], record: Record, cache: Cache, tmp_path: Path, name: str,
    options: list[str],
) -> None:  # fmt: skip
    file = tmp_path / name
    record(file, said[:2], *options)
    spoken = (len(said[0]) + len(said[1])) / RATE + 0.5
    passage = plan.Passage("m", 0, 60, "Une phrase. Une autre.", None, ())
    found = voice.recorded(passage, file, "fr", cache)
    assert found.voiced.seconds == pytest.approx(spoken + 0.35, abs=0.15)
    assert len(found.samples()) == pytest.approx(found.voiced.seconds * RATE, abs=48)


def test_what_is_damaged_is_left_out(
    said: list[np.ndarray], record: Record, cache: Cache, tmp_path: Path
) -> None:
    record(tmp_path / "m.mp3", said[:2])
    content = bytearray((tmp_path / "m.mp3").read_bytes())
    middle = len(content) // 2
    content[middle : middle + 600] = b"\x55" * 600
    (tmp_path / "m.mp3").write_bytes(content[:-100])
    passage = plan.Passage("m", 0, 60, "Une phrase.", None, ())
    found = voice.recorded(passage, tmp_path / "m.mp3", "fr", cache)
    spoken = (len(said[0]) + len(said[1])) / RATE + 0.5
    assert found.voiced.seconds == pytest.approx(spoken + 0.35, abs=0.6)


def test_a_recording_without_text_has_no_marks(
    said: list[np.ndarray], record: Record, cache: Cache, tmp_path: Path
) -> None:
    record(tmp_path / "m.wav", said[:1])
    passage = plan.Passage("m", 0, 60, "", "m.wav", ())
    assert voice.recorded(passage, tmp_path / "m.wav", "fr", cache).voiced.marks == ()


def test_another_recording_is_another_voice(
    said: list[np.ndarray], record: Record, cache: Cache, tmp_path: Path
) -> None:
    passage = plan.Passage("m", 0, 60, "Oui.", None, ())
    record(tmp_path / "m.wav", said[:1])
    first = voice.recorded(passage, tmp_path / "m.wav", "fr", cache)
    record(tmp_path / "m.wav", said[1:2])
    second = voice.recorded(passage, tmp_path / "m.wav", "fr", cache)
    assert first.digest != second.digest
    assert first.voiced.seconds != second.voiced.seconds


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "cannot be read as sound"),
        (b"not a sound" * 99, "cannot be read as sound"),
        (b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0", "cannot be read as sound"),
    ],
)
def test_a_file_that_is_no_sound(tmp_path: Path, cache: Cache, content: bytes, told: str) -> None:
    (tmp_path / "m.wav").write_bytes(content)
    with pytest.raises(InputError, match=f"m.wav {told}"):
        voice.recorded(plan.Passage("m", 0, 9, "", None, ()), tmp_path / "m.wav", "fr", cache)


@pytest.mark.parametrize("noise", [0.0, 0.0003])
def test_a_recording_of_nobody(record: Record, cache: Cache, tmp_path: Path, noise: float) -> None:
    record(tmp_path / "m.wav", [np.zeros(RATE * 2, np.float32)], noise=noise)
    with pytest.raises(InputError, match=r"nothing is heard in m\.wav"):
        voice.recorded(plan.Passage("m", 0, 9, "", None, ()), tmp_path / "m.wav", "fr", cache)


def test_the_tap_on_the_button_is_not_the_voice(
    said: list[np.ndarray], record: Record, cache: Cache, tmp_path: Path
) -> None:
    click = np.ones(RATE // 100, np.float32)
    record(tmp_path / "m.wav", [click, said[0]], pauses=[1.5])
    passage = plan.Passage("m", 0, 60, "Oui.", None, ())
    found = voice.recorded(passage, tmp_path / "m.wav", "fr", cache)
    assert found.voiced.seconds == pytest.approx(len(said[0]) / RATE + 0.35, abs=0.1)


def test_the_source_s_own_recording_comes_first(tmp_path: Path) -> None:
    folder = tmp_path / "voix"
    folder.mkdir()
    own = plan.Passage("message", 0, 9, "", "ailleurs/x.wav", ())
    other = plan.Passage("message", 0, 9, "", None, ())
    assert narration.recording(other, tmp_path, "voix") is None
    for name in ("Message.M4A", "message.mp3", "autre.wav"):
        (folder / name).touch()
    assert narration.recording(own, tmp_path, "voix") == tmp_path / "ailleurs" / "x.wav"
    assert narration.recording(other, tmp_path, "voix") == folder / "message.mp3"
