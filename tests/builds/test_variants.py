"""Variants of a small capsule: what they share, what is said of wrong rows, what survives."""

import json
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import imageio_ffmpeg
import pytest
from PIL import Image

from capsule import builds
from capsule.builds import variants
from capsule.crew import quiet
from capsule.errors import CapsuleError, InputError
from capsule.render import captions

SMALL = Path(__file__).parents[1] / "capsules" / "small"
TABLE = """variante;titre;centre;logo;message.narration
grenoble;L'essai grenoblois;Grenoble;;
nimes;;Nîmes;logo.png;Tout autre chose.
brest;;Brest;;
"""
Outcomes = tuple[variants.Outcome, ...]
Run = Callable[..., builds.Built]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    shutil.copytree(SMALL, tmp_path / "small")
    Image.new("RGB", (300, 100), "#0B6E69").save(tmp_path / "small" / "logo.png")
    return tmp_path / "small"


@pytest.fixture
def every(cache: str, project: Path) -> Callable[..., Outcomes]:
    """Build the variants of a table, text, in cp1252 as Excel does."""

    def build(text: str, *only: str, **options: object) -> Outcomes:
        table = project / "centres.csv"
        table.write_text(text, encoding="cp1252")
        told = {"size": "720p", "cache": cache, "only": frozenset(only) or None, **options}
        return variants.build(
            project,
            table,
            None,
            settings=builds.Settings(**told),  # type: ignore[arg-type]
            progress=quiet,
            clock=time.perf_counter,
        )

    return build


def test_a_variant_is_the_capsule_that_says_the_same(
    every: Callable[..., Outcomes], project: Path, tmp_path: Path, run: Run
) -> None:
    names = ["film", "deck", "guide", "captions", "transcript", "cmi5"]
    made = every(TABLE, *names)
    assert [(done.variant, len(done.files), done.error) for done in made] == [
        ("grenoble", 9, ""), ("nimes", 9, ""), ("brest", 9, ""),
    ]  # fmt: skip
    text = (project / "capsule.yaml").read_text(encoding="utf-8")
    for old, new in {
        "Centre d'essai « Été »": "Nîmes\n  logo: logo.png",
        "narration: C'est du bon sens. On essaie.": "narration: Tout autre chose.",
    }.items():
        assert old in text
        text = text.replace(old, new)
    (project / "capsule.yaml").write_text(text, encoding="utf-8")
    alone = run(project, tmp_path / "out", only=names)
    for one, other in zip(made[1].files, alone.files, strict=True):
        assert one.read_bytes() == other.read_bytes(), one.name


def test_files_that_are_the_same_are_one_on_the_disk(
    every: Callable[..., Outcomes],
) -> None:
    made = every(TABLE, "deck", "captions", "transcript", media="link")
    inodes = {(done.variant, file.name): file.stat().st_ino for done in made for file in done.files}
    for name in ("essai.fr.vtt", "essai.fr.srt"):
        assert inodes["grenoble", name] == inodes["brest", name] != inodes["nimes", name]
    deck, opening = "essai.pptx", "essai-opening.mp4"
    assert inodes["grenoble", opening] != inodes["brest", opening]  # its title is in the pictures
    assert len({inodes[name, deck] for name in ("grenoble", "nimes", "brest")}) == 3
    whole = sum(file.stat().st_size for done in made for file in done.files)
    assert variants.on_disk(made) < whole
    again = every(TABLE, "deck", "captions", "transcript", media="link")
    assert {
        (done.variant, file.name): file.stat().st_ino
        for done in again
        for file in done.files
        if file.name != "build.json"
    }.items() <= inodes.items()


def test_decks_share_the_centre_s_own_film(every: Callable[..., Outcomes], project: Path) -> None:
    pattern = ["-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=2", "-c:v", "libx264"]
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", *pattern, project / "film.mp4"]
    subprocess.run(command, check=True)
    source = (project / "capsule.yaml").read_text(encoding="utf-8").replace("20 s", "12 s")
    head, tail = source[: source.index("  scenes:")], source[source.index("message:") :]
    (project / "capsule.yaml").write_text(f"{head}  video: film.mp4\n{tail}", encoding="utf-8")
    one, other = every("titre\nUn\nDeux", "deck", media="link")
    assert [file.name for file in one.files] == ["essai.pptx", "essai-opening.mp4", "build.json"]
    assert one.files[1].samefile(other.files[1])
    assert not one.files[0].samefile(other.files[0])


