"""A deck in a centre's template: its layouts, its placeholders, its fonts and its footers."""

from __future__ import annotations

import io
from collections.abc import Sequence
from copy import deepcopy
from typing import Any

from pptx import Presentation
from pptx.opc.constants import CONTENT_TYPE as CT
from pptx.opc.constants import RELATIONSHIP_TYPE as RT
from pptx.opc.package import Part
from pptx.opc.packuri import PackURI
from pptx.oxml.ns import qn
from pptx.util import Pt

from capsule.brand import Kind, Style, Template
from capsule.layout.boxes import Movie, Page, Paragraph, Text
from capsule.render.deck import markup
from capsule.render.deck.blank import COLOURS, emu, mark
from capsule.render.deck.drawing import ALIGNS, Drawing, as_number
from capsule.theme import Theme

_TITLES = ("ctrTitle", "title")
_SUBTITLES = ("subTitle", "body", "obj")
_FOOTERS = {"number": "sldNum", "footer": "ftr"}


def opened(brand: Template, language: str, *, title: str, author: str) -> Any:
    """The template as a presentation without slides, whose properties are ours."""
    presentation = Presentation(io.BytesIO(brand.file))
    package = presentation.part.package
    name = PackURI("/docProps/app.xml")
    properties = Part(name, CT.OFC_EXTENDED_PROPERTIES, package, markup.PROPERTIES.encode())
    package.relate_to(properties, RT.EXTENDED_PROPERTIES)
    _drop_unusable_notes(presentation)
    mark(presentation, language, title=title, author=author)
    return presentation


def _drop_unusable_notes(presentation: Any) -> None:
    """Drop a notes master without a place for notes; python-pptx then brings its own."""
    part = presentation.part
    for id_, link in list(part.rels.items()):
        if link.reltype == RT.NOTES_MASTER and not link.target_part._element.xpath(
            ".//p:ph[@type='body']"
        ):
            part.rels.pop(id_)
            for listed in presentation.element.xpath("./p:notesMasterIdLst"):
                presentation.element.remove(listed)


class Branded(Drawing):
    """A slide of the template being drawn: its own ground shows, its placeholders are filled."""

    def __init__(
        self, presentation: Any, page: Page, theme: Theme, language: str, brand: Template
    ) -> None:
        kind = _kind(page)
        layout = _layout(presentation, brand.parts[kind])
        super().__init__(presentation.slides.add_slide(layout), theme, language)
        self._palette = {
            brand.colours[name]: COLOURS[name]
            for name in reversed(COLOURS)
            if name in brand.colours
        }
        self._family = brand.family
        self._exact = brand.stage.typeface.wider != 1
        self._styles = brand.styles[kind]

    def ground(self, colour: str) -> None:
        """Leave the template's own ground."""

    def finish(self) -> None:
        """Take away the placeholders in which nothing was written."""
        for shape in list(self.slide.placeholders):
            if not (shape.has_text_frame and shape.text_frame.text):
                shape.element.getparent().remove(shape.element)

    def _text(self, box: Text) -> None:
        if box.role == "title":
            self._filled(box, _TITLES)
        elif box.role == "subtitle":
            self._filled(box, _SUBTITLES)
        elif box.role in _FOOTERS:
            self._foot(box, _FOOTERS[box.role])
        else:
            super()._text(box)

    def _filled(self, box: Text, kinds: Sequence[str]) -> None:
        """Write in the slide's placeholder, telling only what the template does not."""
        places = {
            shape.element.xpath(".//p:ph")[0].get("type", "obj"): shape
            for shape in reversed(list(self.slide.placeholders))
        }
        kind = next(kind for kind in kinds if kind in places)
        shape, style = places[kind], self._styles[kind]
        shape.name = box.name
        tree = self._shapes._spTree
        tree.remove(shape.element)
        tree.append(shape.element)  # over what was drawn before
        for i, told in enumerate(box.paragraphs):
            frame = shape.text_frame
            paragraph = frame.add_paragraph() if i else frame.paragraphs[0]
            self._write_runs(paragraph, told)
            if not style.inherited:  # nor is its place, in LibreOffice
                shape.left, shape.top = emu(box.x), emu(box.y)
                shape.width, shape.height = emu(box.w), emu(box.h)
                frame.margin_left = frame.margin_right = frame.margin_top = 0
                frame.margin_bottom = 0
                paragraph.alignment = ALIGNS[told.align]
                paragraph._p.get_or_add_pPr().set("indent", "0")
                paragraph._p.get_or_add_pPr().set("marL", "0")
            for run in paragraph.runs:
                self._leave(run, told, style)
        if len(box.paragraphs) > 1 or not style.inherited:
            self._without_bullets(shape)

    def _without_bullets(self, shape: Any) -> None:
        for paragraph in shape.text_frame.paragraphs:
            properties = paragraph._p.get_or_add_pPr()
            if properties.find(qn("a:buNone")) is None:
                properties.insert_element_before(
                    properties.makeelement(qn("a:buNone")), "a:tabLst", "a:defRPr", "a:extLst"
                )

    def _leave(self, run: Any, told: Paragraph, style: Style) -> None:
        """Take out of `run` what it inherits from its placeholder."""
        properties = run._r.get_or_add_rPr()
        latin = properties.find(qn("a:latin"))
        if not style.inherited:
            latin.set("typeface", style.family)
            return
        properties.remove(latin)
        properties.attrib.pop("i", None)
        if abs(told.size - style.size) < 0.1:
            properties.attrib.pop("sz", None)
        if run.font.bold == style.bold:
            properties.attrib.pop("b", None)
        if told.lines[0][0].colour == style.colour:
            properties.remove(properties.find(qn("a:solidFill")))

    def _foot(self, box: Text, kind: str) -> None:
        """The slide's number or footer as the layout has it; nothing where it has none."""
        models = self.slide.slide_layout.element.xpath(f".//p:sp[.//p:ph[@type='{kind}']]")
        style = self._styles.get(kind)
        if not models or not style:
            return
        shape = deepcopy(models[0])
        ids = self.slide.element.xpath(".//p:cNvPr/@id")
        [properties] = shape.xpath("./p:nvSpPr/p:cNvPr")
        for stale in list(properties):
            properties.remove(stale)
        properties.set("id", str(max(map(int, ids)) + 1))
        properties.set("name", box.name)
        self._shapes._spTree.append(shape)
        for paragraph in shape.xpath("./p:txBody/a:p"):
            paragraph.getparent().remove(paragraph)
        frame = self._shapes[-1].text_frame
        shape.txBody.add_p()
        paragraph = frame.paragraphs[0]
        paragraph.alignment = ALIGNS[style.align]
        told = box.paragraphs[0]
        run = paragraph.add_run()
        run.text = told.text
        run.font.size, run.font.name = Pt(style.size), style.family
        self._fill(run.font.fill, style.colour)
        run._r.get_or_add_rPr().set("lang", self._language)
        if kind == "sldNum":
            as_number(shape)


def _kind(page: Page) -> Kind:
    if page.part is None and page.id == "title":
        return "title"
    return "film" if any(isinstance(box, Movie) for box in page.boxes) else "content"


def _layout(presentation: Any, part: str) -> Any:
    return next(
        layout
        for master in presentation.slide_masters
        for layout in master.slide_layouts
        if layout.part.partname == f"/{part}"
    )
