"""What is said of people corrected, voided and undone, on SQLite and on PostgreSQL."""

import json
from datetime import UTC, date
from pathlib import Path
from typing import Any

import pytest

from capsule.errors import CapsuleError
from capsule.tracking import statements
from capsule.tracking.events import Presence
from capsule.tracking.outbox import Counts, Outbox, Queued
from capsule.tracking.privacy import Identified, Pseudonyms, Ring
from capsule.tracking.sparing import Sparing

from .storing import IRI, KEY, NAMES, NOW, bodies, carry, enter, event


def test_a_correction_voids_what_was_sent_and_withdraws_what_waits(box: Outbox) -> None:
    ada, bob = event("ada"), event("bob")
    enter(box, ada)
    first = box.claim("me", 9, 99_999, 60)
    box.settle("me", [one.id for one in first], {})
    enter(box, bob)
    changed = [event(name, Presence.PARTIAL, 45) for name in ("ada", "bob")]
    assert enter(box, *changed) == []
    assert box.counts() == Counts(sent=2, withdrawn=2, waiting=4)
    told = [json.loads(one.body) for one in box.claim("me", 9, 99_999, 60)]
    voids = [one for one in told if one["object"]["objectType"] == "StatementRef"]
    assert [one["object"]["id"] for one in voids] == [one.id for one in first]
    assert [one["timestamp"] for one in voids] == [json.loads(b.body)["timestamp"] for b in first]
    rest = [statements.encode(one) for one in told if one not in voids]
    assert rest == bodies(*changed, attempt=2)
    (figures,) = box.sessions()
    assert (figures.expected, figures.present, figures.completed) == (2, 2, 0)


def test_what_a_killed_sender_had_is_voided_after_it_is_sent(box: Outbox) -> None:
    ada, late = event("ada", Presence.PARTIAL, 45), event("ada", Presence.ABSENT)
    carry(box, "another")
    box.claim("me", 9, 99_999, 60)
    box.settle("me", ["another"], {})
    enter(box, ada)
    (told,) = box.claim("killed", 9, 99_999, 60)
    enter(box, late)
    assert box.counts() == Counts(sent=1, claimed=1, waiting=1)
    assert box.claim("me", 9, 99_999, 60) == [], "a void before what it voids"
    box.release("killed")
    assert box.claim("me", 9, 99_999, 60) == [told]
    assert box.claim("me", 9, 99_999, 60) == []
    box.settle("me", [told.id], {})
    (void,) = box.claim("me", 9, 99_999, 60)
    assert json.loads(void.body)["object"] == {"objectType": "StatementRef", "id": told.id}


def test_a_void_goes_with_what_the_lrs_refuses(box: Outbox) -> None:
    enter(box, event("ada", Presence.PARTIAL, 45))
    (told,) = box.claim("me", 9, 99_999, 60)
    enter(box, event("ada", Presence.ABSENT))
    box.settle("me", [], {told.id: "400 bad"})
    box.retry_refused()
    assert box.counts() == Counts(withdrawn=2)


def test_what_is_refused_and_withdrawn_stays_so_for_whoever_lost_it(box: Outbox) -> None:
    enter(box, event("ada", Presence.PARTIAL, 45))
    (told,) = box.claim("slow", 9, 99_999, 60)
    enter(box, event("ada", Presence.ABSENT))
    box.recover()
    assert box.claim("me", 9, 99_999, 60) == [Queued(told.id, told.body, 2)], (
        "its void waits for it"
    )
    assert box.claim("me", 9, 99_999, 60) == []
    box.settle("me", [], {told.id: "400 bad"})
    box.settle("slow", [told.id], {})
    assert box.counts() == Counts(withdrawn=2)


def test_what_voids_is_not_voided(box: Outbox) -> None:
    enter(box, event("ada", Presence.PARTIAL, 45))
    box.claim("me", 9, 99_999, 60)
    enter(box, event("ada", Presence.ABSENT))
    void = json.loads(list(box.bodies())[-1])["id"]
    with box.journal("void", NOW) as ledger:
        ledger.bind("check", IRI)
        assert ledger.void_statements([void]) == [void], "as if it were not there"


