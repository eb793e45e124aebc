"""What a page cannot hold: it goes on over the next ones, or is refused with its place."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capsule import layout, model, plan
from capsule.layout import boxes, metrics, question
from capsule.theme import HOUSE

from .checks import WORDS, asked_question, changed_plan, misplaced

_ALPHABETS = [
    "A",
    "Warum ",
    "pourriez-vous ",
    "Donaudampfschifffahrt",
    "👍",
    "https://a.example/b?c=",
]


@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    ask=st.lists(
        st.sampled_from(["Quel", "irritant", "du", "quotidien", "pourriez-vous"]),
        min_size=1,
        max_size=26,
    ),
    steps=st.lists(st.integers(min_value=1, max_value=40), min_size=0, max_size=8),
)
def test_a_question_fits_or_is_refused(
    starter: model.Capsule, ask: list[str], steps: list[int]
) -> None:
    asked = asked_question(" ".join(ask), [{"do": "écrivez-le " * n, "for": "30 s"} for n in steps])
    debrief = starter.debrief.model_copy(update={"questions": [asked]})
    changed = changed_plan(starter, debrief=debrief)

    with metrics.collecting() as found:
        leaves = question.leaves(changed.questions[0], changed, HOUSE, WORDS)
        shown = [question.page(leaf, changed, HOUSE, WORDS) for leaf in leaves]
    if found:
        assert {where[:4] for where in found} == {("debrief", "questions", 0, "steps")}
        refused = {where[4] for where in found}
        assert min(n for i, n in enumerate(steps) if i in refused) > max(
            (n for i, n in enumerate(steps) if i not in refused), default=0
        )
    for page in [] if found else shown:
        assert misplaced(page) == []
    assert sum(page.seconds or 0 for page in shown) == asked.duration


_TEXT = st.lists(st.sampled_from(_ALPHABETS), min_size=1, max_size=9).map("".join)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(points=st.lists(st.tuples(_TEXT, _TEXT), min_size=1, max_size=6), ask=_TEXT)
def test_any_text_fits_or_is_refused(
    starter: model.Capsule, points: list[tuple[str, str]], ask: str
) -> None:
    told = [model.Point(title=title, text=text) for title, text in points]
    synthesis = starter.debrief.synthesis.model_copy(
        update={"points": [text for _title, text in points], "title": ask, "link": None}
    )
    changed = changed_plan(
        starter,
        title=ask,
        message=starter.message.model_copy(update={"statement": ask, "points": told}),
        debrief=model.Debrief(questions=[asked_question(ask, [])], synthesis=synthesis),
    )

    with metrics.collecting() as found:
        slides = layout.deck_pages(changed, HOUSE, WORDS, None)
    refused = {where[0] for where in found}
    for page in slides:
        if not {page.id, page.part} & refused:
            assert misplaced(page) == []
    assert len({page.title for page in slides}) == len(slides)


def test_what_a_slide_cannot_hold_goes_on_over_the_next(german: plan.Plan) -> None:
    slides = layout.deck_pages(german, HOUSE, WORDS, None)[1:]
    film = layout.film_pages(german, HOUSE, WORDS, None)
    asked = [page for page in slides if page.id == "question-1"]
    scene = german.questions[0]

    assert [page.title[-5:] for page in asked] == ["(1/2)", "(2/2)"]
    assert [page.title for page in slides] == [
        "Grundstücksverkehrsgenehmigungszuständigkeitsübertragungsverordnung",
        f"{slides[0].title}\u00a0(video)",
        *(f"{german.capsule.message.statement}\u00a0({n}/2)".replace("**", "") for n in (1, 2)),
        *(page.title for page in asked),
        "Warum?",
        "Warum?\u00a0(question\u00a03)",
        *(f"Warum?\u00a0(synthesis,\u00a0{n}/2)" for n in (1, 2)),
    ]
    rings = [box for page in asked for box in page.boxes if isinstance(box, boxes.Countdown)]
    assert [ring.seconds for ring in rings] == [150, 140]
    assert sum(ring.seconds for ring in rings) == scene.duration
    assert [box.label.paragraphs[1].text for box in rings] == ["of 4:50 in all"] * 2
    assert [page.notes.split("\n")[0] for page in asked] == [
        "At 2:00 · until 4:30 (2 min 30 s)",
        "At 4:30 · until 6:50 (2 min 20 s)",
    ]
    assert "5:10 · Alle. Jede Gruppe" in asked[1].notes
    assert [(p.id, p.seconds) for p in film if p.id == "question-1"] == [
        ("question-1", 150),
        ("question-1", 140),
    ]
    assert sum(page.seconds or 0 for page in film) == german.duration


def test_a_page_is_turned_when_its_first_item_begins(german: plan.Plan) -> None:
    for id_ in ("message", "question-1", "synthesis"):
        scene = next(scene for scene in german.scenes if scene.id == id_)
        at, beats = 0, list[float]()
        for page in (p for p in layout.film_pages(german, HOUSE, WORDS, None) if p.id == id_):
            enters = {box.name: box.enter.at for box in page.boxes if box.enter}
            items = [
                e for name, e in enters.items() if re.match(r"(card|step|point|com.*card)", name)
            ]
            assert all(0 <= enter < (page.seconds or 0) for enter in enters.values())
            beats += [at + enter for enter in items]
            at += page.seconds or 0
        assert beats == pytest.approx(scene.beats, abs=1)


def test_split_scenes_are_told(german: plan.Plan, starter_plan: plan.Plan) -> None:
    told = layout.split(german, HOUSE, WORDS)

    assert [(scene.id, count) for scene, count in told] == [
        ("message", 2),
        ("question-1", 2),
        ("synthesis", 2),
    ]
    assert layout.split(starter_plan, HOUSE, WORDS) == ()


def test_burned_captions_go_with_their_page(german: plan.Plan) -> None:
    film = german.capsule.film.model_copy(update={"captions": "burned"})
    burned = layout.film_pages(changed_plan(german.capsule, film=film), HOUSE, WORDS, None)
    told = [
        [one.text.paragraphs[0].text for one in box.told]
        for page in burned
        if page.id == "question-1"
        for box in page.boxes
        if isinstance(box, boxes.Captions)
    ]

    assert told[0][0].startswith("Welche")
    assert told[1][0].startswith("Zu viert.")
    assert [len(captions) > 1 for captions in told] == [True, True]


def test_the_starters_have_no_misfit(starter_plan: plan.Plan, awkward_plan: plan.Plan) -> None:
    assert layout.laid_out(starter_plan, HOUSE, WORDS, None).misfits == ()
    assert layout.laid_out(awkward_plan, HOUSE, WORDS, None).misfits == ()


def test_all_misfits_are_told_at_once(starter: model.Capsule) -> None:
    long = "beaucoup trop long pour tenir " * 60
    asked = asked_question(long, [{"do": "Notez.", "for": "30 s"}])
    stepped = asked_question(
        "Quoi ?", [{"do": "Notez.", "for": "30 s"}, {"do": long, "for": "30 s"}]
    )
    synthesis = starter.debrief.synthesis.model_copy(update={"points": ["Bref.", long]})
    changed = changed_plan(
        starter,
        title=long,
        message=starter.message.model_copy(
            update={
                "statement": long,
                "points": [starter.message.points[0], model.Point(title="Trop", text=long)],
            }
        ),
        debrief=model.Debrief(questions=[asked, stepped], synthesis=synthesis),
    )

    assert sorted(layout.laid_out(changed, HOUSE, WORDS, None).misfits, key=str) == [
        ("debrief", "questions", 0, "ask"),
        ("debrief", "questions", 1, "steps", 1, "do"),
        ("debrief", "synthesis", "points", 1),
        ("message", "points", 1, "text"),
        ("message", "statement"),
        ("title",),
    ]


def test_a_word_wider_than_its_place_is_broken_or_a_misfit(starter: model.Capsule) -> None:
    word = "Anticonstitutionnellement"

    assert layout.laid_out(changed_plan(starter, title=word * 4), HOUSE, WORDS, None).misfits == ()
    assert layout.laid_out(changed_plan(starter, title=word * 40), HOUSE, WORDS, None).misfits == (
        ("title",),
    )


def test_a_session_too_long_is_a_misfit(starter: model.Capsule) -> None:
    assert layout.laid_out(
        changed_plan(starter, session="Groupe " * 40), HOUSE, WORDS, None
    ).misfits == (("session",),)
