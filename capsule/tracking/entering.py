"""Events → rows of the store: people under pseudonyms, statements in the forms of their session."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from gettext import gettext as _
from itertools import islice
from typing import NamedTuple

from capsule.errors import Problem
from capsule.tracking import statements
from capsule.tracking.attendance import Line
from capsule.tracking.events import Event, Presence
from capsule.tracking.outbox import CHUNK, Contradiction, Ledger, Row, Session
from capsule.tracking.privacy import Actors
from capsule.tracking.sparing import Sparing

_KNOWN = 10_000  # sessions, or sorts of presence in them, of which the forms are kept


class _Sort(NamedTuple):
    """What rows have in common that say the same in one session."""

    session: Session
    forms: Sequence[statements.Form]
    actors: Actors


class Entering:
    """Enters lists into `ledger`, without the people that `sparing` leaves out.

    `met` hears what stands for people, with their identifiers.
    """

    def __init__(
        self,
        ledger: Ledger,
        sparing: Sparing,
        subject: statements.Subject,
        met: Callable[[Mapping[str, str]], None] = lambda _known: None,
    ) -> None:
        self._ledger = ledger
        self._sparing = sparing
        self._subject = subject
        self._met = met
        self._sorts: dict[object, _Sort] = {}

    def enter(self, lines: Iterable[Line]) -> Iterator[tuple[Line | None, list[Problem], bool]]:
        """Enter the lines of the ledger's open file; give each with its problems, and if it is new.

        A line that was given before, and that a later one contradicts, comes as None.
        """
        rest = iter(lines)
        while some := list(islice(rest, CHUNK)):
            good = [line for line in some if line.event and not self._sparing.spares(line.event)]
            self._ledger.skip(sum(line.line > 0 for line in some) - len(good))
            named = [(line, line.event) for line in good if line.event]
            rows = [self.row(event, line) for line, event in named]
            people = [event.person for _line, event in named]
            self._met({row.person: who for row, who in zip(rows, people, strict=True)})
            entered = self._ledger.add(rows)
            found: dict[int, list[Problem]] = {}
            for one in entered.contradictions:
                if one.source is None:
                    yield None, [_problem(one)], False
                else:
                    found.setdefault(id(one.source), []).append(_problem(one))
            new = {id(line) for line, is_new in zip(good, entered.new, strict=True) if is_new}
            for line in some:
                yield line, [*line.problems, *found.get(id(line), [])], id(line) in new

    def row(self, event: Event, line: Line | None = None) -> Row:
        """One event as a row of the store, and the line that it comes from."""
        where = (event.session, event.start, event.centre, event.course, event.trainer)
        key = (where, event.presence, event.minutes)
        sort = self._sorts.get(key) or self._sort(key, event)
        person = sort.actors.of(event.person)
        said = (event.presence, event.minutes)
        return Row(sort.session, person, *said, event.line, sort.forms, line)

    def _sort(self, key: object, event: Event) -> _Sort:
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
        self._sorts[key] = _Sort(
            session, statements.forms(actors.hide(event), self._subject), actors
        )
        return self._sorts[key]


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
