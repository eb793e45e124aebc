"""The page opened by double click: from a folder, without a server or a network."""

from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

Package = Callable[[str], Path]

Play = Callable[[Page], None]
Reaches = Callable[[Page, float], None]
STANDING = "#standing"


@pytest.fixture
def opened(package: Package, page: Page) -> Page:
    page.goto((package("web") / "index.html").as_uri())
    page.wait_for_selector("html[data-ready=browser]")
    return page


def position(page: Page) -> float:
    return float(page.evaluate("document.getElementById('film').currentTime"))


def axe_faults(page: Page) -> list[str]:
    found = Axe().run(page, options={"preload": False}).response["violations"]
    return [f"{fault['id']}: {node['html']}" for fault in found for node in fault["nodes"]]


def test_texts_are_shown_as_they_were_written(opened: Page) -> None:
    heading = opened.get_by_role("heading", level=1)
    expect(heading).to_have_text("L’essai\u00a0: vingt secondes, tout compris & <vite>")
    expect(opened.locator(".objective strong")).to_have_text("tout vu")
    assert opened.evaluate("document.documentElement.lang") == "fr"
    link = opened.locator(".further a").get_attribute("href")
    assert link == "https://formation.example/essai?a=1&b=2"


def test_nothing_moves_when_the_scripts_have_run(opened: Page, browser: Browser) -> None:
    places = """() => [...document.querySelectorAll(".parts button, .gauge, .tools, textarea")]
      .map((e) => e.getBoundingClientRect()).map(({ x, y, width }) => [x, y, width])"""
    size = opened.viewport_size
    with browser.new_context(viewport=size, java_script_enabled=False) as bare:
        before = bare.new_page()
        before.goto(opened.url)
        assert before.evaluate(places) == opened.evaluate(places)


def test_captions_come_from_the_page(opened: Page) -> None:
    track = "document.getElementById('film').textTracks[0]"
    assert opened.evaluate(f"[{track}.mode, {track}.kind, {track}.language]") == [
        "showing",
        "captions",
        "fr",
    ]
    assert opened.evaluate(f"{track}.cues[0].text") == "Bonjour."
    captions = opened.locator("#captions")
    captions.click()
    expect(captions).to_have_attribute("aria-pressed", "false")
    assert opened.evaluate(f"{track}.mode") == "hidden"
    opened.reload()
    expect(captions).to_have_attribute("aria-pressed", "false")


def test_the_transcript_moves_the_film_and_follows_it(opened: Page, film_reaches: Reaches) -> None:
    line = opened.get_by_role("button", name="On essaie.")
    line.click()
    expect(line).to_have_attribute("aria-current", "true")
    expect(opened.locator(".parts .message button")).to_have_attribute("aria-current", "true")
    assert 10 <= position(opened) < 14
    film_reaches(opened, position(opened) + 0.3)
    shown = "[...document.getElementById('film').textTracks[0].activeCues].map((cue) => cue.text)"
    (cue,) = opened.evaluate(shown)
    assert "On essaie." in cue
    opened.locator(".parts .intro button").click()
    expect(opened.get_by_role("button", name="Bonjour.")).to_have_attribute("aria-current", "true")


def test_what_was_skipped_was_not_watched(opened: Page, play: Play) -> None:
    opened.locator(".parts .debrief button").click()
    play(opened)
    opened.locator("[name=discussed]").check()
    expect(opened.locator(".parts .debrief .seen")).to_contain_text("100")
    expect(opened.locator(STANDING)).not_to_have_class("standing done")
    expect(opened.locator("#need-questions")).to_have_class("done")
    expect(opened.locator("#need-film")).not_to_have_class("done")


def test_completion_takes_the_film_and_the_questions(opened: Page, play: Play) -> None:
    play(opened)
    expect(opened.locator("#need-film")).to_have_class("done")
    expect(opened.locator(STANDING)).not_to_have_class("standing done")
    answer = opened.get_by_role("textbox")
    answer.fill("   ")
    expect(opened.locator(STANDING)).not_to_have_class("standing done")
    answer.fill("Le <b>tri</b> & la « liste » 🙂")
    expect(opened.locator(STANDING)).to_have_class("standing done")
    expect(opened.get_by_role("status")).not_to_be_empty()

    opened.reload()
    expect(answer).to_have_value("Le <b>tri</b> & la « liste » 🙂")
    answer.fill("")
    expect(opened.locator(STANDING)).to_have_class("standing done")


