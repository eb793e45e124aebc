"""The capsule as its author wrote it, checked: the values behind `capsule.yaml`.

Durations are whole seconds. Texts are typeset for the capsule's language when they are
validated, which takes `context={"language": ...}`.
"""

from __future__ import annotations

from typing import Any

from pydantic import Field, ValidationInfo, model_validator
from pydantic_core import PydanticCustomError

from capsule.model.intro import (
    FigureScene,
    Intro,
    IntroScene,
    ListScene,
    SituationScene,
    TitleScene,
    WordsScene,
)
from capsule.model.making import (
    Colours,
    Deck,
    Film,
    Font,
    Layouts,
    Look,
    Music,
    Packages,
    Voice,
)
from capsule.model.part import RECORDINGS, Narration, Part, Point
from capsule.model.tracking import Columns, Completion, Tracking
from capsule.values import Duration, FilePath, Language, Slug, Text, Url

__all__ = [
    "RECORDINGS",
    "Capsule",
    "Centre",
    "Colours",
    "Columns",
    "Completion",
    "Debrief",
    "Deck",
    "FigureScene",
    "Film",
    "Font",
    "Intro",
    "IntroScene",
    "Layouts",
    "Link",
    "ListScene",
    "Look",
    "Message",
    "Music",
    "Narration",
    "Packages",
    "Point",
    "Question",
    "SituationScene",
    "Step",
    "Synthesis",
    "TitleScene",
    "Tracking",
    "Voice",
    "WordsScene",
]


class Centre(Part):
    """The training centre that signs the capsule."""

    name: Text
    logo: FilePath | None = Field(None, description="A PNG or JPEG file beside capsule.yaml.")


class Message(Part):
    """The capsule's one message: a statement and the points that carry it."""

    duration: Duration
    statement: Text
    points: list[Point] = Field(min_length=1, max_length=6)
    narration: Narration | None = None
    note: Text | None = None


class Step(Part):
    """One step of a question: who does what, for how long."""

    who: Text | None = Field(None, description="Alone, in pairs, aloud... set in bold.")
    do: Text
    duration: Duration = Field(alias="for")


class Question(Part):
    """A question to the room, worked on in timed steps or in one go."""

    ask: Text
    steps: list[Step] = Field(default_factory=list, max_length=8)
    lasts: Duration | None = Field(
        None, alias="for", description="How long it is talked about, if it has no steps."
    )
    narration: Narration | None = Field(
        None, description="Instead of the question and its first step, which a voice reads."
    )
    note: Text | None = None
    relaunch: list[Text] = Field(
        default_factory=list, max_length=6, description="Questions to ask when nobody speaks."
    )

    @property
    def duration(self) -> int:
        """The sum of the steps, or the question's own time, in seconds."""
        return self.lasts or sum(step.duration for step in self.steps)

    @model_validator(mode="after")
    def _timed_once(self) -> Question:
        if not self.steps and not self.lasts:
            raise PydanticCustomError("capsule_question_untimed", "neither steps nor a time")
        if self.steps and self.lasts:
            raise PydanticCustomError("capsule_question_twice", "both steps and a time")
        return self


class Link(Part):
    """A page to go further, shown as an address and a QR code."""

    label: Text
    url: Url


class Synthesis(Part):
    """What to keep: the points, a commitment, a link."""

    duration: Duration
    title: Text
    points: list[Text] = Field(min_length=1, max_length=6)
    narration: Narration | None = Field(
        None, description="Instead of the title, the points and the commitment."
    )
    commitment: Text | None = None
    link: Link | None = None
    note: Text | None = None


class Debrief(Part):
    """The exchange with the room: questions, then a synthesis."""

    questions: list[Question] = Field(min_length=1, max_length=8)
    synthesis: Synthesis


class Capsule(Part):
    """A whole capsule, as capsule.yaml describes it."""

    capsule: Slug = Field(description="The stable id: the learners' history hangs on it.")
    language: Language = "fr"
    title: Text
    objective: Text | None = Field(None, description="What each person can do at the end.")
    duration: Duration
    centre: Centre
    session: Text | None = Field(
        None, description="The course, the day or the trainer, on the first page."
    )
    theme: Look = Look()
    film: Film = Film()
    packages: Packages = Packages()
    deck: Deck = Deck()
    intro: Intro
    message: Message
    debrief: Debrief
    completion: Completion = Completion()
    tracking: Tracking

    @model_validator(mode="before")
    @classmethod
    def _context_language(cls, data: Any, info: ValidationInfo) -> Any:
        if info.context is not None and isinstance(data, dict):
            info.context["language"] = str(data.get("language", "fr"))
        return data

    @property
    def film_url(self) -> str | None:
        """Where the film is hosted: the address of an MP4, named as the build does in a folder."""
        url = self.film.url
        if not url:
            return None
        path, query, _values = url.partition("?")
        if query or path.lower().endswith(".mp4"):
            return url
        return f"{path.rstrip('/')}/{self.capsule}.mp4"
