"""The report as one HTML page, with charts, for those who decide: nothing is fetched for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

from capsule.files import write_text
from capsule.numbers import decimal, percent
from capsule.resources import N_, Words
from capsule.templating import environment
from capsule.theme import HOUSE
from capsule.tracking.report import By, Line, Report
from capsule.typography import NNBSP

_BARS = 24  # in a chart; its table has the others
_SESSIONS = 500  # of the latest; a page of thousands can't be read, and the CSV has them all
_MONTHS = (
    N_("January"),
    N_("February"),
    N_("March"),
    N_("April"),
    N_("May"),
    N_("June"),
    N_("July"),
    N_("August"),
    N_("September"),
    N_("October"),
    N_("November"),
    N_("December"),
)
_TITLES = {
    By.MONTH: N_("By month"),
    By.CENTRE: N_("By centre"),
    By.COURSE: N_("By course"),
    By.SESSION: N_("By session"),
}
_FIRST = {
    By.MONTH: N_("Month"),
    By.CENTRE: N_("Centre"),
    By.COURSE: N_("Course"),
    By.SESSION: N_("Session"),
}


@dataclass(frozen=True)
class Subject:
    """The capsule that the page is about: its title, centre and language."""

    title: str
    centre: str
    language: str


@dataclass(frozen=True)
class Bar:
    """A bar of a chart: what it is about, and the shares of the longest that it takes (0 to 1)."""

    label: str
    line: Line
    whole: float
    done: float


@dataclass(frozen=True)
class Part:
    """A part of the page: a table, its chart unless it has none, how many lines were left out."""

    name: str
    title: str
    first: str
    lines: Sequence[tuple[str, Line]]
    bars: Sequence[Bar]
    left_out: int


def write(
    reports: Sequence[Report], about: Subject, words: Words, today: date, target: Path
) -> None:
    """Write the page of `reports`, which speaks through the catalogue `words`. Raises OSError."""
    made = environment("reports", words)
    made.filters |= {
        "number": partial(number, words=words),
        "share": partial(share, words=words),
        "day": day,
    }
    text = made.get_template("attendance.html.j2").render(
        about=about,
        total=reports[0].total,
        listed=reports[0].listed,
        parts=[part for report in reports if (part := _part(report, words)).lines],
        today=today.isoformat(),
        theme=HOUSE,
    )
    write_text(target, text)


def number(count: float | None, words: Words) -> str:
    """A number with a narrow no-break space between thousands, a dash for none."""
    return "–" if count is None else decimal(count, 1, words.gettext, thousands=NNBSP)


def share(rate: float | None, words: Words) -> str:
    """A share in per cent, a dash for none."""
    return "–" if rate is None else percent(rate, words.gettext).replace(" ", "\u00a0")


def day(text: str) -> str:
    """The day of an ISO date as French and British readers write it."""
    return f"{text[8:10]}/{text[5:7]}/{text[:4]}" if text else ""


def _part(report: Report, words: Words) -> Part:
    by = report.by
    lines = [(_label(by, line, words), line) for line in report.lines]
    kept = lines[-_SESSIONS:] if by is By.SESSION else lines
    return Part(
        by.value,
        words.gettext(_TITLES[by]),
        words.gettext(_FIRST[by]),
        kept,
        [] if by is By.SESSION or len(lines) < 2 else _bars(by, lines),
        len(lines) - len(kept),
    )


def _bars(by: By, lines: Sequence[tuple[str, Line]]) -> list[Bar]:
    """The bars of the lines that count most: the last months, else those of most people."""
    chosen = list(lines)[-_BARS:]
    if by is not By.MONTH:
        chosen = sorted(lines, key=lambda one: -one[1].people)[:_BARS]
    most = max((line.people for _label, line in chosen), default=0) or 1
    return [Bar(label, line, line.people / most, line.reached / most) for label, line in chosen]


def _label(by: By, line: Line, words: Words) -> str:
    if line.lms:
        return words.gettext("In the LMS")
    if by is By.MONTH and line.name:
        year, month = line.name.split("-")
        return f"{words.gettext(_MONTHS[int(month) - 1])} {year}"
    return line.name or words.gettext("(none)")