def test_it_resumes_where_it_was_left(opened: Page, film_reaches: Reaches) -> None:
    opened.get_by_role("button", name="On essaie.").click()
    film_reaches(opened, 12)
    opened.evaluate("document.getElementById('film').pause()")
    left = position(opened)
    opened.reload()
    film_reaches(opened, 11)
    assert position(opened) == pytest.approx(left, abs=0.3)
    expect(opened.get_by_role("status")).to_contain_text("0:1")


def test_answers_can_be_erased_from_a_shared_computer(opened: Page) -> None:
    opened.get_by_role("textbox").fill("Pour moi seul")
    opened.on("dialog", lambda dialog: dialog.accept())
    with opened.expect_navigation():
        opened.locator("#forget").click()
    expect(opened.get_by_role("textbox")).to_have_value("")
    assert opened.evaluate("localStorage.length") == 0


def test_what_another_version_left_does_not_break_it(opened: Page) -> None:
    rubbish = '{"watched": [[5], ["a", 2], [3, 4]], "answers": {"question-1": 7}, "position": "x"}'
    rubbish = f'{{"snapshot": {rubbish}}}'
    opened.context.add_init_script(
        f"localStorage.setItem('capsule:https://formation.example/capsules/essai', '{rubbish}')"
    )
    opened.reload()
    opened.wait_for_selector("html[data-ready]")
    expect(opened.locator("#need-film")).to_contain_text("5")
    expect(opened.get_by_role("textbox")).to_have_value("")


def test_the_keyboard_alone_goes_through_it_all(opened: Page) -> None:
    def focused() -> str:
        return str(
            opened.evaluate(
                "(document.activeElement.id || document.activeElement.name"
                " || document.activeElement.className || document.activeElement.textContent).trim()"
            )
        )

    opened.keyboard.press("Tab")
    assert focused() == "skip"
    opened.keyboard.press("Enter")
    opened.keyboard.press("Tab")
    seen = [focused()]
    while seen[-1] != "forget" and len(seen) < 60:
        opened.keyboard.press("Tab")
        seen.append(focused())
        ring = "getComputedStyle(document.activeElement).outlineStyle"
        if seen[-1] != "film":  # whose controls are the browser's own
            assert opened.evaluate(ring) == "solid", seen[-1]
    assert "question-1-text" in seen
    assert "discussed" in seen
    assert "captions" in seen
    assert seen.count("Bonjour.") == 1
    assert "On essaie." not in seen  # the arrows' business

    opened.locator("#transcript [tabindex='0']").focus()
    opened.keyboard.press("ArrowDown")
    opened.keyboard.press("End")
    opened.keyboard.press("ArrowUp")
    chosen = focused()
    opened.keyboard.press("Enter")
    expect(opened.locator("#transcript [aria-current]")).to_have_text(chosen)
    opened.locator("[name=discussed]").focus()
    opened.keyboard.press("Space")
    expect(opened.locator("#need-questions")).to_have_class("done")


def test_nobody_is_kept_out(opened: Page, play: Play) -> None:
    assert axe_faults(opened) == []
    opened.get_by_role("textbox").fill("Une réponse")
    play(opened)
    expect(opened.locator(STANDING)).to_have_class("standing done")
    for width in (320, 650, 1280):
        opened.set_viewport_size({"width": width, "height": 640})
        assert opened.evaluate("document.documentElement.scrollWidth") == width
        assert axe_faults(opened) == []


def test_a_film_that_cannot_be_read_is_said(
    package: Package, page: Page, faults: list[str]
) -> None:
    folder = package("web")
    (folder / "media" / "essai.mp4").write_bytes(b"")
    page.goto((folder / "index.html").as_uri())
    expect(page.get_by_role("alert")).to_be_visible()
    faults.clear()
