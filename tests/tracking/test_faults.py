"""Sending through random faults and kills: nothing is lost, nothing is twice in the LRS."""

import json
import math
import multiprocessing
import os
import random
import shutil
import signal
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from itertools import accumulate
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Connection

from capsule import track
from capsule.errors import UnavailableError
from capsule.track.sending import Pass
from capsule.tracking import lrs as http
from capsule.tracking import outbox
from capsule.tracking.endpoint import Settings
from capsule.tracking.lrs import Lrs
from capsule.tracking.outbox import Outbox, database
from capsule.tracking.patience import Patience
from capsule.tracking.sender import Sender

from .faulty_lrs import (
    Fault,
    FaultyLrs,
    FaultyTransport,
    Forwarding,
    Killer,
    Plan,
    Repeats,
    served,
)

SLEEPLESS: Any = math.fabs  # which another process can import
IRI = "https://formation.example/essai"
NOW = datetime(2025, 6, 30, tzinfo=UTC)
SIZES = (1, 2, 7, 30)
RUNS, SHARED_RUNS, SOCKET_RUNS, KILLS = 1_000, 10, 20, 18
KINDS = [
    tuple(Fault),
    (Fault.LATE_AFTER, Fault.CUT_AFTER, Fault.ERROR_AFTER),
    (Fault.HALF_AFTER, Fault.HALF_UNSAID_AFTER),
    (Fault.ERROR, Fault.GATEWAY),
    (Fault.UNREACHED, Fault.BUSY),
]


class _KilledError(BaseException):
    """The process ends here."""


class _Mortal:
    """A store that nothing can be written to once its process is dead."""

    def __init__(self, box: Outbox, transport: "_Deadly") -> None:
        self._box = box
        self._transport = transport

    def __getattr__(self, name: str) -> Any:
        if self._transport.dead:
            raise _KilledError
        return getattr(self._box, name)


class _Deadly(httpx.BaseTransport):
    """A transport that kills the sender at its request number `when`, before or after it."""

    def __init__(self, way: httpx.BaseTransport, when: int, after: bool) -> None:
        self._way, self._left, self._after = way, when, after
        self.dead = False

    def close(self) -> None:
        self._way.close()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self._left -= 1
        self.dead = self._left == 0
        if self.dead and not self._after:
            raise _KilledError
        answer = self._way.handle_request(request)
        if self.dead:
            raise _KilledError
        return answer


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    """Stores in which so many statements wait."""
    folder = tmp_path_factory.mktemp("stores")
    for size in SIZES:
        with outbox.opened(outbox.in_file(folder / f"{size}.db")) as box:
            _fill(box, size)
    return {size: folder / f"{size}.db" for size in SIZES}


def _fill(box: Outbox, size: int) -> None:
    with box.journal("import", NOW) as ledger:
        ledger.bind("0" * 64, IRI)
        ledger.open_file(Path("statements.ndjson"), "0" * 64)
        ledger.carry([_statement(n) for n in range(size)])


def _statement(n: int) -> tuple[str, bytes, int]:
    key = f"00000000-0000-5000-8000-{n:012}"
    context = {"registration": f"00000000-0000-5000-9000-{n // 10:012}"}
    body = {"id": key, "actor": {"account": {"name": str(n)}}, "verb": {"id": "urn:v"}}
    return key, json.dumps({**body, "context": context}).encode(), n + 1


def _drawn(dice: random.Random, size: int) -> FaultyLrs:
    """An LRS with habits and faults."""
    ids = [_statement(n)[0] for n in range(size)]
    some = dice.sample(ids, min(size, dice.choice([0, 0, 1, 2, 5])))
    cut = dice.randrange(len(some) + 1)
    plan = Plan(
        seed=dice.randrange(2**32),
        rate=dice.choice([0.0, 0.1, 0.3, 0.6]),
        outage=(dice.randrange(1, 25), dice.choice([0, 0, 2, 40])),
        faults=dice.choice(KINDS),
    )
    return FaultyLrs(
        plan,
        repeats=dice.choice(list(Repeats)),
        bad=frozenset(some[:cut]),
        poison=frozenset(some[cut:]),
        refusal=dice.choice([400, 422]),
        most=dice.choice([600, 2_000, 10**7]),
    )


