import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from capsule.errors import CapsuleError
from capsule.tracking import outbox
from capsule.tracking.events import Event, Presence
from capsule.tracking.outbox import Counts, Known, Outbox, Queued, Refused

EVENT = Event(
    session="S1",
    start=datetime(2025, 3, 10, 9, tzinfo=UTC),
    person="a" * 64,
    presence=Presence.PARTIAL,
    minutes=45,
    centre="Grenoble",
    course="Accueil",
    trainer="",
    path=Path("list.csv"),
    line=2,
)

HAMMER = """
import sys
from pathlib import Path
from capsule.tracking import outbox
for n in range(20):
    with outbox.opened(Path(sys.argv[1])) as box, box.transaction():
        box.queue(f"{sys.argv[2]}-{n}", b"{}", "list.csv:2")
        box.queue(f"shared-{n}", b"{}", "list.csv:2")
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "outbox.db"


@pytest.fixture
def box(file: Path) -> Iterator[Outbox]:
    with outbox.opened(file) as opened:
        yield opened


def test_a_person_counts_once_in_a_session(box: Outbox) -> None:
    assert box.add(EVENT, "session") is None
    known = box.add(replace(EVENT, presence=Presence.PRESENT), "session")
    assert known == Known(Presence.PARTIAL, 45)
    assert known.agrees(EVENT)
    assert not known.agrees(replace(EVENT, minutes=50))
    assert not known.agrees(replace(EVENT, presence=Presence.PRESENT))
    assert box.add(EVENT, "another session") is None
    assert [(s.expected, s.present, s.completed) for s in box.sessions()] == [(1, 1, 0)] * 2


def test_a_statement_keeps_its_first_bytes_and_its_turn(box: Outbox) -> None:
    box.queue("b", b"first", "list.csv:2")
    box.queue("a", b"{}", "list.csv:3")
    box.queue("b", b"other", "list.csv:4")
    assert box.waiting(1) == [Queued("b", b"first")]
    assert list(box.bodies()) == [b"first", b"{}"]


def test_sent_refused_and_tried_again(box: Outbox) -> None:
    for key in "abc":
        box.queue(key, b"{}", f"list.csv:{ord(key)}")
    box.settle(["a"], {"b": "400 bad"})
    assert box.counts() == Counts(waiting=1, sent=1, refused=1)
    assert box.refused() == [Refused("b", "list.csv:98", "400 bad")]
    box.retry_refused()
    assert [item.id for item in box.waiting(9)] == ["b", "c"]


def test_nothing_is_kept_of_a_transaction_that_fails(box: Outbox) -> None:
    def fail() -> None:
        with box.transaction():
            box.queue("a", b"{}", "list.csv:2")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert box.counts() == Counts()


def test_a_name_cannot_enter(file: Path) -> None:
    def enter() -> None:
        with outbox.opened(file) as box:
            box.add(replace(EVENT, person="claire.durand@example.org"), "session")

    with pytest.raises(CapsuleError, match="CHECK constraint failed"):
        enter()


def test_the_store_stays_with_its_key_and_its_capsule(box: Outbox) -> None:
    box.bind("key", "https://formation.example/essai")
    box.bind("key", "https://formation.example/essai")
    with pytest.raises(CapsuleError, match="restore the file"):
        box.bind("other", "https://formation.example/essai")
    with pytest.raises(CapsuleError, match="lists were imported for https:"):
        box.bind("key", "https://formation.example/other")


def test_processes_share_a_store(file: Path) -> None:
    started = [
        subprocess.Popen([sys.executable, "-c", HAMMER, file, name]) for name in ("a", "b", "c")
    ]
    assert [process.wait(timeout=60) for process in started] == [0, 0, 0]
    with outbox.opened(file) as box:
        assert box.counts().waiting == 3 * 20 + 20


def test_one_sender_at_a_time(tmp_path: Path) -> None:
    def send() -> None:
        with outbox.sole_sender(tmp_path / "lock"):
            pass

    with (
        outbox.sole_sender(tmp_path / "lock"),
        pytest.raises(CapsuleError, match="another process is sending"),
    ):
        send()
    send()


@pytest.mark.parametrize("fault", ["not a store", "newer"])
def test_a_file_that_is_no_store_of_ours(file: Path, fault: str) -> None:
    if fault == "newer":
        store = sqlite3.connect(file)
        store.execute("PRAGMA user_version = 99")
        store.close()
    else:
        file.write_bytes(b"something else, and long enough" * 100)

    def enter() -> None:
        with outbox.opened(file):
            pass

    with pytest.raises(CapsuleError, match=r"newer version|can't be used"):
        enter()
