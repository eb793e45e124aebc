"""Where a store is: files and servers that can't be used, and stores of other versions."""

import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from capsule.errors import CapsuleError, UnavailableError
from capsule.tracking import outbox, statements
from capsule.tracking.events import Event, Presence
from capsule.tracking.outbox import Counts, Outbox, Place
from capsule.tracking.outbox.database import connected

from .storing import IRI, NAMES, NOW, SUBJECT, bodies, enter, event

VERSION_1 = """
CREATE TABLE owner (key_check TEXT NOT NULL, capsule TEXT NOT NULL);
CREATE TABLE session (
    registration TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    start TEXT NOT NULL,
    centre TEXT NOT NULL,
    course TEXT NOT NULL
);
CREATE TABLE attendance (
    session TEXT NOT NULL REFERENCES session,
    person TEXT NOT NULL CHECK (length(person) = 64 AND person NOT GLOB '*[^0-9a-f]*'),
    presence TEXT NOT NULL CHECK (presence IN ('present', 'partial', 'absent')),
    minutes INTEGER CHECK (minutes > 0),
    PRIMARY KEY (session, person)
) WITHOUT ROWID;
CREATE TABLE statement (
    position INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    body BLOB NOT NULL,
    origin TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sent', 'refused')),
    reason TEXT,
    CHECK ((state = 'refused') = (reason IS NOT NULL))
);
CREATE INDEX statement_state ON statement (state, position);
PRAGMA user_version = 1;
"""


def version_1(file: Path, told: Sequence[tuple[Event, str]]) -> list[bytes]:
    """A store as version 1 left it, with events and the state of their statements."""
    kept = []
    with closing(sqlite3.connect(file)) as store, store:
        store.executescript("PRAGMA journal_mode = WAL;" + VERSION_1)
        store.execute("INSERT INTO owner VALUES ('check', ?)", (IRI,))
        for one, state in told:
            hidden, key = NAMES.hide(one), statements.registration(one, SUBJECT)
            row = (key, one.session, one.start.isoformat(timespec="minutes"), "", "")
            store.execute("INSERT INTO session VALUES (?,?,?,?,?) ON CONFLICT DO NOTHING", row)
            row = (key, hidden.person, one.presence, one.minutes)  # type: ignore[assignment]
            store.execute("INSERT INTO attendance VALUES (?,?,?,?)", row)
            for body in bodies(one):
                reason = "400 bad" if state == "refused" else None
                row = (json.loads(body)["id"], body, f"list.csv:{one.line}", state, reason)  # type: ignore[assignment]
                store.execute(
                    "INSERT INTO statement (id, body, origin, state, reason) VALUES (?,?,?,?,?)",
                    row,
                )
                kept.append(body)
    return kept


def test_a_store_of_version_1_comes_whole(tmp_path: Path) -> None:
    file = tmp_path / "outbox.db"
    ada, eve = event("ada"), event("eve", Presence.ABSENT, line=4)
    bob = event("bob", Presence.PARTIAL, 45, line=3)
    kept = version_1(file, [(ada, "sent"), (bob, "refused"), (eve, ""), (event("zoe"), "waiting")])
    with outbox.opened(outbox.in_file(file)) as box:
        assert list(box.bodies()) == kept
        assert box.counts() == Counts(waiting=2, sent=2, refused=1)
        (refused,) = box.refused()
        assert (refused.origin, refused.reason) == ("list.csv:3", "400 bad")
        (entry,) = box.entries()
        assert [(one.name, one.rows) for one in entry.files] == [("list.csv", 3)]
        assert enter(box, ada, bob, eve) == []
        assert list(box.bodies()) == kept
        enter(box, event("ada", Presence.ABSENT), event("eve"))
        assert box.counts() == Counts(waiting=6, sent=2, refused=1)
    with outbox.opened(outbox.in_file(file)) as box:
        assert len(box.entries()) == 3
    fresh = tmp_path / "fresh.db"
    with outbox.opened(outbox.in_file(fresh)):
        pass

    def tables(path: Path) -> list[str]:
        with closing(sqlite3.connect(path)) as store:
            assert store.execute("PRAGMA foreign_key_check").fetchall() == []
            found = store.execute("SELECT sql FROM sqlite_master WHERE sql NOT NULL ORDER BY name")
            return [sql for (sql,) in found]

    assert tables(file) == tables(fresh)


