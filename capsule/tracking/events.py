"""What an attendance list says: somebody was, or was not, at a session."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path


class Presence(StrEnum):
    """What the list says of a person."""

    PRESENT = "present"
    PARTIAL = "partial"
    ABSENT = "absent"


@dataclass(frozen=True)
class Event:
    """One line of an attendance list.

    `start` is aware, in the centre's time zone. `person` is an identifier or an e-mail address as
    the list has it, in lower case, until `privacy.Pseudonyms.hide` replaces it; so is `trainer`.
    `minutes` is how long the person was there, where the list says so. `path` and `line` are
    where it was read.
    """

    session: str
    start: datetime
    person: str
    presence: Presence
    minutes: int | None
    centre: str
    course: str
    trainer: str
    path: Path
    line: int

    @property
    def day(self) -> date:
        """The local day of the session."""
        return self.start.date()

    @property
    def session_key(self) -> str:
        """What tells sessions apart: their name, whatever its case and spaces, and their day."""
        return f"{squeezed(self.session).casefold()} {self.day.isoformat()}"


def squeezed(text: str) -> str:
    """`text` in its compatible form (NFKC), with single spaces and none at the ends."""
    return " ".join(unicodedata.normalize("NFKC", text).split())
