import gettext
import io
import re
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from capsule import layout, model, plan, resources, source
from capsule.layout import boxes, breaking, metrics, question, wrapping
from capsule.theme import HOUSE, PAGE_HEIGHT, PAGE_WIDTH

WORDS = gettext.NullTranslations()
CAPSULES = Path(__file__).parents[1] / "capsules"
_ALPHABETS = [
    "A",
    "Warum ",
    "pourriez-vous ",
    "Donaudampfschifffahrt",
    "👍",
    "https://a.example/b?c=",
]


def _texts(page: boxes.Page) -> Iterator[boxes.Text]:
    for box in page.boxes:
        if isinstance(box, boxes.Text):
            yield box
        elif isinstance(box, boxes.Countdown):
            yield box.label


def _changed(capsule: model.Capsule, **update: object) -> plan.Plan:
    return plan.make(capsule.model_copy(update=update))


def _question(ask: str, steps: list[dict[str, str]]) -> model.Question:
    timed = {"steps": steps} if steps else {"for": "30 s"}
    return model.Question.model_validate({"ask": ask, **timed}, context={"language": "fr"})


@pytest.fixture(scope="module")
def awkward_plan() -> plan.Plan:
    return plan.make(source.load(CAPSULES / "awkward").capsule)


@pytest.fixture(scope="module")
def german() -> plan.Plan:
    return plan.make(source.load(CAPSULES / "german").capsule)


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
        _check_places(page)


def _check_places(page: boxes.Page) -> None:
    for box in page.boxes:
        assert box.x >= 0, box.name
        assert box.y >= 0, box.name
        assert box.x + box.w <= PAGE_WIDTH + 0.001, box.name
        assert box.y + box.h <= PAGE_HEIGHT + 0.001, box.name
    for text in _texts(page):
        assert metrics.fits(text.paragraphs, (text.w, text.h + 0.001)), (page.id, text.name)
        assert min(p.size for p in text.paragraphs) >= HOUSE.smallest
    for one, other in combinations(map(_ink, _texts(page)), 2):
        apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
        assert apart, (page.id, one, other)


def _ink(text: boxes.Text) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of the lines themselves."""
    wide = max(metrics.widest(p.lines, p.size) for p in text.paragraphs)
    spare = {"left": 0.0, "center": 0.5, "right": 1.0}[text.paragraphs[0].align]
    x = text.x + (text.w - wide) * spare
    high = metrics.height(text.paragraphs)
    y = text.y + (text.h - high) * {"top": 0.0, "middle": 0.5, "bottom": 1.0}[text.anchor]
    return x, y, x + wide, y + high


def test_every_page_is_readable(pages: tuple[boxes.Page, ...]) -> None:
    for page in pages:
        assert len({box.name for box in page.boxes}) == len(page.boxes), page.id
        [title] = [text for text in _texts(page) if text.role == "title"]
        assert " ".join(p.text for p in title.paragraphs) == page.title
        for text in _texts(page):
            ground = _ground(page, text)
            for run in (run for p in text.paragraphs for line in p.lines for run in line):
                assert _contrast(run.colour, ground) >= 4.5, (page.id, text.name)


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


def _contrast(one: str, other: str) -> float:
    """WCAG 2.2's contrast ratio."""

    def luminance(colour: str) -> float:
        parts = [value / 255 for value in bytes.fromhex(colour)]
        linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_each_text_breaks_alike_at_its_steady_width(pages: tuple[boxes.Page, ...]) -> None:
    for text in (text for page in pages for text in _texts(page)):
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
    numbers = [box for page in pages for box in _texts(page) if box.role == "number"]
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
    _check_places(page)


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 6])
@pytest.mark.parametrize("example", [None, "« On essaie jeudi ? »"])
def test_any_number_of_points_fits(starter: model.Capsule, count: int, example: str | None) -> None:
    point = model.Point(
        title="Essayer en petit", text="Une équipe, deux semaines.", example=example
    )
    message = starter.message.model_copy(update={"points": [point] * count})

    pages = layout.deck_pages(_changed(starter, message=message), HOUSE, WORDS, None)
    _check_places(pages[3])


