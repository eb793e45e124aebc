"""The sender against an LRS that fails in every known way."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
import pytest

from capsule.errors import UnavailableError
from capsule.tracking.endpoint import Settings
from capsule.tracking.lrs import Lrs
from capsule.tracking.outbox import Queued
from capsule.tracking.patience import DeniedError
from capsule.tracking.sender import Outcome

from .faulty_lrs import Fault, FaultyLrs, FaultyTransport, Plan, Repeats
from .sending import SETTINGS, delivered, queued, sender_to, sent_through


@dataclass
class Store:
    """An LRS in memory. `faults` come first; `strict` answers 409 to what it has already."""

    strict: bool = False
    refuse: str = ""
    faults: list[int | Exception] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    keep_before_fault: bool = False
    held: dict[str, dict[str, Any]] = field(default_factory=dict)
    posts: int = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            held = self.held.get(request.url.params["statementId"])
            return httpx.Response(200, json=held) if held else httpx.Response(404)
        self.posts += 1
        batch = json.loads(request.content)
        if self.faults:
            fault = self.faults.pop(0)
            if self.keep_before_fault:
                self._keep(batch)
            if isinstance(fault, Exception):
                raise fault
            return httpx.Response(fault, text="fault", headers=self.headers)
        if self.refuse and any(self.refuse in one["id"] for one in batch):
            return httpx.Response(400, text="Bad  statement\n")
        if any(self.held.get(one["id"], one) != one for one in batch):
            return httpx.Response(409, text="conflict")
        if self.strict and any(one["id"] in self.held for one in batch):
            return httpx.Response(409, text="repeated")
        return self._keep(batch)

    def _keep(self, batch: Sequence[dict[str, Any]]) -> httpx.Response:
        self.held |= {one["id"]: one for one in batch}
        return httpx.Response(200, json=[one["id"] for one in batch])


def _send(store: Store, batch: Sequence[Queued]) -> tuple[Outcome, list[float]]:
    slept: list[float] = []
    transport = httpx.MockTransport(store)
    with Lrs(SETTINGS, transport) as lrs:
        return delivered(sender_to(lrs, slept.append), batch), slept


ABC = queued("a", "b", "c")


@pytest.mark.parametrize(
    "fault", [500, 502, 503, 504, 429, 408, httpx.ConnectError("no"), httpx.ReadTimeout("late")]
)
@pytest.mark.parametrize("keep", [False, True])
@pytest.mark.parametrize("strict", [False, True])
def test_a_passing_fault_is_waited_out(fault: int | Exception, keep: bool, strict: bool) -> None:
    """Also when the LRS had stored the batch before it failed."""
    store = Store(strict=strict, faults=[fault, fault], keep_before_fault=keep)
    outcome, slept = _send(store, ABC)
    assert outcome == Outcome(["a", "b", "c"])
    assert sorted(store.held) == ["a", "b", "c"]
    assert slept == [0.75, 1.5]


def test_ten_refused_and_none_taken_are_wrong_settings() -> None:
    assert len(_send(Store(refuse="s"), queued(*(f"s{n}" for n in range(9))))[0].refused) == 9
    with pytest.raises(UnavailableError, match="refuses every statement"):
        _send(Store(refuse="s"), queued(*(f"s{n}" for n in range(10))))


def test_three_batches_of_which_none_is_taken_are_an_lrs_that_is_down() -> None:
    transport = httpx.MockTransport(Store(faults=[500] * 999))
    with Lrs(SETTINGS, transport) as lrs:
        sender = sender_to(lrs)
        for first in "ad":
            sender.deliver(queued(f"{first}1", f"{first}2"))
        with pytest.raises(UnavailableError, match="out of order"):
            sender.deliver(queued("g1", "g2"))


def test_batches_that_fail_between_others_are_no_lrs_that_is_down() -> None:
    store = Store()

    def answer(request: httpx.Request) -> httpx.Response:
        failing = request.method == "POST" and b'"x' in request.content
        return httpx.Response(500) if failing else store(request)

    with Lrs(SETTINGS, httpx.MockTransport(answer)) as lrs:
        sender = sender_to(lrs)
        for ids in ("x1 x2", "x3 x4", "a b", "x5 x6"):
            sender.deliver(queued(*ids.split()))
    assert sorted(store.held) == ["a", "b"]


def test_what_is_too_large_never_makes_requests_larger() -> None:
    with Lrs(
        SETTINGS,
        httpx.MockTransport(Store(faults=[413])),
    ) as lrs:
        sender = sender_to(lrs)
        sender.size = 10
        sender.deliver(ABC)
        assert sender.size == 10


@pytest.mark.parametrize(("size", "count"), [(202, 2), (201, 1), (1, 1)])
def test_a_request_holds_so_many_bytes(size: int, count: int) -> None:
    with Lrs(SETTINGS) as lrs:
        sender = sender_to(lrs)
        sender.size = size
        assert len(sender.cut([Queued(key, b"x" * 100) for key in "abc"])) == count


def test_retry_after_is_honoured_up_to_a_point() -> None:
    assert _send(Store(faults=[429], headers={"Retry-After": "40"}), ABC)[1] == [40.0]
    with pytest.raises(UnavailableError, match="in 7200 seconds"):
        _send(Store(faults=[503], headers={"Retry-After": "7200"}), ABC)


@pytest.mark.parametrize(
    ("fault", "message", "posts"),
    [
        (500, r"out of order \(500\)", 9),  # each alone, too
        (503, r"out of order \(503\)", 6),
        (httpx.ConnectError("no route"), "can't be reached: no route", 6),
        (httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED] no"), "in SSL_CERT_FILE: .*no", 6),
        (401, r"refuses the key and the secret \(401\)", 1),
        (403, r"refuses the key and the secret \(403\)", 1),
        (404, r"not answer as an LRS does \(404\)", 1),
        (302, r"not answer as an LRS does \(302\)", 1),
    ],
)
def test_a_lasting_fault_stops_the_sending(
    fault: int | Exception, message: str, posts: int
) -> None:
    store = Store(faults=[fault] * 100)
    with pytest.raises(UnavailableError, match=message) as raised:
        _send(store, ABC)
    assert store.posts == posts
    assert "hush" not in str(raised.value)


def test_a_portal_that_says_200_has_taken_nothing() -> None:
    portal = httpx.MockTransport(lambda _request: httpx.Response(200, html="<p>Please log in"))
    with (
        Lrs(Settings("https://lrs.example.org/", "key", "hush"), portal) as lrs,
        pytest.raises(UnavailableError, match=r"not answer as an LRS does \(200\): <p>Please"),
    ):
        sender_to(lrs).deliver(ABC)


def test_an_answer_that_names_nothing_is_checked() -> None:
    store = Store()
    _send(store, ABC[:1])
    forgetful = httpx.MockTransport(
        lambda request: httpx.Response(200, json=[]) if request.method == "POST" else store(request)
    )
    with Lrs(SETTINGS, forgetful) as lrs:
        sender = sender_to(lrs)
        sender.deliver(ABC[:1])
        assert sender.drain().sent == ["a"]
        with pytest.raises(UnavailableError, match="does not hold them"):
            sender.deliver(ABC)


def test_a_repeated_batch_is_recognised_by_a_strict_lrs() -> None:
    store = Store(strict=True)
    _send(store, ABC)
    outcome, _slept = _send(store, [*ABC, *queued("d")])
    assert sorted(outcome.sent) == ["a", "b", "c", "d"]
    assert not outcome.refused


def test_one_bad_of_many_stands_alone() -> None:
    store = Store(refuse="bad")
    outcome, _slept = _send(store, queued(*(f"good-{n}" for n in range(40)), "bad", "last"))
    assert len(outcome.sent) == 41
    assert outcome.refused == {"bad": "400 Bad statement"}
    assert store.posts < 16


@pytest.mark.parametrize("status", [413, 422])
def test_other_refusals_are_halved_too(status: int) -> None:
    store = Store(faults=[status, status])
    outcome, _slept = _send(store, ABC)
    assert (outcome.sent, outcome.refused) == (["b", "c"], {"a": f"{status} fault"})


def test_a_conflict_is_set_aside_and_the_rest_goes() -> None:
    store = Store(held={"b": {"id": "b", "actor": {"account": "somebody else"}}})
    outcome, _slept = _send(store, ABC)
    assert outcome.sent == ["a", "c"]
    assert outcome.refused == {"b": "the LRS holds another statement under this id"}


def test_a_conflict_that_cannot_be_found_is_halved() -> None:
    outcome, _slept = _send(Store(faults=[409, 409]), ABC)
    assert (outcome.sent, outcome.refused) == (["b", "c"], {"a": "409 fault"})


def test_an_lrs_that_refuses_everything_is_not_believed() -> None:
    store = Store(refuse="s")
    with pytest.raises(UnavailableError, match="refuses every statement: 400 Bad statement"):
        _send(store, queued(*(f"s{n}" for n in range(20))))


def _many(count: int, start: int = 0) -> list[Queued]:
    return queued(*(f"s{n:04}" for n in range(start, start + count)))


@pytest.mark.parametrize("repeats", list(Repeats))
@pytest.mark.parametrize(
    "where",
    [[0], [1], [49], [50], [99], [98, 99], [0, 99], [50, 51], [3, 33, 47, 66, 97], range(20, 60)],
    ids=str,
)
def test_what_the_lrs_always_fails_on_stands_alone(where: Sequence[int], repeats: Repeats) -> None:
    batch = _many(100)
    poison = frozenset(batch[n].id for n in where)
    lrs = FaultyLrs(poison=poison, repeats=repeats)
    outcome, error = sent_through(lrs, batch)
    assert (sorted(outcome.sent), error) == (sorted({one.id for one in batch} - poison), "")
    assert outcome.refused == dict.fromkeys(poison, "500 NullPointerException")
    assert lrs.held.keys() == set(outcome.sent)


def test_a_whole_batch_that_the_lrs_fails_on_lets_the_others_pass() -> None:
    batches = [_many(50, start) for start in (0, 50, 100, 150)]
    poison = frozenset(one.id for batch in batches[:2] for one in batch)
    outcome, error = sent_through(FaultyLrs(poison=poison), *batches)
    assert error == ""
    assert sorted(outcome.sent) == [one.id for batch in batches[2:] for one in batch]
    assert outcome.refused.keys() == poison


def test_the_last_statement_left_is_not_refused_for_a_failure() -> None:
    """Nothing tells it from an LRS that is down."""
    (one,) = _many(1)
    outcome, error = sent_through(FaultyLrs(poison=frozenset([one.id])), [one])
    assert outcome == Outcome()
    assert error == "the LRS is out of order (500): NullPointerException"


@pytest.mark.parametrize("repeats", list(Repeats))
@pytest.mark.parametrize("count", [1, 2])
def test_what_fails_in_pass_after_pass_is_refused_if_the_lrs_answers_to_what_it_has(
    count: int, repeats: Repeats
) -> None:
    *bad, known = _many(count + 1)
    lrs = FaultyLrs(repeats=repeats, poison=frozenset(one.id for one in bad))
    assert sent_through(lrs, [known])[1] == ""
    for claims, refused in ((4, set()), (5, lrs.poison)):
        again = [replace(one, claims=claims) for one in bad]
        outcome, error = sent_through(lrs, again, known=known)
        assert outcome.refused.keys() == refused
        assert (error == "") == bool(refused)
    assert lrs.writes == {known.id: 1}


def test_an_outage_in_pass_after_pass_refuses_nothing() -> None:
    known, one = _many(2)
    lrs = FaultyLrs(Plan(outage=(1, 10**9), faults=(Fault.ERROR,)), held={known.id: {}})
    outcome, error = sent_through(lrs, [replace(one, claims=99)], known=known)
    assert (outcome, error) == (Outcome(), "the LRS is out of order (500): fault")


class Outages(Plan):
    """Requests fail from a number to another, several times."""

    def __init__(self, *when: tuple[int, int]) -> None:
        super().__init__()
        self._when = when

    def draw(self) -> Fault | None:
        self._asked += 1
        return Fault.ERROR if any(a <= self._asked < b for a, b in self._when) else None


@pytest.mark.parametrize("length", range(6, 13))
def test_an_outage_while_a_statement_is_judged_refuses_no_good_one(length: int) -> None:
    """After one in which it failed alone, as good as it is."""
    for start in range(8, 22):
        lrs = FaultyLrs(Outages((1, 8), (start, start + length)))
        outcome, _error = sent_through(lrs, _many(3), _many(3, 3))
        assert not outcome.refused
        assert set(outcome.sent) == lrs.held.keys()


def test_what_fails_too_often_in_a_row_is_put_aside_and_goes_at_the_end() -> None:
    """The batch fails, one of it alone passes, and then nothing for 41 requests."""
    lrs = FaultyLrs(Outages((1, 7), (8, 49)))
    outcome, error = sent_through(lrs, _many(200))
    assert (len(outcome.sent), len(lrs.held), error) == (200, 200, "")
    assert sum(lrs.seen.values()) < 100, "in large parts"


@pytest.mark.parametrize("fault", [fault for fault in Fault if "after" not in fault])
@pytest.mark.parametrize("taken_before", [0, 1, 3, 6])
@pytest.mark.parametrize("bad", [0, 9])
def test_an_lrs_that_goes_down_for_good_refuses_nothing(
    fault: Fault, taken_before: int, bad: int
) -> None:
    """Whenever it goes down, also in the middle of looking for a statement to blame."""
    batches = [_many(40, start) for start in range(0, 400, 40)]
    refused = frozenset(one.id for one in batches[0][:bad])
    plan = Plan(outage=(taken_before + 1, 10**9), faults=(fault,))
    lrs = FaultyLrs(plan, bad=refused)
    outcome, error = sent_through(lrs, *batches)
    assert error
    assert outcome.refused.keys() <= refused
    assert set(outcome.sent) == lrs.held.keys()
    assert sum(lrs.seen.values()) < 120


def test_a_refusal_for_the_key_stops_at_once() -> None:
    store = Store(faults=[401])
    with pytest.raises(DeniedError):
        _send(store, ABC)
    assert store.posts == 1


def test_requests_shrink_to_what_the_lrs_takes() -> None:
    lrs = FaultyLrs(most=1_000)
    with Lrs(Settings("https://lrs.example.org/xapi/", "k", "s"), FaultyTransport(lrs)) as way:
        sender = sender_to(way)
        outcome = delivered(sender, _many(100))
        assert len(outcome.sent) == 100
        assert 500 < sender.size <= 1_000


def test_a_statement_that_never_fits_is_refused_alone() -> None:
    huge = Queued("huge", json.dumps({"id": "huge", "words": "x" * 2_000}).encode())
    outcome, error = sent_through(FaultyLrs(most=1_000), [*_many(5), huge, *_many(5, 10)])
    assert (len(outcome.sent), outcome.refused, error) == (10, {"huge": "413 too large"}, "")


def test_fewer_go_at_once_when_many_take_the_lrs_too_long() -> None:
    slow = FaultyLrs(Plan(outage=(1, 3), faults=(Fault.LATE,)))
    with Lrs(Settings("https://lrs.example.org/xapi/", "k", "s"), FaultyTransport(slow)) as way:
        sender = sender_to(way)
        assert len(delivered(sender, _many(100)).sent) == 100
        assert sender.count == 50


def test_half_an_answer_is_no_answer() -> None:
    lrs = FaultyLrs(Plan(outage=(1, 2), faults=(Fault.HALF_UNSAID_AFTER,)), repeats=Repeats.NEW)
    outcome, error = sent_through(lrs, _many(10))
    assert (len(outcome.sent), error) == (10, "")
    assert set(lrs.writes.values()) == {1}
