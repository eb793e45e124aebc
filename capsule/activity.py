"""The names under which a capsule is tracked: activities, verbs, identifiers.

Content and tracking meet here only: packages, player and LRS use the same IRIs.
"""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from enum import StrEnum

_NAMESPACE = uuid.UUID("8c0f5c43-6f0b-5d0c-9f5e-0d3b1f1f7a10").bytes


class Verb(StrEnum):
    """Verbs in use, from the ADL vocabulary."""

    ATTENDED = "http://adlnet.gov/expapi/verbs/attended"
    COMPLETED = "http://adlnet.gov/expapi/verbs/completed"
    PASSED = "http://adlnet.gov/expapi/verbs/passed"
    VOIDED = "http://adlnet.gov/expapi/verbs/voided"


class Kind(StrEnum):
    """Activity types in use."""

    CAPSULE = "http://adlnet.gov/expapi/activities/lesson"
    SESSION = "http://adlnet.gov/expapi/activities/meeting"
    COURSE = "http://adlnet.gov/expapi/activities/course"


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

    def session_iri(self, session: str) -> str:
        """The IRI of a taught session in which the capsule was shown."""
        return f"{self.capsule_iri}/sessions/{identifier(session)}"

    def course_iri(self, course: str) -> str:
        """The IRI of a training course that the capsule opens."""
        return f"{self.base}/courses/{identifier(course)}"


def identifier(*parts: str) -> str:
    """A UUID (version 5) that depends on `parts` only, for ids that must repeat."""
    digest = hashlib.sha1(_NAMESPACE + "\x1f".join(parts).encode(), usedforsecurity=False)
    text = digest.hexdigest()
    variant = "89ab"[int(text[16], 16) & 3]  # `uuid.uuid5` takes three times as long
    return f"{text[:8]}-{text[8:12]}-5{text[13:16]}-{variant}{text[17:20]}-{text[20:32]}"
