"""The cmi5 package launched by an LMS, with an LRS of another origin behind."""

import json
import math
import re
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.sync_api import Page, expect

Package = Callable[[str], Path]
Serve = Callable[[Path], str]
Complete = Callable[[Page, str], None]

REGISTRATION = "5f4a1a3c-2f2b-4f0e-9a55-7a3b1c2d3e4f"
UNIT = "https://lms.example/activities/essai"
ACTOR = {"account": {"homePage": "https://lms.example", "name": "42"}}
VERBS = "http://adlnet.gov/expapi/verbs/"
CATEGORIES = "https://w3id.org/xapi/cmi5/context/categories/"
SESSION = "https://w3id.org/xapi/cmi5/context/extensions/sessionid"

ANSWER = "Le tri & la « liste » 🙂"


class Lms:
    """One registration: its sessions, the learner's state, the statements accepted."""

    def __init__(self) -> None:
        self.mode = "Normal"
        self.return_url = ""
        self.tokens: set[str] = set()
        self.session = 0
        self.state: dict[str, Any] | None = None
        self.statements: list[dict[str, Any]] = []
        self.refused: list[str] = []
        self.down: tuple[str, ...] = ()  # what answers 503 when written: statements, state
        self.lost: list[str] = []  # the verbs of statements that it answered 503 to
        self.unread = 0.0  # how many more readings of the state answer 500

    @property
    def verbs(self) -> list[str]:
        return [s["verb"]["id"].removeprefix(VERBS) for s in self.statements]

    def launch_data(self) -> dict[str, Any]:
        return {
            "contextTemplate": {
                "extensions": {SESSION: str(self.session)},
                "contextActivities": {"grouping": [{"id": "https://formation.example/au"}]},
            },
            "launchMode": self.mode,
            "moveOn": "Completed",
            "returnURL": self.return_url,
        }

    def accept(self, statement: dict[str, Any]) -> int:
        """Store a statement, or refuse it as a strict LMS does (cmi5, sections 9 and 10)."""
        if statement["id"] in {s["id"] for s in self.statements}:
            return 409
        context = statement["context"]
        verb = statement["verb"]["id"].removeprefix(VERBS)
        here = [s for s in self.statements if s["context"]["extensions"] == context["extensions"]]
        verbs = [s["verb"]["id"].removeprefix(VERBS) for s in here]
        activities = context["contextActivities"]
        categories = {c["id"].removeprefix(CATEGORIES) for c in activities["category"]}
        rules = {
            "another session": context["extensions"] == {SESSION: str(self.session)},
            "another registration": context["registration"] == REGISTRATION,
            "grouping lost": "grouping" in activities,
            "actor": statement["actor"] == ACTOR and statement["object"]["id"] == UNIT,
            "timestamp": re.fullmatch(r"[\d-]+T[\d:]+\.\d{3}Z", statement["timestamp"]),
            "initialized first": bool(verbs) == (verb != "initialized"),
            "terminated last": "terminated" not in verbs,
            "category": categories == {"cmi5"} | ({"moveon"} if verb == "completed" else set()),
            "duration": verb == "initialized" or statement["result"]["duration"].startswith("PT"),
            "completion": verb != "completed" or statement["result"]["completion"] is True,
            "completed once": verb != "completed" or verb not in self.verbs,
            "mode": verb != "completed" or self.mode == "Normal",
            "version": "version" not in statement,
        }
        broken = [rule for rule, holds in rules.items() if not holds]
        if broken:
            self.refused += [f"{verb}: {rule}" for rule in broken]
            return 403
        self.statements.append(statement)
        return 204


class Server(ThreadingHTTPServer):
    """The resources of `lms` on loopback."""

    def __init__(self, lms: Lms) -> None:
        self.lms = lms
        super().__init__(("127.0.0.1", 0), Handler)

    def launch(self, page_url: str) -> str:
        """The address that an LMS would open for a new session."""
        self.lms.session += 1
        here = f"http://127.0.0.1:{self.server_address[1]}"
        query = {
            "endpoint": f"{here}/xapi/",
            "fetch": f"{here}/fetch?session={self.lms.session}",
            "actor": json.dumps(ACTOR),
            "activityId": UNIT,
            "registration": REGISTRATION,
        }
        return f"{page_url}?{urlencode(query)}"


class Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"

    def do_OPTIONS(self) -> None:
        self.answer(204)

    def do_POST(self) -> None:
        session = parse_qs(urlsplit(self.path).query)["session"][0]
        if session in self.server.lms.tokens:
            self.answer(200, {"error-code": "1", "error-text": "already in use"})
            return
        self.server.lms.tokens.add(session)
        self.answer(200, {"auth-token": "c2VjcmV0"})

    def do_GET(self) -> None:
        path, query = self.asked()
        if path == "/xapi/agents/profile":
            self.answer(404)
        elif query["stateId"] == ["LMS.LaunchData"]:
            self.answer(200, self.server.lms.launch_data())
        elif self.server.lms.unread > 0:
            self.server.lms.unread -= 1
            self.answer(500)
        elif self.server.lms.state is None:
            self.answer(404)
        else:
            self.answer(200, self.server.lms.state)

    def do_PUT(self) -> None:
        path, query = self.asked()
        value = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if path.endswith(self.server.lms.down):
            self.server.lms.lost.append(value.get("verb", {}).get("id", "").removeprefix(VERBS))
            self.answer(503)
        elif path == "/xapi/statements":
            assert query["statementId"] == [value["id"]]
            self.answer(self.server.lms.accept(value))
        else:
            self.server.lms.state = value
            self.answer(204)

    def asked(self) -> tuple[str, dict[str, list[str]]]:
        assert self.headers["Authorization"] == "Basic c2VjcmV0"
        assert self.headers["X-Experience-API-Version"] == "1.0.3"
        parts = urlsplit(self.path)
        query = parse_qs(parts.query)
        if "activityId" in query:
            assert query["activityId"] == [UNIT]
            assert query["registration"] == [REGISTRATION]
            assert json.loads(query["agent"][0]) == ACTOR
        return parts.path, query

    def answer(self, status: int, body: object = None) -> None:
        content = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Access-Control-Allow-Headers", "*, Authorization")
        self.send_header("Access-Control-Allow-Methods", "GET, PUT, POST")
        self.send_header("Content-Type", "application/json")
        if status != 204:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server(Lms())
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()
    assert server.lms.refused == []


@pytest.fixture
def earlier() -> dict[str, Any]:
    """What an earlier session of the registration left."""
    return {
        "position": 6,
        "watched": [[0, 6]],
        "answers": {"question-1": {"text": ANSWER, "discussed": False, "written": True}},
        "captions": True,
        "completed": False,
        "reported": False,
    }


@pytest.fixture
def url(package: Package, serve: Serve) -> str:
    return f"{serve(package('cmi5').parent)}/package/index.html"


@pytest.fixture
def learner(page: Page, faults: list[str]) -> Iterator[Page]:
    """The page; what the LMS answers to it, such as that there is no state yet, is no fault."""
    yield page
    faults[:] = [fault for fault in faults if not re.search("status of (404|409|500|503)", fault)]


def wait_for(page: Page, server: Server, verb: str) -> None:
    """Until the last statement is `verb`."""
    for _ in range(60):
        if server.lms.verbs[-1] == verb:
            return
        page.wait_for_timeout(50)
    raise AssertionError(server.lms.verbs)


def close(page: Page, server: Server) -> None:
    page.goto("about:blank")
    wait_for(page, server, "terminated")


def launch(page: Page, server: Server, url: str) -> None:
    page.goto(server.launch(url))
    page.wait_for_selector("html[data-ready=cmi5]")


def test_opened_and_closed_at_once(learner: Page, server: Server, url: str) -> None:
    launch(learner, server, url)
    close(learner, server)
    assert server.lms.verbs == ["initialized", "terminated"]


def test_completed_once_for_the_registration(
    learner: Page, server: Server, url: str, complete: Complete
) -> None:
    launch(learner, server, url)
    complete(learner, ANSWER)
    expect(learner.locator("#saved")).not_to_be_empty()
    learner.wait_for_timeout(300)
    close(learner, server)
    assert server.lms.verbs == ["initialized", "completed", "terminated"]
    assert server.lms.state
    assert server.lms.state["reported"] is True

    launch(learner, server, url)
    expect(learner.get_by_role("textbox")).to_have_value(ANSWER)
    expect(learner.locator("#standing")).to_have_class("standing done")
    learner.get_by_role("textbox").fill("")
    learner.locator("[name=discussed]").check()
    close(learner, server)
    assert server.lms.verbs.count("completed") == 1
    assert server.lms.state["completed"] is True


