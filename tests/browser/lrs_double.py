"""An LRS with the resources that a launched page uses, and an LMS's strictness about cmi5.

It holds State and Agent Profile documents by all that names them, with ETags, and statements: its
own, or those that it lets through to a real LRS. What it refuses it says in `refused`.
"""

import hashlib
import json
import re
import sys
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx

Statement = dict[str, Any]

REGISTRATION = "5f4a1a3c-2f2b-4f0e-9a55-7a3b1c2d3e4f"
CAPSULE = "https://formation.example/capsules/essai"
UNIT = "https://lms.example/activities/essai"
ACTOR = {"account": {"homePage": "https://lms.example", "name": "42"}}
VERBS = "http://adlnet.gov/expapi/verbs/"
CATEGORIES = "https://w3id.org/xapi/cmi5/context/categories/"
SESSION = "https://w3id.org/xapi/cmi5/context/extensions/sessionid"
MASTERY = "https://w3id.org/xapi/cmi5/context/extensions/masteryscore"
AUTH = {"cmi5": "Basic c2VjcmV0", "xapi": "Basic bGF1bmNo"}


def verb(statement: Statement) -> str:
    """The last word of a statement's verb."""
    return re.split("[/#]", statement["verb"]["id"])[-1]


def categories(statement: Statement) -> set[str]:
    """What its context says of the statement, in short."""
    found = statement["context"]["contextActivities"].get("category", [])
    return {category["id"].removeprefix(CATEGORIES) for category in found}


