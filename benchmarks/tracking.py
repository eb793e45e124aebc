"""Tracking beside other ways to do the same; all in one run.

    python benchmarks/tracking.py [take] [send] [--runs 3] [--rows 2000 20000 100000]

Part `take`: lists of attendance of so many rows with all their columns, 15 people in a session,
from the file to statements that wait in the store; beside them, tincan that builds the same
statements, writes them as JSON and keeps them nowhere. By processor time; with each one's peak of
memory.

Part `send`: the same statements posted to a server that keeps nothing, in a process of its own:
by a bare httpx loop over bytes made beforehand, by the sender alone, by the whole of
`track send` with its store, and by tincan in batches and one by one. Prints a Markdown table.
"""

from __future__ import annotations

import argparse
import csv
import json
import multiprocessing
import resource
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from itertools import islice
from multiprocessing.connection import Connection
from pathlib import Path

import httpx
import tincan

from capsule import track
from capsule.activity import identifier
from capsule.track.sending import Pass
from capsule.tracking import outbox
from capsule.tracking.endpoint import Settings
from capsule.tracking.lrs import Lrs
from capsule.tracking.outbox import Queued
from capsule.tracking.patience import Patience
from capsule.tracking.sender import BATCH, Sender

SMALL = Path(__file__).parent.parent / "tests" / "capsules" / "small"
PEOPLE = 20_000  # of whom each has two statements
ALONE = 400  # statements that tincan posts one by one


class Null(BaseHTTPRequestHandler):
    """Takes everything, and keeps nothing."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Answer 204."""
        self.rfile.read(int(self.headers["Content-Length"]))
        self.wfile.write(b"HTTP/1.1 204 No Content\r\n\r\n")

    def do_PUT(self) -> None:
        """Take one statement of tincan's."""
        self.do_POST()


def main() -> None:
    """Measure the parts that are asked for, and print their tables."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("parts", nargs="*", choices=["take", "send"], help="both, unless given")
    options.add_argument("--runs", type=int, default=3, help="of which the best counts")
    options.add_argument(
        "--rows", type=int, nargs="+", default=[2_000, 20_000, 100_000], help="of the lists taken"
    )
    given = options.parse_args()
    if "take" in given.parts or not given.parts:
        take(given.rows, given.runs)
    if "send" in given.parts or not given.parts:
        send(given.runs)


def take(lengths: Sequence[int], runs: int) -> None:
    """Part `take`: lists of so many rows."""
    told = dict[int, tuple[float, float]]()
    with tempfile.TemporaryDirectory() as folder:
        built = 0.0
        for n in range(runs):
            for rows in lengths:
                project = Path(folder) / f"{rows}-{n}"
                shutil.copytree(SMALL, project)
                _attended(project / "list.csv", rows)
                with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as process:
                    rate, peak = process.submit(_take, project).result()
                best, least = told.get(rows, (0.0, 1e9))
                told[rows] = max(best, rate), min(least, peak)
            built = max(built, _built_by_tincan(project / "list.csv"))
    print("| rows | statements/s | beside tincan | MB |\n|---|---|---|---|")
    for rows, (rate, peak) in told.items():
        print(f"| {rows:,} | {rate:,.0f} | {rate / built:.1f} | {peak:.0f} |")
    print(f"| tincan | {built:,.0f} | 1 | |")


def _attended(target: Path, rows: int) -> None:
    """Write a list: nine of ten are there, some for a while, many come more than once."""
    there = ["présent;"] * 18 + ["absent;", "partiel;45"]
    with target.open("w", encoding="utf-8") as file:
        file.write("session;date;heure;identifiant;présence;minutes;formateur;centre;formation\n")
        for n in range(rows):
            s = n // 15
            when = f"GRE-{s:06};{1 + s % 28:02}/{1 + s // 28 % 12:02}/2025;9h30"
            where = f"Zoé Martin {s % 40};Grenoble {s % 12};Accueil des publics {s % 30}"
            file.write(f"{when};a{n * 7919 % 200_000:06};{there[n * 7 % 20]};{where}\n")


def _take(project: Path) -> tuple[float, float]:
    """Import the list of a capsule; give statements per second, and the peak in megabytes."""
    begun = time.process_time()
    done = track.import_attendance(project, [project / "list.csv"], datetime.now(UTC))
    rate = done.queued / (time.process_time() - begun)
    return rate, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _built_by_tincan(listing: Path) -> float:
    """Statements per second that tincan builds of the same rows: those of the best of some."""
    with listing.open(encoding="utf-8") as file:
        rows = [row for row in islice(csv.reader(file, delimiter=";"), 1, 401) if row[5] == ""]
    begun = time.process_time()
    count = sum(len(_by_tincan(row)) for row in rows)
    return count / (time.process_time() - begun)


def _by_tincan(row: Sequence[str]) -> list[str]:
    """What a row says, as an application of tincan's would: attended, completed."""
    base = "https://formation.example/capsules"
    account = tincan.AgentAccount(home_page=base, name=row[3])
    trainer = tincan.AgentAccount(home_page=base, name=row[6])

    def activity(kind: str, name: str) -> tincan.Activity:
        about = {"type": f"http://adlnet.gov/expapi/activities/{kind}", "name": {"fr": name}}
        return tincan.Activity(id=f"{base}/{kind}/{identifier(name)}", definition=about)

    made = []
    for verb, object_ in (("attended", ("meeting", row[0])), ("completed", ("lesson", "Capsule"))):
        context = tincan.Context(
            registration=identifier(row[0], row[1]),
            platform="capsule",
            language="fr",
            instructor=tincan.Agent(account=trainer),
            context_activities=tincan.ContextActivities(
                parent=[activity("meeting", row[0])], grouping=[activity("course", row[8])]
            ),
            extensions=tincan.Extensions({f"{base}/extensions/centre": row[7]}),
        )
        statement = tincan.Statement(
            id=identifier(row[0], row[3], verb),
            actor=tincan.Agent(account=account),
            verb=tincan.Verb(id=f"http://adlnet.gov/expapi/verbs/{verb}", display={"fr": verb}),
            object=activity(*object_),
            result=tincan.Result(completion=True, duration="PT10M"),
            context=context,
            timestamp="2025-03-10T08:30:00Z",
            version=None,
        )
        made.append(statement.to_json("1.0.3"))
    return made


