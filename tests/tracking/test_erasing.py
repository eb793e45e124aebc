"""People forgotten and sessions purged: through the conductor, on real stores."""

import json
import sqlite3
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from capsule import track
from capsule.errors import CapsuleError
from capsule.track import figures, keyfile, people
from capsule.tracking.outbox import Counts, Erased
from capsule.tracking.report import Line
from capsule.tracking.sparing import kept_from

from .keeping import LRS, NOW, Listing, Lrs, kept_bytes, named, pseudonyms, set_tracking


def test_an_identified_person_is_corrected_undone_voided_and_forgotten(
    project: Path, listing: Listing, environ: dict[str, str]
) -> None:
    set_tracking(project, "actors: identified")
    way, lrs = {**LRS, **environ}, Lrs()
    for presence in ("P", "A"):
        rows = [f"S1;10/03/2026;{who};{presence};" for who in ("m1", "m10")]
        track.import_attendance(project, [listing(*rows)], NOW, environ=environ)
        track.send(project, way, transport=lrs.transport)
    assert len(lrs.told) == 8
    track.undo(project, 2, NOW, void=True, environ=environ)
    both = ["m1", "m1", "m10", "m10"]
    assert named(project, environ) == both + both, "said again"
    assert track.void(project, "S1", "M10", "absent", NOW, environ=environ) == 1
    assert named(project, environ) == [*both, "m1", "m1"]
    done = people.forget(project, "M1", NOW, environ=environ)
    assert (done.lines, done.withdrawn, done.left) == (2, 2, 2)
    if not environ:
        assert b'"m1"' not in kept_bytes(project)
    assert track.import_attendance(project, [listing(*rows)], NOW, environ=environ).forgotten == 1


def test_a_forgotten_person_is_not_taken_for_another_in_statements(project: Path) -> None:
    """A statement is looked at whole: an identifier may be part of another, or of a text."""
    set_tracking(project, "actors: identified")
    file = project / "other.ndjson"
    told = [
        {
            "id": f"00000000-0000-4000-8000-00000000000{n}",
            "actor": {"account": {"homePage": "https://lms.example", "name": name}},
            "verb": {"id": "http://adlnet.gov/expapi/verbs/completed"},
            "object": {"id": "https://lms.example/m1"},
            "timestamp": "2026-03-10T09:00:00Z",
        }
        for n, name in enumerate(("M1", "m10"))
    ]
    file.write_text("".join(json.dumps(one) + "\n" for one in told))
    track.import_attendance(project, [file], NOW)
    assert people.forget(project, "m1", NOW).withdrawn == 1
    [left] = track.statements_of(project)
    assert left.actor.account.name == "m10"


def test_a_forgotten_person_leaves_no_bytes(
    project: Path, listing: Listing, environ: dict[str, str]
) -> None:
    rows = [f"S{n};{n:02}/03/2026;p{p};P;" for n in range(1, 6) for p in range(40)]
    both = listing(*rows, "S1;01/03/2026;ada;P;", "S2;02/03/2026;ada;partiel;5")
    track.import_attendance(project, [both], NOW, environ=environ)
    (name,) = pseudonyms(project, "ada")
    lrs = Lrs()
    track.send(project, {**LRS, **environ}, batch=600, transport=lrs.transport)
    assert len(lrs.told) == 403
    track.import_attendance(
        project, [listing("S9;09/03/2026;ada;P;", name="9.csv")], NOW, environ=environ
    )
    done = people.forget(project, " ADA ", NOW, environ=environ)
    assert done == people.Forgotten(sessions=3, lines=3, withdrawn=2, left=3, voided=3, also=[])
    if not environ:
        assert name.encode() not in kept_bytes(project)
        assert b"\0ada" not in (project / ".capsule" / "people.db").read_bytes()
    mentioned = json.dumps([one.to_json() for one in track.statements_of(project, environ=environ)])
    assert name not in mentioned
    mine = [one["id"] for one in lrs.told if name in json.dumps(one)]
    lrs = Lrs()
    track.send(project, {**LRS, **environ}, transport=lrs.transport)
    assert sorted(one["object"]["id"] for one in lrs.told) == sorted(mine)
    assert {one["verb"]["id"].rpartition("/")[2] for one in lrs.told} == {"voided"}
    assert name not in json.dumps(lrs.told)
    total = figures.report(project, environ=environ).total
    assert (total.expected, total.completed) == (200, 200)
    assert track.status(project, environ=environ).counts == Counts(sent=406)


def test_a_forgotten_person_does_not_come_back(
    project: Path, listing: Listing, environ: dict[str, str]
) -> None:
    both = listing("S1;10/03/2026;ada;P;", "S1;10/03/2026;bob;P;")
    track.import_attendance(project, [both], NOW, environ=environ)
    people.forget(project, "ada", NOW, environ=environ)
    keyfile.rotate(project, NOW, environ=environ)
    again = track.import_attendance(project, [both], NOW, environ=environ)
    assert (again.added, again.known, again.forgotten, again.queued) == (0, 1, 1, 0)
    entry = track.imports(project, environ=environ)[1]
    assert (entry.kind, entry.reason) == ("forget", None)
    with pytest.raises(CapsuleError, match="2 can't be undone: it removed data"):
        track.undo(project, 2, NOW, environ=environ)
    track.undo(project, 1, NOW, environ=environ)
    people.forget(project, "eve", NOW, environ=environ)
    people.forget(project, "ada", NOW, environ=environ)


