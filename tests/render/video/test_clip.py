"""What is said of a video before it is shown: its length, what is missing, what is no video."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from capsule.errors import InputError
from capsule.render.video.clip import probe

Make = Callable[..., Path]
MOVING = ["-f", "lavfi", "-i", "testsrc2=s=160x90:r=25:d=12"]
TONE = ["-f", "lavfi", "-i", "sine=d=12"]
CODED = ["-pix_fmt", "yuv420p", "-preset", "ultrafast", "-g", "25"]


def cut(source: Path, share: float) -> Path:
    """A copy of `source` that ended too early."""
    target = source.with_name(f"coupé {source.name}")
    target.write_bytes(source.read_bytes()[: int(share * source.stat().st_size)])
    return target


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("a.mp4", []),
        ("b.mkv", []),
        ("c.ts", []),
        ("d.avi", []),
        ("e.mp4", ["-movflags", "frag_keyframe+empty_moov"]),
        ("f.webm", ["-c:v", "libvpx", "-cpu-used", "8", "-c:a", "libopus", "-live", "1"]),
        ("g.flv", []),
    ],
)
def test_a_whole_video_is_as_long_as_it_is(make: Make, name: str, options: list[str]) -> None:
    found = probe(make(name, *MOVING, *TONE, *CODED, *options))
    assert found.seconds == pytest.approx(12, abs=0.2)
    assert found.readable == found.seconds
    assert found.sound


@pytest.mark.parametrize(
    ("name", "options"),
    [("x.mp4", ["-movflags", "+faststart"]), ("x.mkv", [])],
)
def test_a_file_that_was_cut_tells_how_far_it_is_read(
    make: Make, name: str, options: list[str]
) -> None:
    found = probe(cut(make(name, *MOVING, *TONE, *CODED, *options), 0.6))
    assert found.seconds == pytest.approx(12, abs=0.1)
    assert found.readable == pytest.approx(7.2, abs=1)


@pytest.mark.parametrize("suffix", ["ts", "avi"])
def test_a_cut_file_that_announces_nothing_is_a_shorter_one(make: Make, suffix: str) -> None:
    found = probe(cut(make(f"x.{suffix}", *MOVING, *TONE, *CODED), 0.6))
    assert found.seconds == found.readable == pytest.approx(7.2, abs=1)


@pytest.mark.parametrize("suffix", ["mp4", "mkv"])
def test_sound_that_lasts_longer_is_no_fault(make: Make, suffix: str) -> None:
    long = ["-f", "lavfi", "-i", "sine=d=20"]
    found = probe(make(f"long.{suffix}", *MOVING, *long, *CODED))
    assert found.seconds == found.readable == pytest.approx(20, abs=0.1)


def test_sound_is_told(make: Make) -> None:
    assert not probe(make("muet.mkv", *MOVING, *CODED)).sound


def test_a_long_video_is_not_read_through(make: Make) -> None:
    source = make("long.mp4", *MOVING, *TONE, *CODED)
    longer = make("très long.mp4", "-stream_loop", "200", "-i", str(source), "-c", "copy")
    begun = time.process_time()
    assert probe(longer).seconds == pytest.approx(201 * 12, rel=0.01)
    assert time.process_time() - begun < 0.5


@pytest.mark.parametrize(
    "data", [b"", b"not a video, " * 999, b"\x00\x00\x00\x18ftypmp42" + bytes(4000)]
)
def test_what_is_no_video_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "intro.mp4"
    path.write_bytes(data)
    with pytest.raises(InputError) as caught:
        probe(path)
    assert caught.value.problems[0].path == path


def test_other_files_are_refused(tmp_path: Path, make: Make) -> None:
    picture = tmp_path / "logo.png"
    Image.new("RGB", (40, 40)).save(picture)
    cover = ["-i", str(picture), "-map", "0:a", "-map", "1:v", "-disposition:v:0", "attached_pic"]
    song = make("chanson.mp3", *TONE, *cover)
    index_last = cut(make("fin.mp4", *MOVING, *CODED), 0.5)
    for path in (picture, song, index_last, tmp_path / "absent.mp4", tmp_path):
        with pytest.raises(InputError):
            probe(path)
