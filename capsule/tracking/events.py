"""What an attendance list says: somebody was, or was not, at a session."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple


class Presence(StrEnum):
    """What the list says of a person."""

    PRESENT = "present"
    PARTIAL = "partial"
    ABSENT = "absent"

    __hash__ = str.__hash__  # an enumeration's own is slow


class Event(NamedTuple):
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
    def saying(self) -> tuple[object, ...]:
        """What the line has in common with others of its session that say the same."""
        return self[:2] + self[3:8]

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
    return " ".join((text if text.isascii() else unicodedata.normalize("NFKC", text)).split())
