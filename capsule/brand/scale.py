"""A template made as wide as the deck, as PowerPoint does when a slide's size is changed."""

from __future__ import annotations

from gettext import gettext as _
from typing import Any

from lxml import etree

from capsule.brand.package import NAMES, Package, TemplateError
from capsule.numbers import decimal

_WIDE = 12192000  # EMU: 13.333 inches
_NARROWEST, _WIDEST = 1.32, 1.9  # width by height: from 4:3 to a little more than 16:9
_LENGTHS = {  # attributes that are lengths, by element
    "off": ("x", "y"),
    "chOff": ("x", "y"),
    "ext": ("cx", "cy"),
    "chExt": ("cx", "cy"),
    "ln": ("w",),
    "bodyPr": ("lIns", "tIns", "rIns", "bIns"),
    "tab": ("pos",),
    "tile": ("tx", "ty", "sx", "sy"),
    "outerShdw": ("blurRad", "dist"),
    "innerShdw": ("blurRad", "dist"),
    "blur": ("rad",),
    "glow": ("rad",),
    "softEdge": ("rad",),
    "gridCol": ("w",),
    "tr": ("h",),
    "spcPts": ("val",),
    "buSzPts": ("val",),
}
_TEXT = ("sz", "spc")  # hundredths of a point, which office suites keep in steps of a tenth
_PARAGRAPH = ("marL", "marR", "indent", "defTabSz")
_LARGEST_SIZE = 400000


def scaled(package: Package) -> float:
    """Make the slides of `package` 13.333 inches wide; give their height in inches.

    Raises TemplateError for a shape of slide that the pages can't be laid out on.
    """
    top = package.tree(package.main)
    size = top.find("p:sldSz", NAMES)
    wide, high = (int(size.get(name)) for name in ("cx", "cy")) if size is not None else (0, 0)
    if not high or not _NARROWEST <= wide / high <= _WIDEST:
        values = {"width": decimal(wide / 360000), "height": decimal(high / 360000)}
        raise TemplateError(
            _("its slides measure %(width)s x %(height)s cm") % values,
            _("give slides between 4:3 and 16:9: Design, Slide Size"),
        )
    factor = _WIDE / wide
    high = round(high * factor)
    size.set("cx", str(_WIDE))
    size.set("cy", str(high))
    size.attrib.pop("type", None)
    if factor != 1:
        masters = package.related(package.main, "slideMaster")
        layouts = [one for name in masters for one in package.related(name, "slideLayout")]
        for style in top.findall("p:defaultTextStyle", NAMES):
            _grow(style, factor)
        for name in [*masters, *layouts]:
            _grow(package.tree(name), factor)
    return high / 914400


def _grow(tree: Any, factor: float) -> None:
    for guides in tree.xpath(".//p:ext[.//*[local-name()='sldGuideLst']]", namespaces=NAMES):
        guides.getparent().remove(guides)
    for element in tree.iter(f"{{{NAMES['a']}}}*"):
        name = etree.QName(element).localname
        if name == "path" and not element.get("w"):
            _redraw(element, factor)
        for attribute in _LENGTHS.get(name, ()):
            _multiply(element, attribute, factor)
        if name in {"rPr", "defRPr", "endParaRPr"}:
            for attribute in _TEXT:
                _multiply(element, attribute, factor, step=10)
        elif name == "pPr" or name.startswith("lvl") or name == "defPPr":
            for attribute in _PARAGRAPH:
                _multiply(element, attribute, factor)
    for element in tree.iter(f"{{{NAMES['p']}}}ext", f"{{{NAMES['p']}}}off"):
        for attribute in ("cx", "cy", "x", "y"):
            _multiply(element, attribute, factor)


def _redraw(path: Any, factor: float) -> None:
    """A path without a size of its own counts as its shape does."""
    for element in path.iter(f"{{{NAMES['a']}}}pt", f"{{{NAMES['a']}}}arcTo"):
        for attribute in ("x", "y", "wR", "hR"):
            _multiply(element, attribute, factor)


def _multiply(element: Any, attribute: str, factor: float, step: int = 1) -> None:
    value = element.get(attribute)
    if value and value.lstrip("-").isdigit():
        element.set(attribute, str(round(int(value) * factor / step) * step))
