"""What one cell of an attendance list says."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from gettext import gettext as _
from zoneinfo import ZoneInfo

from capsule.tables import bare, fold
from capsule.tracking.events import Presence, squeezed

USUAL_START = time(9)  # when French training days begin
"""The time of a session whose list gives none: the same day all over the world, nearly."""

_DAY = re.compile(
    r"(?:(?P<Y>\d{4})[-/.](?P<M>\d{1,2})[-/.](?P<D>\d{1,2})"
    r"|(?P<d>\d{1,2})[-/.](?P<m>\d{1,2})[-/.](?P<y>\d{4}|\d{2}))"
    r"(?:[T ]+(?P<time>.*))?"
)
_CLOCK = re.compile(
    r"(\d{1,2})\s*[h:](?:\s*(\d{2}))?(?::\d{2})?"
    r"(?:\s*[-–à].*|\W*(?:heure d.)?(?P<season>\w+)\)?)?",
    re.IGNORECASE,
)
_SEASONS = {"ete": 0, "summer": 0, "hiver": 1, "winter": 1}  # → fold (PEP 495)
_SERIAL = re.compile(r"(\d{5})([.,]\d+)?")  # a date without a date's format: 45728, 45728.4
_FRACTION = re.compile(r"0[.,]\d+")  # a time of day likewise, as a part of the day
_MINUTES = re.compile(
    r"(?:(\d+)\s*(?:h|heures?|:)\s*)?(?:(\d+)(?:[.,]0+|:\d{2})?\s*(?:min|mn|minutes?|')?)?"
)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
_WITHIN = re.compile(r"\d+\s*h(?:eures?)?(?:\s*\d{1,2}(?:\s*min)?)?|\d+\s*(?:minutes?|min|mn|')")
_SHORTENED = re.compile(r"\d[.,]\d+e\+\d+", re.IGNORECASE)  # how Excel shows a number that it cut
_FORMULA_FAULT = re.compile(r"#[A-ZÀ-Ý/]+[!?]?")  # #REF!, #N/A, #NOM?, #VALEUR!
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")

_TICKS = "x,✓,✔,☑,signe,signee,a signe,emarge,emargee,a emarge,✅"
_PRESENCES = {
    Presence.PRESENT: f"present,presente,presents,p,oui,o,yes,y,1,vrai,true,{_TICKS},"
    "present a distance,presente a distance,present en distanciel,presente en distanciel,"
    "late,l,retard,en retard,arrive en retard,arrivee en retard,r",  # Moodle's L is R in French
    Presence.ABSENT: "absent,absente,absence,a,abs,non,n,no,0,faux,false,☐,e,excuse,excusee,"
    "excused,absent excuse,absente excusee,absence excusee,absent justifie,absente justifiee,"
    "absence justifiee,absent non excuse,absente non excusee,absence non excusee,"
    "absent non justifie,absente non justifiee,absence non justifiee,absent injustifie,"
    "absente injustifiee,absence injustifiee,abs excuse,abs excusee,abs justifie,abs justifiee,"
    "abs exc,abs just,dispense,dispensee,non signe,non signee,non emarge,non emargee",
    Presence.PARTIAL: "partiel,partielle,partial,partiellement,presence partielle,"
    "present partiellement,presente partiellement,partiellement present,partiellement presente,"
    "1 2 journee,1 2 j,demi journee,matin,matin seulement,apres midi,apres midi seulement",
}
_PRESENCE_OF = {word: kind for kind, words in _PRESENCES.items() for word in words.split(",")}

TICKS = frozenset(_TICKS.split(","))
"""The marks of lists in which those who were there are ticked, and the others are left blank."""


_SAME = lru_cache(maxsize=4096)  # lists say the same again and again


class BadCellError(ValueError):
    """A cell that can't be used: what is wrong and what to do, in the user's language."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what)
        self.what = what
        self.remedy = remedy


def computed(text: str) -> str:
    """The cell, unless it is a formula whose value the file lacks, which raises BadCellError."""
    if text.startswith("="):
        raise BadCellError(
            _("this is a formula, %(text)s, and its value is not in the file") % {"text": text},
            _("open the file in Excel, save it, and import it again"),
        )
    return text


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
    return lowered(text)


def lowered(text: str) -> str:
    """An identifier or an e-mail address as it is compared."""
    return text.lower() if text.isascii() and text.isalnum() else squeezed(text).casefold()


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


@_SAME
def day(text: str, epoch: date | None = None) -> datetime:
    """The day of a session, and its time where the cell has one (midnight means none).

    Day comes before month, as in France, unless the year is first, as in ISO 8601. With `epoch`,
    a workbook's day 0, a number of days is a date too. Raises BadCellError, also for a day before
    2000.
    """
    if not text:
        raise BadCellError(_("the date is missing"), _("write the day of the session"))
    match = _DAY.fullmatch(text)
    serial = _SERIAL.fullmatch(text) if epoch else None
    if epoch and serial:
        match = _DAY.fullmatch((epoch + timedelta(days=int(serial[1]))).isoformat())
    if not match:
        raise BadCellError(_('"%(text)s" is not a date') % {"text": text}, _likeness())
    year = int(match["Y"] or match["y"])
    try:
        on = date(
            year + 2000 if year < 100 else year,
            int(match["M"] or match["m"]),
            int(match["D"] or match["d"]),
        )
    except ValueError:
        what = _("%(text)s is not in the calendar") % {"text": text}
        raise BadCellError(what, _likeness()) from None
    if on < date(2000, 1, 1):
        what = _("%(text)s is before 2000") % {"text": text}
        raise BadCellError(what, _("correct the date"))
    said = f"0{serial[2]}" if serial and serial[2] else match["time"]
    return datetime.combine(on, clock(said or "") or time())