@pytest.mark.parametrize("count", [1, 4, 6])
@pytest.mark.parametrize("left_out", [set(), {"link"}, {"commitment"}, {"link", "commitment"}])
def test_any_synthesis_fits(starter: model.Capsule, count: int, left_out: set[str]) -> None:
    synthesis = starter.debrief.synthesis.model_copy(
        update={"points": ["Je **nomme** ce qui coince."] * count, **dict.fromkeys(left_out)}
    )
    debrief = starter.debrief.model_copy(update={"synthesis": synthesis})

    pages = layout.deck_pages(_changed(starter, debrief=debrief), HOUSE, WORDS, None)
    _check_places(pages[-1])


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
    asked = _question(" ".join(ask), [{"do": "écrivez-le " * n, "for": "30 s"} for n in steps])
    debrief = starter.debrief.model_copy(update={"questions": [asked]})
    changed = _changed(starter, debrief=debrief)

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
        _check_places(page)
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
    changed = _changed(
        starter,
        title=ask,
        message=starter.message.model_copy(update={"statement": ask, "points": told}),
        debrief=model.Debrief(questions=[_question(ask, [])], synthesis=synthesis),
    )

    with metrics.collecting() as found:
        slides = layout.deck_pages(changed, HOUSE, WORDS, None)
    refused = {where[0] for where in found}
    for page in slides:
        if not {page.id, page.part} & refused:
            _check_places(page)
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


def test_nothing_is_small(pages: tuple[boxes.Page, ...]) -> None:
    """What a room reads is never smaller than 18 points, but for examples in italics."""
    names = re.compile(r"(text|point|step|title|commitment)( \d+)?$")
    for page in pages[3:]:
        for text in _texts(page):
            if names.match(text.name):
                assert min(p.size for p in text.paragraphs) >= 18, (page.id, text.name)


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
    burned = layout.film_pages(_changed(german.capsule, film=film), HOUSE, WORDS, None)
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
    asked = _question(long, [{"do": "Notez.", "for": "30 s"}])
    stepped = _question("Quoi ?", [{"do": "Notez.", "for": "30 s"}, {"do": long, "for": "30 s"}])
    synthesis = starter.debrief.synthesis.model_copy(update={"points": ["Bref.", long]})
    changed = _changed(
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

    assert layout.laid_out(_changed(starter, title=word * 4), HOUSE, WORDS, None).misfits == ()
    assert layout.laid_out(_changed(starter, title=word * 40), HOUSE, WORDS, None).misfits == (
        ("title",),
    )


def test_lengths_are_said_in_words() -> None:
    said = [layout.frame.length(seconds, WORDS) for seconds in (45, 60, 95, 600)]

    assert said == ["45 s", "1 min", "1 min 35 s", "10 min"]
    assert re.fullmatch(r"[\w ]+", said[2])


def test_a_session_is_named_on_the_first_page_and_only_there(starter: model.Capsule) -> None:
    plain = plan.make(starter)
    named = _changed(starter, session="Cadres de proximité · 12 mars")

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
    changed = _changed(starter, session=session, title=title, objective=objective)
    _check_places(layout.deck_pages(changed, HOUSE, WORDS, logo.getvalue())[1])


def test_a_session_too_long_is_a_misfit(starter: model.Capsule) -> None:
    assert layout.laid_out(
        _changed(starter, session="Groupe " * 40), HOUSE, WORDS, None
    ).misfits == (("session",),)


@pytest.mark.parametrize(("seconds", "last"), [(90, 10), (20, 10), (8, 4), (5, 2)])
def test_the_last_seconds_of_a_question_are_marked(
    starter: model.Capsule, seconds: int, last: int
) -> None:
    asked = _question("Quoi ?", [{"do": "Notez.", "for": f"{seconds} s"}])
    debrief = starter.debrief.model_copy(update={"questions": [asked]})
    pages = layout.film_pages(_changed(starter, debrief=debrief), HOUSE, WORDS, None)
    [ring] = [box for page in pages for box in page.boxes if isinstance(box, boxes.Countdown)]
    assert (ring.seconds, ring.last) == (seconds, last)
    assert metrics.fits(ring.closing.paragraphs, (ring.w - 2 * ring.thickness, ring.h))
    assert _contrast(ring.close, HOUSE.ink) >= 4.5
    assert _contrast(ring.close, ring.track) >= 3


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
    asked = _question("Quoi ?", [{"do": "Notez.", "for": f"{n} s"} for n in lengths])
    debrief = starter.debrief.model_copy(update={"questions": [asked]})
    made = _changed(starter, debrief=debrief)
    page = question.page(made.questions[0], made, HOUSE, WORDS)
    told = [text for text in _texts(page) if text.name.startswith("tick ")]
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


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("settings_", [{}, {"film": "click", "gong": True}])
def test_the_manual_holds_in_its_page(
    starter: model.Capsule, language: str, settings_: dict[str, object]
) -> None:
    made = _changed(starter, deck=model.Deck.model_validate(settings_))
    words = resources.words(language)
    page = layout.deck_pages(made, HOUSE, words, None)[0]

    assert page.hidden
    _check_places(page)
    assert all(p.size >= 14 for text in _texts(page) for p in text.paragraphs)
