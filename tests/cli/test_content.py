"""The commands that make a capsule: some typed as a user types them, the others called."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pptx
import pytest
from click.testing import Result

SMALL = Path(__file__).parents[1] / "capsules" / "small"
Run = Callable[..., Result]
Typed = Callable[..., subprocess.CompletedProcess[str]]


def test_new_then_check(typed: Typed, tmp_path: Path) -> None:
    assert "capsule build" in typed(tmp_path, "new", "tous-concernes").stdout
    shown = typed(tmp_path / "tous-concernes", "check").stdout
    assert "10:00 in all" in shown
    assert "L’innovation, c’est du bon sens." in shown
    again = typed(tmp_path, "new", "tous-concernes", code=1)
    assert "choose another folder" in again.stderr


def test_check_as_json(run: Run, tmp_path: Path) -> None:
    plan = json.loads(run(tmp_path, "check", str(SMALL), "--json").stdout)
    assert plan["duration"] == 20
    assert plan["scenes"][5] == {
        "id": "message", "part": "message", "kind": "message", "start": 10, "duration": 4,
        "about": "C’est du bon sens.",
    }  # fmt: skip


def test_no_library_is_imported_in_vain() -> None:
    told = f"""
import sys
from capsule.cli import capsule
for arguments, vain in [
    (["--help"], "pydantic lxml"),
    (["check", {str(SMALL)!r}], "numpy av pptx moviepy typst httpx duckdb sqlalchemy"),
    (["build", "--help"], "numpy av pptx moviepy typst httpx duckdb sqlalchemy"),
    (["track", "status", "--help"], "numpy httpx tincan duckdb sqlalchemy.dialects.postgresql"),
]:
    capsule(arguments, standalone_mode=False)
    assert not {{*vain.split()}} & set(sys.modules), {{*vain.split()}} & set(sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, check=False)
    assert not done.returncode, done.stderr.decode()


def test_check_gives_problems_as_json_too(typed: Typed, tmp_path: Path) -> None:
    content = (SMALL / "capsule.yaml").read_text(encoding="utf-8").replace("20 s", "21 s")
    (tmp_path / "capsule.yaml").write_text(content, encoding="utf-8")
    done = typed(tmp_path, "check", "--json", code=2)
    [problem] = json.loads(done.stdout)["problems"]
    assert (problem["line"], problem["column"]) == (5, 11)
    assert "lengthen them by 0:01" in done.stderr


def test_build_here_without_a_project(run: Run, tmp_path: Path) -> None:
    done = run(tmp_path, "build", code=2)
    assert "capsule.yaml: there is no such file" in done.stderr
    assert "capsule new tous-concernes" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_build_only_some_as_json(typed: Typed, tmp_path: Path) -> None:
    arguments = ("build", str(SMALL), "--only", "captions, transcript", "-o", "out", "--json")
    made = json.loads(typed(tmp_path, *arguments).stdout)
    assert [entry["name"] for entry in made["files"]] == [
        "essai.fr.vtt", "essai.fr.srt", "essai-transcript.html",
    ]  # fmt: skip
    assert (tmp_path / "out" / "build.json").is_file()


def test_an_unknown_artefact(run: Run, tmp_path: Path) -> None:
    done = run(tmp_path, "build", str(SMALL), "--only", "dek", code=2)
    assert "dek is not one of film, deck" in done.stderr


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--draft", "--size", "720p"), "a draft has its own size"),
        (("--draft", "--only", "film,cmi5"), "a draft is not for an LMS"),
        (("--size", "480p"), "'720p', '1080p', '2160p'"),
        (("--workers", "0"), "--workers"),
    ],
)
def test_options_that_do_not_go_together(
    run: Run, tmp_path: Path, options: tuple[str, ...], said: str
) -> None:
    assert said in run(tmp_path, "build", str(SMALL), *options, code=2).stderr


def test_build_again_says_that_nothing_has_changed(run: Run, tmp_path: Path) -> None:
    command = ("build", str(SMALL), "--only", "captions", "-o", "out", "--cache", "kept")
    assert "Nothing has changed" not in run(tmp_path, *command).stderr
    again = run(tmp_path, *command)
    assert "Nothing has changed since these were built." in again.stderr
    assert str(Path("out") / "essai.fr.vtt") in again.stdout


