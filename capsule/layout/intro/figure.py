"""A quantity before and after: two bars to one scale, and a number that runs down, or up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from gettext import NullTranslations
from typing import NamedTuple

from capsule import model
from capsule.layout import lettering, metrics
from capsule.layout.boxes import Box, Counter, Enter, Panel
from capsule.layout.frame import block, line
from capsule.layout.intro.rhythm import LEFT, beats, pace
from capsule.plan import Scene
from capsule.theme import PAGE_WIDTH, Theme

_ROOM = PAGE_WIDTH - 2 * LEFT
_BAR = 6.6  # inches, the longer bar
_HIGH = 1.15
_NUMBER = 88  # points
_COUNTABLE = 12  # up to here a bar is made of tokens that one can count


class _Row(NamedTuple):
    """One of the two bars; `at` in seconds into the scene."""

    name: str
    label: str
    value: int
    begin: int  # what its number runs from
    colour: str
    at: float
    y: float
    speed: float  # what delays are multiplied by


def laid_out(
    content: model.FigureScene,
    scene: Scene,
    theme: Theme,
    words: NullTranslations,
    where: metrics.Where,
) -> tuple[Box, ...]:
    """The title, the two bars in their time, the caption."""
    rows = _rows(content, scene, theme, words)
    speed = rows[0].speed
    head = metrics.fit(
        metrics.runs(content.title, theme.text, bold=True),
        (44, 40, 36, 32, 28, 24),
        (_ROOM, 0.95),
        (*where, "title"),
        factor=1.0,
    )
    boxes: list[Box] = [block("title", (LEFT, 0.7, _ROOM), [head], enter=Enter(0.3 * speed))]
    most = max(content.before, content.after)
    for row in rows:
        boxes += _drawn(row, most, theme)
    boxes.append(_unit(content, rows[0], most, theme, where))
    if content.caption:
        told = metrics.fit(
            metrics.runs(content.caption, theme.text),
            (26, 24, 22, 20, 18),
            (_ROOM, 0.8),
            (*where, "caption"),
        )
        enter = Enter(rows[1].at + 2.2 * speed)
        boxes.append(block("caption", (LEFT, 5.6, _ROOM), [told], enter=enter))
    return tuple(boxes)


def _rows(
    content: model.FigureScene, scene: Scene, theme: Theme, words: NullTranslations
) -> tuple[_Row, _Row]:
    speed = pace(scene)
    first, turn = beats(scene, (0.15, 0.5))
    first = max(first, speed)
    old, new = content.before, content.after
    return (
        _Row("before", words.gettext("Before"), old, 0, theme.debrief, first, 1.95, speed),
        _Row("after", words.gettext("After"), new, old, theme.intro, turn, 3.75, speed),
    )


def _drawn(row: _Row, most: int, theme: Theme) -> Iterator[Box]:
    enter = Enter(row.at, "fade")
    label = [line(row.label, 20, theme.soft)]
    yield block(f"{row.name} label", (LEFT, row.y, 3), label, enter=enter)
    y = row.y + 0.4
    if row.value < row.begin:  # what is gone stays to be seen
        yield from _bar(f"{row.name} gone", y, (row.begin, most), theme.line, (row.at, 0))
    over = (row.at + 0.2 * row.speed, 1.5 * row.speed)
    yield from _bar(row.name, y, (row.value, most), row.colour, over)
    label_ = block(
        f"{row.name} number",
        (_number_x(), y - 0.1, 3.2),
        [line(str(row.value), _NUMBER, row.colour, bold=True)],
        tall=_HIGH + 0.2,
        anchor="middle",
    )
    yield Counter(
        name=f"{row.name} counter",
        x=label_.x,
        y=label_.y,
        w=label_.w,
        h=label_.h,
        begin=row.begin,
        end=row.value,
        at=row.at + 0.3 * row.speed,
        lasts=1.6 * row.speed,
        label=label_,
        enter=enter,
    )


def _number_x() -> float:
    return LEFT + _BAR + 0.35


def _unit(
    content: model.FigureScene, row: _Row, most: int, theme: Theme, where: metrics.Where
) -> Box:
    """The unit, once: beside the first number it agrees in the language of the source."""
    x = _number_x() + lettering.width(str(most), _NUMBER, bold=True) + 0.25
    room = PAGE_WIDTH - LEFT - x
    told = metrics.fit(
        metrics.runs(content.unit, theme.text), (26, 22, 20, 18, 16), (room, 1.0), (*where, "unit")
    )
    return block(
        "unit",
        (x, row.y + 0.4, room),
        [told],
        tall=_HIGH,
        anchor="middle",
        enter=Enter(row.at + 0.5 * row.speed, "fade"),
    )


def _bar(
    name: str, y: float, value: tuple[int, int], fill: str, over: tuple[float, float]
) -> Iterator[Box]:
    """A bar for the first of `value`; the second would be the longest. `over`: from, for."""
    at, lasts = over
    count, most = value
    if most > _COUNTABLE:
        wide = _BAR * count / most
        bar = Panel(name=f"{name} bar", x=LEFT, y=y, w=wide, h=_HIGH, fill=fill, radius=0.12)
        yield replace(bar, enter=Enter(at, "wipe", lasts or 0.5))
        return
    step = _BAR / most
    for i in range(count):
        yield Panel(
            name=f"{name} token {i}",
            x=LEFT + i * step,
            y=y,
            w=step - 0.12,
            h=_HIGH,
            fill=fill,
            radius=0.12,
            enter=Enter(at + lasts * i / most, "grow" if lasts else "fade", 0.35),
        )
