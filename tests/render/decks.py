"""Decks written from plans, as tests of what is in them need."""

import gettext
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lxml import etree
from pptx.oxml.ns import _nsmap as nsmap

from capsule import layout, model, plan
from capsule.layout import boxes
from capsule.render import deck
from capsule.theme import HOUSE

WORDS = gettext.NullTranslations()
AWKWARD = ("awkward", "german", "english", "endless")  # texts that hardly fit, or do not
ALL = ("starter", "small", *AWKWARD)
CAPTIONS = "WEBVTT\n\n00:00.000 --> 00:01.000\nBonjour\n"
Deck = Callable[[str], Path]
Sound = Callable[[Path], None]


def ordered(made: plan.Plan, **deck: object) -> plan.Plan:
    """`made` with what its source says under `deck:`."""
    settings = model.Deck.model_validate(deck)
    return plan.make(made.capsule.model_copy(update={"deck": settings}))


def write_deck(target: Path, made: plan.Plan, film: deck.Film) -> tuple[boxes.Page, ...]:
    pages = layout.deck_pages(made, HOUSE, WORDS, None)
    deck.write(
        target,
        pages,
        HOUSE,
        film,
        title=made.capsule.title,
        author=made.capsule.centre.name,
        parts=layout.part_names(WORDS),
    )
    return pages


def found(element: Any, path: str) -> list[Any]:
    """XPath for elements that python-pptx has no class for."""
    return list(etree.ElementBase.xpath(element, path, namespaces=nsmap))
