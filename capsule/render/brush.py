"""Boxes as layers of pixels, for one size of picture."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from math import ceil

from PIL import Image, ImageDraw, ImageFont

from capsule.layout import boxes, lettering, metrics
from capsule.render import shapes
from capsule.render.shapes import Layer
from capsule.render.sizes import FULL_HD, Size
from capsule.shades import mixed
from capsule.theme import PIXELS_PER_INCH
from capsule.typography import clock

BEATS = 10  # steps a second, of which the first half show a beat that dies away
_BEAT = 0.4  # of the colour that a beat gives the track at first
_FINE = 4  # pieces of a pixel, each way, that text is drawn in


@dataclass(frozen=True)
class Brush:
    """Draws boxes on pictures of `size`."""

    size: Size

    def px(self, inches: float) -> float:
        """A length of the page, in pixels."""
        return inches * (PIXELS_PER_INCH * self.size.width / FULL_HD.width)

    def drawn(self, box: boxes.Box, reading: float) -> tuple[Layer, ...]:
        """`box` entirely in, from back to front, saying `reading` if it says one."""
        canvas = self.size
        where = (self.px(box.x), self.px(box.y), self.px(box.w), self.px(box.h))
        layers: tuple[Layer, ...] = ()
        match box:
            case boxes.Text():
                layers = self._text(box)
            case boxes.Panel():
                layers = shapes.panel(where, self.px(box.radius), box.fill, canvas)
            case boxes.Disc():
                layers = shapes.disc(where, box.fill, canvas)
            case boxes.Arc():
                span = (box.start, box.sweep)
                layers = shapes.arc(where, span, self.px(box.thickness), box.fill, canvas)
            case boxes.Picture():
                layers = self._picture(box)
            case boxes.Countdown():
                layers = self._countdown(box, reading)
            case boxes.Counter():
                layers = self._text(_reads(box.label, str(int(reading))))
            case boxes.Progress():
                filled = (where[0], where[1], where[2] * reading, where[3])
                layers = shapes.panel(filled, 0, box.fill, canvas)
            case boxes.Captions() if reading:
                told = box.told[int(reading) - 1]
                layers = (*self.drawn(told.panel, 0), *self.drawn(told.text, 0))
        return layers

    def _countdown(self, box: boxes.Countdown, reading: float) -> tuple[Layer, ...]:
        """The seconds left are the next whole number; `reading` falls by half with each beat."""
        where = (self.px(box.x), self.px(box.y), self.px(box.w), self.px(box.h))
        width, left = self.px(box.thickness), ceil(reading)
        gone = 360 * (1 - left / box.seconds)
        fill, track, label = box.fill, box.track, box.label
        if left <= box.last:
            beat = 1 - 2 * (left - reading)
            fill, label = box.close, box.closing
            track = mixed(track, box.close, _BEAT * beat * beat)
        rings = (((0.0, 360.0), track), ((gone, 360 - gone), fill))
        return (
            *(
                layer._replace(paint=f"#{colour}")
                for span, colour in rings
                for layer in _arc(where, span, width, "", self.size)
            ),
            *_text(self, _reads(label, clock(left))),
        )

    def _picture(self, box: boxes.Picture) -> tuple[Layer, ...]:
        size = (max(round(self.px(box.w)), 1), max(round(self.px(box.h)), 1))
        with Image.open(io.BytesIO(box.png)) as opened:
            # A QR code keeps its sharp edges when it is only made larger.
            sharp = opened.mode in {"1", "L", "P"} and opened.width < size[0]
            method = Image.Resampling.NEAREST if sharp else Image.Resampling.LANCZOS
            picture = opened.convert("RGBA").resize(size, method)
        corner = round(self.px(box.x)), round(self.px(box.y))
        return (Layer(picture.getchannel("A"), picture.convert("RGB"), *corner),)

    def _text(self, box: boxes.Text) -> tuple[Layer, ...]:
        layers: list[Layer] = []
        spare = box.h - metrics.height(box.paragraphs)
        y = box.y + {"top": 0.0, "middle": spare / 2, "bottom": spare}[box.anchor]
        for paragraph in box.paragraphs:
            with lettering.set_in(paragraph.typeface):
                for line in paragraph.lines:
                    y += paragraph.leading
                    layers += self._line(line, paragraph, (box.x, box.w), y)
            y += paragraph.after
        return tuple(layers)

    def _line(
        self, line: boxes.Line, paragraph: boxes.Paragraph, span: tuple[float, float], foot: float
    ) -> Iterator[Layer]:
        """A line that ends at `foot`, within `span` (x and width)."""
        size = paragraph.size
        baseline = self.px(foot) - lettering.descent() * self._pt(size)
        spare = span[1] - metrics.widest([line], size)
        x = span[0] + {"left": 0.0, "center": spare / 2, "right": spare}[paragraph.align]
        for run in line:
            yield from self._run(run, size, self.px(x), baseline)
            x += lettering.width(run.text, size, bold=run.bold, italic=run.italic)

    def _run(self, run: boxes.Run, size: float, x: float, baseline: float) -> Iterator[Layer]:
        """The run, piece by piece where its characters come from two fonts."""
        for text, symbols in lettering.stretches(run.text):
            face = lettering.face(self._pt(size) * _FINE, run.bold, run.italic, symbols)
            yield from _piece(text, face, run.colour, (round(x * _FINE), round(baseline * _FINE)))
            x += self.px(lettering.width(text, size, bold=run.bold, italic=run.italic))

    def _pt(self, points: float) -> float:
        return self.px(points) / 72


def _reads(label: boxes.Text, reading: str) -> boxes.Text:
    """`label` saying `reading` and nothing else: what stands under it is true of the whole."""
    first = label.paragraphs[0]
    run = replace(first.lines[0][0], text=reading)
    return replace(label, paragraphs=(replace(first, lines=((run,),)),))


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


# A beat changes the colours of a ring, not what it covers nor what it says.
_arc = lru_cache(maxsize=8)(shapes.arc)
_text = lru_cache(maxsize=8)(Brush._text)
