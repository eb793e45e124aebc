"""Some rows of an import against what is known of the same people: new, known, corrected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import update

from capsule.tracking.outbox import queries, undoing
from capsule.tracking.outbox.records import Contradiction, Row, Tally, said
from capsule.tracking.outbox.schema import Standing, attendance
from capsule.tracking.outbox.writer import CHUNK, Key, Version, Writer

Said = tuple[str, int | None]
Files = Mapping[int, tuple[Path, Tally]]


class _Heard(NamedTuple):
    """What this import has said of somebody already, and in which line, where that is known."""

    said: Said
    file: int | None
    line: int | None
    version: Any = None  # the row of `attendance` that an earlier chunk made
    source: object = None


class Chunk:
    """Rows of the file numbered `at`. `known` is all that was ever said of these people.

    `contested` are those of whom this import says two things; it grows.
    """

    def __init__(
        self,
        writer: Writer,
        files: Files,
        at: int,
        known: Mapping[Key, Sequence[Any]],
        contested: set[Key],
        *,
        replace: bool,
    ) -> None:
        self._writer = writer
        self._files = files
        self._at = at
        self._known = known
        self._contested = contested
        self._replace = replace
        self._heard: dict[Key, Row] = {}
        self._new: dict[Key, Version] = {}
        self._confirmed: list[int] = []
        self._back: list[Any] = []
        self.contradictions: list[Contradiction] = []
        self.new: list[bool | None] = []

    def read(self, keys: Sequence[Key], rows: Sequence[Row]) -> None:
        """Take rows by their keys."""
        heard, known, contested = self._heard, self._known, self._contested
        for key, row in zip(keys, rows, strict=True):
            if key in heard or key in known or key in contested:
                self.new.append(self._compare(key, row))
            else:
                heard[key] = row
                self._new[key] = Version(key, 1, row.saying, self._at, row.line, None, row.told)
                self._tally.added += 1
                self.new.append(True)

    def _compare(self, key: Key, row: Row) -> bool | None:
        """Take a row about somebody of whom something was said; return whether it is new."""
        mine = self._heard.get(key)
        before = self._here(mine) if mine else self._before(key)
        if key in self._contested:
            self._list(self._here(row), before.said if before else row.saying.said)
        elif before is None:
            self._heard[key] = row
            return self._enter(key, row)
        elif before.said == row.saying.said:
            self._tally.known += 1
            return None
        else:
            self._contest(key, before, self._here(row))
        return False

    def write(self) -> None:
        """Keep what the rows say."""
        for some in queries.chunks(self._confirmed, CHUNK):
            self._writer.db.execute(
                update(attendance)
                .where(attendance.c.id.in_(some))
                .values(heard=self._writer.number)
            )
        if self._back:
            undoing.take_back(self._writer, self._back)
        self._writer.write(list(self._new.values()))

    @property
    def _tally(self) -> Tally:
        return self._files[self._at][1]

    def _here(self, row: Row) -> _Heard:
        return _Heard(row.saying.said, self._at, row.line, source=row.source)

    def _before(self, key: Key) -> _Heard | None:
        """What an earlier chunk of this import said."""
        for version in self._known.get(key, ()):
            if version.heard == self._writer.number and version.standing != Standing.UNDONE:
                mine = version.entry == self._writer.number
                place = (version.file, version.line, version) if mine else (None, None)
                return _Heard(said(version.presence, version.minutes), *place)
        return None

    def _enter(self, key: Key, row: Row) -> bool:
        held = [v for v in self._known.get(key, ()) if v.standing != Standing.UNDONE]
        current = next((v for v in held if v.standing == Standing.CURRENT), None)
        alike = [v for v in held if said(v.presence, v.minutes) == row.saying.said]
        if current is not None and current in alike:
            self._tally.known += 1
            self._confirmed.append(current.id)
        elif alike and not self._replace:
            self._tally.outdated += 1
            self._confirmed.append(alike[-1].id)
        else:
            attempt = max((v.attempt for v in self._known.get(key, ())), default=0) + 1
            replaced = current.id if current else None
            place = (self._at, row.line, replaced, row.told)
            self._new[key] = Version(key, attempt, row.saying, *place)
            self._count(self._tally, 1, correction=current is not None)
            return True
        return False

    def _contest(self, key: Key, before: _Heard, here: _Heard) -> None:
        """Leave out both, and take back what an earlier row has done."""
        self._contested.add(key)
        if before.line is not None:
            self._list(before, here.said)
        self._list(here, before.said)
        made = self._new.pop(key, None)
        if made is not None:
            self._count(self._tally, -1, correction=made.replaces is not None)
        elif before.version is not None:
            self._back.append(before.version)
            replaced = any(v.standing == Standing.REPLACED for v in self._known[key])
            tally = self._files[before.version.file][1]
            self._count(tally, -1, correction=replaced)

    def _list(self, row: _Heard, other: Said) -> None:
        if row.file is not None and row.line is not None:
            path = self._files[row.file][0]
            self.contradictions.append(Contradiction(path, row.line, row.said, other, row.source))

    @staticmethod
    def _count(tally: Tally, by: int, *, correction: bool) -> None:
        if correction:
            tally.corrected += by
        else:
            tally.added += by