def _likeness() -> str:
    return _("write it like 31/03/2025 or 2025-03-31")


@_SAME
def clock(text: str) -> time | None:
    """A time of day such as 9h30, 9:30 or 09:30:00; None for an empty cell. Raises BadCellError.

    Of a span such as 9h-12h30, the start. After "hiver", as in 2h30 hiver, `fold` is 1.
    """
    if not text:
        return None
    if _FRACTION.fullmatch(text):
        part = timedelta(days=float(text.replace(",", ".")), milliseconds=500)
        return (datetime.min + part).time().replace(microsecond=0)
    match = _CLOCK.fullmatch(text)
    said = season(text)
    unknown = match and match["season"] and said is None
    if not match or unknown or int(match[1]) > 23 or int(match[2] or 0) > 59:
        raise BadCellError(
            _('"%(text)s" is not a time of day') % {"text": text}, _("write it like 9h30 or 09:30")
        )
    return time(int(match[1]), int(match[2] or 0), fold=said or 0)


@_SAME
def season(text: str) -> int | None:
    """0 where a time of day is said to be of summer, 1 of winter, else None."""
    return next((_SEASONS[word] for word in bare(text).split() if word in _SEASONS), None)


@_SAME
def local(on: datetime, at: time, zone: ZoneInfo, season: int | None = None) -> datetime:
    """The instant of the day `on`, `at` that time in `zone`, at 9:00 if that is midnight.

    Raises BadCellError when clocks jump over that time, and when they pass it twice and `season`
    doesn't say which is meant.
    """
    begun = datetime.combine(on.date(), at if at != time() else USUAL_START, zone)
    before, after = (begun.replace(fold=n).utcoffset() or timedelta() for n in (0, 1))
    if before == after:
        return begun
    values = {"time": f"{begun:%H:%M}", "day": f"{begun:%d/%m/%Y}", "zone": zone.key}
    if before < after:  # PEP 495: in a gap, fold 0 reads the clock as it was before
        what = _("there is no %(time)s on %(day)s: clocks are put forward (%(zone)s)") % values
        raise BadCellError(what, _("correct the time"))
    if before > after and season is None:
        what = _("%(time)s comes twice on %(day)s: clocks are put back (%(zone)s)") % values
        raise BadCellError(what, _('add "summer" for the first, "winter" for the second'))
    return begun


def start(begun: datetime, at: time, latest: datetime) -> datetime:
    """`begun`, the start of a session whose list says `at`, midnight if it says nothing.

    Raises BadCellError when that is after `latest`; both are aware.
    """
    if begun.astimezone(UTC) <= latest:
        return begun
    if at == time() and begun.date() == latest.astimezone(begun.tzinfo).date():
        raise BadCellError(
            _("a session without a time is dated at 9:00, and it is too early for that today"),
            _("write its time, or import the list later in the day"),
        )
    raise BadCellError(
        _("this session has not had the capsule yet"),
        _("correct the date or the time, or import the list afterwards"),
    )


@_SAME
def mark(text: str) -> str:
    """What a presence cell says, without case, accents or a sign's variants; "" if it is empty."""
    return fold(text) or text.replace("\ufe0f", "").strip()


@_SAME
def presence(text: str, blank: Presence | None) -> Presence:
    """Whether the person was there; `blank` is what an empty cell means. Raises BadCellError."""
    remedy = _("write present, absent, or partial with the minutes")
    if not text:
        if blank:
            return blank
        raise BadCellError(_("the presence is missing"), remedy)
    found = _PRESENCE_OF.get(mark(text))
    if not found and (said := within(text)):
        rest = mark(text.lower().replace(said, " "))
        found = _PRESENCE_OF.get(rest) if rest else Presence.PARTIAL
    if not found:
        raise BadCellError(_('"%(text)s" is not a known presence') % {"text": text}, remedy)
    return found


def within(text: str) -> str:
    """The length of time that a presence cell gives, as in 'partiel (45 min)'; else ""."""
    match = _WITHIN.search(text.lower())
    return match[0] if match else ""


def in_hours(header: str) -> bool:
    """Whether a column's name says that its numbers are hours: Durée (h), heures de présence."""
    return bool(set(bare(header).split()) & {"h", "heure", "heures", "hour", "hours"})


def minutes(text: str, there: Presence, *, hours: bool = False) -> int | None:
    """How long the person was there, in minutes, from 45, 45 min or 1h30; None where not said.

    A mere number counts `hours`, if so: 3,5.

    Raises BadCellError when a person who was partly there (`there`) has no minutes that can be
    read; for the others the column often holds something else, such as the course's length.
    """
    match = _MINUTES.fullmatch(text.lower())
    total = int(match[1] or 0) * 60 + int(match[2] or 0) if match else 0
    if hours and _NUMBER.fullmatch(text):
        total = round(float(text.replace(",", ".")) * 60)
    if 0 < total <= 24 * 60:
        return total
    if there is not Presence.PARTIAL:
        return None
    unread = _('"%(text)s" is not a number of minutes') % {"text": text}
    raise BadCellError(
        unread if text else _("a partial presence needs its minutes"),
        _("write how long the person was there, such as 45"),
    )
