"""What goes into the store and comes out of it, as plain values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from capsule.tracking.events import Presence
from capsule.tracking.forms import Form


@dataclass
class Session:
    """A session: its registration, its name, its local start (ISO 8601), centre and course."""

    registration: str
    name: str
    start: str
    centre: str
    course: str


@dataclass(eq=False)
class Saying:
    """What lines say in common of people in one session; `minutes` count for a partial presence.

    `forms` are those of the statements that follow from it. `told` is the presence as the store
    has it, and the minutes; `said`, what makes two lines about one person agree.
    """

    session: Session
    presence: Presence
    minutes: int | None
    forms: Sequence[Form]
    told: tuple[str, int | None] = field(init=False)
    said: tuple[str, int | None] = field(init=False)

    def __post_init__(self) -> None:
        self.told = (str(self.presence), self.minutes)
        self.said = said(*self.told)


@dataclass
class Rows:
    """Good lines of a list, by columns: what they say, of which people (pseudonyms), in which line.

    `told` is what stands for the people in statements, empty where that is the pseudonyms.
    """

    sayings: list[Saying] = field(default_factory=list)
    people: list[str] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    told: list[str] = field(default_factory=list)


def said(presence: str, minutes: int | None) -> tuple[str, int | None]:
    """`presence`, with the minutes where they count."""
    return str(presence), minutes if presence == Presence.PARTIAL else None


@dataclass(frozen=True)
class Contradiction:
    """A line that says of a person in a session something else than a line of the same import.

    `said` and `other` are presences with their minutes. Neither line goes in. `row` is the index
    of its row, unless it was given in an earlier call.
    """

    path: Path
    line: int
    said: tuple[str, int | None]
    other: tuple[str, int | None]
    row: int | None = None


class Entered(NamedTuple):
    """Whether each row is new, as an addition or a correction; the lines that contradict others.

    None for a row that the same import has said before.
    """

    new: Sequence[bool | None]
    contradictions: Sequence[Contradiction]


@dataclass
class Tally:
    """What became of the good rows of a file.

    `added` are new; `known` say what was said already; `corrected` replace what was said;
    `outdated` say what a later list has corrected since, and change nothing.
    """

    added: int = 0
    known: int = 0
    corrected: int = 0
    outdated: int = 0


@dataclass(frozen=True)
class Queued:
    """A statement that a sender has claimed: its id, its JSON, how often it was claimed."""

    id: str
    body: bytes
    claims: int = field(default=1, compare=False)


@dataclass(frozen=True)
class Sent:
    """A statement that the LRS took: its place in the store, its JSON, its origin (file:line)."""

    position: int
    id: str
    body: bytes
    origin: str


@dataclass(frozen=True)
class Refused:
    """A statement that the LRS refused, where it came from (file:line), and the LRS's words."""

    id: str
    origin: str
    reason: str


@dataclass(frozen=True)
class Counts:
    """How many statements are in each state."""

    waiting: int = 0
    claimed: int = 0
    sent: int = 0
    refused: int = 0
    withdrawn: int = 0


@dataclass(frozen=True)
class SessionFigures:
    """One session: `expected` people, those `present` (partly or not), those who `completed`."""

    session: str
    expected: int
    present: int
    completed: int


class SessionRow(NamedTuple):
    """A session as the store numbers it; `start` is local, ISO 8601."""

    number: int
    name: str
    start: str
    centre: str
    course: str


class Attended(NamedTuple):
    """What holds of a person, a pseudonym, in the session of that number."""

    session: int
    person: str
    presence: str
    minutes: int | None


class Remains(NamedTuple):
    """What remains of the session of that number once its people are purged: how many they were.

    `present` counts those who were there partly, too; `completed` are among them.
    """

    session: int
    expected: int
    present: int
    completed: int


class Placed(NamedTuple):
    """What holds of a person in a session, and the file and line that say it, where known."""

    person: str
    presence: str
    minutes: int | None
    name: str
    start: str
    centre: str
    course: str
    file: str | None
    line: int | None


class Played(NamedTuple):
    """A completion in an LMS: the statement's id, a pseudonym, its UTC time, how many seconds."""

    id: str
    person: str
    at: str
    seconds: float | None


@dataclass(frozen=True)
class Erased:
    """What was removed: lines about people, statements that never left, those that had left.

    Those of a person who is forgotten are `voided` by the next sending, unless they were before;
    where a session is past keeping they stay in the LRS, and only what is here goes. `sessions`
    are those that lost lines.
    """

    sessions: int = 0
    lines: int = 0
    withdrawn: int = 0
    left: int = 0
    voided: int = 0


@dataclass(frozen=True)
class Held:
    """What the store holds about people. Days are ISO 8601, "" where there is none.

    `first` and `last` are the days of the `sessions` whose attendance is kept, `purged` the day
    before which none is. `people` are pseudonyms; `minutes`, whether lists gave any; `played`, the
    completions in an LMS.
    """

    first: str
    last: str
    sessions: int
    people: int
    minutes: bool
    forgotten: int
    purged: str
    played: int = 0


@dataclass(frozen=True)
class ImportedFile:
    """A file of an import: SHA-256 in hexadecimal (None if not known), rows read, what they did."""

    name: str
    sha256: str | None
    rows: int
    added: int
    corrected: int


@dataclass(frozen=True)
class Entry:
    """An entry of the journal; times are UTC, ISO 8601.

    `kind` is import, void, undo, forget, purge or key. `reason` is why something was voided, which
    entry was undone, or the day before which was purged; `undone` is when this one was undone.
    `statements` are those that it queued, of which `left` have been with a sender.
    """

    id: int
    at: str
    kind: str
    reason: str | None
    undone: str | None
    files: Sequence[ImportedFile]
    statements: int
    left: int
