"""What only a launch by cmi5 has: its modes, its way back, its tab, its session that ends."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from capsule.render import player

from .launches import close, launch, settle, until
from .lrs_double import ACTOR, MASTERY, Server, categories, verb

Package = Callable[[str], Path]
Serve = Callable[[Path], str]
Complete = Callable[[Page, str], None]

ANSWER = "Le tri & la « liste » 🙂"


@pytest.fixture
def channel() -> player.Channel:
    return "cmi5"


def test_only_statements_that_cmi5_defines_bear_its_mark(
    learner: Page, server: Server, url: str, complete: Complete
) -> None:
    server.lrs.mastery = 0.8
    launch(learner, server, url)
    complete(learner, ANSWER)
    close(learner, server)
    defined = [s for s in server.lrs.statements if "cmi5" in categories(s)]
    assert [verb(s) for s in defined] == ["initialized", "completed", "passed", "terminated"]
    assert defined[2]["context"]["extensions"][MASTERY] == 0.8
    assert len(server.lrs.statements) > len(defined)
    assert server.lrs.statements[0] is defined[0]
    assert server.lrs.statements[-1] is defined[-1]


def test_leaving_goes_back_to_the_lms(learner: Page, server: Server, url: str) -> None:
    server.lrs.return_url = f"{url}?back"
    launch(learner, server, url)
    learner.locator("#leave").click()
    learner.wait_for_url("**/index.html?back")
    assert server.lrs.verbs == ["initialized", "terminated"]


def test_an_empty_return_address_leads_nowhere(learner: Page, server: Server, url: str) -> None:
    launch(learner, server, url)
    learner.locator("#leave").click()
    until(learner, lambda: "terminated" in server.lrs.verbs)
    learner.goto("about:blank")
    settle(learner, server)
    assert server.lrs.verbs == ["initialized", "terminated"]


@pytest.mark.parametrize("mode", ["Browse", "Review"])
def test_a_look_or_a_review_records_nothing(
    learner: Page, server: Server, url: str, play: Callable[[Page], None], mode: str
) -> None:
    server.lrs.mode = mode
    launch(learner, server, url)
    play(learner)
    learner.locator("[name=discussed]").check()
    expect(learner.locator("#standing")).to_have_class("standing done")
    expect(learner.locator("#saved")).to_be_empty()
    close(learner, server)
    assert [verb(s) for s in server.lrs.statements] == ["initialized", "terminated"]
    assert server.lrs.documents == {}


def test_a_silent_learner_gets_captions(learner: Page, server: Server, url: str) -> None:
    server.lrs.state = {"captions": False}
    launch(learner, server, url)
    expect(learner.locator("#captions")).to_have_attribute("aria-pressed", "false")
    close(learner, server)
    server.lrs.preferences = {"languagePreference": "fr-FR", "audioPreference": "off"}
    launch(learner, server, url)
    expect(learner.locator("#captions")).to_have_attribute("aria-pressed", "true")
    assert learner.evaluate("document.getElementById('film').muted") is True


def test_a_reload_goes_on_with_the_session(
    learner: Page, server: Server, url: str, complete: Complete
) -> None:
    launch(learner, server, url)
    learner.get_by_role("textbox").fill(ANSWER)
    learner.keyboard.press("F5")
    learner.reload()
    learner.wait_for_selector("html[data-ready=cmi5]")
    expect(learner.get_by_role("textbox")).to_have_value(ANSWER)
    complete(learner, ANSWER)
    close(learner, server)
    assert server.lrs.verbs == ["initialized", "completed", "passed", "terminated"]


def test_a_reload_that_ended_the_session_says_so_and_keeps_the_rest(
    learner: Page, server: Server, url: str, complete: Complete
) -> None:
    server.lrs.return_url = f"{url}?back"
    launch(learner, server, url)
    learner.get_by_role("textbox").fill(ANSWER)
    learner.reload()
    learner.wait_for_selector("html[data-ready=cmi5-ended]")
    expect(learner.locator("#notice")).to_be_visible()
    expect(learner.get_by_role("textbox")).to_have_value(ANSWER)
    complete(learner, ANSWER)
    assert server.lrs.verbs == ["initialized", "terminated"]
    learner.locator("#leave").click()
    learner.wait_for_url("**/index.html?back")

    launch(learner, server, url)
    until(learner, lambda: "passed" in server.lrs.verbs)
    close(learner, server)
    assert server.lrs.verbs == [
        *("initialized", "terminated"),
        *("initialized", "completed", "passed", "terminated"),
    ]
    assert server.lrs.state["completed"] is True


def test_the_access_stays_in_its_tab(learner: Page, server: Server, url: str) -> None:
    launch(learner, server, url)
    assert "c2VjcmV0" not in learner.evaluate("JSON.stringify(localStorage)")
    other = learner.context.new_page()
    other.goto(learner.url)
    other.wait_for_selector("html[data-ready=browser]")
    expect(other.locator("#notice")).to_be_visible()


def test_answers_of_ones_own_do_not_leave(
    learner: Page, server: Server, url: str, complete: Complete
) -> None:
    def private(text: str) -> str:
        return text.replace('"private": false', '"private": true')

    def answer(route: Route) -> None:
        response = route.fetch()
        route.fulfill(response=response, body=private(response.text()))

    learner.route("**/data.js", answer)
    launch(learner, server, url)
    complete(learner, ANSWER)
    close(learner, server)
    assert "Le tri" not in repr(server.lrs.statements) + repr(server.lrs.documents)
    [answered] = [s for s in server.lrs.statements if verb(s) == "answered"]
    assert "result" not in answered
    assert answered["actor"] == ACTOR


def test_outside_an_lms_it_plays_and_says_so(page: Page, package: Package) -> None:
    page.goto((package("cmi5") / "index.html").as_uri())
    page.wait_for_selector("html[data-ready=browser]")
    expect(page.locator("#notice")).to_be_visible()
