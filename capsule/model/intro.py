"""The opening film: the centre's own video, or scenes that the tool animates."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from capsule.model.part import Narration, Part, Point
from capsule.values import Count, Duration, FilePath, Moment, Text


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
