"""The store: attendance for the report, statements on their way to the LRS, and the journal.

It is one SQLite file of the capsule's, shared safely by several processes, or a schema of a
PostgreSQL database, shared by several machines. It holds pseudonyms only, which its own rules
check. The bytes of a statement are settled when it enters and never change.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from gettext import gettext as _
from pathlib import Path

from capsule.errors import CapsuleError
from capsule.tracking.outbox import migrations
from capsule.tracking.outbox.database import connected
from capsule.tracking.outbox.facts import Facts
from capsule.tracking.outbox.ledger import Ledger
from capsule.tracking.outbox.place import Place, find, in_file
from capsule.tracking.outbox.records import (
    Attended,
    Contradiction,
    Counts,
    Entry,
    Erased,
    Held,
    ImportedFile,
    Placed,
    Played,
    Queued,
    Refused,
    Remains,
    Rows,
    Saying,
    Sent,
    Session,
    SessionFigures,
    SessionRow,
    Tally,
)
from capsule.tracking.outbox.store import Outbox
from capsule.tracking.outbox.writer import CHUNK

__all__ = [
    "CHUNK",
    "Attended",
    "Contradiction",
    "Counts",
    "Entry",
    "Erased",
    "Facts",
    "Held",
    "ImportedFile",
    "Ledger",
    "Outbox",
    "Place",
    "Placed",
    "Played",
    "Queued",
    "Refused",
    "Remains",
    "Rows",
    "Saying",
    "Sent",
    "Session",
    "SessionFigures",
    "SessionRow",
    "Tally",
    "find",
    "in_file",
    "opened",
    "sole_sender",
]


@contextmanager
def opened(
    place: Place, *, make: bool = True, clock: Callable[[], float] = time.time
) -> Iterator[Outbox]:
    """The store at `place`, made or brought up to date if need be.

    Unless it may `make` one, an empty one that isn't kept stands in for what isn't there.
    `clock` gives seconds since 1970.

    Raises CapsuleError when there is something else, or the store of a newer version, or it
    can't be used; UnavailableError when the server can't be reached.
    """
    if not (make or place.shared or place.file.exists()):
        place = in_file(None)
    with place.explained(), connected(place) as database:
        if make or not place.shared or migrations.exists(database, place.schema):
            at = datetime.fromtimestamp(clock(), UTC).isoformat(timespec="seconds")
            migrations.prepare(database, place.schema, at)
            yield Outbox(database, clock)
            return
    with opened(in_file(None), clock=clock) as empty:
        yield empty


@contextmanager
def sole_sender(lock_file: Path) -> Iterator[None]:
    """Keep a second sender out until the block ends; a killed process leaves no lock behind.

    It serves a store in a file, where waiting for a killed sender's lease would help nobody.
    Raises CapsuleError when another process is sending.
    """
    with closing(sqlite3.connect(lock_file, timeout=0, isolation_level=None)) as lock:
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise CapsuleError(
                    _("the store of the statements can't be used: %(reason)s") % {"reason": error}
                ) from error
            raise CapsuleError(_("another process is sending these statements already")) from None
        yield
