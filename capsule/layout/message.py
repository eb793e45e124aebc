"""The message: one statement, and the points that carry it as cards."""

from __future__ import annotations

from gettext import NullTranslations
from typing import cast

from capsule.layout import cards, frame, metrics, notes
from capsule.layout.boxes import Enter, Line, Page, Paragraph
from capsule.layout.cards import Card, Grid
from capsule.layout.leaves import of as shared
from capsule.layout.leaves import title
from capsule.model import Message
from capsule.plan import Plan, Scene
from capsule.theme import Theme

_STATEMENT_SIZES = (60, 54, 48, 42, 36, 32, 28)
_STATEMENT_TALLEST = 1.75
_AGAIN = (36, 32, 28)  # sizes of a statement that the page before has too


def leaves(scene: Scene, plan: Plan, theme: Theme, words: NullTranslations) -> tuple[Scene, ...]:
    """The points on as few pages as hold them."""

    def fits(one: Scene) -> bool:
        return _largest(one, _stated(one, plan, theme, words), theme) is not None

    points = cast(Message, scene.content).points
    weights = [len(one.title) + len(one.text) + len(one.example or "") for one in points]
    return shared(scene, weights, fits)


def page(scene: Scene, plan: Plan, theme: Theme, words: NullTranslations) -> Page:
    """The statement, and a card for each point as the narration comes to it."""
    message = cast(Message, scene.content)
    pieces = _stated(scene, plan, theme, words)
    statement, told = _fitted(scene, pieces, theme)
    place = (theme.canvas.left, theme.canvas.top, theme.canvas.room)
    enter = Enter(min(0.4, scene.duration / 10))
    return frame.slide(
        scene,
        plan,
        theme,
        words,
        name=words.gettext("Key message"),
        title=pieces,
        boxes=(
            frame.block("title", place, [statement], role="title", enter=enter),
            *cards.drawn(scene, told, _grid(statement, len(told), theme), theme),
        ),
        notes=notes.of(plan, [scene], words, message.note),
    )


def _grid(statement: Paragraph, count: int, theme: Theme) -> Grid:
    top = theme.canvas.top
    if not theme.canvas.title:
        top += min(metrics.height([statement]), _STATEMENT_TALLEST) + 0.42
    return cards.grid_for(count, top, theme)


def _fitted(scene: Scene, pieces: Line, theme: Theme) -> tuple[Paragraph, list[Card]]:
    """The largest that fits, or the smallest there is, which is refused."""
    if found := _largest(scene, pieces, theme):
        return found
    points, first = cast(Message, scene.content).points, scene.leaf.first if scene.leaf else 0
    statement = _statement(pieces, theme, _STATEMENT_SIZES[-1])
    grid = _grid(statement, len(points), theme)
    told = cards.of(points, cards.SCALES[-1], grid, theme)
    if not _stands(statement, theme):
        metrics.refuse(("message", "statement"))
    for i, (point, card) in enumerate(zip(points, told, strict=True)):
        if not card.fits(grid.room(i)):
            texts = {"title": point.title, "text": point.text, "example": point.example or ""}
            longest = max(texts, key=lambda key: len(texts[key]))
            metrics.refuse(("message", "points", first + i, longest))
    return statement, told


def _largest(scene: Scene, pieces: Line, theme: Theme) -> tuple[Paragraph, list[Card]] | None:
    """The largest statement over cards that fit, words being broken only if need be."""
    points = cast(Message, scene.content).points
    again = scene.leaf and scene.leaf.number > 1
    for broken in (False, True):
        for size in _AGAIN if again else _STATEMENT_SIZES:
            statement = _statement(pieces, theme, size)
            if not _stands(statement, theme, broken=broken):
                continue
            grid = _grid(statement, len(points), theme)
            for scale in cards.SCALES:
                told = cards.of(points, scale, grid, theme)
                if all(card.fits(grid.room(i), broken=broken) for i, card in enumerate(told)):
                    return metrics.evened(statement), [card.evened() for card in told]
    return None


def _stated(scene: Scene, plan: Plan, theme: Theme, words: NullTranslations) -> Line:
    told, colour = plan.capsule.message.statement, theme.part("message")
    pieces = metrics.runs(told, theme.text, bold=True, strong=colour)
    return title(pieces, scene, plan, theme.soft, words)


def _statement(pieces: Line, theme: Theme, size: float) -> Paragraph:
    return metrics.paragraph(pieces, size, theme.canvas.room, factor=1.0)


def _stands(statement: Paragraph, theme: Theme, *, broken: bool = True) -> bool:
    room = (theme.canvas.room, _STATEMENT_TALLEST)
    return bool(theme.canvas.title) or metrics.fits([statement], room, broken=broken)
