"""How what is said of people enters the store, is replaced, and comes back.

Each statement in the store follows from one version: an attempt to say what a person did in a
session. A version that is replaced takes its statements back: one that never was with a sender is
withdrawn, and any other is voided by a further statement.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table, bindparam, delete, func, select, tuple_, update

from capsule.tracking import statements
from capsule.tracking.forms import Form, named
from capsule.tracking.outbox import queries
from capsule.tracking.outbox.records import Saying
from capsule.tracking.outbox.schema import (
    REMOVED,
    Standing,
    State,
    attendance,
    statement,
    wording,
)

CHUNK = 5_000  # rows that are looked up, and written, at once
_KEYS = 2_000  # values in one condition
_KNOWN_WORDINGS = 5_000

_VERSION = ("id", "session", "person", "attempt", "presence", "minutes", "file", "line")
_SAID = ("position", "id", "wording", "attendance")
_TOLD = ("position", "id", "body", "attendance", "file", "line", "voids")
_WAITING: dict[str, str | int] = {"state": State.WAITING.value, "claims": 0}

Key = tuple[int, str]
"""A session and a person, as a pseudonym."""


class Version(NamedTuple):
    """What is newly said of a person in a session, and the id of the version that it replaces.

    Where nothing is said (`saying` is None), the person was never in that list. `told` is as in
    `Row`.
    """

    key: Key
    attempt: int
    saying: Saying | None
    file: int | None
    line: int | None
    replaces: int | None
    told: str = ""


class Told(NamedTuple):
    """A statement to queue that has a body of its own."""

    id: str
    body: bytes
    attendance: int | None = None
    file: int | None = None
    line: int | None = None
    voids: str | None = None


class Writer:
    """Writes for one entry of the journal. `base` is the tracking base of the capsule."""

    def __init__(self, db: Connection, number: int, base: str) -> None:
        self.db = db
        self.number = number
        self.base = base
        self._last: dict[str, int] = {}
        self._before: dict[str, int] = {}  # the last numbers before this entry
        self._wordings: dict[str, int] = {}  # by their digests
        self._loose: bool | None = None

    def fresh(self, table: Table, count: int = 1) -> int:
        """The first of `count` new numbers for rows of `table`; nobody else makes any now."""
        if table.name not in self._last:
            (column,) = table.primary_key.columns
            last = self.db.execute(select(func.max(column))).scalar() or 0
            self._last[table.name] = self._before[table.name] = last
        self._last[table.name] += count
        return self._last[table.name] - count + 1

    def write(self, versions: Sequence[Version]) -> None:
        """Say what `versions` say, in place of those that they replace."""
        self.retire([version.replaces for version in versions if version.replaces])
        if not versions:
            return
        first = self.fresh(attendance, len(versions))
        rows = [
            (number, *key, attempt, *(saying.told if saying else (REMOVED, None)), file, line)
            for number, (key, attempt, saying, file, line, *_rest) in enumerate(versions, first)
        ]
        by: dict[str, str | int] = {
            "standing": Standing.CURRENT.value,
            "entry": self.number,
            "heard": self.number,
        }
        queries.put(self.db, attendance, _VERSION, rows, by)
        if versions[0].told:
            self._name(versions, first)
        else:
            self._say(versions, first)

    def queue(self, told: Sequence[Told], number: int | None = None) -> None:
        """Let statements wait, for the entry `number` instead of this one if it is given."""
        known = self._adopt([(one.id, one.attendance) for one in told])
        new = [one for one in told if one.id not in known]
        first = self.fresh(statement, len(new))
        rows = [(position, *one) for position, one in enumerate(new, first)]
        queries.put(self.db, statement, _TOLD, rows, _WAITING | {"entry": number or self.number})

    def _name(self, versions: Sequence[Version], first: int) -> None:
        """Let statements wait that name people, each with a body; `first` numbers the versions."""
        alone = []
        for number, version in enumerate(versions, first):
            for form in version.saying.forms if version.saying else ():
                key = form.id(version.key[1], version.attempt)
                alone.append(Told(key, named(form, version.told, key), number))
        self.queue(alone)

    def _say(self, versions: Sequence[Version], first: int) -> None:
        """Let statements wait in the wordings of their sessions; `first` numbers the versions."""
        worded = self._worded({version.saying for version in versions})
        said = [
            (form.id(person, attempt), word, number)
            for number, ((_session, person), attempt, saying, *_) in enumerate(versions, first)
            for form, word in worded[saying]
        ]
        if self._loosely():
            known = self._adopt([(key, version) for key, _word, version in said])
            said = [one for one in said if one[0] not in known]
        rows = [(at, *one) for at, one in enumerate(said, self.fresh(statement, len(said)))]
        queries.put(self.db, statement, _SAID, rows, _WAITING | {"entry": self.number})

    def _loosely(self) -> bool:
        """Whether there are statements that come from no list."""
        if self._loose is None:
            loose = select(statement.c.id).where(statement.c.attendance.is_(None))
            found = loose.where(statement.c.voids.is_(None)).limit(1)
            self._loose = self.db.execute(found).first() is not None
        return self._loose

    def _adopt(self, told: Sequence[tuple[str, int | None]]) -> set[str]:
        """Tie what came before from no list to the versions that say it now; return its ids."""
        known: set[str] = set()
        if not self._loosely():
            return known
        for some in queries.chunks([key for key, _version in told], _KEYS):
            asked = select(statement.c.id).where(statement.c.id.in_(some))
            known.update(self.db.execute(asked).scalars())
        tied = [{"key": key, "by": by} for key, by in told if key in known and by]
        if tied:
            self.db.execute(
                update(statement)
                .where(statement.c.id == bindparam("key"), statement.c.attendance.is_(None))
                .values(attendance=bindparam("by")),
                tied,
            )
        return known

    def queued(self) -> int:
        """How many of the statements that were queued here wait still."""
        if statement.name not in self._before:
            return 0
        asked = select(func.count()).where(
            statement.c.position > self._before[statement.name],
            statement.c.entry == self.number,
            statement.c.state == State.WAITING,
        )
        return self.db.execute(asked).scalar_one()

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

    def void(self, rows: Sequence[Any]) -> int:
        """Void statements that left, unless a void of theirs is there already.

        Return how many of their voids are still to be sent.
        """
        done = self._voided([row.id for row in rows])
        voids = [
            statements.voiding(json.loads(queries.body(row)), self.base)
            for row in rows
            if row.id not in done
        ]
        self.queue(
            [
                Told(void["id"], body=statements.encode(void), voids=void["object"]["id"])
                for void in voids
            ]
        )
        return self._waiting_voids([row.id for row in rows])

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

    def _waiting_voids(self, ids: Sequence[str]) -> int:
        count = select(func.count()).where(statement.c.state.in_((State.WAITING, State.CLAIMED)))
        return sum(
            self.db.execute(count.where(statement.c.voids.in_(some))).scalar() or 0
            for some in queries.chunks(ids, _KEYS)
        )

    def _voided(self, ids: Sequence[str]) -> set[str]:
        done: set[str] = set()
        for some in queries.chunks(ids, _KEYS):
            asked = select(statement.c.voids).where(statement.c.voids.in_(some))
            done.update(self.db.execute(asked).scalars())
        return done

    def _worded(
        self, sayings: Iterable[Saying | None]
    ) -> dict[Saying | None, list[tuple[Form, int]]]:
        """The forms of each saying, with the numbers of their wordings: new ones if need be."""
        if len(self._wordings) > _KNOWN_WORDINGS:
            self._wordings.clear()
        forms = {one: one.forms if one else () for one in sayings}
        texts = {form.digest: form.text for some in forms.values() for form in some}
        known = self._wordings
        for some in queries.chunks([key for key in texts if key not in known], _KEYS):
            asked = select(wording.c.digest, wording.c.id).where(wording.c.digest.in_(some))
            known.update((row.digest, row.id) for row in self.db.execute(asked))
        new = sorted(texts.keys() - known.keys())
        rows = [
            (number, digest, texts[digest])
            for number, digest in enumerate(new, self.fresh(wording, len(new)))
        ]
        queries.put(self.db, wording, wording.columns.keys(), rows)
        known.update((digest, number) for number, digest, _text in rows)
        return {one: [(form, known[form.digest]) for form in some] for one, some in forms.items()}
