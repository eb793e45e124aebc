"""Scene and theme in, page out: every decision about place, size and line break (pure).

One module per kind of page; `boxes` says what a page is, `metrics` measures its texts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from gettext import NullTranslations
from itertools import count
from typing import NamedTuple

from capsule.layout import (
    boxes,
    branded,
    captions,
    filmed,
    frame,
    intro,
    lettering,
    manual,
    message,
    metrics,
    question,
    synthesis,
    title,
)
from capsule.layout.boxes import Page
from capsule.layout.frame import length, part_names
from capsule.plan import Plan, Scene
from capsule.theme import WHOLE, Stage, Theme

_Kind = tuple[
    Callable[[Scene, Plan, Theme, NullTranslations], tuple[Scene, ...]],
    Callable[[Scene, Plan, Theme, NullTranslations], Page],
]

__all__ = [
    "Laid",
    "burned",
    "deck_pages",
    "film_pages",
    "laid_out",
    "length",
    "part_names",
    "split",
]

_SHARED: dict[str, _Kind] = {
    "message": (message.leaves, message.page),
    "question": (question.leaves, question.page),
    "synthesis": (synthesis.leaves, synthesis.page),
}


def deck_pages(
    plan: Plan, theme: Theme, words: NullTranslations, logo: bytes | None
) -> tuple[Page, ...]:
    """The slides: a manual, title, the opening film, message, one a question, synthesis.

    The manual is hidden, bears no number, and is left out if the source says so.
    What one slide cannot hold goes on over the next ones. With `theme.stage`, they are laid out
    in a centre's template.

    `words` is the catalogue of the capsule's language. `logo` is a PNG. Raises
    MisfitError for a text that is too long.
    """
    if theme.stage:
        return _staged(plan, theme, words)
    with _set_in(plan, theme):
        return tuple(_numbered(_slides(plan, theme, words, logo), theme))


def _staged(plan: Plan, theme: Theme, words: NullTranslations) -> tuple[Page, ...]:
    """The slides in a template, whose own typeface and places they take."""
    inner = _inner(theme)
    with _set_in(plan, inner):
        pages = [
            branded.first(plan, inner, words),
            branded.film(plan, inner, words),
            *(
                branded.dressed(page, leaf, inner)
                for scene in plan.scenes
                if scene.kind in _SHARED
                for leaf in _leaves(scene, plan, inner, words)
                for page in [_clicked(leaf, plan, inner, words)]
            ),
        ]
        footed = [pages[0], *(branded.footed(page, plan, inner) for page in pages[1:])]
        return (footed[0], *_numbered(footed[1:], inner, first=2))


def _inner(theme: Theme) -> Theme:
    """The theme of a template's slides; that of all slides where there is none."""
    stage = theme.stage or Stage(WHOLE, WHOLE, theme.canvas, theme.typeface)
    return replace(theme, typeface=stage.typeface, canvas=stage.pages)


def _clicked(leaf: Scene, plan: Plan, theme: Theme, words: NullTranslations) -> Page:
    page = _page(leaf, plan, theme, words, None)
    return question.clicked(page, theme, words) if leaf.kind == "question" else page


def _slides(plan: Plan, theme: Theme, words: NullTranslations, logo: bytes | None) -> list[Page]:
    return [
        *([manual.page(plan, theme, words)] if plan.capsule.deck.manual == "slide" else []),
        title.page(plan, theme, words, logo),
        filmed.page(plan, theme, words),
        *(
            _clicked(leaf, plan, theme, words)
            for scene in plan.scenes
            if scene.kind in _SHARED
            for leaf in _leaves(scene, plan, theme, words)
        ),
    ]


def _set_in(plan: Plan, theme: Theme) -> AbstractContextManager[None]:
    return lettering.set_in(theme.typeface, plan.capsule.language)


def _numbered(pages: Sequence[Page], theme: Theme, first: int = 1) -> Iterator[Page]:
    numbers = count(first)
    for page in pages:
        yield page if page.hidden else frame.numbered(page, next(numbers), theme)


def film_pages(
    plan: Plan, theme: Theme, words: NullTranslations, logo: bytes | None
) -> tuple[Page, ...]:
    """The pages of each scene of the film, but for the centre's own video. Raises as deck_pages.

    A scene has one page, or several that follow each other and share its id. They hold their
    captions when these are to be burned.
    """
    with _set_in(plan, theme):
        return tuple(
            _told(leaf, _page(leaf, plan, theme, words, logo), plan, theme)
            for scene in plan.scenes
            if scene.kind != "video"
            for leaf in _leaves(scene, plan, theme, words)
        )


def split(plan: Plan, theme: Theme, words: NullTranslations) -> tuple[tuple[Scene, int], ...]:
    """The scenes that take several slides, and how many."""
    theme = _inner(theme)
    with _set_in(plan, theme):
        counts = [(scene, len(_leaves(scene, plan, theme, words))) for scene in plan.scenes]
    return tuple((scene, count) for scene, count in counts if count > 1)


def _leaves(scene: Scene, plan: Plan, theme: Theme, words: NullTranslations) -> tuple[Scene, ...]:
    if scene.kind not in _SHARED:
        return (scene,)
    leaves, _draw = _SHARED[scene.kind]
    return leaves(scene, plan, theme, words)


def _page(
    leaf: Scene, plan: Plan, theme: Theme, words: NullTranslations, logo: bytes | None
) -> Page:
    if leaf.kind not in _SHARED:
        return intro.page(leaf, plan, theme, words, logo)
    _leaves, draw = _SHARED[leaf.kind]
    return draw(leaf, plan, theme, words)


def _told(leaf: Scene, page: Page, plan: Plan, theme: Theme) -> Page:
    told = burned(leaf, plan, theme)
    return replace(page, boxes=(*page.boxes, told)) if told else page


def burned(scene: Scene, plan: Plan, theme: Theme) -> boxes.Captions | None:
    """What lies over the pictures of `scene` if its captions are to be burned, and it has any."""
    if plan.capsule.film.captions == "soft" or not scene.cues:
        return None
    with _set_in(plan, theme):
        return captions.told(scene, theme)


class Laid(NamedTuple):
    """The pages of deck and film; `misfits` are the paths in the source of texts too long."""

    slides: tuple[Page, ...]
    film: tuple[Page, ...]
    misfits: tuple[metrics.Where, ...]


def laid_out(plan: Plan, theme: Theme, words: NullTranslations, logo: bytes | None) -> Laid:
    """All pages; texts too long are listed, each once, and the pages are then worth nothing."""
    with metrics.collecting() as found:
        slides = deck_pages(plan, theme, words, logo)
        film = film_pages(plan, theme, words, logo)
    return Laid(slides, film, tuple(dict.fromkeys(found)))
