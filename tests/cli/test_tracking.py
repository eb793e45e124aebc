import json
from pathlib import Path

import pytest

from .conftest import tracked

GOOD = "session;date;id;présence\nS1;10/03/2025;ada;P\nS1;10/03/2025;bob;A\n"
VARIABLES = ("CAPSULE_LRS_URL", "CAPSULE_LRS_KEY", "CAPSULE_LRS_SECRET")


@pytest.fixture(autouse=True)
def _listed(project: Path) -> None:
    (project / "list.csv").write_text(GOOD, encoding="utf-8")


def test_import_says_what_it_did() -> None:
    done = tracked("import", "list.csv")
    assert done.exit_code == 0
    assert done.stdout == "2 rows imported, 0 known already; 2 statements to send.\n"
    again = tracked("import", "list.csv", "--json")
    assert json.loads(again.stdout) == {
        "added": 0,
        "known": 2,
        "corrected": 0,
        "outdated": 0,
        "queued": 0,
        "entry": 2,
        "forgotten": 0,
        "expired": 0,
        "apart": False,
        "problems": [],
        "quarantined": [],
        "sessions": [],
    }


def test_bad_rows_are_listed_and_the_good_ones_go_in(project: Path) -> None:
    (project / "list.csv").write_text(GOOD + "S1;30/02/2025;eve;P\n", encoding="utf-8")
    done = tracked("import", "list.csv")
    assert done.exit_code == 2
    assert done.stdout.startswith("2 rows imported")
    assert "\nlist.csv:4:2: 30/02/2025 is not in the calendar; write it" in done.stderr
    assert json.loads(tracked("status", "--json").stdout)["waiting"] == 2


def test_a_header_that_is_not_understood(project: Path) -> None:
    (project / "list.csv").write_text("Nom;Prénom\nMartin;Claire\n", encoding="utf-8")
    done = tracked("import", "list.csv")
    assert done.exit_code == 2
    assert "found here: Nom, Prénom" in done.stderr


def test_status_and_report(project: Path) -> None:
    tracked("import", "list.csv")
    assert "Waiting" in tracked("status").stdout
    assert json.loads(tracked("status", "--json").stdout) == {
        "waiting": 2,
        "claimed": 0,
        "sent": 0,
        "refused": 0,
        "withdrawn": 0,
        "statements": [],
        "overdue": 0,
        "overdue_played": 0,
    }
    table = tracked("report").stdout
    assert "S1" in table
    assert "50%" in table
    (session,) = json.loads(tracked("report", "--json").stdout)["lines"]
    assert (session["expected"], session["present"], session["completed"]) == (2, 1, 1)
    assert tracked("report", "--csv", "report.csv").stderr == "report.csv\n"
    assert (project / "report.csv").read_text(encoding="utf-8-sig").count("\n") == 2


def test_send_without_an_lrs_names_what_is_missing() -> None:
    done = tracked("send")
    assert done.exit_code == 3
    assert all(name in done.stderr for name in VARIABLES)


def test_send_to_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    tracked("import", "list.csv")
    for name, value in zip(VARIABLES, ("lrs.example.org", "key", "hush"), strict=True):
        monkeypatch.setenv(name, value)
    done = tracked("send", "--json")
    assert done.exit_code == 3
    assert "CAPSULE_LRS_URL: this is not a web address" in done.stderr
    assert "hush" not in done.output


def test_a_correction_is_told_and_undone(project: Path) -> None:
    tracked("import", "list.csv")
    (project / "new.csv").write_text(GOOD.replace("bob;A", "bob;P"), encoding="utf-8")
    assert "\n1 row corrects what" in tracked("import", "new.csv").stdout
    assert "1 row says what a later list has corrected" in tracked("import", "list.csv").stdout
    told = tracked("imports").stdout.splitlines()
    assert told[0].split()[:4] == ["Number", "Time", "(UTC)", "What"]
    assert told[3].split()[-5:] == ["2", "0", "1", "2", "0"]
    journal = json.loads(tracked("imports", "--json").stdout)
    assert [entry["files"][0]["name"] for entry in journal] == ["list.csv", "new.csv", "list.csv"]
    assert tracked("undo", "2").stdout == "2 is undone.\n"
    assert "import (undone)" in tracked("imports").stdout
    again = tracked("undo", "2")
    assert (again.exit_code, again.stderr) == (1, "2 is undone already\n")
    tracked("undo", "1")
    assert "a list that was undone is imported again" in tracked("undo", "4").stderr
    tracked("import", "list.csv")
    assert tracked("void", "S1", "ada", "--reason", "wrong").stdout == "1 person is taken back.\n"
    assert tracked("void", "--reason", "wrong").exit_code == 2
    assert "give the reason" in tracked("void", "S1", "--reason", " ").stderr
    (session,) = json.loads(tracked("report", "--json").stdout)["lines"]
    assert (session["expected"], session["completed"]) == (1, 0)


def test_nothing_to_undo_yet() -> None:
    done = tracked("undo", "1")
    assert (done.exit_code, done.stderr) == (1, "nothing was imported yet\n")


@pytest.mark.parametrize("command", ["import", "imports", "send", "status", "report"])
def test_every_command_explains_itself(command: str) -> None:
    done = tracked(command, "--help")
    assert done.exit_code == 0
    assert "--json" in done.stdout
    assert done.stdout.split("Options:")[0].rstrip().endswith(".")


def test_a_dry_run_shows_a_table_and_writes_nothing(project: Path) -> None:
    before = sorted(project.iterdir())
    done = tracked("import", "list.csv", "--dry-run")
    assert done.exit_code == 0
    assert done.stdout.split()[:3] == ["Session", "Date", "Start"]
    assert "S1       2025-03-10  09:00         2        1" in done.stdout
    assert done.stdout.endswith("Nothing was written. Rows to import: 2; known already: 0.\n")
    assert sorted(project.iterdir()) == before


def test_a_dry_run_tells_of_corrections(project: Path) -> None:
    assert tracked("import", "list.csv").exit_code == 0
    text = (project / "list.csv").read_text(encoding="utf-8")
    (project / "list.csv").write_text(text.replace("ada;P", "ada;A"), encoding="utf-8")
    done = tracked("import", "list.csv", "--dry-run")
    assert "Rows to import: 0; known already: 1.\n1 row corrects what was" in done.stdout


def test_where_the_rows_to_correct_are_is_told(project: Path) -> None:
    (project / "list.csv").write_text(GOOD + "S1;30/02/2025;eve;P\n", encoding="utf-8")
    done = tracked("import", "list.csv", "--quarantine", "aside")
    assert done.stderr.startswith("Rows to correct, then import: aside/list-to-correct.csv (it")
    assert (project / "aside" / "list-to-correct.csv").exists()


def test_the_names_of_columns_in_the_source(project: Path) -> None:
    source = project / "capsule.yaml"
    text = source.read_text(encoding="utf-8")
    own = "tracking: {columns: {person: N° agent, presence: Vu (O/N)}, "
    source.write_text(text.replace("tracking: {", own), encoding="utf-8")
    (project / "list.csv").write_text("session;date;n° AGENT;vu\nS1;10/03/2025;ada;O\n", "utf-8")
    assert tracked("import", "list.csv").exit_code == 0
    source.write_text(text.replace("tracking: {", own.replace("person", "persn")), encoding="utf-8")
    done = tracked("import", "list.csv")
    assert done.exit_code == 2
    assert 'unknown key "persn"; did you mean "person"?' in done.stderr
