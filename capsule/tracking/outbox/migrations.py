"""From an empty place, or an older store, to the tables of `schema`.

A file of version 1 is SQLite's, for there was nothing else: its rows go under one entry of the
journal. PostgreSQL keeps its version as a comment on a table, SQLite in `user_version`, which
the first version of the tool looks at, too.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from gettext import gettext as _

from sqlalchemy import Connection, insert, text

from capsule.errors import CapsuleError
from capsule.tracking.outbox import schema
from capsule.tracking.outbox.database import Database

_CHUNK = 5_000


def prepare(database: Database, name: str, at: str) -> None:
    """Make the tables in the schema `name` ("" on SQLite), or bring older ones up to date.

    `at` is when the entry of what is found is dated. Raises CapsuleError when a newer version of
    the tool made them.
    """
    with database.reading() as db:
        if _version(db, name) == schema.VERSION:
            return
    with database.alone() as db:
        version = _version(db, name)
        if version > schema.VERSION:
            raise CapsuleError(_("this capsule's store was made by a newer version of the tool"))
        if name and version == 0:
            _make_schema(db, name)
        if version == 1:
            _from_1(db, at)
        elif version == 2:  # nothing was kept of what was purged
            schema.past.create(db)
        elif version == 0:
            schema.metadata.create_all(db, checkfirst=False)
        _note(db, name)


def exists(database: Database, name: str) -> bool:
    """Whether there is a store in the schema `name`."""
    with database.reading() as db:
        return _version(db, name) > 0


def _version(db: Connection, name: str) -> int:
    if not name:
        return int(db.exec_driver_sql("PRAGMA user_version").scalar_one())
    comment = db.execute(
        text(
            "SELECT obj_description(c.oid, 'pg_class') FROM pg_class c"
            " JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname = :name AND c.relname = 'owner'"
        ),
        {"name": name},
    ).scalar()
    told = str(comment or "").removeprefix("capsule ")
    return int(told) if told.isdigit() else 0


def _note(db: Connection, name: str) -> None:
    if name:
        db.exec_driver_sql(f"COMMENT ON TABLE owner IS 'capsule {schema.VERSION}'")
    else:
        db.exec_driver_sql(f"PRAGMA user_version = {schema.VERSION}")


def _make_schema(db: Connection, name: str) -> None:
    """Make it, unless an administrator has, who may not let others make any."""
    found = db.execute(
        text("SELECT 1 FROM pg_namespace WHERE nspname = :name"), {"name": name}
    ).scalar()
    if not found:
        db.exec_driver_sql(f'CREATE SCHEMA "{name}"')


def _from_1(db: Connection, at: str) -> None:
    """Version 1 had no journal, no corrections and no claims: each row becomes a first attempt.

    Its statements name their session and person themselves. One that waits may have left with a
    sender that was killed, so it counts as claimed once.
    """
    former = ("owner", "session", "attendance", "statement")
    db.exec_driver_sql("DROP INDEX statement_state")
    for table in former:
        db.exec_driver_sql(f"ALTER TABLE {table} RENAME TO {table}_1")
    schema.metadata.create_all(db, checkfirst=False)
    db.execute(insert(schema.entry), [{"id": 1, "at": at, "kind": "import"}])
    db.exec_driver_sql("INSERT INTO owner SELECT 1, key_check, capsule FROM owner_1")
    db.exec_driver_sql(
        "INSERT INTO session SELECT rowid, registration, name, start, centre, course FROM session_1"
    )
    db.exec_driver_sql(
        "INSERT INTO attendance SELECT row_number() OVER (ORDER BY s.rowid, a.person), s.rowid,"
        " a.person, 1, a.presence, a.minutes, 'current', 1, 1, NULL, NULL"
        " FROM attendance_1 a JOIN session_1 s ON s.registration = a.session"
    )
    _statements(db)
    for table in reversed(former):
        db.exec_driver_sql(f"DROP TABLE {table}_1")


def _statements(db: Connection) -> None:
    files: dict[str, int] = {}
    known = "SELECT a.id FROM attendance a JOIN session s ON s.id = a.session"
    whose = f"{known} WHERE s.registration = ? AND a.person = ?"
    for chunk in _chunks(db):
        rows = []
        for position, key, body, origin, state, reason in chunk:
            name, _colon, line = origin.rpartition(":")
            told = json.loads(body)
            about = (told["context"]["registration"], told["actor"]["account"]["name"])
            rows.append(
                {
                    "position": position,
                    "id": key,
                    "body": body,
                    "attendance": db.exec_driver_sql(whose, about).scalar(),
                    "entry": 1,
                    "file": _file(db, files, name),
                    "line": int(line),
                    "state": state,
                    "claims": 1,
                    "reason": reason,
                }
            )
        db.execute(insert(schema.statement), rows)
    db.exec_driver_sql(
        "UPDATE attendance SET (file, line) ="
        " (SELECT file, line FROM statement WHERE attendance = attendance.id)"
    )
    db.exec_driver_sql(
        "UPDATE file SET rows = n, added = n FROM"
        " (SELECT file AS of, count(*) AS n FROM attendance GROUP BY file) WHERE id = of"
    )


def _chunks(db: Connection) -> Iterator[list[tuple[int, str, bytes, str, str, str | None]]]:
    last = 0
    columns = "position, id, body, origin, state, reason"
    asked = f"SELECT {columns} FROM statement_1 WHERE position > ? ORDER BY position LIMIT {_CHUNK}"  # noqa: S608
    while rows := db.exec_driver_sql(asked, (last,)).all():
        last = rows[-1][0]
        yield [tuple(row) for row in rows]


def _file(db: Connection, files: dict[str, int], name: str) -> int:
    if name not in files:
        files[name] = len(files) + 1
        db.execute(
            insert(schema.file),
            [{"id": files[name], "entry": 1, "name": name, "rows": 0, "added": 0, "corrected": 0}],
        )
    return files[name]
