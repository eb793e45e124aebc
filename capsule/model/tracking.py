"""When a learner has had the capsule, and how that is tracked."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from capsule.model.part import Part
from capsule.values import (
    BaseIri,
    Period,
    Share,
    Text,
    Zone,
)


class Completion(Part):
    """When a learner has had the capsule."""

    video: Share = Field(0.8, description="The share of the film that must have been watched.")
    questions: Literal["all", "none"] = Field(
        "all", description="Whether each question must be answered or discussed."
    )
    message: bool = Field(
        True,
        description="Whether the message must have been seen, or heard in the film.",
        strict=True,
    )
    score: bool = Field(
        True, description="Whether completion gives 100 points of 100 to an LMS.", strict=True
    )


class Columns(Part):
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


class Tracking(Part):
    """How the capsule is named where it is tracked."""

    base: BaseIri = Field(description="An address of the centre's, without a final slash.")
    timezone: Zone = Field("Europe/Paris", description="Where the sessions take place (IANA name).")
    columns: Columns = Columns()
    answers: bool = Field(
        True, description="Whether an LMS receives what learners write.", strict=True
    )
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
