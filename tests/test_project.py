"""What only shows once the source is planned: durations, media, texts too long for their place."""

import io
import json
import shutil
import subprocess
from pathlib import Path

import imageio_ffmpeg
import pytest
from PIL import Image

from capsule import plan, project
from capsule.errors import CapsuleError

from .small import SMALL, changed, faults

FILMED = """intro:
  title: Notre film
  video: notre film.mp4
"""


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("film") / "film.mp4"
    made = ["-f", "lavfi", "-i", "testsrc2=s=320x240:r=15:d=3.2", "-c:v", "libx264", str(target)]
    subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", *made], check=True)
    return target


def filmed(folder: Path, more: str = "") -> Path:
    """The small capsule with the centre's own video, of three seconds, instead of scenes."""
    content = (SMALL / "capsule.yaml").read_text(encoding="utf-8").replace("20 s", "13 s")
    head, tail = content[: content.index("intro:")], content[content.index("message:") :]
    (folder / "capsule.yaml").write_text(head + FILMED + more + tail, encoding="utf-8")
    return folder


def test_a_scene_that_takes_several_slides_is_told_with_its_line() -> None:
    folder = SMALL.parent / "german"
    told = [r for r in project.open_project(folder).remarks if "split" in r]

    assert told == [
        f"{folder / 'capsule.yaml'}:{line}: the {what} was split over 2 slides; shorten its texts"
        " to have it on fewer"
        for line, what in [("16:5", "message"), ("24:7", "question"), ("42:7", "synthesis")]
    ]


def test_a_text_that_no_slide_can_hold_is_told_with_its_line(tmp_path: Path) -> None:
    step = "{do: Comparez., for: 2 s}"
    long = "{do: " + "Comparez encore. " * 30 + ", for: 1 s}"
    folder = changed(tmp_path, (step, f"{long}, {long}"))
    assert [fault.split(": ", 1)[1] for fault in faults(folder)] == [
        "the text does not fit its place, even in small type; shorten it"
    ] * 2


def test_a_plan_of_another_length_names_the_parts(tmp_path: Path) -> None:
    [fault] = faults(changed(tmp_path, ("20 s", "10 min")))
    assert fault == (
        "5:11: the parts last 0:20 and not 10:00 (intro 0:10, message 0:04, debrief 0:06);"
        " lengthen them by 9:40"
    )


def test_faults_of_every_kind_come_together(tmp_path: Path) -> None:
    words = "Pourquoi " * 80
    found = faults(
        changed(
            tmp_path, ("20 s", "19 s"), ("statement: ", f"statement: {words}"), ("note", "nota")
        )
    )
    assert [fault.split(":")[0] for fault in found] == ["5", "22", "27"]
    assert "does not fit its place" in found[1]


def test_signs_that_the_film_cannot_show_are_named(tmp_path: Path) -> None:
    found = faults(changed(tmp_path, ("snag: Il", "snag: 日 🚀 Il"), ("note: Dites", "note: 日")))
    assert found == ["14:66: the film has no picture for 日 (U+65E5); remove it"]


def test_the_centre_s_own_video(tmp_path: Path, film: Path) -> None:
    shutil.copy(film, tmp_path / "notre film.mp4")
    opened = project.open_project(filmed(tmp_path))
    assert opened.plan.parts[0].duration == 3
    assert opened.video == tmp_path / "notre film.mp4"


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "cannot be read"), (b"not a film" * 99, "cannot be read")],
)
def test_a_video_that_is_none(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "notre film.mp4").write_bytes(content)
    [fault] = faults(filmed(tmp_path))
    assert said in fault


def test_a_video_that_is_not_there(tmp_path: Path) -> None:
    assert faults(filmed(tmp_path)) == [
        "10:10: there is no file notre film.mp4; put it beside capsule.yaml, or correct its name"
    ]


def test_a_video_far_from_its_announced_length(tmp_path: Path, film: Path) -> None:
    shutil.copy(film, tmp_path / "notre film.mp4")
    found = faults(filmed(tmp_path, "  duration: 3 min\n"))
    assert "the intro is to last 3:00, and its video lasts 0:03" in found[1]


def test_captions_end_with_the_film(tmp_path: Path, film: Path) -> None:
    shutil.copy(film, tmp_path / "notre film.mp4")
    timed = "WEBVTT\n\n00:00.500 --> 00:09.000\nOui\n\n00:08.000 --> 00:09.000\nTrop tard\n"
    (tmp_path / "film.vtt").write_text(timed, encoding="utf-8")
    opened = project.open_project(filmed(tmp_path, "  captions: film.vtt\n"))
    assert opened.plan.parts[0].cues == (plan.Cue(0.5, 3, "Oui"),)


