"""The house's empty deck: python-pptx's default template, made ours and cleaned."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from lxml import etree
from pptx import Presentation
from pptx.enum.dml import MSO_THEME_COLOR
from pptx.opc.constants import RELATIONSHIP_TYPE as RT
from pptx.oxml import parse_xml
from pptx.util import Emu

from capsule.render.deck import markup
from capsule.theme import PAGE_HEIGHT, Theme

_WIDE, _HIGH = 12192000, 6858000  # EMU: PowerPoint's 16:9, 13.333 x 7.5 inches
_REGIONS = {"fr": "fr-FR", "en": "en-GB", "de": "de-DE", "es": "es-ES", "it": "it-IT"}
_DATE = datetime(2000, 1, 1)  # whenever it is built, so that the same input gives the same bytes
_ACCENTS = ("intro", "message", "debrief", "accent", "line_on_ink", "soft_on_ink")
_SCHEMES = {  # what the theme's colours stand for; a dark deck takes its text from lt1
    "light": {"dk1": "text", "lt1": "card", "dk2": "soft", "lt2": "ground"},
    "dark": {"dk1": "card", "lt1": "text", "dk2": "ground", "lt2": "soft"},
}
_MAPPED = {  # what master and slides call them
    "light": {"bg1": "lt1", "tx1": "dk1", "bg2": "lt2", "tx2": "dk2"},
    "dark": {"bg1": "dk1", "tx1": "lt1", "bg2": "dk2", "tx2": "lt2"},
}
COLOURS = {
    "tx1": MSO_THEME_COLOR.TEXT_1,
    "bg1": MSO_THEME_COLOR.BACKGROUND_1,
    "tx2": MSO_THEME_COLOR.TEXT_2,
    "bg2": MSO_THEME_COLOR.BACKGROUND_2,
    "accent1": MSO_THEME_COLOR.ACCENT_1,
    "accent2": MSO_THEME_COLOR.ACCENT_2,
    "accent3": MSO_THEME_COLOR.ACCENT_3,
    "accent4": MSO_THEME_COLOR.ACCENT_4,
    "accent5": MSO_THEME_COLOR.ACCENT_5,
    "accent6": MSO_THEME_COLOR.ACCENT_6,
}


def tagged(language: str) -> str:
    """`language` with the region that office suites expect: fr → fr-FR."""
    return _REGIONS.get(language, language)


def emu(inches: float) -> Emu:
    """Inches in the unit of OOXML, 914400 to the inch."""
    return Emu(round(inches * 914400))


def palette(theme: Theme) -> dict[str, MSO_THEME_COLOR]:
    """RRGGBB → the theme colour that stands for it, so that a new theme recolours the deck."""
    scheme = _scheme(theme)
    mapped = _MAPPED[theme.mode]
    return {scheme[mapped.get(name, name)]: colour for name, colour in COLOURS.items()}


def _scheme(theme: Theme) -> dict[str, str]:
    """The twelve colours of the deck's own theme: name → RRGGBB."""
    accents = {f"accent{n}": name for n, name in enumerate(_ACCENTS, 1)}
    links = {"hlink": "intro", "folHlink": "message"}
    names = {**_SCHEMES[theme.mode], **accents, **links}
    return {name: getattr(theme, token) for name, token in names.items()}


def blank(theme: Theme, language: str, *, title: str, author: str) -> Any:
    """A presentation without slides, of one layout: a title, a footer and a slide number."""
    presentation = Presentation()
    presentation.slide_width, presentation.slide_height = Emu(_WIDE), Emu(_HIGH)
    presentation.element.sldSz.attrib.pop("type", None)
    _strip(presentation)
    _dress(presentation.slide_master, presentation.slide_layouts[0], theme)
    _recolour(presentation.slide_master.part.part_related_by(RT.THEME), theme)
    mark(presentation, language, title=title, author=author)
    return presentation


def mark(presentation: Any, language: str, *, title: str, author: str) -> None:
    """Write what `presentation` is and who it is from; masters and layouts tell its language."""
    masters = list(presentation.slide_masters)
    layouts = [layout for master in masters for layout in master.slide_layouts]
    for owner in (presentation, *masters, *layouts):
        for worded in owner.element.xpath(".//*[@lang]"):
            worded.set("lang", language)
    core = presentation.core_properties
    core.title, core.author, core.last_modified_by = title, author, author
    core.language, core.revision, core.keywords = language, 1, ""
    core.comments = ""  # python-pptx writes its own name here
    core.created = core.modified = _DATE


def _strip(presentation: Any) -> None:
    """Take out what the default template brings: layouts, thumbnail, printer, statistics."""
    layouts = presentation.slide_layouts
    for layout in [layout for layout in layouts if layout.name != "Title Only"]:
        layouts.remove(layout)
    package = presentation.part.package
    for rel in list(package.iter_rels()):
        if rel.reltype == RT.THUMBNAIL:
            package.drop_rel(rel.rId)
        elif rel.reltype == RT.PRINTER_SETTINGS:
            presentation.part.drop_rel(rel.rId)
        elif rel.reltype == RT.EXTENDED_PROPERTIES:
            rel.target_part.blob = markup.PROPERTIES.encode()


def _dress(master: Any, layout: Any, theme: Theme) -> None:
    """Give master and layout the house's ground and places; dates go."""
    layout.element.cSld.set("name", "Capsule")
    margin = emu(theme.canvas.left)
    places = {
        "title": (margin, emu(1.1), _WIDE - 2 * margin, emu(1.3)),
        "body": (margin, emu(2.6), _WIDE - 2 * margin, emu(3.7)),
        "ftr": (_WIDE - margin - emu(7.5), emu(0.6), emu(7.5), emu(0.3)),
        "sldNum": (_WIDE - margin - emu(0.6), emu(PAGE_HEIGHT - 0.64), emu(0.6), emu(0.2)),
    }
    for shape in [*master.placeholders, *layout.placeholders]:
        kind = shape.element.xpath(".//p:ph/@type")[0]
        if kind not in places:
            shape.element.getparent().remove(shape.element)
        elif shape.element.getparent() is master.shapes._spTree:
            shape.left, shape.top, shape.width, shape.height = places[kind]
            text = shape.text_frame
            text.margin_left = text.margin_right = text.margin_top = text.margin_bottom = 0
            if kind == "ftr":
                for level in shape.element.xpath(".//a:lvl1pPr"):
                    level.set("algn", "r")
    for name, colour in _MAPPED[theme.mode].items():
        master.element.xpath("./p:clrMap")[0].set(name, colour)
    ground = master.background.fill
    ground.solid()
    ground.fore_color.theme_color = MSO_THEME_COLOR.BACKGROUND_2
    [level] = master.element.xpath(".//p:titleStyle/a:lvl1pPr")
    level.set("algn", "l")
    [style] = master.element.xpath(".//p:titleStyle/a:lvl1pPr/a:defRPr")
    style.set("sz", str(round(theme.title * 100)))
    style.set("b", "1")


def _recolour(part: Any, theme: Theme) -> None:
    tree = parse_xml(part.blob)
    for new in (markup.colours(_scheme(theme)), markup.fonts(theme.typeface.name)):
        element = parse_xml(new)
        old = tree.find(f".//{element.tag}")
        old.getparent().replace(old, element)
    tree.set("name", "Capsule")
    part.blob = etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)
