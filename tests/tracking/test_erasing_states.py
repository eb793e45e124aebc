"""People forgotten and sessions purged, whatever has become of what was said, on both databases."""

import json
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from capsule.tracking import outbox
from capsule.tracking.events import Event, Presence
from capsule.tracking.outbox import Erased, Ledger, Outbox, Place, Played, erasing
from capsule.tracking.outbox.writer import Writer

from .storing import IRI, NAMES, NOW, bodies, carry, enter, event

DAY, NEXT = date(2025, 3, 9), date(2025, 3, 10)
PARIS = ZoneInfo("Europe/Paris")  # where that day begins on the 9th, in UTC
BECAME = {  # what became of it → lines, statements deleted, emptied
    "voided": (2, 0, 1),
    "to be voided": (2, 0, 1),
    "sent": (1, 0, 1),
    "refused": (1, 1, 0),
    "lost": (1, 0, 1),
    "claimed": (1, 0, 1),
    "claimed and to be voided": (2, 0, 1),
    "refused and to be voided": (2, 1, 0),
    "waits": (1, 1, 0),
    "withdrawn": (2, 1, 0),
}
CORRECTED = ("to be voided", "claimed and to be voided")
LATE = "refused and to be voided"  # after it was corrected


def _said(person: str, session: str, presence: Presence = Presence.PARTIAL) -> Event:
    minutes = 45 if presence is Presence.PARTIAL else None
    start = datetime(2025, 3, 10, 0, 30, tzinfo=PARIS if session == "list" else UTC)
    start -= timedelta(0 if person == "bob" else 1)
    return event(person, presence, minutes)._replace(session=session, start=start)


def _told(person: str, session: str) -> tuple[str, bytes]:
    (body,) = bodies(_said(person, session))
    return json.loads(body)["id"], body


def _enter(box: Outbox, *people: str) -> None:
    """Say something of people in a list, and in statements from elsewhere."""
    assert enter(box, *(_said(person, "list") for person in people)) == []
    for person in people:
        key, body = _told(person, "elsewhere")
        carry(box, key, body=body)


def _correct(box: Outbox, *people: str) -> None:
    enter(box, *(_said(person, "list", Presence.ABSENT) for person in people))
    with box.journal("void", NOW) as ledger:
        ledger.bind("check", IRI)
        assert ledger.void_statements([_told(one, "elsewhere")[0] for one in people]) == []


def _ids(*people: str) -> list[str]:
    return sorted(_told(one, where)[0] for one in people for where in ("list", "elsewhere"))


def _send(box: Outbox) -> tuple[list[bytes], list[str]]:
    """Send all that waits; return what says something, and the ids of what is voided."""
    told: list[bytes] = []
    while batch := box.claim("me", 99, 99_999, 60):
        box.settle("me", [one.id for one in batch], {})
        told += [one.body for one in batch]
    targets = {body: json.loads(body)["object"] for body in told}
    voids = {body: at["id"] for body, at in targets.items() if at["objectType"] == "StatementRef"}
    return [body for body in told if body not in voids], sorted(voids.values())


@pytest.fixture
def full(box: Outbox, monkeypatch: pytest.MonkeyPatch) -> Outbox:
    """A store with somebody for each of `BECAME`, and bob, a day later; small steps through it."""
    monkeypatch.setattr(erasing, "_SOME", 1)
    _enter(box, "voided")
    _send(box)
    _correct(box, "voided")
    assert _send(box) == ([], _ids("voided"))
    _enter(box, *CORRECTED, LATE, "sent", "refused", "lost", "claimed")
    assert len(box.claim("killed", 99, 99_999, 60)) == 14
    refused = dict.fromkeys(_ids("refused"), "400 bad")
    box.settle("killed", _ids("to be voided", "sent"), refused)
    box.release("killed", _ids("lost"))
    _enter(box, "waits", "withdrawn")
    _correct(box, *CORRECTED, LATE, "withdrawn")
    box.settle("killed", [], dict.fromkeys(_ids(LATE), "400 bad"))
    _enter(box, "bob")
    return box


def _assert_emptied(box: Outbox, place: Place) -> None:
    """All but bob's says nothing; what a sender or the LRS says of it then changes nothing."""
    bob = [_told("bob", where)[1] for where in ("list", "elsewhere")]
    kept = [one for one in box.bodies() if json.loads(one)["object"]["objectType"] == "Activity"]
    assert kept == bob
    assert all(one.body for one in box.sent(0, 99))
    before = box.counts()
    claimed = _ids("claimed", "claimed and to be voided")
    box.settle("killed", claimed[:1], dict.fromkeys(claimed[1:], "400 bad"))
    box.retry_refused()
    assert box.counts() == before
    if not place.shared:
        with closing(sqlite3.connect(place.file)) as db:
            columns = "wording, attendance, file, line, state, claimant, until, reason"
            rows = db.execute(f"SELECT {columns} FROM statement WHERE body = x''").fetchall()
            words = db.execute("SELECT count(*) FROM wording").fetchone()
            gone = "voids NOT IN (SELECT id FROM statement)"
            vain = db.execute(f"SELECT count(*) FROM statement WHERE {gone}").fetchone()
        assert rows == [(None, None, None, None, "sent", None, None, None)] * 12
        assert words == (1,), "bob's session"
        assert vain == (0,), "voids of nothing"


