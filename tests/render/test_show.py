"""The deck shown by Impress on a virtual screen, watched on screenshots."""

import os
import signal
import subprocess
import time
import wave
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageGrab, ImageStat

from capsule import layout, plan, resources
from capsule.layout import boxes
from capsule.render import frames
from capsule.theme import HOUSE

SIZE = (1280, 720)
SUN, INK, ALARM = (tuple(bytes.fromhex(c)) for c in (HOUSE.accent, HOUSE.ink, HOUSE.alarm))
RATE = 11025
RING = 14_000  # pixels, at least, of the countdown once it is full
COARSE = 8  # pixels of the screen in one of those compared: a scene lasts a second or two


class Known(NamedTuple):
    """Where the film is on its slide, in pixels, and its scenes at that size, coarsely."""

    place: tuple[int, int, int, int]
    pages: list[Image.Image]


class Show:
    """A running slide show."""

    def __init__(self, display: str, env: dict[str, str]) -> None:
        self._display, self._env = display, env

    def seen(self) -> Image.Image:
        return ImageGrab.grab(xdisplay=self._display).convert("RGB")

    def press(self, key: str) -> None:
        subprocess.run(["xdotool", "key", key], env=self._env, check=True)

    @contextmanager
    def heard(self, file: Path) -> Iterator[None]:
        """Record what is played meanwhile: 16 bits, one channel, `RATE`."""
        shape = ["--format=s16le", "--channels=1", f"--rate={RATE}", "--latency-msec=50"]
        with running("parec", "--device=null.monitor", *shape, str(file), env=self._env):
            wait_for(lambda: file.exists() and file.stat().st_size > 0)
            yield

    def wait(self, until: Callable[[Image.Image], bool], seconds: float = 90) -> Image.Image:
        deadline = time.monotonic() + seconds
        while not until(picture := self.seen()):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        return picture

    def settled(self) -> Image.Image:
        """The page that stays: a key pressed while a transition runs would only end that."""
        last, since = self.seen(), time.monotonic()

        def stays(seen: Image.Image) -> bool:
            nonlocal last, since
            if ImageChops.difference(seen, last).getbbox():
                last, since = seen, time.monotonic()
            return time.monotonic() - since > 1

        return self.wait(stays)


def wait_for(what: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.1)


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
            shown.wait(lambda seen: seen.getpixel((20, 690)) == INK)  # the title, not the manual
            yield shown


@pytest.mark.slow
def test_impress_plays_the_film_and_turns_the_ring(show: Show, small_plan: plan.Plan) -> None:
    _film_slide(show)
    scenes = _scenes(show, small_plan)
    scenes = scenes[scenes.index(0) :]  # before it, the poster shows the second scene
    assert scenes == sorted(scenes)
    assert len(set(scenes)) >= 2, scenes  # nobody clicked on the film
    show.press("Right")
    show.wait(lambda seen: seen.getpixel((20, 20)) == (250, 247, 242))
    message = show.settled()
    show.press("Right")
    show.wait(lambda seen: _differs(seen, message) > 5 and seen.getpixel((860, 580)) == INK)
    turning = [_coloured(show.settled(), SUN)]
    show.press("Right")  # starts the countdown
    deadline = time.monotonic() + 20
    while _coloured(seen := show.seen(), ALARM) < RING and time.monotonic() < deadline:
        turning.append(_coloured(seen, SUN))
    assert turning[0] < RING / 10
    assert max(turning) >= RING / 2
    assert _coloured(seen, ALARM) >= RING
    assert len({amount for amount in turning if amount > RING / 10}) >= 3, turning


