"""What there is to record, as a user asks for it."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

SMALL = Path(__file__).parents[1] / "capsules" / "small"
STARTER = Path(__file__).parents[2] / "templates" / "starters" / "tous-concernes"
Run = Callable[..., Result]
Typed = Callable[..., subprocess.CompletedProcess[str]]


def test_each_text_with_its_file_and_seconds(typed: Typed, tmp_path: Path) -> None:
    shown = typed(tmp_path, "script", str(STARTER)).stdout
    head = next(line for line in shown.splitlines() if line.startswith("voix/message.m4a"))
    assert head == "voix/message.m4a · at 3:00 · 120 s, about 69 s to read"
    assert "    L’innovation, c’est du bon sens. Le bon sens" in shown
    assert max(len(line) for line in shown.splitlines() if line.startswith(" ")) <= 76
    assert "TOO LONG" not in shown  # the starter can be read in its time
    assert "21 texts left to record, of 21." in shown
    assert "quiet room" in shown


def test_one_passage_as_json(run: Run, tmp_path: Path) -> None:
    arguments = ("script", str(SMALL), "--passage", "message", "--json")
    [line] = json.loads(run(tmp_path, *arguments).stdout)
    assert (line["file"], line["start"], line["room"]) == ("voix/message.m4a", 10, 4)
    assert (line["recorded"], line["too_long"]) == (None, False)
    assert line["text"] == "C’est du bon sens. On essaie."


def test_a_passage_that_is_none(run: Run, tmp_path: Path) -> None:
    done = run(tmp_path, "script", str(SMALL), "--passage", "mesage", code=2)
    assert "mesage is not one of intro-1" in done.stderr


def test_a_folder_that_is_no_capsule(run: Run, tmp_path: Path) -> None:
    assert "there is no such file" in run(tmp_path, "script", code=2).stderr


@pytest.mark.parametrize("as_json", [False, True])
def test_check_says_what_is_not_heard(run: Run, tmp_path: Path, as_json: bool) -> None:
    shown = run(tmp_path, "check", str(SMALL), *(["--json"] if as_json else [])).stdout
    told = "Message: nothing is heard from 0:10 to 0:14 (no voice)"
    if as_json:
        assert json.loads(shown)["remarks"][0].startswith(told)
    else:
        assert told in shown
