"""What the parts of a source share, and those that several of them have."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from capsule.values import FilePath, Text

RECORDINGS = (".wav", ".mp3", ".m4a", ".aac", ".ogg", ".opus", ".flac", ".wma", ".amr", ".3gp")


class Part(BaseModel):
    """A part of the source: no unknown key, no change after validation."""

    model_config = ConfigDict(extra="forbid", frozen=True)


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


class Point(Part):
    """A titled point with its sentence and, if need be, an example in somebody's words."""

    title: Text
    text: Text
    example: Text | None = None
