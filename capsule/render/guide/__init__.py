"""The trainer's guide: two A4 pages, as a PDF that screen readers can read.

`press` sets it with Typst; here is decided how large its text can be, and what it must do without.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from capsule.layout import lettering, metrics
from capsule.model import Capsule
from capsule.plan import Plan
from capsule.render.guide.press import Press, Setting, press
from capsule.resources import Words
from capsule.theme import Theme
from capsule.typography import plain

__all__ = ["left_out", "pdf"]

_PAGES = 2
_WRITING = 30  # millimetres, the least that one can write notes on
_SETTINGS = (
    *(Setting(size, parted=True, notes=True) for size in (10.5, 10, 9.5, 9)),
    *(Setting(size, notes=True) for size in (9.5, 9, 8.5)),
    *(Setting(size) for size in (8.5, 8, 7.5)),
    *(Setting(size, advice=False) for size in (8, 7.5)),
)
_AMPLE = 400  # inches of text in one line, at 10 points, that the guide always has room for
_SPACING = 2.8  # inches, what each text takes besides, at the end of its last line and around


def pdf(plan: Plan, theme: Theme, words: Words, logo: bytes | None) -> bytes:
    """The guide of `plan`, the same bytes each time; `words` is its language's catalogue.

    `logo` is a PNG. Raises MisfitError for the longest question if two pages are not enough.
    """
    with press(plan, theme, words, logo) as ready:
        return ready.pdf(_fitting(ready))


def left_out(plan: Plan, theme: Theme, words: Words, logo: bytes | None) -> metrics.Where | None:
    """The longest piece of advice when the guide has no room for any. Raises as `pdf` does.

    Typst, which takes a tenth of a second, is only asked when there is much to set.
    """
    advice = dict(_advice(plan.capsule))
    if _heft([*_texts(plan.capsule), *advice.values()]) < _AMPLE:
        return None
    with press(plan, theme, words, logo) as ready:
        if _fitting(ready).advice:
            return None
    return max(advice, key=lambda where: len(advice[where]))


def _fitting(ready: Press) -> Setting:
    """The first setting in which the guide has two pages."""
    for setting in _SETTINGS:
        page, room = ready.end(setting)
        if page < _PAGES or (page == _PAGES and (room > _WRITING or not setting.notes)):
            return setting
    raise metrics.MisfitError(_heaviest(ready.plan.capsule))


def _heaviest(capsule: Capsule) -> metrics.Where:
    """The question that takes the most room."""
    questions = capsule.debrief.questions
    hefts = [_heft([q.ask, *(f"{s.who} {s.do}" for s in q.steps)]) for q in questions]
    return ("debrief", "questions", hefts.index(max(hefts)))


def _heft(texts: Iterable[str]) -> float:
    return sum(lettering.width(plain(text), 10) + _SPACING for text in texts)


def _advice(capsule: Capsule) -> Iterator[tuple[metrics.Where, str]]:
    """What helps the trainer, with its place in the source; left out if there is no room."""
    intro, message, debrief = capsule.intro, capsule.message, capsule.debrief
    told: list[tuple[metrics.Where, str | None]] = [
        (("intro", "alt"), intro.alt),
        (("intro", "note"), intro.note),
        (("message", "note"), message.note),
        (("debrief", "synthesis", "note"), debrief.synthesis.note),
    ]
    for n, question in enumerate(debrief.questions):
        where = ("debrief", "questions", n)
        told.append(((*where, "note"), question.note))
        told += [((*where, "relaunch", i), text) for i, text in enumerate(question.relaunch)]
    return ((where, text) for where, text in told if text)


def _texts(capsule: Capsule) -> Iterator[str]:
    """What the room is shown or asked, which is never left out."""
    message, synthesis = capsule.message, capsule.debrief.synthesis
    yield from (capsule.title, capsule.objective or "", capsule.session or "", capsule.intro.title)
    yield message.statement
    for point in message.points:
        yield from (point.title, point.text, point.example or "")
    for question in capsule.debrief.questions:
        yield question.ask
        yield from (f"{step.who} {step.do}" for step in question.steps)
    yield from (synthesis.title, *synthesis.points, synthesis.commitment or "")
