"""The store against a model: whatever happens, the LRS ends up with what is true, once.

The model knows nothing of attempts, leases or voids. It holds, for each person in each session,
what the imports that stand said, in their order; the last of it is true.
"""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from capsule.activity import Names
from capsule.errors import CapsuleError
from capsule.tracking import keys, outbox, statements
from capsule.tracking.attendance import Line
from capsule.tracking.entering import Entering
from capsule.tracking.events import Event, Presence
from capsule.tracking.outbox import Outbox, Place, Queued
from capsule.tracking.privacy import Pseudonyms, Ring
from capsule.tracking.sparing import Sparing

IRI = "https://formation.example/capsules/essai"
SUBJECT = statements.Subject(Names(*IRI.rsplit("/", 1)), "Essai", "fr", 600)
SECRET = keys.Key(b"k" * 32)
NAMES = Pseudonyms(SECRET)
SPARING = Sparing(Ring([SECRET]))
NOW = datetime(2025, 6, 1, tzinfo=UTC)
LEASE = 60.0

Key = tuple[str, str]
Content = tuple[Presence, int | None]

KEYS = st.sampled_from([("S1", "ada"), ("S1", "bob"), ("S2", "ada")])  # few, so that they meet
CONTENTS: st.SearchStrategy[Content] = st.sampled_from(
    [
        (Presence.PRESENT, None),
        (Presence.PARTIAL, 45),
        (Presence.PARTIAL, 50),
        (Presence.ABSENT, None),
    ]
)
ROWS = st.lists(st.tuples(KEYS, CONTENTS), min_size=1, max_size=4)
SENDERS = st.sampled_from(["a", "b"])


def event(key: Key, content: Content, line: int = 2) -> Event:
    start = datetime(2025, 3, 10, 9, tzinfo=UTC)
    return Event(key[0], start, key[1], *content, "", "", "", Path("list.csv"), line)


class Lrs:
    """An LRS as the specification has it, which says no to the statements in `bad`."""

    def __init__(self) -> None:
        self.held: dict[str, bytes] = {}
        self.bad: set[str] = set()

    def post(self, batch: list[Queued]) -> tuple[list[str], dict[str, str]]:
        refused = {}
        for item in batch:
            told = json.loads(item.body)
            assert told["id"] == item.id
            assert self.held.get(item.id, item.body) == item.body, "other bytes under this id"
            if item.id in self.held or item.id not in self.bad:
                if told["object"]["objectType"] == "StatementRef":
                    assert told["object"]["id"] in self.held, "a void of what is not there"
                self.held[item.id] = item.body
            else:
                refused[item.id] = "400 bad"
        return [item.id for item in batch if item.id not in refused], refused

    def valid(self) -> list[dict[str, Any]]:
        """What counts: neither voided nor a void."""
        told = [json.loads(body) for body in self.held.values()]
        voids = {one["object"]["id"] for one in told if one["object"]["objectType"] != "Activity"}
        return [
            one
            for one in told
            if one["object"]["objectType"] == "Activity" and one["id"] not in voids
        ]


def fact(statement: dict[str, Any]) -> tuple[str, ...]:
    """What a statement says, whatever its attempt."""
    context, result = statement["context"]["registration"], statement.get("result", {})
    actor = statement["actor"]["account"]["name"]
    return actor, statement["verb"]["id"], context, json.dumps(result, sort_keys=True)


