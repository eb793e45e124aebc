"""How what is said of people enters the store, is replaced, and comes back.

Each statement in the store follows from one version: an attempt to say what a person did in a
session. A version that is replaced takes its statements back: one that never was with a sender is
withdrawn, and any other is voided by a further statement.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table, bindparam, delete, func, insert, select, tuple_, update

from capsule.tracking import statements
from capsule.tracking.outbox import queries
from capsule.tracking.outbox.schema import Standing, State, attendance, statement, wording
from capsule.tracking.statements import Form

CHUNK = 5_000  # rows that are looked up, and written, at once
_KEYS = 2_000  # values in one condition
_KNOWN_WORDINGS = 20_000

Key = tuple[int, str]
"""A session and a person, as a pseudonym."""


class Version(NamedTuple):
    """What is newly said of a person in a session, and the id of the version that it replaces."""

    key: Key
    attempt: int
    presence: str
    minutes: int | None
    file: int | None
    line: int | None
    replaces: int | None
    forms: Sequence[Form]


class Told(NamedTuple):
    """A statement to queue: in a wording, about somebody's attendance, or a body of its own."""

    id: str
    wording: int | None = None
    body: bytes | None = None
    attendance: int | None = None
    file: int | None = None
    line: int | None = None
    voids: str | None = None


