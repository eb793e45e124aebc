"""What the report says: sessions with their rates, and their total, as rows and as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from gettext import gettext as _
from pathlib import Path

from capsule.files import write_text
from capsule.tracking.outbox import SessionFigures

_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would run (OWASP, CSV injection)


@dataclass(frozen=True)
class Report:
    """The sessions, the oldest first."""

    sessions: Sequence[SessionFigures]

    @property
    def expected(self) -> int:
        """How many people were expected, all sessions together."""
        return sum(session.expected for session in self.sessions)

    @property
    def present(self) -> int:
        """How many were there, partly or not."""
        return sum(session.present for session in self.sessions)

    @property
    def completed(self) -> int:
        """How many had the whole capsule."""
        return sum(session.completed for session in self.sessions)


def rate(completed: int, expected: int) -> str:
    """The share of those expected who completed, in per cent."""
    return f"{100 * completed / expected:.0f} %" if expected else "-"


def headers() -> tuple[str, ...]:
    """The names of the columns of `rows`, in the user's language."""
    return (
        _("Session"),
        _("Date"),
        _("Centre"),
        _("Course"),
        _("Expected"),
        _("Present"),
        _("Completed"),
        _("Rate"),
    )


def rows(report: Report) -> list[tuple[str | int, ...]]:
    """One row per session: name, local start, centre, course, figures, rate."""
    return [
        (
            session.session,
            session.start[:10],
            session.centre,
            session.course,
            session.expected,
            session.present,
            session.completed,
            rate(session.completed, session.expected),
        )
        for session in report.sessions
    ]


def write_csv(report: Report, target: Path) -> None:
    """Write the rows for a spreadsheet: `;` and a byte order mark, as French Excel wants.

    A cell that a spreadsheet would take for a formula gets an apostrophe in front. Raises OSError.
    """
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\n")
    writer.writerow(headers())
    writer.writerows([_inert(cell) for cell in row] for row in rows(report))
    write_text(target, "\ufeff" + text.getvalue())


def _inert(cell: str | int) -> str | int:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
