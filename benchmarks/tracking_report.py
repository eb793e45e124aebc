"""The report of many statements, and the import of a long list, beside what bounds them.

    python benchmarks/tracking_report.py [--statements 10000000] [--rows 1000000]

Three figures, with their targets:

- the report of the statements of an NDJSON file, against a bare DuckDB scan of the same file that
  reads the columns which a report needs (at most twice as long);
- importing a list, and of that building and queueing its statements, against building them with
  `tincan` and putting them in a queue in memory (at least twenty times the rate);
- the peak memory of the import, at a tenth of the rows and at all of them (flat).

Each part runs in a process of its own. Ratios are of processor seconds, since other work on the
machine lengthens the rest. A statement of the file takes 1.3 kB.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import uuid
from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import tincan

from capsule import track
from capsule.activity import Names
from capsule.track import figures
from capsule.tracking import forms, outbox, statements
from capsule.tracking.attendance import Line
from capsule.tracking.entering import Entering
from capsule.tracking.events import Event, Presence
from capsule.tracking.keys import Key
from capsule.tracking.privacy import Ring
from capsule.tracking.sparing import Sparing

ROOT = Path(__file__).resolve().parents[1]
CAPSULE = ROOT / "tests" / "capsules" / "small"
NAMES = Names("https://formation.example/capsules", "essai")
PLACE = 25  # people in a session
NEEDED = """{
    id: 'VARCHAR', actor: 'STRUCT(account STRUCT(name VARCHAR))', verb: 'STRUCT(id VARCHAR)',
    object: 'STRUCT(id VARCHAR, definition STRUCT(name JSON))',
    result: 'STRUCT(duration VARCHAR)', context: 'STRUCT(registration VARCHAR, platform VARCHAR,
        extensions JSON, contextActivities STRUCT(grouping JSON))', timestamp: 'VARCHAR'}"""


