import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from capsule.cli.tracking import track

GOOD = "session;date;id;présence\nS1;10/03/2025;ada;P\nS1;10/03/2025;bob;A\n"
VARIABLES = ("CAPSULE_LRS_URL", "CAPSULE_LRS_KEY", "CAPSULE_LRS_SECRET")


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder: a small capsule and a list; no LRS is set."""
    folder = tmp_path / "capsule"
    shutil.copytree(Path(__file__).parents[1] / "capsules" / "small", folder)
    (folder / "list.csv").write_text(GOOD, encoding="utf-8")
    monkeypatch.chdir(folder)
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    return folder


def _run(*words: str) -> Result:
    return CliRunner().invoke(track, words)


def test_import_says_what_it_did() -> None:
    done = _run("import", "list.csv")
    assert done.exit_code == 0
    assert done.stdout == "2 rows imported, 0 known already; 2 statements to send.\n"
    again = _run("import", "list.csv", "--json")
    assert json.loads(again.stdout) == {"added": 0, "known": 2, "queued": 0, "problems": []}


def test_bad_rows_are_listed_and_the_good_ones_go_in(project: Path) -> None:
    (project / "list.csv").write_text(GOOD + "S1;30/02/2025;eve;P\n", encoding="utf-8")
    done = _run("import", "list.csv")
    assert done.exit_code == 2
    assert done.stdout.startswith("2 rows imported")
    assert done.stderr.startswith("list.csv:4:2: 30/02/2025 is not in the calendar; write it")
    assert json.loads(_run("status", "--json").stdout)["waiting"] == 2


def test_a_header_that_is_not_understood(project: Path) -> None:
    (project / "list.csv").write_text("Nom;Prénom\nMartin;Claire\n", encoding="utf-8")
    done = _run("import", "list.csv")
    assert done.exit_code == 2
    assert "found here: Nom, Prénom" in done.stderr


def test_status_and_report(project: Path) -> None:
    _run("import", "list.csv")
    assert "Waiting" in _run("status").stdout
    assert json.loads(_run("status", "--json").stdout) == {
        "waiting": 2,
        "sent": 0,
        "refused": 0,
        "statements": [],
    }
    table = _run("report").stdout
    assert "S1" in table
    assert "50 %" in table
    (session,) = json.loads(_run("report", "--json").stdout)
    assert (session["expected"], session["present"], session["completed"]) == (2, 1, 1)
    assert _run("report", "--csv", "report.csv").stderr == "report.csv\n"
    assert (project / "report.csv").read_text(encoding="utf-8-sig").count("\n") == 2


def test_send_without_an_lrs_names_what_is_missing() -> None:
    done = _run("send")
    assert done.exit_code == 3
    assert all(name in done.stderr for name in VARIABLES)


def test_send_to_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    _run("import", "list.csv")
    for name, value in zip(VARIABLES, ("lrs.example.org", "key", "hush"), strict=True):
        monkeypatch.setenv(name, value)
    done = _run("send", "--json")
    assert done.exit_code == 3
    assert "CAPSULE_LRS_URL: this is not a web address" in done.stderr
    assert "hush" not in done.output


@pytest.mark.parametrize("command", ["import", "send", "status", "report"])
def test_every_command_explains_itself(command: str) -> None:
    done = _run(command, "--help")
    assert done.exit_code == 0
    assert "--json" in done.stdout
    assert done.stdout.split("Options:")[0].rstrip().endswith(".")
