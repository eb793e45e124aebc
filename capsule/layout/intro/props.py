"""Small drawings made of boxes: people, sheets, keys, a truck, bread. Decorations, without alt.

`spot` is the middle of a drawing's foot, in inches; `size` its height, about; `at` the second at
which it comes in.
"""

from __future__ import annotations

from dataclasses import replace

from capsule.layout.boxes import Arc, Box, Disc, Enter, Panel
from capsule.theme import PIXELS_PER_INCH, Theme

Spot = tuple[float, float]
Rect = tuple[float, float, float, float]  # left, top, width, height in inches
Boxes = tuple[Box, ...]


def bar(name: str, rect: Rect, fill: str, radius: float = 0) -> Panel:
    """A rectangle; `radius` rounds its corners, in inches."""
    x, y, w, h = rect
    return Panel(name=name, x=x, y=y, w=w, h=h, fill=fill, radius=radius)


def dot(name: str, middle: Spot, across: float, fill: str) -> Disc:
    """A disc, `across` inches wide."""
    x, y = middle
    return Disc(name=name, x=x - across / 2, y=y - across / 2, w=across, h=across, fill=fill)


def entering(boxes: Boxes, enter: Enter | None) -> Boxes:
    """`boxes`, all coming in as `enter` says."""
    return tuple(replace(box, enter=enter) for box in boxes)


def _half_disc(name: str, spot: Spot, across: float, fill: str, *, start: float = 270) -> Arc:
    """Half a disc, `start` being where it begins, clockwise: 270 stands on its flat side."""
    x, y = spot
    return Arc(
        name=name,
        x=x - across / 2,
        y=y - across / 2,
        w=across,
        h=across,
        fill=fill,
        start=start,
        sweep=180,
        thickness=across / 2,
    )


def person(name: str, spot: Spot, size: float, body: str, head: str) -> Boxes:
    """Somebody, from the waist up."""
    x, y = spot
    wide, top = 0.62 * size, y - size
    waist = round((y - 0.27 * size) * PIXELS_PER_INCH) / PIXELS_PER_INCH  # no seam on the way in
    return (
        _half_disc(f"{name} shoulders", (x, waist), wide, body),
        bar(f"{name} body", (x - wide / 2, waist, wide, y - waist), body),
        dot(f"{name} head", (x, top + 0.19 * size), 0.38 * size, head),
    )


def sheet(
    name: str, spot: Spot, size: float, lines: tuple[str, ...], theme: Theme
) -> tuple[Boxes, ...]:
    """A white sheet, then its lines: a coloured dot and a grey bar each."""
    w = 0.72 * size
    x, y = spot[0] - w / 2, spot[1] - size
    step = 0.86 * size / len(lines)
    drawings: list[Boxes] = [(bar(f"{name} paper", (x, y, w, size), theme.white, 0.06),)]
    for i, colour in enumerate(lines):
        middle = y + 0.07 * size + (i + 0.5) * step
        long = w * (0.5 - 0.1 * (i % 2))
        stroke = (x + 0.38 * w, middle - 0.035 * size, long, 0.07 * size)
        drawings.append(
            (
                dot(f"{name} dot {i}", (x + 0.2 * w, middle), 0.62 * step, colour),
                bar(f"{name} line {i}", stroke, theme.soft_on_ink, 0.035 * size),
            )
        )
    return tuple(drawings)


def desk(name: str, spot: Spot, size: Spot, top: str, front: str) -> Boxes:
    """A counter or a table; `size` is its width and height."""
    (x, y), (w, h) = spot, size
    return (
        bar(f"{name} front", (x - w / 2 + 0.12, y - h, w - 0.24, h), front),
        bar(f"{name} top", (x - w / 2, y - h, w, 0.16), top, 0.05),
    )


def key(name: str, spot: Spot, size: float, fill: str) -> Boxes:
    """A key that hangs by its ring."""
    x, y = spot
    ring = 0.42 * size
    stem = 0.12 * size
    return (
        Arc(
            name=f"{name} ring",
            x=x - ring / 2,
            y=y - size,
            w=ring,
            h=ring,
            fill=fill,
            start=0,
            sweep=360,
            thickness=0.11 * size,
        ),
        bar(f"{name} stem", (x - stem / 2, y - size + ring - 0.02, stem, size - ring), fill),
        bar(f"{name} tooth", (x, y - 0.13 * size, 0.2 * size, 0.1 * size), fill),
        bar(f"{name} bit", (x, y - 0.32 * size, 0.16 * size, 0.09 * size), fill),
    )


def board(
    name: str, spot: Spot, w: float, colours: tuple[str, ...], ground: str
) -> tuple[Boxes, ...]:
    """A board, then its keys, a row for each colour."""
    h = 0.72 * w
    x, y = spot[0] - w / 2, spot[1] - h
    step = h / len(colours)
    drawings: list[Boxes] = [(bar(f"{name} wood", (x, y, w, h), ground, 0.1),)]
    for row, colour in enumerate(colours):
        top = y + (row + 0.12) * step
        rail = bar(f"{name} rail {row}", (x + 0.06 * w, top, 0.88 * w, 0.07), colour, 0.035)
        keys = [
            key(f"{name} key {row} {n}", (x + w * (0.17 + 0.22 * n), top + 0.72 * step),
                0.66 * step, colour)
            for n in range(4)
        ]  # fmt: skip
        drawings.append((rail, *(box for drawing in keys for box in drawing)))
    return tuple(drawings)


