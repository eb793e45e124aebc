"""Events → rows of the store: people under pseudonyms, statements in the forms of their session."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from gettext import gettext as _
from itertools import islice
from typing import NamedTuple

from capsule.errors import Problem
from capsule.tracking import cells, forms, statements
from capsule.tracking.attendance import Line
from capsule.tracking.events import Event, Presence
from capsule.tracking.outbox import CHUNK, Contradiction, Ledger, Rows, Saying, Session
from capsule.tracking.people import People
from capsule.tracking.privacy import Pseudonyms
from capsule.tracking.sparing import Sparing

_KNOWN = 2_000  # sorts of presence in sessions, of which the forms are kept: 4 kB each


class _Sort(NamedTuple):
    """What lines have in common that say the same in one session, and whether it is past keeping.

    `actors` are those of that day.
    """

    saying: Saying
    actors: Pseudonyms
    past: bool


class Entering:
    """Enters lists into `ledger`, without the people that `sparing` leaves out.

    `whose` learns what stands for people, with their identifiers.
    """

    def __init__(
        self,
        ledger: Ledger,
        sparing: Sparing,
        subject: statements.Subject,
        whose: People | None = None,
    ) -> None:
        self._ledger = ledger
        self._sparing = sparing
        self._subject = subject
        self._whose = whose
        self._sorts: dict[object, _Sort] = {}

    def enter(
        self, lines: Iterable[Line]
    ) -> Iterator[tuple[Line | None, Sequence[Problem], bool | None]]:
        """Enter the lines of the ledger's open file; give each with its problems, and if it is new.

        That is None for a line that was left out, or that the same import has said before. A line
        that was given before, and that a later one contradicts, comes as None.
        """
        rest = iter(lines)
        while some := list(islice(rest, CHUNK)):
            kept, rows = self._rows(some)
            about_all = [line.line for line in some].count(0)
            self._ledger.skip(len(some) - about_all - len(kept))
            entered = self._ledger.add(rows)
            found: dict[int | None, list[Problem]] = {}
            for one in entered.contradictions:
                found.setdefault(one.row, []).append(_problem(one))
            yield from ((None, [problem], False) for problem in found.get(None, ()))
            at = 0
            for line in some:
                if at < len(kept) and kept[at] is line:
                    yield line, found.get(at, ()), entered.new[at]
                    at += 1
                else:
                    yield line, line.problems, None

    def _rows(self, lines: Iterable[Line]) -> tuple[list[Line], Rows]:
        """The lines that go in, and the rows that they are."""
        kept, rows, met = list[Line](), Rows(), dict[str, str]()
        like = sort = None
        spares = bool(self._sparing.marks)
        for line in lines:
            if line.like is not like:
                like = line.like
                sort = like and (self._sorts.get(like.saying) or self._sort(like))
            person = line.person
            if sort is None or ((sort.past or spares) and self._sparing.leaves(sort.past, person)):
                continue
            pseudonym = sort.actors.of(person)
            met[pseudonym] = person
            kept.append(line)
            rows.sayings.append(sort.saying)
            rows.people.append(pseudonym)
            rows.lines.append(line.line)
            if sort.actors.identified:
                rows.told.append(sort.actors.told(person))
        if self._whose is not None:
            self._whose.note(met, self._links(kept, rows.people))
        return kept, rows

    def _links(self, lines: Iterable[Line], people: Iterable[str]) -> set[tuple[str, str]]:
        """Pseudonyms of the e-mail addresses beside identifiers, each with that of the person."""
        return {
            (hidden, person)
            for line, person in zip(lines, people, strict=True)
            if (email := _beside(line))
            for hidden in self._sparing.hidden(email)
        }

    def _sort(self, event: Event) -> _Sort:
        actors = self._sparing.names.on(event.day)
        session = Session(
            statements.registration(event, self._subject),
            event.session,
            event.start.isoformat(timespec="minutes"),
            event.centre,
            event.course,
        )
        if len(self._sorts) >= _KNOWN:
            self._sorts.clear()
        said = forms.of_event(actors.hide_trainer(event), self._subject)
        saying = Saying(session, event.presence, event.minutes, said)
        sort = _Sort(saying, actors, self._sparing.ended(event.day))
        self._sorts[event.saying] = sort
        return sort


def _beside(line: Line) -> str:
    """The e-mail address that a line has beside an identifier, "" if there is none."""
    columns = line.table.columns if line.table else {}
    if "email" not in columns or "person" not in columns:
        return ""
    try:
        email = cells.email(cells.computed(line.cells[columns["email"]].strip()))
    except (cells.BadCellError, IndexError):
        return ""
    return "" if email == line.person else email


def _problem(found: Contradiction) -> Problem:
    return Problem(
        found.path,
        found.line,
        0,
        _("this person is %(now)s here, and %(other)s in another line of this import")
        % {"now": _told(*found.said), "other": _told(*found.other)},
        _("neither line was imported; correct one of them, then import the list again"),
    )


def _told(presence: str, minutes: int | None) -> str:
    """A presence in the user's words."""
    if presence == Presence.PARTIAL:
        return _("present for %(minutes)d minutes") % {"minutes": minutes}
    return _("present") if presence == Presence.PRESENT else _("absent")
