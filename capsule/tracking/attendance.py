"""An attendance list, as training departments export it → Events."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from operator import itemgetter
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from capsule import tables
from capsule.errors import InputError, Problem
from capsule.tracking import cells, headers
from capsule.tracking.events import Event, Presence, squeezed

_T = TypeVar("_T")

_ENDS = ("total", "sous total", "nombre de", "nb de", "effectif")  # how the last lines begin


_KNOWN = 2_000  # sorts of rows that are known at once
_OF_PRESENCE = ("presence", "minutes")
_OF_PERSON = ("person", "email")


class Line(NamedTuple):
    """One line of a list: what it says of `person`, or else what is wrong in it.

    `like` is an event that says the same of somebody, None where something is wrong; the lines of
    a session have few between them. `table` is None, and there are no cells, where the problems
    are those of a whole file. `session` and `day` say, for the user, what a wrong line is about,
    if they can.
    """

    like: Event | None
    person: str = ""
    line: int = 0
    cells: Sequence[str] = ()
    table: tables.Table | None = None
    problems: tuple[Problem, ...] = ()
    session: str = ""
    day: str = ""

    @property
    def event(self) -> Event | None:
        """What the line says, None where something is wrong in it."""
        return self.like and self.like._replace(person=self.person, line=self.line)


def read(
    path: Path, zone: ZoneInfo, latest: datetime, columns: Mapping[str, str] = MappingProxyType({})
) -> Iterator[Line]:
    """Read the lists of a file, line by line, those of a workbook sheet after sheet.

    Columns are found by their usual names, after those of `columns` (field → header). The column
    of a problem is its place in the file, from 1. Times are local to `zone`; `latest`, aware, is
    the last instant at which a session can have begun. Totals and signatures at the end are left
    out. Raises OSError when the file can't be read.
    """
    try:
        for found in headers.lists(path, columns):
            if isinstance(found, Problem):
                yield Line(None, problems=(found,))
                continue
            yield from _lines(found, zone, latest)
    except InputError as error:
        yield Line(None, problems=tuple(error.problems))


def _lines(table: tables.Table, zone: ZoneInfo, latest: datetime) -> Iterator[Line]:
    """The lines of a list. `_Row` reads the first of each sort, and whatever is wrong."""
    blank, sorts = _blank_means(table), _Sorts(table.columns)
    at = table.columns.get("person", table.columns.get("email", -1))
    parse = cells.person if "person" in table.columns else cells.email
    for number, values in table.rows():
        like = sorts.like(values)
        if like and (person := _person(values[at], parse)):
            yield Line(like, person, number, values, table)
        elif not _ends(table, values):
            line = _Row(table, number, values).read(zone, latest, blank)
            if line.like:
                sorts.learn(values, line.like)
            yield line


class _Sorts:
    """What was read already of rows that differ in their person only.

    Many rows have the cells of a session in common, and many sessions have those of a presence.
    """

    def __init__(self, columns: Mapping[str, int]) -> None:
        rest = {name: at for name, at in columns.items() if name not in _OF_PERSON}
        self._length = max(columns.values()) + 1
        self._cells = itemgetter(*rest.values())
        self._of_session = itemgetter(*(n for k, n in rest.items() if k not in _OF_PRESENCE))
        self._of_presence = itemgetter(*(n for k, n in rest.items() if k in _OF_PRESENCE))
        self._events: dict[Any, Event] = {}
        self._sessions: dict[Any, Event] = {}
        self._presences: dict[Any, Event] = {}

    def like(self, values: Sequence[str]) -> Event | None:
        """An event that says the same as a row, if its sort is known."""
        if len(values) < self._length:
            return None
        cells = self._cells(values)
        found = self._events.get(cells)
        if found is None:
            session = self._sessions.get(self._of_session(values))
            there = self._presences.get(self._of_presence(values))
            if session and there:
                found = session._replace(presence=there.presence, minutes=there.minutes)
                _keep(self._events, cells, found)
        return found

    def learn(self, values: Sequence[str], event: Event) -> None:
        """Know what a row says from now on."""
        if len(values) >= self._length:
            _keep(self._events, self._cells(values), event)
            _keep(self._sessions, self._of_session(values), event)
            _keep(self._presences, self._of_presence(values), event)


def _keep(known: dict[Any, Event], key: object, event: Event) -> None:
    if len(known) >= _KNOWN:
        known.clear()
    known[key] = event


def _person(text: str, parse: Callable[[str], str]) -> str:
    """An identifier or e-mail address, "" where something is wrong with it."""
    if text.isascii() and text.isalnum() and parse is cells.person:
        return text.lower()
    try:
        return parse(cells.computed(text.strip()))
    except cells.BadCellError:
        return ""


def _ends(table: tables.Table, values: Sequence[str]) -> bool:
    """Whether a row is one of those under the list: a total, a signature; no row has no date."""
    if _cell(values, table.columns["date"]):
        return False
    filled = [value for value in values if value.strip()]
    known = (_cell(values, table.columns.get(n, -1)) for n in ("person", "email", "presence"))
    alone = len(filled) == 1 and not any(known)
    return alone or any(tables.bare(value).startswith(_ENDS) for value in filled)


def _blank_means(table: tables.Table) -> Presence | None:
    """What an empty presence cell says: absence in a list that only ticks those who were there."""
    ticked, at = False, table.columns["presence"]
    with suppress(InputError):
        for _line, values in table.rows():
            mark = cells.mark(_cell(values, at))
            if mark and not _ends(table, values):
                if mark not in cells.TICKS:
                    return None
                ticked = True
    return Presence.ABSENT if ticked else None


def _cell(values: Sequence[str], at: int) -> str:
    return values[at].strip() if 0 <= at < len(values) else ""


@dataclass
class _Row:
    """One row being read, and what is wrong in it."""

    table: tables.Table
    line: int
    values: Sequence[str]
    problems: list[Problem] = field(default_factory=list)

    def read(self, zone: ZoneInfo, latest: datetime, blank: Presence | None) -> Line:
        """What the row says, or what is wrong."""
        event = self._event(zone, latest, blank)
        if not self.problems:
            return Line(event, event.person, self.line, self.values, self.table)
        return Line(
            None,
            line=self.line,
            cells=self._plain(blank),
            table=self.table,
            problems=tuple(self.problems),
            session=squeezed(self._text("session") or self._text("course")),
            day=self._text("date") if event.start == datetime.min else event.day.isoformat(),
        )

    def _plain(self, blank: Presence | None) -> Sequence[str]:
        """The cells with what only their table makes clear: ticks left out, days as numbers."""
        plain = [*self.values, *[""] * (len(self.table.header) - len(self.values))]
        presence, date = (self.table.columns[name] for name in ("presence", "date"))
        if blank and not plain[presence].strip():
            plain[presence] = blank.value
        if self.table.epoch and plain[date].strip():
            with suppress(cells.BadCellError):
                plain[date] = f"{cells.day(plain[date].strip(), self.table.epoch):%d/%m/%Y %H:%M}"
                plain[date] = plain[date].removesuffix(" 00:00")
        return plain

    def _event(self, zone: ZoneInfo, latest: datetime, blank: Presence | None) -> Event:
        """What the row says; worth nothing once there are problems."""
        day = self._take("date", lambda text: cells.day(text, self.table.epoch), datetime.min)
        clock = self._take("time", cells.clock, None) or day.time()
        if not self.problems:
            season = cells.season(f"{self._text('date')} {self._text('time')}")
            where = "time" if self._text("time") else "date"
            day = self._take(where, lambda _text: cells.local(day, clock, zone, season), day)
        if not self.problems:
            day = self._take("date", lambda _text: cells.start(day, clock, latest), day)
        presence = self._take("presence", lambda text: cells.presence(text, blank), Presence.ABSENT)
        minutes = self._minutes(presence)
        named = "session" if "session" in self.table.columns else "course"
        by_email = "email" in self.table.columns and not self._text("person")
        return Event(
            session=self._take(named, cells.session, ""),
            start=day,
            person=self._take("email", cells.email, "")
            if by_email
            else self._take("person", cells.person, ""),
            presence=presence,
            minutes=minutes,
            centre=squeezed(self._text("centre")),
            course=squeezed(self._text("course")),
            trainer=squeezed(self._text("trainer")).casefold(),
            path=self.table.path,
            line=self.line,
        )

    def _minutes(self, there: Presence) -> int | None:
        """The minutes of their column, or those that a partial presence gives itself."""
        said = cells.within(self._text("presence")) if there is Presence.PARTIAL else ""
        if said and not self._text("minutes"):
            return self._take("presence", lambda _text: cells.minutes(said, there), None)
        where = "minutes" if "minutes" in self.table.columns else "presence"
        text, hours = self._text("minutes"), cells.in_hours(self._header("minutes"))
        return self._take(where, lambda _text: cells.minutes(text, there, hours=hours), None)

    def _text(self, name: str) -> str:
        return _cell(self.values, self.table.columns.get(name, -1))

    def _header(self, name: str) -> str:
        return _cell(self.table.header, self.table.columns.get(name, -1))

    def _take(self, name: str, parse: Callable[[str], _T], otherwise: _T) -> _T:
        try:
            return parse(cells.computed(self._text(name)))
        except cells.BadCellError as bad:
            column = self.table.columns.get(name, -1) + 1
            problem = self.table.problem(self.line, column, bad.what, bad.remedy)
            if problem not in self.problems:  # two things may be asked of one cell
                self.problems.append(problem)
            return otherwise
