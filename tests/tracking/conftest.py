"""What the tests of tracking begin with."""

import shutil
from pathlib import Path

import pytest

from ..real_lrs import ralph, ralph_bin, ralph_file, running_ralph, xapi_faults

__all__ = ["ralph", "ralph_bin", "ralph_file", "running_ralph", "xapi_faults"]

ROOT = Path(__file__).parents[2]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The folder of a small capsule, nothing imported yet."""
    folder = tmp_path / "capsule"
    shutil.copytree(ROOT / "tests" / "capsules" / "small", folder)
    return folder
