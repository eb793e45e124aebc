"""The names under which a capsule is tracked: activities, verbs, identifiers.

Content and tracking meet here only: packages, player and LRS use the same IRIs.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from enum import StrEnum

_NAMESPACE = uuid.UUID("8c0f5c43-6f0b-5d0c-9f5e-0d3b1f1f7a10")


class Verb(StrEnum):
    """Verbs in use, from the ADL vocabulary."""

    ATTENDED = "http://adlnet.gov/expapi/verbs/attended"
    COMPLETED = "http://adlnet.gov/expapi/verbs/completed"


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
    return str(uuid.uuid5(_NAMESPACE, "\x1f".join(parts)))
