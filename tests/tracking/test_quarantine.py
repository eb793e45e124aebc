"""Rows set aside, corrected as in Excel and imported again."""

import csv
import sqlite3
import stat
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from capsule import track
from capsule.tables.guard import guarded, unguarded

NOW = datetime(2025, 6, 30, tzinfo=UTC)
LIST = (
    "Feuille de mars;;;\n"
    "Session;Date;Matricule;Présence;Remarque\n"
    "S1;30/02/2025;00123;P;=HYPERLINK(1)\n"
    "S1;01/03/2025;00124;P;ok\n"
    "S1;01/03/2025;00125;peut-être;-2 jours\n"
)


def _cells(path: Path) -> list[list[str]]:
    raw = path.read_bytes().decode()
    assert raw.startswith("\ufeff")
    return list(csv.reader(raw[1:].splitlines(), delimiter=";"))


def _kept(project: Path) -> tuple[list[str], list[str], str]:
    """The names of the files of the store, what is in its tables, and its key."""
    folder = project / ".capsule"
    with closing(sqlite3.connect(folder / "outbox.db")) as database:
        told = list(database.iterdump())
    return sorted(file.name for file in folder.iterdir()), told, (folder / "key").read_text()


@pytest.fixture
def listing(project: Path) -> Path:
    (project / "mars.csv").write_text(LIST, encoding="utf-8")
    return project / "mars.csv"


def test_bad_rows_are_corrected_and_imported_again(project: Path, listing: Path) -> None:
    done = track.import_attendance(project, [listing], NOW, quarantine=project)
    assert (done.added, len(done.problems)) == (1, 2)
    [aside] = done.quarantined
    assert aside == project / "mars-to-correct.csv"
    assert stat.S_IMODE(aside.stat().st_mode) == 0o600
    header, first, second = _cells(aside)
    assert header == [
        *("Session", "Date", "Matricule", "Présence", "Remarque"),
        *("File", "Line no.", "Column", "What is wrong"),
    ]
    assert first[:5] == ["S1", "30/02/2025", "'00123", "P", "'=HYPERLINK(1)"]
    assert first[5:8] == ["mars.csv", "3", "B"]
    assert first[8].startswith("30/02/2025 is not in the calendar")
    assert (second[4], second[7]) == ("'-2 jours", "D")

    text = aside.read_text("utf-8").replace("30/02/2025;", "28/02/2025;", 1)
    aside.write_text(text, encoding="utf-8")
    again = track.import_attendance(project, [aside], NOW, quarantine=project)
    assert (again.added, len(again.problems)) == (1, 1)
    [rest] = again.quarantined
    assert rest.name == "mars-to-correct-2.csv"
    assert _cells(rest)[1][:5] == second[:5]
    assert len(_cells(rest)[0]) == 9

    listing.write_text(LIST.replace("30/02", "28/02"), encoding="utf-8")
    known = track.import_attendance(project, [listing], NOW)
    assert (known.added, known.known) == (0, 2), "00123 has kept its zeros"
    assert known.quarantined == []


def test_the_same_rows_are_not_written_twice(project: Path, listing: Path) -> None:
    first = track.import_attendance(project, [listing], NOW, quarantine=project)
    second = track.import_attendance(project, [listing], NOW, quarantine=project)
    assert first.quarantined == second.quarantined


