"""The deck's pages in a centre's template: what the template has a place for goes there.

The title stands in the template's own place and way; kicker and signature, which the template has
no room for, are left out; where it has pictures, contents lie on a panel of the ground's colour.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from gettext import NullTranslations

from capsule.layout import breaking, filmed, frame, lettering, metrics, notes
from capsule.layout.boxes import Box, Page, Panel, Paragraph, Run, Text
from capsule.plan import Plan, Scene
from capsule.theme import Canvas, Heading, Theme
from capsule.typography import plain

_LEAST_TITLE = 18  # points
_LEAST_SUBTITLE = 14
_LARGEST_SUBTITLE = 32
_LARGEST_TITLE = 60
_STEP = 0.92  # from one size to the next smaller one
_OVER = 0.15  # inches by which a panel goes beyond what lies on it
_UNPLACED = {"kicker", "centre"}
_PARTS: dict[str, metrics.Where] = {
    "intro": ("intro", "title"),
    "message": ("message", "statement"),
    "synthesis": ("debrief", "synthesis", "title"),
}


def first(plan: Plan, theme: Theme, words: NullTranslations) -> Page:
    """The first slide: title, what it is for and who signs, and the parts along its foot."""
    stage = theme.stage
    assert stage  # noqa: S101 (who calls has seen that the deck has a template)
    canvas, capsule = stage.first, plan.capsule
    theme = replace(theme, canvas=canvas)
    boxes: list[Box] = []
    if canvas.title:
        pieces = metrics.runs(capsule.title, canvas.title.colour)
        boxes += _headed(pieces, canvas.title, theme, ("title",))
    signed = [text for text in (capsule.session, capsule.centre.name) if text]
    boxes += _under(capsule.objective, " · ".join(signed), theme)
    if canvas.foot:
        boxes += _overview(plan, theme, words)
    return Page(
        id="title",
        part=None,
        title=plain(capsule.title),
        ground=theme.ground,
        boxes=tuple(boxes),
        language=capsule.language,
        notes=notes.opening(plan, words, manual_in={"slide", "notes"}),
    )


def film(plan: Plan, theme: Theme, words: NullTranslations) -> Page:
    """The film where the template puts videos, or in the room that it leaves, in its own shape."""
    stage = theme.stage
    assert stage  # noqa: S101
    canvas, part, intro = stage.film, plan.parts[0], plan.capsule.intro
    theme = replace(theme, canvas=canvas)
    free = (canvas.left, canvas.top, canvas.room, canvas.bottom - canvas.top)
    x, y, w, h = canvas.film or free
    h -= _OVER if canvas.plate else 0  # the ribbon's panel comes close
    wide = min(w, h * 16 / 9)
    high = wide * 9 / 16
    left, top = x + (w - wide) / 2, y + (h - high) / 2
    pieces = metrics.runs(intro.title, canvas.title.colour) if canvas.title else ()
    ribbon = frame.ribbon(part.scenes[-1], plan, theme, words)
    return Page(
        id="intro",
        part=part.id,
        title=plain(intro.title),
        ground=theme.ground,
        boxes=(
            *(_headed(pieces, canvas.title, theme, ("intro", "title")) if canvas.title else ()),
            filmed.movie(plan, words, (left, top, wide, high)),
            *(_plate(canvas, canvas.foot - _OVER, theme) if canvas.plate else ()),
            *ribbon,
        ),
        language=plan.capsule.language,
        notes=notes.of(plan, part.scenes, words, intro.note),
    )


def dressed(page: Page, scene: Scene, theme: Theme) -> Page:
    """A page laid out on the template's canvas, with its title in the template's place."""
    canvas = theme.canvas
    [title] = [box for box in page.boxes if isinstance(box, Text) and box.role == "title"]
    kept = [box for box in page.boxes if box is not title and box.name not in _UNPLACED]
    headed: Sequence[Box] = (title,)
    if canvas.title:
        pieces = [replace(run, colour=canvas.title.colour) for run in _whole(title)]
        where = _PARTS.get(scene.kind, ("debrief", "questions", scene.number - 1, "ask"))
        headed = _headed(_as_set(pieces, canvas.title), canvas.title, theme, where)
    plates = _plate(canvas, canvas.top - _OVER, theme) if canvas.plate else ()
    return replace(page, boxes=(*headed, *plates, *kept))


def _whole(title: Text) -> list[Run]:
    """The title's runs before they were wrapped, its broken words whole."""
    pieces = list[Run]()
    for told in title.paragraphs:
        for line in told.lines:
            going_on = breaking.going_on("".join(run.text for run in line))
            pieces += [replace(run, text=breaking.bare(run.text)) for run in line]
            if not going_on:
                pieces[-1] = replace(pieces[-1], text=pieces[-1].text + " ")
    pieces[-1] = replace(pieces[-1], text=pieces[-1].text.rstrip(" "))
    return pieces


