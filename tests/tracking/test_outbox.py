"""The store on SQLite and on PostgreSQL."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest

from capsule.activity import Names
from capsule.errors import CapsuleError, UnavailableError
from capsule.tracking import outbox, statements
from capsule.tracking.attendance import Line
from capsule.tracking.entering import Entering
from capsule.tracking.events import Event, Presence
from capsule.tracking.keys import Key
from capsule.tracking.outbox import Counts, Outbox, Place, Queued, Refused
from capsule.tracking.outbox.database import connected
from capsule.tracking.privacy import Pseudonyms, Ring
from capsule.tracking.sparing import Sparing

IRI = "https://formation.example/capsules/essai"
SUBJECT = statements.Subject(Names(*IRI.rsplit("/", 1)), "Essai", "fr", 600)
KEY = Key(b"k" * 32)
NAMES = Pseudonyms(KEY)
SPARING = Sparing(Ring([KEY]))
NOW = datetime(2025, 6, 1, tzinfo=UTC)

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

HAMMER = """
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from capsule.tracking import outbox
place = outbox.find(Path(sys.argv[1]), {"CAPSULE_OUTBOX": sys.argv[2]}, sys.argv[3])
for n in range(20):
    with outbox.opened(place) as box, box.journal("import", datetime.now(UTC)) as ledger:
        ledger.bind("check", sys.argv[3])
        ledger.open_file(Path("list.csv"), "0" * 64)
        ledger.carry([(f"{sys.argv[4]}-{n}", b"{}", 2), (f"shared-{n}", b"{}", 3)])
"""

_fresh = count()


@pytest.fixture(params=["sqlite", "postgresql"])
def environ(request: pytest.FixtureRequest) -> dict[str, str]:
    """What CAPSULE_OUTBOX is for a store of the test's own."""
    if request.param == "sqlite":
        return {"CAPSULE_OUTBOX": ""}
    address = request.getfixturevalue("postgresql")
    return {"CAPSULE_OUTBOX": f"{address}&schema=test{next(_fresh)}_{os.getpid()}"}


@pytest.fixture
def place(environ: dict[str, str], tmp_path: Path) -> Place:
    return outbox.find(tmp_path / "outbox.db", environ, IRI)


@pytest.fixture
def box(place: Place) -> Iterator[Outbox]:
    with outbox.opened(place, clock=lambda: 1000.0) as opened:
        yield opened


def event(
    person: str, presence: Presence = Presence.PRESENT, minutes: int | None = None, line: int = 2
) -> Event:
    start = datetime(2025, 3, 10, 9, tzinfo=UTC)
    return Event("S1", start, person, presence, minutes, "", "", "", Path("list.csv"), line)


def enter(box: Outbox, *events: Event, path: str = "list.csv") -> list[str]:
    """Import events; return the problems."""
    with box.journal("import", NOW) as ledger:
        ledger.bind("check", IRI)
        ledger.open_file(Path(path), "0" * 64)
        lines = [Line(one, one.person, one.line) for one in events]
        told = Entering(ledger, SPARING, SUBJECT).enter(lines)
        return [str(problem) for _line, problems, _new in told for problem in problems]


def carry(box: Outbox, *ids: str, body: bytes = b'{"id": "other"}') -> None:
    with box.journal("import", NOW) as ledger:
        ledger.bind("check", IRI)
        ledger.open_file(Path("all.ndjson"), "0" * 64)
        ledger.carry([(key, body, line) for line, key in enumerate(ids, 1)])


def bodies(*events: Event, attempt: int = 1) -> list[bytes]:
    """What an LRS should be told."""
    return [
        statements.encode(one)
        for each in events
        for one in statements.of_event(NAMES.hide(each), SUBJECT, attempt)
    ]


def test_a_statement_keeps_its_first_bytes_and_its_turn(box: Outbox) -> None:
    carry(box, "b", "a", body=b"first")
    carry(box, "b", "c", body=b"other")
    assert box.claim("me", 1, 9999, 60) == [Queued("b", b"first")]
    assert list(box.bodies()) == [b"first", b"first", b"other"]


