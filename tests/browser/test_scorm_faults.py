"""SCORM packages whose LMS fails, or loses its network; what stays in the browser."""

import json
from collections.abc import Callable

from playwright.sync_api import Frame, expect

from .scorm_lms import ANSWER, DONE, Lms, Standard, word, write

Complete = Callable[[Frame, str], None]
Reaches = Callable[[Frame, float], None]


def test_a_network_that_comes_back_gets_it_all(lms: Lms) -> None:
    frame = lms.launch()
    before = lms.told
    lms.page.evaluate("trouble = 'down'")
    write(frame, ANSWER)
    expect(frame.locator("#saved")).to_have_text(word(frame, "unsaved"))
    expect(frame.get_by_role("status")).to_contain_text(word(frame, "unsaved"))
    assert lms.told == before
    copy = lms.copy
    assert copy
    assert copy["unsent"] is True
    assert copy["snapshot"]["answers"]["question-1"]["text"] == ANSWER

    lms.page.evaluate("trouble = ''")
    frame.evaluate("window.dispatchEvent(new Event('online'))")
    expect(frame.get_by_role("status")).to_contain_text(word(frame, "caught_up"))
    assert "dossiers" in lms.told["cmi.suspend_data"]
    assert len(lms.interactions()) == 1
    assert lms.copy is None
    lms.leave(healthy=False)


def test_what_was_lost_goes_when_it_can(lms: Lms, complete: Complete) -> None:
    frame = lms.launch()
    lms.page.evaluate("trouble = 'down'")
    complete(frame, ANSWER)
    frame.get_by_role("textbox").blur()
    assert lms.status == "incomplete"
    lms.page.evaluate("trouble = ''")
    frame.evaluate("window.dispatchEvent(new Event('online'))")
    expect(frame.get_by_role("status")).to_contain_text(word(frame, "caught_up"))
    assert (lms.status, lms.points, list(lms.interactions())) == (
        "completed",
        "100",
        [lms.standard.id("question-1")],
    )
    lms.leave(healthy=False)


def test_what_was_lost_goes_when_the_page_is_left(lms: Lms, complete: Complete) -> None:
    frame = lms.launch()
    lms.page.evaluate("trouble = 'down'")
    complete(frame, ANSWER)
    lms.page.evaluate("trouble = ''")
    lms.leave(healthy=False)
    assert lms.standing == ("completed", "100")


def test_what_was_lost_goes_with_the_next_launch(lms: Lms, complete: Complete) -> None:
    frame = lms.launch()
    write(frame, "Le tri")
    lms.page.evaluate("trouble = 'down'")
    complete(frame, ANSWER)
    lms.leave(healthy=False)
    assert lms.status == "incomplete"

    frame = lms.launch()
    expect(frame.locator("#saved")).to_contain_text("Enregistré")
    expect(frame.get_by_role("textbox")).to_have_value(ANSWER)
    assert (lms.status, lms.points, len(lms.interactions())) == ("completed", "100", 1)
    assert lms.copy is None
    lms.leave(healthy=False)


def test_another_attempt_or_course_gets_nothing_of_it(lms: Lms, complete: Complete) -> None:
    frame = lms.launch()
    write(frame, "Le tri")
    lms.page.evaluate("trouble = 'down'")
    complete(frame, ANSWER)
    lms.leave(healthy=False)
    assert lms.copy
    lms.page.evaluate("localStorage.removeItem('record')")
    frame = lms.launch()
    expect(frame.locator("#standing")).not_to_have_class(DONE)
    expect(frame.get_by_role("textbox")).to_have_value("")
    lms.leave(healthy=False)
    assert lms.status == "incomplete"


def test_after_leaving_nothing_stays_in_the_browser(lms: Lms, film_reaches: Reaches) -> None:
    write(lms.launch(), ANSWER)
    lms.open("popup")
    assert lms.copy is None

    frame = lms.launch()
    frame.locator(".parts .message button").click()
    film_reaches(frame, 11)
    lms.open("popup")  # while it plays: nobody knows whether the last seconds arrived
    left = lms.copy
    assert left
    assert left["snapshot"]["position"] > 10
    assert left["snapshot"]["answers"]["question-1"]["text"] == ""  # the LMS has it
    frame = lms.launch()
    expect(frame.locator("#saved")).not_to_be_empty()
    expect(frame.get_by_role("textbox")).to_have_value(ANSWER)
    assert lms.copy is None


def test_without_a_network_an_lms_is_not_believed(lms: Lms) -> None:
    """Moodle answers "true" to a commit that never leaves, and does not send it again."""
    frame = lms.launch()
    committed = len([call for call in lms.calls if call[0] == "Commit"])
    lms.page.context.set_offline(True)
    write(frame, ANSWER)
    expect(frame.locator("#saved")).to_have_text(word(frame, "unsaved"))
    assert len([call for call in lms.calls if call[0] == "Commit"]) == committed
    lms.page.context.set_offline(False)
    expect(frame.get_by_role("status")).to_contain_text(word(frame, "caught_up"))
    assert "dossiers" in lms.told["cmi.suspend_data"]
    lms.leave()


def test_a_session_that_the_lms_has_closed_is_said(lms: Lms) -> None:
    frame = lms.launch()
    lms.page.evaluate("trouble = 'gone'")
    write(frame, ANSWER)
    expect(frame.locator("#saved")).to_have_text(word(frame, "ended"))
    lms.leave(healthy=False)
    expect(lms.launch().get_by_role("textbox")).to_have_value(ANSWER)
    assert "dossiers" in lms.leave(healthy=False)["cmi.suspend_data"]


def test_loaded_again_in_a_closed_session_it_keeps_the_work(lms: Lms, standard: Standard) -> None:
    frame = lms.launch(**{standard.learner: "42"})
    lms.page.evaluate("trouble = 'gone'")
    ended = word(frame, "ended")
    frame.evaluate("location.reload()")
    expect(frame.locator("#notice")).to_have_text(ended)
    write(frame, ANSWER)
    expect(frame.locator("#saved")).to_have_text(ended)
    frame = lms.launch(**{standard.learner: "42"})
    expect(frame.get_by_role("textbox")).to_have_value(ANSWER)
    expect(frame.locator("#saved")).to_contain_text("Enregistré")


def test_a_session_opened_by_the_lms_itself_serves(lms: Lms) -> None:
    write(lms.launch("begun"), ANSWER)
    assert "dossiers" in lms.leave(healthy=False)["cmi.suspend_data"]


def test_browsed_it_is_not_taken_for_completed(lms: Lms, complete: Complete) -> None:
    lms.page.goto(f"{lms.address}/lms.html?standard={lms.standard.name}&popup")
    unsent = json.dumps({"snapshot": {"answers": {}}, "unsent": True})
    key = "capsule:https://formation.example/capsules/essai#42"
    lms.page.evaluate("([key, copy]) => localStorage.setItem(key, copy)", [key, unsent])
    complete(lms.launch(**{lms.standard.mode: "browse", lms.standard.learner: "42"}), ANSWER)
    lms.leave()
    said = [call[1:3] for call in lms.calls if call[0] == "SetValue"]
    browsed = [["cmi.core.lesson_status", "browsed"]]
    assert said == (browsed if lms.standard.name == "scorm12" else [])
    assert lms.copy == json.loads(unsent)  # of another session