def test_the_list_says_what_is_there(every: Callable[..., Outcomes], project: Path) -> None:
    made = every(TABLE, "captions")
    listed = json.loads((project / "dist" / "variants.json").read_text(encoding="utf-8"))
    assert [entry["variant"] for entry in listed["variants"]] == ["grenoble", "nimes", "brest"]
    for entry, done in zip(listed["variants"], made, strict=True):
        files = [project / "dist" / name for name in entry["files"]]
        assert tuple(files) == done.files
        assert entry["bytes"] == sum(file.stat().st_size for file in files)
    assert sorted(path.name for path in (project / "dist").iterdir()) == [
        "brest", "grenoble", "nimes", "variants.json",
    ]  # fmt: skip


FAULTS = [
    ("centre;logo\nA;\nB;absent.png", (3, 2), 'in "logo", there is no file absent.png; put it'),
    ("centre;titre\nA;\nB;" + "Très long " * 40, (3, 2), 'in "titre", the text does not fit'),
    ("centre;Identifiant\nA;Un Deux\nB;b", (2, 2), 'in "Identifiant", an id holds lower-case'),
    ("centre;intro.scenes.4.before\nA;peu\nB;9", (2, 2), "a whole number is expected here"),
    ("centre;debrief.questions.1.steps.1.for\nA;3 s\nB;", (2, 0), "the parts last 0:21 and not"),
    ("centre;vidéo\nA;absent.mp4\nB;", (2, 2), 'in "vidéo", there is no file absent.mp4'),
    ("centre;message.narration\nA;\x07\nB;", (2, 2), "holds the control character U+0007"),
]


@pytest.mark.parametrize(("table", "place", "said"), FAULTS)
def test_each_wrong_row_is_told_by_its_line_and_column(
    every: Callable[..., Outcomes],
    project: Path,
    table: str,
    place: tuple[int, int],
    said: str,
) -> None:
    with pytest.raises(InputError) as caught:
        every(table, "captions")
    [problem] = caught.value.problems
    assert (problem.path.name, problem.line, problem.column) == ("centres.csv", *place)
    assert said in str(problem)
    assert not (project / "dist").exists()


def test_a_film_on_the_web_is_somewhere_for_each_row(
    every: Callable[..., Outcomes], project: Path
) -> None:
    table = "centre;film.url\nA;https://films.example/a\nB;\nC;http://films.example/c"
    with pytest.raises(InputError) as caught:
        every(table, "xapi", media="link")
    assert [(p.line, p.column) for p in caught.value.problems] == [(3, 0), (4, 2)]
    assert not (project / "dist").exists()


def test_all_wrong_rows_are_told_at_once(every: Callable[..., Outcomes]) -> None:
    with pytest.raises(InputError) as caught:
        every("centre;logo;objectif\nA;a.png;\nB;;\nC;c.png;**oh", "captions")
    assert [(p.line, p.column) for p in caught.value.problems] == [(2, 2), (4, 3)]


def test_a_wrong_source_is_told_once(every: Callable[..., Outcomes], project: Path) -> None:
    source = project / "capsule.yaml"
    source.write_text(source.read_text(encoding="utf-8").replace("20 s", "21 s"), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        every("centre\nA\nB", "captions")
    [problem] = caught.value.problems
    assert problem.path.name == "capsule.yaml"


def test_a_variant_that_fails_leaves_the_others(
    every: Callable[..., Outcomes], project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = captions.transcript_html

    def full(plan, words, theme):  # type: ignore[no-untyped-def]
        if plan.capsule.centre.name == "Nîmes":
            raise OSError(28, "No space left on device", "dist/nimes")
        if plan.capsule.centre.name == "Brest":
            raise CapsuleError("no way")
        return write(plan, words, theme)

    monkeypatch.setattr(captions, "transcript_html", full)
    made = every(TABLE, "captions", "transcript")
    assert [(done.variant, bool(done.files), done.error) for done in made] == [
        ("grenoble", True, ""),
        ("nimes", False, "dist/nimes: No space left on device"),
        ("brest", False, "no way"),
    ]
    assert sorted(path.name for path in (project / "dist").iterdir()) == [
        "grenoble", "variants.json",
    ]  # fmt: skip
    listed = json.loads((project / "dist" / "variants.json").read_text(encoding="utf-8"))
    assert [entry["variant"] for entry in listed["variants"]] == ["grenoble"]


def test_a_video_of_its_own_takes_the_place_of_the_scenes(
    every: Callable[..., Outcomes], project: Path
) -> None:
    shutil.copy(Path(__file__), project / "film.mp4")
    with pytest.raises(InputError) as caught:
        every("centre;vidéo\nA;\nB;film.mp4", "captions")
    [problem] = caught.value.problems
    assert problem.path.name == "film.mp4"
    assert "cannot be read" in problem.what
