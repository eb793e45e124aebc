"""What the store tells of people in sessions and in an LMS, on both databases."""

import os
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path

import pytest

from capsule.tracking import outbox
from capsule.tracking.events import Presence
from capsule.tracking.outbox import Held, Place, Played

from .storing import IRI, NAMES, NOW, enter, event

ADA, BOB = "a" * 64, "b" * 64
_fresh = count()


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    environ = {}
    if request.param == "postgresql":
        address = request.getfixturevalue("postgresql")
        environ["CAPSULE_OUTBOX"] = f"{address}&schema=people{next(_fresh)}_{os.getpid()}"
    return outbox.find(tmp_path / "outbox.db", environ, IRI)


def test_completions_come_once_and_go_when_they_are_voided(place: Place) -> None:
    first = Played("1", ADA, "2025-05-02T10:00:00.000Z", 90.5)
    second = Played("2", BOB, "2025-05-01T10:00:00.000Z", None)
    with outbox.opened(place) as box:
        assert box.facts.bring("lrs", "2025-05-03", [first, first], [], 0) == 1
        assert box.facts.bring("lrs", None, [first, second], [], 0) == 1
        assert list(box.facts.played()) == [second, first]
        assert (box.facts.since("lrs"), box.facts.since("other")) == ("2025-05-03", None)
        assert box.facts.bring("other", "2025-05-01", [], [], 0) == 0
        third = Played("3", ADA, "2025-05-02T10:00:00.000Z", None)
        assert box.facts.bring("lrs", "2025-05-04", [third], ["3", "1"], 0) == 0
        assert box.facts.bring("lrs", "2025-05-05", [third], [], 1) is None
        assert list(box.facts.played()) == [second]
        assert (box.facts.since("lrs"), box.facts.since("other")) == ("2025-05-04", "2025-05-01")
    with outbox.opened(place) as box:
        assert box.facts.count() == 1


def test_only_what_holds_is_told_of_people(place: Place) -> None:
    eve, ada = map(NAMES.of, ("eve", "ada"))
    with outbox.opened(place) as box:
        enter(box, event("ada"), event("bob"), event("eve", Presence.PARTIAL, 45, line=4))
        enter(box, event("ada", Presence.ABSENT, line=3), path="new.csv")
        (session,) = box.facts.sessions()
        with box.journal("void", NOW) as ledger:
            ledger.bind("check", IRI)
            assert ledger.void([session.number], NAMES.of("bob")) == 1
        assert [one.expected for one in box.sessions()] == [2]
        told = [(eve, "partial", 45), (ada, "absent", None)]
        assert sorted(box.facts.attended()) == sorted((session.number, *one) for one in told)
        placed = [(*one[:4], *one[-2:]) for one in box.facts.placed()]
        origins = [("S1", "list.csv", 4), ("S1", "new.csv", 3)]
        assert placed == [(*one, *origin) for one, origin in zip(told, origins, strict=True)]


def test_what_is_held_about_people_is_told(place: Place) -> None:
    early, late = (datetime(2025, month, 11, 9, tzinfo=UTC) for month in (2, 3))
    with outbox.opened(place) as box:
        assert box.held() == Held("", "", 0, 0, minutes=False, forgotten=0, purged="")
        enter(box, event("ada"), event("eve")._replace(session="S0", start=early))
        enter(box, *(event(who)._replace(session="S2", start=late) for who in ("ada", "bob")))
        taken = [Played(str(n), ADA, f"2025-0{n}-01T10:00:00.000Z", None) for n in (2, 3, 4)]
        box.facts.bring("lrs", None, taken, [], 0)
        held = Held("2025-02-11", "2025-03-11", 3, 3, minutes=False, forgotten=0, purged="")
        assert box.held() == replace(held, played=3)
        assert box.overdue(date(2025, 3, 10)) == (1, 2)
        with box.journal("purge", NOW) as ledger:
            ledger.bind("check", IRI)
            ledger.purge(date(2025, 3, 10), UTC)
        assert box.overdue(date(2025, 3, 10)) == (0, 0)
        enter(box, event("dan", Presence.PARTIAL, 45))
        with box.journal("forget", NOW) as ledger:
            ledger.bind("check", IRI)
            ledger.forget([NAMES.of("ada")], lambda _body: False, ADA, "salt")
        kept = Held("2025-03-10", "2025-03-11", 2, 2, True, 1, "2025-03-10", 1)
        assert box.held() == kept
