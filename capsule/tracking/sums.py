"""Sums over millions of rows, by DuckDB: the store's lists, or statements in a file.

Whatever they come from, rows become two tables that the report is made of:

    place    a session, or a month in the LMS (`lms`)
    taken    what is known of a person in one of these; the person is 64 bits of a hash

Two of ten million people share a hash in one report of 370,000, which counts a person less.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from gettext import gettext as _
from itertools import islice
from pathlib import Path
from typing import Any

import duckdb
import numpy

from capsule.activity import Names
from capsule.errors import InputError, Problem
from capsule.tracking import told
from capsule.tracking.outbox import Attended, Played, Remains, SessionRow
from capsule.tracking.report import By, Line, Report

_CHUNK = 200_000
_PAST = 1_000_000  # months that are past, from there on
_MEMORY = "512MB"  # of what DuckDB holds; beyond that it goes to the temporary folder
_TABLES = """
CREATE TABLE place (id BIGINT, lms BOOL, name VARCHAR, start VARCHAR, centre VARCHAR,
    course VARCHAR);
CREATE TABLE taken (place BIGINT, person UBIGINT, present BOOL, completed BOOL, minutes FLOAT);
CREATE TABLE play (person UBIGINT, moment TIMESTAMPTZ, minutes FLOAT);
CREATE TABLE remain (place BIGINT, expected BIGINT, present BIGINT, completed BIGINT);
CREATE TABLE alias (person UBIGINT, one UBIGINT);
"""
_KEYS = {  # what makes a line, and its name
    By.SESSION: ("CASE WHEN lms THEN 0 ELSE id END", "name"),
    By.CENTRE: ("centre", "centre"),
    By.COURSE: ("course", "course"),
    By.MONTH: ("start[1:7]", "start[1:7]"),
}
_LINES = """
SELECT any_value({name}), min(start), any_value(centre), any_value(course), {figures}
FROM taken JOIN place ON place.id = taken.place GROUP BY {key} {apart}
ORDER BY {apart_first} {order}
"""
_FIGURES = """
bool_and(lms),
count(*) FILTER (NOT lms),
count(*) FILTER (present AND NOT lms),
count(*) FILTER (completed AND NOT lms),
count(DISTINCT person) FILTER (lms),
{people},
{lasted},
{lasted_lms}
"""
_MEDIAN = """CASE WHEN 2 * count(minutes) FILTER ({which}) >= count(*) FILTER (present AND {which})
THEN median(minutes) FILTER ({which}) END"""  # the few whose minutes are known say little of all
_LASTED = {"lasted": _MEDIAN.format(which="NOT lms"), "lasted_lms": _MEDIAN.format(which="lms")}
_MERGED = """
CREATE OR REPLACE TABLE taken AS
SELECT arg_min(t.place, p.start) AS place, coalesce(one, person) AS person,
    bool_or(present) AS present, bool_or(completed) AS completed, max(minutes) AS minutes
