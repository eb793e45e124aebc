"""How a source has its film and its slides made, and how they look."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from capsule.model.part import Part
from capsule.values import (
    Colour,
    FilePath,
    SecureUrl,
    Size,
    Text,
)


class Voice(Part):
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


class Music(Part):
    """A bed under parts of the film, softer while a voice speaks."""

    file: FilePath
    parts: list[Literal["intro", "message", "debrief"]] = Field(["intro"], min_length=1)


class Film(Part):
    """How the film is made."""

    size: Literal["720p", "1080p", "2160p"] = "1080p"
    captions: Literal["soft", "burned"] = Field(
        "soft", description="A track that the viewer turns on, or part of the picture."
    )
    voice: Voice = Voice()
    music: Music | None = Field(None, description="By default, the tool's own under its scenes.")
    url: SecureUrl | None = Field(
        None,
        description="Where the centre hosts it, for packages built with --media link: the address"
        " of the MP4, or of its folder.",
    )


class Packages(Part):
    """What an LMS takes."""

    largest: Size = Field(
        200_000_000, alias="max", description="The size above which a package is a problem."
    )


class Deck(Part):
    """How the slides behave in the room."""

    film: Literal["auto", "click"] = Field(
        "auto", description="The film starts with its slide, or waits for a click."
    )
    gong: bool = Field(False, description="A soft gong when the time of a question is over.")
    manual: Literal["slide", "notes", "none"] = Field(
        "slide",
        description="How to run the slides: a hidden first slide, or the notes of the title's.",
    )


class Font(Part):
    """A font by its name, as office suites list it, and its TrueType or OpenType files."""

    name: Text
    regular: FilePath
    bold: FilePath
    italic: FilePath | None = None
    bold_italic: FilePath | None = None


class Colours(Part):
    """The look's colours; those that are not given are the house's, or follow from the others."""

    ink: Colour = Field(None, description="Dark pages and panels; the text of the others.")
    paper: Colour = Field(None, description="The ground of the light pages.")
    intro: Colour = None
    message: Colour = None
    debrief: Colour = None
    accent: Colour = Field(None, description="What stands out on ink: the ring, a rule.")


class Layouts(Part):
    """The template's layouts by their names, for those that are not found by themselves."""

    title: Text | None = None
    content: Text | None = None
    film: Text | None = None


class Look(Part):
    """The look of slides, film and player."""

    template: FilePath | None = Field(
        None, description="The centre's own PowerPoint file (.pptx or .potx)."
    )
    layouts: Layouts = Layouts()
    logo: FilePath | None = Field(None, description="Instead of the centre's own, for this look.")
    mode: Literal["light", "dark"] = "light"
    colours: Colours = Colours()
    font: Font | None = Field(None, description="By default Arial, which every computer has.")