def _passes(box: Outbox, lrs: FaultyLrs, dice: random.Random, url: str = "") -> None:
    """Send as an administrator does: again and again, until nothing is left or nothing moves.

    Without a URL, no socket is needed.
    """
    settings = Settings(url or "https://lrs.example.org/xapi/", "key", "secret")
    kills = dice.choice([0, 0, 1, 3])
    before = stalled = 0
    while stalled < 5:
        way = httpx.HTTPTransport() if url else FaultyTransport(lrs)
        deadly = _Deadly(way, dice.randrange(1, 30) if kills else 0, kills == 2)
        kills = max(0, kills - 1)
        box.recover()
        with Lrs(settings, deadly) as client, suppress(UnavailableError, _KilledError):
            patience = Patience(lambda _seconds: None, dice.random)
            mortal: Any = _Mortal(box, deadly)
            sender = Sender(client, patience, count=dice.choice([3, 20, 250]))
            ticks = accumulate(iter(lambda: dice.choice([0.0, 0.1, 2.0]), None))
            Pass(mortal, sender, clock=partial(next, ticks)).run()
        counts = box.counts()
        left = counts.waiting + counts.claimed
        if not left:
            return
        stuck = lrs.plan.calm and left == before <= len(lrs.poison | lrs.bad)
        stalled = stalled + 1 if stuck else 0
        before = left


def _assert_agreed(box: Outbox, lrs: FaultyLrs, size: int) -> None:
    """Hold the LRS against the store."""
    every = {key: json.loads(body) for key, body, _line in map(_statement, range(size))}
    counts = box.counts()
    sent = {one.id for one in box.sent(0, size + 1)}
    refused = {one.id for one in box.refused()}
    assert counts.claimed == 0
    assert sent == lrs.held.keys() == every.keys() - lrs.bad - lrs.poison
    assert all(lrs.held[key] == every[key] for key in sent)
    assert set(lrs.writes.values()) <= {1}
    assert refused <= lrs.bad | lrs.poison
    # With nothing else to send, nothing tells what it fails on from an LRS that is down.
    assert lrs.bad <= refused or lrs.poison - refused or not sent
    assert counts.waiting == len(every) - len(sent) - len(refused)


