"""An extract for the centre's register of processing activities (GDPR, article 30), in French.

The text is a template in Markdown, from which the page is made; it says what the project and its
store show, and leaves the rest to fill in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from capsule.resources import words
from capsule.templating import environment
from capsule.tracking.outbox import Held

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~&])")
_MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet",
    "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip


@dataclass(frozen=True)
class Processing:
    """What is known of the processing. Days are ISO 8601, hosts "" where there is none.

    `keep` is in months, None if the project doesn't say; `keys` are the first days of the keys;
    `named` is how many identifiers this machine keeps, None if it keeps none at all.
    """

    centre: str
    capsule: str
    title: str
    base: str
    identified: bool
    keep: int | None
    held: Held
    waiting: int
    sent: int
    keys: tuple[date | None, ...]
    named: int | None
    lrs: str
    database: str
    day: date


def markdown(about: Processing) -> str:
    """The extract as Markdown."""
    pages = environment("reports", words("fr"), _literal)
    pages.filters |= {"day": _day, "months": _period}
    return pages.get_template("register.md.j2").render(about=about)


def page(about: Processing) -> str:
    """The extract as a page that stands alone."""
    from markdown_it import MarkdownIt  # noqa: PLC0415
    from markupsafe import Markup  # noqa: PLC0415

    text = MarkdownIt("commonmark", {"html": False}).enable("table").render(markdown(about))
    # What is rendered was escaped by the library, which lets no HTML of the text through.
    body = Markup(text)  # noqa: S704
    pages = environment("reports", words("fr"))
    return pages.get_template("register.html.j2").render(about=about, body=body)


def _literal(value: object) -> str:
    """A value as Markdown that says it as it is, on one line."""
    return _SPECIAL.sub(r"\\\1", re.sub(r"[ \t\r\n]+", " ", str(value)))


def _day(day: date | str) -> str:
    """A day as the French write it."""
    day = date.fromisoformat(day) if isinstance(day, str) else day
    number = "1er" if day.day == 1 else str(day.day)
    return f"{number}\u00a0{_MONTHS[day.month - 1]} {day.year}"


def _period(months: int) -> str:
    """Months as the French say them."""
    years, rest = divmod(months, 12)
    if rest:
        return f"{months}\u00a0mois"
    return f"{years}\u00a0an{'s' if years > 1 else ''}"
