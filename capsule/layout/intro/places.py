"""What is drawn beside a situation: three pictures for what jams, what is tried, what is gained.

Each takes the middle of the floor, and gives drawings that come in one after the other, within
3.2 inches to both sides.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from capsule.layout.intro import emblems, props
from capsule.layout.intro.props import Boxes, Spot
from capsule.shades import mixed
from capsule.theme import Theme

Drawings = tuple[Boxes, ...]
Act = Callable[[Spot, Theme], Drawings]


def _any_snag(floor: Spot, theme: Theme) -> Drawings:
    """A wall in somebody's way."""
    x, y = floor
    colours = (theme.debrief, mixed(theme.debrief, theme.white, 0.25))
    return (
        props.person("maker", (x - 1.75, y), 2.8, theme.accent, theme.paper),
        *emblems.wall("wall", (x + 1.1, y), (2.9, 3.9), colours),
    )


def _any_idea(floor: Spot, theme: Theme) -> Drawings:
    """A light goes on."""
    x, y = floor
    return (
        props.person("maker", (x - 1.4, y), 2.9, theme.ink, theme.paper),
        *emblems.bulb("bulb", (x + 1.0, y - 1.7), 2.35, theme),
    )


def _any_gain(floor: Spot, theme: Theme) -> Drawings:
    """The wall made into steps, and everybody on them."""
    x, y = floor
    bodies = (theme.message, theme.ink, theme.accent)
    steps = [
        emblems.wall(
            f"step {i}",
            (x + 1.65 * (i - 1), y),
            (1.65, 0.65 * (i + 1)),
            (theme.paper, theme.soft_on_ink),
        )
        for i in range(3)
    ]
    people = [
        props.person(
            f"person {i}", (x + 1.65 * (i - 1), y - 0.65 * (i + 1)), 2.1, body, theme.paper
        )
        for i, body in enumerate(bodies)
    ]
    return (tuple(box for step in steps for row in step for box in row), *people)


def _counter_snag(floor: Spot, theme: Theme) -> Drawings:
    """A file that goes away again, with a piece missing."""
    x, y = floor
    missing = mixed(theme.white, theme.soft, 0.25)
    file, *pieces = props.sheet(
        "file", (x - 0.1, y - 1.35), 1.35, (theme.intro, missing, theme.debrief), theme
    )
    return (
        props.person("agent", (x + 1.35, y - 0.9), 2.6, theme.intro, theme.paper),
        props.desk("counter", (x + 1.0, y), (3.3, 1.35), theme.soft_on_ink, theme.soft),
        props.person("user", (x - 1.75, y), 2.5, theme.debrief, theme.paper),
        (*file, *pieces[0], *pieces[2]),
        props.hole("missing", (x - 0.3, y - 1.98), 0.3, theme.debrief),
    )


def _counter_idea(floor: Spot, theme: Theme) -> Drawings:
    """A list in pictures, as tall as the one who makes it."""
    x, y = floor
    pictures = (theme.intro, theme.debrief, theme.message, theme.ink)
    return (
        props.person("agent", (x - 1.5, y), 3.1, theme.intro, theme.paper),
        *props.sheet("list", (x + 1.15, y - 0.35), 4.5, pictures, theme),
    )


def _counter_gain(floor: Spot, theme: Theme) -> Drawings:
    x, y = floor
    file, *lines = props.sheet(
        "list", (x + 0.25, y - 1.35), 1.35, (theme.intro, theme.debrief, theme.message), theme
    )
    return (
        props.person("agent", (x + 1.45, y - 0.9), 2.6, theme.ink, theme.paper),
        props.desk("counter", (x + 1.2, y), (2.9, 1.35), theme.paper, theme.ink),
        tuple(box for drawing in (file, *lines) for box in drawing),
        props.person("user", (x - 1.1, y), 2.5, theme.accent, theme.paper),
        props.person("other", (x - 2.4, y), 2.2, theme.message, theme.paper),
    )


def _yard_snag(floor: Spot, theme: Theme) -> Drawings:
    """A truck that waits, keys nowhere."""
    x, y = floor
    lost = mixed(theme.ink, theme.white, 0.3)
    return (
        props.truck("truck", (x + 0.75, y), 2.1, (theme.soft_on_ink, theme.debrief), theme),
        props.person("driver", (x - 2.0, y), 2.4, theme.accent, theme.paper),
        props.key("lost 0", (x - 1.1, y - 2.9), 0.85, lost),
        props.key("lost 1", (x + 0.4, y - 3.6), 0.85, lost),
        props.key("lost 2", (x + 1.9, y - 2.8), 0.85, lost),
    )


def _yard_idea(floor: Spot, theme: Theme) -> Drawings:
    """A board of hooks, a colour for each team."""
    x, y = floor
    colours = (theme.intro, theme.debrief, theme.message)
    wood, *rows = props.board("board", (x + 0.85, y - 1.15), 3.9, colours, theme.paper)
    return (
        wood,
        props.person("maker", (x - 2.1, y), 2.8, theme.ink, theme.paper),
        *rows,
    )


