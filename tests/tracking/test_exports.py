"""What each LMS gets: only users that its own list has, and the others apart with the reason."""

import csv
import json
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest

from capsule import track
from capsule.errors import CapsuleError, InputError
from capsule.track.exporting import Exported, Wanted, export
from capsule.tracking.exports import To

USERS = """id,username,email,idnumber,firstname,lastname
7,a.durand,Ada@Example.org,A1,Ada,Durand
8,+bob,bob@example.org,,Bob,"Le Goff; fils"
9,cyd1,cyd@example.org,,Cyd,Un
10,cyd2,cyd@example.org,,Cyd,Deux
11,,eve@example.org,E5,Ève,Roux
"""
LIST = """session;date;id;presence;minutes
S1;2025-03-31;A1;present;
S1;2025-03-31;bob@example.org;partial;20
S1;2025-03-31;cyd@example.org;present;
S2;2025-04-01;ada@example.org;present;
S2;2025-04-01;+bob;present;
S2;2025-04-01;E5;present;
S2;2025-04-01;nobody;present;
S2;2025-04-01;absent;absent;
"""


@pytest.fixture
def listed(project: Path) -> Path:
    """A capsule with two sessions, and the users of an LMS."""
    (project / "list.csv").write_text(LIST, encoding="utf-8")
    (project / "users.csv").write_text(USERS, encoding="utf-8")
    done = track.import_attendance(
        project, [project / "list.csv"], datetime(2026, 1, 1, tzinfo=UTC)
    )
    assert not done.problems
    return project


def _export(project: Path, to: To, **wanted: object) -> Exported:
    chosen = Wanted(users=project / "users.csv", **wanted)  # type: ignore[arg-type]
    return export(project, to, project / "out.csv", chosen, environ={})


def _rows(file: Path, delimiter: str = ",") -> list[list[str]]:
    with file.open(encoding="utf-8", newline="") as content:
        return list(csv.reader(content, delimiter=delimiter))


