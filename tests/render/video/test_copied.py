"""A video that fits is copied: same pictures, no warning, each at its time."""

import hashlib
import subprocess
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import av
import imageio_ffmpeg
import numpy as np
import pytest

from capsule.render.frames import Size
from capsule.render.video import Chapter, copied, encode, joined, mp4
from capsule.render.video.clip import Clip
from capsule.render.video.encode import Quality

Make = Callable[..., Path]
QUALITY = Quality(Size(320, 180))
BT709 = ["-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709"]
FITTING = ["-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=4.8", "-pix_fmt", "yuv420p", *BT709]
FITTING += ["-color_range", "tv", "-c:v", "libx264", "-bf", "3", "-crf", "35"]


@pytest.fixture(scope="module")
def fitting(make: Make) -> Path:
    """120 pictures as the film wants them, with B frames, a key frame every 1.2 s."""
    return make("prêt.mp4", *FITTING, "-x264-params", "keyint=30:min-keyint=30:scenecut=0")


@pytest.fixture(scope="module")
def slide(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three seconds of slides."""
    target = tmp_path_factory.mktemp("slide") / "slide.mp4"
    dark, light = (np.full((180, 320, 3), level, np.uint8) for level in (40, 200))
    encode.stills(target, [dark] * 30 + [light] * 45, QUALITY)
    return target


def shown(path: Path) -> list[tuple[float, bytes]]:
    """The place of each picture, in pictures, and its digest."""
    with av.open(path) as container:
        return [
            (round((frame.time or 0) * 25, 3), hashlib.md5(frame.to_ndarray().tobytes()).digest())
            for frame in container.decode(video=0)
        ]


def digests(path: Path) -> list[bytes]:
    return [digest for _place, digest in shown(path)]


def complaints(path: Path) -> str:
    """What FFmpeg says when it decodes `path`."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "warning", "-xerror", "-i", str(path)]
    done = subprocess.run([*command, "-f", "null", "-"], capture_output=True, text=True, check=True)
    return done.stderr


@pytest.mark.parametrize(
    ("begin", "end", "seconds", "before", "copied_"),
    [
        (0.0, None, 4, 0, range(90)),  # the fourth group does not end in the film
        (0.0, None, 5, 0, range(120)),  # and the last picture stays
        (0.52, 4.52, 4, 17, range(30, 90)),  # encoded up to the first key frame
    ],
)
def test_what_fits_is_copied_between_its_key_frames(
    fitting: Path,
    tmp_path: Path,
    begin: float,
    end: float | None,
    seconds: int,
    before: int,
    copied_: range,
) -> None:
    target = tmp_path / "intro.mp4"
    clip = Clip(fitting, begin, end)
    assert copied.fits(clip, QUALITY, seconds)
    assert copied.write(clip, QUALITY, seconds, target)
    assert [place for place, _digest in shown(target)] == list(range(seconds * 25))
    part = digests(target)[before : before + len(copied_)]
    assert part == digests(fitting)[copied_.start : copied_.stop]
    assert complaints(target) == ""


def test_a_film_of_copied_and_drawn_pictures(fitting: Path, slide: Path, tmp_path: Path) -> None:
    intro, film, sound = (tmp_path / name for name in ("intro.mp4", "film.mp4", "sound.m4a"))
    assert copied.write(Clip(fitting, 0.52), QUALITY, 4, intro)
    tone = ["-f", "lavfi", "-i", "sine=d=14", "-c:a", "aac", str(sound)]
    subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", *tone], check=True)
    pieces = [(slide, 3), (intro, 4), (slide, 3), (intro, 4)]
    assert not joined.alike([slide, intro])
    mp4.join(
        pieces,
        sound,
        film,
        title="T",
        language="fr",
        chapters=[Chapter("A", 0, 3), Chapter("B", 3, 14)],
        captions="WEBVTT\n\n00:01.000 --> 00:02.000\nOui\n",
    )
    assert complaints(film) == ""
    assert [place for place, _digest in shown(film)] == list(range(14 * 25))
    assert digests(film) == 2 * (digests(slide) + digests(intro))
    with av.open(film) as container:
        packets = [packet for packet in container.demux(video=0) if packet.pts is not None]
        times = [packet.dts for packet in packets if packet.dts is not None]
        assert sorted(set(times)) == times
        keys = [(packet.pts or 0) / 512 for packet in packets if packet.is_keyframe]
    assert all(after - before <= 50 for before, after in pairwise(keys))


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("30.mp4", ["-r", "30"]),
        ("grand.mp4", ["-s", "640x360"]),
        ("anamorphose.mp4", ["-vf", "setsar=4/3"]),
        ("rare.mp4", ["-g", "75"]),
        ("10 bits.mp4", ["-pix_fmt", "yuv420p10le"]),
        ("large.mp4", ["-color_range", "pc"]),
        ("601.mp4", ["-colorspace", "smpte170m"]),
        ("hevc.mp4", ["-c:v", "libx265", "-x265-params", "log-level=none"]),
        ("flux.ts", []),
        ("numéro.mp4", ["-x264-params", "sps-id=1"]),
        ("lourd.mp4", ["-crf", "5"]),
        ("variable.mp4", ["-vf", r"select=not(eq(n\,40))", "-fps_mode", "vfr"]),
    ],
)
def test_what_does_not_fit_is_left_to_the_encoder(
    make: Make, tmp_path: Path, name: str, options: list[str]
) -> None:
    source = make(name, *FITTING, "-g", "30", *options)
    assert not copied.fits(Clip(source), QUALITY, 4)
    assert not copied.write(Clip(source), QUALITY, 4, tmp_path / "intro.mp4")
    assert not (tmp_path / "intro.mp4").exists()


def test_numbers_of_parameter_sets() -> None:
    assert joined.number(bytes([0x68, 0b11000000])) == 0
    assert joined.number(bytes([0x68, 0b01010000])) == 1
    assert joined.number(bytes([0x67, 100, 0, 40, 0b00001000, 0b00000000])) == 15
