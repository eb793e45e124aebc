"""A scene of words: short lines in large type, beside a drawing."""

from __future__ import annotations

from capsule import model
from capsule.layout import metrics
from capsule.layout.boxes import Box, Enter
from capsule.layout.frame import block
from capsule.layout.intro import backdrops
from capsule.layout.intro.rhythm import LEFT, beats, pace
from capsule.layout.intro.stack import stacked
from capsule.plan import Scene
from capsule.theme import Theme

_TOP = 0.8
_SIZES = (80, 72, 64, 56, 48, 40, 34)


def laid_out(
    content: model.WordsScene, scene: Scene, nth: int, theme: Theme, where: metrics.Where
) -> tuple[str, tuple[Box, ...]]:
    """The ground's colour, and the boxes."""
    ground: str = getattr(theme, "ground" if content.ground == "paper" else content.ground)
    strong = theme.debrief if content.ground == "paper" else theme.strong(ground)
    drawing, (room, foot) = backdrops.ALL[nth % len(backdrops.ALL)](ground, pace(scene), theme)
    texts = [
        metrics.runs(text, theme.on(ground), bold=True, strong=strong) for text in content.lines
    ]
    wheres = [(*where, "lines", i) for i in range(len(texts))]
    told = stacked(texts, _SIZES, (room, foot - _TOP), wheres, 0.42)
    y = (_TOP + foot - metrics.height(told)) / 2
    times = beats(scene, [0.8 * i / len(told) for i in range(len(told))])
    boxes: list[Box] = [*drawing]
    for i, (line, at) in enumerate(zip(told, times, strict=True)):
        enter = Enter(max(at, 0.4 * pace(scene)))
        boxes.append(block(f"line {i}", (LEFT, y, room), [line], enter=enter))
        y += metrics.height([line]) + line.after
    return ground, tuple(boxes)
