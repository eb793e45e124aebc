import numpy as np
import pytest

from capsule.render.video import loudness
from capsule.render.video.filmed import SAMPLES
from capsule.render.video.loudness import Block


def tone(level: float, seconds: float, hertz: float = 997) -> Block:
    """A stereo sine whose peak is at `level` dBFS."""
    at = np.arange(round(seconds * SAMPLES)) / SAMPLES
    mono = (10 ** (level / 20) * np.sin(2 * np.pi * hertz * at)).astype(np.float32)
    return np.stack([mono, mono])


def cut(whole: Block, size: int = 5000) -> list[Block]:
    return [whole[:, at : at + size] for at in range(0, whole.shape[1], size)]


@pytest.mark.parametrize("level", [-40.0, -23.0, -6.0])
def test_a_tone_is_as_loud_as_the_standard_says(level: float) -> None:
    """EBU Tech 3341, case 1: a stereo sine of 1 kHz measures its peak level."""
    found = loudness.measured(cut(tone(level, 5)), peak=True)
    assert found.integrated == pytest.approx(level, abs=0.1)
    assert found.peak == pytest.approx(level, abs=0.2)


def test_silence_is_not_measured() -> None:
    whole = [*cut(tone(-20, 4)), *cut(np.zeros((2, 20 * SAMPLES), np.float32))]
    assert loudness.measured(whole).integrated == pytest.approx(-20, abs=0.4)


@pytest.mark.parametrize("seconds", [0.001, 0.1, 0.39])
def test_what_is_too_short_counts_as_if_it_went_on(seconds: float) -> None:
    assert loudness.measured([tone(-20, seconds)]).integrated == pytest.approx(-20, abs=0.6)


@pytest.mark.parametrize("blocks", [[], [np.zeros((2, 0))], [np.zeros((2, 99999))]])
def test_nothing_is_silent_and_is_not_raised(blocks: list[Block]) -> None:
    quiet = loudness.measured([block.astype(np.float32) for block in blocks], peak=True)
    assert quiet == (loudness.SILENT, -np.inf)
    assert loudness.gain(quiet.integrated, loudness.HOUSE, 20) == 1


def test_a_gain_has_its_limit() -> None:
    assert loudness.gain(-26, -16, 20) == pytest.approx(10**0.5)
    assert loudness.gain(-6, -16, 20) == pytest.approx(10**-0.5)
    assert loudness.gain(-60, -16, 20) == pytest.approx(10)


def test_peaks_are_held_and_the_rest_is_left_alone() -> None:
    quiet, loud = tone(-12, 1), tone(6, 0.5)
    whole = np.concatenate([quiet, loud, quiet], axis=1)
    out = np.concatenate(list(loudness.limited(cut(whole), 1.0, -2)), axis=1)
    assert out.shape == whole.shape
    assert np.abs(out).max() <= 10 ** (-2 / 20) + 1e-4
    assert np.allclose(out[:, : SAMPLES // 2], whole[:, : SAMPLES // 2], atol=1e-6)
    assert np.allclose(out[:, -SAMPLES // 4 :], whole[:, -SAMPLES // 4 :], atol=1e-4)
    steps = np.abs(np.diff(out, axis=1)).max()
    assert steps < 0.15  # a sine of 997 Hz at full scale moves by 0.13 from a sample to the next