def test_variants_those_that_fail_among_them(run: Run, tmp_path: Path) -> None:
    (tmp_path / "centres.csv").write_bytes(
        "Centre;Titre\r\nNîmes;L'été\r\nBrest;\r\n".encode("cp1252")
    )
    command = ("build", str(SMALL), "--variants", "centres.csv", "--only", "captions", "-o", "out")
    shown = run(tmp_path, *command).stdout
    assert "2 variants, " in shown
    assert (tmp_path / "out" / "nimes" / "essai.fr.vtt").is_file()
    listed = json.loads(run(tmp_path, *command, "--json").stdout)
    assert [entry["variant"] for entry in listed] == ["nimes", "brest"]
    for file in (tmp_path / "out" / "brest").iterdir():
        file.unlink()
    (tmp_path / "out" / "brest").rmdir()
    (tmp_path / "out" / "brest").touch()
    failed = run(tmp_path, *command, code=1)
    assert f"brest: {Path('out') / 'brest'}: File exists" in failed.stderr
    assert "1 variant, " in failed.stdout


def test_wrong_variants(run: Run, tmp_path: Path) -> None:
    (tmp_path / "centres.csv").write_text("centr;logo\nA;a.png\n", encoding="utf-8")
    done = run(tmp_path, "build", str(SMALL), "--variants", "centres.csv", code=2)
    assert done.stderr.startswith('centres.csv:1:1: unknown column "centr"; did you mean')
    missing = run(tmp_path, "build", str(SMALL), "--variants", "absent.csv", code=1)
    assert "absent.csv: No such file or directory" in missing.stderr


def test_a_full_or_closed_disk_is_said_and_leaves_nothing(run: Run, tmp_path: Path) -> None:
    done = run(tmp_path, "build", str(SMALL), "--only", "captions", "-o", "/proc/none", code=1)
    assert "/proc/none" in done.stderr


@pytest.mark.parametrize(
    "command", ["new", "check", "build", "track", "track import", "track send", "track status"]
)
def test_every_command_explains_itself(run: Run, tmp_path: Path, command: str) -> None:
    shown = run(tmp_path, *command.split(), "--help").stdout
    sentences = shown.split("\n\n")[1]
    assert sentences.strip().endswith(".")
    assert len(sentences) > 80


@pytest.fixture
def slides(tmp_path: Path) -> Path:
    """Slides as python-pptx makes them, without a word about who reads them."""
    deck = pptx.Presentation()
    deck.slides.add_slide(deck.slide_layouts[5]).shapes.title.text = "Bonjour"
    deck.slides.add_slide(deck.slide_layouts[6])
    deck.save(str(tmp_path / "slides.pptx"))
    return tmp_path / "slides.pptx"


def test_slides_are_checked_against_rgaa(run: Run, tmp_path: Path, slides: Path) -> None:
    shown = run(tmp_path, "check", "--deck", slides.name, code=2).stdout
    assert "slides.pptx: slide 2: the slide has no title; write one" in shown
    assert "slides.pptx: slide 1, Title 1: the text does not tell its language: Bonjour" in shown
    assert "[RGAA 9.1, 8.5]" in shown
    assert "  8.5   Does each web page have a page title? (2)" in shown
    assert shown.endswith("\n7 problems found.\n")


def test_the_check_of_slides_as_json(run: Run, tmp_path: Path, slides: Path) -> None:
    data = json.loads(run(tmp_path, "check", "--deck", slides.name, "--json", code=2).stdout)
    assert data["slides"] == 2
    [untitled] = [one for one in data["problems"] if one["rule"] == "title-missing"]
    assert (untitled["slide"], untitled["rgaa"]) == (2, ["9.1", "8.5"])
    assert {"number": "13.3", "title": "On each web page, does each office document to download"
            " have, if necessary, an accessible version (except in special cases)?",
            "problems": 3} in data["rgaa"]  # fmt: skip


def test_no_slides_to_check(run: Run, tmp_path: Path) -> None:
    (tmp_path / "notes.pptx").write_text("Bonjour")
    done = run(tmp_path, "check", "--deck", "notes.pptx", code=2)
    assert "notes.pptx: this is no PPTX; save the slides as a PowerPoint" in done.stderr
    [problem] = json.loads(run(tmp_path, "check", "--deck", "x.pptx", "--json", code=2).stdout)[
        "problems"
    ]
    assert problem["what"] == "there is no such file"
