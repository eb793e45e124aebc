"""The sender as a service, at a limited rate, and what is read back from the LRS."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from capsule import track
from capsule.errors import UnavailableError
from capsule.track import people
from capsule.track.opening import opened
from capsule.tracking.patience import DeniedError, Pace

from .faulty_lrs import Answer, Fault, FaultyLrs, FaultyTransport, Plan, served
from .keeping import LRS

NOW = datetime(2025, 6, 30, tzinfo=UTC)


@pytest.fixture
def listed(project: Path) -> Callable[[int], Path]:
    """A function that imports a list of so many people into a capsule, and gives its folder."""

    def write(people: int, name: str = "list.csv") -> Path:
        rows = "".join(f"S{n // 5};2025-03-10;{name}{n};present\n" for n in range(people))
        (project / name).write_text("session;date;id;presence\n" + rows)
        track.import_attendance(project, [project / name], NOW)
        return project

    return write


def _command(project: Path, url: str, *words: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "capsule", "track", *words],
        cwd=project,
        env={**os.environ, **LRS, "CAPSULE_LRS_URL": url},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_the_service_outlives_an_lrs_that_is_down_and_sends_what_comes_later(
    listed: Callable[..., Path],
) -> None:
    project = listed(4)
    lrs = FaultyLrs(Plan(outage=(1, 20), faults=(Fault.UNREACHED,)))
    stop, events = threading.Event(), []

    def tell(event: str, words: str) -> None:
        events.append((event, words))
        sent = [one for one, _words in events].count("sent")
        if event == "sent" and sent == 1:
            listed(2, "later.csv")
        if sent == 2:
            stop.set()

    def quickly(timeout: float | None = None) -> bool:
        waits.append(timeout or 0.0)
        return stop.is_set()

    waits: list[float] = []
    stop.wait = quickly  # type: ignore[method-assign]
    track.watch(project, LRS, tell, stop, transport=FaultyTransport(lrs), chance=lambda: 1.0)
    kinds = [event for event, _words in events]
    assert kinds == ["started", "failed", "failed", "failed", "sent", "sent", "stopped"]
    assert events[1][1] == "the LRS can't be reached: no route"
    assert [wait for wait in waits if wait in {20.0, 40.0, 80.0}] == [20.0, 40.0, 80.0]
    assert len(lrs.held) == 12


def test_the_service_stops_when_the_key_is_refused(listed: Callable[[int], Path]) -> None:
    project = listed(1)

    class Denying(FaultyLrs):
        def _answer(self, method: str, url: str, body: bytes) -> Answer:
            return Answer(401, b"who are you")

    lrs = Denying()
    with pytest.raises(DeniedError):
        track.watch(
            project, LRS, lambda *_words: None, threading.Event(), transport=FaultyTransport(lrs)
        )
    assert lrs.seen.total() == 1
    assert track.status(project).counts.waiting == 2


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_the_service_cleanly(
    number: signal.Signals, listed: Callable[[int], Path]
) -> None:
    project = listed(3)
    lrs = FaultyLrs()
    with served(lrs.ask) as url, _command(project, url, "send", "--watch", "--json") as service:
        assert service.stdout is not None
        told = [json.loads(service.stdout.readline()) for _n in range(2)]
        service.send_signal(number)
        rest, errors = service.communicate(timeout=60)
    assert [one["event"] for one in told] == ["started", "sent"]
    assert [json.loads(line)["event"] for line in rest.splitlines()] == ["stopped"]
    assert (service.returncode, errors) == (0, "")
    assert len(lrs.held) == 6


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_leaves_nothing_claimed(
    number: signal.Signals,
    listed: Callable[[int], Path],
    postgresql: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Other machines need not wait for the lease."""
    monkeypatch.setenv("CAPSULE_OUTBOX", f"{postgresql}&schema=signal{number}_{os.getpid()}")
    project = listed(3)
    lrs = FaultyLrs(Plan(outage=(1, 10**9), faults=(Fault.ERROR,)))
    asked = threading.Event()

    def ask(method: str, url: str, body: bytes) -> Answer:
        asked.set()
        return lrs.ask(method, url, body)

    with served(ask) as url, _command(project, url, "send") as sending:
        assert asked.wait(60)
        assert track.status(project).counts.claimed == 6
        sending.send_signal(number)
        _told, errors = sending.communicate(timeout=60)
    assert (sending.returncode, errors.splitlines()[-1]) == (1, "stopped; what waits still waits")
    counts = track.status(project).counts
    assert (counts.waiting, counts.claimed) == (6, 0)


