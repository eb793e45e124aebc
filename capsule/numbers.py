"""Numbers for people, in the user's language or that of another catalogue."""

from __future__ import annotations

from collections.abc import Callable
from gettext import gettext as _
from math import floor


def decimal(
    number: float, digits: int = 1, gettext: Callable[[str], str] = _, thousands: str = ""
) -> str:
    """`number`, not negative, with so many digits after the separator, or none if it is whole.

    Between its thousands stands `thousands`.
    """
    whole, _point, rest = f"{number:,.{digits}f}".replace(",", thousands).partition(".")
    if not rest.strip("0"):
        return whole
    return gettext("%(whole)s.%(rest)s") % {"whole": whole, "rest": rest}


def percent(share: float, gettext: Callable[[str], str] = _) -> str:
    """A share in per cent, halves upward as in a spreadsheet."""
    return gettext("%(count)d%%") % {"count": floor(100 * share + 0.5 + 1e-9)}
