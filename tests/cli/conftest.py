import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import chdir
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from capsule.cli import capsule
from capsule.cli.tracking import track

SMALL = Path(__file__).parents[1] / "capsules" / "small"


@pytest.fixture(scope="session")
def run() -> Callable[..., Result]:
    """What `capsule` does in a folder, in this process; it must end with `code`, as it means to."""

    def command(folder: Path, *arguments: str, code: int = 0) -> Result:
        with chdir(folder):
            done = CliRunner().invoke(capsule, arguments, prog_name="capsule")
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        assert done.exit_code == code, done.stderr
        return done

    return command


@pytest.fixture(scope="session")
def typed() -> Callable[..., subprocess.CompletedProcess[str]]:
    """`capsule` as one types it in a folder; it must end with `code`, without a traceback."""

    def command(folder: Path, *arguments: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, "-m", "capsule", *arguments],
            cwd=folder,
            env={**os.environ, "LANGUAGE": "en", "PYTHONUTF8": "1"},
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == code, done.stderr
        assert "Traceback" not in done.stderr
        return done

    return command


def tracked(*words: str, typed: str = "") -> Result:
    """What `capsule track` does in the current folder, in this process."""
    return CliRunner().invoke(track, words, input=typed)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder: a small capsule; the environment names no LRS and no store."""
    folder = tmp_path / "capsule"
    shutil.copytree(SMALL, folder)
    monkeypatch.chdir(folder)
    for name in [name for name in os.environ if name.startswith("CAPSULE_")]:
        monkeypatch.delenv(name)
    return folder
