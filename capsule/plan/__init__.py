"""What is shown when: order, start and length of everything, decided once.

Deck, film, player and packages read the plan and do no arithmetic on time after it. Starts and
durations are whole seconds from the start of the film; cues, which follow speech, are not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from math import ceil

from capsule import model
from capsule.activity import Names
from capsule.plan.scenes import Content, Cue, Leaf, PartId, Scene
from capsule.plan.speech import Passage, Speech, Voiced, passages_of, said, spread

__all__ = [
    "Cue",
    "FilmedIntro",
    "Leaf",
    "Part",
    "PartId",
    "Passage",
    "Plan",
    "Rule",
    "Scene",
    "Speech",
    "Voiced",
    "droppable",
    "make",
    "spread",
]


@dataclass(frozen=True)
class Part:
    """One of the capsule's three parts."""

    id: PartId
    scenes: tuple[Scene, ...]

    @property
    def start(self) -> int:
        """Seconds from the start of the film."""
        return self.scenes[0].start

    @property
    def duration(self) -> int:
        """Seconds."""
        return sum(scene.duration for scene in self.scenes)

    @property
    def cues(self) -> tuple[Cue, ...]:
        """The captions of its scenes, in order."""
        return tuple(cue for scene in self.scenes for cue in scene.cues)


@dataclass(frozen=True)
class FilmedIntro:
    """What must be known of the centre's own video: whole seconds shown, and its captions."""

    seconds: int
    cues: tuple[Cue, ...] = ()
    sound: bool = True


@dataclass(frozen=True)
class Rule:
    """What completes the capsule, wherever it is followed.

    `share` (0 to 1) of the film must be played, which is `seconds`, up to the tenth that
    players count in; `questions` are the ids of the scenes to answer or talk about; `message`
    is what of the film says the message, from second to second, if it must be seen or heard.
    """

    share: float
    seconds: float
    message: tuple[int, int] | None
    questions: tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """The whole capsule in order, and the rule that completes it."""

    capsule: model.Capsule
    parts: tuple[Part, ...]
    passages: tuple[Passage, ...] = ()
    speeches: tuple[Speech, ...] = ()

    @cached_property
    def scenes(self) -> tuple[Scene, ...]:
        """All scenes in order."""
        return tuple(scene for part in self.parts for scene in part.scenes)

    @property
    def cues(self) -> tuple[Cue, ...]:
        """All captions in order; none overlaps the next."""
        return tuple(cue for part in self.parts for cue in part.cues)

    @property
    def questions(self) -> tuple[Scene, ...]:
        """The scenes that ask the room."""
        return tuple(scene for scene in self.scenes if scene.kind == "question")

    @property
    def duration(self) -> int:
        """Seconds of the whole film."""
        return sum(part.duration for part in self.parts)

    @property
    def rule(self) -> Rule:
        """What completes the capsule."""
        asked = self.capsule.completion
        needed = self.questions if asked.questions == "all" else ()
        seconds = ceil(round(10 * asked.video * self.duration, 3)) / 10
        said = self.parts[1]
        message = (said.start, said.start + said.duration) if asked.message else None
        return Rule(asked.video, seconds, message, tuple(scene.id for scene in needed))

    @property
    def names(self) -> Names:
        """The identifiers that the capsule is tracked under."""
        return Names(self.capsule.tracking.base, self.capsule.capsule)


def make(
    capsule: model.Capsule,
    filmed: FilmedIntro | None = None,
    voiced: Mapping[str, Voiced] | None = None,
) -> Plan:
    """Lay out `capsule` in time; `filmed` tells about `intro.video` when there is one.

    `voiced` tells how passages (by id) are said, so that captions follow the voice; the others'
    are spread over their time. The plan is as long as its parts are, be it the announced
    duration or not.
    """
    debrief, tongue = capsule.debrief, capsule.language
    drafts: list[tuple[PartId, str, str, int, Content, int]] = [
        *_intro(capsule.intro, filmed),
        ("message", "message", "message", capsule.message.duration, capsule.message, 0),
        *(
            ("debrief", f"question-{n}", "question", question.duration, question, n)
            for n, question in enumerate(debrief.questions, 1)
        ),
        ("debrief", "synthesis", "synthesis", debrief.synthesis.duration, debrief.synthesis, 0),
    ]
    starts = accumulate((draft[3] for draft in drafts), initial=0)
    scenes, passages, speeches = list[Scene](), list[Passage](), list[Speech]()
    for (part, id_, kind, seconds, content, n), start in zip(drafts, starts, strict=False):
        cues = filmed.cues if filmed and kind == "video" else ()
        for passage in passages_of(id_, content, start, seconds):
            speech, told = said(passage, content, (voiced or {}).get(passage.id), tongue)
            passages.append(passage)
            speeches += [speech] if speech else []
            cues += told
        scenes.append(Scene(id_, kind, part, start, seconds, content, cues, n))
    parts: tuple[PartId, ...] = ("intro", "message", "debrief")
    return Plan(
        capsule,
        tuple(Part(id_, tuple(s for s in scenes if s.part == id_)) for id_ in parts),
        tuple(passages),
        tuple(speeches),
    )


def droppable(plan: Plan) -> Scene | None:
    """The question to leave out when the room is late; none when there is only one.

    The first opens the exchange and the last leads to the synthesis: of those between, the
    longest gives the most time back, and of equals the later leaves more time to see that one
    is late. Of two questions, the second goes.
    """
    later = plan.questions[1:]
    between = later[:-1] or later
    return max(between, key=lambda scene: (scene.duration, scene.start), default=None)


def _intro(
    intro: model.Intro, filmed: FilmedIntro | None
) -> list[tuple[PartId, str, str, int, Content, int]]:
    if filmed:
        return [("intro", "intro", "video", filmed.seconds, intro, 0)]
    return [
        ("intro", f"intro-{n}", scene.kind, scene.duration, scene, 0)
        for n, scene in enumerate(intro.scenes or [], 1)
    ]
