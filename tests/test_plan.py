from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capsule import model, phrasing, plan
from capsule.typography import sentences


def test_the_starter_lasts_ten_minutes_in_three_parts(starter_plan: plan.Plan) -> None:
    parts = [(part.id, part.start, part.duration) for part in starter_plan.parts]
    assert parts == [("intro", 0, 180), ("message", 180, 120), ("debrief", 300, 300)]
    assert starter_plan.duration == starter_plan.capsule.duration == 600
    assert len(starter_plan.questions) in (3, 4)


def test_scenes_follow_each_other(small_plan: plan.Plan) -> None:
    assert all(a.end == b.start for a, b in pairwise(small_plan.scenes))
    assert [scene.id for scene in small_plan.scenes] == [
        *(f"intro-{n}" for n in range(1, 6)), "message", "question-1", "synthesis",
    ]  # fmt: skip


def test_cues_do_not_overlap_and_stay_in_their_scene(starter_plan: plan.Plan) -> None:
    assert all(a.end <= b.start for a, b in pairwise(starter_plan.cues))
    for scene in starter_plan.scenes:
        assert all(scene.start <= cue.start < cue.end <= scene.end for cue in scene.cues)


def test_a_question_speaks_each_step_when_it_starts(starter_plan: plan.Plan) -> None:
    question = starter_plan.questions[0]
    assert isinstance(question.content, model.Question)
    third = next(cue for cue in question.cues if cue.text.startswith("À voix haute"))
    assert third.start == question.start + 30 + 40


def test_a_question_without_steps_speaks_and_lasts_by_itself(small: model.Capsule) -> None:
    asked = model.Question.model_validate({"ask": "Pourquoi ?", "for": "30 s"}, context={})
    debrief = small.debrief.model_copy(update={"questions": [asked]})
    scene = plan.make(small.model_copy(update={"debrief": debrief})).questions[0]

    assert (scene.duration, scene.beats) == (30, ())
    assert [cue.text for cue in scene.cues] == ["Pourquoi\u202f?"]


def test_a_scene_is_cut_between_its_steps(starter_plan: plan.Plan) -> None:
    scene = starter_plan.questions[0]
    pages = scene.cut((0, 2))

    assert [(page.start, page.duration) for page in pages] == [(300, 70), (370, 20)]
    assert [page.beats for page in pages] == [(0, 30), (0,)]
    steps = [page.content.steps for page in pages if isinstance(page.content, model.Question)]
    assert [len(some) for some in steps] == [2, 1]
    assert [page.id for page in pages] == [scene.id] * 2
    assert pages[1].cues[0].text.startswith("À voix haute")


def test_a_message_is_cut_where_its_points_are_said(starter_plan: plan.Plan) -> None:
    scene = next(scene for scene in starter_plan.scenes if scene.kind == "message")
    pages = scene.cut((0, 1, 2))
    whole = scene.content
    assert isinstance(whole, model.Message)

    assert [page.start for page in pages[1:]] == [180 + int(beat) for beat in scene.beats[1:]]
    assert sum(page.duration for page in pages) == scene.duration
    told = [page.content.narration for page in pages if isinstance(page.content, model.Message)]
    said = [one.text or "" for one in told if one]
    assert whole.narration
    assert " ".join(said) == whole.narration.text
    assert said[1].startswith("Deuxième geste")


def test_the_synthesis_speaks_its_title_as_it_is_punctuated(small: model.Capsule) -> None:
    for title, said in (("À garder", "À garder."), ("À garder\u202f!", "À garder\u202f!")):
        synthesis = small.debrief.synthesis.model_copy(update={"title": title})
        debrief = small.debrief.model_copy(update={"synthesis": synthesis})
        made = plan.make(small.model_copy(update={"debrief": debrief}))
        assert made.scenes[-1].cues[0].text.split("\n")[0].startswith(f"{said} Je")


