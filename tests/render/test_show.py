"""The deck shown by Impress on a virtual screen, watched on screenshots."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageGrab, ImageStat

from capsule import layout, plan, resources
from capsule.layout import boxes
from capsule.render import frames
from capsule.theme import HOUSE

SIZE = (1280, 720)
SUN, INK = tuple(bytes.fromhex(HOUSE.accent)), tuple(bytes.fromhex(HOUSE.ink))
RING = 20_000  # pixels, at least, of the countdown once it is full


class Show:
    """A running slide show."""

    def __init__(self, display: str, env: dict[str, str]) -> None:
        self._display, self._env = display, env

    def seen(self) -> Image.Image:
        return ImageGrab.grab(xdisplay=self._display).convert("RGB")

    def press(self, key: str) -> None:
        subprocess.run(["xdotool", "key", key], env=self._env, check=True)

    def wait(self, until: Callable[[Image.Image], bool], seconds: float = 30) -> Image.Image:
        deadline = time.monotonic() + seconds
        while not until(picture := self.seen()):
            assert time.monotonic() < deadline
            time.sleep(0.2)
        return picture


@contextmanager
def running(
    *command: str | Path, env: dict[str, str], pass_fds: tuple[int, ...] = ()
) -> Iterator[None]:
    """A program with all that it starts, ended with the block."""
    with subprocess.Popen(
        command,
        env=env,
        pass_fds=pass_fds,
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            yield
        finally:
            os.killpg(process.pid, signal.SIGTERM)


@pytest.fixture
def show(tmp_path: Path, small_deck: Path) -> Iterator[Show]:
    """The small capsule's deck on its first slide; films need a sink for their sound."""
    env = {**os.environ, "HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path)}
    reading, writing = os.pipe()
    screen = ["-displayfd", str(writing), "-screen", "0", f"{SIZE[0]}x{SIZE[1]}x24", "-noreset"]
    sink = ["--load=module-null-sink", "--load=module-native-protocol-unix"]
    office = ["--norestore", "--nologo", "--nofirststartwizard", "--show", str(small_deck)]
    with running("Xvfb", *screen, env=env, pass_fds=(writing,)):
        os.close(writing)
        with os.fdopen(reading) as told:
            env["DISPLAY"] = f":{told.readline().strip()}"
        with (
            running("pulseaudio", "-n", "--exit-idle-time=-1", *sink, env=env),
            running("soffice", f"-env:UserInstallation=file://{tmp_path}/lo", *office, env=env),
        ):
            shown = Show(env["DISPLAY"], env)
            shown.wait(lambda seen: seen.getpixel((1270, 10)) == (250, 247, 242), 60)
            yield shown


@pytest.mark.slow
def test_impress_plays_the_film_and_turns_the_ring(show: Show, small_plan: plan.Plan) -> None:
    show.press("Right")
    scenes = _scenes(show, small_plan)
    assert scenes == sorted(scenes)
    assert len(set(scenes)) >= 2, scenes  # nobody clicked on the film
    show.press("Right")
    message = show.wait(lambda seen: seen.getpixel((20, 20)) == (250, 247, 242))
    show.press("Right")
    show.wait(lambda seen: _differs(seen, message) > 5 and seen.getpixel((860, 580)) == INK)
    turning = [_sunny(show.seen())]
    show.press("Right")  # starts the countdown
    deadline = time.monotonic() + 20
    while turning[-1] < RING and time.monotonic() < deadline:
        turning.append(_sunny(show.seen()))
        time.sleep(0.2)
    assert turning[0] < RING / 10
    assert turning[-1] >= RING
    assert len({amount for amount in turning if amount > RING / 10}) >= 3, turning


def _scenes(show: Show, made: plan.Plan) -> list[int]:
    """Which scenes of the intro are seen, one after the other, on the film's slide."""
    words = resources.words("fr")
    pages = layout.film_pages(made, HOUSE, words, None)[: len(made.parts[0].scenes)]
    slide = layout.deck_pages(made, HOUSE, words, None)[1]
    (film,) = (box for box in slide.boxes if isinstance(box, boxes.Movie))
    place = [round(96 * at) for at in (film.x, film.y, film.x + film.w, film.y + film.h)]
    size = (place[2] - place[0], place[3] - place[1])
    known = [frames.draw(page).resize(size) for page in pages]
    seen = []
    for _moment in range(made.parts[0].duration * 4):
        picture = show.seen().crop((place[0], place[1], place[2], place[3]))
        differences = [_differs(picture, page) for page in known]
        if min(differences) < 30:
            seen.append(differences.index(min(differences)))
        time.sleep(0.2)
    return seen


def _differs(picture: Image.Image, other: Image.Image) -> float:
    return sum(ImageStat.Stat(ImageChops.difference(picture, other)).mean)


def _sunny(picture: Image.Image) -> int:
    """How many pixels have the colour of the countdown's ring."""
    near = ImageChops.difference(picture, Image.new("RGB", picture.size, SUN)).convert("L")
    return near.histogram()[0] + near.histogram()[1]