def footed(page: Page, plan: Plan, theme: Theme) -> Page:
    """`page` with the centre's name for the template's footer."""
    name = plan.capsule.centre.name
    told = frame.line(name, theme.smallest, theme.soft)
    return replace(
        page, boxes=(*page.boxes, frame.block("centre", (0, 0, 0), [told], role="footer"))
    )


def _as_set(pieces: Sequence[Run], head: Heading) -> list[Run]:
    """`pieces` in the template's weight, emphasis apart."""
    plainly = all(run.bold for run in pieces)
    return [replace(run, bold=head.bold or (run.bold and not plainly)) for run in pieces]


def _headed(
    pieces: Sequence[Run], head: Heading, theme: Theme, where: metrics.Where
) -> tuple[Box, ...]:
    """The title in its place, at the template's size or the next smaller one that fits."""
    sizes = _sizes(min(head.size, _LARGEST_TITLE), _LEAST_TITLE)
    set_ = [replace(run, bold=run.bold or head.bold) for run in pieces]
    measured = [replace(run, text=run.text.upper()) for run in set_] if head.capitals else set_
    line = lettering.leading(sizes[0])  # the template's own size is right for one line
    room = (head.w, max(head.h, line))
    fitted = metrics.fit(measured, sizes, room, where, align=head.align)
    told = metrics.paragraph(set_, fitted.size, head.w, align=head.align)
    place = (head.x, head.y, head.w)
    box = frame.block("title", place, [told], tall=head.h, anchor=head.anchor, role="title")
    return (*_under_text(box, head, theme), box)


def _sizes(largest: float, least: float) -> list[float]:
    sizes = [largest]
    while sizes[-1] * _STEP > least:
        sizes.append(round(sizes[-1] * _STEP))
    return [*sizes, least] if sizes[-1] > least else sizes


def _under(objective: str | None, signed: str, theme: Theme) -> list[Box]:
    """The subtitle's texts: the objective if there is room for it, then who signs, smaller."""
    head = theme.canvas.subtitle
    if not head:
        return []
    for size in _sizes(min(head.size, _LARGEST_SUBTITLE), _LEAST_SUBTITLE):
        paragraphs = _set(objective, signed, size, head)
        if metrics.fits(paragraphs, (head.w, head.h)):
            break
    else:
        paragraphs = _set(None, signed, _LEAST_SUBTITLE, head)
    place = (head.x, head.y, head.w)
    box = frame.block(
        "subtitle", place, paragraphs, tall=head.h, anchor=head.anchor, role="subtitle"
    )
    return [*_under_text(box, head, theme), box]


def _set(objective: str | None, signed: str, size: float, head: Heading) -> list[Paragraph]:
    small = max(round(size * 0.8), _LEAST_SUBTITLE)
    texts = [(text, s) for text, s in ((objective, size), (signed, small)) if text]
    return [
        metrics.paragraph(
            metrics.runs(text, head.colour, bold=head.bold),
            points,
            head.w,
            align=head.align,
            after=0.12,
        )
        for text, points in texts
    ]


def _under_text(box: Text, head: Heading, theme: Theme) -> tuple[Box, ...]:
    if not head.plate:
        return ()
    return (
        Panel(
            name=f"{box.name} plate",
            x=head.x - _OVER,
            y=head.y - _OVER / 2,
            w=head.w + 2 * _OVER,
            h=head.h + _OVER,
            fill=theme.ground,
        ),
    )


def _plate(canvas: Canvas, top: float, theme: Theme) -> tuple[Box, ...]:
    """The panel that contents lie on where the template has a picture."""
    return (
        Panel(
            name="plate",
            x=canvas.left - _OVER,
            y=top,
            w=canvas.room + 2 * _OVER,
            h=canvas.foot + 0.4 - top,
            fill=theme.ground,
            radius=theme.radius,
        ),
    )


def _overview(plan: Plan, theme: Theme, words: NullTranslations) -> list[Box]:
    """The ribbon, none of it gone through yet."""
    boxes = frame.ribbon(plan.parts[0].scenes[0], plan, theme, words)
    return [
        replace(box, fill=theme.part(box.name.removeprefix("ribbon ")))
        if isinstance(box, Panel)
        else box
        for box in boxes
        if box.name != "progress"
    ]
