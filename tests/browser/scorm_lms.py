"""An LMS of either SCORM standard, with one learner in a browser."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from playwright.sync_api import Frame, Page

ANSWER = "Le tri\ndes « dossiers » & 🙂"
DONE = "standing done"


@dataclass(frozen=True)
class Standard:
    """The names of what both standards have."""

    name: str
    finish: str
    completion: str
    score: str
    learner: str
    mode: str
    mastery: dict[str, str]
    mastered: str
    response: str
    before: str
    "What a text of an interaction starts with."
    talked: str
    longest: int

    def id(self, key: str) -> str:
        if self.name == "scorm12":
            return key
        return f"https://formation.example/capsules/essai/questions/{key}"


STANDARDS = (
    Standard(
        name="scorm12",
        finish="Finish",
        completion="cmi.core.lesson_status",
        score="cmi.core.score",
        learner="cmi.core.student_id",
        mode="cmi.core.lesson_mode",
        mastery={"cmi.student_data.mastery_score": "80", "cmi.core.credit": "credit"},
        mastered="cmi.core.lesson_status",
        response="student_response",
        before="",
        talked="t",
        longest=4096,
    ),
    Standard(
        name="scorm2004",
        finish="Terminate",
        completion="cmi.completion_status",
        score="cmi.score",
        learner="cmi.learner_id",
        mode="cmi.mode",
        mastery={"cmi.scaled_passing_score": "0.8"},
        mastered="cmi.success_status",
        response="learner_response",
        before="{lang=fr}",
        talked="true",
        longest=64000,
    ),
)


class Lms:
    """An LMS that has imported the package, and its one learner in a browser."""

    def __init__(self, standard: Standard, address: str, page: Page) -> None:
        self.standard = standard
        self.address = address
        self.page = page

    def open(self, *switches: str, **given: str) -> None:
        query = {"standard": self.standard.name, "given": json.dumps(given)}
        self.page.goto("about:blank")
        self.page.goto(f"{self.address}/lms.html?{urlencode(query)}&{'&'.join(switches)}")

    def launch(self, *switches: str, **given: str) -> Frame:
        self.open(*switches, **given)
        frame = self.page.frame("sco")
        assert frame
        frame.wait_for_selector(f"html[data-ready={self.standard.name}]")
        return frame

    def leave(self, *, healthy: bool = True) -> dict[str, str]:
        """Close the package and give the learner's record."""
        self.page.evaluate("document.querySelector('iframe').remove()")
        return self.record(healthy=healthy)

    def record(self, *, healthy: bool = True) -> dict[str, str]:
        """What the LMS has once the session is over."""
        self.page.wait_for_function(f"calls.at(-1)[0] === '{self.standard.finish}'")
        assert self.page.evaluate("complaints") == []
        if healthy:
            assert [call for call in self.calls if str(call[-1]) == "false"] == []
        return self.told

    @property
    def calls(self) -> list[list[Any]]:
        calls: list[list[Any]] = self.page.evaluate("calls")
        return calls

    @property
    def told(self) -> dict[str, str]:
        """What was committed: element → value."""
        told: dict[str, str] = self.page.evaluate(
            "JSON.parse(localStorage.getItem('record') ?? '{}')"
        )
        return told

    def written(self, element: str) -> list[str]:
        """What the LMS was given for an element, in order."""
        return [call[2] for call in self.calls if call[:2] == ["SetValue", element]]

    def interactions(self) -> dict[str, str]:
        """The responses that were committed: id → response."""
        told = self.told
        found: dict[str, str] = {}
        while f"cmi.interactions.{len(found)}.id" in told:
            one = f"cmi.interactions.{len(found)}"
            found[told[f"{one}.id"]] = told[f"{one}.{self.standard.response}"]
            assert told[f"{one}.result"] == "neutral"
        return found

    @property
    def status(self) -> str | None:
        return self.told.get(self.standard.completion)

    @property
    def points(self) -> str | None:
        return self.told.get(f"{self.standard.score}.raw")

    @property
    def standing(self) -> tuple[str | None, str | None]:
        return self.status, self.points

    @property
    def copy(self) -> dict[str, Any] | None:
        """What the browser keeps for the learner."""
        copies: list[str] = self.page.evaluate(
            "Object.keys(localStorage).filter((key) => key.startsWith('capsule:'))"
            ".map((key) => localStorage.getItem(key))"
        )
        return json.loads(copies[0]) if copies else None


def word(frame: Frame, key: str) -> str:
    """What the page says in the capsule's language."""
    return str(frame.evaluate("key => capsule.data.words[key]", key))


def write(frame: Frame, answer: str) -> None:
    """Write an answer, and go elsewhere."""
    frame.get_by_role("textbox").fill(answer)
    frame.get_by_role("textbox").blur()
