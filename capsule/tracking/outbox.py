"""The local store: attendance for the report, statements on their way to the LRS.

One SQLite file, shared safely by several processes. It holds pseudonyms only, which its own
rules check. The bytes of a statement are settled when it enters and never change.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from gettext import gettext as _
from pathlib import Path

from capsule.errors import CapsuleError
from capsule.tracking.events import Event, Presence

_BUSY = 60.0  # seconds to wait while another process writes

_MIGRATIONS = (
    """
    CREATE TABLE owner (key_check TEXT NOT NULL, capsule TEXT NOT NULL);
    CREATE TABLE session (
        registration TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        start TEXT NOT NULL,
        centre TEXT NOT NULL,
        course TEXT NOT NULL
    );
    CREATE TABLE attendance (
        session TEXT NOT NULL REFERENCES session,
        person TEXT NOT NULL CHECK (length(person) = 64 AND person NOT GLOB '*[^0-9a-f]*'),
        presence TEXT NOT NULL CHECK (presence IN ('present', 'partial', 'absent')),
        minutes INTEGER CHECK (minutes > 0),
        PRIMARY KEY (session, person)
    ) WITHOUT ROWID;
    CREATE TABLE statement (
        position INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        body BLOB NOT NULL,
        origin TEXT NOT NULL,
        state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sent', 'refused')),
        reason TEXT,
        CHECK ((state = 'refused') = (reason IS NOT NULL))
    );
    CREATE INDEX statement_state ON statement (state, position);
    """,
)


@dataclass(frozen=True)
class Known:
    """What was imported of a person in a session."""

    presence: Presence
    minutes: int | None

    def agrees(self, event: Event) -> bool:
        """Whether `event` says the same; minutes count for a partial presence only."""
        partial = self.presence is Presence.PARTIAL
        return self.presence is event.presence and (not partial or self.minutes == event.minutes)


@dataclass(frozen=True)
class Queued:
    """A statement that waits: its id and its JSON."""

    id: str
    body: bytes


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
    sent: int = 0
    refused: int = 0


@dataclass(frozen=True)
class SessionFigures:
    """One session: `expected` people, those `present` (partly or not), those who `completed`."""

    session: str
    start: str
    centre: str
    course: str
    expected: int
    present: int
    completed: int


class Outbox:
    """The store behind an open connection; `opened` gives one."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._db = database

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All that is written inside is kept whole, or not at all."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    @property
    def bound(self) -> bool:
        """Whether the store is tied to a key."""
        return self._db.execute("SELECT 1 FROM owner").fetchone() is not None

    def bind(self, key_check: str, capsule: str) -> None:
        """Tie the store to the key of its pseudonyms and to the capsule's IRI.

        Under another key or another IRI everybody would be counted again: raises CapsuleError.
        """
        known = self._db.execute("SELECT key_check, capsule FROM owner").fetchone()
        if known is None:
            self._db.execute("INSERT INTO owner VALUES (?, ?)", (key_check, capsule))
            return
        if known[0] != key_check:
            raise CapsuleError(
                _(
                    "this is not the key that the first lists were imported with:"
                    " restore the file .capsule/key from a backup"
                )
            )
        if known[1] != capsule:
            raise CapsuleError(
                _(
                    "the first lists were imported for %(before)s, and this is %(now)s:"
                    " put the former id and tracking base back in capsule.yaml,"
                    " or move the folder .capsule away to begin again"
                )
                % {"before": known[1], "now": capsule}
            )

    def add(self, event: Event, registration: str) -> Known | None:
        """Keep `event`, its people under pseudonyms, unless that person is known there already.

        Returns what is known and stays; None when the event was new.
        """
        found = self._db.execute(
            "SELECT presence, minutes FROM attendance WHERE session = ? AND person = ?",
            (registration, event.person),
        ).fetchone()
        if found:
            return Known(Presence(found[0]), found[1])
        self._db.execute(
            "INSERT INTO session VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (
                registration,
                event.session,
                event.start.isoformat(timespec="minutes"),
                event.centre,
                event.course,
            ),
        )
        self._db.execute(
            "INSERT INTO attendance VALUES (?, ?, ?, ?)",
            (registration, event.person, event.presence, event.minutes),
        )
        return None

    def queue(self, statement_id: str, body: bytes, origin: str) -> None:
        """Let a statement wait for the LRS; one that is known already stays as it is."""
        self._db.execute(
            "INSERT INTO statement (id, body, origin) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            (statement_id, body, origin),
        )

    def waiting(self, limit: int) -> list[Queued]:
        """The `limit` statements that have waited longest."""
        rows = self._db.execute(
            "SELECT id, body FROM statement WHERE state = 'waiting' ORDER BY position LIMIT ?",
            (limit,),
        )
        return [Queued(*row) for row in rows]

    def settle(self, sent: Iterable[str], refused: Mapping[str, str]) -> None:
        """Note what the LRS has (ids) and what it refused (id → its words)."""
        with self.transaction():
            self._db.executemany(
                "UPDATE statement SET state = 'sent', reason = NULL WHERE id = ?",
                ((key,) for key in sent),
            )
            self._db.executemany(
                "UPDATE statement SET state = 'refused', reason = ? WHERE id = ?",
                ((reason, key) for key, reason in refused.items()),
            )

    def retry_refused(self) -> None:
        """Let the refused statements wait again."""
        with self.transaction():
            self._db.execute(
                "UPDATE statement SET state = 'waiting', reason = NULL WHERE state = 'refused'"
            )

    def counts(self) -> Counts:
        """How many statements wait, were sent, were refused."""
        return Counts(
            **dict(self._db.execute("SELECT state, count(*) FROM statement GROUP BY state"))
        )

    def refused(self) -> list[Refused]:
        """The refused statements, in the order in which they came."""
        rows = self._db.execute(
            "SELECT id, origin, reason FROM statement WHERE state = 'refused' ORDER BY position"
        )
        return [Refused(*row) for row in rows]

    def bodies(self) -> Iterator[bytes]:
        """The JSON of every statement, in the order in which they came."""
        for (body,) in self._db.execute("SELECT body FROM statement ORDER BY position"):
            yield body

    def sessions(self) -> list[SessionFigures]:
        """Every session with its figures, the oldest first."""
        rows = self._db.execute(
            "SELECT name, start, centre, course, count(*), sum(presence <> 'absent'),"
            " sum(presence = 'present') FROM session JOIN attendance"
            " ON session.registration = attendance.session"
            " GROUP BY registration ORDER BY start, name, registration"
        )
        return [SessionFigures(*row) for row in rows]