def test_what_the_lrs_always_fails_on_is_refused_in_the_end(listed: Callable[..., Path]) -> None:
    """Though nothing else waits: others were taken before."""
    project, lrs = listed(1), FaultyLrs()
    track.send(project, LRS, transport=FaultyTransport(lrs))
    listed(1, "later.csv")
    with opened(project, {}) as box:
        lrs.poison = frozenset(json.loads(body)["id"] for body in box.bodies()) - lrs.held.keys()
    for _n in range(4):
        with pytest.raises(UnavailableError, match="NullPointerException"):
            track.send(project, LRS, transport=FaultyTransport(lrs), sleep=lambda _seconds: None)
    done = track.send(project, LRS, transport=FaultyTransport(lrs), sleep=lambda _seconds: None)
    assert (done.sent, done.refused) == (0, 2)
    assert {one.reason for one in track.status(project).refused} == {"500 NullPointerException"}


def test_no_more_go_than_the_rate_allows() -> None:
    now, slept = [100.0], []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        now[0] += seconds

    pace = Pace(20, sleep, lambda: now[0])
    for count in (20, 20, 10, 20):
        pace.wait(count)
    assert slept == pytest.approx([0, 1, 1, 0.5])
    now[0] += 60
    pace.wait(20)
    pace.wait(20)  # what was not sent meanwhile isn't made up for
    assert slept[-2:] == pytest.approx([0, 1])


def test_a_limited_rate_makes_small_requests(listed: Callable[[int], Path]) -> None:
    project, lrs = listed(5), FaultyLrs()
    slept: list[float] = []
    track.send(project, LRS, rate=4, transport=FaultyTransport(lrs), sleep=slept.append)
    assert lrs.seen.total() == 3  # 4, 4 and 2
    assert sum(slept) > 1.5


def test_verify_finds_what_is_missing_and_what_differs(listed: Callable[[int], Path]) -> None:
    project, lrs = listed(12), FaultyLrs()
    transport = FaultyTransport(lrs)
    track.send(project, LRS, transport=transport)
    before = lrs.seen.total()
    done = track.verify(project, LRS, transport=transport)
    assert (done.expected, done.attended, done.counts.sent) == (12, 12, 24)
    assert (done.found, done.missing, done.differing) == (24, [], [])
    assert lrs.seen.total() - before < 24  # by session, not one by one

    gone, other = list(lrs.held)[3], list(lrs.held)[-1]
    del lrs.held[gone]
    lrs.held[other] = {**lrs.held[other], "verb": {"id": "http://example.org/other"}}
    done = track.verify(project, LRS, transport=transport, requeue=True)
    assert (done.found, len(done.missing), len(done.differing)) == (22, 1, 1)
    assert (done.missing[0].id, done.missing[0].origin) == (gone, "list.csv:3")
    assert done.differing[0].id == other
    assert track.send(project, LRS, transport=transport).sent == 1
    assert gone in lrs.held


@pytest.mark.parametrize("hides", [True, False])
def test_verify_counts_what_was_corrected_voided_and_forgotten(
    hides: bool, listed: Callable[..., Path]
) -> None:
    project, lrs = listed(6), FaultyLrs(hides=hides)
    _correct_and_hold(project, LRS, FaultyTransport(lrs))
    voids = {told["object"]["id"] for told in lrs.held.values() if "voided" in told["verb"]["id"]}
    assert len(voids) == 6
    lost = sorted(voids)[0]
    del lrs.held[lost]
    again = track.verify(project, LRS, transport=FaultyTransport(lrs))
    assert {one.id for one in again.missing} <= {lost}, "a forgotten one is not asked for"


