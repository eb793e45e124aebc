"""What holds for every page, and how pages follow the plan."""

import re

import pytest

from capsule import layout, model, plan, source
from capsule.layout import boxes, breaking, metrics, wrapping
from capsule.theme import HOUSE

from .checks import CAPSULES, WORDS, contrast, misplaced, texts


@pytest.fixture(
    scope="module", params=["starter", "small", "awkward", "german", "english", "endless"]
)
def pages(request: pytest.FixtureRequest, starter_plan: plan.Plan) -> tuple[boxes.Page, ...]:
    """Slides of all that is long, short, or many."""
    if request.param == "starter":
        return layout.deck_pages(starter_plan, HOUSE, WORDS, None)
    made = plan.make(source.load(CAPSULES / request.param).capsule)
    return layout.deck_pages(made, HOUSE, WORDS, None)


def test_nothing_leaves_its_page_nor_overlaps(pages: tuple[boxes.Page, ...]) -> None:
    for page in pages:
        assert misplaced(page) == []


def test_every_page_is_readable(pages: tuple[boxes.Page, ...]) -> None:
    for page in pages:
        assert len({box.name for box in page.boxes}) == len(page.boxes), page.id
        [title] = [text for text in texts(page) if text.role == "title"]
        assert " ".join(p.text for p in title.paragraphs) == page.title
        for text in texts(page):
            ground = _ground(page, text)
            for run in (run for p in text.paragraphs for line in p.lines for run in line):
                assert contrast(run.colour, ground) >= 4.5, (page.id, text.name)


def _ground(page: boxes.Page, text: boxes.Text) -> str:
    """The colour of the last filled box that lies under the text's middle."""
    x, y = text.x + text.w / 2, text.y + text.h / 2
    under = [
        box.fill
        for box in page.boxes
        if isinstance(box, boxes.Panel | boxes.Disc)
        and box.x <= x <= box.x + box.w
        and box.y <= y <= box.y + box.h
    ]
    return [page.ground, *under][-1]


def test_each_text_breaks_alike_at_its_steady_width(pages: tuple[boxes.Page, ...]) -> None:
    for text in (text for page in pages for text in texts(page)):
        wide = metrics.steady(text.paragraphs, text.w)
        for told in text.paragraphs:
            broken = any(breaking.going_on(line[-1].text) for line in told.lines)
            pieces = metrics.unbroken(told.lines)
            if not broken:
                assert len(wrapping.wrap(pieces, told.size, wide)) == len(told.lines), text.name


def test_the_deck_follows_the_plan(starter_plan: plan.Plan) -> None:
    pages = layout.deck_pages(starter_plan, HOUSE, WORDS, None)

    asked = [scene.id for scene in starter_plan.questions]
    shown = ["title", "intro", "message", *asked, "synthesis"]
    assert [page.id for page in pages] == ["manual", *shown]
    assert [page.id for page in pages if page.hidden] == ["manual"]
    numbers = [box for page in pages for box in texts(page) if box.role == "number"]
    assert [box.paragraphs[0].text for box in numbers] == [str(n) for n in range(1, 8)]


def test_the_film_has_a_page_a_scene_and_the_deck_s_own(starter_plan: plan.Plan) -> None:
    film = layout.film_pages(starter_plan, HOUSE, WORDS, None)
    deck = {page.id: page for page in layout.deck_pages(starter_plan, HOUSE, WORDS, None)}

    assert [(p.id, p.seconds) for p in film] == [(s.id, s.duration) for s in starter_plan.scenes]
    for page in film:
        if page.id in deck:
            kept = {"number", "hint"}
            assert page.boxes == tuple(b for b in deck[page.id].boxes if b.name not in kept)


def test_the_centre_s_own_film_has_no_page(starter: model.Capsule) -> None:
    intro = model.Intro(title="Le film", video="intro.mp4")
    filmed = plan.make(starter.model_copy(update={"intro": intro}), plan.FilmedIntro(95))

    assert layout.film_pages(filmed, HOUSE, WORDS, None)[0].id == "message"
    slide = next(p for p in layout.deck_pages(filmed, HOUSE, WORDS, None) if p.id == "intro")
    [movie] = [box for box in slide.boxes if isinstance(box, boxes.Movie)]
    assert movie.w * 9 == pytest.approx(movie.h * 16)
    assert "1 min 35 s" in slide.notes


def test_steps_come_in_when_they_start(starter_plan: plan.Plan) -> None:
    scene = starter_plan.questions[0]
    page = next(p for p in layout.film_pages(starter_plan, HOUSE, WORDS, None) if p.id == scene.id)

    enters = {box.name: box.enter.at for box in page.boxes if box.enter}
    assert enters["title"] < enters["step 1"] < 1
    assert (enters["step 2"], enters["step 3"]) == (30, 70)


def test_points_come_in_when_they_are_said(starter_plan: plan.Plan) -> None:
    message = next(scene for scene in starter_plan.scenes if scene.id == "message")
    said = [
        next(c for c in message.cues if start in c.text)
        for start in ("Premier geste", "Deuxième geste", "Troisième geste")
    ]

    assert message.beats == tuple(round(cue.start - message.start, 3) for cue in said)


def test_points_that_are_not_said_are_spread(small_plan: plan.Plan) -> None:
    message = next(scene for scene in small_plan.scenes if scene.id == "message")

    assert message.beats == (0.8, 2.4)


def test_the_ribbon_fills_as_the_part_goes(starter_plan: plan.Plan) -> None:
    pages = layout.film_pages(starter_plan, HOUSE, WORDS, None)
    filled = [
        (page.id, round(box.begin, 2), round(box.end, 2))
        for page in pages
        for box in page.boxes
        if isinstance(box, boxes.Progress) and page.part == "debrief"
    ]

    assert filled == [
        ("question-1", 0.0, 0.3),
        ("question-2", 0.3, 0.6),
        ("question-3", 0.6, 0.9),
        ("synthesis", 0.9, 1.0),
    ]


def test_notes_tell_when_what_and_how_to_relaunch(starter_plan: plan.Plan) -> None:
    notes = {p.id: p.notes for p in layout.deck_pages(starter_plan, HOUSE, WORDS, None)}

    assert notes["message"].startswith(
        "At 3:00 · until 5:00 (2 min)\n\nTo say\nAt 3:00 · L’innovation, c’est"
    )
    said = [line[:17] for line in notes["message"].splitlines() if " geste" in line[:30]]
    assert said == ["At 3:15 · Premier", "At 3:45 · Deuxièm", "At 4:19 · Troisiè"]
    assert "At 5:30 · En binôme. Gardez celui qui dépend de vous. (40 s)" in notes["question-1"]
    assert "If nobody speaks\nQu’avez-vous contourné" in notes["question-1"]
    assert "At 0:00: Video (3 min)" in notes["title"]
    assert not any("**" in text for text in notes.values())


def test_nothing_is_small(pages: tuple[boxes.Page, ...]) -> None:
    """What a room reads is never smaller than 18 points, but for examples in italics."""
    names = re.compile(r"(text|point|step|title|commitment)( \d+)?$")
    for page in pages[3:]:
        for text in texts(page):
            if names.match(text.name):
                assert min(p.size for p in text.paragraphs) >= 18, (page.id, text.name)