class Store(RuleBasedStateMachine):
    """Imports, corrections, voidings, senders that die."""

    place: Place

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.now = 1_000.0
        self.box = self.stack.enter_context(self._opened())
        self.lrs = Lrs()
        self.truth: dict[Key, list[tuple[int, Content | None]]] = {}
        self.undone: set[int] = set()
        self.entries = 0
        self.senders: dict[str, tuple[ExitStack, Outbox]] = {}
        self.held: dict[str, list[Queued]] = {}
        self.bodies: dict[str, bytes] = {}

    def _opened(self) -> Any:
        return outbox.opened(self.place, clock=lambda: self.now)

    def teardown(self) -> None:
        self.all_is_sent()  # whatever came before
        for stack, _box in self.senders.values():
            stack.close()
        self.stack.close()

    @rule(rows=ROWS, replace=st.booleans(), size=st.sampled_from([1, 2, 9]))
    def import_(self, rows: list[tuple[Key, Content]], replace: bool, size: int) -> None:
        contested = {k for k, said in rows if any(k == j and said != c for j, c in rows)}
        with self.box.journal("import", NOW) as ledger:
            ledger.bind("check", IRI)
            ledger.replace = replace
            ledger.open_file(Path("list.csv"), "0" * 64)
            entering = Entering(ledger, SPARING, SUBJECT)
            events = [event(*row, line) for line, row in enumerate(rows, 2)]
            lines = [Line(one, one.person, one.line) for one in events]
            problems = [
                problem
                for start in range(0, len(lines), size)
                for _line, found, _new in entering.enter(lines[start : start + size])
                for problem in found
            ]
            self.entries = ledger.number
        assert {rows[problem.line - 2][0] for problem in problems} == contested
        for key, content in rows:
            before = [said for _entry, said in self.truth.get(key, [])]
            new = content not in before or (replace and before[-1] != content)
            if new and key not in contested:
                self.truth.setdefault(key, []).append((self.entries, content))

    @rule(key=KEYS, everybody=st.booleans())
    def void(self, key: Key, everybody: bool) -> None:
        chosen = [k for k in self.truth if k[0] == key[0] and (everybody or k == key)]
        with self.box.journal("void", NOW, "wrong list") as ledger:
            ledger.bind("check", IRI)
            sessions = [one.id for one in ledger.sessions() if one.name == key[0]]
            ledger.void(sessions, None if everybody else NAMES.of(key[1]))
            self.entries = ledger.number
        for one in chosen:
            if self.truth[one] and self.truth[one][-1][1] is not None:
                self.truth[one].append((self.entries, None))

    @precondition(lambda self: self.entries)
    @rule(data=st.data(), void=st.booleans())
    def undo(self, data: st.DataObject, void: bool) -> None:
        number = data.draw(st.integers(1, self.entries))
        kinds = {entry.id: entry for entry in self.box.entries()}
        possible = kinds[number].kind != "undo" and number not in self.undone
        possible = possible and (void or not kinds[number].left)
        try:
            with self.box.journal("undo", NOW, str(number)) as ledger:
                ledger.bind("check", IRI)
                ledger.undo(number, void=void)
                entries = ledger.number
        except CapsuleError:
            assert not possible
            return
        assert possible
        self.entries = entries
        self.undone.add(number)
        for key, said in self.truth.items():
            self.truth[key] = [one for one in said if one[0] != number]

    @rule(
        name=SENDERS,
        count_=st.integers(1, 5),
        size=st.sampled_from([1, 1_500, 99_999]),
        fate=st.sampled_from(["holds", "settles", "releases", "dies", "dies early"]),
        bad=st.booleans(),
    )
    def claim(self, name: str, count_: int, size: int, fate: str, bad: bool) -> None:
        """A sender claims; what happens next is up to chance, and may come later."""
        if name not in self.senders:
            stack = ExitStack()
            self.senders[name] = (stack, stack.enter_context(self._opened()))
        batch = self.senders[name][1].claim(name, count_, size, LEASE)
        assert len(batch) <= count_
        assert len(batch) < 2 or sum(len(item.body) + 1 for item in batch) <= size
        others = {item.id for other in self.held if other != name for item in self.held[other]}
        assert not others & {item.id for item in batch}, "claimed twice"
        self.held.setdefault(name, []).extend(batch)
        if bad and batch:
            self.lrs.bad.add(batch[0].id)
        if fate not in ("holds", "dies early"):
            self.post(name, settled=fate == "settles")
        if fate == "releases":
            self.release(name)
        if fate.startswith("dies"):
            self.crash(name)

    @rule(name=SENDERS, settled=st.booleans())
    def post(self, name: str, settled: bool) -> None:
        """The LRS takes a batch, or some of it; the sender may not hear of it."""
        if self.held.get(name):
            sent, refused = self.lrs.post(self.held[name])
            if settled:
                self.senders[name][1].settle(name, sent, refused)
                self.held[name] = []

    def release(self, name: str) -> None:
        self.senders[name][1].release(name, [item.id for item in self.held.get(name, [])])
        self.held[name] = []

    def crash(self, name: str) -> None:
        """The sender dies; its lease ends later."""
        if name in self.senders:
            self.senders.pop(name)[0].close()
            self.held.pop(name, None)
            self.now += LEASE

    @rule()
    def wait(self) -> None:
        """Time goes by; the senders live, and renew."""
        for name, (_stack, box) in self.senders.items():
            box.renew(name, 3 * LEASE)
        self.now += LEASE / 2

    @rule()
    def retry(self) -> None:
        self.lrs.bad.clear()
        self.box.retry_refused()

    @rule()
    def all_is_sent(self) -> None:
        """Nothing lost, nothing doubled, nothing untrue."""
        for name in list(self.senders):
            self.crash(name)
        self.now += 10 * LEASE
        self.retry()
        while batch := self.box.claim("last", 3, 10_000, LEASE):
            self.box.settle("last", *self.lrs.post(batch))
        counts = self.box.counts()
        assert (counts.waiting, counts.claimed, counts.refused) == (0, 0, 0)
        assert counts.sent == len(self.lrs.held)
        expected = [
            fact(one)
            for key, said in self.truth.items()
            if said and said[-1][1]
            for one in statements.of_event(NAMES.hide(event(key, said[-1][1])), SUBJECT)
        ]
        assert sorted(map(fact, self.lrs.valid())) == sorted(expected)

    @invariant()
    def bytes_stay(self) -> None:
        for body in self.box.bodies():
            key = json.loads(body)["id"]
            if key in self.lrs.held:
                assert self.lrs.held[key] == body

    @invariant()
    def report_is_true(self) -> None:
        figures = {one.session: one for one in self.box.sessions()}
        for name in ("S1", "S2"):
            said = [held[-1][1] for key, held in self.truth.items() if key[0] == name and held]
            there = [content[0] for content in said if content]
            one = figures.get(name)
            found = (one.expected, one.present, one.completed) if one else (0, 0, 0)
            present = sum(presence is not Presence.ABSENT for presence in there)
            assert found == (len(there), present, there.count(Presence.PRESENT))


_fresh = count()


@pytest.fixture(params=["sqlite", "postgresql"])
def machine(request: pytest.FixtureRequest) -> Iterator[type[Store]]:
    """The state machine on a kind of database; each run of it has a store of its own."""
    memory = Path("/dev/shm")  # thousands of commits need no disk
    with TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:

        class Placed(Store):
            def __init__(self) -> None:
                self.place = _place(request, Path(folder))
                super().__init__()

        yield Placed


def _place(request: pytest.FixtureRequest, folder: Path) -> Place:
    number = next(_fresh)
    if request.param == "sqlite":
        return outbox.in_file(folder / f"{number}.db")
    url = f"{request.getfixturevalue('postgresql')}&schema=model{number}"
    return outbox.find(folder, {"CAPSULE_OUTBOX": url}, IRI)


def test_the_store_keeps_to_the_model(machine: type[Store], request: pytest.FixtureRequest) -> None:
    sqlite = "sqlite" in request.node.name
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=80 if sqlite else 15,
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
