from collections.abc import Mapping
from itertools import pairwise
from math import hypot

import pytest

from capsule import model, plan, resources
from capsule.layout import intro, metrics
from capsule.layout.boxes import Arc, Counter, Disc, Page, Panel, Text
from capsule.layout.intro import backdrops, places, rhythm
from capsule.theme import HOUSE, PAGE_HEIGHT, PAGE_WIDTH

WORDS = resources.words("en")
CAPTIONS = 0.88 * PAGE_HEIGHT  # they lie below


def pages(made: plan.Plan) -> list[Page]:
    return [intro.page(scene, made, HOUSE, WORDS, None) for scene in made.parts[0].scenes]


def with_scene(capsule: model.Capsule, scene: Mapping[str, object]) -> plan.Plan:
    """`capsule` with an intro of that scene alone."""
    data = capsule.model_dump(by_alias=True, exclude_none=True)
    data |= {"duration": "3 min", "completion": {}, "packages": {}}
    data["intro"] = {"title": "T", "scenes": [scene]}
    data["message"]["duration"] = "1 min"
    data["debrief"]["synthesis"]["duration"] = "30 s"
    for question in data["debrief"]["questions"]:
        for step in question["steps"]:
            step["for"] = "10 s"
    return plan.make(model.Capsule.model_validate(data, context={"language": "fr"}))


def texts(page: Page) -> list[Text]:
    found = [box for box in page.boxes if isinstance(box, Text)]
    return found + [box.label for box in page.boxes if isinstance(box, Counter)]


@pytest.mark.parametrize("which", ["starter_plan", "small_plan"])
def test_text_is_large_inside_the_margins_and_above_the_captions(
    which: str, request: pytest.FixtureRequest
) -> None:
    for page in pages(request.getfixturevalue(which))[1:]:
        for text in texts(page):
            if text.name == "mark":  # a drawing
                continue
            least = min(paragraph.size for paragraph in text.paragraphs)
            wide = max(metrics.widest(p.lines, p.size) for p in text.paragraphs)
            assert least >= 16, (page.id, text.name)
            assert 0.45 <= text.x <= PAGE_WIDTH - 0.3 - wide, (page.id, text.name)
            assert text.y >= 0.6, (page.id, text.name)
            assert text.y + metrics.height(text.paragraphs) <= CAPTIONS, (page.id, text.name)


@pytest.mark.parametrize("which", ["starter_plan", "small_plan"])
def test_everything_has_come_in_before_the_scene_ends(
    which: str, request: pytest.FixtureRequest
) -> None:
    for page in pages(request.getfixturevalue(which)):
        assert page.seconds
        names = [box.name for box in page.boxes]
        assert len(set(names)) == len(names), page.id
        for box in page.boxes:
            if box.enter:
                assert box.enter.at >= 0, (page.id, box.name)
                assert box.enter.at + box.enter.lasts <= page.seconds, (page.id, box.name)


def test_something_comes_in_at_least_every_ten_seconds(starter_plan: plan.Plan) -> None:
    times = [0.0]
    for scene, page in zip(starter_plan.parts[0].scenes, pages(starter_plan), strict=True):
        times += [scene.start + box.enter.at for box in page.boxes if box.enter]
    gaps = [later - sooner for sooner, later in pairwise(sorted(times))]
    assert max(gaps) < 10


def test_acts_begin_with_sentences(starter_plan: plan.Plan) -> None:
    scene = starter_plan.scenes[2]
    page = pages(starter_plan)[2]
    starts = {round(cue.start - scene.start, 3) for cue in scene.cues}
    floods = [box.enter.at for box in page.boxes if box.name.endswith("flood") and box.enter]
    assert len(floods) == 2
    assert all(round(at, 3) in starts for at in floods)


def test_a_picture_goes_with_its_situation(starter: model.Capsule) -> None:
    scene = {"kind": "situation", "duration": "20 s", "place": "P", "snag": "S", "idea": "I"}
    for picture, mark in {
        None: "bulb",
        "counter": "list",
        "yard": "board",
        "office": "notes",
    }.items():
        page = pages(with_scene(starter, scene | {"gain": "G", "picture": picture}))[0]
        assert [box for box in page.boxes if box.name.startswith(f"idea {mark}")], picture