def main() -> None:
    """Measure, and print a line for each figure."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--statements", type=int, default=10_000_000)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--tincan", type=int, default=20_000, help="statements built with tincan")
    parser.add_argument("--part", help=argparse.SUPPRESS)
    parser.add_argument("--room", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.part:
        print(json.dumps(PARTS[given.part](given.room, given.rows)))
        return
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as folder:
        room = Path(folder)
        if given.statements:
            _report(room, given.statements)
        if given.rows:
            _import(room, given.rows, given.tincan)


def _report(room: Path, count: int) -> None:
    _write_statements(room / "statements.ndjson", count)
    _run("scan", room)  # the file is in the system's cache from here on, as far as it goes
    scan, made = _run("scan", room), _run("report", room)
    print(
        f"report of {count:,} statements: {made['seconds']:.1f} s, {made['memory']} MB;"
        f" bare scan {scan['seconds']:.1f} s; {made['cpu'] / scan['cpu']:.2f} times"
    )
    (room / "statements.ndjson").unlink()


def _import(room: Path, rows: int, sample: int) -> None:
    made = {}
    for size in (rows // 10, rows):
        _write_list(room / "list.csv", size)
        made[size] = _run("import", room)
        print(
            f"import of {size:,} rows: {made[size]['seconds']:.1f} s,"
            f" {made[size]['queued'] / made[size]['cpu']:,.0f} statements per processor second,"
            f" {made[size]['memory']} MB"
        )
    queued = _run("queue", room, rows)
    rate = sample / _tincan(sample)
    print(f"tincan, built and queued in memory: {rate:,.0f} statements per processor second")
    for name, one in (("import", made[rows]), ("building and queueing", queued)):
        ours = one["queued"] / one["cpu"]
        print(f"{name}: {ours:,.0f} per processor second; {ours / rate:.1f} times")


def _run(part: str, room: Path, rows: int = 0) -> dict[str, float]:
    command = [sys.executable, __file__, "--part", part, "--room", str(room), "--rows", str(rows)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    measured: dict[str, float] = json.loads(done.stdout)
    return measured


def _scan(room: Path, _rows: int) -> dict[str, float]:
    begun = time.perf_counter()
    columns = "id, actor, verb, object, result, context, timestamp"
    counted = ", ".join(f"count({column})" for column in columns.split(", "))
    file = room / "statements.ndjson"
    duckdb.execute(
        f"SELECT {counted} FROM"
        f" read_json('{file}', format = 'newline_delimited', columns = {NEEDED})"
    ).fetchall()
    return _measured(begun)


def _reported(room: Path, _rows: int) -> dict[str, float]:
    begun = time.perf_counter()
    figures.report(CAPSULE, statements=room / "statements.ndjson")
    return _measured(begun)


def _imported(room: Path, _rows: int) -> dict[str, float]:
    folder = room / "capsule"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(CAPSULE, folder)
    begun = time.perf_counter()
    done = track.import_attendance(folder, [room / "list.csv"], datetime.now(UTC), environ={})
    return {**_measured(begun), "queued": done.queued}


def _queued(room: Path, rows: int) -> dict[str, float]:
    """Rows that are read already, into an empty store."""
    events = [_session(n) for n in range(rows // PLACE + 1)]
    lines = [Line(events[n // PLACE], f"a{n:07}", n) for n in range(1, rows + 1)]
    before = time.process_time()
    (room / "outbox.db").unlink(missing_ok=True)
    names = Ring([Key(b"key")])
    with (
        outbox.opened(outbox.in_file(room / "outbox.db")) as box,
        box.journal("import", datetime.now(UTC)) as ledger,
    ):
        ledger.bind(names.checks[0], NAMES.capsule_iri)
        ledger.open_file(Path("list.csv"), "0" * 64)
        entering = Entering(ledger, Sparing(names), _subject())
        for _line in entering.enter(lines):
            pass
        queued = ledger.queued()
    return {"cpu": time.process_time() - before, "queued": queued}


def _measured(begun: float) -> dict[str, float]:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "seconds": time.perf_counter() - begun,
        "cpu": used.ru_utime + used.ru_stime,
        "memory": used.ru_maxrss // 1024,
    }


def _write_statements(target: Path, count: int) -> None:
    """The statements of sessions in which everybody was present: two each."""
    written = 0
    with target.open("wb") as file:
        for event in _sessions():
            made = forms.of_event(event, _subject())
            for seat in range(PLACE):
                who = hashlib.sha256(str((event.line * PLACE + seat) % 3_000_000).encode())
                person = who.hexdigest()
                for form in made:
                    file.write(forms.filled(form.text, person, form.id(person, 1)) + b"\n")
            written += PLACE * len(made)
            if written >= count:
                return


def _write_list(target: Path, rows: int) -> None:
    with target.open("w", encoding="utf-8") as file:
        file.write("session;date;heure;matricule;présence;centre;formation\n")
        for row, event in ((n, _session(n // PLACE)) for n in range(rows)):
            file.write(
                f"{event.session};{event.start:%d/%m/%Y;%H:%M};A{row:07};présent;"
                f"{event.centre};{event.course}\n"
            )


def _sessions() -> Iterator[Event]:
    number = 0
    while True:
        yield _session(number)
        number += 1


def _session(number: int) -> Event:
    start = datetime(2022, 1, 3, 9, 30, tzinfo=ZoneInfo("Europe/Paris"))
    return Event(
        session=f"GRE-{number:06}",
        start=start + timedelta(days=number % 1000),
        person="",
        presence=Presence.PRESENT,
        minutes=None if number % 3 else 90,
        centre=f"Centre {number % 40}",
        course=f"Formation {number % 100}",
        trainer="",
        path=Path("list.csv"),
        line=number,
    )


def _subject() -> statements.Subject:
    return statements.Subject(NAMES, "L'essai", "fr", 600)


def _tincan(count: int) -> float:
    """The processor seconds to build so many statements, and queue their JSON in memory."""
    event = _session(0)
    (plain, *_others) = statements.of_event(event, _subject())
    queue = deque[str]()
    begun = time.process_time()
    for number in range(count):
        account = tincan.AgentAccount(home_page=NAMES.base, name=f"{number:064x}")
        built = tincan.Statement(
            id=uuid.uuid4(),
            actor=tincan.Agent(account=account),
            verb=tincan.Verb(plain["verb"]),
            object=tincan.Activity(plain["object"]),
            context=tincan.Context(plain["context"]),
            timestamp=event.start,
        )
        queue.append(built.to_json())
    return time.process_time() - begun


PARTS = {"scan": _scan, "report": _reported, "import": _imported, "queue": _queued}

if __name__ == "__main__":
    main()
