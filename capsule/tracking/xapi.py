"""The statement of xAPI 1.0.3 (part 2, section 2), for those that come from elsewhere.

No kept Python library checks this: tincan lets nearly all pass, Ralph's models pin old packages.
The tests hold it against Learning Locker's validator.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Any, Literal, LiteralString

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
    model_validator,
)
from pydantic_core import PydanticCustomError

IRI = r'^[A-Za-z][A-Za-z0-9+.-]*:[^\s<>"{}|\\^`]+$'
UUID = r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"
MBOX = r"^mailto:[^@\s]+@[^@\s]+$"
SHA1 = r"^[0-9a-fA-F]{40}$"
TAG = r"^[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*$"
VERSION = r"^(1\.0(\.\d+)?|2\.0\.0)$"
_DURATION = re.compile(
    r"P(?!$)(\d+W|(\d+Y)?(\d+M)?(\d+D)?"
    r"(T(?!$)(\d+(\.\d+)?H)?(\d+(\.\d+)?M)?(\d+(\.\d+)?S)?)?)"
)
_ALONE, _SEVERAL = "one", "several"
KINDS = frozenset(
    ("Agent", "Group", "Activity", "StatementRef", "SubStatement", _ALONE, _SEVERAL, "[key]")
)
"""What the place of an error names that isn't in the statement: which of several kinds it was."""


def _aware(text: str) -> str:
    try:
        if "T" in text.upper() and datetime.fromisoformat(text).tzinfo:
            return text
    except ValueError:
        pass
    raise PydanticCustomError("instant", "no instant")


def _lasting(text: str) -> str:
    if not _DURATION.fullmatch(text):
        raise PydanticCustomError("duration", "no duration")
    return text


_Iri = Annotated[str, StringConstraints(pattern=IRI)]
_Uuid = Annotated[str, StringConstraints(pattern=UUID)]
_Mbox = Annotated[str, StringConstraints(pattern=MBOX)]
_Sha1 = Annotated[str, StringConstraints(pattern=SHA1)]
_Tag = Annotated[str, StringConstraints(pattern=TAG)]
_Words = dict[_Tag, str]
_Extensions = dict[_Iri, Any]
_Instant = Annotated[str, AfterValidator(_aware)]
_Length = Annotated[str, AfterValidator(_lasting)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, defer_build=True)


class _Account(_Part):
    homePage: _Iri  # noqa: N815 - as xAPI spells it, here and below
    name: Annotated[str, Field(min_length=1)]


class _Someone(_Part):
    name: str | None = None
    mbox: _Mbox | None = None
    mbox_sha1sum: _Sha1 | None = None
    openid: _Iri | None = None
    account: _Account | None = None

    def identifiers(self) -> int:
        """How many inverse functional identifiers there are."""
        return sum(
            one is not None for one in (self.mbox, self.mbox_sha1sum, self.openid, self.account)
        )


class _Agent(_Someone):
    objectType: Literal["Agent"] = "Agent"  # noqa: N815

    @model_validator(mode="after")
    def _one(self) -> _Agent:
        if self.identifiers() != 1:
            raise PydanticCustomError("agent", "not one identifier")
        return self


class _Group(_Someone):
    objectType: Literal["Group"]  # noqa: N815
    member: list[_Agent] | None = None

    @model_validator(mode="after")
    def _some(self) -> _Group:
        if self.identifiers() > 1 or not (self.identifiers() or self.member):
            raise PydanticCustomError("group", "no identifier, or several")
        return self


class _Verb(_Part):
    id: _Iri
    display: _Words | None = None


class _Component(_Part):
    id: str
    description: _Words | None = None


class _Definition(_Part):
    name: _Words | None = None
    description: _Words | None = None
    type: _Iri | None = None
    moreInfo: _Iri | None = None  # noqa: N815
    extensions: _Extensions | None = None
    interactionType: str | None = None  # noqa: N815
    correctResponsesPattern: list[str] | None = None  # noqa: N815
    choices: list[_Component] | None = None
    scale: list[_Component] | None = None
    source: list[_Component] | None = None
    target: list[_Component] | None = None
    steps: list[_Component] | None = None


class _Activity(_Part):
    objectType: Literal["Activity"] = "Activity"  # noqa: N815
    id: _Iri
    definition: _Definition | None = None