def _names(name: bytes, body: bytes) -> bool:
    return name in body


def _forget(ledger: Ledger, person: str, about: Callable[[bytes], bool]) -> Erased:
    ledger.bind("check", IRI)
    name = NAMES.of(person)
    return ledger.forget([name, "f" * 64], about, name, "salt")


def _purge(box: Outbox, day: date) -> tuple[Erased, int]:
    """What was removed, and the number of the entry."""
    with box.journal("purge", NOW) as ledger:
        ledger.bind("check", IRI)
        return ledger.purge(day, PARIS), ledger.number


def test_a_forgotten_person_is_gone_here_and_void_there(full: Outbox, place: Place) -> None:
    for person, (lines, deleted, emptied) in BECAME.items():
        with full.journal("forget", NOW) as ledger:
            done = _forget(ledger, person, partial(_names, NAMES.of(person).encode()))
        waiting = 0 if person == "voided" else 2 * emptied
        assert done == Erased(1, lines, 2 * deleted, 2 * emptied, waiting), person
    _assert_emptied(full, place)
    if not place.shared:
        with closing(sqlite3.connect(place.file)) as db:
            proofs = db.execute("SELECT statements FROM forgotten").fetchall()
        assert proofs == [(2,)] * len(BECAME)
    assert [one.expected for one in full.sessions()] == [1], "bob's"
    told, voids = _send(full)
    assert told == [_told("bob", where)[1] for where in ("list", "elsewhere")]
    left = [one for one, (_lines, _deleted, emptied) in BECAME.items() if emptied]
    assert voids == _ids(*(one for one in left if one != "voided"))


def test_a_purge_leaves_the_figures_and_the_voids_that_wait(full: Outbox, place: Place) -> None:
    before = full.sessions()
    done, number = _purge(full, NEXT)
    lines, deleted, emptied = map(sum, zip(*BECAME.values(), strict=True))
    assert done == Erased(1, lines, 2 * deleted, 2 * emptied)
    _assert_emptied(full, place)
    assert full.sessions() == before
    told, voids = _send(full)
    assert told == [_told("bob", where)[1] for where in ("list", "elsewhere")]
    assert voids == _ids(*CORRECTED), "what the LRS has is true"
    assert _purge(full, DAY)[0] == Erased()
    with full.journal("import", NOW) as ledger:
        ledger.bind("check", IRI)
        assert ledger.purged == NEXT.isoformat(), "whatever a later one keeps"
        assert ledger.erased == number + 1


def test_a_month_in_the_lms_is_purged_bit_by_bit(box: Outbox) -> None:
    ada, bob, eve = "a" * 64, "b" * 64, "e" * 64
    at = "T10:00:00.000Z"
    taken = [(ada, "2025-03-01"), (ada, "2025-03-02"), (bob, "2025-03-11"), (eve, "2025-04-20")]
    found = [Played(str(n), who, day + at, None) for n, (who, day) in enumerate(taken)]
    box.facts.bring("lrs", None, found, [], 0)
    for day, past, left in (
        (date(2025, 3, 1), {}, 4),
        (date(2025, 3, 11), {"2025-03": 1}, 2),
        (date(2025, 4, 1), {"2025-03": 2}, 1),
        (date(2025, 5, 1), {"2025-03": 2, "2025-04": 1}, 0),
    ):
        _purge(box, day)
        assert (box.facts.past(), box.facts.count()) == (past, left)


@pytest.mark.parametrize("environ", ["postgresql"], indirect=True)
def test_what_a_sender_claims_while_somebody_is_forgotten_is_voided(
    box: Outbox, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It claims once the list's statement is about to go, and the other isn't looked at yet."""
    _enter(box, "ada")
    key = _told("ada", "elsewhere")[0]
    claimed: list[str] = []
    void = Writer.void

    def claim_first(writer: Writer, rows: Sequence[Any]) -> int:
        claimed.extend(one.id for one in other.claim("other", 99, 99_999, 60))
        return void(writer, rows)

    with outbox.opened(place) as other, box.journal("forget", NOW) as ledger:
        monkeypatch.setattr(Writer, "void", claim_first)
        assert _forget(ledger, "ada", lambda _body: True).voided == 1
    assert claimed == [key], "what is about to go can't be claimed"
    assert _send(box) == ([], [key])
