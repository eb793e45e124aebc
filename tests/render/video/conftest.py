import subprocess
from collections.abc import Callable
from pathlib import Path

import imageio_ffmpeg
import pytest

from capsule import plan, resources
from capsule.cache import Cache
from capsule.crew import Crew
from capsule.layout import film_pages
from capsule.layout.boxes import Page
from capsule.render import captions, video
from capsule.theme import HOUSE

PARTS = ("intro", "message", "debrief")
WORDS = resources.words("fr")
Make = Callable[..., Path]


@pytest.fixture(scope="session")
def small_pages(small_plan: plan.Plan) -> tuple[Page, ...]:
    return film_pages(small_plan, HOUSE, WORDS, None)


@pytest.fixture(scope="session")
def progress() -> list[tuple[float, str]]:
    """What `footage` told of its progress."""
    return []


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Cache:
    """The cache that has the segments of `footage`, and its film."""
    return Cache(tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="session")
def footage(
    small_plan: plan.Plan,
    small_pages: tuple[Page, ...],
    progress: list[tuple[float, str]],
    cache: Cache,
    tmp_path_factory: pytest.TempPathFactory,
) -> video.Footage:
    """The segments and the sound of the small capsule."""
    with Crew(2) as crew:
        return video.render(
            small_plan,
            small_pages,
            tmp_path_factory.mktemp("footage"),
            material=video.Material(),
            quality=video.Quality(),
            parts=PARTS,
            cache=cache,
            crew=crew,
            progress=lambda share, made: progress.append((share, made)),
        )


@pytest.fixture(scope="session")
def film(
    small_plan: plan.Plan, footage: video.Footage, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The film of the small capsule, 20 seconds."""
    target = tmp_path_factory.mktemp("film") / "l'essai été.mp4"
    video.assemble(
        footage,
        target,
        title=small_plan.capsule.title,
        language="fr",
        chapters=video.chapters(small_plan, WORDS),
        captions=captions.vtt(small_plan.cues),
    )
    return target


@pytest.fixture(scope="session")
def make(tmp_path_factory: pytest.TempPathFactory) -> Make:
    """Make a video with FFmpeg: its options, without the program and the target."""
    folder = tmp_path_factory.mktemp("vidéos d'un centre")

    def made(name: str, *options: str) -> Path:
        target = folder / name
        program = imageio_ffmpeg.get_ffmpeg_exe()
        subprocess.run([program, "-v", "error", "-y", *options, str(target)], check=True)
        return target

    return made