@pytest.mark.parametrize("drawing", backdrops.ALL)
def test_a_drawing_keeps_clear_of_the_words_beside_it(drawing: backdrops.Backdrop) -> None:
    boxes, (room, foot) = drawing(HOUSE.ink, 1.0, HOUSE)
    for box in boxes:
        x, y = min(rhythm.LEFT + room, box.x + box.w / 2), min(foot, box.y + box.h / 2)
        across, down = box.x + box.w / 2 - x, box.y + box.h / 2 - y
        if isinstance(box, Arc | Disc):
            assert hypot(across, down) > box.w / 2 + 0.1, box.name
        else:
            assert across > box.w / 2 or down > box.h / 2, box.name


def test_every_picture_can_be_asked_for_and_keeps_to_its_place() -> None:
    asked = model.SituationScene.model_json_schema()["properties"]["picture"]["anyOf"][0]["enum"]
    assert set(places.PICTURES) == {None, *asked}
    for name, acts in places.PICTURES.items():
        for act in acts:
            for box in (box for drawing in act((0.0, 6.5), HOUSE) for box in drawing):
                assert -3.2 <= box.x <= box.x + box.w <= 3.2, (name, box.name)
                assert box.y >= 0.6, (name, box.name)


def test_beats_without_narration_are_shares(starter: model.Capsule) -> None:
    made = with_scene(starter, {"kind": "words", "duration": "20 s", "lines": ["Un", "Deux"]})
    assert rhythm.beats(made.scenes[0], [0.0, 0.5]) == [0.0, 10.0]


def test_beats_never_come_together(starter_plan: plan.Plan) -> None:
    for scene in starter_plan.parts[0].scenes:
        found = rhythm.beats(scene, [0.5, 0.52, 0.54])
        assert all(later > sooner for sooner, later in pairwise(found))


def test_figure_counts_tokens_then_measures_bars(starter: model.Capsule) -> None:
    scene = {"kind": "figure", "duration": "10 s", "title": "Délai", "unit": "jours"}
    few, many = (
        pages(with_scene(starter, scene | {"before": before, "after": after}))[0]
        for before, after in ((4, 1), (45, 9))
    )
    assert len([b for b in few.boxes if b.name.startswith("before token")]) == 4
    bars = {box.name: box for box in many.boxes if isinstance(box, Panel)}
    assert bars["after bar"].w == pytest.approx(bars["before bar"].w / 5)
    counters = [box for box in many.boxes if isinstance(box, Counter)]
    assert [(c.begin, c.end) for c in counters] == [(0, 45), (45, 9)]


def test_zero_has_no_bar(starter: model.Capsule) -> None:
    scene = {"kind": "figure", "duration": "10 s", "title": "T", "unit": "u", "before": 3}
    page = pages(with_scene(starter, scene | {"after": 0}))[0]
    assert not [box for box in page.boxes if box.name.startswith("after token")]


@pytest.mark.parametrize("count", [2, 3, 4])
def test_a_list_fills_the_width(starter: model.Capsule, count: int) -> None:
    item = {"title": "Responsabilité", "text": "Une phrase qui prend toute la place de sa bande."}
    scene = {"kind": "list", "duration": "20 s", "title": "Choses", "items": [item] * count}
    bands = [b for b in pages(with_scene(starter, scene))[0].boxes if b.name.startswith("band")]
    assert bands[-1].x + bands[-1].w == pytest.approx(PAGE_WIDTH, abs=0.05)


def test_too_long_a_text_says_where(starter: model.Capsule) -> None:
    made = with_scene(starter, {"kind": "words", "duration": "9 s", "lines": ["Un", "mot " * 90]})
    with pytest.raises(metrics.MisfitError) as caught:
        pages(made)
    assert caught.value.where == ("intro", "scenes", 0, "lines", 1)
