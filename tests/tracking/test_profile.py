"""The xAPI profile: its document, and the statements that it describes."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from capsule.activity import PROFILE, PROFILE_VERSION, Names
from capsule.tracking import profile
from capsule.tracking.events import Event, Presence
from capsule.tracking.statements import Subject, of_event

from ..profiles import faults, templates_of

ROOT = Path(__file__).parents[2]
Iri = Annotated[str, Field(pattern=r"^[a-z][a-z0-9+.-]*:\S+$")]
Words = Annotated[dict[Annotated[str, Field(pattern="^[a-z]{2}$")], str], Field(min_length=1)]


class Part(BaseModel):
    """As the tables of xAPI Profiles 1.0, part 2, sections 6 to 9 have it, and nothing else."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Version(Part):
    id: Iri
    generatedAtTime: Annotated[str, Field(pattern=r"^[\d-]+T[\d:]+Z$")]  # noqa: N815
    wasRevisionOf: list[Iri] | None = None  # noqa: N815


class Author(Part):
    type: Literal["Organization", "Person"]
    name: str
    url: Iri | None = None


class Concept(Part):
    id: Iri
    type: Literal["Verb", "ActivityType", "AttachmentUsageType"]
    inScheme: Literal["urn:uuid:8c0f5c43-6f0b-5d0c-9f5e-0d3b1f1f7a10#v1"]  # noqa: N815
    prefLabel: Words  # noqa: N815
    definition: Words


class Rule(Part):
    location: Annotated[str, Field(pattern=r"^\$(\.\w+|\['[^']+'\]|\[\*\])+$")]
    presence: Literal["included", "excluded", "recommended"] | None = None
    any: list[Any] | None = None
    all: list[Any] | None = None
    none: list[Any] | None = None

    @model_validator(mode="after")
    def _some(self) -> "Rule":
        assert self.presence or self.any or self.all or self.none
        return self


class Template(Part):
    id: Iri
    type: Literal["StatementTemplate"]
    inScheme: Literal["urn:uuid:8c0f5c43-6f0b-5d0c-9f5e-0d3b1f1f7a10#v1"]  # noqa: N815
    prefLabel: Words  # noqa: N815
    definition: Words
    verb: Iri
    objectActivityType: Iri  # noqa: N815
    contextParentActivityType: list[Iri] | None = None  # noqa: N815
    contextOtherActivityType: list[Iri] | None = None  # noqa: N815
    rules: Annotated[list[Rule], Field(min_length=1)]


class Pattern(Part):
    id: Iri
    type: Literal["Pattern"]
    inScheme: Literal["urn:uuid:8c0f5c43-6f0b-5d0c-9f5e-0d3b1f1f7a10#v1"]  # noqa: N815
    primary: bool = False
    prefLabel: Words | None = None  # noqa: N815
    definition: Words | None = None
    alternates: Annotated[list[Iri], Field(min_length=2)] | None = None
    oneOrMore: Iri | None = None  # noqa: N815

    @model_validator(mode="after")
    def _whole(self) -> "Pattern":
        assert (self.alternates is None) != (self.oneOrMore is None)
        assert not self.primary or (self.prefLabel and self.definition)
        return self


class Profile(Part):
    context: Literal["https://w3id.org/xapi/profiles/context"] = Field(alias="@context")
    id: Iri
    type: Literal["Profile"]
    conformsTo: Literal["https://w3id.org/xapi/profiles#1.0"]  # noqa: N815
    prefLabel: Words  # noqa: N815
    definition: Words
    author: Author
    versions: Annotated[list[Version], Field(min_length=1)]
    concepts: list[Concept]
    templates: list[Template]
    patterns: list[Pattern]


def _ids(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from ([value["id"]] if "id" in value else [])
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from _ids(one)


def test_the_document_is_what_the_code_says() -> None:
    """`.ci/profile` writes it."""
    written = (ROOT / "docs" / "profile.jsonld").read_text(encoding="utf-8")
    assert json.loads(written) == profile.document()


def test_the_document_is_a_profile() -> None:
    document = profile.document()
    read = Profile.model_validate(document)
    assert (read.id, [one.id for one in read.versions]) == (PROFILE, [PROFILE_VERSION])
    ids = list(_ids(document))
    assert len(ids) == len(set(ids))
    for pattern in read.patterns:
        assert {*(pattern.alternates or []), *filter(None, [pattern.oneOrMore])} <= set(ids)
    with pytest.raises(ValidationError):
        Profile.model_validate({**document, "keywords": []})


def _said(presence: Presence) -> list[dict[str, Any]]:
    start = datetime(2026, 3, 10, 9, tzinfo=UTC)
    event = Event("S1", start, "a" * 64, presence, 45, "Grenoble", "Accueil", "", Path("x.csv"), 2)
    return of_event(event, Subject(Names("https://x.example", "essai"), "Essai", "fr", 600))


def test_what_lists_say_follows_it() -> None:
    said = _said(Presence.PRESENT)
    told = [["attended"], ["completed", "completed-in-room"]]
    assert [templates_of(statement) for statement in said] == told
    assert [faults(statement) for statement in said] == [[], []]
    assert [faults(statement) for statement in _said(Presence.PARTIAL)] == [[]]


def test_what_does_not_follow_it_is_found() -> None:
    completed = _said(Presence.PRESENT)[1]
    completed["result"]["completion"] = False
    del completed["context"]["contextActivities"]["category"]
    assert len(faults(completed)) == 4  # two rules, of two templates
