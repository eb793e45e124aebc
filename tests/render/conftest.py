"""Decks as the tool builds them."""

import subprocess
import sys
from pathlib import Path

import pytest

SMALL = Path(__file__).parent.parent / "capsules" / "small"


@pytest.fixture
def small_deck(tmp_path: Path) -> Path:
    """The deck of the small capsule, with its film."""
    build = ["-m", "capsule", "build", str(SMALL), "--only", "deck", "-o", str(tmp_path)]
    subprocess.run([sys.executable, *build], check=True, capture_output=True)
    return tmp_path / "essai.pptx"