def test_a_trimmed_video_is_what_lies_between(tmp_path: Path, film: Path) -> None:
    shutil.copy(film, tmp_path / "notre film.mp4")
    timed = "WEBVTT\n\n00:00.000 --> 00:00.900\nTrop tôt\n\n00:00.500 --> 00:02.000\nOui\n"
    timed += "\n00:02.500 --> 00:09.000\nEncore\n\n00:03.100 --> 00:04.000\nTrop tard\n"
    (tmp_path / "film.vtt").write_text(timed, encoding="utf-8")
    content = filmed(tmp_path, '  captions: film.vtt\n  from: 1 s\n  to: "0:03"\n') / "capsule.yaml"
    content.write_text(content.read_text(encoding="utf-8").replace("13 s", "12 s"), "utf-8")
    opened = project.open_project(tmp_path)
    assert opened.plan.parts[0].duration == 2
    assert opened.plan.parts[0].cues == (plan.Cue(0, 1, "Oui"), plan.Cue(1.5, 2, "Encore"))


@pytest.mark.parametrize(
    ("trim", "fault"),
    [
        ("from: 3 s", "11:9: the video lasts 0:03; take it up at least a second before"),
        ("to: 4 s", "11:7: the video lasts 0:03; leave it at 0:03 or before"),
        (
            "from: 2 s, to: 2.5 s",
            "12:7: less than a second of the video is left between from and to; leave it later",
        ),
    ],
)
def test_a_trim_beyond_the_video(tmp_path: Path, film: Path, trim: str, fault: str) -> None:
    shutil.copy(film, tmp_path / "notre film.mp4")
    keys = "".join(f"  {key}\n" for key in trim.split(", "))
    assert fault in faults(filmed(tmp_path, keys))


def test_a_video_that_was_cut_can_be_shown_up_to_there(tmp_path: Path) -> None:
    whole, cut = tmp_path / "whole.mp4", tmp_path / "notre film.mp4"
    made = ["-f", "lavfi", "-i", "testsrc2=s=160x90:r=25:d=10", "-g", "25"]
    made += ["-movflags", "+faststart", str(whole)]
    subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", *made], check=True)
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    [fault] = faults(filmed(tmp_path))
    assert fault.startswith("10:10: the video announces 0:10, and can be read up to 0:0")
    assert "copy the file again or export it again, or write to: 0:0" in fault
    opened = project.open_project(filmed(tmp_path, f"  to: {fault[-4:]}\n  duration: 3 s\n"))
    assert opened.plan.parts[0].duration == 3


@pytest.mark.parametrize(
    ("kind", "mode"),
    [("PNG", "RGBA"), ("JPEG", "CMYK"), ("GIF", "P"), ("WEBP", "RGB"), ("TIFF", "1")],
)
def test_a_logo_of_any_kind_becomes_a_png(tmp_path: Path, kind: str, mode: str) -> None:
    Image.new(mode, (300, 100)).save(tmp_path / "logo.png", kind)
    opened = project.open_project(changed(tmp_path, ("  name: C", "  logo: logo.png\n  name: C")))
    assert opened.logo
    assert Image.open(io.BytesIO(opened.logo)).format == "PNG"


@pytest.mark.parametrize("content", [b"", b"<svg/>", b"\x89PNG\r\n\x1a\n" + b"\0" * 40])
def test_a_logo_that_is_no_picture(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "logo.png").write_bytes(content)
    [fault] = faults(changed(tmp_path, ("  name: C", "  logo: logo.png\n  name: C")))
    assert fault.startswith("7:9: logo.png is not a picture that can be read")


def test_media_that_are_not_there_are_all_named(tmp_path: Path) -> None:
    found = faults(changed(tmp_path, ("20 s", "19 s"), ("  name: C", "  logo: x.png\n  name: C")))
    assert [fault.split(";")[0] for fault in found][1] == "7:9: there is no file x.png"
    assert len(found) == 2


def test_captions_that_are_none(tmp_path: Path, film: Path) -> None:
    shutil.copy(film, tmp_path / "notre film.mp4")
    (tmp_path / "film.vtt").write_text("WEBVTT\n\n1:2:3 --> bientôt\nOui\n", encoding="utf-8")
    [fault] = faults(filmed(tmp_path, "  captions: film.vtt\n"))
    assert "film.vtt:3" in fault


def test_a_new_capsule_is_complete_and_can_be_planned(tmp_path: Path) -> None:
    made = project.new("tous-concernes", tmp_path / "été" / "ma capsule")
    assert project.open_project(made).plan.duration == 600
    schema = json.loads((made / project.SCHEMA_NAME).read_text(encoding="utf-8"))
    assert schema["properties"]["intro"]
    assert (made / ".gitignore").is_file()


def test_a_new_capsule_never_covers_another(tmp_path: Path) -> None:
    (tmp_path / "capsule.yaml").touch()
    with pytest.raises(CapsuleError, match="is there already"):
        project.new("tous-concernes", tmp_path)
    assert list(tmp_path.iterdir()) == [tmp_path / "capsule.yaml"]


def test_a_new_capsule_may_fill_an_empty_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    project.new("tous-concernes", Path())
    assert project.open_project(Path()).plan.duration == 600