def send(runs: int) -> None:
    """Part `send`."""
    end, other = multiprocessing.Pipe()
    server = multiprocessing.Process(target=_serve, args=(other,), daemon=True)
    server.start()
    url = f"http://127.0.0.1:{end.recv()}/xapi/"
    with tempfile.TemporaryDirectory() as folder:
        project = _listed(Path(folder) / "capsule")
        ways = _ways(url, project)
        best: dict[str, float] = {}
        for _n in range(runs):
            for name, way in ways.items():
                begun = time.perf_counter()
                count = way()
                rate = count / (time.perf_counter() - begun)
                best[name] = max(best.get(name, 0.0), rate)
    server.terminate()
    bare = best["bare httpx loop"]
    print(f"| to a server that keeps nothing, {BATCH} at a time | statements/s | beside httpx |")
    print("|---|---|---|")
    for name, rate in best.items():
        print(f"| {name} | {rate:,.0f} | {rate / bare:.3f} |")


def _ways(url: str, project: Path) -> dict[str, Callable[[], int]]:
    """What sends all it has, and returns how many that was."""
    settings = Settings(url, "key", "secret")
    store = project / ".capsule" / "outbox.db"
    with outbox.opened(outbox.in_file(store)) as box:
        queue = box.claim("benchmark", 10**9, 10**12, 60)
        box.release("benchmark")
    batches = [queue[start : start + BATCH] for start in range(0, len(queue), BATCH)]
    objects = list(track.statements_of(project))
    remote = tincan.RemoteLRS(endpoint=url, version="1.0.3", username="key", password="secret")

    def bare() -> int:
        with httpx.Client(base_url=url, auth=("key", "secret")) as client:
            headers = {"Content-Type": "application/json", "X-Experience-API-Version": "1.0.3"}
            for batch in batches:
                content = b"[" + b",".join(item.body for item in batch) + b"]"
                client.post("statements", content=content, headers=headers).raise_for_status()
        return len(queue)

    def sender() -> int:
        with Lrs(settings) as lrs:
            return _delivered(Sender(lrs, Patience(time.sleep, lambda: 0.5)), batches)

    def whole() -> int:
        copy = Path(shutil.copy(store, store.with_name("copy.db")))
        with Lrs(settings) as lrs, outbox.opened(outbox.in_file(copy)) as box:
            one = Pass(box, Sender(lrs, Patience(time.sleep, lambda: 0.5)))
            one.run()
        return one.sent

    def batched() -> int:
        for start in range(0, len(objects) // 4, BATCH):
            with suppress(json.JSONDecodeError):  # it wants words, and a 204 has none
                remote.save_statements(objects[start : start + BATCH])
        return len(objects) // 4

    def alone() -> int:
        for statement in objects[:ALONE]:
            remote.save_statement(statement)
        return ALONE

    return {
        "bare httpx loop": bare,
        "the sender": sender,
        "`track send`, with its store": whole,
        "tincan in batches": batched,
        "tincan one by one": alone,
    }


def _delivered(sender: Sender, batches: Sequence[list[Queued]]) -> int:
    sent = 0
    for batch in batches:
        sender.deliver(batch)
        sent += len(sender.drain().sent)
    sender.finish()
    return sent


def _listed(project: Path) -> Path:
    """A capsule with a list of many people imported."""
    shutil.copytree(SMALL, project)
    rows = "".join(f"S{n // 25};2025-03-10;p{n:06};present\n" for n in range(PEOPLE))
    (project / "list.csv").write_text("session;date;id;presence\n" + rows, encoding="utf-8")
    track.import_attendance(project, [project / "list.csv"], datetime.now(UTC))
    return project


def _serve(told: Connection) -> None:
    with HTTPServer(("127.0.0.1", 0), Null) as server:
        told.send(server.server_address[1])
        server.serve_forever()


if __name__ == "__main__":
    main()
