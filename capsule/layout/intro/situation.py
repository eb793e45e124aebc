"""A work situation in three acts, each on its ground: what jams, what is tried, what is gained."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from gettext import NullTranslations
from typing import NamedTuple

from capsule import model
from capsule.layout import metrics
from capsule.layout.boxes import Box, Disc, Enter, Panel
from capsule.layout.frame import block, line
from capsule.layout.intro import places
from capsule.layout.intro.rhythm import LEFT, beats, pace
from capsule.layout.intro.stack import stacked
from capsule.plan import Scene
from capsule.shades import mixed
from capsule.theme import PAGE_HEIGHT, PAGE_WIDTH, Theme
from capsule.typography import sentences

_ROOM = 5.9
_FLOOR = 6.5  # where the figures stand
_SIZES = (50, 46, 42, 38, 34, 30, 26)
_MIDDLE = 3.75  # of the text, up and down
_FLOOD = 30.0  # inches across: a disc that covers the page from anywhere on it


class _Act(NamedTuple):
    """One of the three acts; `ends` and `starts` in seconds into the scene."""

    name: str
    label: str
    text: str
    ground: str
    ink: str
    accent: str
    starts: float
    ends: float


def laid_out(
    content: model.SituationScene,
    scene: Scene,
    nth: int,
    theme: Theme,
    *,
    words: NullTranslations,
    where: metrics.Where,
) -> tuple[Box, ...]:
    """The acts one over the other: a disc that grows from the drawing covers the one before."""
    mirrored = nth % 2 == 1
    left, stage = (6.55, 3.3) if mirrored else (LEFT, 10.1)
    boxes: list[Box] = []
    for i, act in enumerate(_acts(content, scene, theme, words)):
        if i:
            boxes.append(_flood(act, (stage, 3.4) if i == 1 else (left + 1, 5.4), pace(scene)))
        boxes += _floor(act, pace(scene))
        boxes += _told(act, content.place, left, pace(scene), where)
        boxes += _steps(act, i, left, pace(scene))
        drawings = places.PICTURES[content.picture][i]((stage, _FLOOR), theme)
        delay = min(0.9, 0.55 * (act.ends - act.starts) / len(drawings))
        for n, drawing in enumerate(drawings):
            enter = Enter(act.starts + 0.5 * pace(scene) + n * delay, "rise", 0.6)
            for box in drawing:
                boxes.append(replace(box, name=f"{act.name} {box.name}", enter=enter))
    return tuple(boxes)


def _acts(
    content: model.SituationScene, scene: Scene, theme: Theme, words: NullTranslations
) -> tuple[_Act, ...]:
    idea, gain = beats(scene, (0.42, 0.76))
    snag_label, idea_label, gain_label = (
        words.gettext("What gets in the way"),
        words.gettext("The idea"),
        words.gettext("What it changes"),
    )
    ink, sun, white = theme.ink, theme.accent, theme.white
    last, told = theme.intro, theme.on(theme.intro)
    end = float(scene.duration)
    return (
        _Act("snag", snag_label, content.snag, ink, white, sun, 0.0, idea),
        _Act("idea", idea_label, content.idea, sun, ink, ink, idea, gain),
        _Act("gain", gain_label, content.gain, last, told, told, gain, end),
    )


def _told(act: _Act, place: str, left: float, speed: float, where: metrics.Where) -> Iterator[Box]:
    at = act.starts
    where_ = metrics.fit(
        metrics.runs(place, act.ink, bold=True), (20, 18, 16), (_ROOM, 0.7), (*where, "place")
    )
    texts = [metrics.runs(text, act.ink, bold=True) for text in sentences(act.text)]
    told = stacked(texts, _SIZES, (_ROOM, 3.4), [(*where, act.name)] * len(texts), 0.18)
    y = _MIDDLE - metrics.height(told) / 2
    first = 0.3 if act.starts else 1.6  # the place is read before what jams there
    rule = Panel(name=f"{act.name} rule", x=left, y=0.8, w=0.5, h=0.07, fill=act.accent)
    yield replace(rule, enter=Enter(at + 0.3 * speed, "wipe"))
    yield block(
        f"{act.name} place", (left, 1.0, _ROOM), [where_], enter=Enter(at + 0.3 * speed, "fade")
    )
    yield block(
        f"{act.name} label",
        (left, y - 0.52, _ROOM),
        [line(act.label, 22, act.accent)],
        enter=Enter(at + (first + 0.2) * speed),
    )
    yield block(f"{act.name} text", (left, y, _ROOM), told, enter=Enter(at + (first + 0.6) * speed))


def _flood(act: _Act, centre: tuple[float, float], speed: float) -> Disc:
    """A disc that ends up covering the page."""
    return Disc(
        name=f"{act.name} flood",
        x=centre[0] - _FLOOD / 2,
        y=centre[1] - _FLOOD / 2,
        w=_FLOOD,
        h=_FLOOD,
        fill=act.ground,
        enter=Enter(act.starts, "grow", 1.1 * speed),
    )


def _floor(act: _Act, speed: float) -> tuple[Box, ...]:
    fill = mixed(act.ground, act.ink, 0.1)
    flooded = act.starts > 0
    delay = 0.6 if flooded else 0.2
    enter = Enter(act.starts + delay * speed, "fade" if flooded else "wipe", 0.7 * speed)
    high = PAGE_HEIGHT - _FLOOR
    floor = Panel(name=f"{act.name} floor", x=0, y=_FLOOR, w=PAGE_WIDTH + 0.1, h=high, fill=fill)
    return (replace(floor, enter=enter),)


def _steps(act: _Act, reached: int, left: float, speed: float) -> Iterator[Box]:
    """Three dots that tell which of the three acts this is."""
    for i in range(3):
        yield Disc(
            name=f"{act.name} step {i}",
            x=left + 0.34 * i,
            y=5.95,
            w=0.18,
            h=0.18,
            fill=act.ink if i <= reached else mixed(act.ground, act.ink, 0.25),
            enter=Enter(act.starts + 0.4 * speed, "fade"),
        )
