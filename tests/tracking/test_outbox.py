"""What waits in the store: claimed, sent, refused, and kept whole; on SQLite and PostgreSQL."""

from datetime import date
from pathlib import Path

import pytest

from capsule.errors import CapsuleError
from capsule.tracking import outbox
from capsule.tracking.attendance import Line
from capsule.tracking.entering import Entering
from capsule.tracking.events import Presence
from capsule.tracking.outbox import Counts, Outbox, Place, Queued, Refused, queries
from capsule.tracking.privacy import Pseudonyms, Ring
from capsule.tracking.sparing import Sparing

from .storing import IRI, KEY, NOW, SUBJECT, bodies, carry, enter, event


def test_a_statement_keeps_its_first_bytes_and_its_turn(box: Outbox) -> None:
    carry(box, "b", "a", body=b"first")
    carry(box, "b", "c", body=b"other")
    assert box.claim("me", 1, 9999, 60) == [Queued("b", b"first")]
    assert list(box.bodies()) == [b"first", b"first", b"other"]


def test_what_waits_because_of_an_import_is_told_for_all_its_files(box: Outbox) -> None:
    carry(box, "before")
    with box.journal("import", NOW) as ledger:
        ledger.bind("check", IRI)
        for name, rows in (("a", 3), ("b", 1)):
            ledger.open_file(Path(f"{name}.ndjson"), "0" * 64)
            ledger.carry([(f"{name}{n}", b"{}", n) for n in range(rows)])
        assert ledger.queued() == 4


def test_bytes_are_those_of_a_statement_made_alone(box: Outbox) -> None:
    people = [event("ada"), event("bob", Presence.PARTIAL, 45), event("eve", Presence.ABSENT)]
    assert enter(box, *people) == []
    assert list(box.bodies()) == bodies(*people)


def test_claims_are_by_count_and_by_size_the_oldest_first(box: Outbox) -> None:
    carry(box, *"abcdef", body=b"x" * 100)
    assert [one.id for one in box.claim("me", 2, 9999, 60)] == ["a", "b"]
    assert [one.id for one in box.claim("you", 9, 250, 60)] == ["c", "d"]
    assert [one.id for one in box.claim("you", 9, 1, 60)] == ["e"]
    box.release("me", ["d"])
    assert box.counts() == Counts(waiting=1, claimed=5), "what another has claimed is left to it"
    box.release("you", ["d"])
    assert [one.id for one in box.claim("me", 9, 9999, 60)] == ["d", "f"]
    assert box.counts() == Counts(claimed=6)


def test_a_sender_releases_all_that_is_its_own_and_nothing_else(box: Outbox) -> None:
    carry(box, *"abc")
    box.claim("me", 2, 9999, 60)
    box.claim("you", 1, 9999, 60)
    box.release("me")
    assert [one.id for one in box.claim("other", 9, 9999, 60)] == ["a", "b"]


@pytest.mark.parametrize(("size", "claimed"), [(202, 2), (201, 1)])
def test_a_claim_holds_what_separates_statements_too(box: Outbox, size: int, claimed: int) -> None:
    carry(box, "a", "b", body=b"x" * 100)
    assert len(box.claim("me", 9, size, 60)) == claimed


def test_a_lease_ends_unless_it_is_renewed(place: Place) -> None:
    now = [1000.0]
    with outbox.opened(place, clock=lambda: now[0]) as box:
        carry(box, "a")
        assert box.claim("dead", 9, 9999, 60)
        now[0] += 59
        assert box.claim("me", 9, 9999, 60) == []
        box.renew("dead", 60)
        now[0] += 59
        assert box.claim("me", 9, 9999, 60) == []
        box.renew("me", 60)
        now[0] += 1
        assert [one.id for one in box.claim("me", 9, 9999, 60)] == ["a"]
        box.settle("dead", [], {"a": "no"})
        assert box.counts() == Counts(claimed=1), "a refusal counts from the claimant only"
        box.settle("dead", ["a"], {})
        assert box.counts() == Counts(sent=1), "what the LRS has, it has"


def test_sent_refused_and_tried_again(box: Outbox) -> None:
    carry(box, *"abc")
    box.claim("me", 2, 9999, 60)
    box.settle("me", ["a"], {"b": "400 bad"})
    assert box.counts() == Counts(waiting=1, sent=1, refused=1)
    assert box.refused() == [Refused("b", "all.ndjson:2", "400 bad")]
    box.retry_refused()
    assert [item.id for item in box.claim("me", 9, 9999, 60)] == ["b", "c"]
    box.recover()
    assert box.counts() == Counts(waiting=2, sent=1)


def test_what_was_sent_is_read_page_by_page(box: Outbox) -> None:
    carry(box, *"abcd")
    box.claim("me", 9, 9999, 60)
    box.settle("me", "acd", {})
    (first,) = box.sent(0, 1)
    assert (first.id, [one.id for one in box.sent(first.position, 9)]) == ("a", ["c", "d"])
    assert box.counts() == Counts(sent=3, claimed=1), "b is still on its way"