@pytest.fixture
def unsynchronised(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stores that a power cut may break, and the end of a process does not."""
    tune = database._tune

    def faster(connection: Connection) -> None:
        tune(connection)
        connection.exec_driver_sql("PRAGMA synchronous = OFF")
        connection.commit()

    monkeypatch.setattr(database, "_tune", faster)


@pytest.mark.usefixtures("unsynchronised")
@pytest.mark.parametrize("part", range(10))
def test_a_thousand_random_runs(part: int, stores: dict[int, Path], tmp_path: Path) -> None:
    for seed in range(part * RUNS // 10, (part + 1) * RUNS // 10):
        dice = random.Random(seed)
        size = dice.choice(SIZES)
        lrs = _drawn(dice, size)
        with outbox.opened(_copy(stores[size], tmp_path, seed)) as box:
            _passes(box, lrs, dice)
            _assert_agreed(box, lrs, size)


def _copy(store: Path, folder: Path, seed: int) -> outbox.Place:
    return outbox.in_file(Path(shutil.copy(store, folder / f"{seed}.db")))


def test_random_runs_on_postgresql(postgresql: str, tmp_path: Path) -> None:
    for seed in range(SHARED_RUNS):
        dice = random.Random(seed)
        lrs = _drawn(dice, 30)
        address = f"{postgresql}&schema=run{seed}_{os.getpid()}"
        with outbox.opened(outbox.find(tmp_path, {"CAPSULE_OUTBOX": address}, IRI)) as box:
            _fill(box, 30)
            _passes(box, lrs, dice)
            _assert_agreed(box, lrs, 30)


@pytest.mark.usefixtures("unsynchronised")
def test_random_runs_over_a_socket(
    stores: dict[int, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the transport does in memory, done to real connections."""
    monkeypatch.setattr(http, "_TIMEOUT", httpx.Timeout(0.2))
    for seed in range(SOCKET_RUNS):
        dice = random.Random(seed)
        lrs = _drawn(dice, 30)
        with (
            served(lrs.ask, late=0.3) as url,
            outbox.opened(_copy(stores[30], tmp_path, seed)) as box,
        ):
            _passes(box, lrs, dice, url)
            _assert_agreed(box, lrs, 30)


@pytest.fixture(scope="module")
def processes() -> Any:
    """Where real processes come from, soon."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["capsule.track"])
    return context


@pytest.fixture
def listed(project: Path) -> Path:
    """A capsule with 120 statements to send."""
    rows = "".join(f"S{n // 10};2025-03-10;p{n:02};present\n" for n in range(60))
    (project / "list.csv").write_text("session;date;id;presence\n" + rows)
    assert track.import_attendance(project, [project / "list.csv"], NOW).queued == 120
    return project


def _killed(processes: Any, project: Path, environ: dict[str, str], killer: Killer) -> None:
    """Send in a process of its own, which is killed. It doesn't wait between two tries."""
    options = {"batch": 10, "sleep": SLEEPLESS}
    process = processes.Process(target=track.send, args=(project, environ), kwargs=options)
    process.start()
    killer.victim = process.pid
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    assert killer.killed.is_set()


def _emptied(project: Path, environ: dict[str, str]) -> None:
    for _n in range(10):
        with suppress(UnavailableError):
            track.send(project, environ, batch=10, sleep=SLEEPLESS)
            break
    counts = track.status(project).counts
    assert (counts.sent, counts.waiting, counts.claimed, counts.refused) == (120, 0, 0, 0)


def _held(project: Path) -> dict[str, Any]:
    with outbox.opened(outbox.in_file(project / ".capsule" / "outbox.db")) as box:
        return {one.id: json.loads(one.body) for one in box.sent(0, 1_000)}


@pytest.mark.parametrize("seed", range(KILLS))
def test_a_killed_process_loses_and_repeats_nothing(
    seed: int, listed: Path, processes: Any
) -> None:
    dice = random.Random(seed)
    plan = Plan(seed, rate=dice.choice([0.0, 0.2]), faults=KINDS[1 + seed % 3], row=1)
    lrs = FaultyLrs(plan, repeats=list(Repeats)[seed % 4])
    killer = Killer(lrs, dice.randrange(1, 11), ("before", "after", "later")[seed % 3])
    with served(killer.ask, late=0.1) as url:
        environ = {"CAPSULE_LRS_URL": url, "CAPSULE_LRS_KEY": "k", "CAPSULE_LRS_SECRET": "s"}
        _killed(processes, listed, environ, killer)
        _emptied(listed, environ)
    assert lrs.held == _held(listed)
    assert set(lrs.writes.values()) == {1}


@pytest.mark.parametrize("seed", range(3))
def test_faults_and_a_kill_before_ralph(
    seed: int, listed: Path, processes: Any, ralph: dict[str, str], ralph_file: Path
) -> None:
    lrs = Forwarding(Plan(seed, rate=0.3, row=1, faults=(*KINDS[1], *KINDS[3])))
    lrs.to = tuple(ralph.values())  # type: ignore[assignment]
    killer = Killer(lrs, 6 + seed, ("before", "after", "later")[seed])
    with served(killer.ask, late=0.1) as url:
        environ = {**ralph, "CAPSULE_LRS_URL": url}
        _killed(processes, listed, environ, killer)
        _emptied(listed, environ)
    stored = [json.loads(line) for line in ralph_file.read_text(encoding="utf-8").splitlines()]
    ids = [one["id"] for one in stored]
    assert sorted(ids) == sorted(_held(listed))
    verified = track.verify(listed, ralph)
    assert (verified.found, verified.missing, verified.differing) == (120, [], [])
    assert (verified.expected, verified.attended) == (60, 60)
