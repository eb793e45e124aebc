"""What is shown when: order, start and length of everything, decided once.

Deck, film, player and packages read the plan and do no arithmetic on time after it. Starts and
durations are whole seconds from the start of the film; cues, which follow speech, are not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate, pairwise
from math import ceil
from typing import Literal

from capsule import model, phrasing
from capsule.activity import Names
from capsule.typography import closed, plain

_READING_SPEED = 15  # characters a second, the French subtitling charter's usual rate
_SPEAKING_SPEED = 12  # characters a second, of a calm voice
_SHORTEST_CUE = 1.2
_BREATH = 0.4  # seconds of picture before a voice is heard, if there is time

PartId = Literal["intro", "message", "debrief"]
Content = model.IntroScene | model.Intro | model.Message | model.Question | model.Synthesis


@dataclass(frozen=True)
class Cue:
    """A caption: plain text of one or two lines, with its start and end in seconds."""

    start: float
    end: float
    text: str


@dataclass(frozen=True)
class Leaf:
    """Which page of its scene a page is: `number` from 1, `of` how many.

    `first` is the place of its first step or point in the source, from 0; `beats` are those of
    its own steps or points, in seconds into the page.
    """

    number: int
    of: int
    first: int
    beats: tuple[float, ...]


@dataclass(frozen=True)
class Scene:
    """A span of the film with one subject, or a page of it if one cannot hold it all.

    All but the intro's are slides of the deck.
    """

    id: str
    kind: str
    part: PartId
    start: int
    duration: int
    content: Content
    cues: tuple[Cue, ...]
    number: int = 0  # of a question, from 1
    leaf: Leaf | None = None

    @property
    def end(self) -> int:
        """The second at which the next scene starts."""
        return self.start + self.duration

    @cached_property
    def beats(self) -> tuple[float, ...]:
        """When each step, point or item (or commitment) begins, in seconds into the scene.

        Steps follow one another. A point comes when its first words are heard, if all are and
        in order; otherwise they are spread evenly.
        """
        if self.leaf:
            return self.leaf.beats
        match self.content:
            case model.Question(steps=steps):
                return tuple(accumulate((s.duration for s in steps), initial=0))[: len(steps)]
            case model.Message(points=points) | model.ListScene(items=points):
                texts = [plain(point.title) for point in points]
            case model.Synthesis(points=points, commitment=promise):
                texts = [plain(text) for text in [*points, *([promise] if promise else [])]]
            case _:
                return ()
        heard = _heard(texts, self.cues)
        if heard:
            return tuple(round(at - self.start, 3) for at in heard)
        step = self.duration / (len(texts) + 0.5)
        return tuple(round(step * (i + 0.5), 3) for i in range(len(texts)))

    def cut(self, firsts: Sequence[int]) -> tuple[Scene, ...]:
        """The scene as pages that begin with these of its steps or points, from 0.

        A page is turned on the whole second in which its first item begins. A commitment goes
        with the last page.
        """
        beats, last = self.beats, len(firsts) - 1
        turns = [0, *(int(beats[first]) for first in firsts[1:]), self.duration]
        ends = [*firsts[1:], len(beats)]
        pages = []
        for n, (first, end) in enumerate(zip(firsts, ends, strict=True)):
            since, until = turns[n], turns[n + 1]
            times = tuple(round(beat - since, 3) for beat in beats[first:end])
            begin, stop = self.start + since, self.start + until
            pages.append(
                replace(
                    self,
                    start=begin,
                    duration=until - since,
                    content=_portion(self, slice(first, end), (begin, stop), closing=n == last),
                    cues=tuple(c for c in self.cues if c.start < stop and c.end > begin),
                    leaf=Leaf(n + 1, last + 1, first, times),
                )
            )
        return tuple(pages)


def _portion(scene: Scene, kept: slice, span: tuple[int, int], *, closing: bool) -> Content:
    """The content of one page of `scene`: its items, and what is said of them in its `span`."""
    match scene.content:
        case model.Question(steps=steps) as content:
            return content.model_copy(update={"steps": steps[kept]})
        case (model.Message() | model.Synthesis()) as content:
            heard = [cue.text for cue in scene.cues if span[0] <= cue.start < span[1]]
            told = content.narration and content.narration.model_copy(
                update={"text": " ".join(heard).replace("\n", " ") or None}
            )
            changed: dict[str, object] = {"points": content.points[kept], "narration": told}
            if not closing and isinstance(content, model.Synthesis):
                changed["commitment"] = None
            return content.model_copy(update=changed)
    return scene.content


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
class Passage:
    """What a voice says in one go, from second `start` of the film and for `room` at most.

    `id` is the scene's, with the step's number from the second on. `text` is plain, empty when
    there is only the recording `file`. `where` is its place in the source.
    """

    id: str
    start: int
    room: int
    text: str
    file: str | None
    where: tuple[str | int, ...]


@dataclass(frozen=True)
class Voiced:
    """How a passage was said: for how many seconds, and some of its characters' own.

    `marks` are pairs (characters of the passage's text said, second of the sound), in order.
    """

    seconds: float
    marks: tuple[tuple[int, float], ...] = ()


@dataclass(frozen=True)
class Speech:
    """A passage's sound in the film: from when, and for how long, in seconds."""

    passage: str
    start: float
    seconds: float


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
        for passage in _passages(id_, content, start, seconds):
            said = (voiced or {}).get(passage.id)
            passages.append(passage)
            if said:
                begin = passage.start + max(0.0, min(_BREATH, passage.room - said.seconds))
                speeches.append(Speech(passage.id, begin, said.seconds))
                cues += spread(passage.text, begin, said.seconds, said.marks, language=tongue)
            else:
                span = (passage.start, _silent(passage, content))
                cues += spread(passage.text, *span, language=tongue)
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


def _passages(id_: str, content: Content, start: int, seconds: int) -> Iterator[Passage]:
    """What is said of a scene; a question's steps when each begins."""
    match content:
        case model.Intro():
            return
        case model.Question(steps=steps):
            does = [f"{s.who} {s.do}" if s.who else s.do for s in steps]
            where: tuple[str | int, ...] = ("debrief", "questions", int(id_.split("-")[1]) - 1)
            first = steps[0].duration if steps else seconds
            said = " ".join([content.ask, *does[:1]])
            yield _passage(id_, content, (start, first), said, where)
            starts = accumulate((s.duration for s in steps), initial=start)
            for n, (step, at) in enumerate(zip(steps, starts, strict=False)):
                if n:
                    place = (*where, "steps", n, "do")
                    yield Passage(f"{id_}-{n + 1}", at, step.duration, plain(does[n]), None, place)
        case model.Synthesis():
            closing = [content.commitment] if content.commitment else []
            said = " ".join([closed(content.title), *content.points, *closing])
            yield _passage(id_, content, (start, seconds), said, ("debrief", "synthesis"))
        case _ if content.narration:
            scene: tuple[str | int, ...] = ("message",)
            if not isinstance(content, model.Message):
                scene = ("intro", "scenes", int(id_.split("-")[1]) - 1)
            yield _passage(id_, content, (start, seconds), "", scene)


def _passage(
    id_: str,
    content: model.IntroScene | model.Message | model.Question | model.Synthesis,
    span: tuple[int, int],
    default: str,
    where: tuple[str | int, ...],
) -> Passage:
    """The passage that `content` narrates, or else the text that it shows."""
    told = content.narration
    text = (told.text if told else None) or default
    return Passage(
        id_,
        *span,
        plain(text),
        told.file if told else None,
        (*where, "narration") if told else where,
    )


def _silent(passage: Passage, content: Content) -> float:
    """The seconds over which the captions of a passage that no voice says are spread."""
    if isinstance(content, model.Question):
        return min(passage.room, len(passage.text) / _SPEAKING_SPEED)
    return passage.room


def _heard(texts: Iterable[str], cues: tuple[Cue, ...]) -> list[float]:
    """When each of `texts` starts to be said; nothing unless all are, in their order."""
    spoken, ends = "", []
    for cue in cues:
        spoken += cue.text.replace("\n", " ").casefold() + " "
        ends.append(len(spoken))
    times, at = [], -1
    for text in texts:
        at = spoken.find(text.casefold().rstrip(" .!?…\u00a0\u202f"), at + 1)
        if at < 0:
            return []
        times.append(next(cue.start for cue, end in zip(cues, ends, strict=True) if at < end))
    return times


def spread(
    text: str,
    start: float,
    seconds: float,
    marks: Sequence[tuple[int, float]] = (),
    *,
    language: str = "fr",
) -> tuple[Cue, ...]:
    """Cut `text` into cues and give each its share of `seconds`, by length between `marks`.

    A cue leaves the screen when it can have been read, even if the next one is far. `marks` are
    those of `Voiced`, `language` a BCP 47 tag.
    """
    text = plain(text)
    texts = phrasing.captions(text, language)
    known = [(0, 0.0), *marks, (len(text), seconds)]
    cues, at = [], 0
    for cue in texts:
        begin = _told(known, at)
        at = min(at + len(cue) + 1, len(text))  # and the space, or line break, after it
        share = _told(known, at) - begin
        shown = min(share, max(_SHORTEST_CUE, len(cue) / _READING_SPEED + 1))
        cues.append(Cue(round(start + begin, 3), round(start + begin + shown, 3), cue))
    return tuple(cues)


def _told(known: Sequence[tuple[int, float]], characters: int) -> float:
    """When as many characters have been said, between the two `known` moments around."""
    for (begin, since), (end, until) in pairwise(known):
        if begin <= characters <= end and end > begin:
            return since + (until - since) * (characters - begin) / (end - begin)
    return known[-1][1]
