"""A connection to a store and its transactions, on SQLite and on PostgreSQL."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from gettext import gettext as _

from sqlalchemy import Connection, NullPool, create_engine, text
from sqlalchemy.exc import OperationalError

from capsule.errors import CapsuleError
from capsule.tracking.outbox.place import Place

_BUSY = 60.0  # seconds to wait while another process writes
_CACHE = 32  # megabytes of the file that a process keeps in memory
_PAGE = 8192  # bytes; a new file's
_EMPTY_LOG = "PRAGMA wal_checkpoint(TRUNCATE)"


class Database:
    """An open connection; its transactions are the only way to it."""

    def __init__(self, connection: Connection, schema: str) -> None:
        self._connection = connection
        self._schema = schema

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """What is read inside is of one instant on SQLite, of each query's on PostgreSQL."""
        with self._begun("BEGIN") as db:
            yield db

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """What is written inside is kept whole, or not at all."""
        with self._begun("BEGIN IMMEDIATE") as db:
            yield db

    @contextmanager
    def alone(self) -> Iterator[Connection]:
        """`writing` for the tables and the journal: one process at a time. Senders go on."""
        with self.writing() as db:
            if self._schema:
                turn = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
                db.execute(turn, {"name": self._schema})
            yield db

    def scrub(self) -> None:
        """Rewrite the file without what was deleted, which the log beside it may still hold."""
        if self._schema:
            return
        for command in (_EMPTY_LOG, "VACUUM", _EMPTY_LOG):
            answer = self._connection.exec_driver_sql(command)
            busy = command == _EMPTY_LOG and answer.one()[0]
            self._connection.commit()
            if busy:
                raise CapsuleError(
                    _(
                        "the data is removed, but another process reads the store, and its file"
                        " may still hold traces: run this command again when that one is done"
                    )
                )

    @contextmanager
    def _begun(self, how: str) -> Iterator[Connection]:
        db = self._connection
        with db.begin():
            if self._schema:
                path = text("SELECT set_config('search_path', :path, true)")
                db.execute(path, {"path": f'"{self._schema}"'})
            else:
                db.exec_driver_sql(how)
            yield db


@contextmanager
def connected(place: Place) -> Iterator[Database]:
    """An open connection to `place`."""
    if place.shared:
        options = {"connect_timeout": 15, "application_name": "capsule"}
    else:
        options = {"timeout": _BUSY, "isolation_level": None}
    engine = create_engine(
        place.url,
        poolclass=NullPool,
        hide_parameters=True,
        connect_args=options,
        paramstyle="format" if place.shared else "qmark",  # for `queries.put`
    )
    try:
        with engine.connect() as connection:
            if not place.shared:
                _tune(connection)
            yield Database(connection, place.schema)
    finally:
        engine.dispose()


def _tune(connection: Connection) -> None:
    for pragma in (
        f"page_size = {_PAGE}",
        "foreign_keys = ON",
        "secure_delete = ON",
        f"cache_size = -{_CACHE * 1024}",
    ):
        connection.exec_driver_sql(f"PRAGMA {pragma}")
    _write_ahead(connection)
    connection.commit()


def _write_ahead(connection: Connection) -> None:
    """Set WAL, waiting like any writer: SQLite itself gives up at once when two set it together."""
    until = time.monotonic() + _BUSY
    while True:
        try:
            connection.exec_driver_sql("PRAGMA journal_mode = WAL")
        except OperationalError as error:
            busy = getattr(error.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY
            if not busy or time.monotonic() > until:
                raise
            time.sleep(0.01)
        else:
            return
