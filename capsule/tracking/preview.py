"""What an import would do, session by session."""

from __future__ import annotations

from dataclasses import dataclass, field
from gettext import gettext as _

from capsule.tracking.attendance import Line
from capsule.tracking.events import Presence


@dataclass
class Session:
    """Lines of one session: `start` is local, "" where no line could be read.

    `new` and `known` are the people who would be added and those who are there already.
    """

    session: str
    date: str
    start: str = ""
    expected: int = 0
    present: int = 0
    partial: int = 0
    absent: int = 0
    new: int = 0
    known: int = 0
    problems: int = 0


@dataclass
class Preview:
    """The sessions, in the order of the lists."""

    sessions: list[Session] = field(default_factory=list)
    _by_key: dict[str, Session] = field(default_factory=dict)

    def add(self, line: Line, *, new: bool | None, problems: int) -> None:
        """Count a line that has been read and, if it could be, entered: see `Entering.enter`."""
        event = line.like
        name, day = (event.session, event.day.isoformat()) if event else (line.session, line.day)
        key = event.session_key if event else f"{name.casefold()} {day}"
        if key not in self._by_key:
            self._by_key[key] = Session(name, day)
            self.sessions.append(self._by_key[key])
        session = self._by_key[key]
        session.problems += bool(problems)
        if not event or problems or new is None:
            return
        session.start = session.start or f"{event.start:%H:%M}"
        session.expected += 1
        session.new += new
        session.known += not new
        session.present += event.presence is Presence.PRESENT
        session.partial += event.presence is Presence.PARTIAL
        session.absent += event.presence is Presence.ABSENT


def headers() -> tuple[str, ...]:
    """The names of the columns of `rows`, in the user's language."""
    return (
        _("Session"),
        _("Date"),
        _("Start"),
        _("Expected"),
        _("Present"),
        _("Partial"),
        _("Absent"),
        _("New"),
        _("Known"),
        _("Problems"),
    )
