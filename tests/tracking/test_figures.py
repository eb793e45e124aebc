"""The report of a store and of statements: against each other, and against a count by hand."""

import json
import random
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median
from typing import Any

import duckdb
import pytest

from capsule import track
from capsule.errors import InputError
from capsule.track import exporting, figures, opening, people
from capsule.tracking import keys, privacy, told
from capsule.tracking.exports import To
from capsule.tracking.outbox import Played
from capsule.tracking.report import By, Line
from capsule.tracking.statements import seconds

BASE = "https://formation.example/capsules"
NOW = datetime(2026, 1, 1, tzinfo=UTC)
DURATIONS = ["PT1H30M", "PT10M3.21S", "P1W", "P1DT2H", "P1W2DT3H4M5.6S", "PT0S", "P1DT"]
DURATIONS += ["P", "PT", "P1Y", "P1M", "10", "pt1h", "PT1,5S", "xPT1H", "PT999999999S"]
DURATIONS += [f"PT{9:9<60}S", f"P{9:9<400}W"]  # which no number holds


def _import(project: Path, rows: str) -> None:
    (project / "list.csv").write_text(
        "session;date;time;id;presence;minutes;centre;course\n" + rows, encoding="utf-8"
    )
    done = track.import_attendance(project, [project / "list.csv"], NOW)
    assert not done.problems


def _play(project: Path, *taken: tuple[str, str, float | None]) -> None:
    """Completions in the LMS: identifier, time, seconds."""
    with opening.opened(project, {}) as box:
        names = privacy.Pseudonyms(keys.read(project / ".capsule" / "key")[0])
        found = [
            Played(f"id{n}", names.of(who), at, took) for n, (who, at, took) in enumerate(taken)
        ]
        box.facts.bring("lrs", None, found, [], 0)


def _lines(project: Path, by: By, **on: Any) -> dict[str, Line]:
    return {line.name: line for line in figures.report(project, by, **on).lines}


@pytest.fixture
def awkward(project: Path) -> Path:
    """Somebody in two sessions and in the LMS, somebody in the LMS only, one who left early."""
    _import(
        project,
        "S1;2025-03-31;9:30;ada;present;90;Grenoble;Accueil\n"
        "S1;2025-03-31;9:30;bob;partial;45;Grenoble;Accueil\n"
        "S1;2025-03-31;9:30;cyd;absent;;Grenoble;Accueil\n"
        "S2;2025-04-01;0:30;ada;present;60;Lyon;Accueil\n"
        "S2;2025-04-01;0:30;dan;present;;Lyon;Accueil\n",
    )
    _play(
        project,
        ("ada", "2025-05-02T10:00:00.000Z", 300),
        ("cyd", "2025-04-30T22:30:00.000Z", 600),  # in May in Paris
        ("eve", "2025-05-03T10:00:00.000Z", None),
    )
    return project


def test_people_count_once_whichever_way_they_took_the_capsule(awkward: Path) -> None:
    total = figures.report(awkward).total
    assert (total.expected, total.present, total.completed, total.played) == (5, 4, 3, 3)
    assert (total.people, total.reached) == (5, 4)  # all but bob
    assert total.rate == 0.8
    courses = _lines(awkward, By.COURSE)
    assert (courses["Accueil"].expected, courses["Accueil"].people) == (5, 4)
    assert courses["Accueil"].reached == 2
    alone = courses[""]
    assert (alone.lms, alone.people, alone.played, alone.rate) == (True, 3, 3, None)


def test_sessions_come_in_their_order_with_their_own_figures(awkward: Path) -> None:
    first, second, lms = figures.report(awkward).lines
    assert (first.name, first.start) == ("S1", "2025-03-31T09:30+02:00")
    assert (first.centre, first.course) == ("Grenoble", "Accueil")
    assert (first.expected, first.present, first.completed, first.rate) == (3, 2, 1, 1 / 3)
    assert (second.name, second.expected, second.completed) == ("S2", 2, 2)
    assert (lms.lms, lms.played) == (True, 3)


def test_months_are_those_of_the_centres_time_zone(awkward: Path) -> None:
    months = _lines(awkward, By.MONTH)
    assert [*months] == ["2025-03", "2025-04", "2025-05"]
    assert (months["2025-04"].expected, months["2025-05"].played) == (2, 3)


