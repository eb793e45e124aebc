"""What a Moodle records of SCORM packages, each imported by its form and played in Chromium.

    python benchmarks/moodle.py --course 2 build/essai-scorm12.zip build/essai-scorm2004.zip

CAPSULE_MOODLE_URL is a Moodle of one's own, in which the course tracks completion and the mobile
app's web service is on. CAPSULE_MOODLE_TEACHER may add activities to the course, and
CAPSULE_MOODLE_LEARNER is enrolled in it: each is login:password. Activities are added and stay.
A short film is soon played: tests/capsules/small has one of twenty seconds. Prints a table.
"""

from __future__ import annotations

import argparse
import os
import shutil
from collections.abc import Callable
from itertools import product
from pathlib import Path

from moodle_site import CRITERIA, Learner, Login, Service, add, browsing
from playwright.sync_api import Frame, sync_playwright

_FLAGS = ["--no-sandbox", "--autoplay-policy=no-user-gesture-required"]
_HALF = """() => new Promise((resolve) => {
  const film = document.getElementById("film");
  film.ontimeupdate = () => { if (film.currentTime > film.duration / 2) resolve(film.pause()); };
  film.play();
})"""
_REST = """() => new Promise((resolve) => {
  const film = document.getElementById("film");
  film.playbackRate = 16;
  film.onended = resolve;
  film.play();
})"""


def _nothing(_frame: Frame) -> None:
    pass


def _half(frame: Frame) -> None:
    frame.evaluate(_HALF)


def _all(frame: Frame) -> None:
    resumed = frame.evaluate("film.currentTime / film.duration")
    assert resumed > 0.4, f"resumed at {resumed:.0%} of the film"
    frame.evaluate(_REST)
    for box in frame.get_by_role("textbox").all():
        box.fill("Le tri\ndes « dossiers » & 🙂")
    frame.wait_for_selector("#standing.done")


# In this order, in one activity: what the learner does, and whether it is a new attempt.
STEPS: dict[str, tuple[Callable[[Frame], None], bool]] = {
    "opened and closed": (_nothing, False),
    "left half way": (_half, False),
    "resumed, completed": (_all, False),
    "reopened": (_nothing, False),
    "new attempt, closed": (_nothing, True),
}


def main() -> None:
    """Play each package under each criterion, in the page and in a pop-up by turns."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("packages", nargs="+", type=Path)
    options.add_argument("--course", type=int, required=True)
    options.add_argument("--criteria", nargs="+", choices=CRITERIA, default=list(CRITERIA))
    given = options.parse_args()
    teacher, learner = _login("CAPSULE_MOODLE_TEACHER"), _login("CAPSULE_MOODLE_LEARNER")
    service = Service(learner)
    print(f"Moodle {service.release()}\n")
    print("| package | completed by | step | status | score | grade | ticked | refused |")
    print("|---" * 8 + "|")
    chromium = os.environ.get("CAPSULE_CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=_FLAGS)
        for package, (n, criterion) in product(given.packages, enumerate(given.criteria)):
            with browsing(browser, teacher) as page:
                activity = add(page, given.course, package, criterion, popup=n % 2 == 1)
            with browsing(browser, learner) as page:
                somebody = Learner(page, activity)
                for step, (follow, again) in STEPS.items():
                    follow(somebody.launch(again=again))
                    refused = ", ".join(somebody.leave()) or "none"
                    record = service.record(given.course, activity)
                    held = (record.status, record.score, record.grade, record.ticked)
                    print("|", " | ".join((package.stem, criterion, step, *held, refused)), "|")
        browser.close()


def _login(name: str) -> Login:
    login, _, password = os.environ[name].partition(":")
    return Login(os.environ["CAPSULE_MOODLE_URL"].rstrip("/") + "/", login, password)


if __name__ == "__main__":
    main()
