"""An attendance list, as training departments export it → Events."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from gettext import gettext as _
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from capsule import tables
from capsule.errors import InputError, Problem
from capsule.tracking import cells
from capsule.tracking.events import Event, Presence, squeezed

_T = TypeVar("_T")

_ALIASES: tables.Aliases = {
    "session": (
        "session",
        "code session",
        "numero de session",
        "n session",
        "no session",
        "reference session",
        "id session",
        "session id",
        "session code",
        "groupe",
        "group",
    ),
    "date": (
        "date",
        "date de session",
        "date de la session",
        "date session",
        "session date",
        "date de debut",
        "start date",
        "jour",
        "day",
    ),
    "time": ("heure", "heure de debut", "heure debut", "horaire", "time", "start time", "start"),
    "person": (
        "identifiant",
        "identifiant stagiaire",
        "identifiant agent",
        "identifier",
        "id",
        "matricule",
        "numero stagiaire",
        "n stagiaire",
        "no stagiaire",
        "numero agent",
        "n agent",
        "learner id",
        "trainee id",
        "user id",
        "username",
    ),
    "email": (
        "e mail",
        "email",
        "mail",
        "courriel",
        "mel",
        "adresse e mail",
        "adresse email",
        "adresse mail",
        "adresse courriel",
        "adresse electronique",
        "email address",
        "e mail address",
    ),
    "presence": (
        "presence",
        "present",
        "presente",
        "emargement",
        "attendance",
        "statut de presence",
        "statut",
        "status",
    ),
    "minutes": (
        "minutes",
        "minutes de presence",
        "duree en minutes",
        "duree de presence",
        "temps de presence",
        "duree",
        "duration",
        "temps",
    ),
    "trainer": (
        "formateur",
        "formatrice",
        "formateur trice",
        "intervenant",
        "intervenante",
        "animateur",
        "trainer",
        "instructor",
    ),
    "centre": ("centre", "centre de formation", "center", "site", "antenne", "lieu", "location"),
    "course": (
        "cours",
        "formation",
        "intitule de la formation",
        "intitule",
        "stage",
        "course",
        "training",
    ),
}


def read(path: Path, zone: ZoneInfo, latest: datetime) -> Iterator[Event | Problem]:
    """Read a list, row by row: an Event where the row is good, else every Problem of the row.

    The column of a problem is its place among the columns of the file, from 1. Times are local
    to `zone`; `latest`, aware, is the last instant at which a session can have begun. Raises
    OSError when the file can't be read.
    """
    needed = {
        _("session"): {"session", "course"},
        _("date"): {"date"},
        _("identifier or e-mail"): {"person", "email"},
        _("presence"): {"presence"},
    }
    try:
        table = tables.read(path, _ALIASES, needed)
        blank = _blank_means(table)
        for line, values in table.rows():
            row = _Row(table, line, values)
            event = row.event(zone, latest, blank)
            yield from row.problems or (event,)
    except InputError as error:
        yield from error.problems


def _blank_means(table: tables.Table) -> Presence | None:
    """What an empty presence cell says: absence in a list that only ticks those who were there."""
    marks = {""}
    with suppress(InputError):
        marks |= {
            cells.mark(_cell(values, table.columns["presence"])) for _line, values in table.rows()
        }
    return Presence.ABSENT if {""} < marks <= {"", *cells.TICKS} else None


def _cell(values: Sequence[str], at: int) -> str:
    return values[at].strip() if 0 <= at < len(values) else ""


@dataclass
class _Row:
    """One row being read, and what is wrong in it."""

    table: tables.Table
    line: int
    values: Sequence[str]
    problems: list[Problem] = field(default_factory=list)

    def event(self, zone: ZoneInfo, latest: datetime, blank: Presence | None) -> Event:
        """What the row says; worth nothing once there are problems."""
        day = self._take("date", cells.day, datetime.min)
        clock = self._take("time", cells.clock, None) or day.time()
        if not self.problems:
            day = self._take("date", lambda _text: cells.start(day, clock, zone, latest), day)
        presence = self._take("presence", lambda text: cells.presence(text, blank), Presence.ABSENT)
        minutes = self._take("minutes", lambda text: cells.minutes(text, presence), None)
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

    def _text(self, name: str) -> str:
        return _cell(self.values, self.table.columns.get(name, -1))

    def _take(self, name: str, parse: Callable[[str], _T], otherwise: _T) -> _T:
        try:
            return parse(self._text(name))
        except cells.BadCellError as bad:
            column = self.table.columns.get(name, -1) + 1
            path = self.table.path
            self.problems.append(Problem(path, self.line, column, bad.what, bad.remedy))
            return otherwise
