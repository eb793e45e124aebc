"""Sound packages of each format, small, as their files."""

import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from capsule import resources
from capsule.builds.packages import PACKAGERS
from capsule.plan import Plan
from capsule.render import player

from .packages import Files, Sound, Zipped

Made = Callable[[Plan, player.Channel], Files]


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """A function that gives the files of the tool's own package for a plan and a channel."""
    film = tmp_path_factory.mktemp("film") / "film.mp4"
    film.write_bytes(b"no film")

    def make(plan: Plan, channel: player.Channel) -> Files:
        bundle = player.bundle(
            plan,
            resources.words("fr"),
            film=film,
            poster=b"no picture",
            transcript_html="<!doctype html><title>Transcription</title>",
            channel=channel,
        )
        bundle["media/été 2026.png"] = b"no picture"  # a name that addresses must encode
        entries: Mapping[str, bytes | Path] = (
            bundle if channel == "web" else PACKAGERS[channel](bundle, plan)
        )
        return Files((n, c if isinstance(c, bytes) else c.read_bytes()) for n, c in entries.items())

    return make


@pytest.fixture(scope="session")
def sound(small_plan: Plan, made: Made) -> Sound:
    """The files of a sound package for each format."""
    return {package: made(small_plan, package) for package in PACKAGERS}


@pytest.fixture
def zipped(tmp_path: Path) -> Zipped:
    """A function that writes files as a zip."""

    def write(files: Files, name: str = "package.zip") -> Path:
        with zipfile.ZipFile(tmp_path / name, "w", zipfile.ZIP_DEFLATED) as archive:
            for file, content in files.items():
                archive.writestr(file, content)
        return tmp_path / name

    return write
