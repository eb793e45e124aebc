import gettext

import pytest

from capsule import layout, model, plan
from capsule.layout import boxes, metrics
from capsule.plan import Cue
from capsule.theme import HOUSE, PAGE_HEIGHT, PAGE_WIDTH

WORDS = gettext.NullTranslations()


def burned(capsule: model.Capsule) -> plan.Plan:
    film = capsule.film.model_copy(update={"captions": "burned"})
    return plan.make(capsule.model_copy(update={"film": film}))


def told(page: boxes.Page) -> boxes.Captions | None:
    *_others, last = page.boxes
    return last if isinstance(last, boxes.Captions) else None


def test_each_page_shows_what_is_said_of_it_when_it_is_said(starter: model.Capsule) -> None:
    planned = burned(starter)
    pages = layout.film_pages(planned, HOUSE, WORDS, None)
    for page, scene in zip(pages, planned.scenes, strict=True):
        captions = told(page)
        assert captions
        assert [" ".join(p.text for p in one.text.paragraphs) for one in captions.told] == [
            cue.text.replace("\n", " ") for cue in scene.cues
        ]
        for one, cue in zip(captions.told, scene.cues, strict=True):
            assert one.start == pytest.approx(cue.start - scene.start)
            assert one.end <= scene.duration
            assert len(one.text.paragraphs) == cue.text.count("\n") + 1
            assert {p.size for p in one.text.paragraphs} == {28}


def test_they_stay_below_what_pages_say(starter: model.Capsule) -> None:
    for page in layout.film_pages(burned(starter), HOUSE, WORDS, None):
        captions = told(page)
        assert captions
        assert captions.y >= 6.4
        assert captions.y + captions.h <= PAGE_HEIGHT


def test_without_them_pages_are_as_they_were(starter: model.Capsule) -> None:
    soft = layout.film_pages(plan.make(starter), HOUSE, WORDS, None)
    hard = layout.film_pages(burned(starter), HOUSE, WORDS, None)
    assert not any(told(page) for page in soft)
    assert [page.boxes for page in soft] == [page.boxes[:-1] for page in hard]
    slides = layout.deck_pages(burned(starter), HOUSE, WORDS, None)[3:]
    assert slides == layout.deck_pages(plan.make(starter), HOUSE, WORDS, None)[3:]


@pytest.mark.parametrize(
    "text",
    [
        "W" * 37 + "\n" + "W" * 37,
        "https://formation.example/" + "a" * 90,
        "\n".join(["Une ligne de plus"] * 9),
        "mot " * 400,
    ],
)
def test_what_a_file_says_is_never_cut(starter: model.Capsule, text: str) -> None:
    intro = model.Intro(title="Le film", video="intro.mp4")
    film = starter.film.model_copy(update={"captions": "burned"})
    capsule = starter.model_copy(update={"intro": intro, "film": film})
    planned = plan.make(capsule, plan.FilmedIntro(95, (Cue(90, 99, text),)))
    captions = layout.burned(planned.scenes[0], planned, HOUSE)
    assert captions
    [one] = captions.told
    assert one.end == 95
    assert metrics.fits(one.text.paragraphs, (PAGE_WIDTH - 0.4, PAGE_HEIGHT / 2))
    assert one.panel.x > 0
    assert one.panel.y > PAGE_HEIGHT / 2
    assert "".join("".join(p.text for p in one.text.paragraphs).split()) == "".join(text.split())
