"""What a SCORM package tells of the answers (scorm/rules.js holds each call to the standard)."""

import json
from collections.abc import Callable

from playwright.sync_api import Frame, expect

from .scorm_lms import ANSWER, Lms, Standard, write

Complete = Callable[[Frame, str], None]
ON_ONE_LINE = "Le tri des « dossiers » & 🙂"


def test_answers_are_interactions_once_they_are_written(lms: Lms, standard: Standard) -> None:
    question, talked = standard.id("question-1"), standard.id("question-1-discussed")
    frame = lms.launch()
    frame.get_by_role("textbox").press_sequentially("Le")
    assert lms.interactions() == {}
    write(frame, ANSWER)
    assert lms.interactions() == {question: standard.before + ON_ONE_LINE}
    frame.locator("[name=discussed]").check()
    write(frame, "{Autre} chose")
    lms.leave()
    braced = {"scorm12": "{Autre} chose", "scorm2004": "{lang=fr} {Autre} chose"}[standard.name]
    assert lms.interactions() == {question: braced, talked: standard.talked}

    frame = lms.launch()
    said = len(lms.written("cmi.interactions.0.result"))
    frame.locator("#captions").click()
    lms.leave()
    assert len(lms.written("cmi.interactions.0.result")) == said == 2
    frame = lms.launch()
    frame.get_by_role("textbox").fill("Le mot\n" * 100)  # and the page is closed
    lms.leave()
    assert list(lms.interactions()) == [question, talked]
    kept = lms.interactions()[question].removeprefix(standard.before)
    assert kept.startswith("Le mot Le mot")
    assert len(kept) == {"scorm12": 255, "scorm2004": 699}[standard.name]


def test_an_lms_that_forgets_interactions_is_told_again(lms: Lms, standard: Standard) -> None:
    frame = lms.launch()
    frame.locator("[name=discussed]").check()
    write(frame, ANSWER)
    record = lms.leave()
    kept = {key: value for key, value in record.items() if "interactions" not in key}
    lms.page.evaluate("record => localStorage.setItem('record', JSON.stringify(record))", kept)
    lms.launch()
    lms.leave()
    assert sorted(lms.interactions()) == [
        standard.id("question-1"),
        standard.id("question-1-discussed"),
    ]


def test_answers_that_are_the_learners_own_stay_there(discreet: Lms, complete: Complete) -> None:
    complete(discreet.launch(), ANSWER)
    record = discreet.leave()
    assert discreet.status == "completed"
    assert "dossiers" not in json.dumps(record, ensure_ascii=False)
    assert [element for element in record if "interactions" in element] == []
    expect(discreet.launch().get_by_role("textbox")).to_have_value(ANSWER)


def test_an_answer_is_as_long_as_an_lms_can_hold(lms: Lms, standard: Standard) -> None:
    frame = lms.launch()
    frame.get_by_role("textbox").fill('"🙂\n' * 700)
    kept = frame.get_by_role("textbox").input_value()
    assert 900 < len(kept) < 1500
    expect(frame.locator(".room")).not_to_be_empty()
    assert len(lms.leave()["cmi.suspend_data"]) <= standard.longest
    expect(lms.launch().get_by_role("textbox")).to_have_value(kept)
