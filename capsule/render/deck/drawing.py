"""Boxes as native shapes of a slide."""

from __future__ import annotations

import io
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import replace
from typing import Any

from pptx.dml.color import RGBColor
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, MSO_AUTO_SIZE, PP_ALIGN
from pptx.opc.constants import RELATIONSHIP_TYPE as RT
from pptx.oxml import parse_xml
from pptx.oxml.ns import qn
from pptx.util import Pt

from capsule.activity import identifier
from capsule.layout import breaking, metrics, wrapping
from capsule.layout.boxes import (
    Arc,
    Box,
    Countdown,
    Disc,
    Movie,
    Panel,
    Paragraph,
    Picture,
    Progress,
    Run,
    Text,
)
from capsule.render.deck import markup
from capsule.render.deck.blank import emu, palette, tagged
from capsule.theme import Theme

_SINGLE = 1.2  # em: what a spacing of 100 % of Arial measures in Impress, and at most elsewhere
_ANCHORS = {"top": MSO_ANCHOR.TOP, "middle": MSO_ANCHOR.MIDDLE, "bottom": MSO_ANCHOR.BOTTOM}
_PLACES = {"number": "sldNum", "footer": "ftr"}  # role → the type of its placeholder (19.7.10)
ALIGNS = {"left": PP_ALIGN.LEFT, "center": PP_ALIGN.CENTER, "right": PP_ALIGN.RIGHT}


