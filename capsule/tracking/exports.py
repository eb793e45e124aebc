"""What each LMS imports, as facts about its importer have it: files for a machine, in UTF-8.

Their cells stay as the LMS's own list has them: an apostrophe against formulas would make another
user of somebody, and one unknown user has Moodle refuse the whole file.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from gettext import gettext as _

from capsule.tracking.users import User, Users


class To(StrEnum):
    """What an export is for."""

    MOODLE_GRADES = "moodle-grades"
    MOODLE_ATTENDANCE = "moodle-attendance"
    OPENEDX = "openedx"
    CHAMILO = "chamilo"
    NDJSON = "ndjson"
    CSV = "csv"
    PARQUET = "parquet"

    @property
    def named(self) -> bool:
        """Whether it needs people by their names in the LMS."""
        return self not in (To.NDJSON, To.CSV, To.PARQUET)


@dataclass(frozen=True)
class Person:
    """What there is to say of a person, a pseudonym, and where the lists say it.

    `where` is the session with its day, or nothing for what comes from the LMS; `origin` is a
    file and its line, where that is known. `day` is ISO 8601.
    """

    pseudonym: str
    presence: str
    where: str
    origin: str
    day: str


@dataclass(frozen=True)
class Unknown:
    """Somebody who isn't in the export, and why."""

    person: Person
    reason: str


@dataclass(frozen=True)
class Settings:
    """What the LMS's side decides: the field that its users go by, the points of a completion,
    the title of the column, and for Open edX the course and the block."""

    key: str
    points: int
    title: str
    course: str = ""
    block: str = ""


_STATUSES = {"present": "P", "partial": "L", "absent": "A"}  # mod_attendance's own, as it is made


def known(
    people: Sequence[Person], users: Users, needed: str
) -> tuple[list[tuple[User, Person]], list[Unknown]]:
    """The people who are users, each once, with the field `needed`; and the others."""
    found: dict[int, tuple[User, Person]] = {}
    others: list[Unknown] = []
    for person in people:
        match users.of(person.pseudonym):
            case []:
                others.append(Unknown(person, _("not in the list of users")))
            case [user] if user[needed]:
                found.setdefault(user.line, (user, person))
            case [user]:
                others.append(
                    Unknown(
                        person,
                        _("line %(line)d of the list of users has no %(field)s")
                        % {"line": user.line, "field": needed},
                    )
                )
            case several:
                lines = ", ".join(str(user.line) for user in several)
                others.append(
                    Unknown(
                        person,
                        _("several users have this identifier: lines %(lines)s") % {"lines": lines},
                    )
                )
    return [found[line] for line in sorted(found)], others


def each_once(apart: Sequence[Unknown]) -> list[Unknown]:
    """The first mention of each person who is left apart."""
    first: dict[str, Unknown] = {}
    for one in apart:
        first.setdefault(one.person.pseudonym, one)
    return list(first.values())


def grades(to: To, people: Sequence[tuple[User, Person]], settings: Settings) -> str:
    """The file that gives each of `people` the points of a completion."""
    if to is To.OPENEDX:
        return _openedx(people, settings)
    if to is To.CHAMILO:
        return _chamilo(people, settings)
    rows = [(user[settings.key], settings.points) for user, _person in people]
    return _table((settings.key, settings.title), rows)


def attendance(people: Sequence[tuple[User, Person]], settings: Settings) -> str:
    """The list of one session for Moodle's mod_attendance: who they are, and P, L or A."""
    rows = [(user[settings.key], _STATUSES[person.presence]) for user, person in people]
    return _table((settings.key, "status"), rows)


def _openedx(people: Sequence[tuple[User, Person]], settings: Settings) -> str:
    fields = ("user_id", "username", "student_key", "course_id", "track", "cohort")
    rows = [
        (
            user["id"],
            user["username"],
            user["idnumber"],
            settings.course,
            user["track"],
            user["cohort"],
            settings.points,
        )
        for user, _person in people
    ]
    return _table((*fields, f"new_override-{settings.block}"), rows)


def _chamilo(people: Sequence[tuple[User, Person]], settings: Settings) -> str:
    fields = ("username", "official_code", "lastname", "firstname", "score", "date")
    rows = [
        (
            user["username"],
            user["idnumber"],
            user["lastname"],
            user["firstname"],
            settings.points,
            person.day,
        )
        for user, person in people
    ]
    return _table(fields, rows, ";")


def _table(header: Sequence[str], rows: Sequence[Sequence[str | int]], delimiter: str = ",") -> str:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()
