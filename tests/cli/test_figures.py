import json
from pathlib import Path

import pytest

from .conftest import tracked

LIST = "session;date;id;présence;centre\nS1;10/03/2025;ada;P;=Lyon\nS1;10/03/2025;bob;A;=Lyon\n"


@pytest.fixture(autouse=True)
def _imported(project: Path) -> None:
    (project / "list.csv").write_text(LIST.replace("=", "x"), encoding="utf-8")
    (project / "users.csv").write_text("id,username\n7,ada\n", encoding="utf-8")
    assert tracked("import", "list.csv").exit_code == 0


@pytest.mark.parametrize(
    ("by", "name"), [("session", "S1"), ("centre", "xLyon"), ("course", ""), ("month", "2025-03")]
)
def test_report_by(by: str, name: str) -> None:
    said = json.loads(tracked("report", "--by", by, "--json").stdout)
    (line,) = said["lines"]
    assert (said["by"], line["name"], line["expected"], line["rate"]) == (by, name, 2, 0.5)
    assert said["total"]["people"] == 2
    shown = tracked("report", "--by", by).stdout
    assert "50%" in shown
    assert "Minutes" not in shown


def test_report_in_files(project: Path) -> None:
    done = tracked("report", "--csv", "r.csv", "--html", "r.html")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "r.csv\nr.html\n")
    assert (project / "r.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_report_on_statements() -> None:
    assert tracked("export", "--to", "ndjson", "s.ndjson").stderr == "s.ndjson\n"
    said = json.loads(tracked("report", "--from", "s.ndjson", "--json").stdout)
    assert (said["total"]["expected"], said["total"]["completed"]) == (None, 1)
    wrong = tracked("report", "--from", "list.csv")
    assert wrong.exit_code == 2
    assert "list.csv" in wrong.stderr


def test_export_says_who_is_left_apart(project: Path) -> None:
    done = tracked("export", "--to", "moodle-attendance", "m.csv", "--users", "users.csv")
    assert done.stdout == "1 written, 1 left apart.\n"
    assert done.stderr == "m.csv\nm-apart.csv\n"
    assert (project / "m.csv").read_text(encoding="utf-8") == "username,status\nada,P\n"
    assert tracked("export", "--to", "chamilo", "c.csv").exit_code == 1


def test_services_that_are_not_set() -> None:
    for words in (("pull",), ("push", "moodle", "--users", "users.csv", "--course", "1")):
        extra = () if words == ("pull",) else ("--activity", "2")
        done = tracked(*words, *extra)
        assert done.exit_code == 3
        assert "CAPSULE_" in done.stderr