class Drawing:
    """One slide being drawn, from back to front."""

    def __init__(self, slide: Any, theme: Theme, language: str) -> None:
        self.slide = slide
        self._shapes = slide.shapes
        self._palette = palette(theme)
        self._language = language
        self._family: str | None = None  # what runs name, if not what the theme gives
        self._exact = False  # line heights in points: those of the font are not known
        self._last: tuple[Box, Any] | None = None

    def finish(self) -> None:
        """Do what is left when all boxes are drawn."""

    def ground(self, colour: str) -> None:
        """Fill the whole slide with `colour`."""
        self._fill(self.slide.background.fill, colour)

    def box(self, box: Box) -> None:
        """Draw any box but a film or a countdown. Raises TypeError for these."""
        match box:
            case Text():
                self._text(box)
            case Picture(png=png):
                self._described(self._shapes.add_picture(io.BytesIO(png), *_place(box)), box)
            case Panel(radius=0):
                self._shape(box, MSO_SHAPE.RECTANGLE, box.fill)
            case Panel():
                corner = round(50000 * min(2 * box.radius / min(box.w, box.h), 1))
                self._shape(box, MSO_SHAPE.ROUNDED_RECTANGLE, box.fill, [corner])
            case Disc():
                self._shape(box, MSO_SHAPE.OVAL, box.fill)
            case Arc():
                angles = [_angle(box.start), _angle(box.start + box.sweep)]
                self._shape(box, MSO_SHAPE.BLOCK_ARC, box.fill, [*angles, _deep(box)])
            case Progress():
                bar = self._shape(box, MSO_SHAPE.RECTANGLE, box.fill)
                bar.width = emu(box.w * box.end)
            case _:
                raise TypeError(type(box).__name__)

    def movie(self, box: Movie, poster: bytes) -> Any:
        """A place for a film under `poster`, a PNG: its part is empty; give its shape."""
        film, picture = io.BytesIO(), io.BytesIO(poster)
        shape = self._shapes.add_movie(film, *_place(box), picture, "video/mp4")
        return self._described(shape, box)

    def link(self, movie: Any, name: str) -> None:
        """Have the shape `movie` play the file `name`, which lies beside the deck."""
        part = self.slide.part
        for [element], kind, was in (
            (movie.element.xpath(".//a:videoFile"), RT.VIDEO, "link"),
            (movie.element.xpath(".//*[local-name()='media']"), RT.MEDIA, "embed"),
        ):
            part.rels.pop(element.attrib.pop(qn(f"r:{was}")))
            element.set(qn("r:link"), part.relate_to(name, kind, is_external=True))

    def countdown(self, box: Countdown) -> Any:
        """Draw a ring over its track, and its label; give the ring's shape."""
        deep = [_deep(box)]
        track = Disc(name=f"{box.name} track", x=box.x, y=box.y, w=box.w, h=box.h, fill=box.track)
        self._shape(track, MSO_SHAPE.DONUT, box.track, deep)
        ring = self._shape(box, MSO_SHAPE.DONUT, box.fill, deep)
        self._text(box.label)
        return ring

    def _shape(self, box: Box, kind: MSO_SHAPE, fill: str, adjusted: Sequence[int] = ()) -> Any:
        """A shape of one colour, without outline, shadow or text; adjustments as in the file."""
        shape = self._shapes.add_shape(kind, *_place(box))
        for i, value in enumerate(adjusted):
            shape.adjustments[i] = value / 100000
        self._fill(shape.fill, fill)
        shape.line.fill.background()
        for unused in shape.element.xpath("./p:style | ./p:txBody"):
            shape.element.remove(unused)
        self._last = (box, shape)
        return self._described(shape, box)

    def _described(self, shape: Any, box: Box) -> Any:
        shape.name = box.name
        properties = shape.element.xpath("./*/p:cNvPr")[0]
        properties.set("descr", box.alt or "")
        if box.alt is None:
            properties.append(parse_xml(markup.DECORATIVE))
        return shape

    def _text(self, box: Text) -> None:
        """A text in the slide's own place for it, in the shape that it fills, or in its own box."""
        if kind := _PLACES.get(box.role):
            self._placed(box, kind)
            return
        if box.role != "title" and self._last and _same_place(self._last[0], box):
            shape = self._last[1]
            for decorative in shape.element.xpath("./p:nvSpPr/p:cNvPr/a:extLst"):
                decorative.getparent().remove(decorative)
        else:
            title = box.role == "title"
            shape = self._shapes.title if title else self._shapes.add_textbox(*_place(box))
            self._seat(shape, box)
        shape.name = box.name
        self._write(shape.text_frame, box)

    def _seat(self, shape: Any, box: Text) -> None:
        """Put `shape` where `box` is, as wide as makes it break its lines alike."""
        width = box.w if self._exact else metrics.steady(box.paragraphs, box.w)
        spare = {"left": 0.0, "center": 0.5, "right": 1.0}[box.paragraphs[0].align]
        shape.left, shape.top = emu(box.x + (box.w - width) * spare), emu(box.y)
        shape.width, shape.height = emu(width), emu(box.h)

    def _placed(self, box: Text, kind: str) -> None:
        """The slide's number, as a field, or its footer, in the placeholder of the layout.

        A layout without such a place gets a text like any other.
        """
        shape = self._shapes.add_textbox(*_place(box))
        self._seat(shape, box)
        layout = self.slide.slide_layout.element
        for place in layout.xpath(f".//p:ph[@type='{kind}']")[:1]:
            [properties] = shape.element.xpath("./p:nvSpPr/p:nvPr")
            properties.append(deepcopy(place))
            shape.element.nvSpPr.cNvSpPr.attrib.pop("txBox", None)
        shape.name = box.name
        self._write(shape.text_frame, box)
        if box.role == "number":
            as_number(shape.element)

    def _write(self, frame: Any, box: Text) -> None:
        frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
        frame.word_wrap, frame.auto_size = True, MSO_AUTO_SIZE.NONE
        frame.vertical_anchor = _ANCHORS[box.anchor]
        for i, told in enumerate(box.paragraphs):
            paragraph = frame.add_paragraph() if i else frame.paragraphs[0]
            paragraph.alignment = ALIGNS[told.align]
            single = told.size / 72 * _SINGLE
            paragraph.line_spacing = Pt(told.leading * 72) if self._exact else told.leading / single
            paragraph.space_before, paragraph.space_after = Pt(0), Pt(told.after * 72)
            self._write_runs(paragraph, told)

    def _write_runs(self, paragraph: Any, told: Paragraph) -> None:
        for run in _joined(told):
            for n, text in enumerate(run.text.split("\v")):
                if n:
                    paragraph.add_line_break()
                    broken = paragraph._p[-1]
                    broken.append(deepcopy(paragraph._p.r_lst[-1].rPr))
                written = paragraph.add_run()
                written.text = text
                font = written.font
                font.size, font.bold, font.italic = Pt(told.size), run.bold, run.italic
                self._fill(font.fill, run.colour)
                if self._family:
                    font.name = self._family
                written._r.get_or_add_rPr().set("lang", tagged(run.language or self._language))
        closing = paragraph._p.get_or_add_endParaRPr()
        closing.set("lang", tagged(run.language or self._language))
        closing.set("sz", str(round(told.size * 100)))

    def _fill(self, fill: Any, colour: str) -> None:
        fill.solid()
        if colour in self._palette:
            fill.fore_color.theme_color = self._palette[colour]
        else:
            fill.fore_color.rgb = RGBColor(*bytes.fromhex(colour))  # type: ignore[no-untyped-call]


def as_number(element: Any) -> None:
    """Make the only run under `element` a field with the slide's number."""
    [run] = element.xpath(".//a:r")
    field = parse_xml(markup.slide_number(identifier("slide number").upper()))
    field.extend(list(run))
    run.getparent().replace(run, field)


def _place(box: Box) -> tuple[int, int, int, int]:
    return emu(box.x), emu(box.y), emu(box.w), emu(box.h)


def _deep(ring: Arc | Countdown) -> int:
    """The thickness of a ring as OOXML counts: 100000ths of its box's shorter side."""
    return round(100000 * ring.thickness / min(ring.w, ring.h))


def _same_place(one: Box, other: Box) -> bool:
    return _place(one) == _place(other)


def _angle(degrees: float) -> int:
    """Degrees from twelve o'clock as OOXML counts: 60000ths, from three o'clock."""
    return round((degrees - 90) % 360 * 60000)


def _joined(paragraph: Paragraph) -> tuple[Run, ...]:
    """The paragraph's runs on one line: office suites break it where the layout did."""
    pieces: list[Run] = []
    for line in paragraph.lines:
        if pieces:
            pieces[-1] = replace(pieces[-1], text=breaking.joined(pieces[-1].text))
        pieces.extend(line)
    return wrapping.merged(pieces)
