"""What several parts of the store ask for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Table,
    and_,
    bindparam,
    case,
    func,
    insert,
    literal_column,
    or_,
    select,
    update,
)

from capsule.tracking.forms import filled
from capsule.tracking.outbox.schema import REMOVED, State, attendance, statement, wording

_T = TypeVar("_T")

LEFT = or_(
    statement.c.state.in_((State.CLAIMED, State.SENT)),
    and_(statement.c.state == State.WAITING, statement.c.claims > 0),
)
"""Whether the LRS may have a statement: a killed sender doesn't say what became of its batch."""

KEPT = or_(statement.c.body.is_(None), func.length(statement.c.body) > 0)
"""Whether a statement still says something: see `erasing`."""

FILE = func.coalesce(statement.c.file, attendance.c.file)
"""Where a statement comes from: its own place, or that of the line that it follows from."""

LINE = func.coalesce(statement.c.line, attendance.c.line).label("line")


def chunks(items: Sequence[_T], size: int) -> Iterator[Sequence[_T]]:
    """`items`, so many at a time: databases limit how many values a query takes."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def put(
    db: Connection,
    table: Table,
    columns: Sequence[str],
    rows: Sequence[tuple[Any, ...]],
    same: Mapping[str, str | int] = MappingProxyType({}),
) -> None:
    """Insert many rows: their `columns`, in the order of the table's, and what is the `same`.

    They go to the driver as they are, for the library would take as long over each as SQLite.
    """
    if rows:
        told: dict[str, Any] = {key: literal_column(repr(value)) for key, value in same.items()}
        asked = insert(table).values(told)
        text = str(asked.compile(dialect=db.dialect, column_keys=[*columns, *same]))
        db.exec_driver_sql(text, list(rows))


def statements() -> Select[Any]:
    """Statements with what `body` needs, and whether they have LEFT."""
    return (
        select(
            statement.c.position,
            statement.c.id,
            statement.c.attendance,
            statement.c.body,
            statement.c.state,
            statement.c.claims,
            LEFT.label("has_left"),
            wording.c.text,
            attendance.c.person,
        )
        .outerjoin(wording, wording.c.id == statement.c.wording)
        .outerjoin(attendance, attendance.c.id == statement.c.attendance)
    )


def body(row: Any) -> bytes:
    """The JSON of a row of `statements`."""
    return bytes(row.body) if row.text is None else filled(bytes(row.text), row.person, row.id)


def change(
    db: Connection, positions: Iterable[int], *conditions: ColumnElement[bool], **values: Any
) -> int:
    """Set `values` of the statements at `positions` that meet `conditions`; return how many.

    What came together stands together: a few runs of positions are found faster than many.
    """
    runs: list[dict[str, int]] = []
    for at in sorted(positions):
        if runs and runs[-1]["last"] == at - 1:
            runs[-1]["last"] = at
        else:
            runs.append({"first": at, "last": at})
    if not runs:
        return 0
    chosen = statement.c.position.between(bindparam("first"), bindparam("last"))
    return db.execute(update(statement).where(chosen, *conditions).values(values), runs).rowcount


def figures(*conditions: ColumnElement[bool]) -> Select[Any]:
    """Per session, of its attendance: those expected, present (partly or not), who completed."""
    told = attendance.c.presence

    def those(condition: ColumnElement[bool], name: str) -> ColumnElement[int]:
        return func.sum(case((condition, 1), else_=0)).label(name)

    return (
        select(attendance.c.session, func.count().label("expected"))
        .add_columns(those(told != "absent", "present"), those(told == "present", "completed"))
        .where(*conditions, told != REMOVED)
        .group_by(attendance.c.session)
    )


def withdraw_refused(db: Connection, ids: Sequence[str]) -> None:
    """Withdraw those of the refused statements `ids` that were to be voided, and their voids."""
    void = statement.alias()
    by = select(void.c.entry).where(void.c.voids == statement.c.id).scalar_subquery()
    doomed = select(void.c.voids).where(void.c.voids.in_(ids))
    db.execute(
        update(statement)
        .where(statement.c.id.in_(doomed), statement.c.state == State.REFUSED)
        .values(state=State.WITHDRAWN, reason=None, withdrawn_by=by)
    )
    withdrawn = select(void.c.id).where(void.c.id.in_(ids), void.c.state == State.WITHDRAWN)
    db.execute(
        update(statement)
        .where(statement.c.voids.in_(withdrawn), statement.c.state == State.WAITING)
        .values(state=State.WITHDRAWN, withdrawn_by=statement.c.entry)
    )