def test_verify_counts_what_was_corrected_voided_and_forgotten_on_ralph(
    ralph: dict[str, str], ralph_file: Path, listed: Callable[..., Path]
) -> None:
    project = listed(6)
    _correct_and_hold(project, ralph)
    told = ralph_file.read_text(encoding="utf-8").splitlines(keepends=True)
    ids = [json.loads(line)["id"] for line in told]
    with opened(project, {}) as box:
        known = [ids.index(one.id) for one in box.sent(0, 99)]
    gone, changed = known[1], known[4]
    told[changed] = told[changed].replace("PT10M", "PT9M").replace("/attended", "/registered")
    ralph_file.write_text("".join(line for n, line in enumerate(told) if n != gone))
    done = track.verify(project, ralph, requeue=True)
    assert [one.id for one in done.missing] == [ids[gone]]
    assert [one.id for one in done.differing] == [ids[changed]]
    assert track.send(project, ralph).sent == 1
    assert track.verify(project, ralph).missing == []


def _correct_and_hold(
    project: Path, environ: dict[str, str], transport: httpx.BaseTransport | None = None
) -> None:
    """Correct a line of the list, void one, forget a person; hold the LRS against the store."""
    track.send(project, environ, transport=transport)
    rows = "session;date;id;presence\nS0;2025-03-10;list.csv0;absent\n"
    (project / "later.csv").write_text(rows)
    assert track.import_attendance(project, [project / "later.csv"], NOW).corrected == 1
    track.void(project, "S0", "list.csv1", "the wrong one", NOW)
    assert people.forget(project, "list.csv2", NOW).voided == 2
    before = track.verify(project, environ, transport=transport)
    assert (before.expected, before.attended, before.counts.waiting) == (4, 3, 6)
    assert (before.found, before.missing, before.differing) == (10, [], [])
    assert track.send(project, environ, transport=transport).sent == 6
    done = track.verify(project, environ, transport=transport)
    assert (done.counts.waiting, done.counts.sent, done.found, done.erased) == (0, 18, 16, 2)
    assert (done.missing, done.differing) == ([], [])


def test_the_command_tells_what_is_missing(listed: Callable[[int], Path]) -> None:
    project, lrs = listed(4), FaultyLrs()
    with served(lrs.ask) as url:
        sending = _command(project, url, "send", "--limit-rate", "6000/min")
        assert sending.communicate(timeout=60)[0] == "8 statements sent.\n"
        gone = lrs.held.popitem()[0]
        verifying = _command(project, url, "verify")
        told, errors = verifying.communicate(timeout=60)
        assert verifying.returncode == 1
        assert gone in told
        assert "The LRS lacks 1 statements: capsule track verify --requeue" in errors
        requeuing = _command(project, url, "verify", "--requeue", "--json")
        told, errors = requeuing.communicate(timeout=60)
    assert requeuing.returncode == 0
    figures = json.loads(told)
    assert (figures["expected"], figures["sent"], figures["found"]) == (4, 8, 7)
    assert figures["erased"] == 0
    assert figures["missing"] == [{"id": gone, "origin": "list.csv:5"}]
    assert track.status(project).counts.waiting == 1


@pytest.mark.parametrize("rate", ["0", "fast", "-3/s", "3/day"])
def test_a_rate_that_is_none(rate: str, project: Path) -> None:
    sending = _command(project, LRS["CAPSULE_LRS_URL"], "send", "--limit-rate", rate)
    assert "such as 20/s, 600/min or 5000/h" in sending.communicate(timeout=60)[1]
    assert sending.returncode == 2