class Lrs:
    """One learner's registration in an LMS that launches by `channel`, cmi5 or xapi."""

    def __init__(self, channel: str = "cmi5") -> None:
        self.channel = channel
        self.activity = UNIT if channel == "cmi5" else CAPSULE  # as the LMS names the capsule
        self.registration: str | None = REGISTRATION
        self.actor: Mapping[str, Any] = ACTOR
        self.mode = "Normal"
        self.return_url = ""
        self.mastery: float | None = None
        self.preferences: dict[str, str] | None = None
        self.tokens: set[str] = set()
        self.session = 0
        self.documents: dict[tuple[str, ...], bytes] = {}
        self.statements: list[Statement] = []
        self.refused: list[str] = []
        self.down: tuple[str, ...] = ()  # what answers 503 when written: statements, state
        self.lost: list[str] = []  # the verbs of statements that it answered 503 to
        self.unread = 0.0  # how many more readings of the state answer 500
        self.unwanted: dict[str, int] = {}  # verb → the status that it is refused with
        self.mumbles = False  # it takes statements, and answers 503
        self.over = False  # the access is: 401 to all
        self.real: tuple[str, str, str] | None = None  # a real LRS: address, key, secret
        self.lock = threading.RLock()
        self.begun = self.ended = 0  # requests so far; that of a page that went away ends too

    @property
    def verbs(self) -> list[str]:
        """Those said of the capsule itself."""
        return [verb(s) for s in self.statements if s["object"]["id"] == self.activity]

    def told(self, wanted: str, target: str = "") -> list[Statement]:
        """The statements with a verb about an activity of the capsule's."""
        iri = f"{CAPSULE}/{target}" if target else self.activity
        return [s for s in self.statements if verb(s) == wanted and s["object"]["id"] == iri]

    @property
    def state(self) -> dict[str, Any]:
        """The learner's document; empty if there is none."""
        found: dict[str, Any] = json.loads(self.documents.get(self._document("capsule"), b"{}"))
        return found

    @state.setter
    def state(self, value: dict[str, Any]) -> None:
        self.documents[self._document("capsule")] = json.dumps(value).encode()

    def _document(self, name: str) -> tuple[str, ...]:
        return (
            name,
            self.activity,
            json.dumps(self.actor, sort_keys=True),
            self.registration or "",
        )

    def launch_data(self) -> dict[str, Any]:
        """The document LMS.LaunchData of cmi5 (section 10.2)."""
        return {
            "contextTemplate": {
                "extensions": {SESSION: str(self.session)},
                "contextActivities": {"grouping": [{"id": CAPSULE}]},
            },
            "launchMode": self.mode,
            "moveOn": "Completed",
            "returnURL": self.return_url,
            **({"masteryScore": self.mastery} if self.mastery is not None else {}),
        }

    def accept(self, statements: list[Statement]) -> int:
        """Store all of them, or none; the status to answer with."""
        with self.lock:
            if self.over:
                return 401
            kept = {s["id"] for s in self.statements}
            if any(s["id"] in kept for s in statements):
                return 409
            for statement in statements:
                if status := self.unwanted.get(verb(statement)):
                    return status
            for n, statement in enumerate(statements):
                if broken := self._broken(statement, statements[:n]):
                    self.refused += [f"{verb(statement)}: {rule}" for rule in broken]
                    return 403
            if self.real:
                address, *login = self.real
                with httpx.Client(auth=(login[0], login[1]), timeout=60) as client:
                    version = {"X-Experience-API-Version": "1.0.3"}
                    answer = client.post(f"{address}statements", json=statements, headers=version)
                    if answer.status_code != 200:
                        self.refused.append(answer.text)
                        return 400
            self.statements += statements
            return 200

    def _broken(self, statement: Statement, before: list[Statement]) -> list[str]:
        context = statement["context"]
        rules = {
            "actor": statement["actor"] == self.actor,
            "registration": context.get("registration") == self.registration,
            "timestamp": re.fullmatch(r"[\d-]+T[\d:]+\.\d{3}Z", statement["timestamp"]),
            "version": "version" not in statement,
            "unique": statement["id"] not in {s["id"] for s in before},
            "duration": re.fullmatch(
                r"PT\d+(\.\d\d?)?S", statement.get("result", {}).get("duration", "PT1S")
            ),
        }
        if self.channel == "xapi":
            rules["cmi5 outside cmi5"] = not categories(statement) & {"cmi5", "moveon"}
        else:
            rules |= self._of_session(statement, before)
            if "cmi5" in categories(statement):
                rules |= self._defined(statement, before)
            else:
                rules["moveon"] = "moveon" not in categories(statement)
        return [rule for rule, holds in rules.items() if not holds]

    def _of_session(self, statement: Statement, before: list[Statement]) -> dict[str, object]:
        """Of all statements, those that cmi5 allows too (sections 9.3, 9.6, 10.2.1)."""
        context = statement["context"]
        extensions, grouping = context["extensions"], context["contextActivities"]["grouping"]
        now = str(self.session)
        here = [s for s in self.statements if s["context"]["extensions"][SESSION] == now]
        said = self._defined_verbs(here)
        first = verb(statement) == "initialized" and "cmi5" in categories(statement)
        return {
            "another session": extensions[SESSION] == now,
            "grouping lost": grouping[0] == {"id": CAPSULE},
            # Some LMSs know it only once they have answered: nothing comes in the same request.
            "initialized first": ("initialized" in said) != first and not (first and before),
            "terminated last": "terminated" not in [*said, *self._defined_verbs(before)],
        }

    def _defined(self, statement: Statement, before: list[Statement]) -> dict[str, object]:
        """Of the statements that cmi5 defines (sections 9.3 to 9.6)."""
        name, result = verb(statement), statement.get("result", {})
        judged = name in ("completed", "passed", "failed")
        told = [*self._defined_verbs(self.statements), *self._defined_verbs(before)]
        extensions = statement["context"]["extensions"]
        return {
            "object": statement["object"]["id"] == UNIT,
            "verb": statement["verb"]["id"].startswith(VERBS),
            "category": categories(statement) == {"cmi5"} | ({"moveon"} if judged else set()),
            "duration": "duration" in result or name == "initialized",
            "completion": result.get("completion") is (True if name == "completed" else None),
            "success": result.get("success") is (True if name == "passed" else None),
            "score": "score" not in result or name == "passed",
            "mastery": name != "passed" or extensions.get(MASTERY) == self.mastery,
            "below mastery": result.get("score", {"scaled": 1})["scaled"] >= (self.mastery or 0),
            "once": not judged or name not in told,
            "mode": not judged or self.mode == "Normal",
        }

    @staticmethod
    def _defined_verbs(statements: list[Statement]) -> list[str]:
        return [verb(s) for s in statements if "cmi5" in categories(s)]