class _Reference(_Part):
    objectType: Literal["StatementRef"]  # noqa: N815
    id: _Uuid


class _Score(_Part):
    scaled: Annotated[float, Field(ge=-1, le=1)] | None = None
    raw: float | None = None
    min: float | None = None
    max: float | None = None


class _Result(_Part):
    score: _Score | None = None
    success: bool | None = None
    completion: bool | None = None
    response: str | None = None
    duration: _Length | None = None
    extensions: _Extensions | None = None


_OneOrMore = Annotated[
    Annotated[_Activity, Tag(_ALONE)] | Annotated[list[_Activity], Tag(_SEVERAL)],
    Discriminator(lambda value: _SEVERAL if isinstance(value, list) else _ALONE),
]


class _Activities(_Part):
    parent: _OneOrMore | None = None
    grouping: _OneOrMore | None = None
    category: _OneOrMore | None = None
    other: _OneOrMore | None = None


def _kind(otherwise: str) -> Discriminator:
    def told(value: Any) -> str:
        return str(value.get("objectType", otherwise)) if isinstance(value, dict) else otherwise

    return Discriminator(told)


_Actor = Annotated[
    Annotated[_Agent, Tag("Agent")] | Annotated[_Group, Tag("Group")], _kind("Agent")
]


class _Context(_Part):
    registration: _Uuid | None = None
    instructor: _Actor | None = None
    team: _Group | None = None
    contextActivities: _Activities | None = None  # noqa: N815
    revision: str | None = None
    platform: str | None = None
    language: _Tag | None = None
    statement: _Reference | None = None
    extensions: _Extensions | None = None


class _Attachment(_Part):
    usageType: _Iri  # noqa: N815
    display: _Words
    description: _Words | None = None
    contentType: str  # noqa: N815
    length: int
    sha2: str
    fileUrl: _Iri  # noqa: N815 - the file itself can't come with a line of text


class _Said(_Part):
    actor: _Actor
    verb: _Verb
    result: _Result | None = None
    context: _Context | None = None
    attachments: list[_Attachment] | None = None


class _SubStatement(_Said):
    objectType: Literal["SubStatement"]  # noqa: N815
    object: Annotated[
        Annotated[_Activity, Tag("Activity")]
        | Annotated[_Agent, Tag("Agent")]
        | Annotated[_Group, Tag("Group")]
        | Annotated[_Reference, Tag("StatementRef")],
        _kind("Activity"),
    ]
    timestamp: _Instant | None = None


class _Statement(_Said):
    id: _Uuid
    object: Annotated[
        Annotated[_Activity, Tag("Activity")]
        | Annotated[_Agent, Tag("Agent")]
        | Annotated[_Group, Tag("Group")]
        | Annotated[_Reference, Tag("StatementRef")]
        | Annotated[_SubStatement, Tag("SubStatement")],
        _kind("Activity"),
    ]
    timestamp: _Instant
    stored: _Instant | None = None
    authority: _Actor | None = None
    version: Annotated[str, StringConstraints(pattern=VERSION)] | None = None

    @model_validator(mode="after")
    def _about_activities(self) -> _Statement:
        if self.context and not isinstance(self.object, _Activity):
            for name in ("revision", "platform"):
                if getattr(self.context, name):
                    raise _misplaced("activity_only", "context", name)
        if self.verb.id == "http://adlnet.gov/expapi/verbs/voided" and not isinstance(
            self.object, _Reference
        ):
            raise _misplaced("voided", "object")
        return self


def _misplaced(kind: LiteralString, *where: str) -> PydanticCustomError:
    """What is wrong somewhere inside of what is checked."""
    return PydanticCustomError(kind, "misplaced", {"where": where})


def check(statement: object) -> None:
    """Raise pydantic's ValidationError where `statement` isn't one that an LRS takes.

    It must have an id and a timestamp, which the specification leaves to the LRS: without them
    the same statement would count twice.
    """
    _Statement.model_validate(statement)


def null(data: Any) -> tuple[str | int, ...]:
    """Where there is a null outside of extensions, which xAPI forbids (2.2); () if nowhere."""
    items = data.items() if isinstance(data, dict) else enumerate(data)
    for key, value in items:
        if value is None:
            return (key,)
        if isinstance(value, dict | list) and key != "extensions" and (hit := null(value)):
            return (key, *hit)
    return ()
