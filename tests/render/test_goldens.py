"""Pages as they were when someone last looked at them.

`pytest tests/render/test_goldens.py --refresh-goldens` draws them again: look before keeping.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from capsule import model, plan, resources
from capsule.layout import film_pages
from capsule.layout.boxes import Page
from capsule.render import frames
from capsule.theme import HOUSE

GOLDENS = Path(__file__).parents[1] / "golden" / "frames"
_SMALL = 320, 180
_PIECE = 20  # pixels across, of what is compared with a tolerance of its own
_COLOURS = 192
_DRIFT, _PIECE_DRIFT = 0.6, 5.0  # of 255: versions of FreeType, the palette of the goldens


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
    shown: dict[str, tuple[Page, float]], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    refresh = request.config.getoption("--refresh-goldens")
    found = [
        complaint
        for name, (page, at) in shown.items()
        for complaint in _compared(name, page, at, tmp_path, refresh=refresh)
    ]
    assert not found, "\n".join(found)
    assert {path.stem for path in GOLDENS.glob("*.png")} == {*shown}
    assert sum(path.stat().st_size for path in GOLDENS.iterdir()) < 300_000


def _compared(name: str, page: Page, at: float, folder: Path, *, refresh: bool) -> list[str]:
    drawn = frames.draw(page, at).resize(_SMALL, Image.Resampling.BOX)
    golden = GOLDENS / f"{name}.png"
    if refresh:
        drawn.quantize(_COLOURS, dither=Image.Dither.NONE).save(golden, optimize=True)
    with Image.open(golden) as kept:
        before = np.asarray(kept.convert("RGB")).astype(np.int16)
    apart = np.abs(np.asarray(drawn) - before).mean(axis=2)
    wide, high = (side // _PIECE for side in _SMALL)
    pieces = apart.reshape(high, _PIECE, wide, _PIECE).mean(axis=(1, 3))
    if apart.mean() <= _DRIFT and pieces.max() <= _PIECE_DRIFT:
        return []
    drawn.save(folder / f"{name}.png")
    row, column = np.unravel_index(pieces.argmax(), pieces.shape)
    x, y = (float(place + 0.5) * _PIECE * 13.333 / _SMALL[0] for place in (column, row))
    return [
        f"{name} at {at} s: {apart.mean():.2f} of 255 apart, {pieces.max():.0f} around "
        f"{x:.1f} x {y:.1f} inches; now it is {folder / name}.png"
    ]