def test_what_the_lrs_holds_as_void_is_said_again(box: Outbox) -> None:
    ada = event("ada", Presence.PARTIAL, 45)
    enter(box, ada)
    enter(box, event("bob"))
    for correction in (ada, event("ada", Presence.ABSENT)):
        enter(box, correction)
        while batch := box.claim("me", 9, 99_999, 60):
            box.settle("me", [one.id for one in batch], {})
    with box.journal("undo", NOW, "4") as ledger:
        ledger.bind("check", IRI)
        assert ledger.undo(4, void=True) == 1
    (again,) = box.claim("me", 9, 99_999, 60)
    assert [again.body] == bodies(ada, attempt=2)
    queued = [(one.statements, one.left) for one in box.entries()]
    assert queued == [(2, 2), (2, 2), (0, 0), (1, 1), (0, 0)], "ada's list says it again"


def test_an_undoing_restores_what_was_corrected(box: Outbox) -> None:
    enter(box, event("ada"))
    enter(box, event("ada", Presence.ABSENT), event("bob"))
    with box.journal("undo", NOW, "2") as ledger:
        ledger.bind("check", IRI)
        assert ledger.undo(2, void=False) == 0
    assert list(box.bodies()) == bodies(event("ada"))
    journal = [(one.kind, bool(one.undone), one.statements, one.left) for one in box.entries()]
    assert journal == [("import", False, 2, 0), ("import", True, 0, 0), ("undo", False, 0, 0)]
    assert enter(box, event("ada", Presence.ABSENT)) == []
    assert box.counts() == Counts(withdrawn=2)


def test_an_undoing_says_what_left(box: Outbox) -> None:
    enter(box, event("ada"), event("bob"))
    box.claim("me", 3, 99_999, 60)
    box.release("me")

    def undo(number: int = 1, *, void: bool) -> int:
        with box.journal("undo", NOW, str(number)) as ledger:
            ledger.bind("check", IRI)
            return ledger.undo(number, void=void)

    with pytest.raises(CapsuleError, match="that have left for the LRS: 3; add --void"):
        undo(void=False)
    assert undo(void=True) == 3
    assert box.counts() == Counts(waiting=6)
    with pytest.raises(CapsuleError, match="undone already"):
        undo(void=True)
    with pytest.raises(CapsuleError, match="2 can't be undone"):
        undo(2, void=False)


def test_statements_from_no_list_are_voided_and_undone_alone(box: Outbox) -> None:
    sent, waits = bodies(event("ada"))
    ids = [json.loads(one)["id"] for one in (sent, waits)]
    with box.journal("import", NOW) as ledger:
        ledger.bind("check", IRI)
        ledger.open_file(Path("all.ndjson"), "0" * 64)
        ledger.carry([(ids[0], sent, 1), (ids[1], waits, 2)])
    box.claim("me", 1, 99_999, 60)
    box.settle("me", ids[:1], {})
    with box.journal("void", NOW, "not ours") as ledger:
        ledger.bind("check", IRI)
        assert ledger.void_statements([*ids, "unknown"]) == ["unknown"]
    assert box.counts() == Counts(sent=1, waiting=1, withdrawn=1)
    with box.journal("undo", NOW, "2") as ledger:
        ledger.bind("check", IRI)
        ledger.undo(2, void=False)
    assert list(box.bodies()) == [sent, waits]


@pytest.mark.parametrize("names", [NAMES, Identified(KEY)], ids=lambda names: type(names).__name__)
def test_a_list_takes_over_statements_that_came_alone(box: Outbox, names: Pseudonyms) -> None:
    """Those that it says itself, each for its person; a correction leaves those of others."""
    sparing = Sparing(Ring([KEY], identified=names.identified))
    told = [
        one.replace(NAMES.of(who).encode(), names.told(who).encode())
        for who in ("ada", "bob")
        for one in bodies(event(who))
    ]
    for one in told[1:]:
        carry(box, json.loads(one)["id"], body=one)
    carry(box, "other")
    enter(box, event("ada"), event("bob"), sparing=sparing)
    assert sorted(box.bodies()) == sorted([*told, b'{"id": "other"}'])
    enter(box, event("ada", Presence.ABSENT), sparing=sparing)
    assert list(box.bodies()) == [*told[2:], b'{"id": "other"}']
    assert box.counts() == Counts(waiting=3, withdrawn=2)


def undo(box: Outbox, number: int, *, void: bool = False) -> int:
    with box.journal("undo", NOW, str(number)) as ledger:
        ledger.bind("check", IRI)
        return ledger.undo(number, void=void)


def send(box: Outbox) -> list[dict[str, Any]]:
    """Send all that waits; return it."""
    told = []
    while batch := box.claim("me", 99, 99_999, 60):
        box.settle("me", [one.id for one in batch], {})
        told += [json.loads(one.body) for one in batch]
    return told


