"""Some rows of an import against what is known of the same people: new, known, corrected."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import update

from capsule.tracking.outbox import queries, undoing
from capsule.tracking.outbox.records import Contradiction, Rows, Tally, said
from capsule.tracking.outbox.schema import Standing, attendance
from capsule.tracking.outbox.writer import CHUNK, Key, Version, Writer

Said = tuple[str, int | None]
Files = Mapping[int, tuple[Path, Tally]]

_FIRST = (1, None)  # the attempt at saying what nobody has said


class _Heard(NamedTuple):
    """What this import has said of somebody already, and in which line, where that is known."""

    said: Said
    file: int | None
    line: int | None
    version: Any = None  # the row of `attendance` that an earlier chunk made
    row: int | None = None


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
        self._rows = Rows()
        self._heard: dict[Key, int] = {}  # the indexes of rows
        self._new: dict[Key, tuple[int, int | None]] = {}  # attempt, and the version it replaces
        self._confirmed: list[int] = []
        self._back: list[Any] = []
        self.contradictions: list[Contradiction] = []
        self.new: list[bool | None] = []

    def read(self, keys: Sequence[Key], rows: Rows) -> None:
        """Take rows by their keys."""
        self._rows = rows
        heard, known, contested = self._heard, self._known, self._contested
        first = 0
        for at, key in enumerate(keys):
            if key in heard or key in known or key in contested:
                self.new.append(self._compare(key, at))
            else:
                heard[key] = at
                self._new[key] = _FIRST
                first += 1
                self.new.append(True)
        self._tally.added += first

    def _compare(self, key: Key, at: int) -> bool | None:
        """Take a row about somebody of whom something was said; return whether it is new."""
        mine, here = self._heard.get(key), self._here(at)
        before = self._before(key) if mine is None else self._here(mine)
        if key in self._contested:
            self._list(here, before.said if before else here.said)
        elif before is None:
            self._heard[key] = at
            return self._enter(key, here.said)
        elif before.said == here.said:
            self._tally.known += 1
            return None
        else:
            self._contest(key, before, here)
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
        self._writer.write(list(self._versions()))

    def _versions(self) -> Iterator[Version]:
        rows, file = self._rows, self._at
        for key, (attempt, replaces) in self._new.items():
            at = self._heard[key]
            told = rows.told[at] if rows.told else ""
            yield Version(key, attempt, rows.sayings[at], file, rows.lines[at], replaces, told)

    @property
    def _tally(self) -> Tally:
        return self._files[self._at][1]

    def _here(self, at: int) -> _Heard:
        return _Heard(self._rows.sayings[at].said, self._at, self._rows.lines[at], row=at)

    def _before(self, key: Key) -> _Heard | None:
        """What an earlier chunk of this import said."""
        for version in self._known.get(key, ()):
            if version.heard == self._writer.number and version.standing != Standing.UNDONE:
                mine = version.entry == self._writer.number
                place = (version.file, version.line, version) if mine else (None, None)
                return _Heard(said(version.presence, version.minutes), *place)
        return None

    def _enter(self, key: Key, what: Said) -> bool:
        held = [v for v in self._known.get(key, ()) if v.standing != Standing.UNDONE]
        current = next((v for v in held if v.standing == Standing.CURRENT), None)
        alike = [v for v in held if said(v.presence, v.minutes) == what]
        if current is not None and current in alike:
            self._tally.known += 1
            self._confirmed.append(current.id)
        elif alike and not self._replace:
            self._tally.outdated += 1
            self._confirmed.append(alike[-1].id)
        else:
            attempt = max((v.attempt for v in self._known.get(key, ())), default=0) + 1
            self._new[key] = (attempt, current.id if current else None)
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
            self._count(self._tally, -1, correction=made[1] is not None)
        elif before.version is not None:
            self._back.append(before.version)
            replaced = any(v.standing == Standing.REPLACED for v in self._known[key])
            tally = self._files[before.version.file][1]
            self._count(tally, -1, correction=replaced)

    def _list(self, row: _Heard, other: Said) -> None:
        if row.file is not None and row.line is not None:
            path = self._files[row.file][0]
            self.contradictions.append(Contradiction(path, row.line, row.said, other, row.row))

    @staticmethod
    def _count(tally: Tally, by: int, *, correction: bool) -> None:
        if correction:
            tally.corrected += by
        else:
            tally.added += by
