"""The title page: what the capsule is about, and its minutes as a dial."""

from __future__ import annotations

import io
from collections.abc import Iterator
from gettext import NullTranslations

from PIL import Image

from capsule.layout import metrics
from capsule.layout.boxes import Arc, Box, Disc, Enter, Page, Panel, Paragraph, Picture, Text
from capsule.layout.frame import block, length, line, part_names, ribbon
from capsule.layout.notes import opening
from capsule.plan import Part, Plan, Scene
from capsule.theme import PAGE_HEIGHT, PAGE_WIDTH, Theme
from capsule.typography import clock, plain

_PANEL = 8.2  # where the paper starts, at the right of the title's ink
_ROOM = 6.8
_DIAL = 3.5
_RING = 0.44
_GAP = 2.6  # degrees between two parts
_ROW = 0.48
_SLOWEST = 1.6  # times the pace of five seconds: a longer page is not to stand still early
_KICKER_Y, _SESSION_Y = 0.6, 0.92
_SESSION_TALLEST = 0.42  # down to where the longest title starts
_FIRST = _SESSION_Y + _SESSION_TALLEST
_UNDER = 0.62  # from the title to the objective
_OBJECTIVE_TALLEST = 1.37
_PLATE = 0.62  # height of the logo's plate
_ABOVE = 0.2  # between the page and the deck's ribbon


def page(
    plan: Plan,
    theme: Theme,
    words: NullTranslations,
    logo: bytes | None,
    scene: Scene | None = None,
) -> Page:
    """The deck's first slide, or the film's `scene` of kind "title"."""
    pace = min(_SLOWEST, scene.duration / 5) if scene else 1.0
    tall = PAGE_HEIGHT if scene else theme.canvas.foot - _ABOVE
    foot = PAGE_HEIGHT - theme.canvas.left if scene else tall - _ABOVE
    boxes: tuple[Box, ...] = (
        Panel(name="side", x=_PANEL, y=0, w=PAGE_WIDTH - _PANEL, h=tall, fill=theme.ground),
        *_words(plan, theme, words, pace, foot),
        *_centre(plan, theme, logo, foot),
        *_dial(plan, theme, words, pace, tall),
        *(() if scene else ribbon(None, plan, theme, words, on_ink=True)),
    )
    return Page(
        id=scene.id if scene else "title",
        part=scene.part if scene else None,
        title=plain(plan.capsule.title),
        ground=theme.ink,
        boxes=boxes,
        language=plan.capsule.language,
        seconds=scene.duration if scene else None,
        notes="" if scene else opening(plan, words),
    )


def _words(
    plan: Plan, theme: Theme, words: NullTranslations, pace: float, foot: float
) -> Iterator[Box]:
    """Title, rule and objective, centred together between the session and who signs."""
    last = foot - _PLATE - 0.12
    title, objective = _title(plan, theme, last), _objective(plan, theme)
    x, high = theme.canvas.left, metrics.height([title])
    under = _UNDER + metrics.height([objective]) if objective else 0.3
    y = (_FIRST + last - high - under) / 2
    lasts = {"length": length(plan.duration, words)}
    kicker = words.gettext("Training capsule · %(length)s") % lasts
    told = line(kicker.upper(), theme.meta, theme.accent, bold=True)
    yield block("title", (x, y, _ROOM), [title], role="title", enter=Enter(0.3 * pace))
    yield block("kicker", (x, _KICKER_Y, _ROOM), [told], enter=Enter(0.1 * pace, "fade"))
    yield Panel(
        name="rule",
        x=x,
        y=y + high + 0.28,
        w=0.9,
        h=0.06,
        fill=theme.accent,
        enter=Enter(0.8 * pace, "wipe"),
    )
    yield from _session(plan, theme, pace)
    if objective:
        place = (x, y + high + _UNDER, _ROOM)
        yield block("objective", place, [objective], enter=Enter(1.1 * pace))


def _title(plan: Plan, theme: Theme, last: float) -> Paragraph:
    """The title, as large as leaves room for the longest objective above `last`."""
    return metrics.fit(
        metrics.runs(plan.capsule.title, theme.white, bold=True, strong=theme.accent),
        (54, 48, 42, 36, 32, 28, 24),
        (_ROOM, min(2.75, last - _FIRST - _UNDER - _OBJECTIVE_TALLEST)),
        ("title",),
        factor=1.0,
        even=True,
    )


def _objective(plan: Plan, theme: Theme) -> Paragraph | None:
    objective = plan.capsule.objective
    if not objective:
        return None
    return metrics.fit(
        metrics.runs(objective, theme.soft_on_ink, strong=theme.white),
        (22, 20, 18, 16),
        (_ROOM, _OBJECTIVE_TALLEST),
        ("objective",),
        factor=1.16,
        even=True,
    )


