"""An LRS that fails by plan: as a transport of httpx, and on a real socket of this machine."""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx


class Repeats(StrEnum):
    """How an LRS answers to what it has already."""

    SILENT = "204"
    STRICT = "409, and nothing of the batch is kept"
    ALL = "200 and all the ids"
    NEW = "200 and the new ids only"


class Fault(StrEnum):
    """What goes wrong with a request; after `AFTER`, though it was done."""

    ERROR = "500"
    ERROR_AFTER = "500 after"
    GATEWAY = "502"
    BUSY = "429"
    LATE = "timeout"
    LATE_AFTER = "timeout after"
    CUT = "cut"
    CUT_AFTER = "cut after"
    HALF_AFTER = "half an answer after"
    HALF_UNSAID_AFTER = "half an answer of no stated length after"
    UNREACHED = "no connection"


STATUS = {Fault.ERROR: 500, Fault.ERROR_AFTER: 500, Fault.GATEWAY: 502, Fault.BUSY: 429}


@dataclass
class Answer:
    """What is answered; `fault` is done to it on the way."""

    status: int
    body: bytes = b""
    fault: Fault | None = None
    wait: int | None = None

    @property
    def headers(self) -> dict[str, str]:
        """What goes with the body."""
        headers = {"Content-Type": "application/json"} if self.body else {}
        return headers | ({"Retry-After": str(self.wait)} if self.wait else {})


@dataclass
class Plan:
    """Faults drawn from a seed: `rate` of the requests fail, at most `row` in a row.

    No more than `limit` do. From the request `outage[0]` on, `outage[1]` requests fail in any case.
    """

    seed: int = 0
    rate: float = 0.0
    row: int = 2
    limit: int = 60
    outage: tuple[int, int] = (0, 0)
    faults: tuple[Fault, ...] = tuple(Fault)

    def __post_init__(self) -> None:
        self._dice = random.Random(self.seed)
        self._asked = self._done = self._in_a_row = 0

    @property
    def calm(self) -> bool:
        """Whether the outage is over."""
        return self._asked >= sum(self.outage)

    def draw(self) -> Fault | None:
        """The fault of the next request."""
        self._asked += 1
        since = self._asked - self.outage[0]
        if 0 <= since < self.outage[1]:
            return self._dice.choice(self.faults)
        failing = self._dice.random() < self.rate
        if not failing or self._in_a_row >= self.row or self._done >= self.limit:
            self._in_a_row = 0
            return None
        self._in_a_row += 1
        self._done += 1
        return self._dice.choice(self.faults)


@dataclass
class FaultyLrs:
    """The statements, and how they are taken.

    `bad` ids are refused with `refusal`, `poison` ids make it fail, `most` is the bytes that a
    request may hold. `writes` counts how often each id was newly stored.
    """

    plan: Plan = field(default_factory=Plan)
    repeats: Repeats = Repeats.SILENT
    bad: frozenset[str] = frozenset()
    poison: frozenset[str] = frozenset()
    refusal: int = 400
    most: int = 10_000_000
    hides: bool = False  # what is voided, as the specification has it (part 3, section 2.1.3)
    held: dict[str, dict[str, Any]] = field(default_factory=dict)
    writes: Counter[str] = field(default_factory=Counter)
    seen: Counter[str] = field(default_factory=Counter)
    guard: threading.Lock = field(default_factory=threading.Lock)

    def ask(self, method: str, url: str, body: bytes) -> Answer:
        """Answer a request."""
        with self.guard:
            fault = self.plan.draw()
            self.seen[str(fault)] += 1
            if fault is None:
                return self._answer(method, url, body)
            done = self._answer(method, url, body) if "after" in fault else Answer(503)
            if "half" in fault and not done.body:
                fault = Fault.CUT_AFTER  # of nothing there is no half
            if status := STATUS.get(fault):
                wait = 1 + self.plan.seed % 30 if fault is Fault.BUSY else None
                return Answer(status, b"fault", fault, wait)
            return Answer(done.status, done.body, fault)

    def _answer(self, method: str, url: str, body: bytes) -> Answer:
        if method == "POST":
            return self._post(body)
        asked = parse_qs(urlsplit(url).query)
        if which := asked.keys() & {"statementId", "voidedStatementId"}:
            found = self.held.get(asked[name := which.pop()][0])
            if self.hides and found and (found["id"] in self._voided) is (name == "statementId"):
                found = None
            return Answer(200, json.dumps(found).encode()) if found else Answer(404, b"none")
        return self._page(asked)

    @property
    def _voided(self) -> set[str]:
        told = (one["object"] for one in self.held.values())
        return {what["id"] for what in told if what.get("objectType") == "StatementRef"}

    def _page(self, asked: dict[str, list[str]]) -> Answer:
        session = asked.get("registration", [None])[0]
        start, limit = int(asked.get("from", ["0"])[0]), 3
        found = [
            one
            for one in self.held.values()
            if session in {None, one.get("context", {}).get("registration")}
            and not (self.hides and one["id"] in self._voided)
        ]
        page: dict[str, Any] = {"statements": found[start : start + limit], "more": ""}
        if len(found) > start + limit:
            page["more"] = f"/xapi/statements?registration={session}&from={start + limit}"
        return Answer(200, json.dumps(page).encode())

    def _post(self, body: bytes) -> Answer:
        if len(body) > self.most:
            return Answer(413, b"too large")
        batch: list[dict[str, Any]] = json.loads(body)
        ids = [one["id"] for one in batch]
        if self.poison & set(ids):
            return Answer(500, b"NullPointerException")
        if self.bad & set(ids) or len(set(ids)) < len(ids):
            return Answer(self.refusal, b"bad statement")
        known = [one for one in batch if one["id"] in self.held]
        if any(self.held[one["id"]] != one for one in known):
            return Answer(409, b"conflict")
        if known and self.repeats is Repeats.STRICT:
            return Answer(409, b"repeated")
        new = [key for key in ids if key not in self.held]
        self.writes.update(new)
        self.held |= {one["id"]: one for one in batch}
        if self.repeats is Repeats.SILENT:
            return Answer(204)
        return Answer(200, json.dumps(new if self.repeats is Repeats.NEW else ids).encode())


