"""What an LRS holds of earlier sessions: read late or never, written by another window too."""

import math
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from .launches import close, launch, saved, until
from .lrs_double import Server

Complete = Callable[[Page, str], None]
Play = Callable[[Page], None]
Reaches = Callable[[Page, float], None]

ANSWER = "Le tri & la « liste » 🙂"


@pytest.fixture
def earlier() -> dict[str, Any]:
    """What an earlier session of the registration left."""
    return {
        "position": 6,
        "watched": [[0, 6]],
        "answers": {"question-1": {"text": ANSWER, "discussed": False, "written": True}},
        "captions": True,
        "completed": False,
    }


def hold(page: Page, server: Server, url: str) -> Callable[[], None]:
    """Launch before an LRS that doesn't say what was done before, until that is called."""
    pattern, waiting = "**/*stateId=capsule*", list[Route]()

    def wait(route: Route) -> None:
        waiting.append(route)

    page.route(pattern, wait)
    page.goto(server.launch(url))
    until(page, lambda: waiting)
    return lambda: page.unroute(pattern)  # which lets go what waits


def test_what_is_played_before_the_platform_answers_counts(
    learner: Page, server: Server, url: str, play: Play
) -> None:
    held = hold(learner, server, url)
    expect(learner.get_by_role("textbox")).to_be_disabled()
    words = learner.evaluate("capsule.data.words")
    learner.locator(".parts .debrief button").click()
    assert learner.evaluate("document.getElementById('film').currentTime") >= 14
    learner.evaluate("document.getElementById('film').currentTime = 0")
    play(learner)
    for place in ("#kept", "#standing", "#status"):
        expect(learner.locator(place)).to_have_text(words["waiting"])
    held()
    learner.get_by_role("textbox").fill(ANSWER)
    expect(learner.locator("#kept")).to_have_text(words["kept_lms"])
    expect(learner.locator("#status")).to_contain_text(words["open"])
    expect(learner.locator("#status")).not_to_contain_text(words["waiting"])
    expect(learner.locator("#standing")).to_have_class("standing done")
    saved(learner, server)
    close(learner, server)
    assert server.lrs.verbs == ["initialized", "completed", "passed", "terminated"]


def test_a_film_begun_before_the_platform_answers_goes_on_where_it_was_left(
    learner: Page, server: Server, url: str, earlier: dict[str, Any], film_reaches: Reaches
) -> None:
    server.lrs.state = earlier
    held = hold(learner, server, url)
    learner.evaluate("document.getElementById('film').play()")
    film_reaches(learner, 0.2)
    held()
    film_reaches(learner, 6)
    close(learner, server)
    assert server.lrs.state["position"] > 6
    assert server.lrs.state["watched"][0][0] == 0


def test_captions_are_there_before_the_platform_answers(
    learner: Page, server: Server, url: str, earlier: dict[str, Any], film_reaches: Reaches
) -> None:
    server.lrs.state = {**earlier, "captions": False}
    held = hold(learner, server, url)
    track = "document.getElementById('film').textTracks[0]"
    learner.evaluate("document.getElementById('film').play()")
    film_reaches(learner, 0.2)
    assert learner.evaluate(f"[{track}.mode, {track}.activeCues.length]") == ["showing", 1]
    assert learner.locator("#film").get_attribute("data-captions")
    held()
    expect(learner.locator("#captions")).to_have_attribute("aria-pressed", "false")
    assert learner.evaluate(f"{track}.mode") == "hidden"


def test_a_state_that_is_never_read_is_not_written_over(
    learner: Page, server: Server, url: str, earlier: dict[str, Any], complete: Complete
) -> None:
    server.lrs.state = earlier
    server.lrs.unread = math.inf
    for _session in range(2):
        launch(learner, server, url)
        expect(learner.locator("#notice")).to_be_visible()
        complete(learner, "Autre chose")
        expect(learner.locator("#saved")).to_contain_text("connexion")
        close(learner, server)
    assert server.lrs.verbs.count("completed") == 1
    assert server.lrs.state == earlier


def test_a_state_that_is_read_late_is_added_to(
    learner: Page, server: Server, url: str, earlier: dict[str, Any]
) -> None:
    server.lrs.state = earlier
    server.lrs.unread = 3
    launch(learner, server, url)
    expect(learner.locator("#notice")).to_be_visible()
    learner.locator(".parts .debrief button").click()
    learner.locator("#captions").click()
    saved(learner, server)
    close(learner, server)
    assert server.lrs.state["answers"] == earlier["answers"]
    assert [0, 6] in server.lrs.state["watched"]
    assert server.lrs.state["position"] > earlier["position"]


def test_two_windows_add_up(learner: Page, server: Server, url: str) -> None:
    launch(learner, server, url)
    learner.locator("#captions").click()
    saved(learner, server)
    document = server.lrs.state
    server.lrs.state = {**document, "watched": [[3, 9]], "completed": True}
    learner.locator("[name=discussed]").check()
    until(learner, lambda: server.lrs.state["answers"]["question-1"]["discussed"])
    assert server.lrs.state["watched"] == [[3, 9]]
    assert server.lrs.state["completed"] is True
    close(learner, server)
