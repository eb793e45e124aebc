"""What each kind of page shows: logo, points, ring, session, QR code, manual."""

import io
import re
from dataclasses import replace
from itertools import combinations
from math import hypot

import pytest
from PIL import Image

from capsule import layout, model, plan, resources
from capsule.layout import boxes, metrics, question, ring
from capsule.theme import HOUSE

from .checks import WORDS, asked_question, changed_plan, contrast, misplaced, texts


def test_the_qr_code_leads_to_the_link_and_a_long_address_is_cut(awkward_plan: plan.Plan) -> None:
    page = layout.deck_pages(awkward_plan, HOUSE, WORDS, None)[-1]
    [code] = [box for box in page.boxes if isinstance(box, boxes.Picture)]

    assert code.alt is not None
    assert code.alt.endswith("jamais/a-la-main")
    [link] = [box for box in page.boxes if box.name == "link"]
    assert isinstance(link, boxes.Text)
    assert link.paragraphs[-1].text == "formation.example"


@pytest.mark.parametrize("size", [(600, 200), (100, 400), (300, 300)])
def test_any_logo_keeps_its_shape(starter_plan: plan.Plan, size: tuple[int, int]) -> None:
    logo = io.BytesIO()
    Image.new("RGB", size, "#0B6E69").save(logo, "PNG")

    page = layout.deck_pages(starter_plan, HOUSE, WORDS, logo.getvalue())[1]
    [mark] = [box for box in page.boxes if isinstance(box, boxes.Picture)]
    assert mark.w / mark.h == pytest.approx(size[0] / size[1])
    assert misplaced(page) == []


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 6])
@pytest.mark.parametrize("example", [None, "« On essaie jeudi ? »"])
def test_any_number_of_points_fits(starter: model.Capsule, count: int, example: str | None) -> None:
    point = model.Point(
        title="Essayer en petit", text="Une équipe, deux semaines.", example=example
    )
    message = starter.message.model_copy(update={"points": [point] * count})

    pages = layout.deck_pages(changed_plan(starter, message=message), HOUSE, WORDS, None)
    assert misplaced(pages[3]) == []


@pytest.mark.parametrize("count", [1, 4, 6])
@pytest.mark.parametrize("left_out", [set(), {"link"}, {"commitment"}, {"link", "commitment"}])
def test_any_synthesis_fits(starter: model.Capsule, count: int, left_out: set[str]) -> None:
    synthesis = starter.debrief.synthesis.model_copy(
        update={"points": ["Je **nomme** ce qui coince."] * count, **dict.fromkeys(left_out)}
    )
    debrief = starter.debrief.model_copy(update={"synthesis": synthesis})

    pages = layout.deck_pages(changed_plan(starter, debrief=debrief), HOUSE, WORDS, None)
    assert misplaced(pages[-1]) == []


def test_lengths_are_said_in_words() -> None:
    said = [layout.frame.length(seconds, WORDS) for seconds in (45, 60, 95, 600)]

    assert said == ["45 s", "1 min", "1 min 35 s", "10 min"]
    assert re.fullmatch(r"[\w ]+", said[2])


def test_a_session_is_named_on_the_first_page_and_only_there(starter: model.Capsule) -> None:
    plain = plan.make(starter)
    named = changed_plan(starter, session="Cadres de proximité · 12 mars")

    for before, after in (
        (
            layout.film_pages(plain, HOUSE, WORDS, None),
            layout.film_pages(named, HOUSE, WORDS, None),
        ),
        (
            layout.deck_pages(plain, HOUSE, WORDS, None)[1:],
            layout.deck_pages(named, HOUSE, WORDS, None)[1:],
        ),
    ):
        [session] = [box for box in after[0].boxes if box.name == "session"]
        assert isinstance(session, boxes.Text)
        assert session.paragraphs[0].text == "Cadres de proximité · 12 mars"
        others = tuple(box for box in after[0].boxes if box.name != "session")
        assert (others, after[1:]) == (before[0].boxes, before[1:])


@pytest.mark.parametrize("session", ["Salle Vercors", "Parcours de novembre, " * 6])
def test_a_session_leaves_the_longest_title_alone(starter: model.Capsule, session: str) -> None:
    title = "Une capsule dont le titre est long, le plus long qui tienne sur la page de titre"
    objective = "Un objectif qui prend toute la place qu’on lui laisse, sur trois lignes. " * 2
    logo = io.BytesIO()
    Image.new("RGB", (200, 80)).save(logo, "PNG")
    changed = changed_plan(starter, session=session, title=title, objective=objective)
    assert misplaced(layout.deck_pages(changed, HOUSE, WORDS, logo.getvalue())[1]) == []


