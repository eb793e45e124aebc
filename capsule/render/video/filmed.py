"""The centre's own video: its pictures and its sound, as the film needs them."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import groupby
from math import floor

import av
import numpy as np
from av.filter import Graph
from numpy.typing import NDArray

from capsule.render.frames import Size
from capsule.render.video.clip import Clip, empty, opened
from capsule.render.video.decoded import CLOCK, Timed, decoded, through
from capsule.render.video.encode import RATE
from capsule.render.video.fitted import Fitter, progressive

SAMPLES = 48000  # a second, of the film's sound
_SYNC = f"{SAMPLES}:async=500:min_comp=0.004:min_hard_comp=0.05"
_EARLY = 0.001  # of a picture's time, that a picture may come early by rounding


def pictures(clip: Clip, seconds: float, size: Size) -> Iterator[av.VideoFrame]:
    """The clip's pictures fitted to `size`, upright, 25 a second for exactly `seconds`.

    A shorter clip stays on its last picture (the very same object), a longer one is cut. Raises
    InputError when it cannot be read.
    """
    with opened(clip.path) as source:
        fitter = Fitter(size, source.video.sample_aspect_ratio or Fraction(1))
    shown = fitted = None
    for frame in _steady(clip, round(seconds * RATE)):
        if fitted is None or frame is not shown:
            shown, fitted = frame, fitter.fit(frame)
        yield fitted


def _steady(clip: Clip, wanted: int) -> Iterator[av.VideoFrame]:
    """`wanted` pictures, 25 a second, each the one that is on at its time."""
    frames = progressive(decoded(clip, "video"))
    first = next(frames, None)
    if first is None:
        raise empty(clip.path)
    held, left = first.frame, wanted
    for at, frame in frames:
        place = floor(at * RATE + 0.5 + _EARLY)
        while left > 0 and left > wanted - place:
            yield held
            left -= 1
        if not left:
            return
        held = frame
    for _missing in range(left):
        yield held


def still(clip: Clip, seconds: float, size: Size) -> av.VideoFrame:
    """The fitted picture `seconds` into the clip, or its last one. Raises as `pictures`."""
    return next(pictures(clip._replace(begin=clip.begin + seconds), 1, size))


def sound(clip: Clip) -> Iterator[NDArray[np.float32]]:
    """The clip's sound in blocks of stereo samples (2 x n), 48,000 a second from its beginning.

    In time with the pictures: gaps are silent, and what drifts is stretched by what an ear does
    not hear. Nothing when the video has none. Raises as `pictures`.
    """
    done, wanted = 0, floor(((clip.end or 1e9) - clip.begin) * SAMPLES)
    for (rate, layout, kind), run in groupby(decoded(clip, "audio"), _sound):
        graph = Graph()
        nodes = [
            graph.add(
                "abuffer",
                f"sample_rate={rate}:sample_fmt={kind}:channel_layout={layout}:time_base=1/{CLOCK}",
            ),
            graph.add("aresample", f"{_SYNC}:first_pts={done}"),
            graph.add("aformat", "sample_fmts=fltp:channel_layouts=stereo"),
            graph.add("abuffersink"),
        ]
        graph.link_nodes(*nodes).configure()
        for frame in through(graph, run):
            block = frame.to_ndarray()[:, : wanted - done].astype(np.float32)
            done += block.shape[1]
            if block.size:
                yield block


def _sound(timed: Timed) -> tuple[int, str, str]:
    """What decides how sound is converted."""
    frame = timed.frame
    return frame.sample_rate, frame.layout.name, frame.format.name
