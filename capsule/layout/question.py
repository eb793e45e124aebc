"""A question to the room, its timed steps beside the ring."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from gettext import NullTranslations
from typing import NamedTuple, cast

from capsule.layout import frame, metrics, notes, ring
from capsule.layout.boxes import Box, Enter, Line, Page, Panel, Paragraph
from capsule.layout.leaves import of as shared
from capsule.layout.leaves import title
from capsule.model import Question, Step
from capsule.plan import Plan, Scene
from capsule.theme import Theme
from capsule.typography import clock

_PAD = 0.2
_EASE = ((0.2, 0.12, 20), (0.12, 0.12, 18), (0.08, 0.08, 18))
"""Room above a step's text, room between two steps, least size of that text."""
_PILL = 0.96  # width of the pill with a step's time, and its height
_TIME = 0.44
_ASK_SIZES = (44, 40, 36, 32, 28, 24)
_ALONE = (54, 48, *_ASK_SIZES)  # sizes of a question without steps
_AGAIN = (28, 24)  # of one that was asked on the page before
_STEP_SIZES = (22, 20, 18)
_ASK_TALLEST = 2.75
_RULE = (0.9, 0.06, 0.36)  # width and height of the one under a question alone, room above it
_ROW_TALLEST = 1.35
_STEP_LINES = 4  # more would not be read in a room


class _Asked(NamedTuple):
    """A question and its steps, set in sizes that fit together."""

    ask: Paragraph
    steps: list[Paragraph]
    pad: float
    gap: float
    apart: bool  # the question has a place of its own

    @property
    def rows(self) -> list[float]:
        return [max(metrics.height([step]), _TIME - 0.16) + 2 * self.pad for step in self.steps]

    @property
    def high(self) -> float:
        if not self.steps:
            return 0.0 if self.apart else metrics.height([self.ask]) + _RULE[1] + _RULE[2]
        return self.top + sum(self.rows) + self.gap * (len(self.steps) - 1)

    @property
    def top(self) -> float:
        """Where the steps start, from the top of the question."""
        return 0.0 if self.apart else metrics.height([self.ask]) + 0.4


def _step_room(theme: Theme) -> float:
    return frame.beside(theme) - _PILL - 3.2 * _PAD


def leaves(scene: Scene, plan: Plan, theme: Theme, words: NullTranslations) -> tuple[Scene, ...]:
    """The question's steps on as few pages as hold them."""

    def fits(one: Scene) -> bool:
        return _largest(one, _ask(one, plan, theme, words), theme) is not None

    weights = [len(step.do) for step in cast(Question, scene.content).steps]
    return shared(scene, weights, fits)


def page(scene: Scene, plan: Plan, theme: Theme, words: NullTranslations) -> Page:
    """The question first; on the film each step comes when it starts."""
    question = cast(Question, scene.content)
    ask = _ask(scene, plan, theme, words)
    place = {"n": scene.number, "total": len(plan.questions)}
    kicker = words.gettext("Debrief · question %(n)d of %(total)d") % place
    return frame.slide(
        scene,
        plan,
        theme,
        words,
        name=kicker,
        title=ask,
        boxes=(*_asked(scene, ask, theme), *ring.panel(scene, plan, theme, words)),
        notes=notes.of(plan, [scene], words, question.note),
    )


def clicked(page: Page, theme: Theme, words: NullTranslations) -> Page:
    """`page` for the deck, where a click starts the countdown."""
    panel = next(box for box in page.boxes if box.name == "panel")
    text = words.gettext("Click to start")
    told = metrics.paragraph(
        metrics.runs(text, theme.accent, bold=True), theme.meta, panel.w - 0.4, align="center"
    )
    place = (panel.x + 0.2, panel.y + panel.h - 0.62, panel.w - 0.4)
    after = page.boxes.index(panel) + 1
    hint = frame.block("hint", place, [told])
    return replace(page, boxes=(*page.boxes[:after], hint, *page.boxes[after:]))


def _ask(scene: Scene, plan: Plan, theme: Theme, words: NullTranslations) -> Line:
    question, colour = cast(Question, scene.content), theme.part("debrief")
    asked = metrics.runs(question.ask, theme.text, bold=True, strong=colour)
    return title(asked, scene, plan, theme.soft, words)


