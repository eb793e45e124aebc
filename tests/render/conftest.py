"""Decks as the tool builds them."""

import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

GOLDENS = Path(__file__).parent.parent / "golden"
SMALL = Path(__file__).parent.parent / "capsules" / "small"


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
