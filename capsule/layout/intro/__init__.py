"""The pages of the animated intro: big type and simple figures, in rhythm with the narration.

Captions lie over the lowest eighth of the picture, where no text is set.
"""

from __future__ import annotations

from dataclasses import replace
from gettext import NullTranslations

from capsule import model
from capsule.layout import metrics, title
from capsule.layout.boxes import Box, Page
from capsule.layout.intro import figure, items, lines, situation
from capsule.plan import Plan, Scene
from capsule.theme import Theme
from capsule.typography import plain


def page(
    scene: Scene, plan: Plan, theme: Theme, words: NullTranslations, logo: bytes | None
) -> Page:
    """The page of one of the intro's scenes. Raises MisfitError."""
    intro = plan.parts[0].scenes
    at = intro.index(scene)
    where: metrics.Where = ("intro", "scenes", at)
    nth = [other.kind for other in intro[:at]].count(scene.kind)  # the same kind varies its drawing
    boxes: tuple[Box, ...]
    match scene.content:
        case model.WordsScene() as content:
            name = " ".join(content.lines)
            ground, boxes = lines.laid_out(content, scene, nth, theme, where)
        case model.SituationScene() as content:
            name, ground = content.place, theme.ink
            boxes = situation.laid_out(content, scene, nth, theme, words=words, where=where)
        case model.FigureScene() as content:
            name, ground = content.title, theme.ground
            boxes = figure.laid_out(content, scene, theme, words, where)
        case model.ListScene() as content:
            name, ground = content.title, theme.ink
            boxes = items.laid_out(content, scene, theme, where)
        case _:
            return title.page(plan, theme, words, logo, scene)
    return Page(
        id=scene.id,
        part=scene.part,
        title=plain(name),
        ground=ground,
        boxes=tuple(_in_time(box, scene.duration) for box in boxes),
        language=plan.capsule.language,
        seconds=scene.duration,
    )


def _in_time(box: Box, seconds: int) -> Box:
    """`box`, settled before its scene ends, however short it is."""
    if box.enter is None:
        return box
    lasts = min(box.enter.lasts, seconds / 4)
    at = min(box.enter.at, seconds - lasts - 0.1)
    return replace(box, enter=replace(box.enter, at=at, lasts=lasts))