def test_a_median_is_of_half_of_the_people_at_least(awkward: Path) -> None:
    months = _lines(awkward, By.MONTH)
    assert months["2025-03"].minutes == 67.5
    assert months["2025-04"].minutes == 60
    assert months["2025-05"].played_minutes == 7.5


def test_the_minutes_of_a_few_say_nothing_of_all(project: Path) -> None:
    rows = [f"S;2025-06-02;9:00;p{n};present;;L;A\n" for n in range(4)]
    _import(project, "".join(rows) + "S;2025-06-02;9:00;q;partial;5;L;A\n")
    assert figures.report(project).total.minutes is None


def test_a_list_of_users_joins_the_identifiers_of_one_person(awkward: Path) -> None:
    (awkward / "users.csv").write_text("username,email\neve,bob\n", encoding="utf-8")
    total = figures.report(awkward, users=awkward / "users.csv").total
    assert (total.people, total.reached, total.expected) == (4, 4, 5)


def _random_rows(seed: int) -> Iterator[str]:
    chance = random.Random(seed)
    for session in range(40):
        start = f"2025-{session % 12 + 1:02}-{session % 28 + 1:02};{session % 12 + 7}:00"
        for person in chance.sample(range(60), 12):
            presence = chance.choice(["present", "present", "partial", "absent"])
            minutes = chance.choice([10, 20, 30]) if presence != "absent" else ""
            about = f"C{session % 3};=F{session % 5}"
            yield f"S{session};{start};p{person};{presence};{minutes};{about}"


def test_the_store_and_its_statements_agree(project: Path, tmp_path: Path) -> None:
    rows = list(_random_rows(7))
    _import(project, "\n".join(rows))
    exporting.export(project, To.NDJSON, tmp_path / "told.ndjson")
    exporting.export(project, To.PARQUET, tmp_path / "told.parquet")
    split = [row.split(";") for row in rows]
    for by, key in ((By.CENTRE, 6), (By.COURSE, 7), (By.SESSION, 0), (By.MONTH, 1)):
        lists = _lines(project, by)
        for file in ("told.ndjson", "told.parquet"):
            said = _lines(project, by, statements=tmp_path / file)
            assert said.keys() == lists.keys()
            for name, line in said.items():
                mine = [row for row in split if row[key].startswith(name)]
                if by is By.SESSION:
                    mine = [row for row in split if row[0] == name]
                there = [row for row in mine if row[4] != "absent"]
                counted = (
                    len(there),
                    len([row for row in there if row[4] == "present"]),
                    len({row[3] for row in there if row[4] == "present"}),
                    median(int(row[5]) for row in there),
                )
                for one in (line, lists[name]):
                    figured = (one.present, one.completed, one.reached, one.minutes)
                    assert figured == counted
                assert line.expected is None
                assert line.people == len({row[3] for row in there})
                assert lists[name].people == len({row[3] for row in mine})
                assert (line.start[:16], line.centre) == (
                    lists[name].start[:16],
                    lists[name].centre,
                )


def _statement(key: str, verb: str, target: Any, **more: Any) -> dict[str, Any]:
    told = {
        "id": key,
        "actor": {"account": {"homePage": "https://lms.example", "name": "ada"}},
        "verb": {"id": verb},
        "object": target,
        "timestamp": "2025-05-02T10:00:00Z",
    }
    return told | more


def test_repeated_voided_and_foreign_statements_in_a_file(project: Path, tmp_path: Path) -> None:
    adl = "http://adlnet.gov/expapi/verbs/"
    ours, other = {"id": f"{BASE}/essai"}, {"id": f"{BASE}/autre"}
    bob = {"actor": {"mbox": "mailto:bob@example.org"}, "result": {"duration": "PT1M30S"}}
    grouped = {"contextActivities": {"grouping": [{"id": f"{BASE}/essai"}]}}
    told = [
        _statement("1", adl + "completed", ours),
        _statement("1", adl + "completed", ours),
        _statement("2", adl + "passed", ours, timestamp="2025-06-02T10:00:00Z"),
        _statement("3", adl + "completed", {"id": "https://lms.example/au/9"}, context=grouped)
        | bob,
        _statement("4", adl + "completed", ours, actor={"mbox": "mailto:eve@example.org"}),
        _statement("5", adl + "voided", {"objectType": "StatementRef", "id": "4"}),
        _statement("6", adl + "completed", other, actor={"mbox": "mailto:dan@example.org"}),
        _statement("7", adl + "initialized", ours, actor={"mbox": "mailto:fay@example.org"}),
    ]
    file = tmp_path / "lrs.ndjson"
    file.write_text("\n".join(map(json.dumps, told)), encoding="utf-8")
    lines = _lines(project, By.MONTH, statements=file)
    assert [*lines] == ["2025-05"]
    assert (lines["2025-05"].people, lines["2025-05"].played) == (2, 2)
    assert lines["2025-05"].played_minutes == 1.5