@pytest.mark.slow
@pytest.mark.parametrize("small_deck", ["film: click, gong: true"], indirect=True)
def test_impress_plays_the_film_on_a_key_and_rings_the_gong(
    show: Show, small_plan: plan.Plan, tmp_path: Path
) -> None:
    # Impress starts any film with its slide: what can be seen is that a key plays it there.
    known = _known(small_plan)
    _film_slide(show)
    show.wait(lambda seen: _scene(seen, known) == 4)
    time.sleep(4)  # to its end: a busy GStreamer, sent back while it plays, may stay on a picture
    show.press("Right")
    show.wait(lambda seen: _scene(seen, known) in (0, 2))  # again; the poster shows scene 1
    show.press("Right")  # ends the film that a key has started
    time.sleep(4)
    if show.seen().getpixel((20, 20)) == INK:
        show.press("Right")
    show.wait(lambda seen: seen.getpixel((20, 20)) == (250, 247, 242))
    show.settled()
    show.press("Right")
    show.wait(lambda seen: seen.getpixel((860, 580)) == INK)
    show.settled()
    with show.heard(tmp_path / "heard.raw"):
        began = (tmp_path / "heard.raw").stat().st_size / 2 / RATE
        show.press("Right")
        show.wait(lambda seen: _coloured(seen, ALARM) > RING)
        time.sleep(3)
    sound = np.fromfile(tmp_path / "heard.raw", np.int16).astype(float)
    late = _rings(sound) - began - small_plan.questions[0].duration
    assert -1 < late < 8  # a busy machine takes its time from the key to the first second


def _film_slide(show: Show) -> None:
    show.settled()
    show.press("Right")
    show.wait(lambda seen: seen.getpixel((1270, 10)) == INK)


def _rings(sound: NDArray[np.float64]) -> float:
    """The second at which the gong is first heard; it must be the gong that rings."""
    blocks = sound[: len(sound) // 1000 * 1000].reshape(-1, 1000)
    loud = np.flatnonzero(np.abs(blocks).max(axis=1) > 1000)
    assert len(loud), "nothing is heard"
    start = int(loud[0]) * 1000
    with wave.open(str(resources.media() / "sounds" / "gong.wav")) as file:
        rung = np.frombuffer(file.readframes(2 * RATE), np.int16)
    spectra = [np.abs(np.fft.rfft(part, 2 * RATE)) for part in (sound[start:][: 2 * RATE], rung)]
    assert np.corrcoef(spectra)[0, 1] > 0.5  # the sound of a busy machine has holes
    return start / RATE


def _scenes(show: Show, made: plan.Plan) -> list[int]:
    """Which scenes of the intro are seen, one after the other, on the film's slide."""
    seen, known = list[int](), _known(made)
    for _moment in range(made.parts[0].duration * 4):
        scene = _scene(show.seen(), known)
        if scene is not None:
            seen.append(scene)
        time.sleep(0.2)
    return seen


def _scene(seen: Image.Image, known: Known) -> int | None:
    """Which scene of the intro the film's slide shows, if it is one that is all there."""
    film = seen.crop(known.place).reduce(COARSE)
    differences = [_differs(film, page) for page in known.pages]
    return differences.index(min(differences)) if min(differences) < 30 else None


def _known(made: plan.Plan) -> Known:
    words = resources.words("fr")
    slide = next(p for p in layout.deck_pages(made, HOUSE, words, None) if p.id == "intro")
    (film,) = (box for box in slide.boxes if isinstance(box, boxes.Movie))
    left, top, right, foot = (
        round(96 * at) for at in (film.x, film.y, film.x + film.w, film.y + film.h)
    )
    pages = layout.film_pages(made, HOUSE, words, None)[: len(made.parts[0].scenes)]
    size = (right - left, foot - top)
    drawn = [frames.draw(page).resize(size).reduce(COARSE) for page in pages]
    return Known((left, top, right, foot), drawn)


def _differs(picture: Image.Image, other: Image.Image) -> float:
    return sum(ImageStat.Stat(ImageChops.difference(picture, other)).mean)


def _coloured(picture: Image.Image, colour: tuple[int, ...]) -> int:
    """How many pixels have the colour of the countdown's ring, or of its end."""
    near = ImageChops.difference(picture, Image.new("RGB", picture.size, colour)).convert("L")
    return near.histogram()[0] + near.histogram()[1]
