"""What large words stand beside: four drawings, taken in turn. Decorations, without alt.

Each gives its boxes, and what it leaves to the words: a width from the left margin, and the
height where they must end, in inches.
"""

from __future__ import annotations

from collections.abc import Callable

from capsule.layout.boxes import Arc, Box, Disc, Enter
from capsule.layout.frame import block, line
from capsule.layout.intro import props
from capsule.theme import PAGE_HEIGHT, PAGE_WIDTH, Theme

Room = tuple[float, float]
Backdrop = Callable[[str, float, Theme], tuple[tuple[Box, ...], Room]]


def _rings(ground: str, pace: float, theme: Theme) -> tuple[tuple[Box, ...], Room]:
    """Somebody from whom rings spread."""
    x, y = 11.1, PAGE_HEIGHT
    colours = (
        (theme.intro, theme.message, theme.debrief) if ground == theme.ink else (theme.ink,) * 3
    )
    rings = [
        Arc(
            name=f"ring {i}",
            x=x - radius,
            y=y - radius,
            w=2 * radius,
            h=2 * radius,
            fill=colour,
            start=270,
            sweep=180,
            thickness=0.42,
            enter=Enter((1.0 + 0.5 * i) * pace, "sweep", 1.0),
        )
        for i, (radius, colour) in enumerate(zip((2.5, 3.3, 4.1), colours, strict=True))
    ]
    who = props.person("maker", (x, y), 3.0, theme.accent, theme.paper)
    return (*rings, *props.entering(who, Enter(0.4 * pace, "rise", 0.7))), (6.1, 6.3)


def _halo(ground: str, pace: float, theme: Theme) -> tuple[tuple[Box, ...], Room]:
    """Somebody in the light."""
    x, across = 10.4, 5.6
    place = (x - across / 2, 1.2, across)
    disc = _light("light", place, ground, theme, Enter(0.5 * pace, "grow", 0.9))
    who = props.person("maker", (x, PAGE_HEIGHT), 4.6, theme.ink, theme.paper)
    return (disc, *props.entering(who, Enter(0.9 * pace, "rise", 0.7))), (6.2, 6.3)


def _crowd(ground: str, pace: float, theme: Theme) -> tuple[tuple[Box, ...], Room]:
    """Everybody, along the foot."""
    bodies = (theme.intro, theme.accent, theme.message, theme.ink, theme.debrief, theme.soft)
    colours = tuple(colour for colour in bodies if colour != ground)
    people: list[Box] = []
    for i in range(9):
        spot = (PAGE_WIDTH * (i + 0.5) / 9, PAGE_HEIGHT)
        size = 2.0 + 0.35 * (i * 5 % 4) / 3
        who = props.person(f"person {i}", spot, size, colours[i % len(colours)], theme.paper)
        order = abs(i - 4) + (0.5 if i > 4 else 0)  # from the middle outwards
        people += props.entering(who, Enter((0.8 + 0.55 * order) * pace, "rise", 0.6))
    return tuple(people), (PAGE_WIDTH - 1.8, 4.9)


def _question(ground: str, pace: float, theme: Theme) -> tuple[tuple[Box, ...], Room]:
    """A question mark as large as the page allows."""
    x, across = 10.9, 5.4
    place = (x - across / 2, 0.9, across)
    disc = _light("bubble", place, ground, theme, Enter(0.4 * pace, "grow", 0.8))
    mark = block(
        "mark",
        (x - across / 2, 0.9, across),
        [line("?", 260, theme.ink, bold=True, align="center")],
        tall=across,
        anchor="middle",
        enter=Enter(0.9 * pace, "rise", 0.6),
    )
    return (disc, mark), (6.9, 6.3)


def _light(
    name: str, place: tuple[float, float, float], ground: str, theme: Theme, enter: Enter
) -> Disc:
    """A disc that stands out from the ground; `place` is its left, top and diameter."""
    x, y, across = place
    fill = theme.paper if ground == theme.accent else theme.accent
    return Disc(name=name, x=x, y=y, w=across, h=across, fill=fill, enter=enter)


ALL: tuple[Backdrop, ...] = (_rings, _halo, _crowd, _question)
