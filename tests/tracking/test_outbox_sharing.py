"""Processes that share a store, and are killed."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from capsule.errors import CapsuleError
from capsule.tracking import outbox
from capsule.tracking.outbox import Counts, Place

from .storing import IRI

HAMMER = """
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from capsule.tracking import outbox
place = outbox.find(Path(sys.argv[1]), {"CAPSULE_OUTBOX": sys.argv[2]}, sys.argv[3])
for n in range(20):
    with outbox.opened(place) as box, box.journal("import", datetime.now(UTC)) as ledger:
        ledger.bind("check", sys.argv[3])
        ledger.open_file(Path("list.csv"), "0" * 64)
        ledger.carry([(f"{sys.argv[4]}-{n}", b"{}", 2), (f"shared-{n}", b"{}", 3)])
"""

WORK = """
import json, sys, time
from datetime import UTC, datetime
from pathlib import Path
sys.path.insert(0, sys.argv[5])
from capsule.tracking import outbox
from capsule.tracking.attendance import Line
from capsule.tracking.entering import Entering
from capsule.tracking.events import Presence
from storing import IRI, NOW, SPARING, SUBJECT, event
place = outbox.find(Path(sys.argv[1]), {"CAPSULE_OUTBOX": sys.argv[2]}, IRI)
role, held = sys.argv[3], Path(sys.argv[4])
with outbox.opened(place) as box:
    for turn in range(int(sys.argv[6]), 10**6):
        if role == "import":
            said = Presence.PRESENT if turn % 2 else Presence.ABSENT
            with box.journal("import", NOW) as ledger:
                ledger.bind("check", IRI)
                ledger.replace = True
                ledger.open_file(Path("list.csv"), "0" * 64)
                people = [event("ada", said), *(event(f"{turn}-{n}") for n in range(20))]
                lines = [Line(one, one.person, 2) for one in people]
                list(Entering(ledger, SPARING, SUBJECT).enter(lines))
        else:
            batch = box.claim(role, 7, 10**6, 1.0)
            with held.open("ab") as lrs:
                for one in batch:
                    lrs.write(one.body + b"\\n")
            box.settle(role, [one.id for one in batch], {})
"""


def test_processes_share_a_store(place: Place, environ: dict[str, str], tmp_path: Path) -> None:
    command: list[Any] = [
        sys.executable,
        "-c",
        HAMMER,
        tmp_path / "outbox.db",
        environ.get("CAPSULE_OUTBOX", ""),
        IRI,
    ]
    started = [subprocess.Popen([*command, name]) for name in ("a", "b", "c")]
    assert [process.wait(timeout=120) for process in started] == [0, 0, 0]
    with outbox.opened(place) as box:
        assert box.counts() == Counts(waiting=3 * 20 + 20)
        assert len(box.entries()) == 60


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


def test_killed_importing_and_sending_at_once(
    place: Place, environ: dict[str, str], tmp_path: Path
) -> None:
    """What the senders got hold of, after many kills, is what the store says, and is true."""
    held = tmp_path / "held.ndjson"
    held.touch()
    fixed: list[Any] = [tmp_path / "outbox.db", environ.get("CAPSULE_OUTBOX", "")]
    here: Any = Path(__file__).parent
    for round_ in range(2):
        started = [
            subprocess.Popen(
                [sys.executable, "-c", WORK, *fixed, role, held, here, str(round_ * 1000)]
            )
            for role in ("import", f"a{round_}", f"b{round_}")
        ]
        before = held.stat().st_size
        until = time.monotonic() + 60
        while held.stat().st_size < before + 20_000 and time.monotonic() < until:
            time.sleep(0.02)
        for process in started:
            assert process.poll() is None
            process.send_signal(signal.SIGKILL)
            process.wait()
    with outbox.opened(place) as box:
        box.recover()
        lines = [json.loads(line) for line in held.read_bytes().splitlines()]
        lrs = {one["id"]: one for one in lines}
        counts = box.counts()
        assert counts.claimed == 0
        assert counts.sent > 40
        while batch := box.claim("last", 100, 10**6, 60):
            lrs |= {one.id: json.loads(one.body) for one in batch}
            box.settle("last", [one.id for one in batch], {})
        assert box.counts().sent == len(lrs)
        again = [one for one in lines if lines.count(one) > 1]
        assert len(again) <= 2 * 7 * 2 * 2, "more than the batches of the killed came twice"
        voids = {
            one["object"]["id"]
            for one in lrs.values()
            if "actor" in one and one["object"]["objectType"] == "StatementRef"
        }
        assert voids <= lrs.keys()
        valid = [
            one
            for one in lrs.values()
            if one["id"] not in voids and one["object"]["objectType"] == "Activity"
        ]
        (figures,) = box.sessions()
        completed = [one for one in valid if one["verb"]["id"].endswith("completed")]
        assert len(completed) == figures.completed
        assert len(valid) == figures.completed + figures.present
