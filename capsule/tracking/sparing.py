"""What an import leaves out: people who were forgotten, and sessions past keeping."""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from capsule.tracking.privacy import Ring


def kept_from(today: date, months: int) -> date:
    """The first day of which something is kept: so many months ago, or the end of that month."""
    year, month = divmod(today.year * 12 + today.month - 1 - months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(today.day, last))


@dataclass
class Sparing:
    """Tells which lines are left out, and counts them.

    `marks`, made with `salt`, are those of people who were forgotten; `before` is a day in ISO
    8601, or "", before which nothing is kept.
    """

    names: Ring
    salt: str = ""
    marks: frozenset[str] = frozenset()
    before: str = ""
    forgotten: int = 0
    expired: int = 0

    def leaves(self, past: bool, person: str) -> bool:
        """Whether a line about a person, as the list has them, is left out; `past` as `ended`."""
        self.expired += past
        return past or (bool(self.marks) and self.gone([person]))

    def hidden(self, person: str) -> list[str]:
        """The pseudonyms of somebody, none if they were forgotten."""
        marked = self.marks and self.names.mark(person, self.salt) in self.marks
        return [] if marked else self.names.of(person)

    def ended(self, day: date) -> bool:
        """Whether a day is past keeping."""
        return day.isoformat() < self.before

    def past(self, day: date) -> bool:
        """Whether a statement of that day is left out."""
        past = self.ended(day)
        self.expired += past
        return past

    def gone(self, people: Iterable[str]) -> bool:
        """Whether a line or a statement about them is left out: one of them was forgotten."""
        gone = bool(self.marks) and any(
            self.names.mark(person, self.salt) in self.marks for person in people
        )
        self.forgotten += gone
        return gone