class Writer:
    """Writes for one entry of the journal. `base` is the tracking base of the capsule."""

    def __init__(self, db: Connection, number: int, base: str) -> None:
        self.db = db
        self.number = number
        self._base = base
        self._last: dict[str, int] = {}
        self._wordings: dict[bytes, int] = {}
        self._loose: bool | None = None

    def fresh(self, table: Table, count: int = 1) -> int:
        """The first of `count` new numbers for rows of `table`; nobody else makes any now."""
        if table.name not in self._last:
            (column,) = table.primary_key.columns
            self._last[table.name] = self.db.execute(select(func.max(column))).scalar() or 0
        self._last[table.name] += count
        return self._last[table.name] - count + 1

    def write(self, versions: Sequence[Version]) -> None:
        """Say what `versions` say, in place of those that they replace."""
        self.retire([version.replaces for version in versions if version.replaces])
        if not versions:
            return
        numbers = range(first := self.fresh(attendance, len(versions)), first + len(versions))
        by = (self.number, self.number)
        rows = [
            (number, *v.key, v.attempt, v.presence, v.minutes, "current", *by, v.file, v.line)
            for number, v in zip(numbers, versions, strict=True)
        ]
        queries.put(self.db, attendance, rows)
        self._word({form.text for version in versions for form in version.forms})
        words = self._wordings
        self.queue(
            [
                Told(form.id(v.key[1], v.attempt), words[form.text], None, number, v.file, v.line)
                for number, v in zip(numbers, versions, strict=True)
                for form in v.forms
            ]
        )

    def queue(self, told: Sequence[Told], number: int | None = None) -> None:
        """Let statements wait, for the entry `number` instead of this one if it is given."""
        told = self._adopt(told)
        first = self.fresh(statement, len(told))
        entered = number or self.number
        waiting = ("waiting", 0, None, None, None, None)
        rows = [
            (position, *one[:4], entered, *one[4:], *waiting)
            for position, one in enumerate(told, first)
        ]
        queries.put(self.db, statement, rows)

    def _adopt(self, told: Sequence[Told]) -> Sequence[Told]:
        """Leave out what came before from no list, and tie it to the list that says it now."""
        if self._loose is None:
            loose = select(statement.c.id).where(statement.c.attendance.is_(None))
            found = loose.where(statement.c.voids.is_(None)).limit(1)
            self._loose = self.db.execute(found).first() is not None
        if not self._loose:
            return told
        known: set[str] = set()
        for some in queries.chunks([one.id for one in told], _KEYS):
            asked = select(statement.c.id).where(statement.c.id.in_(some))
            known.update(self.db.execute(asked).scalars())
        tied = [one for one in told if one.id in known and one.attendance]
        if tied:
            self.db.execute(
                update(statement)
                .where(statement.c.id == bindparam("key"), statement.c.attendance.is_(None))
                .values(attendance=bindparam("by")),
                [{"key": one.id, "by": one.attendance} for one in tied],
            )
        return [one for one in told if one.id not in known]

    def retire(self, versions: Sequence[int]) -> None:
        """Take back what these versions said; others take their place."""
        for some in queries.chunks(versions, _KEYS):
            self.db.execute(
                update(attendance)
                .where(attendance.c.id.in_(some))
                .values(standing=Standing.REPLACED)
            )
            asked = queries.statements().where(statement.c.attendance.in_(some))
            asked = asked.order_by(statement.c.position).with_for_update(of=statement)
            self.take_back(self.db.execute(asked).all())

    def take_back(self, rows: Sequence[Any]) -> None:
        """Withdraw statements, given as rows of `queries.statements`, or void those that left."""
        kept = [row for row in rows if not row.has_left and row.state != State.WITHDRAWN]
        for some in queries.chunks([row.position for row in kept], _KEYS):
            self.db.execute(
                update(statement)
                .where(statement.c.position.in_(some))
                .values(state=State.WITHDRAWN, reason=None, withdrawn_by=self.number)
            )
        self.void([row for row in rows if row.has_left])

    def void(self, rows: Sequence[Any]) -> None:
        """Void statements that left, unless a void of theirs is there already."""
        done = self._voided([row.id for row in rows])
        voids = [
            statements.voiding(json.loads(queries.body(row)), self._base)
            for row in rows
            if row.id not in done
        ]
        self.queue(
            [
                Told(void["id"], body=statements.encode(void), voids=void["object"]["id"])
                for void in voids
            ]
        )

    def versions(self, keys: Sequence[Key]) -> dict[Key, list[Any]]:
        """All that was ever said of these people in these sessions, in its order."""
        found: dict[Key, list[Any]] = {}
        which = tuple_(attendance.c.session, attendance.c.person)
        for some in queries.chunks(keys, _KEYS):
            asked = select(attendance).where(which.in_(some)).order_by(attendance.c.attempt)
            for row in self.db.execute(asked):
                found.setdefault((row.session, row.person), []).append(row)
        return found

    def delete(self, rows: Sequence[Any]) -> None:
        """Delete statements that never left, and the voids that they would have had."""
        for some in queries.chunks([row.id for row in rows], _KEYS):
            self.db.execute(delete(statement).where(statement.c.voids.in_(some)))
            self.db.execute(delete(statement).where(statement.c.id.in_(some)))

    def _voided(self, ids: Sequence[str]) -> set[str]:
        done: set[str] = set()
        for some in queries.chunks(ids, _KEYS):
            asked = select(statement.c.voids).where(statement.c.voids.in_(some))
            done.update(self.db.execute(asked).scalars())
        return done

    def _word(self, texts: set[bytes]) -> None:
        """Know the number of each wording, a new one if need be."""
        if len(self._wordings) > _KNOWN_WORDINGS:
            self._wordings.clear()
        unknown = sorted(texts - self._wordings.keys())
        digests = {hashlib.sha256(text).hexdigest(): text for text in unknown}
        for some in queries.chunks(list(digests), _KEYS):
            asked = select(wording.c.digest, wording.c.id).where(wording.c.digest.in_(some))
            for digest, number in self.db.execute(asked):
                self._wordings[digests[digest]] = number
        new = {d: text for d, text in digests.items() if text not in self._wordings}
        first = self.fresh(wording, len(new))
        rows = [
            {"id": number, "digest": digest, "text": text}
            for number, (digest, text) in enumerate(new.items(), first)
        ]
        if rows:
            self.db.execute(insert(wording), rows)
        self._wordings |= {text: number for number, text in enumerate(new.values(), first)}
