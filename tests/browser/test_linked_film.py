"""A package that plays its film from the web: from that origin, and from no other."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from capsule import resources
from capsule.lms import scorm12
from capsule.plan import Plan
from capsule.render import player

Serve = Callable[[Path], str]
ELSEWHERE = """(address) => new Promise((resolve) => {
  const refused = ({ effectiveDirective }) => resolve(effectiveDirective);
  document.addEventListener("securitypolicyviolation", refused);
  const film = document.createElement("video");
  film.oncanplay = () => resolve("played");
  film.src = address;
})"""


@pytest.fixture
def films(film: Path, tmp_path: Path, serve: Serve) -> str:
    """The folder in which the centre hosts the film."""
    (tmp_path / "films").mkdir()
    shutil.copy(film, tmp_path / "films" / "essai.mp4")
    return serve(tmp_path / "films")


@pytest.fixture
def opened(
    films: str, small_plan: Plan, poster: bytes, tmp_path: Path, serve: Serve, page: Page
) -> Page:
    entries = scorm12.entries(
        player.bundle(
            small_plan,
            resources.words("fr"),
            film=f"{films}/essai.mp4",
            poster=poster,
            transcript_html="<!doctype html><html lang=fr><title>Transcription</title>",
            channel="scorm12",
        ),
        small_plan,
    )
    for name, content in entries.items():
        target = tmp_path / "package" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content if isinstance(content, bytes) else content.read_bytes())
    page.goto(f"{serve(tmp_path / 'package')}/index.html")
    page.wait_for_selector("html[data-ready=browser]")
    return page


def test_it_plays_seeks_and_shows_its_captions(
    opened: Page, film_reaches: Callable[[Page, float], None]
) -> None:
    opened.evaluate("document.getElementById('film').play()")
    film_reaches(opened, 0.2)
    opened.evaluate("document.getElementById('film').currentTime = 15")
    film_reaches(opened, 15.2)
    track = "document.getElementById('film').textTracks[0]"
    assert opened.evaluate(f"[{track}.mode, {track}.cues[0].text]") == ["showing", "Bonjour."]


def test_no_other_origin_may_give_one(
    opened: Page, films: str, tmp_path: Path, serve: Serve, faults: list[str]
) -> None:
    assert opened.evaluate(ELSEWHERE, f"{films}/essai.mp4") == "played"
    other = serve(tmp_path / "films")
    assert opened.evaluate(ELSEWHERE, f"{other}/essai.mp4") == "media-src"
    faults.clear()
