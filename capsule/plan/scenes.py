"""A scene and its pages: when each of its items comes, and how it is cut."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate
from typing import Literal

from capsule import model
from capsule.typography import plain

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