def _yard_gain(floor: Spot, theme: Theme) -> Drawings:
    x, y = floor
    return (
        props.truck("truck", (x + 0.85, y), 2.1, (theme.paper, theme.accent), theme),
        props.person("first", (x - 1.75, y), 2.3, theme.message, theme.paper),
        props.person("second", (x - 2.25, y), 1.9, theme.ink, theme.paper),
        props.key("key", (x + 0.35, y - 1.0), 0.8, theme.intro),
    )


def _canteen_snag(floor: Spot, theme: Theme) -> Drawings:
    """Bread that overflows a bin."""
    x, y = floor
    crust = (theme.accent, mixed(theme.accent, theme.ink, 0.45))
    return (
        props.bin_("bin", (x, y), 3.1, theme.soft, theme.soft_on_ink),
        props.bread("loaf 0", (x - 0.62, y - 2.75), 0.95, *crust),
        props.bread("loaf 1", (x + 0.7, y - 2.75), 0.95, *crust),
        props.bread("loaf 2", (x + 0.05, y - 3.4), 0.95, *crust),
        props.bread("loaf 3", (x + 1.95, y), 0.95, *crust),
    )


def _canteen_idea(floor: Spot, theme: Theme) -> Drawings:
    """The bread at the end of the line, after the plate."""
    x, y = floor
    crust = (theme.debrief, theme.accent)
    return (
        props.person("server", (x + 1.45, y - 0.9), 2.6, theme.intro, theme.paper),
        props.desk("ramp", (x, y), (5.2, 1.35), theme.paper, theme.ink),
        props.tray("tray", (x - 1.6, y - 1.35), 1.7, (theme.debrief, theme.paper, theme.intro)),
        props.bread("loaf 0", (x + 0.1, y - 1.35), 0.62, *crust),
        props.bread("loaf 1", (x + 0.1, y - 1.85), 0.62, *crust),
    )


def _canteen_gain(floor: Spot, theme: Theme) -> Drawings:
    x, y = floor
    soup = (theme.accent, theme.soft_on_ink, theme.debrief)
    return (
        props.desk("table", (x, y), (5.2, 1.35), theme.paper, theme.ink),
        props.person("child", (x - 1.7, y - 1.35), 1.7, theme.accent, theme.paper),
        props.person("friend", (x, y - 1.35), 1.9, theme.message, theme.paper),
        props.person("cook", (x + 1.7, y - 1.35), 2.2, theme.ink, theme.paper),
        props.tray("tray 0", (x - 0.85, y - 1.35), 1.2, soup),
        props.tray("tray 1", (x + 0.85, y - 1.35), 1.2, soup),
    )


def _office_snag(floor: Spot, theme: Theme) -> Drawings:
    """Somebody behind their papers."""
    x, y = floor
    papers = (theme.white, theme.soft_on_ink, mixed(theme.white, theme.accent, 0.35))
    return (
        props.person("clerk", (x + 0.2, y - 1.1), 2.7, theme.accent, theme.paper),
        props.desk("desk", (x, y), (5.2, 1.35), theme.soft_on_ink, theme.soft),
        props.pile("pile 0", (x - 1.6, y - 1.35), (1.4, 9), papers),
        props.pile("pile 1", (x + 1.7, y - 1.35), (1.4, 12), papers),
        props.pile("pile 2", (x + 0.1, y - 1.35), (1.4, 4), papers),
    )


def _office_idea(floor: Spot, theme: Theme) -> Drawings:
    """Everything on one wall, in three columns."""
    x, y = floor
    board, *columns = props.notes(
        "notes", (x + 0.85, y - 1.15), 3.9, (theme.debrief, theme.message, theme.intro), theme
    )
    return (
        board,
        props.person("clerk", (x - 2.0, y), 2.8, theme.ink, theme.paper),
        *columns,
    )


def _office_gain(floor: Spot, theme: Theme) -> Drawings:
    x, y = floor
    return (
        props.person("clerk", (x - 1.75, y - 1.1), 2.4, theme.accent, theme.paper),
        props.person("other", (x, y - 1.1), 2.6, theme.ink, theme.paper),
        props.person("third", (x + 1.75, y - 1.1), 2.3, theme.message, theme.paper),
        props.desk("table", (x, y), (5.2, 1.35), theme.paper, theme.ink),
        props.pile("pile", (x + 0.9, y - 1.35), (1.2, 1), (theme.white,)),
    )


PICTURES: Mapping[str | None, tuple[Act, Act, Act]] = {
    None: (_any_snag, _any_idea, _any_gain),
    "counter": (_counter_snag, _counter_idea, _counter_gain),
    "yard": (_yard_snag, _yard_idea, _yard_gain),
    "canteen": (_canteen_snag, _canteen_idea, _canteen_gain),
    "office": (_office_snag, _office_idea, _office_gain),
}
