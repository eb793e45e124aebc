"""The SCORM packages on a real runtime, each call held to the standard besides (scorm/rules.js)."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Frame, Page, expect

from .scorm_lms import ANSWER, DONE, Lms, Standard, word, write

Package = Callable[..., Path]
Play = Callable[[Frame], None]
Complete = Callable[[Frame, str], None]
Reaches = Callable[[Frame, float], None]


def test_opened_and_closed_at_once_is_incomplete(lms: Lms) -> None:
    lms.launch()
    record = lms.leave()
    assert (lms.status, lms.points, lms.interactions()) == ("incomplete", None, {})
    assert record[lms.standard.mode.rsplit(".", 1)[0] + ".exit"] == "suspend"
    assert "cmi.success_status" not in record


def test_left_half_way_it_resumes_there(lms: Lms, film_reaches: Reaches) -> None:
    frame = lms.launch()
    frame.get_by_role("button", name="On essaie.").click()
    film_reaches(frame, 13.5)
    frame.locator("[name=discussed]").check()
    record = lms.leave()
    assert lms.status == "incomplete"
    place = {"scorm12": "cmi.core.lesson_location", "scorm2004": "cmi.location"}
    assert float(record[place[lms.standard.name]]) == pytest.approx(14, abs=1.5)
    if lms.standard.name == "scorm2004":
        assert 0.3 < float(record["cmi.progress_measure"]) < 0.9

    frame = lms.launch()
    film_reaches(frame, 12)
    expect(frame.locator("[name=discussed]")).to_be_checked()
    seen = [frame.locator(f".parts .{part} .seen").inner_text() for part in ("intro", "message")]
    assert seen[0] != seen[1]


def test_completed_it_stays_so_with_its_grade(lms: Lms, complete: Complete) -> None:
    frame = lms.launch()
    frame.locator("[name=discussed]").check()
    assert f"{lms.standard.score}.raw" not in lms.told
    frame.locator("[name=discussed]").uncheck()
    complete(frame, ANSWER)
    # Without waiting for the end of the session: it is committed when it happens.
    assert lms.standing == ("completed", "100")
    record = lms.leave()
    scored = {key: value for key, value in record.items() if key.startswith(lms.standard.score)}
    assert {key.rsplit(".", 1)[1]: value for key, value in scored.items()} == {
        "raw": "100",
        "min": "0",
        "max": "100",
        **({"scaled": "1"} if lms.standard.name == "scorm2004" else {}),
    }
    if lms.standard.name == "scorm2004":
        assert (record["cmi.success_status"], record["cmi.progress_measure"]) == ("passed", "1")

    frame = lms.launch()
    expect(frame.locator("#standing")).to_have_class(DONE)
    expect(frame.get_by_role("textbox")).to_have_value(ANSWER)
    write(frame, "")
    lms.leave()
    assert lms.status == "completed"
    assert lms.written(lms.standard.completion) == ["incomplete", "completed"]
    assert lms.written(f"{lms.standard.score}.raw") == ["100"]


def test_below_the_threshold_it_is_incomplete(lms: Lms, play: Play) -> None:
    frame = lms.launch()
    play(frame)  # and no answer
    lms.leave()
    assert lms.standing == ("incomplete", None)
    lms.page.evaluate("localStorage.clear()")

    frame = lms.launch()
    frame.locator(".parts .debrief button").click()
    play(frame)  # and not the rest
    write(frame, ANSWER)
    record = lms.leave()
    assert lms.standing == ("incomplete", None)
    assert record.get("cmi.success_status") is None


@pytest.mark.parametrize("given", ["completed", "passed"])
def test_a_status_set_by_the_lms_is_kept_without_its_data(lms: Lms, given: str) -> None:
    element = lms.standard.completion
    if lms.standard.name == "scorm2004" and given == "passed":
        element = "cmi.success_status"
    frame = lms.launch(**{element: given, f"{lms.standard.score}.raw": "70"})
    expect(frame.locator("#standing")).to_have_class(DONE)
    lms.leave()
    assert lms.written(element) == []
    assert lms.points is None
    assert lms.told[element] == given


def test_a_mastery_score_is_met_when_it_is_completed(lms: Lms, complete: Complete) -> None:
    lms.launch(**lms.standard.mastery)
    record = lms.leave()
    assert lms.status == "incomplete"
    assert record.get("cmi.success_status") is None
    complete(lms.launch(**lms.standard.mastery), ANSWER)
    record = lms.leave()
    assert record[lms.standard.mastered] == "passed"
    lms.launch(**lms.standard.mastery)
    assert lms.leave()[lms.standard.mastered] == "passed"


def test_without_points_a_mastery_score_finds_none(scoreless: Lms, complete: Complete) -> None:
    complete(scoreless.launch(**scoreless.standard.mastery), ANSWER)
    record = scoreless.leave()
    assert scoreless.status == "completed"
    assert [element for element in record if "score" in element] == []
    assert scoreless.written("cmi.success_status") == []


def test_in_review_nothing_is_recorded(lms: Lms) -> None:
    given = {lms.standard.mode: "review", lms.standard.completion: "completed"}
    frame = lms.launch(**given)
    expect(frame.locator("#recorded")).to_have_text(word(frame, "recorded_nowhere"))
    write(frame, ANSWER)
    lms.leave()
    assert [call for call in lms.calls if call[0] in ("SetValue", "Commit")] == []
    assert lms.copy is None


def test_an_lms_that_describes_nothing_gets_what_is_needed(lms: Lms, complete: Complete) -> None:
    complete(lms.launch("bare"), ANSWER)
    lms.leave()
    assert (lms.status, lms.points, lms.interactions()) == ("completed", "100", {})
    expect(lms.launch("bare").get_by_role("textbox")).to_have_value(ANSWER)
    lms.leave()
    assert lms.written(lms.standard.completion) == ["incomplete", "completed"]


def test_in_a_pop_up_the_api_is_in_the_opener(lms: Lms) -> None:
    lms.open("popup")
    with lms.page.expect_popup() as opening:
        lms.page.evaluate("window.open('package/index.html', 'sco', 'width=900,height=700')")
    opening.value.wait_for_selector(f"html[data-ready={lms.standard.name}]")
    opening.value.close(run_before_unload=True)
    lms.record()
    assert lms.status == "incomplete"


def test_in_a_narrow_frame_the_film_seeks_and_shows_its_captions(
    lms: Lms, film_reaches: Reaches
) -> None:
    parts: list[int] = []
    lms.page.on("response", lambda answer: parts.append(answer.status))
    frame = lms.launch()
    frame.locator(".parts .debrief button").click()
    film_reaches(frame, 16.2)
    assert 206 in parts
    assert frame.evaluate("document.getElementById('film').textTracks[0].activeCues.length") == 1
    for width in (320, 650, 1280):
        lms.page.evaluate(f"document.querySelector('iframe').width = {width}")
        assert frame.evaluate("document.documentElement.scrollWidth") == width
    lms.leave()


def test_the_time_spent_is_told(lms: Lms, standard: Standard) -> None:
    element = {"scorm12": "cmi.core.session_time", "scorm2004": "cmi.session_time"}[standard.name]
    frame = lms.launch()
    frame.evaluate("{ const now = performance.now(); performance.now = () => now + 3_725_000; }")
    lms.leave()
    told = lms.told[element]
    assert told.startswith({"scorm12": "01:02:0", "scorm2004": "PT1H2M"}[standard.name])


def test_outside_an_lms_it_plays_and_says_so(
    package: Package, standard: Standard, page: Page
) -> None:
    page.goto((package(standard.name) / "index.html").as_uri())
    page.wait_for_selector("html[data-ready=browser]")
    expect(page.locator("#notice")).to_be_visible()