def _session(plan: Plan, theme: Theme, pace: float) -> Iterator[Box]:
    if plan.capsule.session:
        named = metrics.fit(
            metrics.runs(plan.capsule.session, theme.white),
            (20, 18, 16, theme.meta, theme.smallest),
            (_ROOM, _SESSION_TALLEST),
            ("session",),
            even=True,
        )
        place = (theme.canvas.left, _SESSION_Y, _ROOM)
        yield block("session", place, [named], enter=Enter(0.2 * pace, "fade"))


def _centre(plan: Plan, theme: Theme, logo: bytes | None, foot: float) -> tuple[Box, ...]:
    """Who signs, down to `foot`; a logo lies on a white plate, which suits any."""
    x = theme.canvas.left
    name = metrics.fit(
        metrics.runs(plan.capsule.centre.name, theme.soft_on_ink),
        (16, 14, theme.smallest),
        (3.9, _PLATE),
        ("centre", "name"),
    )
    if not logo:
        high = metrics.height([name])
        return (block("centre", (x, foot - high, 3.9), [name], role="footer"),)
    with Image.open(io.BytesIO(logo)) as picture:
        shape = picture.width / picture.height
    h = min(_PLATE - 0.2, 2.2 / shape)
    w = h * shape
    plate = Panel(
        name="plate",
        x=x,
        y=foot - _PLATE,
        w=w + 0.3,
        h=_PLATE,
        fill=theme.white,
        radius=theme.radius / 2,
    )
    mark = Picture(
        name="logo",
        x=x + 0.15,
        y=plate.y + (_PLATE - h) / 2,
        w=w,
        h=h,
        png=logo,
        alt=plain(plan.capsule.centre.name),
    )
    place = (x + plate.w + 0.25, plate.y, 3.9)
    signed = block("centre", place, [name], tall=_PLATE, anchor="middle", role="footer")
    return plate, mark, signed


def _dial(
    plan: Plan, theme: Theme, words: NullTranslations, pace: float, tall: float
) -> tuple[Box, ...]:
    middle = (_PANEL + PAGE_WIDTH) / 2
    x, y = middle - _DIAL / 2, (tall - _DIAL - 0.6 - _ROW * len(plan.parts)) / 2
    boxes: list[Box] = []
    for i, part in enumerate(plan.parts):
        share = 360 * part.duration / plan.duration
        enter = Enter((0.8 + 0.7 * i) * pace, "sweep")
        boxes.append(
            Arc(
                name=f"arc {part.id}",
                x=x,
                y=y,
                w=_DIAL,
                h=_DIAL,
                fill=theme.part(part.id),
                start=360 * part.start / plan.duration + _GAP / 2,
                sweep=max(share - _GAP, 1.0),
                thickness=_RING,
                enter=enter,
            )
        )
        row = y + _DIAL + 0.6 + _ROW * i
        boxes.extend(_legend(part, (middle, row), theme, words, enter.at))
    return *boxes, _reading(plan, theme, words, (x, y))


def _legend(
    part: Part, place: tuple[float, float], theme: Theme, words: NullTranslations, at: float
) -> tuple[Box, ...]:
    """A part's name and length, with its arc."""
    middle, y = place
    left, right, high = middle - _DIAL / 2, middle + _DIAL / 2, 0.36
    told = [line(part_names(words)[part.id], 18, theme.text)]
    lasts = [line(length(part.duration, words), 18, theme.text, bold=True, align="right")]
    place_name, place_lasts = (left + 0.36, y, 1.5), (right - 1.6, y, 1.6)
    dot, enter = (left, y + 0.08, 0.2), Enter(at, "fade")
    return (
        Disc(
            name=f"key {part.id}",
            x=dot[0],
            y=dot[1],
            w=dot[2],
            h=dot[2],
            fill=theme.part(part.id),
            enter=enter,
        ),
        block(f"name {part.id}", place_name, told, tall=high, anchor="middle", enter=enter),
        block(f"length {part.id}", place_lasts, lasts, tall=high, anchor="middle", enter=enter),
    )


def _reading(
    plan: Plan, theme: Theme, words: NullTranslations, corner: tuple[float, float]
) -> Text:
    """The whole length, at the centre of the dial."""
    minutes, rest = divmod(plan.duration, 60)
    if not minutes:
        number, unit = str(rest), words.ngettext("second", "seconds", rest)
    else:
        number = clock(plan.duration) if rest else str(minutes)
        unit = words.ngettext("minute", "minutes", minutes)
    paragraphs = [
        line(number, 60 if len(number) < 3 else 40, theme.text, bold=True, align="center"),
        line(unit, 20, theme.soft, align="center"),
    ]
    place = (corner[0] + _RING, corner[1], _DIAL - 2 * _RING)
    return block("dial", place, paragraphs, tall=_DIAL, anchor="middle")
