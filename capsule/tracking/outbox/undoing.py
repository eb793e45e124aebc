"""Taking an entry of the journal back, or some of what it said."""

from __future__ import annotations

import json
from collections.abc import Sequence
from gettext import gettext as _
from typing import Any

from sqlalchemy import case, delete, func, insert, select, update

from capsule.errors import CapsuleError
from capsule.tracking import statements
from capsule.tracking.outbox import queries
from capsule.tracking.outbox.schema import Standing, State, attendance, entry, statement
from capsule.tracking.outbox.writer import Told, Writer

_FINAL = frozenset({"forget", "purge"})
_SOME = 2_000  # rows taken back at once


def undo(writer: Writer, number: int, at: str, *, void: bool) -> int:
    """Undo the entry `number`: what it said goes, and what it replaced holds again.

    What may be in the LRS is voided if `void` allows it; return how many statements that is.
    Raises CapsuleError when there is no such entry, when it can't be undone, or has left.
    """
    db = writer.db
    found = db.execute(select(entry).where(entry.c.id == number)).one_or_none()
    if found is not None and found.kind in _FINAL:
        raise CapsuleError(_("%(number)d can't be undone: it removed data") % {"number": number})
    if found is not None and found.kind in {"undo", "key"}:
        raise CapsuleError(
            _("%(number)d can't be undone; a list that was undone is imported again")
            % {"number": number}
        )
    if found is None:
        raise CapsuleError(
            _("there is no import %(number)d: see capsule track imports") % {"number": number}
        )
    if found.undone:
        raise CapsuleError(_("%(number)d is undone already") % {"number": number})
    gone = case((queries.LEFT, 1), else_=0)
    left = db.execute(select(func.sum(gone)).where(statement.c.entry == number)).scalar() or 0
    if left and not void:
        raise CapsuleError(
            _(
                "%(number)d can't be undone as if nothing was: statements of it that have left"
                " for the LRS: %(left)d; add --void to have them voided there"
            )
            % {"number": number, "left": left}
        )
    last = 0
    chosen = (attendance.c.entry == number) & (attendance.c.standing != Standing.UNDONE)
    while versions := db.execute(
        select(attendance)
        .where(chosen, attendance.c.id > last)
        .order_by(attendance.c.id)
        .limit(_SOME)
    ).all():
        last = versions[-1].id
        take_back(writer, versions)
    _statements_alone(writer, number)
    db.execute(update(entry).where(entry.c.id == number).values(undone=at))
    return int(left)


def take_back(writer: Writer, versions: Sequence[Any]) -> None:
    """Let it be as if these versions, rows of `attendance`, had not been said."""
    db = writer.db
    ids = [version.id for version in versions]
    asked = queries.statements().where(statement.c.attendance.in_(ids))
    asked = asked.order_by(statement.c.position).with_for_update(of=statement)
    rows = db.execute(asked).all()
    writer.delete([row for row in rows if not row.has_left])
    left = [row for row in rows if row.has_left]
    writer.void(left)
    tombs = {row.attendance for row in left}
    db.execute(
        update(attendance).where(attendance.c.id.in_(tombs)).values(standing=Standing.UNDONE)
    )
    db.execute(delete(attendance).where(attendance.c.id.in_(set(ids) - tombs)))
    current = [v for v in versions if v.standing == Standing.CURRENT]
    before = writer.versions([(v.session, v.person) for v in current])
    _revive(writer, list(before.values()))


def _revive(writer: Writer, histories: Sequence[Sequence[Any]]) -> None:
    """Let the last version that was replaced hold again, for each person and session."""
    db = writer.db
    replaced = [[v for v in versions if v.standing == Standing.REPLACED] for versions in histories]
    former = {
        held[-1].id: (held[-1], versions[-1].attempt + 1)
        for held, versions in zip(replaced, histories, strict=True)
        if held
    }
    void = statement.alias()
    asked = (
        queries.statements()
        .add_columns(void.c.id.label("void"), (void.c.claims > 0).label("void_has_left"))
        .outerjoin(void, void.c.voids == statement.c.id)
        .where(statement.c.attendance.in_(former))
        .order_by(statement.c.position)
    )
    rows = db.execute(asked.with_for_update(of=statement)).all()
    lost = {row.attendance for row in rows if row.void_has_left}
    back = [row for row in rows if row.attendance not in lost]
    db.execute(delete(statement).where(statement.c.id.in_([r.void for r in back if r.void])))
    db.execute(
        update(statement)
        .where(statement.c.position.in_([r.position for r in back if r.state == State.WITHDRAWN]))
        .values(state=State.WAITING, withdrawn_by=None)
    )
    db.execute(
        update(attendance)
        .where(attendance.c.id.in_(former.keys() - lost))
        .values(standing=Standing.CURRENT)
    )
    for number in lost:
        _restate(writer, *former[number], [row for row in rows if row.attendance == number])


def _restate(writer: Writer, version: Any, attempt: int, rows: Sequence[Any]) -> None:
    """Say again, under a new attempt, what the LRS holds as void."""
    number = writer.fresh(attendance)
    again = {**version._mapping, "id": number, "attempt": attempt, "standing": Standing.CURRENT}
    writer.db.execute(insert(attendance), [again])
    before = [json.loads(queries.body(row)) for row in rows]
    told = [statements.restated(one, writer.base, version.person, attempt) for one in before]
    place = {"attendance": number, "file": version.file, "line": version.line}
    queued = [Told(one["id"], body=statements.encode(one), **place) for one in told]
    writer.queue(queued, version.entry)


def _statements_alone(writer: Writer, number: int) -> None:
    """Undo what an entry did to statements that come from no list."""
    db = writer.db
    alone = statement.c.attendance.is_(None)
    asked = queries.statements().where(statement.c.entry == number, alone, queries.KEPT)
    asked = asked.where(statement.c.voids.is_(None)).order_by(statement.c.position).limit(_SOME)
    last = 0
    while rows := db.execute(
        asked.where(statement.c.position > last).with_for_update(of=statement)
    ).all():
        last = rows[-1].position
        writer.delete([row for row in rows if not row.has_left])
        writer.void([row for row in rows if row.has_left])
    db.execute(
        update(statement)
        .where(alone, statement.c.withdrawn_by == number)
        .values(state=State.WAITING, withdrawn_by=None)
    )
    target = statement.alias()
    of_alone = select(target.c.id).where(target.c.attendance.is_(None))
    db.execute(
        delete(statement).where(
            statement.c.entry == number, statement.c.voids.in_(of_alone), ~queries.LEFT
        )
    )
