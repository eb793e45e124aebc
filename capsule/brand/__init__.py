"""A centre's own PowerPoint file read: its colours, fonts, layouts, and where these leave room.

`package` reads it, `cutting` cuts it down, `scale` makes it as wide as the deck, `scheme` knows its
colours, `layouts` its placeholders, `matching` which of its layouts serve; `backdrop` draws what
lies behind, `rooms` finds where our pages go, `palette` what film and player take from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from gettext import gettext as _

from capsule import shades
from capsule.brand import backdrop, cutting, layouts, matching, package, palette, rooms, scale
from capsule.brand.layouts import Box, Layout, Place, Style
from capsule.brand.matching import Kind, Matched, MissingError
from capsule.brand.package import NAMES, Package, TemplateError
from capsule.look import Ground
from capsule.theme import PAGE_WIDTH, Canvas, Stage, Typeface

__all__ = ["Kind", "MissingError", "Style", "Template", "TemplateError", "opened"]

_LEAST = 12.0  # points, of any text
_NAMED = ("tx1", "bg1", "tx2", "bg2", *(f"accent{n}" for n in range(1, 7)))
_AS_ARIAL = {"arial", "helvetica", "liberation sans", "arimo"}
_WIDER = 1.18  # than Arial: Verdana and Montserrat are, and most others are narrower


@dataclass(frozen=True)
class Template:
    """A template made ready: a PPTX without slides, 13.333 inches wide.

    `parts` names the layout's part for each kind of slide, and `styles` how its placeholders set
    their text (kind → placeholder → style). `family` is the contents' font as runs name it;
    `font` is its own name. `colours` are the theme's (tx1, bg1, accent1... → RRGGBB), `ground` what
    the pages take of them. `remarks` say what was done to the template's choices.
    """

    file: bytes
    parts: Mapping[Kind, str]
    styles: Mapping[Kind, Mapping[str, Style]]
    family: str
    font: str
    colours: Mapping[str, str]
    ground: Ground
    stage: Stage
    remarks: tuple[str, ...]


@lru_cache(maxsize=4)
def opened(
    file: bytes, wanted: tuple[tuple[str, str], ...] = (), typeface: Typeface | None = None
) -> Template:
    """The template in `file`; `wanted` names its layouts (kind, name), before all rules.

    `typeface` is taken instead of its own fonts. Raises TemplateError, MissingError.
    """
    held = cutting.opened(file)
    height = scale.scaled(held)
    known = layouts.read(held)
    found = matching.matched(known, dict(wanted), package.slides(file))
    if typeface:
        _refont(held, typeface.name)
    body = _body(found.content, known)
    drops = {one.part: backdrop.drawn(held, one, height) for one in dict.fromkeys(found)}
    box = body.outer if body else None
    pages = rooms.canvas(found.content, box, drops[found.content.part], height)
    film = rooms.canvas(found.film, box, drops[found.film.part], height)
    room = Box(pages.left, pages.top, pages.room, pages.bottom - pages.top)
    ground, text = _ground(found.content, body, room, drops[found.content.part], pages)
    made, changed = palette.palette(held, found.content, ground, text)
    first = _first(found.title, drops[found.title.part], height, ground)
    family = "+mn-lt" if typeface else body.style.family if body else "+mn-lt"
    font = found.content.scheme.family(family)
    measured = typeface or Typeface(font or "Arial", wider=_wider(font))
    stage = Stage(first, film, pages, measured)
    return Template(
        held.saved(),
        {"title": found.title.part, "content": found.content.part, "film": found.film.part},
        {
            "title": _styles(found.title, drops),
            "content": _styles(found.content, drops),
            "film": _styles(found.film, drops),
        },
        family,
        font,
        {name: found.content.scheme.named(name) for name in _NAMED},
        made,
        stage,
        (*_faint(changed), *_repainted(found, stage), *_unknown(measured)),
    )


def _body(content: Layout, known: list[Layout]) -> Place | None:
    """Where the template sets contents: on this layout, or on a fellow of the same master."""
    fellows = [one for one in known if one.master == content.master]
    fellows.sort(key=lambda one: (one is not content, one.kind not in {"obj", "tx"}))
    for layout in fellows:
        bodies = [place for place in layout.places if place.kind in {"body", "obj"}]
        if len(bodies) == 1 and layout.first("title") and bodies[0].outer.w > PAGE_WIDTH / 2:
            return bodies[0]
    return None


def _ground(
    content: Layout, body: Place | None, room: Box, drop: backdrop.Backdrop, pages: Canvas
) -> tuple[str, str]:
    """The colours of the contents' ground and of text on it."""
    scheme = content.scheme
    if pages.plate:
        return scheme.named("bg1"), scheme.named("tx1")
    return drop.grounds(room)[0], body.style.colour if body else scheme.named("tx1")