class Server(ThreadingHTTPServer):
    """The resources of `lrs` on loopback."""

    daemon_threads = True

    def __init__(self, lrs: Lrs) -> None:
        self.lrs = lrs
        super().__init__(("127.0.0.1", 0), Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """A request that the LMS would not understand is refused, too."""
        fault = sys.exc_info()[1]
        if not isinstance(fault, ConnectionError):  # a page that was closed
            self.lrs.refused.append(repr(fault))

    def launch(self, page_url: str, actor: Mapping[str, Any] = ACTOR) -> str:
        """The address that the LMS would open for a new session; `actor` as it writes it."""
        lrs = self.lrs
        lrs.session += 1
        here = f"http://127.0.0.1:{self.server_address[1]}"
        query = {"endpoint": f"{here}/xapi/", "actor": json.dumps(actor)}
        if lrs.registration:
            query["registration"] = lrs.registration
        if lrs.channel == "cmi5":
            query |= {"fetch": f"{here}/fetch?session={lrs.session}", "activityId": lrs.activity}
        else:
            query |= {"auth": AUTH["xapi"], "activity_id": lrs.activity}
        return f"{page_url}?{urlencode(query)}"


class Handler(BaseHTTPRequestHandler):
    """What a page asks; everything but the fetch address wants the launch's own access."""

    server: Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    owed = False

    def parse_request(self) -> bool:
        self.owed = super().parse_request()
        with self.server.lrs.lock:
            self.server.lrs.begun += self.owed
        return self.owed

    def end(self) -> None:
        with self.server.lrs.lock:
            self.server.lrs.ended += self.owed
        self.owed = False

    def finish(self) -> None:
        self.end()
        super().finish()

    def do_OPTIONS(self) -> None:
        self.answer(204)

    def do_POST(self) -> None:
        parts = urlsplit(self.path)
        if parts.path == "/xapi/statements":
            self.asked()
            self.take(json.loads(self.body()))
            return
        session = parse_qs(parts.query)["session"][0]
        if session in self.server.lrs.tokens:
            self.answer(200, {"error-code": "1", "error-text": "already in use"})
            return
        self.server.lrs.tokens.add(session)
        self.answer(200, {"auth-token": AUTH["cmi5"].removeprefix("Basic ")})

    def do_GET(self) -> None:
        path, query = self.asked()
        lrs = self.server.lrs
        if path == "/xapi/agents/profile":
            assert query["profileId"] == "cmi5LearnerPreferences", query
            assert json.loads(query["agent"]) == ACTOR, query
            self.answer(200 if lrs.preferences else 404, lrs.preferences)
        elif query["stateId"] == "LMS.LaunchData":
            self.answer(200, lrs.launch_data())
        elif lrs.unread > 0:
            lrs.unread -= 1
            self.answer(500)
        else:
            content = lrs.documents.get(self.named(query))
            self.answer(200, content) if content else self.answer(404)

    def do_PUT(self) -> None:
        _path, query = self.asked()
        body = self.body()
        lrs = self.server.lrs
        with lrs.lock:
            key, wanted = self.named(query), self.headers["If-Match"]
            if "state" in lrs.down:
                self.answer(503)
            elif wanted and wanted != _tag(lrs.documents.get(key, b"")):
                self.answer(412)
            else:
                lrs.documents[key] = body
                self.answer(204, tag=_tag(body))

    def take(self, statements: list[Statement]) -> None:
        lrs = self.server.lrs
        if "statements" in lrs.down:
            lrs.lost += [verb(s) for s in statements]
            self.answer(503)
        else:
            status = lrs.accept(statements)
            status = 503 if lrs.mumbles else status
            self.answer(status, [s["id"] for s in statements] if status == 200 else None)

    def named(self, query: dict[str, str]) -> tuple[str, ...]:
        agent = json.dumps(json.loads(query["agent"]), sort_keys=True)
        return (query["stateId"], query["activityId"], agent, query.get("registration", ""))

    def body(self) -> bytes:
        return self.rfile.read(int(self.headers["Content-Length"]))

    def asked(self) -> tuple[str, dict[str, str]]:
        lrs = self.server.lrs
        assert self.headers["Authorization"] == AUTH[lrs.channel]
        assert self.headers["X-Experience-API-Version"] == "1.0.3"
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if "activityId" in query:
            assert query["activityId"] == lrs.activity
            assert query.get("registration") == lrs.registration
        return parts.path, query

    def answer(self, status: int, body: object = None, tag: str = "") -> None:
        content = body if isinstance(body, bytes) else json.dumps(body).encode() if body else b""
        self.send_response(status)
        self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Access-Control-Allow-Headers", "*, Authorization")
        self.send_header("Access-Control-Allow-Methods", "GET, PUT, POST")
        self.send_header("Access-Control-Expose-Headers", "ETag")
        self.send_header("Content-Type", "application/json")
        if tag or (status == 200 and isinstance(body, bytes)):
            self.send_header("ETag", tag or _tag(content))
        if status != 204:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
        self.end()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


def _tag(content: bytes) -> str:
    return f'"{hashlib.sha1(content).hexdigest()}"'
