"""The cmi5 and the xAPI package in a launch by an LMS, with an LRS of another origin behind.

The same happens in both; what only cmi5 has is in test_cmi5_session.py.
"""

import json
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from ..profiles import faults as faults_of
from ..profiles import templates_of
from .launches import close, launch, leave, saved, settle, until
from .lrs_double import CAPSULE, Server, categories, verb

Package = Callable[[str], Path]
Serve = Callable[[Path], str]
Complete = Callable[[Page, str], None]
Play = Callable[[Page], None]
Reaches = Callable[[Page, float], None]
Faults = Callable[[list[bytes]], list[str]]

ANSWER = "Le tri & la « liste » 🙂"
PROFILE = "urn:uuid:8c0f5c43-6f0b-5d0c-9f5e-0d3b1f1f7a10#v1"
VIDEO = "https://w3id.org/xapi/video"


def watch(page: Page, server: Server, url: str, play: Play) -> None:
    """See the film to its end, and have that told: what remains is the question."""
    launch(page, server, url)
    until(page, lambda: server.lrs.verbs)
    play(page)
    until(page, lambda: server.lrs.told("completed", "film"))


def test_opened_and_closed_at_once(learner: Page, server: Server, url: str) -> None:
    launch(learner, server, url)
    leave(learner, server)
    assert [verb(s) for s in server.lrs.statements] == ["initialized", "terminated"]
    assert server.lrs.state["completed"] is False


def test_half_way_it_resumes_there(
    learner: Page, server: Server, url: str, film_reaches: Reaches
) -> None:
    launch(learner, server, url)
    learner.get_by_role("button", name="On essaie.").click()
    film_reaches(learner, 13.5)
    close(learner, server)
    launch(learner, server, url)
    film_reaches(learner, 13)
    until(learner, lambda: server.lrs.verbs.count("initialized") == 2)
    close(learner, server)
    assert server.lrs.verbs == ["initialized", "terminated"] * 2
    assert server.lrs.state["position"] > 13


def test_completed_is_told_once(
    learner: Page, server: Server, url: str, complete: Complete
) -> None:
    launch(learner, server, url)
    complete(learner, ANSWER)
    saved(learner, server)
    close(learner, server)
    assert server.lrs.verbs == ["initialized", "completed", "passed", "terminated"]
    [passed] = server.lrs.told("passed")
    assert passed["result"]["score"] == {"scaled": 1, "raw": 100, "min": 0, "max": 100}
    first = list(server.lrs.statements)

    launch(learner, server, url)
    expect(learner.get_by_role("textbox")).to_have_value(ANSWER)
    expect(learner.locator("#standing")).to_have_class("standing done")
    learner.get_by_role("textbox").fill("")
    close(learner, server)
    again = [verb(s) for s in server.lrs.statements[len(first) :]]
    assert again == ["initialized", "terminated"]
    assert server.lrs.state["completed"] is True


def test_what_is_said_of_film_message_and_question(
    learner: Page,
    server: Server,
    url: str,
    complete: Complete,
    xapi_faults: Callable[[list[bytes]], list[str]],
) -> None:
    launch(learner, server, url)
    complete(learner, ANSWER)
    learner.locator("[name=discussed]").check()
    learner.locator("#captions").click()  # saves at once
    lrs = server.lrs
    until(learner, lambda: lrs.told("discussed", "question-1"))
    close(learner, server)
    film = [s for s in lrs.statements if s["object"]["id"] == f"{CAPSULE}/film"]
    assert [verb(s) for s in film if verb(s) != "completed"] == [
        *("initialized", "played", "paused", "terminated")
    ]
    assert len({s["context"]["extensions"][f"{VIDEO}/extensions/session-id"] for s in film}) == 1
    for statement in film:
        assert VIDEO in categories(statement)
        assert statement["context"]["extensions"][f"{VIDEO}/extensions/length"] == 20
        assert statement["context"]["extensions"][f"{VIDEO}/extensions/completion-threshold"] == 0.8
    [done] = lrs.told("completed", "film")
    assert done["result"]["completion"] is True
    extensions = {name.rpartition("/")[2]: v for name, v in done["result"]["extensions"].items()}
    assert extensions.keys() == {"time", "progress", "played-segments"}
    assert 0.8 <= extensions["progress"] <= 1
    assert re.fullmatch(r"0\[\.\][\d.]+", extensions["played-segments"])

    [answered] = lrs.told("answered", "question-1")
    assert answered["result"] == {"response": ANSWER}
    definition = answered["object"]["definition"]
    assert definition["interactionType"] == "long-fill-in"
    assert definition["name"] == {"fr": "Qu’est-ce qui coince\u202f?"}
    [discussed] = lrs.told("discussed", "question-1")
    assert PROFILE in categories(discussed)
    assert discussed["context"]["contextActivities"]["parent"] == [
        {"objectType": "Activity", "id": lrs.activity}
    ]
    assert len(lrs.told("experienced", "message")) == 1
    ours = [s for s in lrs.statements if PROFILE in categories(s)]
    assert all(templates_of(s) for s in ours)
    assert [fault for s in ours for fault in faults_of(s)] == []
    times = [s["timestamp"] for s in lrs.statements]
    assert times == sorted(times)
    assert xapi_faults([json.dumps(s).encode() for s in lrs.statements]) == []


def test_a_moved_cursor_is_one_move(
    learner: Page, server: Server, url: str, film_reaches: Reaches
) -> None:
    launch(learner, server, url)
    learner.evaluate("document.getElementById('film').play()")
    film_reaches(learner, 0.3)
    learner.evaluate("""() => { for (const to of [5, 9, 12]) {
        document.getElementById('film').currentTime = to; } }""")
    film_reaches(learner, 12.6)
    close(learner, server)
    [seeked] = server.lrs.told("seeked", "film")
    result = seeked["result"]["extensions"]
    assert result[f"{VIDEO}/extensions/time-from"] < 2
    assert result[f"{VIDEO}/extensions/time-to"] == pytest.approx(12, abs=1)


