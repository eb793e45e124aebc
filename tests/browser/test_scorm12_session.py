"""The SCORM 1.2 package on a real runtime, in a frame and in a pop-up."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Frame, Page, expect

Package = Callable[[str], Path]
Serve = Callable[[Path], str]
Complete = Callable[[Frame, str], None]
Reaches = Callable[[Frame, float], None]

ANSWER = "Le tri\ndes « dossiers » & 🙂"


@pytest.fixture
def lms(package: Package, serve: Serve, node_modules: Path) -> str:
    """The address of an LMS that has imported the package."""
    www = package("scorm12").parent
    shutil.copy(node_modules / "scorm-again" / "dist" / "scorm12.min.js", www)
    shutil.copy(Path(__file__).with_name("scorm12-lms.html"), www)
    return f"{serve(www)}/scorm12-lms.html"


def launch(page: Page, lms: str) -> Frame:
    page.goto("about:blank")
    page.goto(lms)
    frame = page.frame("sco")
    assert frame
    frame.wait_for_selector("html[data-ready=scorm12]")
    return frame


def leave(page: Page) -> dict[str, Any]:
    """Close the package and give the learner's record."""
    page.evaluate("document.querySelector('iframe').remove()")
    page.wait_for_function("calls.at(-1)[0] === 'LMSFinish'")
    calls = page.evaluate("calls")
    assert [call for call in calls if str(call[-1]) == "false"] == []
    record: dict[str, Any] = page.evaluate("JSON.parse(localStorage.getItem('record'))")
    assert len(record["suspend_data"]) <= 4096
    assert record["core"]["exit"] == "suspend"
    return record


def written(page: Page, element: str) -> list[str]:
    """What the LMS was given for an element, in order."""
    return [call[2] for call in page.evaluate("calls") if call[:2] == ["LMSSetValue", element]]


def test_opened_and_closed_at_once_is_incomplete(page: Page, lms: str) -> None:
    launch(page, lms)
    core = leave(page)["core"]
    assert (core["lesson_status"], core["score"]["raw"]) == ("incomplete", "")


def test_left_half_way_it_resumes_there(page: Page, lms: str, film_reaches: Reaches) -> None:
    frame = launch(page, lms)
    frame.get_by_role("button", name="On essaie.").click()
    film_reaches(frame, 13.5)
    frame.locator("[name=discussed]").check()
    record = leave(page)
    assert record["core"]["lesson_status"] == "incomplete"
    assert float(record["core"]["lesson_location"]) == pytest.approx(14, abs=1.5)

    frame = launch(page, lms)
    film_reaches(frame, 12)
    expect(frame.locator("[name=discussed]")).to_be_checked()
    seen = [frame.locator(f".parts .{part} .seen").inner_text() for part in ("intro", "message")]
    assert seen[0] != seen[1]


def test_completed_stays_completed(page: Page, lms: str, complete: Complete) -> None:
    complete(launch(page, lms), ANSWER)
    # Without waiting for the end of the session: it is committed when it happens.
    record = page.evaluate("JSON.parse(localStorage.getItem('record'))")
    assert record["core"]["lesson_status"] == "completed"
    assert leave(page)["core"]["lesson_status"] == "completed"

    frame = launch(page, lms)
    expect(frame.locator("#standing")).to_have_class("standing done")
    expect(frame.get_by_role("textbox")).to_have_value(ANSWER)
    frame.get_by_role("textbox").fill("")
    assert leave(page)["core"]["lesson_status"] == "completed"
    assert written(page, "cmi.core.lesson_status") == ["incomplete", "completed"]


def test_a_grade_comes_with_completion_and_stays(page: Page, lms: str, complete: Complete) -> None:
    frame = launch(page, lms)
    frame.locator("[name=discussed]").check()
    assert page.evaluate("JSON.parse(localStorage.getItem('record')).core.score.raw") == ""
    complete(frame, ANSWER)
    score = leave(page)["core"]["score"]
    assert [score[key] for key in ("raw", "min", "max")] == ["100", "0", "100"]

    launch(page, lms).get_by_role("textbox").fill("")
    assert leave(page)["core"]["score"] == score
    assert written(page, "cmi.core.score.raw") == ["100"]


def test_a_status_set_by_the_lms_is_kept_without_its_data(page: Page, lms: str) -> None:
    page.goto(f"{lms}#popup")
    record = {"core": {"lesson_status": "passed", "score": {"raw": "70"}}}
    page.evaluate("record => localStorage.setItem('record', JSON.stringify(record))", record)
    frame = launch(page, lms)
    expect(frame.locator("#standing")).to_have_class("standing done")
    core = leave(page)["core"]
    assert (core["lesson_status"], core["score"]["raw"]) == ("passed", "70")


def test_an_answer_is_as_long_as_an_lms_can_hold(page: Page, lms: str) -> None:
    frame = launch(page, lms)
    frame.get_by_role("textbox").fill('"🙂\n' * 500)
    kept = frame.get_by_role("textbox").input_value()
    assert 1200 < len(kept) < 1500
    expect(frame.locator(".room")).not_to_be_empty()
    leave(page)
    expect(launch(page, lms).get_by_role("textbox")).to_have_value(kept)


def test_in_a_pop_up_the_api_is_in_the_opener(page: Page, lms: str) -> None:
    page.goto(f"{lms}#popup")
    with page.expect_popup() as opening:
        page.evaluate("window.open('package/index.html', 'sco', 'width=900,height=700')")
    opening.value.wait_for_selector("html[data-ready=scorm12]")
    opening.value.close(run_before_unload=True)
    page.wait_for_function("calls.at(-1)[0] === 'LMSFinish'")
    assert page.evaluate("calls.filter((call) => String(call.at(-1)) === 'false')") == []


def test_the_time_spent_is_told_as_the_standard_wants(page: Page, lms: str) -> None:
    launch(page, lms).locator("[name=discussed]").check()
    leave(page)
    spent = written(page, "cmi.core.session_time")
    assert spent
    assert all(page.evaluate("s => /^\\d{2}:\\d{2}:\\d{2}$/.test(s)", time) for time in spent)


def test_outside_an_lms_it_plays_and_says_so(page: Page, package: Package) -> None:
    page.goto((package("scorm12") / "index.html").as_uri())
    page.wait_for_selector("html[data-ready=browser]")
    expect(page.locator("#notice")).to_be_visible()
