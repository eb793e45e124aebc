"""What the sender puts aside, keeps back and tells later."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import pytest

from capsule.errors import UnavailableError
from capsule.tracking.lrs import Lrs
from capsule.tracking.outbox import Queued
from capsule.tracking.sender import BATCH, BYTES, Outcome, Sender

from .faulty_lrs import Answer, Fault, FaultyLrs, FaultyTransport, Repeats
from .sending import SETTINGS, queued, sender_to, sent_through


class Scripted(FaultyLrs):
    """Takes what `fails` gives no status or fault for; it fails when asked for `unread`."""

    unread = ""

    def __init__(
        self,
        fails: Callable[["Scripted", Sequence[str]], int | Fault] = lambda _lrs, _ids: 0,
        repeats: Repeats = Repeats.SILENT,
    ) -> None:
        super().__init__(repeats=repeats)
        self._fails = fails
        self.posts: list[list[str]] = []

    def _post(self, body: bytes) -> Answer:
        self.posts.append([one["id"] for one in json.loads(body)])
        assert self.posts[-1]
        fault = self._fails(self, self.posts[-1])
        if isinstance(fault, Fault):
            return Answer(503, fault=fault)
        return Answer(fault, b"fault") if fault else super()._post(body)

    def _answer(self, method: str, url: str, body: bytes) -> Answer:
        unread = method == "GET" and self.unread and url.endswith(f"statementId={self.unread}")
        return Answer(500) if unread else super()._answer(method, url, body)


@contextmanager
def _sender(
    lrs: FaultyLrs,
    known: Queued | None = None,
    before: Callable[[int], None] = lambda _count: None,
) -> Iterator[Sender]:
    with Lrs(SETTINGS, FaultyTransport(lrs)) as way:
        yield sender_to(way, known=known, before=before)


def _sent(lrs: FaultyLrs, *batches: str) -> tuple[Outcome, str]:
    """What became of batches of ids of one letter, and the error that ended it."""
    return sent_through(lrs, *(queued(*ids) for ids in batches))


def _on(poison: str) -> Scripted:
    """An LRS that fails on these."""
    return Scripted(lambda _lrs, ids: 500 if set(ids) & set(poison) else 0)


def _first(count: int) -> Scripted:
    """An LRS whose first requests fail."""
    return Scripted(lambda lrs, _ids: 500 if len(lrs.posts) <= count else 0)


@pytest.mark.parametrize("poison", ["A", "ABC", "ABCDE"])
@pytest.mark.parametrize("after", [("x",), ("x", "y"), ("xyz",), ("xyCz", "w")])
def test_a_batch_of_which_nothing_is_taken_holds_up_no_other(
    poison: str, after: Sequence[str]
) -> None:
    outcome, error = _sent(_on(poison + "C"), poison, *after)
    assert error == ""
    assert sorted(outcome.sent) == sorted("".join(after).replace("C", ""))
    assert outcome.refused.keys() == set(poison) | ({"C"} & set("".join(after)))


def test_what_fails_alone_is_held() -> None:
    with _sender(_on("A")) as sender:
        assert not sender.holds
        sender.deliver(queued("A"))
        assert sender.holds


@pytest.mark.parametrize(("fault", "least", "most"), [(500, 40, 60), (Fault.LATE, 8, 20)])
def test_an_lrs_that_fails_on_company_again_and_again_has_the_rest_at_the_end(
    fault: int | Fault, least: int, most: int
) -> None:
    """Sooner where each failure takes long."""
    lrs = Scripted(lambda _lrs, ids: fault if len(ids) > 1 else 0)
    letters = "".join(map(chr, range(0x4E00, 0x4E00 + 400)))
    with _sender(lrs) as sender:
        sender.deliver(queued(*letters[:200]))
        assert sender.holds
        assert least < len(lrs.posts) < most
        sender.deliver(queued(*letters[200:]))
        sender.finish()
        assert not sender.holds
        assert sorted(sender.drain().sent) == sorted(letters)


def test_a_refusal_is_told_once_anything_was_taken() -> None:
    with _sender(Scripted(lambda _lrs, ids: 400 if "A" in ids else 0)) as sender:
        sender.deliver(queued("A"))
        assert sender.drain() == Outcome()
        sender.deliver(queued("x"))
        assert sender.drain() == Outcome(["x"], {"A": "400 fault"})


def test_what_failed_alone_and_is_taken_later_is_sent_once() -> None:
    lrs = _first(7)
    assert _sent(lrs, "A", "x") == (Outcome(["x", "A"]), "")
    assert lrs.posts[7:] == [["x"], ["A"]]


def test_an_lrs_that_takes_nothing_new_refuses_nothing() -> None:
    """As with a full disk: it answers to what it has, and fails on all else."""
    lrs = Scripted(lambda lrs, ids: 500 if lrs.held and set(ids) - set(lrs.held) else 0)
    outcome, error = _sent(lrs, "x", "ABC")
    assert outcome == Outcome(["x"])
    assert "out of order" in error


def test_of_the_last_statements_the_one_that_is_taken_shows_which_the_lrs_fails_on() -> None:
    lrs = Scripted(lambda lrs, ids: 500 if "A" in ids or len(lrs.posts) <= 8 else 0)
    assert _sent(lrs, "AB") == (Outcome(["B"], {"A": "500 fault"}), "")


def test_a_statement_is_refused_only_after_nine_failures_in_three_turns() -> None:
    def fails(lrs: Scripted, ids: Sequence[str]) -> int:
        turns = lrs.posts[lrs.posts.index(["x"]) :] if ["x"] in lrs.posts else []
        return 500 if "A" in ids and turns.count(["A"]) < 9 else 0

    lrs = Scripted(fails)
    assert _sent(lrs, "A", "x") == (Outcome(["x", "A"]), "")


def test_an_lrs_that_is_down_is_not_asked_for_each_statement() -> None:
    lrs = _first(999)
    assert "out of order" in _sent(lrs, "".join(map(chr, range(65, 115))))[1]
    assert len(lrs.posts) == 9


@pytest.mark.parametrize(
    "lrs",
    [_first(6), Scripted(lambda _lrs, ids: Fault.LATE if "A" in ids else 0)],
    ids=["an outage", "one that it thinks about for ever"],
)
def test_as_many_go_at_once_unless_their_number_is_to_blame(lrs: Scripted) -> None:
    with _sender(lrs) as sender:
        sender.deliver(queued(*"uvwxAyz"))
        sender.finish()
        assert sender.count == BATCH


def test_a_batch_of_which_some_is_taken_lets_the_count_of_those_that_fail_begin_anew() -> None:
    with _sender(_on("ABCD")) as sender:
        for ids in "AxBC":
            sender.deliver(queued(*ids))
        with pytest.raises(UnavailableError, match="out of order"):
            sender.deliver(queued("D"))


@pytest.fixture
def unreadable() -> Scripted:
    """A strict LRS that has all, and fails when asked for one."""
    lrs = Scripted(repeats=Repeats.STRICT)
    lrs.held = {one.id: json.loads(one.body) for one in queued(*"abc")}
    lrs.unread = "b"
    return lrs


def test_what_cannot_be_compared_is_compared_at_the_end(unreadable: Scripted) -> None:
    with _sender(unreadable) as sender:
        sender.deliver(queued(*"abc"))
        assert sender.drain() == Outcome(["a", "c"])
        assert sender.holds
        unreadable.unread = ""
        sender.finish()
        assert sender.drain() == Outcome(["b"])


def test_what_cannot_be_compared_is_not_refused(unreadable: Scripted) -> None:
    outcome, error = _sent(unreadable, "abc")
    assert outcome == Outcome(["a", "c"])
    assert "out of order" in error


def test_a_refusal_for_another_reason_than_size_makes_no_request_smaller() -> None:
    with _sender(Scripted(lambda _lrs, ids: 400 if "A" in ids else 0)) as sender:
        sender.deliver(queued(*"xAyz"))
        assert (sender.size, sender.count) == (BYTES, BATCH)


def test_each_of_the_last_statements_must_have_waited_for_five_passes() -> None:
    lrs = _on("AB")
    (known,) = queued("x")
    with _sender(lrs, known) as sender:
        for item, claims in zip(queued(*"AB"), (4, 5), strict=True):
            sender.deliver([replace(item, claims=claims)])
        with pytest.raises(UnavailableError, match="out of order"):
            sender.finish()
        assert sender.drain() == Outcome()


def test_each_request_is_told_before_with_its_number_of_statements() -> None:
    told: list[int] = []
    with _sender(_first(0), before=told.append) as sender:
        sender.deliver(queued(*"xy"))
        sender.deliver(queued("z"))
    assert told == [2, 1]


@pytest.mark.parametrize("ids", ["a", "ab", "abc", "abcd", "abcde", "abcdef"])
def test_a_batch_of_any_size_goes_whole_after_an_outage(ids: str) -> None:
    outcome, error = _sent(_first(6), ids)
    assert (sorted(outcome.sent), error) == (sorted(ids), "")


def test_a_fault_between_the_parts_of_a_refused_batch_is_waited_out() -> None:
    lrs = Scripted(lambda lrs, ids: 500 if len(lrs.posts) in {2, 3} else 400 if "A" in ids else 0)
    assert _sent(lrs, "xA") == (Outcome(["x"], {"A": "400 fault"}), "")
    assert lrs.posts == [["x", "A"], ["x"], ["x"], ["x"], ["A"]]


def test_once_all_that_failed_is_taken_the_next_fault_is_waited_out_as_long_as_the_first() -> None:
    lrs = Scripted(lambda lrs, _ids: 500 if len(lrs.posts) in {*range(1, 8), 10, 11, 12} else 0)
    assert _sent(lrs, "A", "x", "yz") == (Outcome(["x", "A", "y", "z"]), "")
    assert lrs.posts[9:] == [["y", "z"]] * 4


def test_a_refusal_without_an_answer_gives_the_words_alone() -> None:
    lrs = Scripted(lambda _lrs, ids: Fault.LATE if "A" in ids else 0)
    assert _sent(lrs, "xAy")[0].refused == {"A": "timed out"}