FROM taken t JOIN place p ON p.id = t.place LEFT JOIN alias USING (person)
GROUP BY CASE WHEN lms THEN 0 ELSE t.place END, coalesce(one, person)
"""  # in the LMS, the first time
_UNFOLDED = """
INSERT INTO taken
SELECT min(id), person, true, bool_or(took), max(minutes)
FROM (
    SELECT place, room, unnest(there) AS person, false AS took, NULL AS minutes FROM grouped
    UNION ALL SELECT place, room, unnest(took), true, NULL FROM grouped
    UNION ALL SELECT place, room, one.person, NOT room, one.minutes
        FROM (SELECT place, room, unnest(lasted) AS one FROM grouped)
) JOIN places USING (place, room)
GROUP BY CASE WHEN room THEN id ELSE 0 END, person
"""  # in the LMS, the first time
_EACH_ONCE = "count(DISTINCT person), count(DISTINCT person) FILTER (completed)"
_ONCE_ALREADY = "count(*), count(*) FILTER (completed)"
_ALL_ONCE = """(SELECT count(*) FROM (SELECT DISTINCT person FROM taken)),
(SELECT count(*) FROM (SELECT DISTINCT person FROM taken WHERE completed))"""  # the same, faster


class Sums:
    """A DuckDB of its own, in memory and, beyond that, in a temporary folder; see `opened`."""

    def __init__(self, db: duckdb.DuckDBPyConnection) -> None:
        self._db = db
        self._listed = True
        db.execute(_TABLES)

    def add_sessions(self, sessions: Iterable[SessionRow]) -> None:
        """Take sessions."""
        for rows in _columns(sessions):
            number, name, start, centre, course = rows
            self._insert("place SELECT a, false, b, c, d, e", number, name, start, centre, course)

    def add_attended(self, attended: Iterable[Attended]) -> None:
        """Take what lists say of people in sessions."""
        said = "taken SELECT a, hash(b), c <> 'absent', c = 'present', d"
        for rows in _columns(attended):
            self._insert(said, *rows)

    def add_remains(self, remains: Iterable[Remains]) -> None:
        """Take the figures of sessions whose people were purged: each attendance is a person."""
        for rows in _columns(remains):
            self._insert("remain SELECT a, b, c, d", *rows)
        self._db.execute(
            "INSERT INTO taken SELECT place, hash(place, n), n < present, n < completed, NULL"
            " FROM (SELECT *, unnest(range(expected)) AS n FROM remain)"
        )

    def add_played(self, played: Iterable[Played], zone: str) -> None:
        """Take completions in the LMS: each person's first one gives the month, in `zone`."""
        for rows in _columns(played):
            _id, person, moment, took = rows
            self._insert("play SELECT hash(a), b::TIMESTAMPTZ, c / 60", person, moment, took)
        self._db.execute(
            "CREATE TEMP TABLE first AS SELECT person, max(minutes) AS minutes,"
            " strftime(timezone($zone, min(moment)), '%Y-%m') AS month"
            " FROM play GROUP BY person",
            {"zone": zone},
        )
        self._db.execute(
            "INSERT INTO place SELECT -row_number() OVER (ORDER BY month), true, '', month, '', ''"
            " FROM (SELECT DISTINCT month FROM first)"
        )
        self._db.execute(
            "INSERT INTO taken SELECT id, person, true, true, minutes"
            " FROM first JOIN place ON lms AND start = month"
        )

    def add_past(self, months: Mapping[str, int]) -> None:
        """Take how many people completed it in the LMS in a month, of whom nothing else remains."""
        for number, (month, people) in enumerate(sorted(months.items()), _PAST):
            self._db.execute(
                "INSERT INTO place VALUES ($n, true, '', $month, '', '')",
                {"n": -number, "month": month},
            )
            self._db.execute(
                "INSERT INTO taken SELECT -$n, hash($month, i), true, true, NULL"
                " FROM range($people) t(i)",
                {"n": number, "month": month, "people": people},
            )

    def read_statements(self, path: Path, names: Names, zone: str) -> None:
        """Take the statements about a capsule in a file, NDJSON or this tool's Parquet.

        A repeated statement counts once, a voided one not at all. Raises InputError when the file
        holds something else, OSError when it can't be read.
        """
        with path.open("rb"):
            pass
        self._listed = False
        try:
            with told.disk_faults():
                told.group(self._db, path, names, zone)
                self._unfold()
        except duckdb.Error as error:
            what = _("this is no xAPI statement")
            remedy = _("give one statement on each line (NDJSON)")
            raise InputError([Problem(path, _line(str(error)), 0, what, remedy)]) from None

    def merge(self, aliases: Mapping[str, str]) -> None:
        """Count pseudonyms as one person: each → the one that stands for all."""
        self._db.execute("DELETE FROM alias")
        for rows in _columns(aliases.items()):
            self._insert("alias SELECT hash(a), hash(b)", *rows)
        told.run(self._db, _MERGED)

    def report(self, by: By) -> Report:
        """The figures of each session, centre, course or month, and of all together."""
        key, name = _KEYS[by]
        month = by is By.MONTH
        asked = _LINES.format(
            name=name,
            key=key,
            figures=_figures(_ONCE_ALREADY if by is By.SESSION else _EACH_ONCE),
            apart="" if month else ", lms",
            apart_first="" if month else "lms,",
            order="2, 1, min(id)" if by is By.SESSION else "1",
        )
        lines = [self._line(by, row) for row in told.run(self._db, asked).fetchall()]
        (whole,) = told.run(
            self._db,
            f"SELECT '', '', '', '', {_figures(_ALL_ONCE)} FROM taken"  # noqa: S608
            " JOIN place ON place.id = taken.place",
        ).fetchall()
        return Report(by, lines, self._line(by, whole), self._listed)

    def _line(self, by: By, row: Sequence[Any]) -> Line:
        name, start, centre, course, lms, expected, *figures = row
        alone = bool(lms) and by is not By.MONTH
        whose = by is By.SESSION and not alone
        return Line(
            name,
            start if whose else "",
            centre if whose else "",
            course if whose else "",
            alone,
            expected if self._listed else None,
            *figures,
        )

    def _unfold(self) -> None:
        """`told.places` and `told.grouped` → place, taken."""
        self._db.execute(
            "INSERT INTO place SELECT id, NOT room, name, start, centre, course FROM places"
        )
        told.run(self._db, _UNFOLDED)
        for table in ("places", "grouped"):
            self._db.execute(f"DROP TABLE {table}")

    def _insert(self, into: str, *columns: Sequence[Any]) -> None:
        rows = {name: _array(values) for name, values in zip("abcde", columns, strict=False)}
        self._db.execute(f"INSERT INTO {into} FROM rows")
        del rows


@contextmanager
def opened() -> Iterator[Sums]:
    """Sums that begin empty. Nothing is fetched from the network, and nothing is left behind."""
    with tempfile.TemporaryDirectory(prefix="capsule-") as folder:
        config: dict[str, str | bool | int | float | list[str]] = {
            "temp_directory": folder,
            "memory_limit": _MEMORY,
            "autoinstall_known_extensions": False,
            "preserve_insertion_order": False,
        }
        with told.disk_faults(), duckdb.connect(config=config) as db:
            yield Sums(db)


def _line(fault: str) -> int:
    """The line of what DuckDB can't read, 0 if it isn't told.

    Nothing else of what it says is for users: it quotes the file, which may name people.
    """
    found = re.search(r" in line (\d+)", fault)
    return int(found[1]) - ("Malformed" in fault) if found else 0  # for that it counts one more


def _figures(people: str) -> str:
    return _FIGURES.format(people=people, **_LASTED)


def _columns(rows: Iterable[Sequence[Any]]) -> Iterator[list[tuple[Any, ...]]]:
    """Rows as columns, so many rows at a time."""
    rest = iter(rows)
    while some := list(islice(rest, _CHUNK)):
        yield list(zip(*some, strict=True))


def _array(values: Sequence[Any]) -> Any:
    """A column for DuckDB: numbers where they are, text otherwise; None is no value."""
    if all(value is None or isinstance(value, int | float) for value in values):
        missing = [value is None for value in values]
        return numpy.ma.array([value or 0 for value in values], mask=missing)
    return numpy.array(values, dtype=object)
