"""What the pages share: kicker, signature, ribbon, slide number, and how times are said."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from gettext import NullTranslations

from capsule.layout import lettering, metrics
from capsule.layout.boxes import (
    Box,
    Enter,
    Line,
    Page,
    Panel,
    Paragraph,
    Progress,
    Role,
    Run,
    Text,
)
from capsule.plan import Plan, Scene
from capsule.theme import Align, Anchor, Theme
from capsule.typography import clock, plain

PANEL = 3.9  # width of the panel at the right of a page
_KICKER_Y = 0.6
_BAR_DOWN = 0.26  # from the ribbon's labels to its bars
_BAR_H = 0.1
_BAR_GAP = 0.08
_NUMBER_W = 0.6


def part_names(words: NullTranslations) -> dict[str, str]:
    """What each part (by id) is called: ribbon, sections of the deck, chapters of the film.

    The deck's manual is no part, but a section.
    """
    return {
        "manual": words.gettext("How to run this capsule"),
        "intro": words.gettext("Video"),
        "message": words.gettext("Message"),
        "debrief": words.gettext("Debrief"),
    }


def length(seconds: int, words: NullTranslations) -> str:
    """`seconds` as one says them: '3 min', '1 min 30 s', '45 s'."""
    minutes, rest = divmod(seconds, 60)
    values = {"min": minutes, "s": rest}
    if not rest:
        return words.gettext("%(min)d min") % values
    if not minutes:
        return words.gettext("%(s)d s") % values
    return words.gettext("%(min)d min %(s)d s") % values


def block(
    name: str,
    place: tuple[float, float, float],
    paragraphs: Sequence[Paragraph],
    *,
    tall: float | None = None,
    anchor: Anchor = "top",
    role: Role = "body",
    enter: Enter | None = None,
) -> Text:
    """A text at `place` (x, y, width in inches), `tall` inches or as tall as it needs."""
    x, y, w = place
    return Text(
        name=name,
        x=x,
        y=y,
        w=w,
        h=metrics.height(paragraphs) if tall is None else tall,
        paragraphs=tuple(paragraphs),
        anchor=anchor,
        role=role,
        enter=enter,
    )


def line(
    text: str, size: float, colour: str, *, bold: bool = False, align: Align = "left"
) -> Paragraph:
    """A short `text` of the tool's own on one line, whatever its width."""
    run = Run(plain(text), colour, bold)
    return Paragraph(((run,),), size, lettering.leading(size), align, typeface=lettering.typeface())


def kicker(text: str, theme: Theme, colour: str) -> Text:
    """The line above the title that says where one is."""
    told = line(text.upper(), theme.meta, colour, bold=True)
    return block("kicker", (theme.canvas.left, _KICKER_Y, 4.4), [told])


def beside(theme: Theme) -> float:
    """The width of what lies at the left of the panel, in inches."""
    return theme.canvas.room - PANEL - 0.45


def signature(plan: Plan, theme: Theme) -> Text:
    """The centre's name, at the top right: the deck's footer, to be changed in one place."""
    room = 7.5
    name = metrics.fit(
        metrics.runs(plan.capsule.centre.name, theme.soft),
        (theme.meta, 13, theme.smallest),
        (room, lettering.leading(theme.meta)),
        ("centre", "name"),
        align="right",
    )
    place = (theme.canvas.right - room, _KICKER_Y, room)
    return block("centre", place, [name], role="footer")


def ribbon(
    scene: Scene | None, plan: Plan, theme: Theme, words: NullTranslations, *, on_ink: bool = False
) -> tuple[Box, ...]:
    """The capsule's parts along the foot, as long as they last, filled up to `scene`, if any."""
    here = [part.id for part in plan.parts].index(scene.part) if scene else -1
    room = theme.canvas.room - _NUMBER_W - _BAR_GAP * (len(plan.parts) - 1)
    waiting = theme.line_on_ink if on_ink else theme.line
    foot = theme.canvas.foot
    x, bars, labels = theme.canvas.left, list[Box](), list[Text]()
    for i, part in enumerate(plan.parts):
        w = room * part.duration / plan.duration
        colour = theme.accent if on_ink else theme.part(part.id)
        fill = colour if i < here else waiting
        bar = Panel(
            name=f"ribbon {part.id}", x=x, y=theme.canvas.foot + _BAR_DOWN, w=w, h=_BAR_H, fill=fill
        )
        bars.append(bar)
        if scene and i == here:
            bars.append(_progress(bar, scene, plan, colour, words))
        text = f"{part_names(words)[part.id]} · {length(part.duration, words)}"
        rest = theme.soft_on_ink if on_ink else theme.soft
        told = line(text, theme.smallest, colour if i == here else rest, bold=i == here)
        labels.append(block(f"part {part.id}", (x, foot, w), [told]))
        x += w + _BAR_GAP
    return (*bars, *_legible(labels, here, theme.canvas.right - _NUMBER_W))


def _progress(
    bar: Panel, scene: Scene, plan: Plan, colour: str, words: NullTranslations
) -> Progress:
    part = next(part for part in plan.parts if part.id == scene.part)
    times = {
        "part": part_names(words)[part.id],
        "end": clock(scene.end),
        "whole": clock(plan.duration),
    }
    return Progress(
        name="progress",
        x=bar.x,
        y=bar.y,
        w=bar.w,
        h=bar.h,
        fill=colour,
        begin=(scene.start - part.start) / part.duration,
        end=(scene.end - part.start) / part.duration,
        alt=words.gettext("%(part)s, up to %(end)s of %(whole)s") % times,
    )


def _legible(labels: list[Text], here: int, right: float) -> list[Text]:
    """All labels if each fits over its bar, else that of the current part alone, if any."""
    widths = [metrics.widest(t.paragraphs[0].lines, t.paragraphs[0].size) * 1.02 for t in labels]
    if all(width <= text.w for width, text in zip(widths, labels, strict=True)):
        return labels
    if here < 0:
        return []
    current, w = labels[here], max(widths[here], labels[here].w)
    return [replace(current, x=min(current.x, right - w), w=w)]


def text_of(line: Line) -> str:
    """`line` as plain text."""
    return "".join(run.text for run in line)


def slide(
    scene: Scene,
    plan: Plan,
    theme: Theme,
    words: NullTranslations,
    *,
    name: str,
    title: Line,
    boxes: Iterable[Box],
    notes: str,
) -> Page:
    """The page of `scene`: its `boxes`, and what frames them; `name` tells what part it is."""
    return Page(
        id=scene.id,
        part=scene.part,
        title=text_of(title),
        ground=theme.ground,
        boxes=(
            kicker(name, theme, theme.part(scene.part)),
            *boxes,
            signature(plan, theme),
            *ribbon(scene, plan, theme, words),
        ),
        language=plan.capsule.language,
        seconds=scene.duration,
        notes=notes,
    )


def on_ink(page: Page, theme: Theme) -> bool:
    """Whether `page` is one of the dark ones."""
    return page.ground == theme.ink != theme.ground


def numbered(page: Page, number: int, theme: Theme) -> Page:
    """`page` with its slide number, which the film does without."""
    colour = theme.soft_on_ink if on_ink(page, theme) else theme.soft
    told = line(str(number), theme.smallest, colour, bold=True, align="right")
    place = (theme.canvas.right - _NUMBER_W, theme.canvas.foot + 0.16, _NUMBER_W)
    return replace(page, boxes=(*page.boxes, block("number", place, [told], role="number")))
