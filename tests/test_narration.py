"""A capsule that speaks: recordings found, sentences and captions together, silences said."""

import shutil
import subprocess
from itertools import pairwise
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest

from capsule import narration, plan, project
from capsule.cache import Cache
from capsule.errors import UnavailableError
from capsule.render.voice import RATE

from .small import SMALL, changed, faults

SILENT = (
    "%s: nothing is heard from %s (no voice); record it (capsule script) or choose an engine"
    " under film: voice:"
)


def record(target: Path, seconds: float, level: str = "-20dB") -> Path:
    """A recording in which something is heard for `seconds`."""
    target.parent.mkdir(exist_ok=True)
    sound = f"sine=f=200:d={seconds},volume={level},apad=pad_dur=1"
    program = imageio_ffmpeg.get_ffmpeg_exe()
    made = ["-v", "error", "-y", "-f", "lavfi", "-i", sound, str(target)]
    subprocess.run([program, *made], check=True)
    return target


ROOMY = (
    ("20 s", "32 s"),
    ("for: 2 s}, {do", "for: 8 s}, {do"),
    ("2 s\n    title: À garder", "8 s\n    title: À garder"),
)
ENGINE = "film: {voice: {engine: espeak-ng}}\n"


@pytest.fixture(scope="module")
def starter(tmp_path_factory: pytest.TempPathFactory) -> project.Project:
    """The starter, spoken by espeak-ng."""
    folder = project.new("tous-concernes", tmp_path_factory.mktemp("starter") / "s")
    source = folder / "capsule.yaml"
    source.write_text(ENGINE + source.read_text(encoding="utf-8"), encoding="utf-8")
    return project.open_project(folder)


def test_every_passage_of_the_starter_is_spoken_in_its_time(starter: project.Project) -> None:
    assert set(starter.voices) == {passage.id for passage in starter.plan.passages}
    for speech, passage in zip(starter.plan.speeches, starter.plan.passages, strict=True):
        assert passage.start <= speech.start
        assert speech.start + speech.seconds <= passage.start + passage.room
    assert starter.remarks == ()


def test_captions_start_with_the_sentences(starter: project.Project) -> None:
    """Each cue that begins a sentence does so where its voice comes back after a silence."""
    speech = next(s for s in starter.plan.speeches if s.passage == "message")
    samples = starter.voices["message"].samples()
    power = np.abs(samples[: len(samples) // 480 * 480]).reshape(-1, 480).max(axis=1)
    quiet = np.convolve(power < 0.003, np.ones(35), "full")[: len(power)] >= 35
    backs = np.flatnonzero(quiet[:-1] & ~quiet[1:]) * 480 / RATE + speech.start
    message = starter.plan.parts[1].cues
    ends = [".", "!", "?"]
    firsts = [b for a, b in pairwise(message) if a.text[-1] in ends]
    assert len(firsts) > 8
    assert all(np.abs(backs - cue.start).min() < 0.3 for cue in firsts)
    assert all(a.end <= b.start for a, b in pairwise(message))


def test_points_come_in_as_they_are_said(starter: project.Project) -> None:
    message = next(scene for scene in starter.plan.scenes if scene.id == "message")
    for beat, words in zip(message.beats, ["Premier", "Deuxième", "Troisième"], strict=True):
        cue = next(c for c in message.cues if words in c.text)
        assert cue.start - message.start - 0.5 <= beat <= cue.end - message.start + 2


def test_a_folder_of_recordings_comes_before_the_engine(tmp_path: Path) -> None:
    record(tmp_path / "voix" / "Synthesis.m4a", 2)
    opened = project.open_project(changed(tmp_path, *ROOMY, head=ENGINE))
    synthesis = opened.plan.speeches[-1]
    assert synthesis.passage == "synthesis"
    assert synthesis.seconds == pytest.approx(2.3, abs=0.15)
    assert len(opened.voices) == len(opened.plan.passages)


def test_the_parts_without_a_sound_are_told(tmp_path: Path) -> None:
    opened = project.open_project(changed(tmp_path))
    assert opened.voices == {}
    assert opened.remarks == (
        SILENT % ("Message", "0:10 to 0:14"),
        SILENT % ("Debrief", "0:14 to 0:20"),
    )


def test_a_passage_that_was_forgotten_is_told(tmp_path: Path) -> None:
    record(tmp_path / "voix" / "synthesis.ogg", 1)
    opened = project.open_project(changed(tmp_path))
    assert (
        "Debrief: no voice says question-1, question-1-2; record it (capsule script)"
        in opened.remarks
    )


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("sinthesis.m4a", "sinthesis.m4a is not used; did you mean synthesis?"),
        ("synthesis.aiff", "synthesis.aiff is not used; save it as synthesis.m4a or synthesis.wav"),
        ("zzz.mp3", "zzz.mp3 is not used; capsule script tells the names"),
    ],
)
def test_recordings_that_nothing_takes(tmp_path: Path, name: str, told: str) -> None:
    for file in (name, "lisez-moi.txt", ".DS_Store"):
        (tmp_path / "voix").mkdir(exist_ok=True)
        (tmp_path / "voix" / file).touch()
    remarks = project.open_project(changed(tmp_path)).remarks
    assert [remark for remark in remarks if "not used" in remark] == [f"voix/{told}"]


def test_a_narration_longer_than_its_scene(tmp_path: Path) -> None:
    record(tmp_path / "voix" / "synthesis.m4a", 7)
    [fault] = faults(changed(tmp_path))
    line, column, *_rest = fault.split(":")
    content = (tmp_path / "capsule.yaml").read_text(encoding="utf-8").splitlines()
    assert "duration" in content[int(line) - 1][int(column) - 1 :]
    assert fault.endswith(
        "the narration lasts 8 s and its scene 2 s; lengthen the scene, shorten the text,"
        " or speak faster"
    )


