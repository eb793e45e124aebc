"""Ten minutes of flashes and beeps, in the film as it is given out."""

from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest

from capsule import model, plan, resources
from capsule.cache import Cache
from capsule.crew import Crew, quiet
from capsule.layout import film_pages
from capsule.render import video
from capsule.render.frames import Size
from capsule.theme import HOUSE

SHOWN = 596  # seconds
SIZE = Size(320, 180)


def source(make: Callable[..., Path]) -> Path:
    """A second's flash and beep every ten seconds, at a rate that is not the film's.

    Beeps of a second have a loudness: to bring shorter ones to the film's level takes four tries.
    """
    flash = "drawbox=c=white:t=fill:enable='lt(mod(t+0.001,10),1)'"
    black = f"color=black:s=160x90:r=30:d={SHOWN + 1},{flash}"
    beep = "aevalsrc='if(lt(t,1),0.2*sin(2*PI*1000*t),0)':s=44100:d=10,aloop=-1:441000"
    beeps = f"{beep},atrim=end={SHOWN + 1}"
    inputs = ["-f", "lavfi", "-i", black, "-f", "lavfi", "-i", beeps]
    coding = ["-pix_fmt", "yuv420p", "-preset", "ultrafast", "-c:a", "aac"]
    return make("dix minutes.mp4", *inputs, *coding)


@pytest.mark.slow
def test_sound_is_in_time_with_the_picture_to_the_end(
    make: Callable[..., Path], small: model.Capsule, tmp_path: Path
) -> None:
    intro = model.Intro(title="Notre film", video="intro.mp4")
    made = plan.make(small.model_copy(update={"intro": intro}), plan.FilmedIntro(SHOWN))
    with Crew(0) as crew:  # as other tests run beside
        footage = video.render(
            made,
            film_pages(made, HOUSE, resources.words("fr"), None),
            tmp_path,
            material=video.Material(video.Clip(source(make))),
            quality=video.Quality(SIZE),
            parts=["intro"],
            cache=Cache(tmp_path / "kept"),
            crew=crew,
            progress=quiet,
        )
    film = tmp_path / "film.mp4"
    video.assemble(footage, film, title="T", language="fr", chapters=(), captions="")
    flashes, beeps = seen(film), heard(film)
    assert len(flashes) == len(beeps) == 60
    assert flashes[-1] == 590
    late = np.array(beeps) - np.array(flashes)
    assert np.abs(late).max() < 0.020
    assert late[-1] == pytest.approx(late[0], abs=0.002)


def seen(film: Path) -> list[float]:
    """The seconds at which the picture turns white."""
    with av.open(film) as container:
        light = [
            (float(frame.time or 0), int(frame.to_ndarray()[90, 160]) > 128)
            for frame in container.decode(video=0)
            if (frame.time or 0) < SHOWN
        ]
    before = [False, *(bright for _time, bright in light)]
    return [time for (time, bright), was in zip(light, before, strict=False) if bright and not was]


def heard(film: Path) -> list[float]:
    """The seconds at which beeps begin."""
    with av.open(film) as container:
        blocks = [frame.to_ndarray() for frame in container.decode(audio=0)]
    loud = np.flatnonzero(np.abs(np.concatenate(blocks, axis=1)).max(axis=0)[: SHOWN * 48000] > 0.1)
    starts = loud[np.flatnonzero(np.diff(loud, prepend=-48000) > 48000)]
    return [float(start) / 48000 for start in starts]
