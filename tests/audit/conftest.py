"""A deck of the tool's, whole, to which one harm at a time is done."""

import gettext
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import imageio_ffmpeg
import pytest

from capsule import layout, model, plan
from capsule.render import deck, frames
from capsule.theme import HOUSE

from .harms import Change

WORDS = gettext.NullTranslations()


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory, small_plan: plan.Plan) -> deck.Film:
    """A second of bars that are heard, with captions."""
    path = tmp_path_factory.mktemp("heard") / "intro.mp4"
    seen = ["-f", "lavfi", "-i", "testsrc=size=320x180:duration=1:rate=25"]
    heard = ["-f", "lavfi", "-i", "sine=duration=1"]
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", *seen, *heard]
    subprocess.run([*command, "-pix_fmt", "yuv420p", path], check=True)
    poster = frames.png(layout.film_pages(small_plan, HOUSE, WORDS, None)[0])
    return deck.Film(path, 10, poster, "WEBVTT\n\n00:00.000 --> 00:01.000\nBonjour\n")


@pytest.fixture(scope="session")
def write(small: model.Capsule) -> Callable[[Path, deck.Film], None]:
    """A function that writes the small capsule's deck, with a film, the title first."""
    bare = model.Deck(manual="none")
    small_plan = plan.make(small.model_copy(update={"deck": bare}))

    def written(target: Path, film: deck.Film) -> None:
        deck.write(
            target,
            layout.deck_pages(small_plan, HOUSE, WORDS, None),
            HOUSE,
            film,
            title=small_plan.capsule.title,
            author="Essai",
            parts=layout.part_names(WORDS),
        )

    return written


@pytest.fixture(scope="session")
def whole(
    tmp_path_factory: pytest.TempPathFactory,
    film: deck.Film,
    write: Callable[[Path, deck.Film], None],
) -> Path:
    """The small capsule's deck."""
    target = tmp_path_factory.mktemp("whole") / "deck.pptx"
    write(target, film)
    return target


@pytest.fixture
def harmed(tmp_path: Path, whole: Path) -> Callable[[Change], Path]:
    """A function that writes the deck with its parts changed."""

    def harm(change: Change) -> Path:
        with zipfile.ZipFile(whole) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        change(parts)
        target = tmp_path / "harmed.pptx"
        with zipfile.ZipFile(target, "w") as archive:
            for name, data in parts.items():
                archive.writestr(name, data)
        return target

    return harm
