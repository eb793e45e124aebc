"""What one cell of an attendance list says."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from gettext import gettext as _

from capsule.tracking.events import Presence, squeezed
from capsule.tracking.tables import fold

_DAY = re.compile(
    r"(?:(?P<Y>\d{4})[-/.](?P<M>\d{1,2})[-/.](?P<D>\d{1,2})"
    r"|(?P<d>\d{1,2})[-/.](?P<m>\d{1,2})[-/.](?P<y>\d{4}|\d{2}))"
    r"(?:[T ]+(?P<time>.*))?"
)
_CLOCK = re.compile(r"(\d{1,2})\s*[h:](?:\s*(\d{2}))?(?::\d{2})?(?:\s*[-–à].*)?", re.IGNORECASE)
_MINUTES = re.compile(
    r"(?:(\d+)\s*(?:h|heures?|:)\s*)?(?:(\d+)(?:[.,]0+|:\d{2})?\s*(?:min|mn|minutes?|')?)?"
)
_SHORTENED = re.compile(r"\d[.,]\d+e\+\d+", re.IGNORECASE)  # how Excel shows a number that it cut
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")

_PRESENCES = {
    Presence.PRESENT: "present,presente,presents,p,oui,o,yes,y,x,1,vrai,true",
    Presence.ABSENT: "absent,absente,absence,a,abs,non,n,no,0,faux,false,e,excuse,excusee,excused,"
    "absent excuse,absente excusee,absence excusee,absent justifie,absence justifiee",
    Presence.PARTIAL: "partiel,partielle,partial,partiellement,presence partielle,"
    "present partiellement,partiellement present",
}
_PRESENCE_OF = {word: kind for kind, words in _PRESENCES.items() for word in words.split(",")}


class BadCellError(ValueError):
    """A cell that can't be used: what is wrong and what to do, in the user's language."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what)
        self.what = what
        self.remedy = remedy


def session(text: str) -> str:
    """The name of a session. Raises BadCellError."""
    if not text:
        raise BadCellError(_("the session is missing"), _("write its name or its code"))
    return squeezed(text)


def person(text: str) -> str:
    """An identifier, in lower case. Raises BadCellError."""
    if not text:
        raise BadCellError(
            _("the identifier is missing"),
            _("write the person's identifier; a name alone does not tell two people apart"),
        )
    if _SHORTENED.fullmatch(text):
        raise BadCellError(
            _('Excel has cut the identifier to "%(text)s"') % {"text": text},
            _("set the column to text in Excel, and write the identifiers again"),
        )
    return squeezed(text).casefold()


def email(text: str) -> str:
    """An e-mail address, in lower case. Raises BadCellError."""
    if not text:
        raise BadCellError(_("the e-mail address is missing"), _("write the person's address"))
    if not _EMAIL.fullmatch(text):
        raise BadCellError(
            _('"%(text)s" is not an e-mail address') % {"text": text},
            _("write it like claire.durand@example.org"),
        )
    return squeezed(text).casefold()


def day(text: str, today: date) -> datetime:
    """The day of a session, and its time where the cell has one (midnight means none).

    Day comes before month, as in France, unless the year is first, as in ISO 8601. Raises
    BadCellError, also for a day after `today` or before 2000.
    """
    if not text:
        raise BadCellError(_("the date is missing"), _("write the day of the session"))
    remedy = _("write it like 31/03/2025 or 2025-03-31")
    match = _DAY.fullmatch(text)
    if not match:
        raise BadCellError(_('"%(text)s" is not a date') % {"text": text}, remedy)
    year = int(match["Y"] or match["y"])
    try:
        on = date(
            year + 2000 if year < 100 else year,
            int(match["M"] or match["m"]),
            int(match["D"] or match["d"]),
        )
    except ValueError:
        what = _("%(text)s is not in the calendar") % {"text": text}
        raise BadCellError(what, remedy) from None
    if not date(2000, 1, 1) <= on <= today:
        what = _("%(text)s is not between 2000 and today") % {"text": text}
        raise BadCellError(what, _("correct the date"))
    return datetime.combine(on, clock(match["time"] or "") or time())


def clock(text: str) -> time | None:
    """A time of day such as 9h30, 9:30 or 09:30:00; None for an empty cell. Raises BadCellError.

    Of a span such as 9h-12h30, the start.
    """
    if not text:
        return None
    match = _CLOCK.fullmatch(text)
    if not match or int(match[1]) > 23 or int(match[2] or 0) > 59:
        raise BadCellError(
            _('"%(text)s" is not a time of day') % {"text": text}, _("write it like 9h30 or 09:30")
        )
    return time(int(match[1]), int(match[2] or 0))


def presence(text: str, blank: Presence | None) -> Presence:
    """Whether the person was there; `blank` is what an empty cell means. Raises BadCellError."""
    remedy = _("write present, absent, or partial with the minutes")
    if not text:
        if blank:
            return blank
        raise BadCellError(_("the presence is missing"), remedy)
    found = _PRESENCE_OF.get(fold(text))
    if not found:
        raise BadCellError(_('"%(text)s" is not a known presence') % {"text": text}, remedy)
    return found


def minutes(text: str, there: Presence) -> int | None:
    """How long the person was there, in minutes, from 45, 45 min or 1h30; None where not said.

    Raises BadCellError when a person who was partly there (`there`) has no minutes that can be
    read; for the others the column often holds something else, such as the course's length.
    """
    match = _MINUTES.fullmatch(text.lower())
    total = int(match[1] or 0) * 60 + int(match[2] or 0) if match else 0
    if 0 < total <= 24 * 60:
        return total
    if there is not Presence.PARTIAL:
        return None
    unread = _('"%(text)s" is not a number of minutes') % {"text": text}
    raise BadCellError(
        unread if text else _("a partial presence needs its minutes"),
        _("write how long the person was there, such as 45"),
    )
