"""Who was there, as the lists have it, and who completed the capsule in an LMS."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Select, delete, func, insert, select, union_all

from capsule.tracking.outbox import erasing, queries
from capsule.tracking.outbox.database import Database
from capsule.tracking.outbox.records import Attended, Placed, Played, Remains, SessionRow
from capsule.tracking.outbox.schema import (
    REMOVED,
    Standing,
    attendance,
    file,
    past,
    played,
    pulled,
    session,
    statement,
    tally,
)

_AT_A_TIME = 10_000  # rows read from a server, values in one condition


class Facts:
    """What a store has of people, under their pseudonyms."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def sessions(self) -> Iterator[SessionRow]:
        """Every session."""
        asked = select(session.c.id, session.c.name, session.c.start, session.c.centre)
        return map(SessionRow._make, self._read(asked.add_columns(session.c.course)))

    def attended(self) -> Iterator[Attended]:
        """What holds of each person in each session."""
        row = attendance.c
        asked = select(row.session, row.person, row.presence, row.minutes)
        return map(Attended._make, self._read(asked.where(*_HOLDS)))

    def remains(self) -> Iterator[Remains]:
        """The figures of the sessions whose people were purged."""
        asked = select(tally.c.session, tally.c.expected, tally.c.present, tally.c.completed)
        return map(Remains._make, self._read(asked))

    def placed(self) -> Iterator[Placed]:
        """The same with its session and where it was read, in the order of the lists."""
        row = attendance.c
        asked = (
            select(row.person, row.presence, row.minutes, session.c.name, session.c.start)
            .add_columns(session.c.centre, session.c.course, file.c.name, row.line)
            .join(session, session.c.id == row.session)
            .outerjoin(file, file.c.id == row.file)
            .where(*_HOLDS)
            .order_by(row.id)
        )
        return map(Placed._make, self._read(asked))

    def played(self) -> Iterator[Played]:
        """The completions in an LMS, the oldest first."""
        asked = select(played.c.id, played.c.person, played.c.at, played.c.seconds)
        return map(Played._make, self._read(asked.order_by(played.c.at, played.c.id)))

    def past(self) -> dict[str, int]:
        """How many people first completed it in an LMS in a month, of whom nothing else remains."""
        with self._database.reading() as db:
            return {row.month: row.people for row in db.execute(select(past))}

    def count(self) -> int:
        """How many completions in an LMS there are."""
        with self._database.reading() as db:
            return db.execute(select(func.count()).select_from(played)).scalar_one()

    def since(self, lrs: str) -> str | None:
        """Up to when (ISO 8601) the statements of an LRS, by its address, were brought."""
        with self._database.reading() as db:
            return db.execute(select(pulled.c.until).where(pulled.c.lrs == lrs)).scalar()

    def bring(
        self,
        lrs: str,
        until: str | None,
        completions: Sequence[Played],
        voided: Iterable[str],
        erased: int,
    ) -> int | None:
        """Keep completions of an LRS, stored `until` then, without those `voided` (ids).

        Those that are there stay as they are; those that were erased here stay away. Return how
        many are new; None, and keep nothing, if `erased` is not what it is by now: there may be
        somebody among them who was forgotten meanwhile.
        """
        gone = sorted(set(voided))
        with self._database.alone() as db:
            if erased != erasing.last(db):
                return None
            new = {one.id: one for one in completions}
            for some in queries.chunks(list(new), _AT_A_TIME):
                known = select(played.c.id).where(played.c.id.in_(some))
                empty = select(statement.c.id).where(statement.c.id.in_(some), ~queries.KEPT)
                for key in db.execute(union_all(known, empty)).scalars().all():
                    new.pop(key, None)
            for key in set(gone) & new.keys():
                del new[key]
            queries.put(db, played, played.columns.keys(), list(new.values()))
            for some in queries.chunks(gone, _AT_A_TIME):
                db.execute(delete(played).where(played.c.id.in_(some)))
            if until is not None:
                db.execute(delete(pulled).where(pulled.c.lrs == lrs))
                db.execute(insert(pulled), [{"lrs": lrs, "until": until}])
        return len(new)

    def _read(self, asked: Select[Any]) -> Iterator[Any]:
        with self._database.reading() as db:
            yield from db.execute(asked.execution_options(yield_per=_AT_A_TIME))


_HOLDS = (attendance.c.standing == Standing.CURRENT, attendance.c.presence != REMOVED)
