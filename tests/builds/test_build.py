"""The whole content side on a small capsule: every file is there, opens, and repeats."""

import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import av
import imageio_ffmpeg
import pptx
import pypdf
import pytest
from PIL import Image

from capsule import __version__, builds
from capsule.builds import packages, record
from capsule.errors import InputError
from capsule.project import open_project

SMALL = Path(__file__).parents[1] / "capsules" / "small"
NAMES = [
    "essai.mp4",
    "essai.pptx",
    "essai-guide.pdf",
    "essai.fr.vtt",
    "essai.fr.srt",
    "essai-transcript.html",
    "essai-web.zip",
    "essai-scorm12.zip",
    "essai-scorm12-guide.pdf",
    "essai-scorm2004.zip",
    "essai-scorm2004-guide.pdf",
    "essai-cmi5.zip",
    "essai-cmi5-guide.pdf",
    "essai-xapi.zip",
    "essai-xapi-guide.pdf",
]
FILMED = """intro:
  title: Notre film
  video: intro.mov
  captions: intro.srt
"""
Run = Callable[..., builds.Built]


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def replace(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory, run: Run) -> Path:
    project = tmp_path_factory.mktemp("one") / "small"
    shutil.copytree(SMALL, project)
    run(project)
    return project / "dist"


@pytest.fixture
def copy(dist: Path, tmp_path: Path) -> Path:
    """The project with its dist, to change."""
    shutil.copytree(dist.parent, tmp_path / "copy")
    return tmp_path / "copy"


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
    dist: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    project = tmp_path / "été & co"
    shutil.copytree(SMALL, project)
    os.utime(project / "capsule.yaml", (0, 0))
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    cache = str(tmp_path / "cache")
    made = run(project / "capsule.yaml", tmp_path / "out", cache=cache, workers=1)
    for file in made.files:
        assert file.read_bytes() == (dist / file.name).read_bytes(), file.name


def test_the_deck_plays_the_intro_alone_and_the_packages_the_whole_film(
    dist: Path, assert_sound: Callable[[Path], None]
) -> None:
    assert_sound(dist / "essai.pptx")
    with zipfile.ZipFile(dist / "essai-scorm12.zip") as archive:
        assert archive.read("media/essai.mp4") == (dist / "essai.mp4").read_bytes()
    parts = pptx.Presentation(str(dist / "essai.pptx")).part.package.iter_parts()
    [film] = [part for part in parts if str(part.partname).endswith(".mp4")]
    assert len(film.blob) < (dist / "essai.mp4").stat().st_size


def test_a_file_is_the_same_alone_and_among_the_others(
    dist: Path, tmp_path: Path, run: Run
) -> None:
    for name in ("deck", "guide", "cmi5"):
        for file in run(SMALL, tmp_path, only=[name]).files[:-1]:
            assert file.read_bytes() == (dist / file.name).read_bytes()


def test_nothing_changed_and_nothing_is_made(copy: Path, run: Run) -> None:
    before = {file.name: file.stat().st_mtime_ns for file in (copy / "dist").glob("essai*")}
    made = run(copy)
    assert made.made == ()
    assert [file.name for file in made.files] == [*NAMES, "build.json"]
    after = {file.name: file.stat().st_mtime_ns for file in (copy / "dist").glob("essai*")}
    assert after == before


@pytest.mark.parametrize(
    ("name", "artefact"), [("essai.fr.srt", "captions"), ("essai-web.zip", "web")]
)
@pytest.mark.parametrize("removed", [False, True])
def test_a_file_removed_or_altered_is_made_again_and_no_other(
    dist: Path, copy: Path, run: Run, name: str, artefact: str, removed: bool
) -> None:
    file = copy / "dist" / name
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)
    if removed:
        file.unlink()
    made = run(copy)
    assert made.made == (artefact,)
    assert contents(copy / "dist") == contents(dist)


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"key": 1}', '{"files": 3, "key": "%s"}'])
def test_a_listing_that_cannot_be_read_is_not_trusted(
    dist: Path, copy: Path, run: Run, damage: str
) -> None:
    key = json.loads((dist / "build.json").read_text(encoding="utf-8"))["key"]
    listing = copy / "dist" / "build.json"
    listing.write_text(damage.replace("%s", key), encoding="utf-8")
    assert record.standing(copy / "dist", "build.json", key) == {}
    assert run(copy, only=["captions"]).made == ("captions",)


def test_a_change_of_the_source_is_seen(copy: Path, run: Run) -> None:
    replace(copy / "capsule.yaml", "À garder", "Retenir")
    assert run(copy, only=["captions", "transcript"]).made == ("captions", "transcript")
    assert "Retenir" in (copy / "dist" / "essai.fr.vtt").read_text(encoding="utf-8")
    replace(copy / "capsule.yaml", "capsule: essai", "# Rien de neuf.\ncapsule: essai")
    assert run(copy, only=["captions", "transcript"]).made == ()


