"""How loud a sound is (EBU R128), and how it is brought to a level without its peaks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from fractions import Fraction
from typing import NamedTuple, cast

import av
import numpy as np
from av.filter import Graph
from numpy.typing import NDArray

from capsule.render.video.filmed import SAMPLES

Block = NDArray[np.float32]  # 2 x n samples, from -1 to 1
HOUSE = -16.0  # LUFS, of all that people say and of the whole film
SILENT = -70.0  # LUFS, under which EBU R128 counts nothing
_WINDOW = SAMPLES * 2 // 5  # the shortest sound that can be measured
_ATTACK, _RELEASE = 5, 80  # milliseconds in which a peak is held back, and let go


class Loudness(NamedTuple):
    """Integrated loudness in LUFS, and true peak in dBTP (-inf unless it was asked for)."""

    integrated: float
    peak: float


def measured(blocks: Iterable[Block], *, peak: bool = False) -> Loudness:
    """Measure a sound (EBU R128, ITU-R BS.1770); SILENT when there is nothing to hear.

    One too short to be measured counts as if it went on.
    """
    meter = f"metadata=1:framelog=quiet{':peak=true' if peak else ''}"
    told: dict[str, str] = {}
    for frame in _through(_long_enough(blocks), ("ebur128", meter)):
        told = frame.metadata or told  # the last tenth of a second has none unless it is whole
    loud = float(told.get("lavfi.r128.I", SILENT))
    # linear, whatever FFmpeg's documentation says
    top = float(told.get("lavfi.r128.true_peak", 0))
    return Loudness(max(loud, SILENT), 20 * float(np.log10(top)) if top > 0 else -np.inf)


def gain(loudness: float, target: float, most: float) -> float:
    """The factor from `loudness` to `target` (LUFS), of `most` decibels; 1 for silence."""
    return 1.0 if loudness <= SILENT else float(10 ** (min(target - loudness, most) / 20))


def limited(blocks: Iterable[Block], factor: float, ceiling: float) -> Iterator[Block]:
    """`blocks` times `factor`, held under `ceiling` (dBFS) without a delay, sample for sample."""
    limit = float(10 ** (ceiling / 20))
    options = f"limit={limit:.6f}:level=0:latency=1:attack={_ATTACK}:release={_RELEASE}"
    for frame in _through((block * np.float32(factor) for block in blocks), ("alimiter", options)):
        yield samples(frame)


def samples(frame: av.AudioFrame) -> Block:
    """The samples of a frame that is stereo, and in floats by channel."""
    return cast("Block", frame.to_ndarray())


def _long_enough(blocks: Iterable[Block]) -> Iterator[Block]:
    total, first = 0, []
    for block in blocks:
        total += block.shape[1]
        if total < _WINDOW:
            first.append(block)
            continue
        yield from first
        first.clear()
        yield block
    if first:
        short = np.concatenate(first, axis=1)
        yield np.tile(short, -(-_WINDOW // total) + 1) if total else short


def _through(blocks: Iterable[Block], *filters: tuple[str, str]) -> Iterator[av.AudioFrame]:
    """What comes out of `filters` for `blocks`, and once they have ended."""
    graph, clock = Graph(), Fraction(1, SAMPLES)
    nodes = [
        graph.add_abuffer(format="fltp", sample_rate=SAMPLES, layout="stereo", time_base=clock),
        *(graph.add(name, options) for name, options in filters),
        graph.add("aformat", "sample_fmts=fltp:channel_layouts=stereo"),
        graph.add("abuffersink"),
    ]
    graph.link_nodes(*nodes).configure()
    sent = 0
    for block in blocks:
        if not block.shape[1]:
            continue
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(block), "fltp", "stereo")
        frame.sample_rate, frame.pts, frame.time_base = SAMPLES, sent, clock
        sent += block.shape[1]
        graph.push(frame)
        yield from _ready(graph)
    if sent:
        graph.push(None)
        yield from _ready(graph)


def _ready(graph: Graph) -> Iterator[av.AudioFrame]:
    with suppress(av.BlockingIOError, av.EOFError):
        while True:
            yield cast("av.AudioFrame", graph.pull())
