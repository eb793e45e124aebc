"""The trainer's notes: when, what to say, what to watch for, and how to relaunch."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Sequence
from gettext import NullTranslations
from itertools import accumulate

from capsule import model
from capsule.layout import manual
from capsule.layout.frame import length, part_names
from capsule.plan import Plan, Scene, droppable
from capsule.typography import clock, plain, sentences


def opening(plan: Plan, words: NullTranslations, manual_in: Collection[str] = ("notes",)) -> str:
    """The notes of the title slide: the course, part by part, and the manual.

    The latter if the source wants it in one of `manual_in`: a template has no slide for it.
    """
    names = part_names(words)
    lines = [
        words.gettext("At %(start)s: %(part)s (%(length)s)")
        % {
            "start": clock(part.start),
            "part": names[part.id],
            "length": length(part.duration, words),
        }
        for part in plan.parts
    ]
    course = words.gettext("The course, %(length)s in all") % {
        "length": length(plan.duration, words)
    }
    told = "\n".join([course, *lines])
    if plan.capsule.deck.manual in manual_in:
        return f"{told}\n\n{manual.told(plan, words)}"
    return told


def of(plan: Plan, scenes: Sequence[Scene], words: NullTranslations, note: str | None) -> str:
    """The notes of the slide that stands for `scenes`."""
    first, content = scenes[0], scenes[0].content
    times = {
        "start": clock(first.start),
        "end": clock(scenes[-1].end),
        "length": length(scenes[-1].end - first.start, words),
    }
    said: list[str] = []
    relaunch: list[str] = []
    match content:
        case model.Question(narration=told):
            opening = told.text if told and told.text else content.ask
            said = [_at(first.start, opening, words), *_steps(first, content, words)]
            relaunch = content.relaunch
        case model.Message(narration=narration) if narration and narration.text:
            said = _timed(first, narration.text, words)
        case model.Message():
            said = [
                _at(first.start, content.statement, words),
                *_beats(first, [f"{p.title}. {p.text}" for p in content.points], words),
            ]
        case model.Synthesis(narration=told) if told and told.text:
            said = _timed(first, told.text, words)
        case model.Synthesis():
            promise = [content.commitment] if content.commitment else []
            said = _beats(first, [*content.points, *promise], words)
    sections = [
        ("", [words.gettext("At %(start)s · until %(end)s (%(length)s)") % times]),
        (words.gettext("To say"), said),
        (words.gettext("Advice"), [note] if note else []),
        (words.gettext("If nobody speaks"), relaunch),
        (words.gettext("If you are late"), _late(plan, first, words)),
    ]
    return "\n\n".join(
        "\n".join([*([heading] if heading else []), *map(plain, texts)])
        for heading, texts in sections
        if texts
    )


def _steps(scene: Scene, question: model.Question, words: NullTranslations) -> list[str]:
    steps = [
        f"{' '.join(filter(None, [step.who, step.do]))} ({length(step.duration, words)})"
        for step in question.steps
    ]
    return _beats(scene, steps, words)


def _beats(scene: Scene, texts: Sequence[str], words: NullTranslations) -> list[str]:
    """`texts`, each at the time of its beat."""
    times = (scene.start + int(beat) for beat in scene.beats)
    return [_at(at, text, words) for at, text in zip(times, texts, strict=True)]


def _timed(scene: Scene, text: str, words: NullTranslations) -> list[str]:
    """What is said during `scene`: one stretch a beat, from the sentence in which it comes."""
    told = sentences(plain(text))
    starts = _heard(scene, told)
    stretches = list[tuple[float, list[str]]]()
    for sentence, start, end in zip(told, starts, [*starts[1:], scene.end], strict=True):
        if not stretches or any(start <= scene.start + beat < end for beat in scene.beats):
            stretches.append((start, []))
        stretches[-1][1].append(sentence)
    return [_at(int(start), " ".join(said), words) for start, said in stretches]


def _heard(scene: Scene, told: Sequence[str]) -> list[float]:
    """When each sentence of what `scene` says begins, by its captions: seconds of the film."""
    shown = list(accumulate(len("".join(cue.text.split())) for cue in scene.cues))
    before = accumulate((len("".join(sentence.split())) for sentence in told[:-1]), initial=0)
    places = (min(bisect_right(shown, size), len(shown) - 1) for size in before)
    return [scene.cues[place].start if scene.cues else scene.start for place in places]


def _at(seconds: int, text: str, words: NullTranslations) -> str:
    return words.gettext("At %(start)s · %(text)s") % {"start": clock(seconds), "text": text}


def _late(plan: Plan, scene: Scene, words: NullTranslations) -> list[str]:
    """For the questions up to the one to be left out; the others come too late for that."""
    dropped = droppable(plan)
    if scene.kind != "question" or (dropped and scene.number > dropped.number):
        return []
    if dropped and scene.id == dropped.id:
        lasts = {"length": length(dropped.duration, words)}
        return [words.gettext("This is the question to skip: you gain %(length)s.") % lasts]
    return [manual.late(plan, words)]
