"""The names under which a capsule is tracked: activities, verbs, identifiers.

Content and tracking meet here only: packages, player and LRS use the same IRIs.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

NAMESPACE = "8c0f5c43-6f0b-5d0c-9f5e-0d3b1f1f7a10"
"""A UUID of this project's alone, from which all ids that must repeat are made."""

PROFILE = f"urn:uuid:{NAMESPACE}"
"""The xAPI profile of capsules (docs/profile.jsonld). A URN: it hangs on no centre and no site."""

PROFILE_VERSION = f"{PROFILE}#v1"
"""What statements of the profile name as a category (xAPI Profiles 1.0, part 2, section 5)."""

VIDEO = "https://w3id.org/xapi/video"
"""The video profile, and the start of its extensions."""

_BEGUN = hashlib.sha1(uuid.UUID(NAMESPACE).bytes, usedforsecurity=False)
_SIGN = "\x1f"  # between two parts
_VARIANT = {digit: "89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}


class Verb(StrEnum):
    """Verbs in use, from the ADL vocabulary, the video profile and the capsules' own."""

    ANSWERED = "http://adlnet.gov/expapi/verbs/answered"
    ATTENDED = "http://adlnet.gov/expapi/verbs/attended"
    COMPLETED = "http://adlnet.gov/expapi/verbs/completed"
    DISCUSSED = f"{PROFILE}#discussed"
    EXPERIENCED = "http://adlnet.gov/expapi/verbs/experienced"
    INITIALIZED = "http://adlnet.gov/expapi/verbs/initialized"
    PASSED = "http://adlnet.gov/expapi/verbs/passed"
    PAUSED = f"{VIDEO}/verbs/paused"
    PLAYED = f"{VIDEO}/verbs/played"
    SEEKED = f"{VIDEO}/verbs/seeked"
    TERMINATED = "http://adlnet.gov/expapi/verbs/terminated"
    VOIDED = "http://adlnet.gov/expapi/verbs/voided"


DISPLAYS: Mapping[Verb, Mapping[str, str]] = {
    Verb.ANSWERED: {"en": "answered", "fr": "a répondu à"},
    Verb.ATTENDED: {"en": "attended", "fr": "a participé à"},
    Verb.COMPLETED: {"en": "completed", "fr": "a terminé"},
    Verb.DISCUSSED: {"en": "discussed", "fr": "a échangé sur"},
    Verb.EXPERIENCED: {"en": "experienced", "fr": "a vu"},
    Verb.INITIALIZED: {"en": "initialized", "fr": "a ouvert"},
    Verb.PASSED: {"en": "passed", "fr": "a réussi"},
    Verb.PAUSED: {"en": "paused", "fr": "a mis en pause"},
    Verb.PLAYED: {"en": "played", "fr": "a lu"},
    Verb.SEEKED: {"en": "seeked", "fr": "s’est déplacé dans"},
    Verb.TERMINATED: {"en": "terminated", "fr": "a quitté"},
    Verb.VOIDED: {"en": "voided", "fr": "a annulé"},
}
"""What people read in an LRS, by language."""


class Kind(StrEnum):
    """Activity types in use."""

    CAPSULE = "http://adlnet.gov/expapi/activities/lesson"
    SESSION = "http://adlnet.gov/expapi/activities/meeting"
    COURSE = "http://adlnet.gov/expapi/activities/course"
    FILM = f"{VIDEO}/activity-type/video"
    MESSAGE = "http://adlnet.gov/expapi/activities/media"
    QUESTION = "http://adlnet.gov/expapi/activities/cmi.interaction"


@dataclass(frozen=True)
class Names:
    """The identifiers of one capsule, all made from its stable id and the tracking base.

    `base` is an absolute http(s) IRI without a trailing slash. Nothing here depends on a
    date or on chance: a new build of the same capsule keeps the learners' history.
    """

    base: str
    capsule: str

    @property
    def capsule_iri(self) -> str:
        """The IRI of the capsule itself."""
        return f"{self.base}/{self.capsule}"

    @property
    def package_iri(self) -> str:
        """The IRI of the cmi5 course whose one unit is the capsule; they must differ."""
        return f"{self.capsule_iri}/package"

    @property
    def film_iri(self) -> str:
        """The IRI of the film."""
        return f"{self.capsule_iri}/film"

    @property
    def message_iri(self) -> str:
        """The IRI of the message."""
        return f"{self.capsule_iri}/message"

    def question_iri(self, question: str) -> str:
        """The IRI of a question, by the id that it has in the plan."""
        return f"{self.capsule_iri}/{question}"

    def session_iri(self, session: str) -> str:
        """The IRI of a taught session in which the capsule was shown."""
        return f"{self.capsule_iri}/sessions/{identifier(session)}"

    def course_iri(self, course: str) -> str:
        """The IRI of a training course that the capsule opens."""
        return f"{self.base}/courses/{identifier(course)}"


def identifier(*parts: str) -> str:
    """A UUID (version 5) that depends on `parts` only, for ids that must repeat."""
    return _uuid(_BEGUN, _SIGN.join(parts))


def identifying(before: str, *after: str) -> Callable[[str], str]:
    """`identifier(before, part, *after)` as a function of `part`, for many of them."""
    begun = _BEGUN.copy()
    begun.update(f"{before}{_SIGN}".encode())
    tail = _SIGN.join(("", *after))
    return lambda part: _uuid(begun, part + tail)


def _uuid(begun: Any, rest: str) -> str:
    """As `uuid.uuid5` makes it in three times as long (RFC 9562, section 5.5)."""
    sha1 = begun.copy()
    sha1.update(rest.encode())
    text = sha1.hexdigest()
    return f"{text[:8]}-{text[8:12]}-5{text[13:16]}-{_VARIANT[text[16]]}{text[17:20]}-{text[20:32]}"
