"""Whose the pseudonyms are: a file of this machine's, apart from the store, and never sent.

The key and a list give the same; this saves looking for the list, and serves what must name
people again (a file for the LMS). It has identifiers as lists write them, and no names. Where a
list gives both an identifier and an e-mail address, it has the pseudonyms of both, linked.
"""

from __future__ import annotations

import csv
import io
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from gettext import gettext as _
from pathlib import Path

from capsule.errors import CapsuleError
from capsule.files import write_private
from capsule.tables.guard import guarded

_VERSION = 2
_BUSY = 60.0  # seconds to wait while another process writes
_SOME = 500  # values in one condition
_TABLES = (
    """CREATE TABLE IF NOT EXISTS person (
        pseudonym TEXT PRIMARY KEY CHECK (length(pseudonym) = 64),
        identifier TEXT NOT NULL CHECK (identifier <> '')
    ) WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS link (
        email TEXT CHECK (length(email) = 64),
        person TEXT CHECK (length(person) = 64),
        PRIMARY KEY (email, person)
    ) WITHOUT ROWID""",
)


class People:
    """Pseudonyms and the identifiers that they stand for, behind an open connection."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def note(self, known: Mapping[str, str], links: Iterable[tuple[str, str]] = ()) -> None:
        """Keep identifiers by their pseudonyms, and pseudonyms of e-mail addresses with theirs.

        In their order, for they share pages then.
        """
        self._db.executemany("INSERT OR IGNORE INTO person VALUES (?, ?)", sorted(known.items()))
        self._db.executemany("INSERT OR IGNORE INTO link VALUES (?, ?)", sorted(links))

    def forget(self, pseudonyms: Iterable[str]) -> None:
        """Keep these no more."""
        gone = [(p,) for p in pseudonyms]
        for where in ("person WHERE pseudonym", "link WHERE email", "link WHERE person"):
            self._db.executemany(f"DELETE FROM {where} = ?", gone)  # noqa: S608 (no values)

    def keep_only(self, pseudonyms: Iterable[str]) -> int:
        """Keep no others than these, and links of these; return how many others went."""
        self._db.execute("CREATE TEMP TABLE kept (pseudonym TEXT PRIMARY KEY) WITHOUT ROWID")
        self._db.executemany("INSERT OR IGNORE INTO kept VALUES (?)", ((p,) for p in pseudonyms))
        gone = self._db.execute(
            "DELETE FROM person WHERE pseudonym NOT IN (SELECT pseudonym FROM kept)"
        ).rowcount
        self._db.execute(
            "DELETE FROM link WHERE email NOT IN (SELECT pseudonym FROM kept)"
            " AND person NOT IN (SELECT pseudonym FROM kept)"
        )
        self._db.execute("DROP TABLE kept")
        return gone

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """Pseudonyms with their identifiers, in the order of these."""
        yield from self._db.execute("SELECT * FROM person ORDER BY identifier, pseudonym")

    def __len__(self) -> int:
        (count,) = self._db.execute("SELECT count(*) FROM person").fetchone()
        return int(count)

    def links(self) -> Iterator[tuple[str, str]]:
        """Pseudonyms of e-mail addresses, with those of the identifiers beside them in lists."""
        yield from self._db.execute("SELECT * FROM link")

    def apart(self) -> bool:
        """Whether one is known by an e-mail address, another by an identifier, neither linked."""
        asked = (
            "SELECT EXISTS (SELECT 1 FROM person WHERE instr(identifier, '@')"
            " AND pseudonym NOT IN (SELECT email FROM link))"
            " AND EXISTS (SELECT 1 FROM person WHERE NOT instr(identifier, '@')"
            " AND pseudonym NOT IN (SELECT person FROM link))"
        )
        return bool(self._db.execute(asked).fetchone()[0])

    def beside(self, pseudonyms: Sequence[str]) -> set[str]:
        """Those that are linked to these."""
        known = set(pseudonyms)
        return {one for link in self.links() if known & {*link} for one in link} - known

    def whose(self, pseudonyms: Iterable[str]) -> dict[str, str]:
        """The identifiers of these, those that are known."""
        asked, found = list(pseudonyms), dict[str, str]()
        for start in range(0, len(asked), _SOME):
            some = asked[start : start + _SOME]
            marks = ", ".join("?" * len(some))
            query = f"SELECT * FROM person WHERE pseudonym IN ({marks})"  # noqa: S608 (marks only)
            found.update(self._db.execute(query, some))
        return found


@contextmanager
def opened(file: Path) -> Iterator[People]:
    """The people of `file`, made if need be (mode 0600); what is done is kept whole, or not at all.

    Bytes that are deleted are overwritten. Raises CapsuleError when the file can't be used.
    """
    try:
        file.touch(mode=0o600)
    except OSError as error:
        raise _unusable(file, error) from None
    try:
        with closing(sqlite3.connect(file, timeout=_BUSY, isolation_level=None)) as db:
            db.execute("PRAGMA secure_delete = ON")
            db.execute("PRAGMA temp_store = MEMORY")
            db.execute("BEGIN IMMEDIATE")
            try:
                _prepare(db)
                yield People(db)
            except BaseException:
                db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")
    except sqlite3.Error as error:
        raise _unusable(file, error) from None


def _unusable(file: Path, reason: Exception) -> CapsuleError:
    said = reason.strerror if isinstance(reason, OSError) else None
    words = _(said or str(reason) or type(reason).__name__)
    values = {"path": f"{file.parent.name}/{file.name}", "reason": words}
    return CapsuleError(_("%(path)s can't be used: %(reason)s") % values)


def remove(file: Path) -> None:
    """Remove the file, its bytes overwritten. Raises CapsuleError when it can't be used."""
    if file.exists():
        with opened(file) as known:
            known.keep_only(())
        file.unlink()


def write_csv(people: Iterable[tuple[str, str]], target: Path) -> int:
    """Write pseudonyms and identifiers for a spreadsheet (mode 0600); return how many. OSError."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow((_("Pseudonym"), _("Identifier")))
    count = 0
    for pseudonym, identifier in people:
        writer.writerow((pseudonym, guarded(identifier)))
        count += 1
    write_private(target, b"\xef\xbb\xbf" + text.getvalue().encode())
    return count


def _prepare(db: sqlite3.Connection) -> None:
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if version > _VERSION:
        raise CapsuleError(_("this capsule's store was made by a newer version of the tool"))
    if version < _VERSION:
        for table in _TABLES:
            db.execute(table)
        db.execute(f"PRAGMA user_version = {_VERSION}")
