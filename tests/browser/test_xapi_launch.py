"""What only a launch by tincan.xml has: what LMSs leave out, or name in their own way."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from capsule.activity import identifier
from capsule.render import player

from .launches import settle, until
from .lrs_double import ACTOR, CAPSULE, REGISTRATION, Server

Package = Callable[[str], Path]
Serve = Callable[[Path], str]
Complete = Callable[[Page, str], None]

ANSWER = "Le tri"
COMPLETED = "http://adlnet.gov/expapi/verbs/completed"
OLD = {
    "objectType": "Agent",
    "name": ["Ada"],
    "account": [{"accountServiceHomePage": "https://lms.example", "accountName": "42"}],
}


@pytest.fixture
def channel() -> player.Channel:
    return "xapi"


def followed(page: Page, server: Server, address: str, complete: Complete) -> None:
    page.goto(address)
    page.wait_for_selector("html[data-ready=xapi]")
    complete(page, ANSWER)
    until(page, lambda: server.lrs.state.get("completed"))
    settle(page, server)


def test_without_a_registration(
    learner: Page, server: Server, url: str, complete: Complete
) -> None:
    server.lrs.registration = None
    followed(learner, server, server.launch(url), complete)
    assert {"registration" in s["context"] for s in server.lrs.statements} == {False}
    assert server.lrs.state["completed"] is True


def test_an_id_is_made_as_lists_make_theirs(
    learner: Page, server: Server, url: str, complete: Complete
) -> None:
    followed(learner, server, server.launch(url), complete)
    account = ACTOR["account"]
    who = (account["homePage"], account["name"], "", "", "")
    [completed] = server.lrs.told("completed")
    assert completed["id"] == identifier(*who, REGISTRATION, COMPLETED, CAPSULE, "", "0")


def test_people_named_as_before_xapi_1(
    learner: Page, server: Server, url: str, complete: Complete
) -> None:
    server.lrs.actor = {"objectType": "Agent", "name": "Ada", **ACTOR}
    followed(learner, server, server.launch(url, OLD), complete)
    assert server.lrs.verbs == ["initialized", "completed", "passed"]


def test_a_capsule_under_another_name(
    learner: Page, server: Server, url: str, complete: Complete
) -> None:
    server.lrs.activity = "https://lms.example/course/7"
    followed(learner, server, server.launch(url), complete)
    [completed] = server.lrs.told("completed")
    assert completed["context"]["contextActivities"]["grouping"][0]["id"] == CAPSULE


def test_outside_an_lms_it_plays_and_says_so(page: Page, package: Package) -> None:
    page.goto((package("xapi") / "index.html").as_uri())
    page.wait_for_selector("html[data-ready=browser]")
    expect(page.locator("#notice")).to_be_visible()