def test_recordings_named_by_the_source(tmp_path: Path) -> None:
    record(tmp_path / "moi été.wav", 1)
    told = ("commitment:", "narration: moi été.wav\n    commitment:")
    opened = project.open_project(changed(tmp_path, told))
    assert set(opened.voices) == {"synthesis"}


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "there is no file x.wav"),
        (b"", "x.wav cannot be read as sound"),
        (b"nothing like a sound", "x.wav cannot be read as sound"),
    ],
)
def test_a_recording_that_is_none_is_told_where_it_is_named(
    tmp_path: Path, content: bytes | None, told: str
) -> None:
    if content is not None:
        (tmp_path / "x.wav").write_bytes(content)
    [fault] = faults(changed(tmp_path, ("commitment:", "narration: x.wav\n    commitment:")))
    assert told in fault
    line = int(fault.split(":")[0])
    lines = (tmp_path / "capsule.yaml").read_text(encoding="utf-8").splitlines()
    assert "x.wav" in lines[line - 1]


def test_a_silent_recording_of_the_folder_is_told_by_its_name(tmp_path: Path) -> None:
    record(tmp_path / "voix" / "synthesis.m4a", 2, "-100dB")
    [fault] = faults(changed(tmp_path))
    assert fault.startswith(str(tmp_path / "voix" / "synthesis.m4a") + ": nothing is heard in")


def test_a_recording_without_its_text_has_no_captions(tmp_path: Path) -> None:
    record(tmp_path / "x.wav", 1)
    told = ("narration: C'est du bon sens. On essaie.", "narration: x.wav")
    remarks = project.open_project(changed(tmp_path, told)).remarks
    assert 'message: the recording has no captions; write what it says, as "text:"' in remarks


def test_an_engine_that_is_missing_is_told_after_the_faults(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UnavailableError, match="espeak-ng, which is to speak"):
        project.open_project(changed(tmp_path, head=ENGINE))
    assert "the parts last" in faults(changed(tmp_path, ("20 s", "10 min"), head=ENGINE))[0]


@pytest.mark.parametrize(
    ("head", "told"),
    [
        ("film: {voice: {engine: piper, model: v.onnx}}\n", ["v.onnx", "v.onnx.json"]),
        ("film: {voice: {recordings: sons}}\n", ["sons"]),
        ("film: {music: {file: air.mp3}}\n", ["air.mp3"]),
    ],
)
def test_media_of_the_film_that_are_not_there(tmp_path: Path, head: str, told: list[str]) -> None:
    found = faults(changed(tmp_path, head=head))
    assert len(found) == len(told)
    for fault, name in zip(sorted(found, key=len), told, strict=True):
        assert fault.startswith("1:")
        assert name in fault


def test_music_that_is_none_is_told_where_it_is_named(tmp_path: Path) -> None:
    (tmp_path / "air.mp3").write_bytes(b"no music")
    [fault] = faults(changed(tmp_path, head="film: {music: {file: air.mp3}}\n"))
    assert fault.startswith("1:22: air.mp3 cannot be read as sound")


def test_music_is_a_sound(tmp_path: Path) -> None:
    record(tmp_path / "air.ogg", 1)
    head = "film: {music: {file: air.ogg, parts: [message, debrief]}}\n"
    opened = project.open_project(changed(tmp_path, head=head))
    assert opened.music == tmp_path / "air.ogg"
    assert opened.remarks == ()


def test_the_script_tells_what_is_left(tmp_path: Path) -> None:
    record(tmp_path / "voix" / "synthesis.m4a", 7)
    record(tmp_path / "voix" / "question-1.m4a", 1, "-100dB")
    lines = project.script(changed(tmp_path), Cache(tmp_path / "cache"))
    by_id = {line.passage.id: line for line in lines}
    assert by_id["synthesis"].too_long
    assert by_id["question-1"].recorded == 0
    left = [line for line in lines if line.recorded is None]
    assert all(line.file == f"voix/{line.passage.id}.m4a" for line in left)
    assert isinstance(lines[0], narration.Line)
    assert by_id["synthesis"].data["recorded"] == pytest.approx(7.35, abs=0.1)


def test_the_voices_of_two_openings_are_the_same(tmp_path: Path) -> None:
    folder = changed(tmp_path, *ROOMY, head=ENGINE)
    first, second = (project.open_project(folder, cache=Cache(tmp_path / n)) for n in "ab")
    assert [v.digest for v in first.voices.values()] == [v.digest for v in second.voices.values()]
    shutil.rmtree(tmp_path / "a")
    for id_, voice in first.voices.items():
        assert np.array_equal(voice.samples(), second.voices[id_].samples())
    assert isinstance(first.plan.speeches[0], plan.Speech)


def test_captions_that_nobody_can_read_are_told(tmp_path: Path) -> None:
    text = "message: {duration: 4 s, statement: S, points: [{title: T, text: T}], narration: %s}\n"
    source = (SMALL / "capsule.yaml").read_text(encoding="utf-8")
    begin, end = source.index("message:"), source.index("debrief:")
    said = text % ("Encore un mot. " * 20)
    (tmp_path / "capsule.yaml").write_text(source[:begin] + said + source[end:], encoding="utf-8")
    remarks = project.open_project(tmp_path).remarks
    assert any("message: its captions go by too fast" in remark for remark in remarks)
