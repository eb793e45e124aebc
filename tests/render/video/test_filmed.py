"""The centre's own video, made by FFmpeg in the shapes that centres have."""

import io
import os
import sys
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from capsule import model, plan, resources
from capsule.cache import Cache
from capsule.crew import Crew
from capsule.errors import InputError
from capsule.layout import film_pages
from capsule.render import captions, video
from capsule.render.video import filmed
from capsule.theme import HOUSE

Make = Callable[..., Path]
BARS = ("-f", "lavfi", "-i", "smptebars=size={size}:rate={rate}:duration={seconds}")


def bars(size: str, rate: str, seconds: int) -> list[str]:
    return [option.format(size=size, rate=rate, seconds=seconds) for option in BARS]


def tone(seconds: float) -> list[str]:
    return ["-f", "lavfi", "-i", f"sine=frequency=440:duration={seconds}"]


@pytest.fixture(scope="module")
def classic(make: Make) -> Path:
    """Four seconds, 4:3 at 30 frames a second, with a tone."""
    return make("l'accueil.mp4", *bars("640x480", "30", 4), *tone(4), "-pix_fmt", "yuv420p")


def test_probe(classic: Path, make: Make) -> None:
    found = video.probe(classic)
    assert found.seconds == pytest.approx(4, abs=0.05)
    assert found.sound
    mute = make("muet.mkv", *bars("320x180", "24000/1001", 2))
    assert not video.probe(mute).sound


def column(frame: av.VideoFrame, x: int) -> NDArray[np.uint8]:
    picture: NDArray[np.uint8] = frame.to_ndarray(format="rgb24")[:, x].astype(np.uint8)
    return picture


@pytest.mark.parametrize(("seconds", "frozen"), [(2, 0), (6, 2)])
def test_exactly_as_long_as_planned(classic: Path, seconds: int, frozen: int) -> None:
    shown = list(filmed.pictures(classic, seconds))
    assert len(shown) == seconds * 25
    assert all((f.width, f.height, f.format.name) == (1920, 1080, "yuv420p") for f in shown[:1])
    assert len({id(frame) for frame in shown[-25 * frozen - 1 :]}) == 1
    assert column(shown[0], 100).max() < 20  # black at the sides of 4:3
    assert column(shown[0], 300).max() > 100