def test_an_interrupted_build_leaves_the_last_one(dist: Path, run: Run) -> None:
    before = contents(dist)

    def interrupt(name: str, done: float, _made: str) -> None:
        if (name, done) == ("transcript", 1):
            raise KeyboardInterrupt

    replace(dist.parent / "capsule.yaml", "À garder", "Retenir")
    with pytest.raises(KeyboardInterrupt):
        run(dist.parent, only=["captions", "transcript", "web"], progress=interrupt)
    replace(dist.parent / "capsule.yaml", "Retenir", "À garder")
    assert contents(dist) == before


def test_the_centre_s_own_film_and_logo_go_everywhere(
    tmp_path: Path, run: Run, assert_sound: Callable[[Path], None]
) -> None:
    source = (SMALL / "capsule.yaml").read_text(encoding="utf-8").replace("20 s", "13 s")
    head, tail = source[: source.index("intro:")], source[source.index("message:") :]
    head = head.replace("centre:", "centre:\n  logo: logo.jpg")
    (tmp_path / "capsule.yaml").write_text(head + FILMED + tail, encoding="utf-8")
    (tmp_path / "intro.srt").write_text("1\n00:00:00,500 --> 00:00:02,000\nÇa va.\n", "cp1252")
    Image.new("RGB", (300, 100), "#0B6E69").save(tmp_path / "logo.jpg")
    pattern = ["-f", "lavfi", "-i", "testsrc2=s=360x640:r=30:d=3", "-c:v", "libx264"]
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", *pattern, tmp_path / "intro.mov"]
    subprocess.run(command, check=True)
    made = {file.name: file for file in run(tmp_path).files}
    with av.open(str(made["essai.mp4"])) as film:
        assert film.streams.video[0].frames == 13 * 25
        assert (film.streams.video[0].width, film.streams.video[0].height) == (1280, 720)
    assert "Ça va." in made["essai.fr.vtt"].read_text(encoding="utf-8")
    with zipfile.ZipFile(made["essai-web.zip"]) as archive:
        assert archive.read("media/logo.png").startswith(b"\x89PNG")
    assert_sound(made["essai.pptx"])
    slides = pptx.Presentation(str(made["essai.pptx"])).slides
    assert [shape.name for shape in slides[1].shapes].count("logo") == 1


def test_only_what_is_asked_for(tmp_path: Path, run: Run) -> None:
    heard = []
    made = run(
        SMALL,
        tmp_path,
        only=["captions"],
        progress=lambda name, done, _made: heard.append((name, done)),
    )
    assert [file.name for file in made.files] == ["essai.fr.vtt", "essai.fr.srt", "build.json"]
    assert heard == [("captions", 0), ("captions", 1)]


def test_a_draft_is_small_alone_and_named_so(copy: Path, dist: Path, run: Run) -> None:
    made = run(copy, size=None, draft=True)
    assert [file.name for file in made.files] == ["essai-draft.mp4", "build-draft.json"]
    with av.open(str(made.files[0])) as film:
        assert (film.streams.video[0].width, film.streams.video[0].height) == (960, 540)
    kept = contents(copy / "dist")
    assert {name: kept[name] for name in contents(dist)} == contents(dist)


def test_burned_captions_are_no_track_and_files_all_the_same(copy: Path, run: Run) -> None:
    replace(copy / "capsule.yaml", "intro:", "film: {captions: burned}\nintro:")
    made = run(copy, only=["deck", "captions"], media="link").files
    with av.open(str(made[1])) as film:
        assert not film.streams.subtitles
    with zipfile.ZipFile(made[0]) as archive:
        assert not [name for name in archive.namelist() if name.endswith(".vtt")]
    assert "-->" in made[2].read_text(encoding="utf-8")


def test_a_linked_film_lies_beside_the_deck(copy: Path, dist: Path, run: Run) -> None:
    made = run(copy, only=["deck"], media="link")
    assert [file.name for file in made.files] == [
        "essai.pptx", "essai-opening.mp4", "build.json",
    ]  # fmt: skip
    with zipfile.ZipFile(dist / "essai.pptx") as archive:
        assert archive.read("ppt/media/media1.mp4") == made.files[1].read_bytes()
    with av.open(str(made.files[1])) as film:
        assert len(film.streams.subtitles) == 1


