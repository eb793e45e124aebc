"""The whole content side on a small capsule: every file is there, opens, and repeats."""

import hashlib
import json
import os
import shutil
import subprocess
import zipfile
from pathlib import Path

import av
import imageio_ffmpeg
import pptx
import pytest
from PIL import Image

from capsule import __version__, build
from capsule.errors import InputError

SMALL = Path(__file__).parent / "capsules" / "small"
NAMES = [
    "essai.mp4",
    "essai.pptx",
    "essai.fr.vtt",
    "essai.fr.srt",
    "essai-transcript.html",
    "essai-web.zip",
    "essai-scorm12.zip",
    "essai-cmi5.zip",
]


FILMED = """intro:
  title: Notre film
  video: intro.mov
  captions: intro.srt
"""


def silent(_name: str, _done: float) -> None:
    """Show no progress."""


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = tmp_path_factory.mktemp("one") / "small"
    shutil.copytree(SMALL, project)
    build.build(project, None, build.ARTEFACTS, silent)
    return project / "dist"


def test_every_artefact_is_made_and_nothing_else(dist: Path) -> None:
    assert sorted(file.name for file in dist.iterdir()) == sorted([*NAMES, "build.json"])


def test_the_listing_tells_size_checksum_plan_and_version(dist: Path) -> None:
    listing = json.loads((dist / "build.json").read_text(encoding="utf-8"))
    assert [entry["name"] for entry in listing["files"]] == NAMES
    for entry in listing["files"]:
        content = (dist / entry["name"]).read_bytes()
        assert entry["bytes"] == len(content)
        assert entry["sha256"] == hashlib.sha256(content).hexdigest()
    assert listing["capsule"] == __version__
    assert listing["plan"]["duration"] == 20
    assert listing["plan"]["scenes"][-1]["start"] == 18


def test_the_same_source_gives_the_same_bytes_elsewhere_later(
    dist: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = tmp_path / "été & co"
    shutil.copytree(SMALL, project)
    os.utime(project / "capsule.yaml", (0, 0))
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    made = build.build(project / "capsule.yaml", tmp_path / "out", build.ARTEFACTS, silent)
    for file in made.files:
        assert file.read_bytes() == (dist / file.name).read_bytes(), file.name


def test_the_deck_plays_the_intro_alone_and_the_packages_the_whole_film(dist: Path) -> None:
    with zipfile.ZipFile(dist / "essai-scorm12.zip") as archive:
        assert archive.read("media/essai.mp4") == (dist / "essai.mp4").read_bytes()
    parts = pptx.Presentation(str(dist / "essai.pptx")).part.package.iter_parts()
    [film] = [part for part in parts if str(part.partname).endswith(".mp4")]
    assert len(film.blob) < (dist / "essai.mp4").stat().st_size


def test_a_file_is_the_same_alone_and_among_the_others(dist: Path, tmp_path: Path) -> None:
    for name in ("deck", "cmi5"):
        [file, _listing] = build.build(SMALL, tmp_path, [name], silent).files
        assert file.read_bytes() == (dist / file.name).read_bytes()


def test_an_interrupted_build_leaves_the_last_one(dist: Path) -> None:
    before = {file: file.read_bytes() for file in dist.iterdir()}

    def interrupt(name: str, done: float) -> None:
        if (name, done) == ("transcript", 1):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build.build(dist.parent, None, ["captions", "transcript", "web"], interrupt)
    assert {file: file.read_bytes() for file in dist.iterdir()} == before


def test_the_centre_s_own_film_and_logo_go_everywhere(tmp_path: Path) -> None:
    source = (SMALL / "capsule.yaml").read_text(encoding="utf-8").replace("20 s", "13 s")
    head, tail = source[: source.index("intro:")], source[source.index("message:") :]
    head = head.replace("centre:", "centre:\n  logo: logo.jpg")
    (tmp_path / "capsule.yaml").write_text(head + FILMED + tail, encoding="utf-8")
    (tmp_path / "intro.srt").write_text("1\n00:00:00,500 --> 00:00:02,000\nÇa va.\n", "cp1252")
    Image.new("RGB", (300, 100), "#0B6E69").save(tmp_path / "logo.jpg")
    pattern = ["-f", "lavfi", "-i", "testsrc2=s=360x640:r=30:d=3", "-c:v", "libx264"]
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", *pattern, tmp_path / "intro.mov"]
    subprocess.run(command, check=True)
    made = {file.name: file for file in build.build(tmp_path, None, build.ARTEFACTS, silent).files}
    with av.open(str(made["essai.mp4"])) as film:
        assert film.streams.video[0].frames == 13 * 25
    assert "Ça va." in made["essai.fr.vtt"].read_text(encoding="utf-8")
    with zipfile.ZipFile(made["essai-web.zip"]) as archive:
        assert archive.read("media/logo.png").startswith(b"\x89PNG")
    slides = pptx.Presentation(str(made["essai.pptx"])).slides
    assert [shape.name for shape in slides[0].shapes].count("logo") == 1


def test_only_what_is_asked_for(tmp_path: Path) -> None:
    heard = []
    made = build.build(SMALL, tmp_path, ["captions"], lambda name, done: heard.append((name, done)))
    assert [file.name for file in made.files] == ["essai.fr.vtt", "essai.fr.srt", "build.json"]
    assert heard == [("captions", 0), ("captions", 1)]


def test_a_wrong_source_leaves_the_last_build_alone(dist: Path) -> None:
    source = dist.parent / "capsule.yaml"
    before = {file: file.read_bytes() for file in dist.iterdir()}
    right = source.read_text(encoding="utf-8")
    source.write_text(right.replace("20 s", "21 s"), encoding="utf-8")
    with pytest.raises(InputError):
        build.build(dist.parent, None, build.ARTEFACTS, silent)
    source.write_text(right, encoding="utf-8")
    assert {file: file.read_bytes() for file in dist.iterdir()} == before
