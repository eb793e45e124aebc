"""Why a statement from elsewhere is refused, in the user's words: pydantic's codes → sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from gettext import gettext as _

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from capsule.resources import N_
from capsule.tracking import xapi

_NAME = re.compile(r"[A-Za-z_]\w*")
_NO_QUOTES = N_("write it without quotes")
_PATTERNS = {
    xapi.IRI: (N_("this is not an IRI"), N_("write it whole, like https://formation.example/x")),
    xapi.UUID: (
        N_("this is not a UUID"),
        N_("write it like 6690e6c9-3ef0-4ed3-8b37-7f3964730bee"),
    ),
    xapi.MBOX: (
        N_("this is not an e-mail address as xAPI has it"),
        N_("write it like mailto:name@formation.example"),
    ),
    xapi.SHA1: (N_("this is not a SHA-1"), N_("write its 40 hexadecimal digits")),
    xapi.TAG: (N_("this is not a language tag"), N_("write fr, en, fr-CA...")),
    xapi.VERSION: (N_("this version of xAPI is not known"), N_("write 1.0.3, or remove it")),
}
_FAULTS = {
    "missing": (N_('the statement has no "%(where)s"'), N_("add it")),
    "extra_forbidden": (N_('xAPI knows no "%(where)s"'), N_("remove it")),
    "null": (N_('"%(where)s" is null, which xAPI forbids'), N_("remove it")),
    "agent": (
        N_("nothing identifies this person, or several things do"),
        N_("keep one of mbox, mbox_sha1sum, openid, account"),
    ),
    "group": (
        N_("nothing identifies this group, or several things do"),
        N_("keep one of mbox, mbox_sha1sum, openid, account, or give its members"),
    ),
    "instant": (
        N_("this is not an instant, with its date, time and zone"),
        N_("write it like 2025-03-31T09:30:00+02:00"),
    ),
    "duration": (N_("this is not a duration of ISO 8601"), N_("write it like PT1H30M")),
    "activity_only": (N_("this is for statements about an activity"), N_("remove it")),
    "voided": (
        N_("what is voided must be a StatementRef"),
        N_("give the id of the voided statement, with objectType: StatementRef"),
    ),
    "union_tag_invalid": (N_("this value is not known"), N_("write one of: %(expected_tags)s")),
    "literal_error": (N_("this value is not known"), N_("write %(expected)s")),
    "model_type": (N_("an object is expected here"), N_("write it between braces: {...}")),
    "dict_type": (N_("an object is expected here"), N_("write it between braces: {...}")),
    "list_type": (N_("a list is expected here"), N_("write it between brackets: [...]")),
    "string_type": (N_("a text is expected here"), N_('put it between quotes: "..."')),
    "string_unicode": (N_("the text holds half of a character"), N_("remove it")),
    "string_too_short": (N_("the text is empty"), N_("write it, or remove the key")),
    "bool_type": (N_("this is neither true nor false"), N_("write true or false, without quotes")),
    "float_type": (N_("a number is expected here"), _NO_QUOTES),
    "int_type": (N_("a whole number is expected here"), _NO_QUOTES),
    "finite_number": (N_("the number is too large"), N_("correct it")),
    "greater_than_equal": (N_("the number is too small"), N_("write at least %(ge)s")),
    "less_than_equal": (N_("the number is too large"), N_("write at most %(le)s")),
}


def of(error: ValidationError) -> Iterator[tuple[str, str]]:
    """What is wrong, each with its place in the statement, and what to do about it."""
    return map(_of, error.errors(include_url=False, include_input=False))


def of_null(where: Sequence[str | int]) -> tuple[str, str]:
    """The same of a null, which pydantic takes for what is not there."""
    return _told(where, _FAULTS["null"], {})


def _of(detail: ErrorDetails) -> tuple[str, str]:
    kind, values = detail["type"], detail.get("ctx", {})
    own = len(detail["loc"]) - (kind == "extra_forbidden")  # this one may be called like a kind
    where = [s for n, s in enumerate(detail["loc"]) if n == own or s not in xapi.KINDS]
    if kind == "union_tag_invalid":
        where.append("objectType")
    where += values.get("where", ())
    fault = _PATTERNS[values["pattern"]] if kind == "string_pattern_mismatch" else _FAULTS[kind]
    return _told(where, fault, values)


def _told(
    where: Sequence[str | int], fault: tuple[str, str], values: dict[str, object]
) -> tuple[str, str]:
    """A sentence with its place before it, or in it."""
    place = "".join(map(_step, where)).removeprefix(".") or _("statement")
    what = fault[0] if "%(where)s" in fault[0] else f"%(where)s: {_(fault[0])}"
    return _(what) % {**values, "where": place}, _(fault[1]) % values


def _step(step: str | int) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    return f".{step}" if _NAME.fullmatch(step) else f'["{step}"]'