def test_bytes_are_those_of_a_statement_made_alone(box: Outbox) -> None:
    people = [event("ada"), event("bob", Presence.PARTIAL, 45), event("eve", Presence.ABSENT)]
    assert enter(box, *people) == []
    assert list(box.bodies()) == bodies(*people)


def test_claims_are_by_count_and_by_size_the_oldest_first(box: Outbox) -> None:
    carry(box, *"abcdef", body=b"x" * 100)
    assert [one.id for one in box.claim("me", 2, 9999, 60)] == ["a", "b"]
    assert [one.id for one in box.claim("you", 9, 250, 60)] == ["c", "d"]
    assert [one.id for one in box.claim("you", 9, 1, 60)] == ["e"]
    box.release("me", ["d"])
    assert box.counts() == Counts(waiting=1, claimed=5), "what another has claimed is left to it"
    box.release("you", ["d"])
    assert [one.id for one in box.claim("me", 9, 9999, 60)] == ["d", "f"]
    assert box.counts() == Counts(claimed=6)


@pytest.mark.parametrize(("size", "claimed"), [(202, 2), (201, 1)])
def test_a_claim_holds_what_separates_statements_too(box: Outbox, size: int, claimed: int) -> None:
    carry(box, "a", "b", body=b"x" * 100)
    assert len(box.claim("me", 9, size, 60)) == claimed


def test_a_lease_ends_unless_it_is_renewed(place: Place) -> None:
    now = [1000.0]
    with outbox.opened(place, clock=lambda: now[0]) as box:
        carry(box, "a")
        assert box.claim("dead", 9, 9999, 60)
        now[0] += 59
        assert box.claim("me", 9, 9999, 60) == []
        box.renew("dead", 60)
        now[0] += 59
        assert box.claim("me", 9, 9999, 60) == []
        box.renew("me", 60)
        now[0] += 1
        assert [one.id for one in box.claim("me", 9, 9999, 60)] == ["a"]
        box.settle("dead", [], {"a": "no"})
        assert box.counts() == Counts(claimed=1), "a refusal counts from the claimant only"
        box.settle("dead", ["a"], {})
        assert box.counts() == Counts(sent=1), "what the LRS has, it has"


def test_sent_refused_and_tried_again(box: Outbox) -> None:
    carry(box, *"abc")
    box.claim("me", 2, 9999, 60)
    box.settle("me", ["a"], {"b": "400 bad"})
    assert box.counts() == Counts(waiting=1, sent=1, refused=1)
    assert box.refused() == [Refused("b", "all.ndjson:2", "400 bad")]
    box.retry_refused()
    assert [item.id for item in box.claim("me", 9, 9999, 60)] == ["b", "c"]
    box.recover()
    assert box.counts() == Counts(waiting=2, sent=1)


def test_a_correction_voids_what_was_sent_and_withdraws_what_waits(box: Outbox) -> None:
    ada, bob = event("ada"), event("bob")
    enter(box, ada)
    first = box.claim("me", 9, 99_999, 60)
    box.settle("me", [one.id for one in first], {})
    enter(box, bob)
    changed = [event(name, Presence.PARTIAL, 45) for name in ("ada", "bob")]
    assert enter(box, *changed) == []
    assert box.counts() == Counts(sent=2, withdrawn=2, waiting=4)
    told = [json.loads(one.body) for one in box.claim("me", 9, 99_999, 60)]
    voids = [one for one in told if one["object"]["objectType"] == "StatementRef"]
    assert [one["object"]["id"] for one in voids] == [one.id for one in first]
    assert [one["timestamp"] for one in voids] == [json.loads(b.body)["timestamp"] for b in first]
    rest = [statements.encode(one) for one in told if one not in voids]
    assert rest == bodies(*changed, attempt=2)
    (figures,) = box.sessions()
    assert (figures.expected, figures.present, figures.completed) == (2, 2, 0)


