"""The sender against an LRS that fails in every known way."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from capsule.errors import UnavailableError
from capsule.tracking.lrs import Lrs, Settings
from capsule.tracking.outbox import Queued
from capsule.tracking.sender import Outcome, Sender

Fault = Callable[[], httpx.Response]


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


def _batch(*ids: str) -> list[Queued]:
    return [Queued(key, json.dumps({"id": key, "actor": {"account": key}}).encode()) for key in ids]


def _send(store: Store, batch: Sequence[Queued]) -> tuple[Outcome, list[float]]:
    slept: list[float] = []
    transport = httpx.MockTransport(store)
    with Lrs(Settings("https://lrs.example.org/xapi/", "key", "hush"), transport) as lrs:
        return Sender(lrs, slept.append, lambda: 0.5).deliver(batch), slept


ABC = _batch("a", "b", "c")


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


def test_retry_after_is_honoured_up_to_a_point() -> None:
    assert _send(Store(faults=[429], headers={"Retry-After": "40"}), ABC)[1] == [40.0]
    with pytest.raises(UnavailableError, match="in 7200 seconds"):
        _send(Store(faults=[503], headers={"Retry-After": "7200"}), ABC)


@pytest.mark.parametrize(
    ("fault", "message", "posts"),
    [
        (500, r"out of order \(500\)", 6),
        (httpx.ConnectError("no route"), "can't be reached: no route", 6),
        (401, r"refuses the key and the secret \(401\)", 1),
        (403, r"refuses the key and the secret \(403\)", 1),
        (404, r"not answer as an LRS does \(404\)", 1),
        (302, r"not answer as an LRS does \(302\)", 1),
    ],
)
def test_a_lasting_fault_stops_the_sending(
    fault: int | Exception, message: str, posts: int
) -> None:
    store = Store(faults=[fault] * 10)
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
        Sender(lrs, lambda _seconds: None, lambda: 0.5).deliver(ABC)


def test_an_answer_that_names_nothing_is_checked() -> None:
    store = Store()
    _send(store, ABC[:1])
    forgetful = httpx.MockTransport(
        lambda request: httpx.Response(200, json=[]) if request.method == "POST" else store(request)
    )
    with Lrs(Settings("https://lrs.example.org/xapi/", "key", "hush"), forgetful) as lrs:
        sender = Sender(lrs, lambda _seconds: None, lambda: 0.5)
        assert sender.deliver(ABC[:1]).sent == ["a"]
        with pytest.raises(UnavailableError, match="does not hold them"):
            sender.deliver(ABC)


def test_a_repeated_batch_is_recognised_by_a_strict_lrs() -> None:
    store = Store(strict=True)
    _send(store, ABC)
    outcome, _slept = _send(store, [*ABC, *_batch("d")])
    assert sorted(outcome.sent) == ["a", "b", "c", "d"]
    assert not outcome.refused


def test_one_bad_of_many_stands_alone() -> None:
    store = Store(refuse="bad")
    outcome, _slept = _send(store, _batch(*(f"good-{n}" for n in range(40)), "bad", "last"))
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
        _send(store, _batch(*(f"s{n}" for n in range(20))))
