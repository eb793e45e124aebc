"""Decks as the tool builds and writes them, and pictures held to goldens."""

import subprocess
import sys
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import numpy as np
import pytest
from PIL import Image
from pptx import Presentation

from capsule import layout, plan, source
from capsule.render import deck, frames
from capsule.theme import HOUSE

from .decks import AWKWARD, CAPTIONS, WORDS, Deck, write_deck

GOLDENS = Path(__file__).parent.parent / "golden"
CAPSULES = Path(__file__).parent.parent / "capsules"
SMALL = CAPSULES / "small"


def built(folder: Path, settings: str = "") -> Path:
    """The deck of the small capsule, with its film; `settings` is what it says under `deck:`."""
    source = (SMALL / "capsule.yaml").read_text(encoding="utf-8")
    (folder / "capsule.yaml").write_text(f"{source}\ndeck: {{{settings}}}\n", encoding="utf-8")
    build = ["-m", "capsule", "build", str(folder), "--only", "deck", "--size", "720p"]
    subprocess.run([sys.executable, *build, "-o", str(folder)], check=True, capture_output=True)
    return folder / "essai.pptx"


@pytest.fixture
def small_deck(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """The deck of the small capsule; a test may say what stands under `deck:`."""
    return built(tmp_path, getattr(request, "param", ""))


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory, small_plan: plan.Plan) -> deck.Film:
    """Two seconds of bars, silent, with captions."""
    path = tmp_path_factory.mktemp("film") / "intro.mp4"
    pattern = ["-f", "lavfi", "-i", "testsrc=size=320x180:duration=2:rate=25"]
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", *pattern]
    subprocess.run([*command, "-pix_fmt", "yuv420p", path], check=True)
    poster = frames.png(layout.film_pages(small_plan, HOUSE, WORDS, None)[0])
    return deck.Film(path, 10, poster, CAPTIONS)


@pytest.fixture(scope="session")
def plans(starter_plan: plan.Plan, small_plan: plan.Plan) -> dict[str, plan.Plan]:
    """What is long, short, or many, by name."""
    others = {name: plan.make(source.load(CAPSULES / name).capsule) for name in AWKWARD}
    return {"starter": starter_plan, "small": small_plan, **others}


@pytest.fixture(scope="session")
def deck_of(
    tmp_path_factory: pytest.TempPathFactory, plans: dict[str, plan.Plan], film: deck.Film
) -> Deck:
    """A function that gives the deck of one of the plans, all in one folder."""
    folder = tmp_path_factory.mktemp("decks")

    @cache
    def written(name: str) -> Path:
        write_deck(folder / f"{name}.pptx", plans[name], film)
        return folder / f"{name}.pptx"

    return written


@pytest.fixture(scope="session")
def starter_deck(deck_of: Deck) -> Any:
    """The starter's deck, read by python-pptx; not to be changed."""
    return Presentation(str(deck_of("starter")))


@pytest.fixture
def held_to_goldens(
    tmp_path: Path, request: pytest.FixtureRequest
) -> Callable[[str, Mapping[str, Image.Image], int], None]:
    """Compare pictures to those of a folder of goldens, of the same names and so many pixels wide.

    With --refresh-goldens they take their places: look before keeping.
    """
    refresh = request.config.getoption("--refresh-goldens")

    def held(folder: str, pictures: Mapping[str, Image.Image], wide: int) -> None:
        kept = GOLDENS / folder
        found = []
        for name, picture in pictures.items():
            size = (wide, wide * 9 // 16)
            drawn = picture.convert("RGB").resize(size, Image.Resampling.BOX)
            if refresh:
                small = drawn.quantize(_COLOURS, dither=Image.Dither.NONE)
                small.save(kept / f"{name}.png", optimize=True)
            if apart := _apart(drawn, kept / f"{name}.png"):
                drawn.save(tmp_path / f"{name}.png")
                found.append(f"{apart}; now it is {tmp_path / name}.png")
        assert not found, "\n".join(found)
        assert {path.stem for path in kept.glob("*.png")} == {*pictures}
        assert sum(path.stat().st_size for path in kept.iterdir()) < 300_000

    return held


_PIECES = 16  # columns of pieces, each compared with a tolerance of its own
_COLOURS = 192
_DRIFT, _PIECE_DRIFT = 0.6, 5.0  # of 255: versions of FreeType, the palette of the goldens


def _apart(drawn: Image.Image, golden: Path) -> str:
    """What tells `drawn` from `golden`; nothing if they are alike."""
    with Image.open(golden) as kept:
        before = np.asarray(kept.convert("RGB")).astype(np.int16)
    apart = np.abs(np.asarray(drawn) - before).mean(axis=2)
    side = drawn.width // _PIECES
    pieces = apart.reshape(drawn.height // side, side, _PIECES, side).mean(axis=(1, 3))
    if apart.mean() <= _DRIFT and pieces.max() <= _PIECE_DRIFT:
        return ""
    row, column = np.unravel_index(pieces.argmax(), pieces.shape)
    x, y = (float(place + 0.5) * 13.333 / _PIECES for place in (column, row))
    return (
        f"{golden.stem}: {apart.mean():.2f} of 255 apart, {pieces.max():.0f} around "
        f"{x:.1f} x {y:.1f} inches"
    )
