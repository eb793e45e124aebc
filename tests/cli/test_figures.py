import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from capsule.cli.tracking import track

LIST = "session;date;id;présence;centre\nS1;10/03/2025;ada;P;=Lyon\nS1;10/03/2025;bob;A;=Lyon\n"


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder: a small capsule whose list is imported, and users of an LMS."""
    folder = tmp_path / "capsule"
    shutil.copytree(Path(__file__).parents[1] / "capsules" / "small", folder)
    (folder / "list.csv").write_text(LIST.replace("=", "x"), encoding="utf-8")
    (folder / "users.csv").write_text("id,username\n7,ada\n", encoding="utf-8")
    monkeypatch.chdir(folder)
    for name in ("CAPSULE_LRS_URL", "CAPSULE_MOODLE_URL", "CAPSULE_OUTBOX"):
        monkeypatch.delenv(name, raising=False)
    assert _run("import", "list.csv").exit_code == 0
    return folder


def _run(*words: str) -> Result:
    return CliRunner().invoke(track, words)


@pytest.mark.parametrize(
    ("by", "name"), [("session", "S1"), ("centre", "xLyon"), ("course", ""), ("month", "2025-03")]
)
def test_report_by(by: str, name: str) -> None:
    said = json.loads(_run("report", "--by", by, "--json").stdout)
    (line,) = said["lines"]
    assert (said["by"], line["name"], line["expected"], line["rate"]) == (by, name, 2, 0.5)
    assert said["total"]["people"] == 2
    shown = _run("report", "--by", by).stdout
    assert "50 %" in shown
    assert "Minutes" not in shown


def test_report_in_files(project: Path) -> None:
    done = _run("report", "--csv", "r.csv", "--html", "r.html")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "r.csv\nr.html\n")
    assert (project / "r.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_report_on_statements() -> None:
    assert _run("export", "--to", "ndjson", "s.ndjson").stderr == "s.ndjson\n"
    said = json.loads(_run("report", "--from", "s.ndjson", "--json").stdout)
    assert (said["total"]["expected"], said["total"]["completed"]) == (None, 1)
    wrong = _run("report", "--from", "list.csv")
    assert wrong.exit_code == 2
    assert "list.csv" in wrong.stderr


def test_export_says_who_is_left_apart(project: Path) -> None:
    done = _run("export", "--to", "moodle-attendance", "m.csv", "--users", "users.csv")
    assert done.stdout == "1 written, 1 left apart.\n"
    assert done.stderr == "m.csv\nm-apart.csv\n"
    assert (project / "m.csv").read_text(encoding="utf-8") == "username,status\nada,P\n"
    assert _run("export", "--to", "chamilo", "c.csv").exit_code == 1


def test_services_that_are_not_set() -> None:
    for words in (("pull",), ("push", "moodle", "--users", "users.csv", "--course", "1")):
        extra = () if words == ("pull",) else ("--activity", "2")
        done = _run(*words, *extra)
        assert done.exit_code == 3
        assert "CAPSULE_" in done.stderr