def test_packages_that_play_the_film_from_the_web(copy: Path, run: Run) -> None:
    replace(copy / "capsule.yaml", "intro:", 'film: {url: "https://été.example:8443/f/"}\nintro:')
    web, *packages = run(copy, only=["web", *builds.PACKAGES], media="link").files[:-1]
    with zipfile.ZipFile(web) as archive:
        assert "media/essai.mp4" in archive.namelist()
    zips = [file for file in packages if file.suffix == ".zip"]
    assert len(zips) == 4
    for file in zips:
        with zipfile.ZipFile(file) as archive:
            assert not [name for name in archive.namelist() if name.endswith(".mp4")]
            page = archive.read("index.html").decode()
        assert 'src="https://été.example:8443/f/essai.mp4"' in page
        assert "media-src https://xn--t-9fab.example:8443; " in page
    read = pypdf.PdfReader(packages[1]).pages[0].extract_text()
    assert "été.example:8443/f/essai.mp4" in read


def test_a_film_on_the_web_must_be_somewhere(copy: Path, dist: Path, run: Run) -> None:
    with pytest.raises(InputError) as caught:
        run(copy, media="link")
    assert ":1:1: with --media link, packages play the film from the web" in str(caught.value)
    assert contents(copy / "dist") == contents(dist)
    replace(copy / "capsule.yaml", "intro:", "film: {captions: soft}\nintro:")
    with pytest.raises(InputError, match=r"capsule\.yaml:8:7: "):
        run(copy, only=["xapi"], media="link")


def test_a_package_that_no_lms_takes_is_a_problem(tmp_path: Path, run: Run) -> None:
    source = (SMALL / "capsule.yaml").read_text(encoding="utf-8")
    head, tail = source[: source.index("intro:")], source[source.index("intro:") :]
    head = head.replace("centre:", "centre:\n  logo: logo.png")
    head += 'film: {url: "https://films.example/"}\npackages: {max: 1 Mo}\n'
    (tmp_path / "capsule.yaml").write_text(head + tail, encoding="utf-8")
    Image.effect_noise((1600, 800), 100).save(tmp_path / "logo.png")
    with pytest.raises(InputError) as caught:
        run(tmp_path, only=["captions", "scorm12", "xapi"], media="link")
    [problem] = caught.value.problems
    assert (problem.line, problem.column) == (10, 17)
    assert re.match(r"essai-(scorm12|xapi)\.zip takes \d MB, above 1 MB: LMSs refuse", problem.what)
    assert problem.remedy.startswith("give a smaller logo, or write a larger packages")
    assert list((tmp_path / "dist").iterdir()) == []


@pytest.mark.parametrize(
    ("size", "said"),
    [(None, "build with --size 720p or --media link"), ("720p", "build with --media link")],
)
@pytest.mark.parametrize("gone_over", [-1, 0, 1])
def test_what_is_done_about_a_package_hangs_on_its_film(
    size: str | None, said: str, gone_over: int
) -> None:
    project = open_project(SMALL)
    entries = [
        record.Entry(name="essai.mp4", artefact="film", bytes=300_000_000, sha256=""),
        record.Entry(name="a.zip", artefact="cmi5", bytes=200_000_000 + gone_over, sha256=""),
    ]
    found = [*packages.oversized(project, builds.Settings(size=size), entries)]
    assert [problem.remedy[: len(said)] for problem in found] == [said] * (gone_over > 0)
    assert all("a.zip takes 201 MB, above 200 MB" in problem.what for problem in found)


def test_a_wrong_source_leaves_the_last_build_alone(copy: Path, dist: Path, run: Run) -> None:
    replace(copy / "capsule.yaml", "20 s", "21 s")
    with pytest.raises(InputError):
        run(copy)
    assert contents(copy / "dist") == contents(dist)


KILLED = """
import sys, time
from pathlib import Path
from capsule import builds

def wait(name, done, made):
    if done:
        print("half", flush=True)
        time.sleep(60)

builds.build(Path(sys.argv[1]), None, builds.Settings(only=frozenset(["captions"])), wait)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="kills as Unix does")
def test_what_a_dead_build_left_goes_and_what_a_live_one_uses_stays(
    tmp_path: Path, run: Run
) -> None:
    shutil.copytree(SMALL, tmp_path, dirs_exist_ok=True)
    command = [sys.executable, "-c", KILLED, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as dead:
        assert dead.stdout
        assert dead.stdout.readline() == "half\n"
        [room] = (tmp_path / "dist").glob(".build-*")
        run(tmp_path, only=["transcript"])
        assert (room / "done" / "essai.fr.vtt").is_file()
        dead.send_signal(signal.SIGKILL)
        dead.wait()
    deadline = time.monotonic() + 5
    while room.exists():
        assert time.monotonic() < deadline
        run(tmp_path, only=["transcript"])
    assert sorted(contents(tmp_path / "dist")) == ["build.json", "essai-transcript.html"]
