"""How texts are written: what a run says itself, then what it inherits (ECMA-376, 21.1.2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from capsule.audit.deck import Deck, Shape
from capsule.audit.package import NS, number, qn

_FILLS = {qn(f"a:{n}Fill") for n in ("no", "solid", "grad", "blip", "patt", "grp")}
_FULL = 100_000  # percentages are told in thousandths
_STANDARD = 18  # points, when nothing tells


@dataclass(frozen=True)
class Run:
    """Words written alike: size in points, fill or colour element, its paragraph's level chain."""

    text: str
    size: float
    bold: bool
    fill: Any


@dataclass(frozen=True)
class Paragraph:
    """Runs, how they are aligned (l, ctr, r), margin in EMU, space between lines (1: single)."""

    runs: tuple[Run, ...]
    align: str
    margin: float
    spacing: float


def fill_of(properties: Any) -> Any:
    """The fill among the children of `properties`, or None."""
    children = properties if properties is not None else ()
    return next((child for child in children if child.tag in _FILLS), None)


def paragraphs(deck: Deck, shape: Shape, body: Any) -> Iterator[Paragraph]:
    """The paragraphs of a `txBody` of `shape`, as they are written on the slide."""
    shrunk = body.find("a:bodyPr/a:normAutofit", NS)
    scale = number(shrunk, "fontScale", _FULL) / _FULL
    tighter = number(shrunk, "lnSpcReduction") / _FULL
    for paragraph in body.iterfind("a:p", NS):
        own = paragraph.find("a:pPr", NS)
        level = int(number(own, "lvl")) + 1
        levels = _levels(deck, shape, body, level)
        chain = [p for p in (own, *levels) if p is not None]
        yield Paragraph(
            tuple(_runs(shape, paragraph, levels, scale)),
            next((p.get("algn") for p in chain if p.get("algn")), "l"),
            next((number(p, "marL") for p in chain if p.get("marL")), 0),
            next((s for s in map(_spacing, chain) if s), 1.0) - tighter,
        )


def _levels(deck: Deck, shape: Shape, body: Any, level: int) -> list[Any]:
    """What a paragraph of that level inherits from, the nearest first."""
    style = f"a:lvl{level}pPr"
    lists = [body.find("a:lstStyle", NS)]
    lists += [model.element.find("p:txBody/a:lstStyle", NS) for model in shape.models]
    master = shape.page.lineage[-1].tree
    if shape.placeholder is not None:
        lists.append(master.find(f"p:txStyles/p:{shape.family}Style", NS))
    lists.append(deck.root.find("p:defaultTextStyle", NS))
    if shape.placeholder is None:
        lists.append(master.find("p:txStyles/p:otherStyle", NS))
    found = (styles.find(style, NS) for styles in lists if styles is not None)
    return [properties for properties in found if properties is not None]


def _runs(shape: Shape, paragraph: Any, levels: list[Any], scale: float) -> Iterator[Run]:
    defaults = [p for p in (level.find("a:defRPr", NS) for level in levels) if p is not None]
    for run in paragraph:
        if run.tag not in (qn("a:r"), qn("a:fld"), qn("a:br")):
            continue
        own = run.find("a:rPr", NS)
        chain = [p for p in (own, *defaults) if p is not None]
        size = next((s / 100 for s in (number(p, "sz") for p in chain) if s > 0), _STANDARD)
        bold = next((p.get("b") for p in chain if p.get("b")), "0") in ("1", "true")
        text = "\n" if run.tag == qn("a:br") else run.findtext("a:t", "", NS)
        if run.get("type") == "slidenum":  # what stands there in between is any text
            text = str(shape.page.number)
        yield Run(text, size * scale, bold, _fill(shape, own, defaults))


def _fill(shape: Shape, own: Any, defaults: list[Any]) -> Any:
    """A run's fill: its own, a link's, that of the shape's style, then what it inherits."""
    if own is not None and own.find("a:hlinkClick", NS) is not None:
        return _scheme(own, "hlink")
    if (found := fill_of(own)) is not None:
        return found
    referred = shape.element.find("p:style/a:fontRef", NS)
    if referred is not None and len(referred):
        return referred
    found = next((f for f in map(fill_of, defaults) if f is not None), None)
    return found if found is not None else _scheme(shape.element, "tx1")


def _scheme(element: Any, name: str) -> Any:
    """A fill of the theme's colour `name`."""
    fill = element.makeelement(qn("a:solidFill"))
    fill.append(element.makeelement(qn("a:schemeClr"), val=name))
    return fill


def _spacing(properties: Any) -> float:
    """The space between lines that `properties` asks for, 0 when they do not."""
    return number(properties.find("a:lnSpc/a:spcPct", NS), "val") / _FULL
