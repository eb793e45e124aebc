"""The tables of the store, version 3, for SQLite and PostgreSQL alike.

    entry ─┬─ file                      the journal: what was imported or voided, when, from where
           ├─ attendance ─ session      what is said of a person in a session, one row per attempt
           ├─ statement ─ wording       what the LRS is told
           └─ forgotten                 who must not come back
    session ─ tally                     what remains of a session whose attendance was purged
    played                              who completed the capsule in an LMS, from the LRS
    past                                how many did in a month, of whom nothing else remains
    pulled                              up to when that was brought

People are here under pseudonyms only, which the tables check themselves. The bytes of a statement
never change: they are a `wording` with the holes of `statements.Form` filled, so that a session's
hundred statements share theirs, or a `body` of their own. A statement whose person was forgotten,
or whose session is past keeping, has an empty body: it counts as sent, and says nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from sqlalchemy import (
    DDL,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    event,
)

from capsule.tracking.events import Presence

VERSION = 3


class State(StrEnum):
    """Where a statement is on its way."""

    WAITING = "waiting"
    CLAIMED = "claimed"  # a sender has it, until its lease ends
    SENT = "sent"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"  # what it said was corrected before it left


class Standing(StrEnum):
    """Whether what was said of a person in a session still counts."""

    CURRENT = "current"
    REPLACED = "replaced"
    UNDONE = "undone"


REMOVED = "removed"
"""What a voiding says in place of a presence: the person was never in that list."""

metadata = MetaData()


def _one_of(column: str, values: Iterable[str]) -> CheckConstraint:
    """That a column has one of these; SQLite would make a table of `IN` for each row."""
    return CheckConstraint(" OR ".join(f"{column} = '{value}'" for value in values))


_HEX = "length({0}) = 64 AND trim({0}, '0123456789abcdef') = ''"

_KINDS = ("import", "void", "undo", "forget", "purge", "key")

owner = Table(
    "owner",
    metadata,
    Column("id", Integer, CheckConstraint("id = 1"), primary_key=True, autoincrement=False),
    Column("key_check", Text, nullable=False),
    Column("capsule", Text, nullable=False),
)

entry = Table(
    "entry",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("at", Text, nullable=False),
    Column("kind", Text, _one_of("kind", _KINDS), nullable=False),
    Column("reason", Text),
    Column("undone", Text),
)

file = Table(
    "file",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("entry", ForeignKey("entry.id"), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("sha256", Text, CheckConstraint(_HEX.format("sha256"))),
    Column("rows", Integer, nullable=False),
    Column("added", Integer, nullable=False),
    Column("corrected", Integer, nullable=False),
)

session = Table(
    "session",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("registration", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("start", Text, nullable=False),
    Column("centre", Text, nullable=False),
    Column("course", Text, nullable=False),
)

attendance = Table(
    "attendance",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("session", ForeignKey("session.id"), nullable=False),
    Column("person", Text, CheckConstraint(_HEX.format("person")), nullable=False),
    Column("attempt", Integer, CheckConstraint("attempt > 0"), nullable=False),
    Column(
        "presence",
        Text,
        _one_of("presence", (*Presence, REMOVED)),
        nullable=False,
    ),
    Column("minutes", Integer, CheckConstraint("minutes > 0")),
    Column("standing", Text, _one_of("standing", Standing), nullable=False),
    Column("entry", ForeignKey("entry.id"), nullable=False),
    Column("heard", Integer, nullable=False),  # the last entry that said the same
    Column("file", ForeignKey("file.id")),
    Column("line", Integer),
    UniqueConstraint("session", "person", "attempt"),
)

forgotten = Table(
    "forgotten",
    metadata,
    Column("mark", Text, CheckConstraint(_HEX.format("mark")), primary_key=True),
    Column("salt", Text, nullable=False),  # one in a store
    Column("entry", ForeignKey("entry.id"), nullable=False),
    Column("statements", Integer, nullable=False),
)

tally = Table(
    "tally",
    metadata,
    Column("session", ForeignKey("session.id"), primary_key=True, autoincrement=False),
    Column("expected", Integer, nullable=False),
    Column("present", Integer, nullable=False),
    Column("completed", Integer, nullable=False),
)

wording = Table(
    "wording",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("digest", Text, CheckConstraint(_HEX.format("digest")), nullable=False, unique=True),
    Column("text", LargeBinary, nullable=False),
)

statement = Table(
    "statement",
    metadata,
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("id", Text, nullable=False, unique=True),
    Column("wording", ForeignKey("wording.id")),
    Column("body", LargeBinary),
    Column("attendance", ForeignKey("attendance.id"), index=True),
    Column("entry", ForeignKey("entry.id"), nullable=False),
    Column("file", ForeignKey("file.id")),
    Column("line", Integer),
    Column("voids", Text),  # the id of the statement that this one voids
    Column("state", Text, _one_of("state", State), nullable=False),
    Column("claims", Integer, CheckConstraint("claims >= 0"), nullable=False),
    Column("claimant", Text),
    Column("until", Float),  # seconds since 1970
    Column("reason", Text),
    Column("withdrawn_by", ForeignKey("entry.id")),
    CheckConstraint("(wording IS NULL) <> (body IS NULL)"),
    CheckConstraint("wording IS NULL OR attendance IS NOT NULL"),
    CheckConstraint("(state = 'claimed') = (claimant IS NOT NULL)"),
    CheckConstraint("(state = 'claimed') = (until IS NOT NULL)"),
    CheckConstraint("(state = 'refused') = (reason IS NOT NULL)"),
    CheckConstraint("(state = 'withdrawn') = (withdrawn_by IS NOT NULL)"),
    CheckConstraint("state NOT IN ('claimed', 'sent') OR claims > 0"),
)
Index("statement_state", statement.c.state, statement.c.position)
event.listen(  # an Index with `postgresql_where` has all of that dialect imported, which is slow
    statement,
    "after_create",
    DDL(  # type: ignore[no-untyped-call]
        "CREATE UNIQUE INDEX statement_voids ON %(fullname)s (voids) WHERE voids IS NOT NULL"
    ),
)

played = Table(
    "played",
    metadata,
    Column("id", Text, primary_key=True),
    Column("person", Text, CheckConstraint(_HEX.format("person")), nullable=False),
    Column("at", Text, nullable=False),
    Column("seconds", Float),
)

past = Table(
    "past",
    metadata,
    Column("month", Text, primary_key=True),
    Column("people", Integer, CheckConstraint("people > 0"), nullable=False),
)

pulled = Table(
    "pulled",
    metadata,
    Column("lrs", Text, primary_key=True),
    Column("until", Text, nullable=False),
)