def test_what_a_killed_sender_had_is_voided_after_it_is_sent(box: Outbox) -> None:
    ada, late = event("ada", Presence.PARTIAL, 45), event("ada", Presence.ABSENT)
    enter(box, ada)
    (told,) = box.claim("killed", 9, 99_999, 60)
    enter(box, late)
    assert box.counts() == Counts(claimed=1, waiting=1)
    assert box.claim("me", 9, 99_999, 60) == [], "a void before what it voids"
    box.release("killed")
    assert box.claim("me", 9, 99_999, 60) == [told]
    assert box.claim("me", 9, 99_999, 60) == []
    box.settle("me", [told.id], {})
    (void,) = box.claim("me", 9, 99_999, 60)
    assert json.loads(void.body)["object"] == {"objectType": "StatementRef", "id": told.id}


def test_a_void_goes_with_what_the_lrs_refuses(box: Outbox) -> None:
    enter(box, event("ada", Presence.PARTIAL, 45))
    (told,) = box.claim("me", 9, 99_999, 60)
    enter(box, event("ada", Presence.ABSENT))
    box.settle("me", [], {told.id: "400 bad"})
    box.retry_refused()
    assert box.counts() == Counts(withdrawn=2)


def test_what_is_refused_and_withdrawn_stays_so_for_whoever_lost_it(box: Outbox) -> None:
    enter(box, event("ada", Presence.PARTIAL, 45))
    (told,) = box.claim("slow", 9, 99_999, 60)
    enter(box, event("ada", Presence.ABSENT))
    box.recover()
    assert box.claim("me", 9, 99_999, 60) == [Queued(told.id, told.body, 2)], (
        "its void waits for it"
    )
    assert box.claim("me", 9, 99_999, 60) == []
    box.settle("me", [], {told.id: "400 bad"})
    box.settle("slow", [told.id], {})
    assert box.counts() == Counts(withdrawn=2)


def test_what_voids_is_not_voided(box: Outbox) -> None:
    enter(box, event("ada", Presence.PARTIAL, 45))
    box.claim("me", 9, 99_999, 60)
    enter(box, event("ada", Presence.ABSENT))
    void = json.loads(list(box.bodies())[-1])["id"]
    with box.journal("void", NOW) as ledger:
        ledger.bind("check", IRI)
        assert ledger.void_statements([void]) == [void], "as if it were not there"


def test_what_was_sent_is_read_page_by_page(box: Outbox) -> None:
    carry(box, *"abcd")
    box.claim("me", 9, 9999, 60)
    box.settle("me", "abd", {})
    (first,) = box.sent(0, 1)
    assert (first.id, [one.id for one in box.sent(first.position, 9)]) == ("a", ["b", "d"])


def test_only_what_was_sent_waits_again(box: Outbox) -> None:
    carry(box, *"abc")
    box.claim("me", 2, 9999, 60)
    box.settle("me", ["a"], {"b": "400 bad"})
    box.requeue("abc")
    assert box.counts() == Counts(waiting=2, refused=1)
    box.claim("me", 9, 9999, 60)
    box.requeue("abc")
    assert box.counts() == Counts(claimed=2, refused=1)


def test_what_the_lrs_holds_as_void_is_said_again(box: Outbox) -> None:
    ada = event("ada", Presence.PARTIAL, 45)
    enter(box, ada)
    enter(box, event("bob"))
    for correction in (ada, event("ada", Presence.ABSENT)):
        enter(box, correction)
        while batch := box.claim("me", 9, 99_999, 60):
            box.settle("me", [one.id for one in batch], {})
    with box.journal("undo", NOW, "4") as ledger:
        ledger.bind("check", IRI)
        assert ledger.undo(4, void=True) == 1
    (again,) = box.claim("me", 9, 99_999, 60)
    assert [again.body] == bodies(ada, attempt=2)


def test_what_an_import_contradicts_itself_is_left_out_both(box: Outbox) -> None:
    enter(box, event("eve"))
    rows = [event("ada", line=2), event("bob", line=3), event("eve", line=4)]
    rows += [event(one, Presence.ABSENT, line=n) for n, one in enumerate(("ada", "eve"), 5)]
    problems = enter(box, *rows)
    assert [one.split(": ")[0] for one in problems] == [f"list.csv:{n}" for n in (2, 4, 5, 6)]
    assert "is absent here, and present in another line" in problems[2]
    assert list(box.bodies()) == bodies(event("eve"), event("bob"))


