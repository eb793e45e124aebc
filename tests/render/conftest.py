"""Decks as the tool builds them."""

import subprocess
import sys
from pathlib import Path

import pytest

SMALL = Path(__file__).parent.parent / "capsules" / "small"


def built(folder: Path, settings: str = "") -> Path:
    """The deck of the small capsule, with its film; `settings` is what it says under `deck:`."""
    source = (SMALL / "capsule.yaml").read_text(encoding="utf-8")
    (folder / "capsule.yaml").write_text(f"{source}\ndeck: {{{settings}}}\n", encoding="utf-8")
    build = ["-m", "capsule", "build", str(folder), "--only", "deck", "-o", str(folder)]
    subprocess.run([sys.executable, *build], check=True, capture_output=True)
    return folder / "essai.pptx"


@pytest.fixture
def small_deck(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """The deck of the small capsule; a test may say what stands under `deck:`."""
    return built(tmp_path, getattr(request, "param", ""))
