"""A Moodle as those who use it have it: a teacher's form, a learner's windows, its web service."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser, BrowserContext, Frame, Page, ViewportSize

# What the form offers to complete the activity by: the statuses of its boxes, the least score.
CRITERIA: dict[str, tuple[set[str], str]] = {
    "passed": ({"passed"}, ""),
    "completed": ({"completed"}, ""),
    "both": ({"passed", "completed"}, ""),
    "score of 50": (set(), "50"),
}
_ADDED = re.compile(r"(?:view|modregrade)\.php\?id=(\d+)")
_BOXES = {"passed": 2, "completed": 4}  # mod_scorm's own numbers
_STATES = {0: "no", 1: "yes", 2: "yes", 3: "no"}
_STATUSES = ("cmi.core.lesson_status", "cmi.completion_status", "cmi.success_status")
_DESKTOP = ViewportSize(width=1280, height=800)
# Keeps what SCORM's API was asked and answered, in whatever window of the site has it.
_SPY = """(() => {
  const keep = (call) => {
    const calls = JSON.parse(localStorage.getItem("spied") ?? "[]");
    localStorage.setItem("spied", JSON.stringify([...calls, call]));
  };
  for (const name of ["API", "API_1484_11"]) {
    let api;
    const set = (given) => {
      api = given;
      for (const [method, call] of Object.entries(given ?? {})) {
        if (typeof call !== "function") continue;
        given[method] = (...said) => {
          const answer = call.apply(given, said);
          keep([method, ...said, answer].map(String));
          return answer;
        };
      }
    };
    Object.defineProperty(window, name, { configurable: true, get: () => api, set });
  }
})()"""
_SPIED = """() => {
  const calls = localStorage.getItem("spied") ?? "[]";
  localStorage.removeItem("spied");
  return calls;
}"""


@dataclass(frozen=True)
class Login:
    """Who uses the site at `url`, which ends with a slash."""

    url: str
    name: str
    password: str


@dataclass(frozen=True)
class Record:
    """What Moodle holds of the last attempt; grade and tick are those of the activity."""

    status: str
    score: str
    grade: str
    ticked: str


@contextmanager
def browsing(browser: Browser, login: Login) -> Iterator[Page]:
    """A page of a browser in which somebody is logged in."""
    context = browser.new_context(viewport=_DESKTOP, base_url=login.url)
    context.set_default_timeout(60_000)
    page = context.new_page()
    page.goto("login/index.php")
    page.fill("#username", login.name)
    page.fill("#password", login.password)
    page.click("#loginbtn")
    page.wait_for_url(lambda address: "login/index" not in address, wait_until="commit")
    yield page
    context.close()


def add(page: Page, course: int, package: Path, criterion: str, *, popup: bool) -> int:
    """Import a package by the form of a new activity; its id (course module)."""
    page.goto(f"course/modedit.php?add=scorm&type=&course={course}&section=1&return=0&sr=0")
    page.fill("#id_name", f"{package.stem}, {criterion}, {'pop-up' if popup else 'frame'}")
    page.click(".collapsible-actions a")
    page.click(".filemanager .fp-btn-add a")
    page.locator(".file-picker .fp-repo-area .fp-repo").filter(
        has=page.locator("img[src*=repository_upload]")
    ).click()
    page.wait_for_timeout(2000)  # the picker draws its form twice
    page.set_input_files("input[name=repo_upload_file]", package)
    page.click("button.fp-upload-btn")
    page.locator(".filemanager .fp-filename", has_text=package.name).wait_for()
    page.select_option("#id_popup", "1" if popup else "0")
    page.check("#id_completion_2")
    statuses, score = CRITERIA[criterion]
    for status, number in _BOXES.items():
        page.set_checked(
            f"input[type=checkbox][name='completionstatusrequired[{number}]']", status in statuses
        )
    if score:
        page.check("input[type=checkbox][name=completionscoreenabled]")
        page.fill("[name=completionscorerequired]", score)
    page.click("#id_submitbutton")
    page.wait_for_url(_ADDED)
    return int(_ADDED.search(page.url)[1])  # type: ignore[index]


class Learner:
    """Somebody who launches an activity and leaves it, in its page or in its pop-up."""

    def __init__(self, page: Page, activity: int) -> None:
        page.context.add_init_script(_SPY)
        self._page, self._activity = page, activity
        self._windows: BrowserContext = page.context

    def launch(self, *, again: bool = False) -> Frame:
        """Open the activity as its button does, `again` in a new attempt; the package's frame."""
        self._page.goto(f"mod/scorm/view.php?id={self._activity}")
        if again:
            self._page.check("input[name=newattempt]")
        self._page.locator("#scormviewform [type=submit]").last.click()
        for _attempt in range(600):
            for page in self._windows.pages:
                for frame in page.frames:
                    if "/mod_scorm/content/" in frame.url:
                        frame.wait_for_selector("html[data-ready]")
                        return frame
            self._page.wait_for_timeout(100)
        raise TimeoutError("the package does not start")

    def leave(self) -> list[str]:
        """Close what is open; the calls of the API that answered false, in words."""
        for page in self._windows.pages:
            if page is not self._page:
                page.close(run_before_unload=True)
                self._page.wait_for_timeout(4000)  # the page of the activity loads itself again
        self._page.goto("my/")
        self._page.wait_for_timeout(2000)  # beacons are on their way
        calls = json.loads(self._page.evaluate(_SPIED))
        return [" ".join(call) for call in calls if call[-1] == "false"]