def test_an_undoing_restores_what_was_corrected(box: Outbox) -> None:
    enter(box, event("ada"))
    enter(box, event("ada", Presence.ABSENT), event("bob"))
    with box.journal("undo", NOW, "2") as ledger:
        ledger.bind("check", IRI)
        assert ledger.undo(2, void=False) == 0
    assert list(box.bodies()) == bodies(event("ada"))
    assert [(one.kind, bool(one.undone)) for one in box.entries()] == [
        ("import", False),
        ("import", True),
        ("undo", False),
    ]
    assert enter(box, event("ada", Presence.ABSENT)) == []
    assert box.counts() == Counts(withdrawn=2)


def test_an_undoing_says_what_left(box: Outbox) -> None:
    enter(box, event("ada"), event("bob"))
    box.claim("me", 3, 99_999, 60)
    box.release("me")

    def undo(number: int = 1, *, void: bool) -> int:
        with box.journal("undo", NOW, str(number)) as ledger:
            ledger.bind("check", IRI)
            return ledger.undo(number, void=void)

    with pytest.raises(CapsuleError, match="3 of its statements have left"):
        undo(void=False)
    assert undo(void=True) == 3
    assert box.counts() == Counts(waiting=6)
    with pytest.raises(CapsuleError, match="undone already"):
        undo(void=True)
    with pytest.raises(CapsuleError, match="no import 2"):
        undo(2, void=False)


def test_statements_from_no_list_are_voided_and_undone_alone(box: Outbox) -> None:
    sent, waits = bodies(event("ada"))
    ids = [json.loads(one)["id"] for one in (sent, waits)]
    with box.journal("import", NOW) as ledger:
        ledger.bind("check", IRI)
        ledger.open_file(Path("all.ndjson"), "0" * 64)
        ledger.carry([(ids[0], sent, 1), (ids[1], waits, 2)])
    box.claim("me", 1, 99_999, 60)
    box.settle("me", ids[:1], {})
    with box.journal("void", NOW, "not ours") as ledger:
        ledger.bind("check", IRI)
        assert ledger.void_statements([*ids, "unknown"]) == ["unknown"]
    assert box.counts() == Counts(sent=1, waiting=1, withdrawn=1)
    with box.journal("undo", NOW, "2") as ledger:
        ledger.bind("check", IRI)
        ledger.undo(2, void=False)
    assert list(box.bodies()) == [sent, waits]


def test_a_list_takes_over_statements_that_came_alone(box: Outbox) -> None:
    told = bodies(event("ada"))
    with box.journal("import", NOW) as ledger:
        ledger.bind("check", IRI)
        ledger.open_file(Path("all.ndjson"), "0" * 64)
        ledger.carry([(json.loads(one)["id"], one, n) for n, one in enumerate(told, 1)])
    enter(box, event("ada"))
    assert list(box.bodies()) == told
    enter(box, event("ada", Presence.ABSENT))
    assert box.counts() == Counts(withdrawn=2)


def test_nothing_is_kept_of_a_transaction_that_fails(box: Outbox) -> None:
    def fail() -> None:
        with box.journal("import", NOW) as ledger:
            ledger.bind("check", IRI)
            ledger.open_file(Path("list.csv"), "0" * 64)
            ledger.carry([("a", b"{}", 1)])
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert box.counts() == Counts()
    assert box.entries() == []


def test_a_name_cannot_enter_and_is_not_said(place: Place) -> None:
    class Plain(Pseudonyms):
        def of(self, person: str) -> str:
            return person

    class Open(Ring):
        def on(self, day: date) -> Pseudonyms:
            return Plain(KEY)

    def put() -> None:
        with outbox.opened(place) as box, box.journal("import", NOW) as ledger:
            ledger.bind("check", IRI)
            ledger.open_file(Path("list.csv"), "0" * 64)
            name = event("claire.durand@example.org")
            line = Line(name, name.person, 2)
            list(Entering(ledger, Sparing(Open([KEY])), SUBJECT).enter([line]))

    with pytest.raises(CapsuleError, match=r"(?i)check constraint") as raised:
        put()
    assert "claire" not in str(raised.value)


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


