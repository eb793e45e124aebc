"""What one cell of an attendance list says."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from gettext import gettext as _
from zoneinfo import ZoneInfo

from capsule.tables import fold
from capsule.tracking.events import Presence, squeezed

USUAL_START = time(9)  # when French training days begin
"""The time of a session whose list gives none: the same day all over the world, nearly."""

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
_FORMULA_FAULT = re.compile(r"#[A-ZÀ-Ý/]+[!?]?")  # #REF!, #N/A, #NOM?, #VALEUR!
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")

_TICKS = "x,✓,✔,☑,signe,signee,a signe,emarge,emargee,a emarge"
_PRESENCES = {
    Presence.PRESENT: f"present,presente,presents,p,oui,o,yes,y,1,vrai,true,{_TICKS},"
    "late,l,retard,en retard,arrive en retard,arrivee en retard,r",  # Moodle's L is R in French
    Presence.ABSENT: "absent,absente,absence,a,abs,non,n,no,0,faux,false,☐,e,excuse,excusee,"
    "excused,absent excuse,absente excusee,absence excusee,absent justifie,absente justifiee,"
    "absence justifiee,dispense,dispensee,non signe,non signee,non emarge,"
    "non emargee",
    Presence.PARTIAL: "partiel,partielle,partial,partiellement,presence partielle,"
    "present partiellement,partiellement present",
}
_PRESENCE_OF = {word: kind for kind, words in _PRESENCES.items() for word in words.split(",")}

TICKS = frozenset(_TICKS.split(","))
"""The marks of lists in which those who were there are ticked, and the others are left blank."""


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
    if _FORMULA_FAULT.fullmatch(text):
        raise BadCellError(
            _('the identifier is the error of a formula, "%(text)s"') % {"text": text},
            _("correct the formula in Excel, or write the identifier itself"),
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
    if _FORMULA_FAULT.fullmatch(text):
        raise BadCellError(
            _('the identifier is the error of a formula, "%(text)s"') % {"text": text},
            _("correct the formula in Excel, or write the identifier itself"),
        )
    return squeezed(text).casefold()


def day(text: str) -> datetime:
    """The day of a session, and its time where the cell has one (midnight means none).

    Day comes before month, as in France, unless the year is first, as in ISO 8601. Raises
    BadCellError, also for a day before 2000.
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
    if on < date(2000, 1, 1):
        what = _("%(text)s is before 2000") % {"text": text}
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


def start(on: datetime, at: time, zone: ZoneInfo, latest: datetime) -> datetime:
    """When a session began: the day `on`, `at` that time in `zone`, at 9:00 if that is midnight.

    Raises BadCellError when that is after `latest`, an aware datetime.
    """
    begun = datetime.combine(on.date(), at if at != time() else USUAL_START, zone)
    if begun <= latest:
        return begun
    if at == time() and on.date() == latest.astimezone(zone).date():
        raise BadCellError(
            _("a session without a time is dated at 9:00, and it is too early for that today"),
            _("write its time, or import the list later in the day"),
        )
    raise BadCellError(
        _("this session has not had the capsule yet"),
        _("correct the date or the time, or import the list afterwards"),
    )


def mark(text: str) -> str:
    """What a presence cell says, without case, accents or a sign's variants; "" if it is empty."""
    return fold(text) or text.replace("\ufe0f", "").strip()


def presence(text: str, blank: Presence | None) -> Presence:
    """Whether the person was there; `blank` is what an empty cell means. Raises BadCellError."""
    remedy = _("write present, absent, or partial with the minutes")
    if not text:
        if blank:
            return blank
        raise BadCellError(_("the presence is missing"), remedy)
    found = _PRESENCE_OF.get(mark(text))
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
