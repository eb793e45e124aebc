"""A picture of any shape and colour → yuv420p of the film's size, upright, BT.709, progressive."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from fractions import Fraction
from itertools import groupby
from typing import NamedTuple, cast

import av
from av.filter import Graph
from av.sidedata.sidedata import SideDataContainer, Type

from capsule.render.frames import Size
from capsule.render.video.decoded import CLOCK, Timed, through

# ITU-T H.273: matrix, transfer and primaries.
_BT709, _UNSAID = 1, 2
_WIDE = {9, 11, 12}  # primaries of BT.2020, DCI-P3, Display P3
_HIGH = {16, 18}  # transfer of PQ, HLG
_LIMITED = 1  # FFmpeg's AVColorRange
_SD = 576  # lines; more are BT.709 where nothing is said, as players take it
_QUARTERS = {  # by whether x goes to y positively, and y to x
    (True, False): "clock",
    (True, True): "cclock_flip",
    (False, True): "cclock",
    (False, False): "clock_flip",
}
_Turn = tuple[int, int, int, int]  # signs of the upper left of the display matrix
_STRAIGHT = (1, 0, 0, 1)


class _Look(NamedTuple):
    """What decides how a picture is fitted, with the numbers of ITU-T H.273."""

    width: int
    height: int
    format: str
    matrix: int
    range: int
    transfer: int
    primaries: int


class Fitter:
    """Fits the pictures of one video to `size`.

    `pixel` is the width of one of their pixels to its height.
    """

    def __init__(self, size: Size, pixel: Fraction) -> None:
        self._size, self._pixel = size, pixel
        self._turn: _Turn | None = None
        self._look: _Look | None = None
        self._graph = Graph()

    def fit(self, frame: av.VideoFrame) -> av.VideoFrame:
        """`frame` as the film shows it; itself if it fits."""
        if self._turn is None:  # once only: a frame that was asked is not freed at once
            self._turn = _turn(frame)
        look = _look(frame)
        if self._turn == _STRAIGHT and self._pixel == 1 and _fits(look, self._size):
            return frame
        if look != self._look:
            self._look = look
            steps = _steps(look, self._turn, self._pixel, self._size)
            self._graph = _graph(_source(look), steps)
        self._graph.push(frame)
        return self._graph.vpull()


def _fits(look: _Look, size: Size) -> bool:
    return (
        (look.width, look.height) == size
        and look.format == "yuv420p"
        and look.range in (0, _LIMITED)
        and (look.matrix == _BT709 or (look.matrix == _UNSAID and look.height > _SD))
        and look.transfer not in _HIGH
        and look.primaries not in _WIDE
    )


def fits(frame: av.VideoFrame, pixel: Fraction, size: Size) -> bool:
    """Whether a `Fitter` would not touch `frame`."""
    return pixel == 1 and _turn(frame) == _STRAIGHT and _fits(_look(frame), size)


def progressive(frames: Iterator[Timed]) -> Iterator[Timed]:
    """`frames` with the fields of those that are interlaced made into one picture."""
    woven = False

    def kind(timed: Timed) -> tuple[bool, _Look]:
        nonlocal woven
        woven = woven or timed.frame.interlaced_frame
        return woven, _look(timed.frame)

    for (interlaced, look), run in groupby(frames, kind):
        if interlaced:
            graph = _graph(_source(look), [("bwdif", "mode=send_frame:deint=interlaced")])
            for frame in through(graph, run):
                yield Timed(float(frame.pts * frame.time_base), frame)
        else:
            yield from run


def _look(frame: av.VideoFrame) -> _Look:
    return _Look(
        frame.width,
        frame.height,
        frame.format.name,
        frame.colorspace,
        frame.color_range,
        frame.color_trc,
        frame.color_primaries,
    )


def _turn(frame: av.VideoFrame) -> _Turn:
    told = cast("SideDataContainer", frame.side_data)
    if Type.DISPLAYMATRIX not in told:
        return _STRAIGHT
    matrix = struct.unpack("=9i", bytes(told[Type.DISPLAYMATRIX]))
    a, b, c, d = ((value > 0) - (value < 0) for value in (*matrix[:2], *matrix[3:5]))
    return (0, b, c, 0) if abs(matrix[1]) > abs(matrix[0]) else (a, 0, 0, d)


def _source(look: _Look) -> tuple[str, str]:
    asked = f"video_size={look.width}x{look.height}:pix_fmt={look.format}:time_base=1/{CLOCK}"
    told = f"colorspace={look.matrix}:range={look.range}"
    return "buffer", f"{asked}:pixel_aspect=1/1:{told}"


def _steps(look: _Look, turn: _Turn, pixel: Fraction, size: Size) -> list[tuple[str, str]]:
    """The filters that fit a picture, each with its options."""
    a, b, c, d = turn
    box = Size(size.height, size.width) if b else size
    wide = look.width * pixel
    ratio = min(box.width / wide, box.height / Fraction(look.height))
    width, height = (2 * round(side * ratio / 2) for side in (wide, look.height))
    steps = []
    if look.matrix == _UNSAID:
        steps.append(("setparams", f"colorspace={'bt709' if look.height > _SD else 'smpte170m'}"))
    flags, colours = "bicubic", "out_color_matrix=bt709:out_range=tv"
    if look.matrix != _BT709:
        flags += "+accurate_rnd+full_chroma_int"
    if look.transfer in _HIGH or look.primaries in _WIDE:
        colours += ":out_primaries=bt709:out_transfer=bt709:intent=perceptual"
    steps.append(("scale", f"{width}:{height}:flags={flags}:alphablend=uniform_color:{colours}"))
    steps.append(("format", "yuv420p"))
    if b:
        steps.append(("transpose", _QUARTERS[b > 0, c > 0]))
    steps += [(name, "") for name, sign in (("hflip", a), ("vflip", d)) if sign < 0]
    steps.append(("pad", f"{size.width}:{size.height}:-1:-1"))
    return steps


def _graph(source: tuple[str, str], steps: list[tuple[str, str]]) -> Graph:
    graph = Graph()
    nodes = [graph.add(name, options) for name, options in [source, *steps, ("buffersink", "")]]
    graph.link_nodes(*nodes).configure()
    return graph