def test_only_what_was_sent_waits_again(box: Outbox) -> None:
    carry(box, *"dabc")
    box.claim("me", 3, 9999, 60)
    box.settle("me", ["a", "d"], {"b": "400 bad"})
    box.requeue("abc")
    assert box.counts() == Counts(waiting=2, refused=1, sent=1), "d was not asked for"
    box.claim("me", 9, 9999, 60)
    box.requeue("abc")
    assert box.counts() == Counts(claimed=2, refused=1, sent=1)


@pytest.mark.parametrize("refused", [True, False])
def test_each_statement_tells_where_it_came_from(box: Outbox, refused: bool) -> None:
    for path in ("a.csv", "b.csv"):
        enter(box, event(path, Presence.PARTIAL, 45, line=7), path=path)
    carry(box, "c")
    told = [one.id for one in box.claim("me", 9, 99_999, 60)]
    box.settle("me", [] if refused else told, dict.fromkeys(told, "bad") if refused else {})
    found = box.refused() if refused else box.sent(0, 9)
    assert [one.origin for one in found] == ["a.csv:7", "b.csv:7", "all.ndjson:1"]
    assert [one.id for one in found] == told


def test_a_statement_of_no_file_tells_the_entry_that_it_came_from(box: Outbox) -> None:
    carry(box, "a", body=b'{"id": "a"}')
    box.claim("me", 9, 9999, 60)
    box.settle("me", ["a"], {})
    with box.journal("undo", NOW) as ledger:
        ledger.bind("check", IRI)
        ledger.undo(1, void=True)
    (void,) = box.claim("me", 9, 9999, 60)
    box.settle("me", [], {void.id: "400 bad"})
    assert [one.origin for one in box.refused()] == ["#2"]


def test_what_the_lrs_has_counts_as_sent_whatever_another_sender_made_of_it(
    box: Outbox, place: Place
) -> None:
    carry(box, *"abc")
    assert [one.claims for one in box.claim("slow", 9, 9999, 60)] == [1, 1, 1]
    box.recover()
    assert [one.claims for one in box.claim("other", 2, 9999, 60)] == [2, 2]
    box.settle("other", [], {"a": "400 bad"})
    assert box.counts() == Counts(waiting=1, claimed=1, refused=1)
    with outbox.opened(place) as elsewhere:
        elsewhere.settle("slow", ["a", "unknown"], {})
    box.settle("slow", "bc", {})
    assert box.counts() == Counts(sent=3)
    box.requeue("a")
    assert [one.claims for one in box.claim("me", 9, 9999, 60)] == [3]


def test_what_came_to_the_place_of_a_deleted_statement_is_not_sent_with_it(box: Outbox) -> None:
    carry(box, "a")
    box.claim("me", 9, 9999, 60)
    box.settle("me", [], {"a": "400 bad"})
    with box.journal("undo", NOW) as ledger:
        ledger.bind("check", IRI)
        ledger.undo(1, void=False)
    carry(box, "b")
    assert [one.id for one in box.claim("me", 9, 9999, 60)] == ["b"]
    box.settle("me", ["a"], {})
    assert box.counts() == Counts(claimed=1)


def test_what_an_import_contradicts_itself_is_left_out_both(box: Outbox) -> None:
    enter(box, event("eve"))
    rows = [event("ada", line=2), event("bob", line=3), event("eve", line=4)]
    rows += [event(one, Presence.ABSENT, line=n) for n, one in enumerate(("ada", "eve"), 5)]
    problems = enter(box, *rows)
    assert [one.split(": ")[0] for one in problems] == [f"list.csv:{n}" for n in (2, 4, 5, 6)]
    assert "is absent here, and present in another line" in problems[2]
    assert list(box.bodies()) == bodies(event("eve"), event("bob"))


def test_what_is_too_much_for_one_query_goes_in_parts_none_left_out() -> None:
    assert [list(some) for some in queries.chunks(range(5), 2)] == [[0, 1], [2, 3], [4]]
    assert list(queries.chunks([], 2)) == []


def test_nothing_is_kept_of_a_transaction_that_fails(box: Outbox) -> None:
    def fail() -> None:
        with box.journal("import", NOW) as ledger:
            ledger.bind("check", IRI)
            ledger.open_file(Path("list.csv"), "0" * 64)
            ledger.carry([("a", b"{}", 1)])
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert box.counts() == Counts()
    assert box.entries() == []


def test_a_name_cannot_enter_and_is_not_said(place: Place) -> None:
    class Plain(Pseudonyms):
        def of(self, person: str) -> str:
            return person

    class Open(Ring):
        def on(self, day: date) -> Pseudonyms:
            return Plain(KEY)

    def put() -> None:
        with outbox.opened(place) as box, box.journal("import", NOW) as ledger:
            ledger.bind("check", IRI)
            ledger.open_file(Path("list.csv"), "0" * 64)
            name = event("claire.durand@example.org")
            line = Line(name, name.person, 2)
            list(Entering(ledger, Sparing(Open([KEY])), SUBJECT).enter([line]))

    with pytest.raises(CapsuleError, match=r"(?i)check constraint") as raised:
        put()
    assert "claire" not in str(raised.value)
