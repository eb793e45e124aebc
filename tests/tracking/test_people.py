"""What is kept about people, removed and purged: through the conductor, on real stores."""

import json
import sqlite3
import stat
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from capsule import track
from capsule.errors import CapsuleError
from capsule.track import figures, opening, people
from capsule.tracking import keys
from capsule.tracking.outbox import Counts, Erased
from capsule.tracking.people import opened
from capsule.tracking.report import By, Line
from capsule.tracking.sparing import kept_from

NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)
LRS = {
    "CAPSULE_LRS_URL": "https://lrs.example.org/xapi/",
    "CAPSULE_LRS_KEY": "key",
    "CAPSULE_LRS_SECRET": "hush",
}
Listing = Callable[..., Path]


@pytest.fixture(params=["sqlite", "postgresql"])
def environ(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    """Where the store is."""
    if request.param == "sqlite":
        return {}
    address = request.getfixturevalue("postgresql")
    return {"CAPSULE_OUTBOX": f"{address}&schema=people_{abs(hash(tmp_path)):x}"}


@pytest.fixture
def listing(project: Path) -> Listing:
    """A function that writes a list and gives its path."""

    def write(*rows: str, name: str = "list.csv") -> Path:
        text = "session;date;id;présence;minutes\n" + "\n".join(rows)
        (project / name).write_text(text, encoding="utf-8")
        return project / name

    return write


class Lrs:
    """An LRS that takes everything and remembers it."""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []

    @property
    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(self._take)

    def _take(self, request: httpx.Request) -> httpx.Response:
        self.told += json.loads(request.content)
        return httpx.Response(204)


def _names(project: Path, person: str) -> list[str]:
    return [key.digest(person) for key in keys.read(project / ".capsule" / "key")]


def _named(project: Path, environ: dict[str, str]) -> list[str]:
    """Whom the statements are about, in their order, that aren't withdrawn."""
    with opening.opened(project, environ) as box:
        told = list(map(json.loads, box.bodies()))
    return [one["actor"]["account"]["name"] for one in told if "definition" in one["object"]]


def _bytes(project: Path) -> bytes:
    """All that the folder's files hold, but for the key, the lists apart."""
    files = [file for file in (project / ".capsule").iterdir() if file.name != "key"]
    assert "outbox.db" in {file.name for file in files}
    return b"".join(file.read_bytes() for file in files)


def test_a_rotation_counts_nobody_again(
    project: Path, listing: Listing, environ: dict[str, str]
) -> None:
    march = listing("S1;10/03/2026;ada;P;", "S1;10/03/2026;bob;A;")
    track.import_attendance(project, [march], NOW, environ=environ)
    rotated = people.rotate_key(project, NOW, environ=environ)
    assert [since for _check, since in rotated.keys] == [NOW.date(), NOW.date()]
    again = track.import_attendance(project, [march], NOW, environ=environ)
    assert (again.added, again.known, again.queued) == (0, 2, 0)
    later = NOW + timedelta(days=2)
    july = listing("S2;01/07/2026;ada;P;", name="july.csv")
    done = track.import_attendance(project, [july], later, environ=environ)
    assert done.added == 1
    told = [one.actor.account.name for one in track.statements_of(project, environ=environ)]
    old, new = _names(project, "ada")
    assert told == [old, old, new, new]
    with opened(project / ".capsule" / "people.db") as whose:
        assert whose.whose([old, new]) == {old: "ada", new: "ada"}, "the same person"
    assert track.void(project, "S1", "ada", "absent", later, environ=environ) == 1
    assert track.void(project, "S2", "ada", "absent", later, environ=environ) == 1


def test_a_rotation_leaves_the_sessions_that_are_known(project: Path, listing: Listing) -> None:
    with pytest.raises(CapsuleError, match="nothing was imported yet"):
        people.rotate_key(project, NOW)
    track.import_attendance(project, [listing("S1;30/06/2026 08:00;ada;P;")], NOW)
    with pytest.raises(CapsuleError, match="sessions to 2026-06-30 are under the former key"):
        people.rotate_key(project, NOW, date(2026, 6, 30))
    assert people.rotate_key(project, NOW).keys[-1][1] == date(2026, 7, 1)
    assert people.rotate_key(project, NOW).keys[-1][1] == date(2026, 7, 2)
    assert [entry.kind for entry in track.imports(project)] == ["import", "key", "key"]


def test_another_machine_needs_the_new_key(project: Path, listing: Listing, tmp_path: Path) -> None:
    march = listing("S1;10/03/2026;ada;P;")
    track.import_attendance(project, [march], NOW)
    file = project / ".capsule" / "key"
    former = file.read_bytes()
    people.rotate_key(project, NOW)
    people.export_key(project, tmp_path / "copy")
    assert stat.S_IMODE((tmp_path / "copy").stat().st_mode) == 0o600
    with pytest.raises(CapsuleError, match="exists already"):
        people.export_key(project, tmp_path / "copy")
    file.write_bytes(former)
    with pytest.raises(CapsuleError, match=r"not the key .* track key import"):
        track.import_attendance(project, [march], NOW)
    people.import_key(project, (tmp_path / "copy").read_bytes(), NOW)
    assert track.import_attendance(project, [march], NOW).known == 1
    file.unlink()
    people.import_key(project, (tmp_path / "copy").read_bytes(), NOW)
    other = keys.handed_over([keys.Key(bytes(32))], "", None)
    with pytest.raises(CapsuleError, match="another key"):
        people.import_key(project, other, NOW)
    file.unlink()
    with pytest.raises(CapsuleError, match="not the key"):
        people.import_key(project, other, NOW)
    assert not file.exists()


def test_a_key_is_made_before_the_first_list(project: Path, listing: Listing) -> None:
    made = people.make_key(project, NOW)
    assert made.mode == "0600"
    with pytest.raises(CapsuleError, match="a key already"):
        people.make_key(project, NOW)
    track.import_attendance(project, [listing("S1;10/03/2026;ada;P;")], NOW)
    assert people.key(project) == made


def test_whose_the_pseudonyms_are_stays_in_one_file(project: Path, listing: Listing) -> None:
    march = listing("S1;10/03/2026;ada@example.org;P;", "S1;10/03/2026;+33;P;")
    track.import_attendance(project, [march], NOW)
    store = project / ".capsule"
    assert stat.S_IMODE((store / "people.db").stat().st_mode) == 0o600
    assert b"ada@example.org" not in (store / "outbox.db").read_bytes()
    target = project / "people.csv"
    assert people.write_people(project, target) == 2
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    text = target.read_text(encoding="utf-8-sig")
    assert f"{_names(project, 'ada@example.org')[0]};ada@example.org\n" in text
    assert ";'+33\n" in text
    people.forget_people(project)
    assert not (store / "people.db").exists()
    with pytest.raises(CapsuleError, match="isn't kept on this machine"):
        people.write_people(project, target)
    track.import_attendance(project, [march], NOW)
    assert people.write_people(project, target) == 2, "the lists tell it again"


def test_it_is_not_kept_where_the_capsule_says_so(project: Path, listing: Listing) -> None:
    _set(project, "reidentification: false")
    track.import_attendance(project, [listing("S1;10/03/2026;ada;P;")], NOW)
    assert not (project / ".capsule" / "people.db").exists()


def test_identified_people_are_known_here_by_pseudonyms_all_the_same(
    project: Path, listing: Listing, environ: dict[str, str]
) -> None:
    _set(project, "actors: identified")
    rows = ["S1;10/03/2026;Ada@Example.org;P;", "S1;10/03/2026;M1;partiel;45"]
    done = track.import_attendance(project, [listing(*rows)], NOW, environ=environ)
    assert (done.added, done.queued, done.problems) == (2, 3, [])
    assert track.import_attendance(project, [listing(*rows)], NOW, environ=environ).known == 2
    lrs = Lrs()
    track.send(project, {**LRS, **environ}, transport=lrs.transport)
    base = lrs.told[0]["object"]["id"].partition("/essai/")[0]
    account = {"homePage": base, "name": "m1"}
    assert [one["actor"] for one in lrs.told] == [
        {"objectType": "Agent", "mbox": "mailto:ada@example.org"},
        {"objectType": "Agent", "mbox": "mailto:ada@example.org"},
        {"objectType": "Agent", "account": account},
    ]
    people.rotate_key(project, NOW, environ=environ)
    later = listing("S2;01/07/2026;ada@example.org;P;", "S2;01/07/2026;m1;A;")
    track.import_attendance(project, [later], NOW + timedelta(days=2), environ=environ)
    assert people.write_people(project, project / "who.csv") == 4, "each under both keys"
    [line] = figures.report(project, By.COURSE, environ=environ).lines
    assert (line.expected, line.people) == (4, 2)


def test_an_identified_person_is_corrected_undone_voided_and_forgotten(
    project: Path, listing: Listing, environ: dict[str, str]
) -> None:
    _set(project, "actors: identified")
    way, lrs = {**LRS, **environ}, Lrs()
    for presence in ("P", "A"):
        rows = [f"S1;10/03/2026;{who};{presence};" for who in ("m1", "m10")]
        track.import_attendance(project, [listing(*rows)], NOW, environ=environ)
        track.send(project, way, transport=lrs.transport)
    assert len(lrs.told) == 8
    track.undo(project, 2, NOW, void=True, environ=environ)
    both = ["m1", "m1", "m10", "m10"]
    assert _named(project, environ) == both + both, "said again"
    assert track.void(project, "S1", "M10", "absent", NOW, environ=environ) == 1
    assert _named(project, environ) == [*both, "m1", "m1"]
    done = people.forget(project, "M1", NOW, environ=environ)
    assert (done.lines, done.withdrawn, done.left) == (2, 2, 2)
    if not environ:
        assert b'"m1"' not in _bytes(project)
    assert track.import_attendance(project, [listing(*rows)], NOW, environ=environ).forgotten == 1


def test_a_forgotten_person_is_not_taken_for_another_in_statements(project: Path) -> None:
    """A statement is looked at whole: an identifier may be part of another, or of a text."""
    _set(project, "actors: identified")
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


def test_a_dry_run_keeps_nothing(project: Path, listing: Listing) -> None:
    done = track.import_attendance(project, [listing("S1;10/03/2026;ada;P;")], NOW, dry_run=True)
    assert done.added == 1
    assert not (project / ".capsule").exists()


def test_a_forgotten_person_leaves_no_bytes(
    project: Path, listing: Listing, environ: dict[str, str]
) -> None:
    rows = [f"S{n};{n:02}/03/2026;p{p};P;" for n in range(1, 6) for p in range(40)]
    both = listing(*rows, "S1;01/03/2026;ada;P;", "S2;02/03/2026;ada;partiel;5")
    track.import_attendance(project, [both], NOW, environ=environ)
    (name,) = _names(project, "ada")
    lrs = Lrs()
    track.send(project, {**LRS, **environ}, batch=600, transport=lrs.transport)
    assert len(lrs.told) == 403
    track.import_attendance(
        project, [listing("S9;09/03/2026;ada;P;", name="9.csv")], NOW, environ=environ
    )
    done = people.forget(project, " ADA ", NOW, environ=environ)
    assert done == Erased(sessions=3, lines=3, withdrawn=2, left=3, voided=3)
    if not environ:
        assert name.encode() not in _bytes(project)
        assert b"\0ada" not in (project / ".capsule" / "people.db").read_bytes()
    mentioned = json.dumps([one.to_json() for one in track.statements_of(project, environ=environ)])
    assert name not in mentioned
    mine = [one["id"] for one in lrs.told if name in json.dumps(one)]
    lrs.told.clear()
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
    people.rotate_key(project, NOW, environ=environ)
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
    assert mark not in _names(project, "ada")
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


def test_traces_that_another_process_holds_are_said(project: Path, listing: Listing) -> None:
    track.import_attendance(project, [listing("S1;10/03/2026;ada;P;")], NOW)
    (name,) = _names(project, "ada")
    with sqlite3.connect(project / ".capsule" / "outbox.db", isolation_level=None) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM statement").fetchall()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("capsule.tracking.outbox.database._BUSY", 0.1)
            with pytest.raises(CapsuleError, match="may still hold traces"):
                people.forget(project, "ada", NOW)
        reader.execute("COMMIT")
    reader.close()
    _set(project, "keep: 3 ans")
    people.purge(project, NOW)
    assert name.encode() not in _bytes(project)


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
    _set(project, "keep: 3 years")
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
        assert _names(project, "bob")[0].encode() not in _bytes(project)
    again = track.import_attendance(project, [both], NOW, environ=environ)
    assert (again.known, again.expired, again.queued) == (1, 3, 0)
    _set(project, "keep: 9 years", "keep: 3 years")
    again = track.import_attendance(project, [both], NOW, environ=environ)
    assert (again.known, again.expired) == (1, 3), "what was purged is not counted again"
    later = people.purge(project, NOW + timedelta(days=366 * 9), environ=environ)
    assert later.erased.sessions == 1
    assert _figures(project, environ) == before


def test_statements_that_were_never_sent_are_not_kept_longer(
    project: Path, listing: Listing
) -> None:
    track.import_attendance(project, [listing("S1;29/06/2023;ada;P;")], NOW)
    _set(project, "keep: 36 mois")
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


def _set(project: Path, line: str, instead: str = "") -> None:
    """Add a line to the tracking of the capsule."""
    file = project / "capsule.yaml"
    text = file.read_text(encoding="utf-8")
    if instead:
        text = text.replace(instead, line)
    elif "tracking: {" in text:
        text = text.replace("tracking: {", f"tracking: {{{line}, ")
    else:
        text = text.replace("tracking:\n", f"tracking:\n  {line}\n")
    assert line in text
    file.write_text(text, encoding="utf-8")


def _figures(project: Path, environ: dict[str, str]) -> list[Line]:
    """The lines of the report, without the medians, which a purge loses."""
    lines = figures.report(project, environ=environ).lines
    return [replace(line, minutes=None) for line in lines]