def test_a_filmed_intro_takes_the_time_of_its_video(small: model.Capsule) -> None:
    cue = plan.Cue(0.5, 2.0, "Bonjour.")
    intro = model.Intro(title="Film", video="film.mp4")
    made = plan.make(small.model_copy(update={"intro": intro}), plan.FilmedIntro(7, (cue,)))
    assert [(s.id, s.kind, s.duration, s.cues) for s in made.parts[0].scenes] == [
        ("intro", "video", 7, (cue,))
    ]
    assert made.duration == 17


def test_the_rule_says_what_completes(small: model.Capsule) -> None:
    assert plan.make(small).rule == plan.Rule(0.8, 16, (10, 14), ("question-1",))
    asked = {"video": "33 %", "questions": "none", "message": False}
    completion = model.Completion.model_validate(asked)
    free = plan.make(small.model_copy(update={"completion": completion}))
    assert free.rule == plan.Rule(0.33, 6.6, None, ())


@pytest.mark.parametrize(
    ("lengths", "dropped"),
    [
        ([60], None),
        ([60, 30], "question-2"),
        ([90, 30, 60], "question-2"),
        ([90, 30, 60, 90], "question-3"),
        ([90, 60, 30, 60, 90], "question-4"),
    ],
)
def test_a_late_room_leaves_out_the_longest_question_between_first_and_last(
    small: model.Capsule, lengths: list[int], dropped: str | None
) -> None:
    [question] = small.debrief.questions
    steps = [question.steps[0].model_copy(update={"duration": n}) for n in lengths]
    questions = [question.model_copy(update={"steps": [step]}) for step in steps]
    debrief = small.debrief.model_copy(update={"questions": questions})
    scene = plan.droppable(plan.make(small.model_copy(update={"debrief": debrief})))
    assert (scene.id if scene else None) == dropped


def test_names_depend_on_the_id_alone(starter_plan: plan.Plan) -> None:
    names = starter_plan.names
    assert names.capsule_iri == "https://formation.example/capsules/tous-concernes"
    assert names.session_iri("S1") == names.session_iri("S1") != names.session_iri("S2")


@given(st.text(max_size=400), st.floats(0, 600), st.integers(1, 600))
def test_spread_keeps_every_word(text: str, start: float, seconds: int) -> None:
    cues = plan.spread(text, start, seconds)
    spoken = [cue.text for cue in cues]
    if "**" not in text:
        assert "".join("".join(spoken).split()) == "".join(text.split())
    assert all(cue.count("\n") <= 1 for cue in spoken)
    assert all(
        len(line) <= phrasing.LINE or " " not in line for c in spoken for line in c.split("\n")
    )
    assert all(a.end <= b.start + 0.001 for a, b in pairwise(cues))


_SAID = st.lists(
    st.sampled_from(["a", "oui", "L’idée,", "bon.", "sens\u202f!", "« non »", "🚀", "x."]),
    max_size=60,
).map(" ".join)


@given(_SAID, st.floats(0, 590), st.lists(st.floats(0, 6), min_size=120, max_size=120))
def test_cues_follow_the_voice_in_order(text: str, start: float, spans: list[float]) -> None:
    marks, at, spent = list[tuple[int, float]](), 0, 0.0
    for sentence, pause, said in zip(sentences(text), spans[::2], spans[1::2], strict=False):
        at = text.index(sentence, at)
        marks.append((at, round(spent + pause / 10, 3)))
        spent += pause / 10 + max(said, 0.05)
        at += len(sentence)
        marks.append((at, round(spent, 3)))
    cues = plan.spread(text, start, round(spent + 0.2, 3), marks)
    assert all(a.end <= b.start + 0.001 for a, b in pairwise(cues))
    assert all(cue.start < cue.end for cue in cues)
    assert all(start - 0.001 <= c.start and c.end <= start + spent + 0.202 for c in cues)


@pytest.mark.parametrize("text", ["", "   "])
def test_nothing_to_say(text: str) -> None:
    assert plan.spread(text, 0, 10) == ()
