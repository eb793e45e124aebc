"""What draws an obstacle and an idea anywhere: bricks, a light bulb. Decorations, without alt."""

from __future__ import annotations

from itertools import pairwise

from capsule.layout.boxes import Arc
from capsule.layout.intro.props import Boxes, Spot, bar, dot
from capsule.theme import Theme


def wall(name: str, spot: Spot, size: Spot, colours: tuple[str, str]) -> tuple[Boxes, ...]:
    """Rows of bricks from the ground up, in bond; `size` is the wall's width and height."""
    (x, y), (w, h) = spot, size
    high, gap = 0.65, 0.06
    rows: list[Boxes] = []
    for row in range(round(h / high)):
        quarters = (0, 2, 4) if row % 2 else (0, 1, 3, 4)
        joints = [x + w * (n - 2) / 4 for n in quarters]
        rows.append(
            tuple(
                bar(
                    f"{name} brick {row} {i}",
                    (a + gap / 2, y - high * (row + 1) + gap / 2, b - a - gap, high - gap),
                    colours[(row + i) % 2],
                    0.05,
                )
                for i, (a, b) in enumerate(pairwise(joints))
            )
        )
    return tuple(rows)


def bulb(name: str, spot: Spot, size: float, theme: Theme) -> tuple[Boxes, ...]:
    """A light bulb, then its rays."""
    x, y = spot
    glass = 0.74 * size
    middle, base = y - size + glass / 2, 0.34 * size
    rays = tuple(
        Arc(
            name=f"{name} ray {i}",
            x=x - 0.72 * size,
            y=middle - 0.72 * size,
            w=1.44 * size,
            h=1.44 * size,
            fill=theme.debrief,
            start=angle - 2.5,
            sweep=5,
            thickness=0.22 * size,
        )
        for i, angle in enumerate((0, 45, 90, 270, 315))
    )
    lamp = (
        bar(f"{name} neck", (x - base / 2, middle, base, glass / 2 + 0.1 * size), theme.white),
        dot(f"{name} glass", (x, middle), glass, theme.white),
        *(
            bar(
                f"{name} screw {i}",
                (x - base / 2, y - (0.2 - 0.09 * i) * size, base, 0.07 * size),
                theme.ink,
                0.035 * size,
            )
            for i in range(2)
        ),
    )
    return lamp, rays
