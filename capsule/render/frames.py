"""Pages as pictures: Pillow puts boxes where they say, at any moment of their scene."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from capsule.layout import boxes, metrics
from capsule.render import shapes
from capsule.render.shapes import Layer
from capsule.theme import PIXELS_PER_INCH
from capsule.typography import clock

WIDTH, HEIGHT = 1920, 1080
_RISE = 0.28  # inches that a rising box travels
_FINE = 4  # pieces of a pixel, each way, that text is drawn in
Frame = NDArray[np.uint8]


class Size(NamedTuple):
    """A picture's width and height, in pixels."""

    width: int
    height: int


FULL_HD = Size(1920, 1080)
SIZES = {"720p": Size(1280, 720), "1080p": FULL_HD, "2160p": Size(3840, 2160)}
DRAFT = Size(960, 540)


class _State(NamedTuple):
    """What a box looks like at a moment: how far it has come in (0 to 1), and what it reads."""

    entered: float
    reading: float


def draw(page: boxes.Page, at: float | None = None) -> Image.Image:
    """`page` as a picture, `at` seconds into its scene; with everything in when None.

    RGB, 1920 x 1080.
    """
    return Image.fromarray(Stage(page).at(at))


def png(page: boxes.Page, at: float | None = None) -> bytes:
    """The same picture as the bytes of a PNG."""
    target = io.BytesIO()
    draw(page, at).save(target, "PNG", optimize=True)
    return target.getvalue()


class Stage:
    """A page in motion: each picture costs what changed since the one before."""

    def __init__(self, page: boxes.Page) -> None:
        self._page = page
        self._canvas = Image.new("RGB", (WIDTH, HEIGHT), f"#{page.ground}")
        self._states: list[_State | None] = [None] * len(page.boxes)
        self._layers: list[tuple[Layer, ...]] = [()] * len(page.boxes)
        self._frame: Frame = np.asarray(self._canvas)

    def at(self, seconds: float | None) -> Frame:
        """The picture `seconds` into the scene, 1080 x 1920 x 3.

        The very same array while nothing changes: it must not be written to.
        """
        changed = []
        for i, box in enumerate(self._page.boxes):
            state = _state(box, seconds, self._page.seconds)
            if state != self._states[i]:
                old = self._layers[i]
                self._states[i] = state
                self._layers[i] = _layers(box, state) if state else ()
                changed += [layer.region for layer in (*old, *self._layers[i])]
        for region in shapes.merged(changed, (WIDTH, HEIGHT)):
            self._repaint(region)
        if changed:
            self._frame = np.asarray(self._canvas)
        return self._frame

    def _repaint(self, region: shapes.Region) -> None:
        left, top, right, bottom = region
        patch = Image.new("RGB", (right - left, bottom - top), f"#{self._page.ground}")
        for layers in self._layers:
            for layer in layers:
                if shapes.overlap(layer.region, region):
                    patch.paste(layer.paint, (layer.x - left, layer.y - top), layer.mask)
        self._canvas.paste(patch, (left, top))


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
        case boxes.Countdown():  # whole seconds left: 0 only when the scene is over
            return box.seconds - min(int(seconds or 0), box.seconds)
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


def _layers(box: boxes.Box, state: _State) -> tuple[Layer, ...]:
    effect = box.enter.effect if box.enter and state.entered < 1 else None
    share = _eased(state.entered)
    match effect:
        case None:
            return _drawn(box, state.reading)
        case "grow" if isinstance(box, boxes.Disc | boxes.Panel | boxes.Arc):
            return _drawn(_scaled(box, share), state.reading)
        case "sweep" if isinstance(box, boxes.Arc):
            return _drawn(replace(box, sweep=box.sweep * share), state.reading)
        case "wipe":
            layers = _settled(box, state.reading)
            edge = round(_px(box.x) + _px(box.w) * share)
            return tuple(layer.cut(edge) for layer in layers if layer.x < edge)
        case "rise":
            down = round(_px(_RISE) * (1 - share))
            return tuple(la.faded(share).moved(down) for la in _settled(box, state.reading))
        case _:
            return tuple(layer.faded(share) for layer in _settled(box, state.reading))


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


