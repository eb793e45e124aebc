"""The player for everyone: each of its states by axe, by its names, enlarged, in forced colours."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from capsule import look, model, resources
from capsule.plan import make
from capsule.render import player

Play = Callable[[Page], None]
Open = Callable[..., Page]

# An LMS that takes what it is given, and may be told to refuse: a fault that scorm-again has not.
LMS = """window.API = {
  values: {}, up: true,
  LMSInitialize: () => "true", LMSFinish: () => "true", LMSGetLastError: () => "0",
  LMSGetValue(name) { return this.values[name] ?? ""; },
  LMSSetValue(name, value) { this.values[name] = value; return String(this.up); },
  LMSCommit() { return String(this.up); },
};"""
SPACING = """* { line-height: 1.5 !important; letter-spacing: .12em !important;
  word-spacing: .16em !important; } p { margin-bottom: 2em !important; }"""


@pytest.fixture
def opened(small: model.Capsule, film: Path, poster: bytes, tmp_path: Path, page: Page) -> Open:
    """Opens the player of a capsule changed by `changes`, for a channel."""

    def show(
        channel: player.Channel = "web", look_: model.Look | None = None, **changes: Any
    ) -> Page:
        capsule = small.model_copy(update=changes)
        entries = player.bundle(
            make(capsule),
            resources.words(capsule.language),
            film=film,
            poster=poster,
            transcript_html="<!doctype html><html lang=fr><title>Transcription</title>",
            channel=channel,
            theme=look.theme(look_ or model.Look()),
        )
        for name, content in entries.items():
            file = tmp_path / "page" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content if isinstance(content, bytes) else content.read_bytes())
        page.goto((tmp_path / "page" / "index.html").as_uri())
        page.wait_for_selector("html[data-ready]")
        return page

    return show


def faults(page: Page, *but: str) -> list[str]:
    rules = {rule: {"enabled": False} for rule in but}
    options = {"preload": False, "rules": rules}
    found = Axe().run(page, options=options).response["violations"]
    return [f"{fault['id']}: {node['html']}" for fault in found for node in fault["nodes"]]


def spills(page: Page) -> list[str]:
    """What reaches out of the window's right edge."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll("main *")]
          .filter((e) => e.getClientRects().length && !e.closest(".hidden, svg")
            && e.getBoundingClientRect().right > innerWidth + 1)
          .map((e) => e.outerHTML.slice(0, 80))"""
    )
    return found


def test_on_a_platform_every_state_can_be_used(opened: Open, page: Page, play: Play) -> None:
    page.add_init_script(LMS)
    opened("scorm12")
    assert faults(page) == []
    page.evaluate("document.getElementById('film').play()")
    page.locator("#captions").click()
    page.locator("#caption-size").select_option("larger")
    assert faults(page) == []
    page.evaluate("API.up = false")
    page.get_by_role("textbox").fill("Une réponse")
    page.get_by_role("textbox").blur()
    expect(page.get_by_role("status")).to_contain_text("connexion")
    assert faults(page) == []
    page.evaluate("API.up = true")
    play(page)
    expect(page.locator("#standing")).to_have_class("standing done")
    expect(page.get_by_role("status")).to_contain_text("Terminée")
    expect(page.locator("#saved")).to_contain_text("Enregistré")
    assert faults(page) == []


@pytest.mark.parametrize(
    ("look_", "language"),
    [
        (model.Look(mode="dark"), "fr"),
        (model.Look(colours=model.Colours(ink="0A2540", intro="#00539F", accent="#FFD100")), "en"),
    ],
    ids=["dark", "blue, English"],
)
def test_in_other_colours_and_in_english(
    opened: Open, page: Page, play: Play, look_: model.Look, language: str
) -> None:
    opened(look_=look_, language=language)
    assert faults(page) == []
    play(page)
    page.locator("[name=discussed]").check()
    expect(page.locator("#standing")).to_have_class("standing done")
    assert faults(page) == []
    name = "Sous-titres" if language == "fr" else "Captions"
    expect(page.get_by_role("button", name=name)).to_have_attribute("aria-pressed", "true")


def test_answers_that_are_the_learner_s_own_stay_here(
    opened: Open, page: Page, small: model.Capsule
) -> None:
    page.add_init_script(LMS)
    tracking = small.tracking.model_copy(update={"answers": False})
    opened("scorm12", tracking=tracking)
    expect(page.locator("#kept")).to_contain_text("reste dans ce navigateur")
    answer = page.get_by_role("textbox")
    answer.fill("Pour moi seul")
    answer.blur()
    expect(page.locator("#need-questions")).to_have_class("done")
    expect(page.locator("#saved")).not_to_be_empty()
    assert "Pour moi seul" not in page.evaluate("JSON.stringify(API.values)")
    assert faults(page) == []
    page.on("dialog", lambda dialog: dialog.accept())
    page.locator("#forget").click()
    expect(answer).to_have_value("")
    expect(page.locator("#need-questions")).to_have_class("done")
    expect(page.locator(".room")).to_contain_text("Vous avez répondu")
    assert "Pour moi seul" not in page.evaluate("JSON.stringify(localStorage)")


def test_enlarged_or_spaced_nothing_is_cut(opened: Open, page: Page) -> None:
    opened()
    for width, height in ((320, 256), (640, 400), (650, 600), (1280, 800)):
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth") == width
        assert spills(page) == []
    page.set_viewport_size({"width": 320, "height": 640})
    # From a style sheet of the user's, which the page's policy does not concern.
    page.evaluate(
        "css => { const own = new CSSStyleSheet(); own.replaceSync(css);"
        " document.adoptedStyleSheets = [own]; }",
        SPACING,
    )
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    assert spills(page) == []
    clipped = """() => [...document.querySelectorAll("button, p, h1, h2, h3, legend, label")]
      .filter((e) => !e.classList.contains("hidden") && e.clientWidth
        && (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1))
      .map((e) => e.outerHTML.slice(0, 80))"""
    assert page.evaluate(clipped) == []


def test_what_takes_a_pointer_is_large_enough(opened: Open, page: Page) -> None:
    opened()
    page.set_viewport_size({"width": 320, "height": 640})
    small = """() => [...document.querySelectorAll("button, select, input, textarea, .tools a")]
      .filter((e) => e.getClientRects().length && !e.closest("p:not(.actions)"))
      .map((e) => [e.outerHTML.slice(0, 60), e.getBoundingClientRect()])
      .filter(([, { width, height }]) => width < 24 || height < 24).map(([html]) => html)"""
    assert page.evaluate(small) == []


def test_focus_is_not_hidden_by_what_is_said(opened: Open, page: Page) -> None:
    opened()
    page.evaluate("document.getElementById('status').textContent = 'Un message '.repeat(8)")
    for _ in range(25):
        page.keyboard.press("Tab")
        hidden = page.evaluate(
            """() => {
              const bar = document.getElementById("status").getBoundingClientRect();
              const own = document.activeElement.getBoundingClientRect();
              const within = own.top >= bar.top && own.bottom <= bar.bottom;
              return within && document.activeElement.outerHTML;
            }"""
        )
        assert not hidden


def test_in_forced_colours_states_are_still_told_apart(opened: Open, page: Page) -> None:
    page.emulate_media(forced_colors="active", reduced_motion="reduce")
    opened()
    assert page.evaluate("document.getElementById('status').offsetHeight") == 0  # nothing is said
    edge = "getComputedStyle(document.querySelector('.question')).borderLeftColor"
    open_ = page.evaluate(edge)
    page.locator("[name=discussed]").check()
    assert page.evaluate(edge) != open_
    colour = "getComputedStyle(document.getElementById('captions'), '::before').backgroundColor"
    on = page.evaluate(colour)
    page.locator("#captions").click()
    expect(page.locator("#captions")).to_have_attribute("aria-pressed", "false")
    assert page.evaluate(colour) != on
    scrolling = "getComputedStyle(document.getElementById('transcript')).scrollBehavior"
    assert page.evaluate(scrolling) == "auto"
    assert faults(page, "color-contrast") == []  # which reads the author's colours


def test_a_screen_reader_hears_each_thing_by_its_name(opened: Open, page: Page) -> None:
    opened()
    tree = page.locator("body").aria_snapshot().replace("\u00a0", " ").replace("'", "")
    for line in (
        '- link "Aller au film"',
        '- heading "Le film" [level=2]',
        '- group "Transcription"',
        '- button "Bonjour."',
        '- progressbar "Vu : 0:00 sur 0:20. Il en faut 0:16."',
        '- list "Les parties du film"',
        '- button "Sous-titres" [pressed]',
        '- combobox "Taille des sous-titres"',
        '- checkbox "Nous en avons parlé en salle"',
        '- heading "Où j’en suis" [level=2]',
        '- button "Effacer mes réponses de ce navigateur"',
    ):
        assert line in tree, tree
    levels = page.evaluate(
        "[...document.querySelectorAll('h1, h2, h3')].map((h) => Number(h.tagName[1]))"
    )
    assert levels[0] == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))
    unnamed = page.get_by_role("button", name="", exact=True)
    assert unnamed.count() == 0
