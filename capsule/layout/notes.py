"""The trainer's notes: when, what to say, what to watch for, and how to relaunch."""

from __future__ import annotations

from collections.abc import Sequence
from gettext import NullTranslations

from capsule import model
from capsule.layout.frame import length, part_names
from capsule.plan import Plan, Scene
from capsule.typography import clock, plain


def opening(plan: Plan, words: NullTranslations) -> str:
    """The notes of the title slide: the whole course, part by part."""
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
    return "\n".join([course, *lines])


def of(scenes: Sequence[Scene], words: NullTranslations, note: str | None) -> str:
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
            said = [opening, *_steps(first, content, words)]
            relaunch = content.relaunch
        case model.Message(narration=narration) if narration and narration.text:
            said = [narration.text]
        case model.Synthesis(narration=told) if told and told.text:
            said = [told.text]
        case model.Synthesis():
            said = [*content.points, *([content.commitment] if content.commitment else [])]
    sections = [
        ("", [words.gettext("At %(start)s · until %(end)s (%(length)s)") % times]),
        (words.gettext("To say"), said),
        (words.gettext("Advice"), [note] if note else []),
        (words.gettext("If nobody speaks"), relaunch),
    ]
    return "\n\n".join(
        "\n".join([*([heading] if heading else []), *map(plain, texts)])
        for heading, texts in sections
        if texts
    )


def _steps(scene: Scene, question: model.Question, words: NullTranslations) -> list[str]:
    return [
        f"{clock(scene.start + int(beat))} · {' '.join(filter(None, [step.who, step.do]))}"
        f" ({length(step.duration, words)})"
        for beat, step in zip(scene.beats, question.steps, strict=True)
    ]
