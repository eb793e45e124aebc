"""Somebody whom lists give by identifier, by e-mail address, or both, is one person."""

import itertools
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from capsule import track
from capsule.track import figures, keyfile, people
from capsule.track.exporting import Wanted, export
from capsule.track.pulling import pull
from capsule.tracking.exports import To
from capsule.tracking.report import By

from .keeping import LRS, NOW, set_tracking
from .test_pull import Store, _said

ADA, BOB = "ada@example.org", "bob@example.org"
LISTS = {
    "both": "id;e-mail;session;date;présence\n"
    f"A1;Ada@Example.org;S1;10/03/2026;P\nB2;{BOB};S1;10/03/2026;P\n",
    "ids": "id;session;date;présence\nA1;S2;11/03/2026;P\nc3;S2;11/03/2026;A\n",
    "emails": f"e-mail;session;date;présence\n{ADA};S2;11/03/2026;A\n{BOB};S3;12/03/2026;P\n",
}
SHARED = "id;e-mail;session;date;présence\n" + "".join(
    f"{who};{ADA};S4;13/03/2026;A\n" for who in ("x1", "x2")
)


def _enter(project: Path, *texts: str) -> track.Imported:
    for text in texts:
        file = project / "list.csv"
        file.write_text(text, encoding="utf-8")
        done = track.import_attendance(project, [file], NOW)
        assert not done.problems
    return done


def _figures(project: Path, by: By = By.SESSION, **on: Any) -> list[tuple[object, ...]]:
    lines = figures.report(project, by, environ={}, **on).lines
    return [(line.name, line.expected, line.completed, line.people, line.reached) for line in lines]


def _links(project: Path) -> int:
    with closing(sqlite3.connect(project / ".capsule" / "people.db")) as db:
        (count,) = db.execute("SELECT count(*) FROM link").fetchone()
    return int(count)


@pytest.mark.parametrize("order", list(itertools.permutations(LISTS)), ids="-".join)
def test_the_order_of_the_imports_changes_no_count(project: Path, order: tuple[str, ...]) -> None:
    _enter(project, *(LISTS[name] for name in order))
    assert _figures(project) == [("S1", 2, 2, 2, 2), ("S2", 2, 1, 2, 1), ("S3", 1, 1, 1, 1)]
    assert _figures(project, By.COURSE) == [("", 5, 4, 3, 2)]


def test_an_address_of_several_people_tells_nobody(project: Path) -> None:
    _enter(project, LISTS["both"], SHARED, LISTS["emails"])
    assert _figures(project, By.COURSE) == [("", 6, 3, 5, 2)]


def test_what_was_sent_under_the_address_stays_as_it_is(project: Path) -> None:
    _enter(project, LISTS["emails"])
    before = list(track.statements_of(project))
    done = _enter(project, LISTS["both"], LISTS["emails"])
    assert (done.added, done.known) == (0, 2)
    assert list(track.statements_of(project))[: len(before)] == before


def test_the_lms_knows_somebody_by_the_address_or_the_identifier(project: Path) -> None:
    lrs = Store()
    lrs.keep(_said("ADA@example.org", timestamp="2026-03-20T10:00:00Z"))
    _enter(project, LISTS["both"], LISTS["emails"])
    pull(project, NOW, environ=LRS, transport=httpx.MockTransport(lrs))
    assert figures.report(project, environ={}).total.people == 2
    users = project / "users.csv"
    users.write_text("username,idnumber\nada,A1\nbob,B2\n", encoding="utf-8")
    done = export(project, To.MOODLE_ATTENDANCE, project / "out.csv", Wanted(users), environ={})
    assert (done.count, done.unknown) == (4, [])


def test_several_keys_and_identified_people(project: Path) -> None:
    set_tracking(project, "actors: identified")
    _enter(project, LISTS["both"], LISTS["emails"])
    keyfile.rotate(project, NOW, date(2026, 6, 1))
    late = f"e-mail;session;date;présence\n{ADA};S9;02/06/2026;P\n"
    ids = "id;session;date;présence\nA1;S8;03/06/2026;P\n"
    _enter(project, late, ids)
    assert _figures(project, By.COURSE) == [("", 6, 5, 2, 2)]
    told = project / "told.ndjson"
    export(project, To.NDJSON, told, environ={})
    [(_name, _expected, *counts)] = _figures(project, By.COURSE, statements=told)
    assert counts == [5, 2, 2]


def test_lists_that_name_people_in_two_ways_are_remarked(project: Path) -> None:
    assert not _enter(project, LISTS["ids"]).apart
    assert _enter(project, LISTS["emails"]).apart
    assert not _enter(project, LISTS["emails"]).apart, "nothing new"
    assert not _enter(project, LISTS["both"]).apart


def test_forgetting_and_purging_forget_that_they_are_one(project: Path) -> None:
    _enter(project, *LISTS.values())
    assert _links(project) == 2
    assert people.forget(project, "A1", NOW).also == [ADA], "that isn't forgotten"
    assert _links(project) == 1
    assert people.forget(project, ADA, NOW).also == []
    _enter(project, LISTS["both"])
    assert _links(project) == 1
    assert people.forget(project, BOB, NOW).also == ["b2"]
    _enter(project, LISTS["both"].replace("S1", "S5"))
    assert _links(project) == 0, "an address that is forgotten is linked to nobody"
    _enter(project, LISTS["both"].replace("B2", "d4").replace(BOB, "d@example.org"))
    assert _links(project) == 1
    set_tracking(project, "keep: 1 month")
    people.purge(project, NOW)
    assert _links(project) == 0


def test_nothing_is_linked_where_nobody_is_to_be_recognised(project: Path) -> None:
    set_tracking(project, "reidentification: false")
    _enter(project, *LISTS.values())
    assert not (project / ".capsule" / "people.db").exists()
    assert _figures(project, By.COURSE) == [("", 6, 4, 5, 3)]


def test_a_file_of_the_first_version_is_brought_up_to_date(project: Path) -> None:
    _enter(project, LISTS["ids"])
    with closing(sqlite3.connect(project / ".capsule" / "people.db")) as db:
        db.execute("DROP TABLE link")
        db.execute("PRAGMA user_version = 1")
    _enter(project, LISTS["both"])
    assert _links(project) == 2
