import re
import subprocess
from pathlib import Path

import av
import imageio_ffmpeg
import numpy as np
import pytest

from capsule import plan
from capsule.render.video import music, sound


def test_the_bed_is_soft_and_leaves_in_time(starter_plan: plan.Plan, tmp_path: Path) -> None:
    target = tmp_path / "s.m4a"
    sound.write(starter_plan, starter_plan.parts[0].scenes, None, target)
    with av.open(target) as container:
        assert container.duration == 180_000_000
    program = imageio_ffmpeg.get_ffmpeg_exe()
    options = ["-nostats", "-i", str(target), "-af", "ebur128=peak=true:framelog=quiet"]
    done = subprocess.run(
        [program, *options, "-f", "null", "-"], capture_output=True, text=True, check=True
    )
    loudness = re.search(r"I:\s+(-[\d.]+) LUFS", done.stderr)
    peak = re.search(r"Peak:\s+(-[\d.]+) dBFS", done.stderr)
    assert loudness
    assert -20 <= float(loudness[1]) <= -16
    assert peak
    assert float(peak[1]) < -1


def test_blocks_join_without_a_click(starter_plan: plan.Plan) -> None:
    whole = np.concatenate(list(music.mixed(starter_plan, 60, 66)), axis=1)
    steps = np.abs(np.diff(whole, axis=1)).max(axis=0)
    seams = steps[47999::48000]
    assert whole.dtype == np.float32
    assert seams.max() < 0.05
    later = np.concatenate(list(music.mixed(starter_plan, 63, 66)), axis=1)
    assert np.array_equal(later, whole[:, 3 * 48000 :])


def test_chimes_and_gongs_ring_where_parts_begin_and_questions_end(
    starter_plan: plan.Plan,
) -> None:
    def loud(second: int) -> float:
        (block,) = music.mixed(starter_plan, second, second + 1)
        return float(np.abs(block).max())

    ringing = [part.start for part in starter_plan.parts[1:]]
    ringing += [question.end for question in starter_plan.questions]
    assert all(loud(second) > 0.1 for second in ringing)
    assert loud(starter_plan.parts[1].start + 60) == 0.0


@pytest.mark.parametrize("seconds", [1, 7])
def test_a_sound_that_is_cut_fades(seconds: int) -> None:
    blocks = (np.ones((2, 4096), np.float32) for _ in range(200))
    cut = np.concatenate(list(sound._exactly(blocks, seconds * 48000)), axis=1)
    assert cut.shape == (2, seconds * 48000)
    assert cut[0, -1] < 0.001
    assert cut[0, -9600] > 0.99