def test_the_proof_of_a_forgetting_tells_nobody(project: Path, listing: Listing) -> None:
    track.import_attendance(project, [listing("S1;10/03/2026;ada;P;")], NOW)
    people.forget(project, "ada", NOW)
    with sqlite3.connect(project / ".capsule" / "outbox.db") as db:
        ((mark, salt, entry, count),) = db.execute("SELECT * FROM forgotten")
    assert (entry, count) == (2, 2)
    assert mark not in pseudonyms(project, "ada")
    assert len(salt) == 32


def test_an_import_with_forgotten_people_is_undone_for_the_others(
    project: Path, listing: Listing
) -> None:
    both = listing("S1;10/03/2026;ada;P;", "S1;10/03/2026;bob;P;")
    track.import_attendance(project, [both], NOW)
    track.send(project, LRS, transport=Lrs().transport)
    people.forget(project, "ada", NOW)
    assert track.undo(project, 1, NOW, void=True) >= 2
    assert figures.report(project).total.expected == 0
    lrs = Lrs()
    track.send(project, LRS, transport=lrs.transport)
    assert len(lrs.told) == 4, "two voids each"


def test_a_forgetting_tells_what_is_left_to_void(project: Path, listing: Listing) -> None:
    """What was voided before isn't voided again, and what was sent adds up all the same."""
    rows = [f"S{n};1{n}/03/2026;ada;P;" for n in range(3)]
    track.import_attendance(project, [listing(*rows)], NOW)
    lrs = Lrs()
    track.send(project, LRS, transport=lrs.transport)
    track.void(project, "S0", None, "not held", NOW)
    track.send(project, LRS, transport=lrs.transport)
    track.void(project, "S1", None, "not held", NOW)
    done = people.forget(project, "ada", NOW)
    assert (done.left, done.voided) == (6, 4)
    assert track.status(project).counts.waiting == 4


def test_traces_that_another_process_holds_are_said(project: Path, listing: Listing) -> None:
    track.import_attendance(project, [listing("S1;10/03/2026;ada;P;")], NOW)
    (name,) = pseudonyms(project, "ada")
    with sqlite3.connect(project / ".capsule" / "outbox.db", isolation_level=None) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM statement").fetchall()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("capsule.tracking.outbox.database._BUSY", 0.1)
            with pytest.raises(CapsuleError, match="may still hold traces"):
                people.forget(project, "ada", NOW)
        reader.execute("COMMIT")
    reader.close()
    set_tracking(project, "keep: 3 ans")
    people.purge(project, NOW)
    assert name.encode() not in kept_bytes(project)


def test_a_purge_keeps_the_figures(
    project: Path, listing: Listing, environ: dict[str, str]
) -> None:
    with pytest.raises(CapsuleError, match="keep: 3 years"):
        people.purge(project, NOW, environ=environ)
    assert people.overdue(project, NOW, environ=environ) is None
    rows = ["S1;29/06/2023;ada;P;", "S1;29/06/2023;eve;A;", "S1;29/06/2023;bob;partiel;9"]
    both = listing(*rows, "S2;30/06/2023;ada;P;")
    track.import_attendance(project, [both], NOW, environ=environ)
    track.send(project, {**LRS, **environ}, transport=Lrs().transport)
    before = _figures(project, environ)
    set_tracking(project, "keep: 3 years")
    assert people.overdue(project, NOW, environ=environ) == (date(2023, 6, 30), 1, 0)
    planned = people.purge(project, NOW, dry_run=True, environ=environ)
    assert planned.erased == Erased(sessions=1, lines=3, left=3)
    assert planned.identifiers == 2
    assert len(list(track.statements_of(project, environ=environ))) == 5
    done = people.purge(project, NOW, environ=environ)
    assert done == planned
    assert _figures(project, environ) == before
    assert people.overdue(project, NOW, environ=environ) == (date(2023, 6, 30), 0, 0)
    assert len(list(track.statements_of(project, environ=environ))) == 2
    assert track.status(project, environ=environ).counts == Counts(sent=5)
    if not environ:
        assert pseudonyms(project, "bob")[0].encode() not in kept_bytes(project)
    again = track.import_attendance(project, [both], NOW, environ=environ)
    assert (again.known, again.expired, again.queued) == (1, 3, 0)
    set_tracking(project, "keep: 9 years", "keep: 3 years")
    again = track.import_attendance(project, [both], NOW, environ=environ)
    assert (again.known, again.expired) == (1, 3), "what was purged is not counted again"
    later = people.purge(project, NOW + timedelta(days=366 * 9), environ=environ)
    assert later.erased.sessions == 1
    assert _figures(project, environ) == before


def test_statements_that_were_never_sent_are_not_kept_longer(
    project: Path, listing: Listing
) -> None:
    track.import_attendance(project, [listing("S1;29/06/2023;ada;P;")], NOW)
    set_tracking(project, "keep: 36 mois")
    assert people.purge(project, NOW).erased == Erased(sessions=1, lines=1, withdrawn=2)
    assert track.status(project).counts == Counts()
    assert figures.report(project).total.completed == 1


@pytest.mark.parametrize(
    ("today", "months", "day"),
    [
        (date(2026, 11, 22), 36, date(2023, 11, 22)),
        (date(2026, 3, 31), 1, date(2026, 2, 28)),
        (date(2024, 2, 29), 12, date(2023, 2, 28)),
        (date(2026, 1, 15), 1, date(2025, 12, 15)),
    ],
)
def test_months_are_those_of_the_calendar(today: date, months: int, day: date) -> None:
    assert kept_from(today, months) == day


def _figures(project: Path, environ: dict[str, str]) -> list[Line]:
    """The lines of the report, without the medians, which a purge loses."""
    lines = figures.report(project, environ=environ).lines
    return [replace(line, minutes=None) for line in lines]