@contextmanager
def opened(file: Path | None) -> Iterator[Outbox]:
    """The store of `file`, made if need be; without a file, an empty one that isn't kept.

    Raises CapsuleError when the file is no store, or made by a newer version, or can't be used.
    """
    with _explained():
        database = sqlite3.connect(file or ":memory:", timeout=_BUSY, isolation_level=None)
        with closing(database):
            _prepare(database)
            yield Outbox(database)


@contextmanager
def sole_sender(lock_file: Path) -> Iterator[None]:
    """Keep a second sender out until the block ends; a killed process leaves no lock behind.

    Two senders at once would post the same statements side by side, which some LRSs then store
    twice. Raises CapsuleError when another process is sending.
    """
    with _explained(), closing(sqlite3.connect(lock_file, timeout=0, isolation_level=None)) as lock:
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise
            raise CapsuleError(_("another process is sending these statements already")) from None
        yield


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise CapsuleError(
            _("the store of the statements can't be used: %(reason)s") % {"reason": error}
        ) from error


def _prepare(database: sqlite3.Connection) -> None:
    database.execute("PRAGMA foreign_keys = ON")
    _write_ahead(database)
    box = Outbox(database)
    with box.transaction():
        (version,) = database.execute("PRAGMA user_version").fetchone()
        if version > len(_MIGRATIONS):
            raise CapsuleError(_("this capsule's store was made by a newer version of the tool"))
        for script in _MIGRATIONS[version:]:
            for command in script.split(";"):
                database.execute(command)
        database.execute(f"PRAGMA user_version = {len(_MIGRATIONS)}")


def _write_ahead(database: sqlite3.Connection) -> None:
    """Set WAL, waiting like any writer: SQLite itself gives up at once when two set it together."""
    until = time.monotonic() + _BUSY
    while True:
        try:
            database.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.01)
        else:
            return