def test_what_only_the_list_makes_clear_is_written_out(project: Path) -> None:
    """A blank among ticks, a day as a number, a session merged over its rows."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet
    for row in (
        ["Session", "Date", "Matricule", "Présence"],
        ["S1", 45728, "a", "x"],
        [None, 45728, None, None],
    ):
        sheet.append(row)
    sheet.merge_cells("A2:A3")
    book.create_sheet("Autre").append(["Rien"])
    book.save(project / "avril.xlsx")
    done = track.import_attendance(project, [project / "avril.xlsx"], NOW, quarantine=project)
    [aside] = done.quarantined
    assert aside.name == "avril-to-correct.csv"
    assert _cells(aside)[1][:4] == ["S1", "12/03/2025", "", "absent"]
    assert _cells(aside)[1][4:7] == ["avril.xlsx!Sheet", "3", "C"]


@given(st.text(st.characters(codec="utf-8"), max_size=20))
def test_guarded_cells_come_back(cell: str) -> None:
    assert unguarded(guarded(cell)) == cell or cell.startswith('="')
    assert not guarded(cell).lstrip().startswith(("=", "+", "-", "@"))


@pytest.mark.parametrize(
    "cell", ["00123", "=1+1", "+33 6", "-2", "@x", "12e5", "1/2", "3.5", "'s", "9" * 13]
)
def test_cells_that_a_spreadsheet_would_change(cell: str) -> None:
    assert guarded(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["S1", "12/03/2025", "9h30", "45", "a@b.example", "l'été", "0"])
def test_cells_that_it_leaves_alone(cell: str) -> None:
    assert guarded(cell) == cell


def test_a_dry_run_says_what_would_happen_and_writes_nothing(project: Path, listing: Path) -> None:
    more = "S2;02/03/2025;b;partiel (45 min);\nS2;02/03/2025;c;A;\nS2;02/03/2025;c;A;\n"
    listing.write_text(LIST + more, encoding="utf-8")
    before = sorted(project.rglob("*"))
    done = track.import_attendance(project, [listing], NOW, quarantine=project, dry_run=True)
    assert sorted(project.rglob("*")) == before
    assert (done.added, done.queued, len(done.problems)) == (3, 3, 2)
    told = [
        (s.session, s.date, s.start, s.expected, s.present, s.partial, s.absent, s.new, s.problems)
        for s in done.sessions
    ]
    assert told == [
        ("S1", "30/02/2025", "", 0, 0, 0, 0, 0, 1),
        ("S1", "2025-03-01", "09:00", 1, 1, 0, 0, 1, 1),
        ("S2", "2025-03-02", "09:00", 2, 0, 1, 1, 2, 0),
    ]


def test_a_dry_run_on_a_store_knows_what_is_there_and_leaves_it(
    project: Path, listing: Path
) -> None:
    track.import_attendance(project, [listing], NOW)
    before = _kept(project)
    listing.write_text(LIST + "S1;01/03/2025;b;P;\n", encoding="utf-8")
    done = track.import_attendance(project, [listing], NOW, dry_run=True)
    session = next(one for one in done.sessions if one.start)
    assert (session.expected, session.new, session.known) == (2, 1, 1)
    assert _kept(project) == before


def test_statements_set_aside_are_corrected_and_imported(project: Path) -> None:
    good = (
        '{"id":"6690e6c9-3ef0-4ed3-8b37-7f3964730bee","actor":{"mbox":"mailto:a@b.example"},'
        '"verb":{"id":"http://adlnet.gov/expapi/verbs/completed"},'
        '"object":{"id":"https://lms.example/a"},"timestamp":"2025-03-12T09:30:00Z"}'
    )
    bad = good.replace("2025-03-12T", "2027-03-12T").replace("6690e6c9", "6690e6ca")
    (project / "lms.ndjson").write_text(f"{good}\n\n{bad}\n{{nothing\n")
    done = track.import_attendance(project, [project / "lms.ndjson"], NOW, quarantine=project)
    assert (done.added, len(done.problems)) == (1, 2)
    [aside] = done.quarantined
    assert aside.name == "lms-to-correct.ndjson"
    assert stat.S_IMODE(aside.stat().st_mode) == 0o600
    lines = aside.read_text().splitlines()
    assert lines[0].startswith("# lms.ndjson:3: the statement is dated in the future ; correct")
    assert lines[1] == bad
    assert lines[2].startswith("# lms.ndjson:4:2: this is not JSON")
    aside.write_text("\n".join([lines[0], lines[1].replace("2027", "2025"), *lines[2:]]))
    again = track.import_attendance(project, [aside], NOW, quarantine=project)
    assert (again.added, [problem.line for problem in again.problems]) == (1, [4])
