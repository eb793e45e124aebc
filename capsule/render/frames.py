"""Pages as pictures: Pillow puts boxes where they say, at any moment of their scene."""

from __future__ import annotations

import io
from dataclasses import replace
from functools import lru_cache
from math import ceil, floor
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from capsule.layout import boxes
from capsule.render import shapes
from capsule.render.brush import BEATS, Brush
from capsule.render.shapes import Layer
from capsule.render.sizes import DRAFT, FULL_HD, Size

__all__ = ["DRAFT", "FULL_HD", "Frame", "Size", "Stage", "caption_at", "draw", "png"]

_RUNNING = boxes.Countdown | boxes.Counter | boxes.Progress | boxes.Captions
_RISE = 0.28  # inches that a rising box travels
Frame = NDArray[np.uint8]


class _State(NamedTuple):
    """What a box looks like at a moment: how far it has come in (0 to 1), and what it reads."""

    entered: float
    reading: float


def draw(page: boxes.Page, at: float | None = None, size: Size = FULL_HD) -> Image.Image:
    """`page` as an RGB picture, `at` seconds into its scene; with everything in when None."""
    return Image.fromarray(Stage(page, size).at(at))


def png(page: boxes.Page) -> bytes:
    """`page` with everything in, in full HD, as the bytes of a PNG."""
    target = io.BytesIO()
    draw(page).save(target, "PNG", optimize=True)
    return target.getvalue()


class Stage:
    """A page in motion: each picture costs what changed since the one before."""

    def __init__(self, page: boxes.Page, size: Size = FULL_HD) -> None:
        self._page = page
        self._brush = Brush(size)
        self._states: list[_State | None] = [None] * len(page.boxes)
        self._layers: list[tuple[Layer, ...]] = [()] * len(page.boxes)
        self._frame: Frame = np.asarray(Image.new("RGB", size, f"#{page.ground}"))
        self._under = Image.fromarray(self._frame)  # the ground and the boxes in `_settled`
        self._settled = set[int]()

    def at(self, seconds: float | None) -> Frame:
        """The picture `seconds` into the scene, height x width x 3.

        The very same array while nothing changes: it must not be written to.
        """
        states = [_state(box, seconds, self._page.seconds) for box in self._page.boxes]
        changed = [i for i, state in enumerate(states) if state != self._states[i]]
        if not changed:
            return self._frame
        touched = [layer.region for i in changed for layer in self._layers[i]]
        for i in changed:
            state = self._states[i] = states[i]
            box = self._page.boxes[i]
            self._layers[i] = _layers(box, state, self._brush) if state else ()
            touched += [layer.region for layer in self._layers[i]]
        if not self._settled.isdisjoint(changed):  # back in time
            self._under.paste(f"#{self._page.ground}", (0, 0, *self._under.size))
            self._settled.clear()
        if any(self._still(i) for i in changed):
            self._settle()
        self._frame = self._frame.copy()
        for region in shapes.merged(touched, self._brush.size):
            self._repaint(region)
        return self._frame

    def _still(self, i: int) -> bool:
        """Whether box `i` moves no more."""
        state = self._states[i]
        running = isinstance(self._page.boxes[i], _RUNNING)
        return state is not None and state.entered == 1 and not running

    def _settle(self) -> None:
        """Paint for good the boxes that move no more, but for those over one that still does."""
        moving: list[shapes.Region] = []
        for i, box in enumerate(self._page.boxes):
            if i in self._settled:
                continue
            regions = [layer.region for layer in self._layers[i]]
            below = any(shapes.overlap(region, one) for one in moving for region in regions)
            if self._still(i) and not below:
                self._settled.add(i)
                for layer in self._layers[i]:
                    self._under.paste(layer.paint, (layer.x, layer.y), layer.mask)
            else:
                moving += [*regions, self._reach(box)]

    def _reach(self, box: boxes.Box) -> shapes.Region:
        """The pixels that `box` may touch, whatever it does."""
        px = self._brush.px
        left, top = floor(px(box.x - _RISE)), floor(px(box.y - _RISE))
        return left, top, ceil(px(box.x + box.w + _RISE)), ceil(px(box.y + box.h + 2 * _RISE))

    def _repaint(self, region: shapes.Region) -> None:
        left, top, right, bottom = region
        patch = self._under.crop(region)
        for i, layers in enumerate(self._layers):
            for layer in layers if i not in self._settled else ():
                if shapes.overlap(layer.region, region):
                    patch.paste(layer.paint, (layer.x - left, layer.y - top), layer.mask)
        self._frame[top:bottom, left:right] = np.asarray(patch)