def _drawn(box: boxes.Box, reading: float) -> tuple[Layer, ...]:
    """`box` entirely in, from back to front."""
    canvas = (WIDTH, HEIGHT)
    where = (_px(box.x), _px(box.y), _px(box.w), _px(box.h))
    layers: tuple[Layer, ...] = ()
    match box:
        case boxes.Text():
            layers = _text(box)
        case boxes.Panel():
            layers = shapes.panel(where, _px(box.radius), box.fill, canvas)
        case boxes.Disc():
            layers = shapes.disc(where, box.fill, canvas)
        case boxes.Arc():
            span = (box.start, box.sweep)
            layers = shapes.arc(where, span, _px(box.thickness), box.fill, canvas)
        case boxes.Picture():
            layers = _picture(box)
        case boxes.Countdown():
            gone = 360 * (1 - reading / box.seconds)
            width = _px(box.thickness)
            layers = (
                *shapes.arc(where, (0, 360), width, box.track, canvas),
                *shapes.arc(where, (gone, 360 - gone), width, box.fill, canvas),
                *_text(_reads(box.label, clock(int(reading)))),
            )
        case boxes.Counter():
            layers = _text(_reads(box.label, str(int(reading))))
        case boxes.Progress():
            filled = (where[0], where[1], where[2] * reading, where[3])
            layers = shapes.panel(filled, 0, box.fill, canvas)
    return layers


_settled = lru_cache(maxsize=64)(_drawn)  # a box that comes in is the same for a dozen frames


def _reads(label: boxes.Text, reading: str) -> boxes.Text:
    """`label` saying `reading` and nothing else: what stands under it is true of the whole."""
    first = label.paragraphs[0]
    run = replace(first.lines[0][0], text=reading)
    return replace(label, paragraphs=(replace(first, lines=((run,),)),))


def _picture(box: boxes.Picture) -> tuple[Layer, ...]:
    size = (max(round(_px(box.w)), 1), max(round(_px(box.h)), 1))
    with Image.open(io.BytesIO(box.png)) as opened:
        # A QR code keeps its sharp edges when it is only made larger.
        sharp = opened.mode in {"1", "L", "P"} and opened.width < size[0]
        method = Image.Resampling.NEAREST if sharp else Image.Resampling.LANCZOS
        picture = opened.convert("RGBA").resize(size, method)
    return (Layer(picture.getchannel("A"), picture.convert("RGB"), *_corner(box)),)


def _text(box: boxes.Text) -> tuple[Layer, ...]:
    layers: list[Layer] = []
    spare = box.h - metrics.height(box.paragraphs)
    y = box.y + {"top": 0.0, "middle": spare / 2, "bottom": spare}[box.anchor]
    for paragraph in box.paragraphs:
        for line in paragraph.lines:
            y += paragraph.leading
            baseline = _px(y) - metrics.DESCENT * _pt(paragraph.size)
            wide = metrics.widest([line], paragraph.size)
            spare_wide = {"left": 0.0, "center": (box.w - wide) / 2, "right": box.w - wide}
            x = box.x + spare_wide[paragraph.align]
            for run in line:
                layers += _run(run, paragraph.size, _px(x), baseline)
                x += metrics.width(run.text, paragraph.size, bold=run.bold, italic=run.italic)
        y += paragraph.after
    return tuple(layers)


def _run(run: boxes.Run, size: float, x: float, baseline: float) -> Iterator[Layer]:
    """The run, piece by piece where its characters come from two fonts."""
    for text, symbols in metrics.stretches(run.text):
        face = metrics.face(_pt(size) * _FINE, run.bold, run.italic, symbols)
        yield from _piece(text, face, run.colour, (round(x * _FINE), round(baseline * _FINE)))
        x += _px(metrics.width(text, size, bold=run.bold, italic=run.italic))


def _piece(
    text: str, face: ImageFont.FreeTypeFont, colour: str, fine: tuple[int, int]
) -> Iterator[Layer]:
    """`text` drawn larger and reduced: hinted glyphs would not keep to the measured widths."""
    left, top, right, bottom = face.getbbox(text, anchor="ls")
    if right <= left or bottom <= top:
        return
    corner = ((int(fine[0] + left) - 1) // _FINE, (int(fine[1] + top) - 1) // _FINE)
    origin = (fine[0] - corner[0] * _FINE, fine[1] - corner[1] * _FINE)
    across = (int(origin[0] + right) // _FINE + 2, int(origin[1] + bottom) // _FINE + 2)
    mask = Image.new("L", (across[0] * _FINE, across[1] * _FINE))
    ImageDraw.Draw(mask).text(origin, text, 255, font=face, anchor="ls")
    yield Layer(mask.reduce(_FINE), f"#{colour}", *corner)


def _px(inches: float) -> float:
    return inches * PIXELS_PER_INCH


def _pt(points: float) -> float:
    return points * PIXELS_PER_INCH / 72


def _corner(box: boxes.Box) -> tuple[int, int]:
    return round(_px(box.x)), round(_px(box.y))
