"""Scene and theme in, page out: every decision about place, size and line break (pure).

One module per kind of page; `boxes` says what a page is, `metrics` measures its texts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from gettext import NullTranslations

from capsule.layout import (
    boxes,
    captions,
    filmed,
    frame,
    intro,
    message,
    metrics,
    question,
    synthesis,
    title,
)
from capsule.layout.boxes import Page
from capsule.layout.frame import length, part_names
from capsule.plan import Plan, Scene
from capsule.theme import Theme

__all__ = ["burned", "deck_pages", "film_pages", "length", "misfits", "part_names"]

_SHARED: dict[str, Callable[[Scene, Plan, Theme, NullTranslations], Page]] = {
    "message": message.page,
    "question": question.page,
    "synthesis": synthesis.page,
}


def deck_pages(
    plan: Plan, theme: Theme, words: NullTranslations, logo: bytes | None
) -> tuple[Page, ...]:
    """The slides: title, the opening film, message, one for each question, synthesis.

    `words` is the catalogue of the capsule's language. `logo` is a PNG. Raises
    MisfitError for a text that is too long.
    """
    with metrics.set_in(theme.typeface):
        return tuple(_numbered(_slides(plan, theme, words, logo), theme))


def _slides(plan: Plan, theme: Theme, words: NullTranslations, logo: bytes | None) -> list[Page]:
    return [
        title.page(plan, theme, words, logo),
        filmed.page(plan, theme, words),
        *(
            question.clicked(page, theme, words) if scene.kind == "question" else page
            for scene in plan.scenes
            if scene.kind in _SHARED
            for page in [_SHARED[scene.kind](scene, plan, theme, words)]
        ),
    ]


def _numbered(pages: Sequence[Page], theme: Theme) -> Iterator[Page]:
    for number, page in enumerate(pages, 1):
        yield page if number == 1 else frame.numbered(page, number, theme)


def film_pages(
    plan: Plan, theme: Theme, words: NullTranslations, logo: bytes | None
) -> tuple[Page, ...]:
    """A page for each scene of the film, but for the centre's own video. Raises as deck_pages.

    It holds its captions when they are to be burned.
    """
    with metrics.set_in(theme.typeface):
        return tuple(
            _filmed(scene, plan, theme, words, logo)
            for scene in plan.scenes
            if scene.kind != "video"
        )


def _filmed(
    scene: Scene, plan: Plan, theme: Theme, words: NullTranslations, logo: bytes | None
) -> Page:
    page = (
        _SHARED[scene.kind](scene, plan, theme, words)
        if scene.kind in _SHARED
        else intro.page(scene, plan, theme, words, logo)
    )
    told = burned(scene, plan, theme)
    return replace(page, boxes=(*page.boxes, told)) if told else page


def burned(scene: Scene, plan: Plan, theme: Theme) -> boxes.Captions | None:
    """What lies over the pictures of `scene` if its captions are to be burned, and it has any."""
    if plan.capsule.film.captions == "soft" or not scene.cues:
        return None
    with metrics.set_in(theme.typeface):
        return captions.told(scene, theme)


def misfits(plan: Plan, theme: Theme, words: NullTranslations) -> tuple[metrics.Where, ...]:
    """The paths in the source of all texts that are too long for their place, each once."""
    with metrics.collecting() as found:
        deck_pages(plan, theme, words, None)
        film_pages(plan, theme, words, None)
    return tuple(dict.fromkeys(found))