def test_moodle_grades_hold_only_users_of_moodle(listed: Path) -> None:
    done = _export(listed, To.MOODLE_GRADES)
    assert not (listed / "out.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    header, *rows = _rows(listed / "out.csv")
    assert header == [
        "username",
        "L’essai : vingt secondes, tout compris & <vite>".replace(" :", "\u00a0:"),
    ]
    assert rows == [["a.durand", "100"], ["+bob", "100"]]  # each once, as Moodle has them
    assert done.files == [listed / "out.csv", listed / "out-apart.csv"]
    apart = _rows(listed / "out-apart.csv", ";")[1:]
    assert [(row[1], row[2], row[3]) for row in apart] == [
        ("S1 2025-03-31", "list.csv:4", "several users have this identifier: lines 4, 5"),
        ("S2 2025-04-01", "list.csv:7", "line 6 of the list of users has no username"),
        ("S2 2025-04-01", "list.csv:8", "not in the list of users"),
    ]
    assert "nobody" not in (listed / "out-apart.csv").read_text(encoding="utf-8")


def test_the_lms_s_own_ids_identify_nobody(listed: Path) -> None:
    (listed / "users.csv").write_text(
        "id,username,idnumber\nA1,zed,\n12,ada,a1\n", encoding="utf-8"
    )
    _export(listed, To.MOODLE_GRADES)
    assert _rows(listed / "out.csv")[1:] == [["ada", "100"]]


def test_another_key_finds_those_who_have_it(listed: Path) -> None:
    _export(listed, To.MOODLE_GRADES, key="email", points=20)
    assert _rows(listed / "out.csv")[1:] == [
        ["Ada@Example.org", "20"],
        ["bob@example.org", "20"],
        ["eve@example.org", "20"],
    ]


def test_the_file_of_those_apart_goes_when_nobody_is(listed: Path) -> None:
    _export(listed, To.MOODLE_GRADES)
    users = "username,idnumber\n" + "".join(
        f"u{n},{who}\n"
        for n, who in enumerate(
            ["A1", "cyd@example.org", "ada@example.org", "+bob", "E5", "nobody"]
        )
    )
    (listed / "users.csv").write_text(users, encoding="utf-8")
    done = _export(listed, To.MOODLE_GRADES)
    assert (done.files, done.count, done.unknown) == ([listed / "out.csv"], 6, [])
    assert not (listed / "out-apart.csv").exists()


def test_moodle_attendance_is_a_file_for_each_session(listed: Path) -> None:
    done = _export(listed, To.MOODLE_ATTENDANCE)
    first, second = listed / "out-s1-2025-03-31.csv", listed / "out-s2-2025-04-01.csv"
    assert done.files == [first, second, listed / "out-apart.csv"]
    assert _rows(first) == [["username", "status"], ["a.durand", "P"], ["+bob", "L"]]
    _export(listed, To.MOODLE_ATTENDANCE, session="s1", day=date(2025, 3, 31))
    assert _rows(listed / "out.csv") == _rows(first)
    with pytest.raises(CapsuleError, match="no such session"):
        _export(listed, To.MOODLE_ATTENDANCE, session="S1", day=date(2025, 4, 1))


def test_openedx_names_the_course_and_the_block(listed: Path) -> None:
    with pytest.raises(CapsuleError, match="--course-id, --block"):
        _export(listed, To.OPENEDX)
    _export(listed, To.OPENEDX, course="course-v1:a+b+c", block="9f3")
    header, *rows = _rows(listed / "out.csv")
    assert ",".join(header) == (
        "user_id,username,student_key,course_id,track,cohort,new_override-9f3"
    )
    assert rows[0] == ["7", "a.durand", "A1", "course-v1:a+b+c", "", "", "1"]
    assert [row[0] for row in rows] == ["7", "8", "11"]


def test_chamilo_has_semicolons_and_the_day(listed: Path) -> None:
    _export(listed, To.CHAMILO)
    header, *rows = _rows(listed / "out.csv", ";")
    assert header == ["username", "official_code", "lastname", "firstname", "score", "date"]
    assert rows == [
        ["a.durand", "A1", "Durand", "Ada", "100", "2025-03-31"],
        ["+bob", "", "Le Goff; fils", "Bob", "100", "2025-04-01"],
    ]


def test_other_tools_get_pseudonyms(listed: Path) -> None:
    for to in (To.NDJSON, To.CSV, To.PARQUET):
        done = export(listed, to, listed / f"all.{to}", environ={})
        assert done.count == (8 if to is To.CSV else 13)
    with (listed / "all.ndjson").open(encoding="utf-8") as file:
        told = [json.loads(line) for line in file]
    ids = duckdb.execute(f"SELECT id FROM '{listed / 'all.parquet'}' ORDER BY id").fetchall()
    assert [key for (key,) in ids] == sorted(one["id"] for one in told)
    header, *rows = csv.reader(
        (listed / "all.csv").read_text("utf-8-sig").splitlines(), delimiter=";"
    )
    assert header[:3] == ["way", "session", "start"]
    assert {row[5] for row in rows} > {one["actor"]["account"]["name"] for one in told}
    for name in ("all.ndjson", "all.csv", "all.parquet"):
        assert b"ada@example" not in (listed / name).read_bytes()


def test_a_list_of_users_that_is_none(listed: Path) -> None:
    with pytest.raises(CapsuleError, match="--users"):
        export(listed, To.CHAMILO, listed / "out.csv", environ={})
    (listed / "users.csv").write_text("name;town\nx;y\n", encoding="utf-8")
    with pytest.raises(InputError, match="user name, e-mail or ID number"):
        _export(listed, To.MOODLE_GRADES)
    (listed / "users.csv").write_text("email\nx@y.fr\n", encoding="utf-8")
    with pytest.raises(CapsuleError, match="has no column username"):
        _export(listed, To.MOODLE_GRADES)
    assert not (listed / "out.csv").exists()