@pytest.mark.parametrize(("seconds", "last"), [(90, 10), (20, 10), (8, 4), (5, 2)])
def test_the_last_seconds_of_a_question_are_marked(
    starter: model.Capsule, seconds: int, last: int
) -> None:
    asked = asked_question("Quoi ?", [{"do": "Notez.", "for": f"{seconds} s"}])
    debrief = starter.debrief.model_copy(update={"questions": [asked]})
    pages = layout.film_pages(changed_plan(starter, debrief=debrief), HOUSE, WORDS, None)
    [ring] = [box for page in pages for box in page.boxes if isinstance(box, boxes.Countdown)]
    assert (ring.seconds, ring.last) == (seconds, last)
    assert metrics.fits(ring.closing.paragraphs, (ring.w - 2 * ring.thickness, ring.h))
    assert contrast(ring.close, HOUSE.ink) >= 4.5
    assert contrast(ring.close, ring.track) >= 3


@pytest.mark.parametrize(
    ("lengths", "ticks"),
    [
        ([60], ["1:00", "0:15", "0:30", "0:45"]),
        ([90], ["1:30", "0:30", "1:00"]),
        ([7], ["0:07"]),
        ([30, 40, 20], ["1:30", "0:30", "1:10"]),
        ([600, 300], ["15:00", "10:00"]),
        ([5, 5, 5, 90, 5], ["1:50", "0:10"]),
        ([2, 2, 2, 90, 2], ["1:38", "0:06"]),
    ],
)
def test_the_ring_tells_the_times_of_its_notches(
    starter: model.Capsule, lengths: list[int], ticks: list[str]
) -> None:
    asked = asked_question("Quoi ?", [{"do": "Notez.", "for": f"{n} s"} for n in lengths])
    debrief = starter.debrief.model_copy(update={"questions": [asked]})
    made = changed_plan(starter, debrief=debrief)
    page = question.page(made.questions[0], made, HOUSE, WORDS)
    told = [text for text in texts(page) if text.name.startswith("tick ")]
    [ring] = [box for box in page.boxes if isinstance(box, boxes.Countdown)]
    [panel] = [box for box in page.boxes if box.name == "panel"]

    assert [text.paragraphs[0].text for text in told] == ticks
    for text in told:
        assert panel.x < text.x
        assert text.x + text.w < panel.x + panel.w
        near_x = max(text.x, min(ring.x + ring.w / 2, text.x + text.w)) - ring.x - ring.w / 2
        near_y = max(text.y, min(ring.y + ring.h / 2, text.y + text.h)) - ring.y - ring.h / 2
        assert (near_x**2 + near_y**2) ** 0.5 >= ring.w / 2  # outside of it
    for one, other in combinations(told, 2):
        apart = (abs(one.x - other.x) - one.w, abs(one.y - other.y) - one.h)
        assert max(apart) > 0, (one.name, other.name)


@pytest.mark.parametrize(("bottom", "whole"), [(6.4, 190), (6.4, 610), (4.6, 190)])
def test_what_is_said_in_the_ring_stays_clear_of_it(
    starter_plan: plan.Plan, bottom: float, whole: int
) -> None:
    scene = replace(starter_plan.questions[0], duration=whole)
    made = replace(starter_plan, parts=(replace(starter_plan.parts[2], scenes=(scene,)),))
    leaf = replace(scene, duration=whole // 2, leaf=plan.scenes.Leaf(1, 2, 0, (0.0,)))
    theme = replace(HOUSE, canvas=replace(HOUSE.canvas, bottom=bottom))
    for one in (scene, leaf):
        boxed = ring.panel(one, made, theme, resources.words("fr"))
        [counted] = [box for box in boxed if isinstance(box, boxes.Countdown)]
        told = counted.label.paragraphs
        wide, foot = metrics.widest(told[1].lines, told[1].size) / 2, metrics.height(told) / 2
        assert hypot(wide, foot) < counted.w / 2 - counted.thickness, told[1].text


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("settings_", [{}, {"film": "click", "gong": True}])
def test_the_manual_holds_in_its_page(
    starter: model.Capsule, language: str, settings_: dict[str, object]
) -> None:
    made = changed_plan(starter, deck=model.Deck.model_validate(settings_))
    words = resources.words(language)
    page = layout.deck_pages(made, HOUSE, words, None)[0]

    assert page.hidden
    assert misplaced(page) == []
    assert all(p.size >= 14 for text in texts(page) for p in text.paragraphs)
