"""Completions to a Moodle on a loopback server that answers as Moodle 4.5 does."""

import http.server
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs

import pytest

from capsule import track
from capsule.errors import CapsuleError, UnavailableError
from capsule.track.pushing import Pushed, push

TOKEN = "0123456789abcdef"
COURSE, ACTIVITY = 5, 42
USERS = "id,username,email\n7,ada,\n8,bob,\n9,cyd,\n10,dan,\n"


class Moodle(http.server.BaseHTTPRequestHandler):
    """Users 7, 8 and 9 are in the course, 10 isn't; the token's user may do what `may` says.

    Asked to override, it marks anybody at all.
    """

    states: ClassVar[dict[int, int]]
    calls: ClassVar[list[str]]
    mood: str = ""
    may: bool = True

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        asked = {key: value[0] for key, value in parse_qs(body).items()}
        if self.path != "/moodle/webservice/rest/server.php":
            self.send_error(404)
            return
        answer = json.dumps(self._answer(asked)) if not self.mood else self.mood
        self.send_response(200)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.end_headers()
        self.wfile.write(answer.encode())

    def _answer(self, asked: dict[str, str]) -> dict[str, Any]:
        assert asked["moodlewsrestformat"] == "json"
        if asked["wstoken"] != TOKEN:
            return _exception("invalidtoken", "Invalid token - token not found")
        user = int(asked["userid"])
        if user > 10:
            return _exception("invaliduser", "Invalid user")
        self.calls.append(asked["wsfunction"].removeprefix("core_completion_"))
        if self.calls[-1] == "get_activities_completion_status":
            assert int(asked["courseid"]) == COURSE
            status = {"cmid": ACTIVITY, "modname": "scorm", "instance": 1, "tracking": 2}
            if not self.may:
                return _exception("nopermissions", "View activity completion reports")
            more = {"state": self.states.get(user, 0), "istrackeduser": user in self.states}
            return {"statuses": [status | more], "warnings": []}
        assert self.calls[-1] == "override_activity_completion_status"
        self.states[user] = int(asked["newstate"])
        done = {"cmid": int(asked["cmid"]), "userid": user, "state": self.states[user]}
        return {**done, "timecompleted": 1, "overrideby": 2, "tracking": 2}

    def log_message(self, *_words: object) -> None:
        """Say nothing."""


def _exception(code: str, message: str) -> dict[str, Any]:
    return {"exception": "moodle_exception", "errorcode": code, "message": message}


@pytest.fixture
def moodle() -> Iterator[tuple[type[Moodle], dict[str, str]]]:
    class Here(Moodle):
        states: ClassVar = {7: 0, 8: 2, 9: 0}
        calls: ClassVar = []

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Here)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/moodle"
    yield Here, {"CAPSULE_MOODLE_URL": url, "CAPSULE_MOODLE_TOKEN": TOKEN}
    server.shutdown()
    server.server_close()


@pytest.fixture
def listed(project: Path) -> Path:
    (project / "list.csv").write_text(
        "session;date;id;presence\n"
        + "".join(f"S1;2025-03-10;{who};present\n" for who in ("ada", "bob", "dan", "eve"))
        + "S1;2025-03-10;cyd;absent\n"
    )
    (project / "users.csv").write_text(USERS)
    track.import_attendance(project, [project / "list.csv"], datetime(2026, 1, 1, tzinfo=UTC))
    return project


def _push(project: Path, environ: dict[str, str], *, dry_run: bool = False) -> Pushed:
    users = project / "users.csv"
    return push(project, users, course=COURSE, activity=ACTIVITY, dry_run=dry_run, environ=environ)


def test_who_completed_is_marked_once(
    listed: Path, moodle: tuple[type[Moodle], dict[str, str]]
) -> None:
    server, environ = moodle
    tried = _push(listed, environ, dry_run=True)
    assert (tried.marked, server.states) == (1, {7: 0, 8: 2, 9: 0})
    done = _push(listed, environ)
    assert (done.marked, done.before, server.states) == (1, 1, {7: 1, 8: 2, 9: 0})
    assert done.refused == [(5, "not a learner of this course")]
    assert [one.person.origin for one in done.unknown] == ["list.csv:5"]
    again = _push(listed, environ)
    assert (again.marked, again.before) == (0, 2)
    assert server.calls.count("override_activity_completion_status") == 1


def test_moodle_refuses_one_user(listed: Path, moodle: tuple[type[Moodle], dict[str, str]]) -> None:
    server, environ = moodle
    (listed / "users.csv").write_text(USERS.replace("10,dan", "11,dan"))
    done = _push(listed, environ)
    assert (done.marked, server.states) == (1, {7: 1, 8: 2, 9: 0})
    assert done.refused == [(5, "Invalid user (invaliduser)")]


def test_what_holds_for_all_stops_at_once(
    listed: Path, moodle: tuple[type[Moodle], dict[str, str]]
) -> None:
    server, environ = moodle
    with pytest.raises(CapsuleError, match="the course has no activity 43"):
        push(listed, listed / "users.csv", course=COURSE, activity=43, environ=environ)
    server.may = False
    with pytest.raises(UnavailableError, match="View activity completion reports"):
        _push(listed, environ)
    assert len(server.calls) == 2
    assert server.states == {7: 0, 8: 2, 9: 0}


def test_a_wrong_token_stops_and_is_not_shown(
    listed: Path, moodle: tuple[type[Moodle], dict[str, str]]
) -> None:
    _server, environ = moodle
    with pytest.raises(UnavailableError, match="Invalid token") as caught:
        _push(listed, {**environ, "CAPSULE_MOODLE_TOKEN": "open-sesame"})
    assert "open-sesame" not in str(caught.value)


@pytest.mark.parametrize("mood", ["<html>maintenance 0123456789abcdef</html>", "[]", "null"])
def test_a_moodle_that_answers_something_else(
    listed: Path, moodle: tuple[type[Moodle], dict[str, str]], mood: str
) -> None:
    server, environ = moodle
    server.mood = mood
    with pytest.raises(UnavailableError, match="does not answer as it should") as caught:
        _push(listed, environ)
    assert TOKEN not in str(caught.value)


def test_no_moodle_is_set(listed: Path) -> None:
    with pytest.raises(UnavailableError, match="CAPSULE_MOODLE_URL, CAPSULE_MOODLE_TOKEN"):
        _push(listed, {})
    far = {"CAPSULE_MOODLE_URL": "http://moodle.example", "CAPSULE_MOODLE_TOKEN": TOKEN}
    with pytest.raises(UnavailableError, match="in clear"):
        _push(listed, far)
    (listed / "users.csv").write_text("username\nada\n")
    with pytest.raises(CapsuleError, match="has no column id"):
        _push(listed, far)
