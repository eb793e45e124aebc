"""Pages as they were when someone last looked at them.

`pytest tests/render/test_goldens.py --refresh-goldens` draws them again: look before keeping.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from PIL import Image

from capsule import model, plan, resources
from capsule.layout import film_pages
from capsule.layout.boxes import Page
from capsule.render import frames
from capsule.theme import HOUSE


def named(pages: tuple[Page, ...], of: str) -> dict[str, tuple[Page, float]]:
    """Each page at its last picture, when all has come in."""
    return {f"{of}-{page.id}": (page, (page.seconds or 0) - 0.04) for page in pages}


@pytest.fixture(scope="module")
def shown(starter: model.Capsule, small: model.Capsule) -> dict[str, tuple[Page, float]]:
    words = resources.words("fr")
    film = starter.film.model_copy(update={"captions": "burned"})
    session = {"film": film, "session": "Cadres de proximité · 12 mars"}
    drawn = {
        name: film_pages(plan.make(capsule), HOUSE, words, None)
        for name, capsule in {
            "starter": starter,
            "small": small,
            "burned": starter.model_copy(update=session),
        }.items()
    }
    pages = {**named(drawn["starter"], "starter"), **named(drawn["small"], "small")}
    running = next(page for page in drawn["starter"] if page.id == "question-1")
    burned = {page.id: page for page in drawn["burned"]}
    return pages | {
        "starter-question-1-running": (running, 45.0),
        "burned-intro-1": (burned["intro-1"], 8.0),
        "burned-intro-4": (burned["intro-4"], 12.0),
        "burned-message": (burned["message"], 3.0),
    }


def test_pages_look_as_they_did(
    shown: dict[str, tuple[Page, float]],
    held_to_goldens: Callable[[str, Mapping[str, Image.Image], int], None],
) -> None:
    drawn = {name: frames.draw(page, at) for name, (page, at) in shown.items()}
    held_to_goldens("frames", drawn, 320)