class Forwarding(FaultyLrs):
    """The faults in front of another LRS, whose URL and login `to` says."""

    to: tuple[str, str, str]

    def _answer(self, method: str, url: str, body: bytes) -> Answer:
        address, key, secret = self.to
        query = urlsplit(url).query
        headers = {"X-Experience-API-Version": "1.0.3", "Content-Type": "application/json"}
        there = f"{address}statements" + (f"?{query}" if query else "")
        told = httpx.request(
            method, there, content=body, headers=headers, auth=(key, secret), timeout=120
        )
        return Answer(told.status_code, told.content)


class FaultyTransport(httpx.BaseTransport):
    """The LRS without a network, and without waiting for what never comes."""

    def __init__(self, lrs: FaultyLrs) -> None:
        self._lrs = lrs

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer, or fail as httpx does."""
        if self._lrs.plan.faults == (Fault.UNREACHED,) and self._lrs.plan.draw():
            raise httpx.ConnectError("no route")
        answer = self._lrs.ask(request.method, str(request.url), request.read())
        match answer.fault:
            case Fault.LATE | Fault.LATE_AFTER:
                raise httpx.ReadTimeout("timed out")
            case Fault.CUT | Fault.CUT_AFTER:
                raise httpx.ReadError("connection reset")
            case Fault.HALF_AFTER:
                raise httpx.RemoteProtocolError("incomplete message body")
            case Fault.UNREACHED:
                raise httpx.ConnectError("no route")
            case Fault.HALF_UNSAID_AFTER:
                half = answer.body[: len(answer.body) // 2]
                return httpx.Response(answer.status, content=half)
        return httpx.Response(answer.status, content=answer.body, headers=answer.headers)


class Killer:
    """Answers as an LRS does, and kills the sender at its request number `when`.

    `how` is before it is done, after, or later: while the sender notes the answer.
    """

    def __init__(self, lrs: FaultyLrs, when: int, how: str) -> None:
        self._lrs, self._left, self._how = lrs, when, how
        self.victim = 0
        self.killed = threading.Event()

    def ask(self, method: str, url: str, body: bytes) -> Answer:
        """Answer, and maybe kill."""
        self._left -= 1
        if self._left == 0 and self._how == "before":
            self._kill()
        answer = self._lrs.ask(method, url, body)
        if self._left == 0 and self._how == "after":
            self._kill()
        if self._left == 0 and self._how == "later":
            threading.Timer(0.002, self._kill).start()
        return answer

    def _kill(self) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.victim, signal.SIGKILL)
        self.killed.set()


@contextmanager
def served(ask: Callable[[str, str, bytes], Answer], late: float = 1.0) -> Iterator[str]:
    """The URL of an LRS on a real socket; what never comes takes `late` seconds."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            self._do()

        def do_POST(self) -> None:
            self._do()

        def _do(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            answer = ask(self.command, self.path, body)
            if answer.fault in {Fault.LATE, Fault.LATE_AFTER}:
                time.sleep(late)
            if answer.fault is None or answer.fault in STATUS:
                self._say(answer, len(answer.body))
                self.wfile.write(answer.body)
                return
            self.close_connection = True
            if answer.fault in {Fault.HALF_AFTER, Fault.HALF_UNSAID_AFTER}:
                stated = answer.fault is Fault.HALF_AFTER
                self._say(answer, len(answer.body) if stated else None)
                self.wfile.write(answer.body[: len(answer.body) // 2])

        def _say(self, answer: Answer, length: int | None) -> None:
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if answer.status != 204 and length is not None:
                self.send_header("Content-Length", str(length))
            self.end_headers()

        def log_message(self, *_words: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_what: object) -> None:
            """A killed sender leaves its connection in the middle of a request."""

    with Server(("127.0.0.1", 0), Handler) as server:
        server.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/xapi/"
        finally:
            server.shutdown()
            thread.join()