@pytest.mark.parametrize("angle", [90, 180, 270])
def test_a_phone_held_otherwise(make: Make, classic: Path, angle: int) -> None:
    rotation = ["-display_rotation", str(angle), "-i", str(classic), "-c", "copy"]
    turned = next(filmed.pictures(make(f"tourné {angle}.mp4", *rotation), 1))
    straight = next(filmed.pictures(classic, 1)).to_ndarray(format="rgb24")[:, 240:1680]
    expected = Image.fromarray(np.ascontiguousarray(np.rot90(straight, angle // 90)))
    wide = 1440 if angle == 180 else 810
    left = (1920 - wide) // 2
    found = turned.to_ndarray(format="rgb24")[:, left : left + wide].astype(int)
    assert np.abs(found - np.asarray(expected.resize((wide, 1080)))).mean() < 6
    assert column(turned, left - 10).max() < 20


def test_odd_shapes_fit(make: Make) -> None:
    wide = make("large.mkv", *bars("426x100", "10", 2), "-c:v", "ffv1")
    frame = next(filmed.pictures(wide, 1))
    assert (frame.width, frame.height) == (1920, 1080)
    row = frame.to_ndarray(format="rgb24")
    assert row[100].max() < 20
    assert row[540].max() > 100


def test_sound_is_resampled_and_exact(make: Make) -> None:
    short = make("court.mp4", *bars("320x240", "25", 3), *tone(1.5), "-ar", "22050", "-ac", "1")
    blocks = list(filmed.sound(short))
    heard = np.concatenate(blocks, axis=1)
    assert heard.shape[0] == 2
    assert heard.shape[1] == pytest.approx(1.5 * 48000, abs=3000)
    exact = np.concatenate(list(video.sound._exactly(blocks, 3 * 48000)), axis=1)
    assert exact.shape == (2, 144000)
    assert np.abs(exact[:, :48000]).max() > 0.05
    assert not exact[:, 100_000:].any()


@pytest.mark.parametrize(
    "data", [b"", b"not a video, " * 999, b"\x00\x00\x00\x18ftypmp42" + bytes(4000)]
)
def test_what_is_no_video_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "intro.mp4"
    path.write_bytes(data)
    with pytest.raises(InputError) as caught:
        video.probe(path)
    assert caught.value.problems[0].path == path


def test_other_files_are_refused(tmp_path: Path, make: Make, classic: Path) -> None:
    picture = tmp_path / "logo.png"
    Image.new("RGB", (40, 40)).save(picture)
    cut = tmp_path / "coupé.mp4"
    cut.write_bytes(classic.read_bytes()[: classic.stat().st_size // 2])  # its index is at the end
    for path in (picture, make("son.mp3", *tone(2)), cut, tmp_path / "absent.mp4"):
        with pytest.raises(InputError):
            video.probe(path)


def test_a_poster_is_a_picture_of_it(classic: Path) -> None:
    poster = Image.open(io.BytesIO(video.poster((), classic)))
    assert poster.size == (1920, 1080)
    assert np.asarray(poster).max() > 150


@pytest.mark.skipif(sys.platform != "linux", reason="a process chooses its cores there")
def test_cores_and_workers_change_no_byte(
    small: model.Capsule, classic: Path, tmp_path: Path
) -> None:
    intro = model.Intro(title="Notre film", video="intro.mp4")
    made = plan.make(small.model_copy(update={"intro": intro}), plan.FilmedIntro(3))
    cores = os.sched_getaffinity(0)
    try:
        for workers, some in ((1, {min(cores)}), (3, cores)):
            os.sched_setaffinity(0, some)
            folder = tmp_path / str(workers)
            folder.mkdir()
            video.render(
                made,
                (),
                folder,
                material=video.Material(classic),
                parts=("intro",),
                quality=video.Quality(),
                cache=Cache(tmp_path / "kept"),
                crew=Crew(workers),
                progress=lambda _share: None,
            )
    finally:
        os.sched_setaffinity(0, cores)
    for name in ("intro.mp4", "sound.m4a"):
        assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "3" / name).read_bytes()


def test_a_film_with_the_centres_video(small: model.Capsule, classic: Path, tmp_path: Path) -> None:
    intro = model.Intro(title="Notre film", video="intro.mp4")
    made = plan.make(small.model_copy(update={"intro": intro}), plan.FilmedIntro(5))
    words = resources.words("fr")
    footage = video.render(
        made,
        film_pages(made, HOUSE, words, None),
        tmp_path,
        material=video.Material(classic),
        parts=("intro", "message"),
        quality=video.Quality(),
        cache=Cache(tmp_path / "kept"),
        crew=Crew(2),
        progress=lambda _share: None,
    )
    target = tmp_path / "film.mp4"
    told = captions.vtt(())
    video.assemble(footage, target, title="T", language="fr", chapters=(), captions=told)
    with av.open(target) as container:
        assert container.streams.video[0].frames == 9 * 25
        shown = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)][::25]
    assert shown[2][540, 960].tolist() != shown[8][540, 960].tolist()
    with av.open(target) as container:
        heard = [f.to_ndarray() for f in container.decode(audio=0)]
    loud = np.abs(np.concatenate(heard, axis=1)).max(axis=0)
    assert loud[48000 : 3 * 48000].max() > 0.05  # the tone
    assert loud[int(4.2 * 48000) : int(4.9 * 48000)].max() < 0.01  # it has ended
    assert loud[5 * 48000 : 6 * 48000].max() > 0.05  # the message's chime