class Service:
    """The web service of Moodle's mobile app, as a learner."""

    def __init__(self, learner: Login) -> None:
        self._http = httpx.Client(base_url=learner.url, timeout=60)
        asked = {"username": learner.name, "password": learner.password}
        answer = self._http.post(
            "login/token.php", data={**asked, "service": "moodle_mobile_app"}
        ).json()
        assert "token" in answer, answer
        self._token = answer["token"]
        self._user = self._ask("core_webservice_get_site_info")["userid"]

    def release(self) -> str:
        """Moodle's version, as it calls it."""
        return str(self._ask("core_webservice_get_site_info")["release"])

    def record(self, course: int, activity: int) -> Record:
        """What is recorded of an activity (course module)."""
        tracks = self._tracks(course, activity)
        asked = {"courseid": course, "userid": self._user}
        graded = self._ask("gradereport_user_get_grade_items", **asked)["usergrades"][0]
        states = self._ask("core_completion_get_activities_completion_status", **asked)
        return Record(
            status=" / ".join(tracks[name] for name in _STATUSES if tracks.get(name)),
            score=tracks.get("cmi.core.score.raw") or tracks.get("cmi.score.raw") or "none",
            grade=next(
                item["gradeformatted"].replace("-", "none")
                for item in graded["gradeitems"]
                if item.get("cmid") == activity
            ),
            ticked=next(
                _STATES[one["state"]] for one in states["statuses"] if one["cmid"] == activity
            ),
        )

    def _tracks(self, course: int, activity: int) -> dict[str, str]:
        """What the run-time recorded in the last attempt: element → value."""
        scorms = self._ask("mod_scorm_get_scorms_by_courses", **{"courseids[0]": course})
        scorm = next(one["id"] for one in scorms["scorms"] if one["coursemodule"] == activity)
        scoes = self._ask("mod_scorm_get_scorm_scoes", scormid=scorm)["scoes"]
        asked = {"scormid": scorm, "userid": self._user}
        attempts = self._ask("mod_scorm_get_scorm_attempt_count", **asked)["attemptscount"]
        tracks = self._ask(
            "mod_scorm_get_scorm_sco_tracks",
            scoid=next(one["id"] for one in scoes if one["launch"]),
            userid=self._user,
            attempt=max(attempts, 1),
        )
        return {track["element"]: track["value"] for track in tracks["data"]["tracks"]}

    def _ask(self, function: str, **asked: Any) -> Any:
        sent = {"wstoken": self._token, "wsfunction": function, "moodlewsrestformat": "json"}
        answer = self._http.post("webservice/rest/server.php", data={**sent, **asked}).json()
        assert "exception" not in answer, answer
        return answer
