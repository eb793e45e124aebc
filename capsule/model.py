"""The capsule as its author wrote it, checked: the values behind `capsule.yaml`.

Durations are whole seconds. Texts are typeset for the capsule's language when they are
validated, which takes `context={"language": ...}`.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    model_validator,
)
from pydantic_core import PydanticCustomError

from capsule.values import (
    BaseIri,
    Colour,
    Count,
    Duration,
    FilePath,
    Language,
    Moment,
    Period,
    Share,
    Slug,
    Text,
    Url,
    Zone,
)

RECORDINGS = (".wav", ".mp3", ".m4a", ".aac", ".ogg", ".opus", ".flac", ".wma", ".amr", ".3gp")


class _Part(BaseModel):
    """What every part of the source shares: no unknown key, no change after validation."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Centre(_Part):
    """The training centre that signs the capsule."""

    name: Text
    logo: FilePath | None = Field(None, description="A PNG or JPEG file beside capsule.yaml.")


class _Spoken(_Part):
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


class _Scene(_Part):
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


class Point(_Part):
    """A titled point with its sentence and, if need be, an example in somebody's words."""

    title: Text
    text: Text
    example: Text | None = None


IntroScene = Annotated[
    TitleScene | WordsScene | SituationScene | FigureScene | ListScene,
    Field(discriminator="kind"),
]


class Intro(_Part):
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


class Message(_Part):
    """The capsule's one message: a statement and the points that carry it."""

    duration: Duration
    statement: Text
    points: list[Point] = Field(min_length=1, max_length=6)
    narration: Narration | None = None
    note: Text | None = None


class Step(_Part):
    """One step of a question: who does what, for how long."""

    who: Text | None = Field(None, description="Alone, in pairs, aloud... set in bold.")
    do: Text
    duration: Duration = Field(alias="for")


class Question(_Part):
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


class Link(_Part):
    """A page to go further, shown as an address and a QR code."""

    label: Text
    url: Url


class Synthesis(_Part):
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


class Debrief(_Part):
    """The exchange with the room: questions, then a synthesis."""

    questions: list[Question] = Field(min_length=1, max_length=8)
    synthesis: Synthesis


class Voice(_Part):
    """Who speaks: recordings first, then an engine for what nobody has recorded."""

    recordings: FilePath = Field(
        "voix", description="A folder of recordings, named as `capsule script` says."
    )
    engine: Literal["none", "espeak-ng", "piper"] = "none"
    model: FilePath | None = Field(
        None, description="Piper's voice file (.onnx, with its .onnx.json beside it)."
    )

    @model_validator(mode="after")
    def _voiced(self) -> Voice:
        if (self.engine == "piper") != bool(self.model):
            raise PydanticCustomError("capsule_voice_model", "piper goes with a model")
        return self


class Music(_Part):
    """A bed under parts of the film, softer while a voice speaks."""

    file: FilePath
    parts: list[Literal["intro", "message", "debrief"]] = Field(["intro"], min_length=1)


class Film(_Part):
    """How the film is made."""

    size: Literal["720p", "1080p", "2160p"] = "1080p"
    captions: Literal["soft", "burned"] = Field(
        "soft", description="A track that the viewer turns on, or part of the picture."
    )
    voice: Voice = Voice()
    music: Music | None = Field(None, description="By default, the tool's own under its scenes.")


class Deck(_Part):
    """How the slides behave in the room."""

    film: Literal["auto", "click"] = Field(
        "auto", description="The film starts with its slide, or waits for a click."
    )
    gong: bool = Field(False, description="A soft gong when the time of a question is over.")
    manual: Literal["slide", "notes", "none"] = Field(
        "slide",
        description="How to run the slides: a hidden first slide, or the notes of the title's.",
    )


class Font(_Part):
    """A font by its name, as office suites list it, and its TrueType or OpenType files."""

    name: Text
    regular: FilePath
    bold: FilePath
    italic: FilePath | None = None
    bold_italic: FilePath | None = None


class Colours(_Part):
    """The look's colours; those that are not given are the house's, or follow from the others."""

    ink: Colour = Field(None, description="Dark pages and panels; the text of the others.")
    paper: Colour = Field(None, description="The ground of the light pages.")
    intro: Colour = None
    message: Colour = None
    debrief: Colour = None
    accent: Colour = Field(None, description="What stands out on ink: the ring, a rule.")


class Layouts(_Part):
    """The template's layouts by their names, for those that are not found by themselves."""

    title: Text | None = None
    content: Text | None = None
    film: Text | None = None


class Look(_Part):
    """The look of slides, film and player."""

    template: FilePath | None = Field(
        None, description="The centre's own PowerPoint file (.pptx or .potx)."
    )
    layouts: Layouts = Layouts()

    mode: Literal["light", "dark"] = "light"
    colours: Colours = Colours()
    font: Font | None = Field(None, description="By default Arial, which every computer has.")


class Completion(_Part):
    """When a learner has had the capsule."""

    video: Share = Field(0.8, description="The share of the film that must have been watched.")
    questions: Literal["all", "none"] = Field(
        "all", description="Whether each question must be answered or discussed."
    )


class Columns(_Part):
    """What the centre's attendance lists call their columns, where no usual name fits."""

    session: Text | None = None
    date: Text | None = None
    time: Text | None = None
    person: Text | None = Field(None, description="The identifier that counts.")
    email: Text | None = None
    presence: Text | None = None
    minutes: Text | None = None
    trainer: Text | None = None
    centre: Text | None = None
    course: Text | None = None


class Tracking(_Part):
    """How the capsule is named where it is tracked."""

    base: BaseIri = Field(description="An address of the centre's, without a final slash.")
    timezone: Zone = Field("Europe/Paris", description="Where the sessions take place (IANA name).")
    columns: Columns = Columns()
    actors: Literal["pseudonymous", "identified"] = Field(
        "pseudonymous",
        description="Whether e-mail addresses and identifiers leave the machine; names never do.",
    )
    keep: Period | None = Field(
        None, description="How long attendance is kept, from the day of the session."
    )
    reidentification: bool = Field(
        True,
        description="Whether this machine, and no other, keeps whose the pseudonyms are.",
        strict=True,
    )


class Capsule(_Part):
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