@pytest.mark.parametrize("text", DURATIONS)
def test_durations_are_read_alike_in_python_and_in_duckdb(text: str) -> None:
    inner = f"SELECT {told.PARTS} AS parts FROM (SELECT ? AS duration)"
    [(minutes,)] = duckdb.execute(f"SELECT {told.MINUTES} FROM ({inner})", [text]).fetchall()
    known = seconds(text)
    assert minutes == (None if known is None else pytest.approx(known / 60))


def test_purged_sessions_keep_their_figures(awkward: Path) -> None:
    before = [replace(line, minutes=None) for line in figures.report(awkward).lines]
    file = awkward / "capsule.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("tracking: {", "tracking: {keep: 9 months, "), encoding="utf-8")
    assert people.purge(awkward, NOW).erased.sessions == 1
    assert [replace(line, minutes=None) for line in figures.report(awkward).lines] == before
    total = figures.report(awkward).total
    assert (total.expected, total.present, total.completed) == (5, 4, 3)
    assert (total.people, total.reached) == (7, 5), "who was in S1 can't be told any more"
    assert total.minutes is None, "one of four is known"


def test_a_file_of_something_else(project: Path) -> None:
    for text, place in (
        ("session;date\nS1;2025\n", "list.csv:1"),
        ('{"id": "1"}\n{"actor":\n', "list.csv:2"),
        ('{"id": "1"}\n{"id": "2", "actor": "Claire Durand"}\n', "list.csv:2"),
        ("PAR1", "list.csv"),
    ):
        (project / "list.csv").write_text(text, encoding="utf-8")
        with pytest.raises(InputError, match=rf"{place}: this is no xAPI statement; give one"):
            figures.report(project, statements=project / "list.csv")


def test_nothing_to_report(project: Path) -> None:
    empty = figures.report(project)
    assert (empty.lines, empty.total.people) == ([], 0)


def test_the_page_is_whole_and_harmless(awkward: Path) -> None:
    _import(awkward, "<b>S4</b>;2025-06-02;9:30;ada;present;90;<script>1</script>;-\n")
    figures.write_page(awkward, awkward / "page.html", date(2026, 1, 2))
    page = (awkward / "page.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "&lt;b&gt;S4" in page
    assert "http" not in page
    assert "02/01/2026" in page
    totals = re.findall(r"<tfoot>.*?</tfoot>", page, re.DOTALL)
    rates = ["%" in total for total in totals]
    assert rates == [True, True, True, False], "the rows of sessions count attendances, not people"
    figures.write_page(awkward, awkward / "again.html", date(2026, 1, 2))
    assert (awkward / "again.html").read_text(encoding="utf-8") == page


@pytest.mark.skipif(sys.platform == "win32", reason="no limit of a file's size")
def test_a_disk_that_takes_no_more(tmp_path: Path) -> None:
    import resource  # noqa: PLC0415 (not on Windows)

    (tmp_path / "a.ndjson").write_text('{"id": "1"}\n', encoding="utf-8")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (16, limits[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            told.flatten(tmp_path / "a.ndjson", tmp_path / "a.parquet", BASE)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def test_parquet_holds_no_more_than_the_report_needs(awkward: Path, tmp_path: Path) -> None:
    exporting.export(awkward, To.NDJSON, tmp_path / "a.ndjson")
    told.flatten(tmp_path / "a.ndjson", tmp_path / "it's.parquet", BASE)
    whole = figures.report(awkward, By.CENTRE, statements=tmp_path / "it's.parquet")
    assert {line.name for line in whole.lines} == {"Grenoble", "Lyon"}
