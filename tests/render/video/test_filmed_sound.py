"""The sound of the centre's own video: in time with the picture, whatever the file says."""

from pathlib import Path

import numpy as np
import pytest

from capsule.render.video import filmed
from capsule.render.video.clip import Clip

from .conftest import Make
from .filming import RATE, SIZE, luma

CLOCKS = "if(lt(mod(T+0.001,1),0.1),235,16)"  # a flash each second, and a click
CLICKS = "if(lt(mod(t,1),0.01),0.8*sin(2*PI*1000*t),0)"


def flashes(make: Make, name: str, rate: str, *options: str) -> Path:
    """Twelve seconds with a flash and a click each second."""
    black = f"color=black:s=160x90:r={rate}:d=12,geq=lum='{CLOCKS}':cb=128:cr=128"
    heard = f"aevalsrc='{CLICKS}':s=44100:d=12"
    inputs = ["-f", "lavfi", "-i", black, "-f", "lavfi", "-i", heard]
    return make(name, *inputs, "-pix_fmt", "yuv420p", "-preset", "ultrafast", *options)


def seen_and_heard(clip: Clip, seconds: int) -> tuple[list[float], list[float]]:
    """The seconds of flashes and of clicks."""
    bright = [luma(frame)[45, 80] > 128 for frame in filmed.pictures(clip, seconds, SIZE)]
    seen = [n / RATE for n in range(len(bright)) if bright[n] and not (n and bright[n - 1])]
    samples = np.abs(np.concatenate(list(filmed.sound(clip)), axis=1)).max(axis=0)
    loud = np.flatnonzero(samples > 0.1)
    starts = loud[np.flatnonzero(np.diff(loud, prepend=-48000) > 9600)]
    return seen, [float(start) / 48000 for start in starts]


@pytest.mark.parametrize(
    ("name", "rate", "options"),
    [
        ("a.mp4", "25", []),
        ("b.mov", "30000/1001", ["-ac", "1", "-ar", "22050"]),
        ("c.mkv", "24000/1001", ["-c:a", "libopus"]),
        ("d.ts", "25", ["-ac", "6", "-c:a", "aac"]),
        ("e.mp4", "30", ["-af", "asetpts=PTS*1.004", "-c:a", "aac"]),  # a clock that runs late
    ],
)
@pytest.mark.parametrize("begin", [0.0, 3.52])
def test_sound_is_in_time_with_the_picture(
    make: Make, name: str, rate: str, options: list[str], begin: float
) -> None:
    late = 1.004 if name == "e.mp4" else 1.0
    source = flashes(make, name, rate, *options)
    seen, heard = seen_and_heard(Clip(source, begin, 11.5), 7)
    assert seen[:7] == pytest.approx(
        [n + np.ceil(begin) - begin for n in range(len(seen[:7]))], abs=1e-6
    )
    aside = [
        (sound + begin) / late - (flash + begin) for flash, sound in zip(seen, heard, strict=False)
    ]
    assert max(abs(gap) for gap in aside) < 0.02
    assert len(heard) >= 7


def test_sound_that_starts_late_or_ends_early(make: Make) -> None:
    source = flashes(make, "source.mp4", "25")
    of, both = ["-i", str(source)], ["-map", "0:v", "-map", "1:a", "-c", "copy"]
    shifted = make("retard.mp4", *of, "-itsoffset", "2.25", *of, *both, "-t", "12")
    seen, heard = seen_and_heard(Clip(shifted), 9)
    assert seen == pytest.approx(range(9))
    assert heard[:5] == pytest.approx([2.25, 3.25, 4.25, 5.25, 6.25], abs=0.02)
    seen, heard = seen_and_heard(Clip(shifted, 3.0, 5.0), 2)
    assert heard == pytest.approx([0.25, 1.25], abs=0.02)
    early = make("avance.mkv", "-itsoffset", "1.5", *of, *of, *both, "-t", "8")
    seen, heard = seen_and_heard(Clip(early), 6)
    assert seen[1:4] == pytest.approx([2.52, 3.52, 4.52], abs=0.021)
    assert heard[:4] == pytest.approx([0, 1, 2, 3], abs=0.02)


def test_sound_ends_with_its_clip(make: Make) -> None:
    source = flashes(make, "fin.mp4", "25")
    lengths = [
        sum(block.shape[1] for block in filmed.sound(Clip(source, *span)))
        for span in ((0.0, 2.5), (10.0, 11.25), (11.0, None))
    ]
    assert lengths == pytest.approx([120_000, 60_000, 48_000], abs=1100)
    assert lengths[:2] == [120_000, 60_000]
    blocks = list(filmed.sound(Clip(source)))
    assert all(block.shape[0] == 2 and block.dtype == np.float32 for block in blocks)
    mute = make("muet.mp4", "-i", str(source), "-an", "-c", "copy")
    assert list(filmed.sound(Clip(mute))) == []
