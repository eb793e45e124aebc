"""What the report says: its lines with their rates, and their total, as rows and as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from gettext import gettext as _
from pathlib import Path
from typing import Any

from capsule.files import write_text
from capsule.numbers import decimal, percent
from capsule.tables import guarded

Cell = str | int | float


class By(StrEnum):
    """What a line of the report is about."""

    SESSION = "session"
    CENTRE = "centre"
    COURSE = "course"
    MONTH = "month"


@dataclass(frozen=True)
class Line:
    """The figures of a session, a centre, a course or a month (2025-03), or of all.

    `start` (local, ISO 8601), `centre` and `course` are of a session only. `lms` is for the line
    of those who took the capsule in the LMS, of whom no list says where they belong.

    `expected`, `present` (partly or not) and `completed` count attendances in sessions, `played`
    the people who completed the capsule in the LMS. `people` are those of any of these, each once,
    and `reached` those of them who completed it, either way. `expected` is None where there are
    no lists but statements only. The medians are minutes, where some are known.
    """

    name: str
    start: str
    centre: str
    course: str
    lms: bool
    expected: int | None
    present: int
    completed: int
    played: int
    people: int
    reached: int
    minutes: float | None
    played_minutes: float | None

    @property
    def rate(self) -> float | None:
        """The share of the people expected or seen who completed; None where none was expected."""
        return self.reached / self.people if self.expected and self.people else None


@dataclass(frozen=True)
class Report:
    """The lines in their order, and the total. Without lists nobody is known to be expected."""

    by: By
    lines: Sequence[Line]
    total: Line
    listed: bool = True


def data(report: Report) -> dict[str, Any]:
    """The report for another program."""
    return {
        "by": report.by.value,
        "lines": [_data(line) for line in report.lines],
        "total": _data(report.total),
    }


def _data(line: Line) -> dict[str, Any]:
    rate = line.rate
    return asdict(line) | {"rate": None if rate is None else round(rate, 4)}


def minutes(length: float | None) -> str:
    """A number of minutes, whole where it may be: French Excel takes 12.5 for the 12th of May."""
    return "" if length is None else decimal(length)


def name(line: Line) -> str:
    """What a line is about, in the user's words."""
    return _("In the LMS") if line.lms else line.name or _("(none)")


def headers(report: Report) -> tuple[str, ...]:
    """The names of the columns of `rows`, in the user's language."""
    first = {
        By.SESSION: (_("Session"), _("Date"), _("Centre"), _("Course")),
        By.CENTRE: (_("Centre"),),
        By.COURSE: (_("Course"),),
        By.MONTH: (_("Month"),),
    }
    return (
        *first[report.by],
        _("Expected"),
        _("Present"),
        _("Completed"),
        _("In the LMS"),
        _("People"),
        _("Of whom completed"),
        _("Rate"),
        _("Minutes present (median)"),
        _("Minutes in the LMS (median)"),
    )


def rows(report: Report) -> list[tuple[str | int, ...]]:
    """One row per line: what it is about, its figures, rate and medians."""
    return [(*_about(report, line), *_figures(line)) for line in report.lines]


def total(report: Report) -> tuple[str | int, ...]:
    """The row of all together."""
    about = ("",) * (len(headers(report)) - len(_figures(report.total)) - 1)
    return (_("Total"), *about, *_figures(report.total))


def shown(report: Report) -> tuple[tuple[str, ...], list[tuple[str | int, ...]]]:
    """Headers and rows with the total, without the columns that say nothing."""
    body = [*rows(report), total(report)]
    kept = [n for n, cells in enumerate(zip(*body, strict=True)) if any(cells)]
    return (
        tuple(headers(report)[n] for n in kept),
        [tuple(row[n] for n in kept) for row in body],
    )


def write_csv(report: Report, target: Path) -> None:
    """Write the rows for a spreadsheet: `;` and a byte order mark, as French Excel wants.

    A cell that a spreadsheet would take for a formula gets an apostrophe in front. The total isn't
    among them, for whoever adds them up. Raises OSError.
    """
    write_table(headers(report), rows(report), target)


def write_table(headers: Sequence[str], rows: Sequence[Sequence[str | int]], target: Path) -> None:
    """Write a table as `write_csv` does. Raises OSError."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\n")
    writer.writerow(headers)
    writer.writerows([inert(cell) for cell in row] for row in rows)
    write_text(target, "\ufeff" + text.getvalue())


def _about(report: Report, line: Line) -> tuple[str, ...]:
    first = name(line)
    if report.by is By.SESSION:
        return first, line.start[:10], line.centre, line.course
    return (first,)


def _figures(line: Line) -> tuple[str | int, ...]:
    expected = "" if line.expected is None or line.lms else line.expected
    return (
        expected,
        line.present,
        line.completed,
        line.played,
        line.people,
        line.reached,
        "" if line.rate is None else percent(line.rate),
        minutes(line.minutes),
        minutes(line.played_minutes),
    )


def inert(cell: Cell) -> Cell:
    """`cell` as a spreadsheet takes it for a text, where it would run or change it."""
    return guarded(cell) if isinstance(cell, str) else cell
