"""The store as commands and senders see it: what waits, what is claimed, what became of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    bindparam,
    case,
    exists,
    func,
    or_,
    select,
    union_all,
    update,
)

from capsule.tracking.outbox import erasing, queries
from capsule.tracking.outbox.database import Database
from capsule.tracking.outbox.facts import Facts
from capsule.tracking.outbox.ledger import Ledger
from capsule.tracking.outbox.records import (
    Counts,
    Entry,
    Held,
    ImportedFile,
    Queued,
    Refused,
    Sent,
    SessionFigures,
)
from capsule.tracking.outbox.schema import (
    Standing,
    State,
    attendance,
    entry,
    file,
    forgotten,
    played,
    session,
    statement,
    tally,
)

_OPEN = (State.CLAIMED, State.WAITING, State.REFUSED)  # what may turn out to be sent
_AT_A_TIME = 1_000  # rows read from the server, statements given in one condition


class Outbox:
    """The store behind an open connection; `opened` gives one.

    `clock` gives seconds since 1970. A sender claims statements under a name of its own, for so
    many seconds; unless it settles them by then, they wait again, with their first bytes.
    """

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock
        self._positions: dict[str, int] = {}  # of what was claimed here, by id

    @contextmanager
    def journal(self, kind: str, at: datetime, reason: str | None = None) -> Iterator[Ledger]:
        """A new entry of the journal, an `import` or a `void`, kept whole or not at all."""
        with self._database.alone() as db:
            ledger = Ledger(db, kind, at.astimezone(UTC), reason)
            yield ledger
            ledger.finish()

    def claim(self, claimant: str, count: int, size: int, lease: float) -> list[Queued]:
        """Claim what has waited longest: `count` statements at most, and `size` bytes of JSON.

        One statement is claimed whatever its size. What another sender has claimed is left to it
        for `lease` seconds. A statement that voids another waits until that one is sent.
        """
        with self._database.writing() as db:
            self._free(db, statement.c.until <= self._clock())
            taken: dict[int, Queued] = {}
            total = 0
            for row in db.execute(_next(count)):
                body = queries.body(row)
                total += len(body) + 1
                if taken and total > size:
                    break
                taken[row.position] = Queued(row.id, body, row.claims + 1)
            queries.change(
                db,
                taken,
                state=State.CLAIMED,
                claimant=claimant,
                until=self._clock() + lease,
                claims=statement.c.claims + 1,
            )
        self._positions = {k: at for k, at in self._positions.items() if at not in taken}
        self._positions |= {item.id: at for at, item in taken.items()}
        return list(taken.values())

    def renew(self, claimant: str, lease: float) -> None:
        """Keep what `claimant` has claimed for another `lease` seconds."""
        with self._database.writing() as db:
            db.execute(
                update(statement).where(_claimed_by(claimant)).values(until=self._clock() + lease)
            )

    def release(self, claimant: str, ids: Iterable[str] | None = None) -> None:
        """Let what `claimant` has claimed wait again; all of it, unless `ids` are given."""
        with self._database.writing() as db:
            if ids is None:
                self._free(db, statement.c.claimant == claimant)
            for some in queries.chunks(list(ids or ()), _AT_A_TIME):
                self._free(db, and_(_claimed_by(claimant), statement.c.id.in_(some)))

    def recover(self) -> None:
        """Let all that is claimed wait again, when it is known that no sender lives."""
        with self._database.writing() as db:
            self._free(db)

    def settle(self, claimant: str, sent: Iterable[str], refused: Mapping[str, str]) -> None:
        """Note what the LRS has (ids) and what it refused (id → its words).

        What it has stays `sent`, even when the claim was lost meanwhile; a refusal counts only
        from the claimant. A refused statement that was to be voided is withdrawn with its void.
        """
        had = set(sent)
        here = [at for key in had if (at := self._positions.pop(key, None)) is not None]
        gone = {"state": State.SENT, "claimant": None, "until": None, "reason": None}
        with self._database.writing() as db:
            if queries.change(db, here, _claimed_by(claimant), **gone) < len(had):
                for some in queries.chunks(list(had), _AT_A_TIME):
                    lost = (statement.c.id.in_(some), statement.c.state.in_(_OPEN))
                    db.execute(update(statement).where(*lost).values(gone))
            if refused:
                db.execute(
                    update(statement)
                    .where(statement.c.id == bindparam("key"), _claimed_by(claimant))
                    .values(
                        state=State.REFUSED, claimant=None, until=None, reason=bindparam("why")
                    ),
                    [{"key": key, "why": why} for key, why in refused.items()],
                )
            for some in queries.chunks(list(refused), _AT_A_TIME):
                queries.withdraw_refused(db, some)

    def retry_refused(self) -> None:
        """Let the refused statements wait again."""
        with self._database.writing() as db:
            db.execute(
                update(statement)
                .where(statement.c.state == State.REFUSED)
                .values(state=State.WAITING, reason=None)
            )

    def sent(self, after: int, count: int) -> list[Sent]:
        """The first `count` statements that the LRS took, after a position; no erased ones."""
        asked = (
            queries.statements()
            .add_columns(statement.c.entry, file.c.name, queries.LINE)
            .outerjoin(file, file.c.id == queries.FILE)
            .where(statement.c.state == State.SENT, statement.c.position > after, queries.KEPT)
            .order_by(statement.c.position)
            .limit(count)
        )
        with self._database.reading() as db:
            return [
                Sent(row.position, row.id, queries.body(row), _origin(row))
                for row in db.execute(asked)
            ]

    def requeue(self, ids: Iterable[str]) -> None:
        """Let statements wait again that were sent, and that the LRS doesn't have."""
        with self._database.writing() as db:
            for some in queries.chunks(list(ids), _AT_A_TIME):
                db.execute(
                    update(statement)
                    .where(statement.c.id.in_(some), statement.c.state == State.SENT)
                    .values(state=State.WAITING)
                )

    def counts(self) -> Counts:
        """How many statements there are in each state."""
        asked = select(statement.c.state, func.count().label("n")).group_by(statement.c.state)
        with self._database.reading() as db:
            return Counts(**{row.state: row.n for row in db.execute(asked)})

    def refused(self) -> list[Refused]:
        """The refused statements, in the order in which they came."""
        asked = (
            select(statement.c.id, statement.c.entry, file.c.name, queries.LINE)
            .add_columns(statement.c.reason)
            .outerjoin(attendance, attendance.c.id == statement.c.attendance)
            .outerjoin(file, file.c.id == queries.FILE)
            .where(statement.c.state == State.REFUSED)
            .order_by(statement.c.position)
        )
        with self._database.reading() as db:
            return [Refused(row.id, _origin(row), row.reason) for row in db.execute(asked)]

    def bodies(self) -> Iterator[bytes]:
        """The JSON of every statement that isn't withdrawn, in the order in which they came."""
        asked = (
            queries.statements()
            .where(statement.c.state != State.WITHDRAWN, queries.KEPT)
            .order_by(statement.c.position)
            .execution_options(yield_per=_AT_A_TIME)
        )
        with self._database.reading() as db:
            yield from map(queries.body, db.execute(asked))

    def sessions(self) -> list[SessionFigures]:
        """Every session with its figures, in the order in which they came."""
        held = queries.figures(attendance.c.standing == Standing.CURRENT)
        purged = select(tally.c.session, tally.c.expected, tally.c.present, tally.c.completed)
        both = union_all(held, purged).subquery()
        asked = (
            select(session.c.name, both.c.expected, both.c.present, both.c.completed)
            .join(both, both.c.session == session.c.id)
            .order_by(session.c.id)
        )
        with self._database.reading() as db:
            return [SessionFigures(*row) for row in db.execute(asked)]

    @property
    def facts(self) -> Facts:
        """Who was there, and who completed the capsule in an LMS."""
        return Facts(self._database)

    def entries(self) -> list[Entry]:
        """The journal, the oldest entry first."""
        queued = select(
            statement.c.entry,
            func.count(),
            func.sum(case((queries.LEFT, 1), else_=0)),
        ).group_by(statement.c.entry)
        with self._database.reading() as db:
            figures = {number: (count, left) for number, count, left in db.execute(queued)}
            files: dict[int, list[ImportedFile]] = {}
            for row in db.execute(select(file).order_by(file.c.id)):
                read = ImportedFile(row.name, row.sha256, row.rows, row.added, row.corrected)
                files.setdefault(row.entry, []).append(read)
            return [
                Entry(
                    row.id,
                    row.at,
                    row.kind,
                    row.reason,
                    row.undone,
                    files.get(row.id, []),
                    *figures.get(row.id, (0, 0)),
                )
                for row in db.execute(select(entry).order_by(entry.c.id))
            ]

    def held(self) -> Held:
        """What the store holds about people."""
        dates = select(func.min(session.c.start), func.max(session.c.start), func.count())
        there = exists().where(attendance.c.session == session.c.id)
        told = select(func.count(attendance.c.person.distinct()), func.count(attendance.c.minutes))
        proofs = select(func.count()).select_from(forgotten)
        with self._database.reading() as db:
            first, last, sessions = db.execute(dates.where(there)).one()
            people, minutes = db.execute(told).one()
            return Held(
                first=(first or "")[:10],
                last=(last or "")[:10],
                sessions=sessions,
                people=people,
                minutes=minutes > 0,
                played=db.execute(select(func.count()).select_from(played)).scalar_one(),
                forgotten=db.execute(proofs).scalar_one(),
                purged=erasing.purged(db),
            )

    def overdue(self, before: date) -> tuple[int, int]:
        """How many sessions before that day have their attendance, how many completions remain."""
        there = exists().where(attendance.c.session == session.c.id)
        asked = select(func.count()).where(session.c.start < before.isoformat(), there)
        with self._database.reading() as db:
            sessions = db.execute(asked.select_from(session)).scalar_one()
            asked = select(func.count()).where(played.c.at < before.isoformat())
            return sessions, db.execute(asked.select_from(played)).scalar_one()

    def scrub(self) -> None:
        """Leave no bytes of what was deleted in the file, nor beside it.

        Raises CapsuleError while another process reads. A server does this in its own time.
        """
        self._database.scrub()

    def _free(self, db: Connection, *conditions: ColumnElement[bool]) -> None:
        """Let claimed statements wait again, but for those that another sender is freeing."""
        free = select(statement.c.position).where(statement.c.state == State.CLAIMED, *conditions)
        db.execute(
            update(statement)
            .where(statement.c.position.in_(free.with_for_update(skip_locked=True)))
            .values(state=State.WAITING, claimant=None, until=None)
        )


def _origin(row: Any) -> str:
    return f"{row.name}:{row.line}" if row.name else f"#{row.entry}"


_target = statement.alias()
_ripe = exists().where(_target.c.id == statement.c.voids, _target.c.state == State.SENT)


def _next(count: int) -> Any:
    return (
        queries.statements()
        .where(statement.c.state == State.WAITING, or_(statement.c.voids.is_(None), _ripe))
        .order_by(statement.c.position)
        .limit(count)
        .with_for_update(of=statement, skip_locked=True)
    )


def _claimed_by(claimant: str) -> ColumnElement[bool]:
    return and_(statement.c.state == State.CLAIMED, statement.c.claimant == claimant)
