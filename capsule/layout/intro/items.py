"""A list: coloured bands side by side, that come as they are said."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from capsule import model
from capsule.layout import metrics
from capsule.layout.boxes import Box, Disc, Enter, Panel, Paragraph
from capsule.layout.frame import block, line
from capsule.layout.intro.rhythm import LEFT, beats, pace
from capsule.plan import Scene
from capsule.shades import mixed
from capsule.theme import PAGE_HEIGHT, PAGE_WIDTH, Theme

_TOP = 2.2  # of the bands
_DISC = 1.0


def laid_out(
    content: model.ListScene, scene: Scene, theme: Theme, where: metrics.Where
) -> tuple[Box, ...]:
    """The title and as many waiting bands as items; each takes its colour in its turn."""
    room = PAGE_WIDTH - 2 * LEFT
    head = metrics.fit(
        metrics.runs(content.title, theme.white, bold=True, strong=theme.accent),
        (48, 44, 40, 36, 32, 28),
        (room, 1.4),
        (*where, "title"),
    )
    place = (LEFT, (_TOP - metrics.height([head])) / 2 + 0.05, room)
    boxes: list[Box] = [block("title", place, [head], enter=Enter(0.3 * pace(scene)))]
    wide = PAGE_WIDTH / len(content.items)
    boxes += [
        Panel(
            name=f"waiting {i}",
            x=wide * i + (0.04 if i else 0),
            y=_TOP,
            w=wide,
            h=PAGE_HEIGHT - _TOP,
            fill=mixed(theme.ink, theme.white, 0.07 + 0.03 * i),
            enter=Enter((0.9 + 0.25 * i) * pace(scene), "fade"),
        )
        for i in range(len(content.items))
    ]
    for i in range(len(content.items)):
        boxes += _item(content, i, scene, theme, where)
    said = max(beats(scene, [0.85])[0], scene.beats[-1] + 2 * pace(scene))
    thread = Panel(name="thread", x=0, y=_TOP - 0.06, w=PAGE_WIDTH + 0.1, h=0.12, fill=theme.accent)
    boxes.append(replace(thread, enter=Enter(said, "wipe", 1.5 * pace(scene))))  # ties them
    return tuple(boxes)


def _item(
    content: model.ListScene, i: int, scene: Scene, theme: Theme, where: metrics.Where
) -> Iterator[Box]:
    at, speed = scene.beats[i], pace(scene)
    count = len(content.items)
    wide = PAGE_WIDTH / count
    x, pad = wide * i, LEFT if count < 4 else 0.45
    room = wide - pad - 0.35
    colour = (theme.intro, theme.message, theme.debrief, theme.soft)[i]
    name, told = _said(content.items[i], room, theme.on(colour), (*where, "items", i))
    number = [line(str(i + 1), 40, colour, bold=True, align="center")]
    y = _TOP + 0.45
    yield Panel(
        name=f"band {i}",
        x=x,
        y=_TOP,
        w=wide + 0.02,
        h=PAGE_HEIGHT - _TOP,
        fill=colour,
        enter=Enter(at, "wipe", 0.7 * speed),
    )
    yield Disc(
        name=f"disc {i}",
        x=x + pad,
        y=y,
        w=_DISC,
        h=_DISC,
        fill=theme.on(colour),
        enter=Enter(at + 0.4 * speed, "grow", 0.4),
    )
    yield block(
        f"number {i}",
        (x + pad, y, _DISC),
        number,
        tall=_DISC,
        anchor="middle",
        enter=Enter(at + 0.6 * speed, "fade", 0.3),
    )
    y += _DISC + 0.25
    yield block(f"name {i}", (x + pad, y, room), [name], enter=Enter(at + 0.7 * speed))
    y += metrics.height([name]) + 0.15
    yield block(f"text {i}", (x + pad, y, room), [told], enter=Enter(at + 1.1 * speed))


def _said(
    item: model.Point, room: float, colour: str, where: metrics.Where
) -> tuple[Paragraph, Paragraph]:
    """The item's word and its sentence."""
    name = metrics.fit(
        metrics.runs(item.title, colour, bold=True),
        (38, 34, 30, 26, 22, 20),
        (room, 1.1),
        (*where, "title"),
        even=True,
    )
    told = metrics.fit(
        metrics.runs(item.text, colour),
        (26, 24, 22, 20, 18, 16),
        (room, 1.65),
        (*where, "text"),
        factor=1.14,
        even=True,
    )
    return name, told
