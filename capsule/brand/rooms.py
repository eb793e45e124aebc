"""Where a layout leaves room for pages: under its title, above its footers, beside its marks."""

from __future__ import annotations

from collections.abc import Sequence

from capsule import shades
from capsule.brand.backdrop import Backdrop
from capsule.brand.layouts import Box, Layout, Place
from capsule.theme import PAGE_WIDTH, Canvas, Heading

_MARGIN = 0.4  # inches kept at the edges of the slide
_RIBBON = 0.42  # height of the ribbon, with its labels
_APART = 0.15  # between the title, the contents, the ribbon and the footers
_LARGE = 3.0  # contrast of a large text (WCAG 2.2, 1.4.3)
_LARGE_SIZE = 24  # points from which it is, or less if bold
_NARROWEST, _LOWEST_ROOM = 9.0, 3.2  # inches under which contents are rather set over a mark
_GROUND = 0.5  # share of the room from which a mark is a ground
_LOWEST = 0.72  # of the slide's height: footers are under it


def canvas(
    layout: Layout,
    body: Box | None,
    backdrop: Backdrop,
    height: float,
    *,
    whole: bool = False,
) -> Canvas:
    """The canvas of a slide of `layout`; `body` is where the template has contents, if it says.

    `whole`: contents go from the head of the slide, whatever lies there.
    """
    title = layout.first("title", "ctrTitle")
    low = _foot(layout, height)
    if title and title.outer.y > height * 0.6:  # a title under the contents
        low = min(low, title.outer.y - _APART)
        under = _MARGIN
    else:
        under = title.outer.y + title.outer.h + _APART if title else _MARGIN
    if whole:
        under = _MARGIN
    if body and (body.w < _NARROWEST or low - max(under, body.y) < _LOWEST_ROOM):
        body = None
    left = max(body.x if body else _MARGIN, _MARGIN)
    right = min(body.x + body.w if body else PAGE_WIDTH, PAGE_WIDTH - _MARGIN)
    top = max(under, body.y if body and body.y < height / 2 else under)
    room = _beside(Box(left, top, right - left, low - top), backdrop.marks)
    foot = room.y + room.h - _RIBBON
    return Canvas(
        left=room.x,
        right=room.x + room.w,
        top=room.y,
        bottom=foot - _APART,
        foot=foot,
        height=height,
        title=heading(title, backdrop) if title else None,
        subtitle=heading(sub, backdrop) if (sub := subtitle(layout)) else None,
        film=media.outer if (media := layout.first("media")) else None,
        plate=not backdrop.even(room),
    )


def subtitle(layout: Layout) -> Place | None:
    """The place under the title of the first slide."""
    return layout.first("subTitle", "body", "obj")


def heading(place: Place, backdrop: Backdrop) -> Heading:
    """A title's place, in a colour that can be read on what lies there."""
    style = place.style
    grounds = backdrop.grounds(place.box)
    least = _LARGE if style.size >= _LARGE_SIZE else shades.READABLE
    clear = shades.least(style.colour, grounds) >= least and not backdrop.pictured
    colour = style.colour if clear else shades.readable(style.colour, grounds)
    return Heading(
        *place.box,
        size=style.size,
        colour=colour,
        bold=style.bold,
        align=style.align,
        anchor=place.anchor,
        capitals=style.capitals,
        plate=not clear and (backdrop.pictured or shades.least(colour, grounds) < least),
    )


def _foot(layout: Layout, height: float) -> float:
    """The lowest that contents go: above the footers, if these lie at the foot."""
    tops = [
        place.outer.y
        for place in layout.places
        if place.kind in {"ftr", "sldNum", "dt"}
        and place.outer.h
        and place.outer.y > height * _LOWEST
    ]
    return min([*tops, height - 0.3])


def _beside(room: Box, marks: Sequence[Box]) -> Box:
    """What is left of `room` beside the marks of the template that reach into it."""
    for mark in marks:
        across = min(room.x + room.w, mark.x + mark.w) - max(room.x, mark.x)
        down = min(room.y + room.h, mark.y + mark.h) - max(room.y, mark.y)
        if across <= 0.02 or down <= 0.02 or across * down > _GROUND * room.w * room.h:
            continue
        gap = _APART
        right, low = room.x + room.w, room.y + room.h
        cuts = (
            Box(room.x, room.y, mark.x - gap - room.x, room.h),
            Box(mark.x + mark.w + gap, room.y, right - mark.x - mark.w - gap, room.h),
            Box(room.x, room.y, room.w, mark.y - gap - room.y),
            Box(room.x, mark.y + mark.h + gap, room.w, low - mark.y - mark.h - gap),
        )
        best = max(cuts, key=lambda cut: max(cut.w, 0) * max(cut.h, 0))
        if best.w >= _NARROWEST and best.h >= _LOWEST_ROOM:
            room = best
    return room