def test_a_store_of_version_2_gets_what_it_lacks(place: Place) -> None:
    with outbox.opened(place) as box:
        enter(box, event("ada"))
    with connected(place) as database, database.writing() as db:
        db.exec_driver_sql("DROP TABLE past")
        note = "COMMENT ON TABLE owner IS 'capsule 2'" if place.shared else "PRAGMA user_version=2"
        db.exec_driver_sql(note)
    with outbox.opened(place) as box:
        assert box.facts.past() == {}
        assert box.counts().waiting == 2


@pytest.mark.parametrize("fault", ["not a store", "newer"])
def test_a_file_that_is_no_store_of_ours(tmp_path: Path, fault: str) -> None:
    file = tmp_path / "outbox.db"
    if fault == "newer":
        with closing(sqlite3.connect(file)) as store:
            store.execute("PRAGMA user_version = 99")
    else:
        file.write_bytes(b"something else, and long enough" * 100)

    def enter() -> None:
        with outbox.opened(outbox.in_file(file)):
            pass

    with pytest.raises(CapsuleError, match=r"newer version|can't be used"):
        enter()


def test_a_newer_schema_is_refused(postgresql: str) -> None:
    address = f"{postgresql}&schema=newer"
    place = outbox.find(Path(), {"CAPSULE_OUTBOX": address}, IRI)
    with outbox.opened(place):
        pass
    with psycopg.connect(postgresql) as db:
        db.execute("COMMENT ON TABLE newer.owner IS 'capsule 99'")

    def again() -> None:
        with outbox.opened(place):
            pass

    with pytest.raises(CapsuleError, match="newer version"):
        again()


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("mysql://me:hush@db.example/queue", "not the address of a PostgreSQL database"),
        ("postgresql://me:hush@db.example", "not the address of a PostgreSQL database"),
        ("postgresql://me:x@hush@db.example/queue", "not the address of a PostgreSQL database"),
        ("postgresql://me:hush@db.example:port/queue", "not the address of a PostgreSQL database"),
        ("postgresql://me:hush@db.example/queue?schema=a%22b", "a schema is named"),
        ("postgresql://me:hush@127.0.0.1:1/queue", "can't be used"),
    ],
)
def test_a_server_that_cannot_be_used_and_no_password_shown(address: str, told: str) -> None:
    def look() -> None:
        with outbox.opened(outbox.find(Path(), {"CAPSULE_OUTBOX": address}, IRI)):
            pass

    with pytest.raises(UnavailableError, match=told) as raised:
        look()
    assert "hush" not in str(raised.value)
    assert "hush" not in repr(raised.value.__context__)


def test_looking_makes_nothing(place: Place, tmp_path: Path) -> None:
    with outbox.opened(place, make=False) as box:
        assert box.counts() == Counts()
    assert list(tmp_path.iterdir()) == []


def test_capsules_share_a_database(postgresql: str) -> None:
    iris = [f"{IRI}-{n}" for n in range(2)]
    for n, iri in enumerate(iris):
        with outbox.opened(outbox.find(Path(), {"CAPSULE_OUTBOX": postgresql}, iri)) as box:
            with box.journal("import", NOW) as ledger:
                ledger.bind(f"key {n}", iri)
                ledger.open_file(Path("all.ndjson"), "0" * 64)
                ledger.carry([("same id", b"{}", 1)] * (n + 1))
            assert box.counts() == Counts(waiting=1)


def test_the_store_stays_with_its_key_and_its_capsule(box: Outbox) -> None:
    def bind(check: str, iri: str) -> None:
        with box.journal("import", NOW) as ledger:
            ledger.bind(check, iri)

    bind("key", IRI)
    bind("key", IRI)
    with pytest.raises(CapsuleError, match="restore the file"):
        bind("other", IRI)
    with pytest.raises(CapsuleError, match="lists were imported for https:"):
        bind("key", "https://formation.example/other")
    assert [entry.id for entry in box.entries()] == [1, 2]
