"""Removing what is about people for good: one who asks for it, and all who are past keeping.

What the LRS may have is known here by its id alone from then on, with an empty body; for somebody
who is forgotten it is voided there. The bytes leave the file with `Database.scrub`.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime, tzinfo
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    delete,
    func,
    insert,
    select,
)

from capsule.tracking.outbox import queries
from capsule.tracking.outbox.records import Erased
from capsule.tracking.outbox.schema import (
    Standing,
    State,
    attendance,
    entry,
    forgotten,
    past,
    played,
    session,
    statement,
    tally,
    wording,
)
from capsule.tracking.outbox.writer import Writer

_SOME = 2_000  # rows removed at once


def forget(
    writer: Writer, people: Collection[str], about: Callable[[bytes], bool], mark: str, salt: str
) -> Erased:
    """Remove all about somebody, known as `people`, and void what may be in the LRS.

    `about` tells which statements of no list are about them. `mark`, made with `salt`, stays as
    the proof, so that no list brings the person back.
    """
    done = _empty(writer, attendance.c.person.in_(people), void=True)
    for rows in _alone(writer.db):
        named = [row.position for row in rows if about(queries.body(row))]
        done = _sum(done, _remove(writer, statement.c.position.in_(named), void=True))
    writer.db.execute(delete(played).where(played.c.person.in_(people)))
    proof = {"mark": mark, "salt": salt, "entry": writer.number}
    count = done.withdrawn + done.left
    writer.db.execute(delete(forgotten).where(forgotten.c.mark == mark))
    writer.db.execute(insert(forgotten), [proof | {"statements": count}])
    return done


def purge(writer: Writer, day: str, zone: tzinfo) -> Erased:
    """Remove what is about people in sessions before `day`; the figures of these stay.

    So it is with completions in an LMS: how many people completed it first in a month of `zone`.
    """
    db = writer.db
    old = select(session.c.id).where(session.c.start < day)
    chosen = attendance.c.session.in_(old)
    now = queries.figures(attendance.c.standing == Standing.CURRENT, chosen)
    figures = [dict(row) for row in db.execute(now).mappings()]
    done = _empty(writer, chosen, void=False)
    for rows in _alone(db):
        told = [(row.position, json.loads(queries.body(row))) for row in rows]
        ended = [position for position, one in told if one["timestamp"] < day]
        done = _sum(done, _remove(writer, statement.c.position.in_(ended), void=False))
    if figures:
        db.execute(insert(tally), figures)
    _add_played(db, day, zone)
    return done


def purged(db: Connection) -> str:
    """The day before which nothing is kept, "" if nothing was purged."""
    asked = select(func.max(entry.c.reason)).where(entry.c.kind == "purge")
    return db.execute(asked).scalar() or ""


def last(db: Connection) -> int:
    """The number of the last entry that removed something, 0 if there is none."""
    asked = select(func.max(entry.c.id)).where(entry.c.kind.in_(("forget", "purge")))
    return db.execute(asked).scalar() or 0


def forgotten_people(db: Connection) -> tuple[str, frozenset[str]]:
    """The salt of the store ("" before anybody is forgotten), and the marks."""
    rows = db.execute(select(forgotten.c.salt, forgotten.c.mark)).all()
    return rows[0].salt if rows else "", frozenset(row.mark for row in rows)


def _empty(writer: Writer, chosen: ColumnElement[bool], *, void: bool) -> Erased:
    """Remove chosen rows of `attendance`, and what follows from them."""
    db, done, sessions, last = writer.db, Erased(), set[int](), 0
    asked = select(attendance.c.id, attendance.c.session).where(chosen).order_by(attendance.c.id)
    while lines := db.execute(asked.where(attendance.c.id > last).limit(_SOME)).all():
        last = lines[-1].id
        ids = [line.id for line in lines]
        done = _sum(done, _remove(writer, statement.c.attendance.in_(ids), void=void))
        db.execute(delete(attendance).where(attendance.c.id.in_(ids)))
        sessions.update(line.session for line in lines)
        done = _sum(done, Erased(lines=len(lines)))
    used = select(statement.c.wording).where(statement.c.wording.is_not(None))
    db.execute(delete(wording).where(wording.c.id.not_in(used)))
    return _sum(done, Erased(sessions=len(sessions)))


def _remove(writer: Writer, chosen: ColumnElement[bool], *, void: bool) -> Erased:
    """Remove chosen statements: those that never left are deleted, the others emptied.

    Senders go on meanwhile, so what has left is what has when none can claim it any more.
    """
    asked = queries.statements().where(chosen).order_by(statement.c.position)
    rows = writer.db.execute(asked.with_for_update(of=statement)).all()
    left = [row for row in rows if row.has_left]
    rest = [row for row in rows if not row.has_left]
    voided = writer.void(left) if void else 0
    writer.delete(rest)
    queries.change(
        writer.db,
        [row.position for row in left],
        wording=None, body=b"", attendance=None, file=None, line=None,
        state=State.SENT, claimant=None, until=None,
    )  # fmt: skip
    return Erased(withdrawn=len(rest), left=len(left), voided=voided)


def _alone(db: Connection) -> Iterator[Sequence[Any]]:
    """The statements that come from no list, some at a time."""
    last = 0
    alone = and_(statement.c.attendance.is_(None), statement.c.voids.is_(None), queries.KEPT)
    asked = queries.statements().where(alone).order_by(statement.c.position).limit(_SOME)
    while rows := db.execute(asked.where(statement.c.position > last)).all():
        last = rows[-1].position
        yield rows


def _add_played(db: Connection, day: str, zone: tzinfo) -> None:
    """Remove completions in an LMS before a day, and add their people to what remains."""
    gone = played.c.at < day
    first = select(func.min(played.c.at)).where(gone).group_by(played.c.person)
    months = Counter(
        datetime.fromisoformat(at).astimezone(zone).strftime("%Y-%m")
        for at in db.execute(first).scalars()
    )
    db.execute(delete(played).where(gone))
    for row in db.execute(select(past).where(past.c.month.in_(months))).all():
        months[row.month] += row.people
    db.execute(delete(past).where(past.c.month.in_(months)))
    if months:
        db.execute(insert(past), [{"month": month, "people": n} for month, n in months.items()])


def _sum(one: Erased, other: Erased) -> Erased:
    return Erased(*(a + b for a, b in zip(vars(one).values(), vars(other).values(), strict=True)))
