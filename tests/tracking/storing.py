"""What tests of the store put into it, and what an LRS should be told of that."""

from datetime import UTC, datetime
from pathlib import Path

from capsule.activity import Names
from capsule.tracking import statements
from capsule.tracking.attendance import Line
from capsule.tracking.entering import Entering
from capsule.tracking.events import Event, Presence
from capsule.tracking.keys import Key
from capsule.tracking.outbox import Outbox
from capsule.tracking.privacy import Pseudonyms, Ring
from capsule.tracking.sparing import Sparing

IRI = "https://formation.example/capsules/essai"
SUBJECT = statements.Subject(Names(*IRI.rsplit("/", 1)), "Essai", "fr", 600)
KEY = Key(b"k" * 32)
NAMES = Pseudonyms(KEY)
SPARING = Sparing(Ring([KEY]))
NOW = datetime(2025, 6, 1, tzinfo=UTC)


def event(
    person: str, presence: Presence = Presence.PRESENT, minutes: int | None = None, line: int = 2
) -> Event:
    start = datetime(2025, 3, 10, 9, tzinfo=UTC)
    return Event("S1", start, person, presence, minutes, "", "", "", Path("list.csv"), line)


def enter(
    box: Outbox, *events: Event, path: str = "list.csv", sparing: Sparing = SPARING
) -> list[str]:
    """Import events; return the problems."""
    with box.journal("import", NOW) as ledger:
        ledger.bind("check", IRI)
        ledger.open_file(Path(path), "0" * 64)
        lines = [Line(one, one.person, one.line) for one in events]
        told = Entering(ledger, sparing, SUBJECT).enter(lines)
        return [str(problem) for _line, problems, _new in told for problem in problems]


def carry(box: Outbox, *ids: str, body: bytes = b'{"id": "other"}') -> None:
    with box.journal("import", NOW) as ledger:
        ledger.bind("check", IRI)
        ledger.open_file(Path("all.ndjson"), "0" * 64)
        ledger.carry([(key, body, line) for line, key in enumerate(ids, 1)])


def bodies(*events: Event, attempt: int = 1) -> list[bytes]:
    """What an LRS should be told."""
    return [
        statements.encode(one)
        for each in events
        for one in statements.of_event(NAMES.hide(each), SUBJECT, attempt)
    ]
