"""The capsule as its author wrote it, checked: the values behind `capsule.yaml`.

Durations are whole seconds. Texts are typeset for the capsule's language when they are
validated, which takes `context={"language": ...}`.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import (
    BeforeValidator,
    Field,
    ValidationInfo,
    model_validator,
)
from pydantic_core import PydanticCustomError

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
from capsule.model.part import Part
from capsule.model.tracking import Columns, Completion, Tracking
from capsule.values import (
    Count,
    Duration,
    FilePath,
    Language,
    Moment,
    Slug,
    Text,
    Url,
)

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

RECORDINGS = (".wav", ".mp3", ".m4a", ".aac", ".ogg", ".opus", ".flac", ".wma", ".amr", ".3gp")


class Centre(Part):
    """The training centre that signs the capsule."""

    name: Text
    logo: FilePath | None = Field(None, description="A PNG or JPEG file beside capsule.yaml.")


class _Spoken(Part):
    """What a voice says: its text, its recording, or both."""

    text: Text | None = Field(
        None, description="What the voice says; captions and transcript are made from it."
    )
    file: FilePath | None = Field(None, description="Its recording, beside capsule.yaml.")

    @model_validator(mode="after")
    def _something(self) -> _Spoken:
        if not self.text and not self.file:
            raise PydanticCustomError("capsule_narration", "neither text nor file")
        return self


def _spoken(value: object) -> object:
    """Read a narration written as one text: the name of a recording, or what is said."""
    if not isinstance(value, str):
        return value
    file = value.strip().lower().endswith(RECORDINGS)
    return {"file" if file else "text": value}


Narration = Annotated[
    _Spoken,
    BeforeValidator(
        _spoken,
        json_schema_input_type=str | _Spoken,  # a text, or the name of a recording
    ),
]


class _Scene(Part):
    """What every scene of an animated intro has."""

    duration: Duration
    narration: Narration | None = None


class TitleScene(_Scene):
    """The capsule's title, written large."""

    kind: Literal["title"]


class WordsScene(_Scene):
    """One to four short lines that come one after the other, in large type."""

    kind: Literal["words"]
    lines: list[Text] = Field(min_length=1, max_length=4)
    ground: Literal["ink", "paper", "intro", "message", "debrief"] = "ink"


class SituationScene(_Scene):
    """A work situation: where, what gets in the way, what somebody tried, what it changed."""

    kind: Literal["situation"]
    place: Text
    snag: Text
    idea: Text
    gain: Text
    picture: Literal["counter", "yard", "canteen", "office"] | None = Field(
        None, description="What is drawn beside the texts; by default, what suits any place."
    )


class FigureScene(_Scene):
    """A quantity before and after, drawn as two bars."""

    kind: Literal["figure"]
    title: Text
    unit: Text
    before: Annotated[Count, Field(gt=0, le=9999)]
    after: Annotated[Count, Field(ge=0, le=9999)]
    caption: Text | None = None


class ListScene(_Scene):
    """A title and two to four items that come one by one, each a word and a sentence."""

    kind: Literal["list"]
    title: Text
    items: list[Point] = Field(min_length=2, max_length=4)


class Point(Part):
    """A titled point with its sentence and, if need be, an example in somebody's words."""

    title: Text
    text: Text
    example: Text | None = None


IntroScene = Annotated[
    TitleScene | WordsScene | SituationScene | FigureScene | ListScene,
    Field(discriminator="kind"),
]


class Intro(Part):
    """The opening film: the centre's own video, or scenes that the tool animates."""

    title: Text
    video: FilePath | None = Field(None, description="Any video file, beside capsule.yaml.")
    captions: FilePath | None = Field(None, description="A .vtt or .srt file for `video`.")
    begin: Moment = Field(0.0, alias="from", description="Where `video` is taken up.")
    end: Moment | None = Field(None, alias="to", description="Where `video` is left.")
    alt: Text | None = Field(None, description="What the film shows, for those who can't see it.")
    duration: Duration | None = Field(
        None, description="How long `video` is shown; its own length, to the second, by default."
    )
    scenes: list[IntroScene] | None = Field(None, min_length=1)
    note: Text | None = Field(None, description="For the trainer, on the notes page.")

    @model_validator(mode="after")
    def _one_origin(self) -> Intro:
        if not self.video and not self.scenes:
            raise PydanticCustomError("capsule_intro_none", "neither video nor scenes")
        if self.video and self.scenes:
            raise PydanticCustomError("capsule_intro_both", "both video and scenes")
        filmed = {
            "captions": self.captions,
            "duration": self.duration,
            "from": self.begin,
            "to": self.end,
        }
        for name, value in filmed.items():
            if self.scenes and value:
                raise PydanticCustomError("capsule_intro_video_only", "no video", {"name": name})
        if self.end is not None and self.end <= self.begin:
            raise PydanticCustomError("capsule_intro_backwards", "ends before it begins")
        return self


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
