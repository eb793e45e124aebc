"""One entry of the journal while it is written: a list imported, a voiding, an undoing.

The order of the imports counts, and never the order of the rows in them:

- a row that says what holds already is known, and changes nothing;
- a row that says something new of a person in a session replaces what was said before;
- a row that says what an import said once, and a later one corrected, changes nothing either:
  the former list may be imported again;
- two rows of one import that contradict each other are left out both.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date, datetime, tzinfo
from gettext import gettext as _
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, union, update

from capsule.errors import CapsuleError
from capsule.tracking.outbox import erasing, queries, undoing
from capsule.tracking.outbox.chunk import Chunk
from capsule.tracking.outbox.records import Entered, Erased, Rows, Session, Tally
from capsule.tracking.outbox.schema import (
    REMOVED,
    Standing,
    attendance,
    entry,
    file,
    owner,
    played,
    session,
    statement,
)
from capsule.tracking.outbox.writer import CHUNK, Key, Told, Version, Writer

_KNOWN_SESSIONS = 5_000


class Ledger:
    """An entry being written. `replace` takes rows that a later list corrected for new ones."""

    def __init__(self, db: Connection, kind: str, at: datetime, reason: str | None) -> None:
        self._db = db
        self._entry = {"kind": kind, "at": at.isoformat(timespec="seconds"), "reason": reason}
        self._files: dict[int, tuple[Path, Tally]] = {}
        self._rows: dict[int, int] = {}
        self._file = 0
        self._sessions: dict[str, int] = {}
        self._contested: set[Key] = set()
        self._writer: Writer | None = None
        self.replace = False

    @property
    def bound(self) -> bool:
        """Whether the store is tied to a key."""
        return self._db.execute(select(owner.c.id)).first() is not None

    def bind(
        self,
        key_check: str,
        capsule: str,
        past: Collection[str] = (),
        otherwise: Collection[str] = (),
    ) -> None:
        """Tie the store to the key of its pseudonyms and to the capsule's IRI; begin the entry.

        `past` tells the keys that this one follows, `otherwise` what would tell them if people
        were told of the other way. Raises CapsuleError as `check` does.
        """
        self.check(key_check, capsule, past, otherwise)
        if not self.bound:
            new = {"id": 1, "key_check": key_check, "capsule": capsule}
            self._db.execute(insert(owner), [new])
        self._db.execute(update(owner).values(key_check=key_check))
        number = (self._db.execute(select(func.max(entry.c.id))).scalar() or 0) + 1
        self._db.execute(insert(entry), [{"id": number, **self._entry}])
        self._writer = Writer(self._db, number, capsule.rpartition("/")[0])

    def check(
        self,
        key_check: str,
        capsule: str,
        past: Collection[str] = (),
        otherwise: Collection[str] = (),
    ) -> None:
        """Hold a key, and those that it follows, and an IRI to what the store is tied to.

        Under another key or another IRI, or told of the other way (`otherwise`), everybody would
        be counted again: raises CapsuleError.
        """
        known = self._db.execute(select(owner.c.key_check, owner.c.capsule)).one_or_none()
        if known is None:
            return
        if known.key_check in otherwise:
            raise CapsuleError(
                _(
                    "this store was begun with another value of tracking.actors: put that back in"
                    " capsule.yaml, or move the folder .capsule away to begin again"
                )
            )
        if known.key_check != key_check and known.key_check not in past:
            raise CapsuleError(
                _(
                    "this is not the key that the lists were imported with: restore the file"
                    " .capsule/key from a backup, or from the data officer's copy"
                    " (capsule track key import)"
                )
            )
        if known.capsule != capsule:
            raise CapsuleError(
                _(
                    "the first lists were imported for %(before)s, and this is %(now)s:"
                    " put the former id and tracking base back in capsule.yaml,"
                    " or move the folder .capsule away to begin again"
                )
                % {"before": known.capsule, "now": capsule}
            )

    @property
    def number(self) -> int:
        """The id of the entry."""
        return self._pen.number

    @property
    def _pen(self) -> Writer:
        if self._writer is None:
            raise RuntimeError("bind the store first")
        return self._writer

    def open_file(self, path: Path, sha256: str) -> None:
        """Say where the following rows come from."""
        self._file = self._pen.fresh(file)
        self._files[self._file] = (path, Tally())
        self._rows[self._file] = 0
        counts = {"rows": 0, "added": 0, "corrected": 0}
        row = {"id": self._file, "entry": self.number, "name": path.name, "sha256": sha256}
        self._db.execute(insert(file), [row | counts])

    def skip(self, count: int) -> None:
        """Count rows of the file that can't be used."""
        self._rows[self._file] += count

    def add(self, rows: Rows) -> Entered:
        """Enter rows of the file, at best `CHUNK` at a time; return what became of them.

        A contradiction takes back what an earlier row of this import said.
        """
        self._rows[self._file] += len(rows.people)
        sessions = {saying: saying.session for saying in dict.fromkeys(rows.sayings)}
        new = self._number({one.registration: one for one in sessions.values()})
        numbers = {saying: self._sessions[one.registration] for saying, one in sessions.items()}
        keys = [
            (numbers[saying], who) for saying, who in zip(rows.sayings, rows.people, strict=True)
        ]
        known = self._pen.versions([key for key in dict.fromkeys(keys) if key[0] not in new])
        chunk = Chunk(
            self._pen, self._files, self._file, known, self._contested, replace=self.replace
        )
        chunk.read(keys, rows)
        chunk.write()
        return Entered(chunk.new, chunk.contradictions)

    def carry(self, told: Sequence[tuple[str, bytes, int]]) -> None:
        """Let statements wait that come from no list: id, JSON, line of the file.

        One that is known already stays as it is.
        """
        self._rows[self._file] += len(told)
        for some in queries.chunks(told, CHUNK):
            ids = select(statement.c.id).where(statement.c.id.in_([key for key, *_ in some]))
            known = set(self._db.execute(ids).scalars())
            new = {key: (body, line) for key, body, line in some if key not in known}
            queued = [
                Told(key, body=body, file=self._file, line=line)
                for key, (body, line) in new.items()
            ]
            self._pen.queue(queued)
            self.tally.added += len(new)
            self.tally.known += len(some) - len(new)

    @property
    def tally(self) -> Tally:
        """What became of the rows of the file so far."""
        return self._files[self._file][1]

    def queued(self) -> int:
        """How many statements wait because of this entry."""
        return self._pen.queued()

    def tallies(self) -> list[Tally]:
        """What became of the rows of each file."""
        return [tally for _path, tally in self._files.values()]

    def void(self, chosen: Sequence[int], person: str | None) -> int:
        """Take back what holds for sessions (ids), or for one person in them; return how many."""
        condition = (attendance.c.standing == Standing.CURRENT) & (attendance.c.presence != REMOVED)
        condition &= attendance.c.session.in_(chosen)
        if person is not None:
            condition &= attendance.c.person == person
        found = self._db.execute(
            select(attendance).where(condition).order_by(attendance.c.id)
        ).all()
        for some in queries.chunks(found, CHUNK):
            now = {(row.session, row.person): row.id for row in some}
            self._pen.write(
                [
                    Version(key, held[-1].attempt + 1, None, None, None, now[key])
                    for key, held in self._pen.versions(list(now)).items()
                ]
            )
        return len(found)

    def void_statements(self, ids: Sequence[str]) -> list[str]:
        """Void statements by their ids, those from a list with all that it says of the person.

        Return the ids that aren't there.
        """
        said = (statement.c.id.in_(ids), statement.c.voids.is_(None), queries.KEPT)
        asked = queries.statements().where(*said)
        asked = asked.order_by(statement.c.position).with_for_update(of=statement)
        rows = self._db.execute(asked).all()
        self._pen.take_back([row for row in rows if row.attendance is None])
        listed = [row.attendance for row in rows if row.attendance is not None]
        whose = select(attendance.c.session, attendance.c.person).where(attendance.c.id.in_(listed))
        for at, person in self._db.execute(whose.distinct()).all():
            self.void([at], person)
        return sorted(set(ids) - {row.id for row in rows})

    def sessions(self) -> list[Any]:
        """The sessions: id, name and start."""
        asked = select(session.c.id, session.c.name, session.c.start).order_by(session.c.start)
        return list(self._db.execute(asked))

    def undo(self, number: int, *, void: bool) -> int:
        """Undo another entry: see `undoing.undo`."""
        return undoing.undo(self._pen, number, str(self._entry["at"]), void=void)

    def forget(
        self, people: Collection[str], about: Callable[[bytes], bool], mark: str, salt: str
    ) -> Erased:
        """Remove all about a person, under `people`, and void what has left: see `erasing`."""
        return erasing.forget(self._pen, people, about, mark, salt)

    def purge(self, before: date, zone: tzinfo) -> Erased:
        """Remove what is about people before a day, but for the figures: see `erasing`."""
        day = before.isoformat()
        self._db.execute(update(entry).where(entry.c.id == self.number).values(reason=day))
        return erasing.purge(self._pen, day, zone)

    @property
    def purged(self) -> str:
        """The day before which nothing is kept, "" if nothing was purged."""
        return erasing.purged(self._db)

    @property
    def erased(self) -> int:
        """The number of the last entry that removed something, 0 if there is none."""
        return erasing.last(self._db)

    def forgotten(self) -> tuple[str, frozenset[str]]:
        """The salt of the store ("" before anybody is forgotten) and who must not come back."""
        return erasing.forgotten_people(self._db)

    def people(self) -> Iterator[str]:
        """Whoever is in the store, under pseudonyms."""
        asked = union(select(attendance.c.person), select(played.c.person))
        yield from self._db.execute(asked.execution_options(yield_per=CHUNK)).scalars()

    def last_day(self) -> str:
        """The day of the last session, "" if there is none."""
        return str(self._db.execute(select(func.max(session.c.start))).scalar() or "")[:10]

    def finish(self) -> None:
        """Note the figures of the files."""
        figures = [
            {"of": number, "n": self._rows[number], "a": tally.added, "c": tally.corrected}
            for number, (_path, tally) in self._files.items()
        ]
        change = update(file).where(file.c.id == bindparam("of"))
        if figures:
            self._db.execute(
                change.values(rows=bindparam("n"), added=bindparam("a"), corrected=bindparam("c")),
                figures,
            )

    def _number(self, named: dict[str, Session]) -> set[int]:
        """Know the number of each session; return the numbers of those that are new."""
        if len(self._sessions) > _KNOWN_SESSIONS:
            self._sessions.clear()
        unknown = [key for key in named if key not in self._sessions]
        for some in queries.chunks(unknown, CHUNK):
            asked = select(session.c.registration, session.c.id)
            found = self._db.execute(asked.where(session.c.registration.in_(some)))
            self._sessions.update((row.registration, row.id) for row in found)
        new = [named[key] for key in unknown if key not in self._sessions]
        numbers = range(first := self._pen.fresh(session, len(new)), first + len(new))
        rows = [(n, *vars(one).values()) for n, one in zip(numbers, new, strict=True)]
        queries.put(self._db, session, session.columns.keys(), rows)
        self._sessions.update(zip((one.registration for one in new), numbers, strict=True))
        return set(numbers)