def test_an_import_that_was_corrected_since_is_undone_without_a_trace(box: Outbox) -> None:
    last = event("ada", Presence.PARTIAL, 45)
    for said in (event("ada"), event("ada", Presence.ABSENT), last):
        enter(box, said)
    undo(box, 2)
    assert list(box.bodies()) == bodies(last, attempt=3)
    (figures,) = box.sessions()
    assert (figures.expected, figures.completed) == (1, 0)


def test_what_was_sent_is_not_sent_twice_for_an_undone_correction(box: Outbox) -> None:
    enter(box, event("ada"))
    send(box)
    enter(box, event("ada", Presence.ABSENT))
    undo(box, 2)
    assert send(box) == []


def test_a_void_that_a_sender_lost_counts_as_received(box: Outbox) -> None:
    ada = event("ada", Presence.PARTIAL, 45)
    enter(box, ada)
    send(box)
    enter(box, event("ada", Presence.PARTIAL, 50))
    assert len(box.claim("killed", 9, 99_999, 60)) == 2
    box.release("killed")
    undo(box, 2, void=True)
    (again,) = bodies(ada, attempt=3)
    assert again in [statements.encode(one) for one in send(box)]


def test_an_import_is_undone_once_its_sessions_are_past_keeping(box: Outbox) -> None:
    enter(box, event("ada"))
    send(box)
    with box.journal("purge", NOW) as ledger:
        ledger.bind("check", IRI)
        ledger.purge(date(2025, 4, 1), UTC)
    undo(box, 1, void=True)
    assert send(box) == [], "nobody knows what it said"


def test_undoing_a_voiding_leaves_those_of_others(box: Outbox) -> None:
    carry(box, "a", "b")
    for one in "ab":
        with box.journal("void", NOW, one) as ledger:
            ledger.bind("check", IRI)
            assert ledger.void_statements([one]) == []
    undo(box, 2)
    assert box.counts() == Counts(waiting=1, withdrawn=1)


def test_statements_from_no_list_that_were_sent_are_voided(box: Outbox) -> None:
    told, *_rest = bodies(event("ada"))
    key = json.loads(told)["id"]
    carry(box, key, body=told)
    send(box)
    assert undo(box, 1, void=True) == 1
    (void,) = send(box)
    assert void["object"] == {"objectType": "StatementRef", "id": key}


def test_a_voiding_that_was_sent_stays_when_it_is_undone(box: Outbox) -> None:
    told, *_rest = bodies(event("ada"))
    key = json.loads(told)["id"]
    carry(box, key, body=told)
    send(box)
    with box.journal("void", NOW, key) as ledger:
        ledger.bind("check", IRI)
        ledger.void_statements([key])
    send(box)
    undo(box, 2, void=True)
    assert box.counts() == Counts(sent=2)


def test_undoing_a_second_voiding_leaves_the_first(box: Outbox) -> None:
    carry(box, "a")
    for entry in (2, 3):
        with box.journal("void", NOW, str(entry)) as ledger:
            ledger.bind("check", IRI)
            ledger.void_statements(["a"])
    undo(box, 3)
    assert box.counts() == Counts(withdrawn=1)


def test_undoing_a_voiding_leaves_the_voids_of_others(box: Outbox) -> None:
    told = {json.loads(one)["id"]: one for one in bodies(event("ada"))}
    for key, body in told.items():
        carry(box, key, body=body)
    send(box)
    for key in told:
        with box.journal("void", NOW, key) as ledger:
            ledger.bind("check", IRI)
            ledger.void_statements([key])
    undo(box, 3)
    assert [one["object"]["id"] for one in send(box)] == [list(told)[1]]


def test_undoing_a_voiding_brings_back_what_was_refused_since(box: Outbox) -> None:
    told = {json.loads(one)["id"]: one for one in bodies(event("ada"))}
    for key, body in told.items():
        carry(box, key, body=body)
    box.claim("me", 9, 99_999, 60)
    for key in told:
        with box.journal("void", NOW, key) as ledger:
            ledger.bind("check", IRI)
            ledger.void_statements([key])
    box.settle("me", [], dict.fromkeys(told, "400 bad"))
    assert box.counts() == Counts(withdrawn=4)
    undo(box, 4)
    assert list(box.bodies()) == list(told.values())[1:]


def test_what_was_refused_is_corrected_by_a_further_list(box: Outbox) -> None:
    enter(box, event("ada", Presence.PARTIAL, 45))
    (told,) = box.claim("me", 9, 99_999, 60)
    box.settle("me", [], {told.id: "400 bad"})
    enter(box, event("ada", Presence.ABSENT))
    assert box.counts() == Counts(withdrawn=1)
    assert box.refused() == []