def test_processes_share_a_store(place: Place, environ: dict[str, str], tmp_path: Path) -> None:
    command: list[Any] = [
        sys.executable,
        "-c",
        HAMMER,
        tmp_path / "outbox.db",
        environ["CAPSULE_OUTBOX"],
        IRI,
    ]
    started = [subprocess.Popen([*command, name]) for name in ("a", "b", "c")]
    assert [process.wait(timeout=120) for process in started] == [0, 0, 0]
    with outbox.opened(place) as box:
        assert box.counts() == Counts(waiting=3 * 20 + 20)
        assert len(box.entries()) == 60


def test_one_sender_at_a_time(tmp_path: Path) -> None:
    def send() -> None:
        with outbox.sole_sender(tmp_path / "lock"):
            pass

    with (
        outbox.sole_sender(tmp_path / "lock"),
        pytest.raises(CapsuleError, match="another process is sending"),
    ):
        send()
    send()


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


WORK = """
import json, sys, time
from datetime import UTC, datetime
from pathlib import Path
sys.path.insert(0, sys.argv[5])
from test_outbox import IRI, NOW, SPARING, SUBJECT, Entering, Line, Presence, event, outbox
place = outbox.find(Path(sys.argv[1]), {"CAPSULE_OUTBOX": sys.argv[2]}, IRI)
role, held = sys.argv[3], Path(sys.argv[4])
with outbox.opened(place) as box:
    for turn in range(int(sys.argv[6]), 10**6):
        if role == "import":
            said = Presence.PRESENT if turn % 2 else Presence.ABSENT
            with box.journal("import", NOW) as ledger:
                ledger.bind("check", IRI)
                ledger.replace = True
                ledger.open_file(Path("list.csv"), "0" * 64)
                people = [event("ada", said), *(event(f"{turn}-{n}") for n in range(20))]
                lines = [Line(one, one.person, 2) for one in people]
                list(Entering(ledger, SPARING, SUBJECT).enter(lines))
        else:
            batch = box.claim(role, 7, 10**6, 1.0)
            with held.open("ab") as lrs:
                for one in batch:
                    lrs.write(one.body + b"\\n")
            box.settle(role, [one.id for one in batch], {})
"""


def test_killed_importing_and_sending_at_once(
    place: Place, environ: dict[str, str], tmp_path: Path
) -> None:
    """What the senders got hold of, after many kills, is what the store says, and is true."""
    held = tmp_path / "held.ndjson"
    held.touch()
    fixed: list[Any] = [tmp_path / "outbox.db", environ["CAPSULE_OUTBOX"]]
    here: Any = Path(__file__).parent
    for round_ in range(2):
        started = [
            subprocess.Popen(
                [sys.executable, "-c", WORK, *fixed, role, held, here, str(round_ * 1000)]
            )
            for role in ("import", f"a{round_}", f"b{round_}")
        ]
        before = held.stat().st_size
        until = time.monotonic() + 60
        while held.stat().st_size < before + 20_000 and time.monotonic() < until:
            time.sleep(0.02)
        for process in started:
            assert process.poll() is None
            process.send_signal(signal.SIGKILL)
            process.wait()
    with outbox.opened(place) as box:
        box.recover()
        lines = [json.loads(line) for line in held.read_bytes().splitlines()]
        lrs = {one["id"]: one for one in lines}
        counts = box.counts()
        assert counts.claimed == 0
        assert counts.sent > 40
        while batch := box.claim("last", 100, 10**6, 60):
            lrs |= {one.id: json.loads(one.body) for one in batch}
            box.settle("last", [one.id for one in batch], {})
        assert box.counts().sent == len(lrs)
        again = [one for one in lines if lines.count(one) > 1]
        assert len(again) <= 2 * 7 * 2 * 2, "more than the batches of the killed came twice"
        voids = {
            one["object"]["id"]
            for one in lrs.values()
            if "actor" in one and one["object"]["objectType"] == "StatementRef"
        }
        assert voids <= lrs.keys()
        valid = [
            one
            for one in lrs.values()
            if one["id"] not in voids and one["object"]["objectType"] == "Activity"
        ]
        (figures,) = box.sessions()
        completed = [one for one in valid if one["verb"]["id"].endswith("completed")]
        assert len(completed) == figures.completed
        assert len(valid) == figures.completed + figures.present