def _first(title: Layout, drop: backdrop.Backdrop, height: float, ground: str) -> Canvas:
    """The first slide: title, subtitle, and the ribbon at the foot if that is free."""
    found = rooms.canvas(title, None, drop, height, whole=True)
    strip = Box(found.left, found.foot - 0.12, found.room, 0.6)
    same = drop.even(strip) and drop.grounds(strip)[0] == ground
    places = [title.first("title", "ctrTitle"), rooms.subtitle(title)]
    lowest = max(place.outer.y + place.outer.h for place in places if place)
    free = lowest <= strip.y or all(
        place.outer.y > strip.y + strip.h or place.outer.y + place.outer.h < strip.y
        for place in places
        if place
    )
    return replace(found, plate=False, foot=found.foot if free and same else 0.0)


def _styles(layout: Layout, drops: Mapping[str, backdrop.Backdrop]) -> dict[str, Style]:
    """The layout's styles; those of the footers large and clear enough to be read."""
    styles = {place.kind: place.style for place in reversed(layout.places)}
    for place in layout.places:
        if place.kind in {"ftr", "sldNum"}:
            grounds = drops[layout.part].grounds(place.box)
            styles[place.kind] = replace(
                place.style,
                size=max(place.style.size, _LEAST),
                colour=shades.readable(place.style.colour, grounds),
            )
    return styles


def _refont(held: Package, name: str) -> None:
    """Set the fonts of the themes to `name`."""
    for master in held.related(held.main, "slideMaster"):
        for part in held.related(master, "theme"):
            for kind in ("majorFont", "minorFont"):
                for face in held.tree(part).iterfind(f".//a:{kind}/a:latin", NAMES):
                    face.set("typeface", name)
                    face.attrib.pop("panose", None)


def _wider(font: str) -> float:
    return 1.0 if font.casefold() in _AS_ARIAL else _WIDER


def _faint(changed: list[palette.Changed]) -> list[str]:
    said = _(
        "The template's #%(colour)s cannot be read on #%(ground)s: #%(shade)s takes its place in"
        " the capsule's own texts."
    )
    return [said % one._asdict() for one in dict.fromkeys(changed)]


def _repainted(found: Matched, stage: Stage) -> list[str]:
    """The titles of the template that could not be read as they are."""
    said = list[str]()
    for layout, canvas in zip(found, (stage.first, stage.pages, stage.film), strict=True):
        for place, head in (
            (layout.first("title", "ctrTitle"), canvas.title),
            (rooms.subtitle(layout), canvas.subtitle if canvas is stage.first else None),
        ):
            if place and head and head.colour != place.style.colour:
                values = {
                    "colour": place.style.colour,
                    "layout": layout.name,
                    "shade": head.colour,
                }
                said.append(
                    _(
                        'The title of the layout "%(layout)s", in #%(colour)s, cannot be read on'
                        " its ground: it is set in #%(shade)s."
                    )
                    % values
                )
    return list(dict.fromkeys(said))


def _unknown(typeface: Typeface) -> list[str]:
    if typeface.wider == 1:
        return []
    said = _(
        "The template's font, %(font)s, cannot be measured: its texts keep room to spare, and the"
        " film is set in Liberation Sans. Its files, under theme: font:, make both exact."
    )
    return [said % {"font": typeface.name}]
