"""What a voice says, and the captions that it is read in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from capsule import model, phrasing
from capsule.plan.scenes import Content, Cue
from capsule.typography import closed, plain

_READING_SPEED = 15  # characters a second, the French subtitling charter's usual rate
_SPEAKING_SPEED = 12  # characters a second, of a calm voice
_SHORTEST_CUE = 1.2
_BREATH = 0.4  # seconds of picture before a voice is heard, if there is time


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


def passages_of(id_: str, content: Content, start: int, seconds: int) -> Iterator[Passage]:
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


def said(
    passage: Passage, content: Content, voice: Voiced | None, language: str
) -> tuple[Speech | None, tuple[Cue, ...]]:
    """When a passage of `content` is heard, if a voice says it, and its captions."""
    if not voice:
        lasts: float = passage.room
        if isinstance(content, model.Question):
            lasts = min(passage.room, len(passage.text) / _SPEAKING_SPEED)
        return None, spread(passage.text, passage.start, lasts, language=language)
    begin = passage.start + max(0.0, min(_BREATH, passage.room - voice.seconds))
    captions = spread(passage.text, begin, voice.seconds, voice.marks, language=language)
    return Speech(passage.id, begin, voice.seconds), captions


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