def truck(name: str, spot: Spot, size: float, colours: tuple[str, str], theme: Theme) -> Boxes:
    """A small truck, seen from its side, that goes right; `colours` of its box and its cab."""
    x, y = spot
    box, cab = colours
    left, wheel = x - 0.9 * size, 0.38 * size
    floor = y - wheel / 2
    return (
        bar(f"{name} load", (left, y - size, 1.12 * size, size - wheel / 2), box, 0.06),
        bar(
            f"{name} cab", (left + 1.18 * size, y - 0.74 * size, 0.6 * size, 0.55 * size), cab, 0.1
        ),
        bar(
            f"{name} window",
            (left + 1.44 * size, y - 0.66 * size, 0.26 * size, 0.22 * size),
            theme.paper,
            0.04,
        ),
        bar(f"{name} chassis", (left, floor - 0.06, 1.78 * size, 0.1), theme.ink),
        dot(f"{name} rear", (left + 0.36 * size, floor), wheel, theme.soft),
        dot(f"{name} front", (left + 1.42 * size, floor), wheel, theme.soft),
        dot(f"{name} rear hub", (left + 0.36 * size, floor), 0.4 * wheel, theme.paper),
        dot(f"{name} front hub", (left + 1.42 * size, floor), 0.4 * wheel, theme.paper),
    )


def bread(name: str, spot: Spot, size: float, crust: str, cut: str) -> Boxes:
    """A loaf with two slashes."""
    x, y = spot
    w, h = 1.7 * size, 0.8 * size
    return (
        bar(f"{name} crust", (x - w / 2, y - h, w, h), crust, h / 2),
        *(
            bar(
                f"{name} slash {i}",
                (x + (i - 1) * 0.42 * size - 0.05 * size, y - 0.68 * h, 0.1 * size, 0.36 * h),
                cut,
                0.05 * size,
            )
            for i in range(3)
        ),
    )


def bin_(name: str, spot: Spot, size: float, fill: str, lid: str) -> Boxes:
    """A bin with its lid."""
    x, y = spot
    w = 0.7 * size
    return (
        bar(f"{name} tub", (x - w / 2, y - 0.84 * size, w, 0.84 * size), fill, 0.08),
        bar(f"{name} rim", (x - 0.58 * w, y - 0.9 * size, 1.16 * w, 0.12 * size), lid, 0.05),
        *(
            bar(
                f"{name} rib {i}",
                (x + (i - 1) * 0.24 * w - 0.03, y - 0.64 * size, 0.06, 0.48 * size),
                lid,
                0.03,
            )
            for i in range(3)
        ),
    )


def tray(name: str, spot: Spot, w: float, colours: tuple[str, str, str]) -> Boxes:
    """A tray seen from its side, with a bowl; `colours` of tray, bowl and food."""
    x, y = spot
    fill, bowl, food = colours
    return (
        _half_disc(f"{name} food", (x, y - 0.3 * w), 0.34 * w, food),
        _half_disc(f"{name} bowl", (x, y - 0.3 * w), 0.46 * w, bowl, start=90),
        bar(f"{name} board", (x - w / 2, y - 0.09 * w, w, 0.09 * w), fill, 0.045 * w),
    )


def hole(name: str, middle: Spot, size: float, fill: str) -> Boxes:
    """A ring with nothing in it: what is missing."""
    x, y = middle
    return (
        Arc(
            name=f"{name} ring",
            x=x - size / 2,
            y=y - size / 2,
            w=size,
            h=size,
            fill=fill,
            start=0,
            sweep=360,
            thickness=0.2 * size,
        ),
    )


def pile(name: str, spot: Spot, size: tuple[float, int], colours: tuple[str, ...]) -> Boxes:
    """Sheets that lie on each other; `size` is their width and how many there are."""
    (x, y), (w, count) = spot, size
    high = 0.13
    return tuple(
        bar(
            f"{name} sheet {i}",
            (x - w / 2 + 0.07 * (i * 7 % 3 - 1), y - high * (i + 1), w, high - 0.02),
            colours[i % len(colours)],
        )
        for i in range(count)
    )


def notes(
    name: str, spot: Spot, w: float, colours: tuple[str, ...], theme: Theme
) -> tuple[Boxes, ...]:
    """A board, then its columns of notes, a colour for each."""
    h = 0.8 * w
    x, y = spot[0] - w / 2, spot[1] - h
    step, side = w / len(colours), 0.2 * w
    drawings: list[Boxes] = [(bar(f"{name} board", (x, y, w, h), theme.paper, 0.1),)]
    for i, colour in enumerate(colours):
        left = x + i * step + (step - side) / 2
        drawings.append(
            tuple(
                bar(
                    f"{name} note {i} {n}",
                    (left, y + 0.07 * w + n * 1.22 * side, side, side),
                    colour,
                )
                for n in range(3 - i % 2)
            )
        )
    return tuple(drawings)