def test_below_the_threshold_nothing_is_completed(
    learner: Page, server: Server, url: str, film_reaches: Reaches
) -> None:
    launch(learner, server, url)
    learner.evaluate("""() => { const film = document.getElementById("film");
        film.currentTime = 15; film.playbackRate = 4; film.play(); }""")
    learner.get_by_role("textbox").fill(ANSWER)
    film_reaches(learner, 19.9)
    close(learner, server)
    assert server.lrs.verbs == ["initialized", "terminated"]
    assert server.lrs.told("completed", "film") == []
    assert len(server.lrs.told("answered", "question-1")) == 1


def test_an_answer_is_told_when_it_is_written_and_when_it_changes(
    learner: Page, server: Server, url: str
) -> None:
    def answered(words: str) -> bool:
        told = server.lrs.told("answered", "question-1")
        return told[-1:] != [] and told[-1]["result"] == {"response": words}

    launch(learner, server, url)
    text = learner.get_by_role("textbox")
    for words in ("Un", "Deux", "Un"):
        text.press_sequentially(words)
        expect(text).to_have_value(words)
        text.blur()
        until(learner, partial(answered, words))
        text.fill("")
    close(learner, server)
    said = [s["result"]["response"] for s in server.lrs.told("answered", "question-1")]
    assert said == ["Un", "Deux", "Un"]


def test_the_network_is_lost_and_comes_back(
    learner: Page, server: Server, url: str, play: Play
) -> None:
    watch(learner, server, url, play)
    learner.context.set_offline(True)
    learner.get_by_role("textbox").fill(ANSWER)
    expect(learner.locator("#saved")).to_contain_text("connexion")
    assert server.lrs.verbs == ["initialized"]
    learner.context.set_offline(False)
    until(learner, lambda: "passed" in server.lrs.verbs)
    saved(learner, server)
    close(learner, server)
    assert server.lrs.verbs == ["initialized", "completed", "passed", "terminated"]
    assert len(server.lrs.told("answered", "question-1")) == 1


def test_the_network_is_lost_until_the_next_launch(
    learner: Page, server: Server, url: str, play: Play
) -> None:
    watch(learner, server, url, play)
    server.lrs.down = ("statements", "state")  # an emulated loss ends with the page
    learner.get_by_role("textbox").fill(ANSWER)
    expect(learner.locator("#saved")).to_contain_text("connexion")
    learner.goto("about:blank")
    until(learner, lambda: "terminated" in server.lrs.lost)
    server.lrs.down = ()
    assert server.lrs.verbs == ["initialized"]

    launch(learner, server, url)
    until(learner, lambda: "passed" in server.lrs.verbs)
    expect(learner.get_by_role("textbox")).to_have_value(ANSWER)
    saved(learner, server)
    assert learner.evaluate("Object.keys(localStorage)") == []
    close(learner, server)
    lrs = server.lrs
    # cmi5 takes nothing of a session in another: what it was about is told anew.
    kept = ["terminated", "initialized"] if lrs.channel == "xapi" else ["initialized"]
    told = ["completed", "passed"]
    between = [*told, *kept] if lrs.channel == "xapi" else [*kept, *told]
    assert lrs.verbs == ["initialized", *between, "terminated"]
    assert len(lrs.told("answered", "question-1")) == len(lrs.told("completed", "film")) == 1
    assert bool(lrs.told("terminated", "film")) == (lrs.channel == "xapi")


def test_one_refused_statement_holds_nothing_back(
    learner: Page, server: Server, url: str, complete: Complete
) -> None:
    launch(learner, server, url)
    until(learner, lambda: server.lrs.verbs)
    server.lrs.unwanted = {"answered": 400}
    complete(learner, ANSWER)
    learner.get_by_role("textbox").blur()
    expect(learner.locator("#notice")).to_be_visible()
    close(learner, server)
    assert server.lrs.verbs == ["initialized", "completed", "passed", "terminated"]
    assert server.lrs.told("answered", "question-1") == []


def test_a_refusal_of_access_is_said_and_all_is_kept(
    learner: Page, server: Server, url: str, complete: Complete
) -> None:
    launch(learner, server, url)
    until(learner, lambda: server.lrs.verbs)
    server.lrs.over = True
    complete(learner, ANSWER)
    expect(learner.locator("#saved")).to_contain_text(re.compile("no longer|plus"))
    learner.goto("about:blank")
    settle(learner, server)
    server.lrs.over = False
    launch(learner, server, url)
    until(learner, lambda: "passed" in server.lrs.verbs)
    close(learner, server)
    assert len(server.lrs.told("completed")) == 1


def test_what_the_lrs_has_already_is_done(
    learner: Page, server: Server, url: str, complete: Complete
) -> None:
    """The answer was lost: the same bytes again, which are taken for the same."""
    launch(learner, server, url)
    until(learner, lambda: server.lrs.verbs)
    server.lrs.mumbles = True
    complete(learner, ANSWER)
    expect(learner.locator("#saved")).to_contain_text("connexion")
    before = len(server.lrs.statements)
    assert before > 1
    server.lrs.mumbles = False
    learner.locator("#captions").click()
    saved(learner, server)
    close(learner, server)
    ids = [s["id"] for s in server.lrs.statements]
    assert len(ids) == len(set(ids))
    assert server.lrs.verbs == ["initialized", "completed", "passed", "terminated"]