def test_what_a_dead_network_kept_back_is_sent_later(
    learner: Page, server: Server, url: str, complete: Complete
) -> None:
    launch(learner, server, url)
    server.lms.down = ("statements", "state")
    complete(learner, ANSWER)
    expect(learner.locator("#saved")).not_to_be_empty()
    expect(learner.get_by_role("status")).not_to_be_empty()
    assert server.lms.verbs == ["initialized"]
    server.lms.down = ()
    learner.locator("[name=discussed]").check()
    learner.locator("#captions").click()
    wait_for(learner, server, "completed")
    close(learner, server)
    assert server.lms.verbs == ["initialized", "completed", "terminated"]


def test_a_refused_completion_is_sent_by_the_next_session(
    learner: Page, server: Server, url: str, complete: Complete
) -> None:
    launch(learner, server, url)
    server.lms.down = ("statements",)
    complete(learner, ANSWER)
    expect(learner.locator("#saved")).not_to_be_empty()
    learner.goto("about:blank")
    for _ in range(100):
        if "terminated" in server.lms.lost:  # it outlives its page
            break
        learner.wait_for_timeout(50)
    server.lms.down = ()
    launch(learner, server, url)
    wait_for(learner, server, "completed")
    close(learner, server)
    assert server.lms.verbs == ["initialized", "initialized", "completed", "terminated"]


def test_a_state_that_is_read_at_the_second_try(
    learner: Page, server: Server, url: str, earlier: dict[str, Any]
) -> None:
    server.lms.state = earlier
    server.lms.unread = 1
    launch(learner, server, url)
    expect(learner.get_by_role("textbox")).to_have_value(ANSWER)
    expect(learner.locator("#notice")).to_be_hidden()


def test_a_state_that_is_never_read_is_not_written_over(
    learner: Page, server: Server, url: str, earlier: dict[str, Any], complete: Complete
) -> None:
    server.lms.state = earlier
    server.lms.unread = math.inf
    for _session in range(2):
        launch(learner, server, url)
        expect(learner.locator("#notice")).to_be_visible()
        complete(learner, "Autre chose")
        expect(learner.locator("#saved")).to_contain_text("connexion")
        close(learner, server)
    assert server.lms.verbs == [
        *("initialized", "completed", "terminated"),
        *("initialized", "terminated"),
    ]
    assert server.lms.state is earlier


def test_a_state_that_is_read_late_is_added_to(
    learner: Page, server: Server, url: str, earlier: dict[str, Any]
) -> None:
    server.lms.state = earlier
    server.lms.unread = 3
    launch(learner, server, url)
    expect(learner.locator("#notice")).to_be_visible()
    learner.locator(".parts .debrief button").click()
    learner.locator("#captions").click()
    expect(learner.locator("#saved")).to_contain_text("Enregistré")
    close(learner, server)
    assert server.lms.state["answers"] == earlier["answers"]
    assert [0, 6] in server.lms.state["watched"]
    assert server.lms.state["position"] > earlier["position"]

    launch(learner, server, url)
    expect(learner.get_by_role("textbox")).to_have_value(ANSWER)
    close(learner, server)


def test_leaving_goes_back_to_the_lms(learner: Page, server: Server, url: str) -> None:
    server.lms.return_url = f"{url}?back"
    launch(learner, server, url)
    learner.locator("#leave").click()
    learner.wait_for_url("**/index.html?back")
    assert server.lms.verbs == ["initialized", "terminated"]


def test_an_empty_return_address_leads_nowhere(learner: Page, server: Server, url: str) -> None:
    launch(learner, server, url)
    learner.locator("#leave").click()
    expect(learner.locator("#saved")).not_to_be_empty()
    close(learner, server)
    assert server.lms.verbs == ["initialized", "terminated"]


def test_a_review_records_nothing(
    learner: Page, server: Server, url: str, play: Callable[[Page], None]
) -> None:
    server.lms.mode = "Review"
    launch(learner, server, url)
    play(learner)
    learner.locator("[name=discussed]").check()
    expect(learner.locator("#standing")).to_have_class("standing done")
    expect(learner.locator("#saved")).to_be_empty()
    close(learner, server)
    assert server.lms.verbs == ["initialized", "terminated"]
    assert server.lms.state is None


def test_a_launch_serves_once(learner: Page, server: Server, url: str) -> None:
    launch(learner, server, url)
    learner.reload()
    learner.wait_for_selector("html[data-ready=browser]")
    expect(learner.locator("#notice")).to_be_visible()
    assert server.lms.verbs == ["initialized", "terminated"]


def test_outside_an_lms_it_plays_and_says_so(page: Page, package: Package) -> None:
    page.goto((package("cmi5") / "index.html").as_uri())
    page.wait_for_selector("html[data-ready=browser]")
    expect(page.locator("#notice")).to_be_visible()