def _state(box: boxes.Box, seconds: float | None, lasts: int | None) -> _State | None:
    """How `box` looks then; None before it comes in."""
    entered = 1.0
    if box.enter and seconds is not None:
        entered = (seconds - box.enter.at) / box.enter.lasts
        if entered <= 0:
            return None
    return _State(min(entered, 1.0), _reading(box, seconds, lasts or 1))


def _reading(box: boxes.Box, seconds: float | None, lasts: int) -> float:
    match box:
        case boxes.Countdown():  # whole seconds left, at the last ones with what the beat gave
            at = min(seconds or 0.0, box.seconds)
            left = box.seconds - int(at)
            beat = round(at % 1 * BEATS, 6) // 1 if 0 < left <= box.last else 0
            return left - min(beat, BEATS / 2) / BEATS
        case boxes.Captions():
            return 0 if seconds is None else caption_at(box, seconds)
        case boxes.Counter():
            if seconds is None:
                return box.end
            share = min(max((seconds - box.at) / box.lasts, 0.0), 1.0)
            return round(box.begin + (box.end - box.begin) * share)
        case boxes.Progress():  # moves once a second, with the countdown
            done = 1.0 if seconds is None else min(int(seconds) / lasts, 1.0)
            return box.begin + (box.end - box.begin) * done
        case _:
            return 0.0


def caption_at(box: boxes.Captions, seconds: float) -> int:
    """Which of its captions `box` shows, counted from 1; 0 for none."""
    on = [i for i, told in enumerate(box.told, 1) if told.start <= seconds < told.end]
    return on[-1] if on else 0


def _layers(box: boxes.Box, state: _State, brush: Brush) -> tuple[Layer, ...]:
    effect = box.enter.effect if box.enter and state.entered < 1 else None
    share = _eased(state.entered)
    match effect:
        case None:
            return brush.drawn(box, state.reading)
        case "grow" if isinstance(box, boxes.Disc | boxes.Panel | boxes.Arc):
            return brush.drawn(_scaled(box, share), state.reading)
        case "sweep" if isinstance(box, boxes.Arc):
            return brush.drawn(replace(box, sweep=box.sweep * share), state.reading)
        case "wipe":
            layers = _settled(brush, box, state.reading)
            edge = round(brush.px(box.x) + brush.px(box.w) * share)
            return tuple(layer.cut(edge) for layer in layers if layer.x < edge)
        case "rise":
            down = round(brush.px(_RISE) * (1 - share))
            return tuple(la.faded(share).moved(down) for la in _settled(brush, box, state.reading))
        case _:
            return tuple(layer.faded(share) for layer in _settled(brush, box, state.reading))


def _eased(share: float) -> float:
    """Fast, then slower until it stands still (cubic)."""
    return 1 - (1 - share) ** 3


def _scaled(box: boxes.Disc | boxes.Panel | boxes.Arc, share: float) -> boxes.Box:
    """`box` at `share` of its size, around its own centre."""
    w, h = box.w * share, box.h * share
    box = replace(box, x=box.x + (box.w - w) / 2, y=box.y + (box.h - h) / 2, w=w, h=h)
    match box:
        case boxes.Panel():
            return replace(box, radius=box.radius * share)
        case boxes.Arc():
            return replace(box, thickness=box.thickness * share)
    return box


_settled = lru_cache(maxsize=64)(Brush.drawn)  # a box that comes in is the same for a dozen frames