def _asked(scene: Scene, ask: Line, theme: Theme) -> Iterator[Box]:
    """Question and steps, as one column that fills the page or lies halfway up it."""
    question = cast(Question, scene.content)
    asked = _fitted(scene, ask, theme)
    spare = theme.canvas.bottom - theme.canvas.top - asked.high
    extra = 0.0
    if asked.steps:
        extra = max(0.0, min(spare / len(asked.rows), _ROW_TALLEST - max(asked.rows)))
    y = theme.canvas.top + max(0.0, spare - extra * len(asked.rows)) / 2
    early = min(0.3, scene.duration / 10)
    yield frame.block(
        "title",
        (theme.canvas.left, y, frame.beside(theme)),
        [asked.ask],
        role="title",
        enter=Enter(early),
    )
    if not asked.steps and not asked.apart:
        wide, high, above = _RULE
        yield Panel(
            name="rule",
            x=theme.canvas.left,
            y=y + metrics.height([asked.ask]) + above,
            w=wide,
            h=high,
            fill=theme.part("debrief"),
            enter=Enter(early + 0.5, "wipe", min(0.5, scene.duration / 10)),
        )
    y += asked.top
    for i, (step, told) in enumerate(zip(question.steps, asked.steps, strict=True)):
        high = asked.rows[i] + extra
        enter = Enter(max(scene.beats[i], early + 0.5))
        yield from _row(i + 1, step, told, span=(y, high), theme=theme, enter=enter)
        y += high + asked.gap


def _fitted(scene: Scene, ask: Line, theme: Theme) -> _Asked:
    """The largest that fits, or the smallest there is, which is refused."""
    if found := _largest(scene, ask, theme):
        return found
    where = ("debrief", "questions", scene.number - 1)
    steps = cast(Question, scene.content).steps
    asked = _set(steps, ask, theme, (_ASK_SIZES[-1], _STEP_SIZES[-1]), _EASE[-1])
    first = scene.leaf.first if scene.leaf else 0
    room = (frame.beside(theme), _ASK_TALLEST)
    if not steps or not (asked.apart or metrics.fits([asked.ask], room)):
        metrics.refuse((*where, "ask"))
    else:
        longest = max(range(len(steps)), key=lambda i: len(steps[i].do))
        metrics.refuse((*where, "steps", first + longest, "do"))
    return asked


def _largest(scene: Scene, ask: Line, theme: Theme) -> _Asked | None:
    """The largest question whose steps stay comfortable, words being broken only if need be."""
    steps = cast(Question, scene.content).steps
    again = scene.leaf and scene.leaf.number > 1
    sizes = _AGAIN if again else _ASK_SIZES if steps else _ALONE
    for broken in (False, True):
        for ease in _EASE:
            for size in sizes:
                for step_size in (s for s in _STEP_SIZES if ease[2] <= s <= size):
                    asked = _set(steps, ask, theme, (size, step_size), ease)
                    if _fits(asked, theme, broken=broken):
                        told = [metrics.evened(step) for step in asked.steps]
                        return asked._replace(ask=metrics.evened(asked.ask), steps=told)
    return None


def _set(
    steps: Sequence[Step],
    ask: Line,
    theme: Theme,
    sizes: tuple[float, float],
    ease: tuple[float, float, float],
) -> _Asked:
    return _Asked(
        metrics.paragraph(ask, sizes[0], frame.beside(theme), factor=1.0),
        [_step(step, theme, sizes[1]) for step in steps],
        *ease[:2],
        bool(theme.canvas.title),
    )


def _fits(asked: _Asked, theme: Theme, *, broken: bool) -> bool:
    whole = theme.canvas.bottom - theme.canvas.top
    tallest = _ASK_TALLEST if asked.steps else whole
    return (
        asked.high <= whole
        and (
            asked.apart or metrics.fits([asked.ask], (frame.beside(theme), tallest), broken=broken)
        )
        and all(
            len(step.lines) <= _STEP_LINES
            and metrics.fits([step], (_step_room(theme), 99), broken=broken)
            for step in asked.steps
        )
    )


def _step(step: Step, theme: Theme, size: float) -> Paragraph:
    who = metrics.runs(f"{step.who} ", theme.text, bold=True) if step.who else ()
    does = metrics.runs(step.do, theme.text, strong=theme.part("debrief"))
    return metrics.paragraph((*who, *does), size, _step_room(theme), factor=1.14)


def _row(
    number: int,
    step: Step,
    told: Paragraph,
    *,
    span: tuple[float, float],
    theme: Theme,
    enter: Enter,
) -> Iterator[Box]:
    x, (y, high) = theme.canvas.left, span
    tall = min(_TIME, high - 0.1)
    top = y + (high - tall) / 2
    time = frame.line(clock(step.duration), 17, theme.on(theme.debrief), bold=True, align="center")
    yield Panel(
        name=f"step {number}",
        x=x,
        y=y,
        w=frame.beside(theme),
        h=high,
        fill=theme.card,
        radius=theme.radius,
        enter=enter,
    )
    yield Panel(
        name=f"pill {number}",
        x=x + _PAD,
        y=top,
        w=_PILL,
        h=tall,
        fill=theme.part("debrief"),
        radius=tall / 2,
        enter=enter,
    )
    pill = (x + _PAD, top, _PILL)
    yield frame.block(f"time {number}", pill, [time], tall=tall, anchor="middle", enter=enter)
    place = (x + 2.2 * _PAD + _PILL, y, _step_room(theme))
    yield frame.block(f"text {number}", place, [told], tall=high, anchor="middle", enter=enter)
