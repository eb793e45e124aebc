"""The kinds of value that `capsule.yaml` holds: durations, shares, texts, paths, addresses.

Texts are typeset for the capsule's language when they are validated, which takes
`context={"language": ...}`.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    StringConstraints,
    ValidationInfo,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from capsule.typography import plain, typeset

_TIMES = re.compile(
    r"(?:(?P<h>\d{1,2})\s*h)?\s*(?:(?P<min>\d{1,3})\s*min)?\s*(?:(?P<s>\d{1,4})\s*s)?"
    r"|(?P<m>\d{1,3}):(?P<ss>[0-5]\d)"
)


_PERIOD = re.compile(r"(\d{1,3})\s*(?:(?P<years>years?|ans?)|months?|mois)")
_SIZE = re.compile(r"(\d{1,4})\s*(?P<unit>[MG])[Bo]")
_MOMENT = re.compile(r"(?:(?P<m>\d{1,3}):)?(?P<s>\d{1,4}(?:[.,]\d{1,3})?)\s*s?")


def _seconds(value: object) -> int:
    """Read '2 min', '1 min 30 s', '1:30' or '45 s' as whole seconds."""
    match = _TIMES.fullmatch(value.strip()) if isinstance(value, str) else None
    total = 0
    if match:
        part = {name: int(text) for name, text in match.groupdict(default="0").items()}
        total = part["h"] * 3600 + (part["min"] + part["m"]) * 60 + part["s"] + part["ss"]
    if not total:
        raise PydanticCustomError("capsule_duration", "not a duration", {"value": str(value)})
    return total


def _share(value: object) -> float:
    """Read '80 %' as 0.8."""
    match = re.fullmatch(r"(\d{1,3})\s*%", value.strip()) if isinstance(value, str) else None
    if not match or not 0 < int(match[1]) <= 100:
        raise PydanticCustomError("capsule_share", "not a percentage", {"value": str(value)})
    return int(match[1]) / 100


def _typeset(text: str, info: ValidationInfo) -> str:
    return typeset(text, (info.context or {}).get("language", "fr"))


def _printable(text: str) -> str:
    """Refuse control characters, which no XML file can hold (XML 1.0, section 2.2)."""
    if bad := re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]", text):
        raise PydanticCustomError(
            "capsule_control", "control character", {"code": f"U+{ord(bad[0]):04X}"}
        )
    return text


def _visible(text: str) -> str:
    """Refuse a text that shows nothing: spaces, joiners, empty emphasis."""
    if all(unicodedata.category(c) in ("Zs", "Cf", "Mn") for c in plain(text).replace("*", "")):
        raise PydanticCustomError("capsule_blank", "nothing to see")
    return text


def _emphasised(text: str) -> str:
    """Refuse an emphasis that does not end: its stars would be shown."""
    if "**" in plain(text):
        raise PydanticCustomError("capsule_emphasis", "unclosed emphasis")
    return text


def _beside(name: str) -> str:
    """Refuse a path that leaves the capsule's folder, which others could not build then."""
    if not name or "\\" in name or ":" in name or name.startswith("/") or ".." in name.split("/"):
        raise PydanticCustomError("capsule_path", "not a file of this folder", {"value": name})
    return name


def _address(url: str) -> str:
    """Refuse what is no web address: it must name a host, and a port that exists (RFC 3986).

    One with a login is refused without being repeated: it would be in every statement and page.
    """
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host:
        raise PydanticCustomError("capsule_address", "not a web address")
    if "@" in parts.netloc:
        raise PydanticCustomError("capsule_login", "an address with a login")
    return url


def _period(value: object) -> int:
    """Read '3 years', '3 ans', '36 mois' or '18 months' as months."""
    match = _PERIOD.fullmatch(value.strip()) if isinstance(value, str) else None
    if not match or not int(match[1]):
        raise PydanticCustomError("capsule_period", "not a period", {"value": str(value)})
    return int(match[1]) * (12 if match["years"] else 1)


def _moment(value: object) -> float:
    """Read '12.5 s', '1:30' or '0:07,4' as seconds."""
    match = _MOMENT.fullmatch(value.strip()) if isinstance(value, str) else None
    if not match:
        raise PydanticCustomError("capsule_moment", "not a moment", {"value": str(value)})
    return 60 * int(match["m"] or 0) + float(match["s"].replace(",", "."))


def _size(value: object) -> int:
    """Read '200 MB', '200 Mo' or '1 GB' as bytes, a thousand thousands to the megabyte."""
    match = _SIZE.fullmatch(value.strip()) if isinstance(value, str) else None
    if not match or not int(match[1]):
        raise PydanticCustomError("capsule_size", "not a size", {"value": str(value)})
    return int(match[1]) * (10**9 if match["unit"] == "G" else 10**6)


def _secure(url: str) -> str:
    """Refuse an address whose file a page of an https LMS may not load (Mixed Content, W3C).

    Its host must be a name that a content policy can allow (CSP level 3, `host-source`).
    """
    if not url.startswith("https://"):
        raise PydanticCustomError("capsule_https", "not an https address")
    try:
        name = (urlsplit(url).hostname or "").encode("idna").decode()
    except UnicodeError:
        name = ""
    if not re.fullmatch(r"[a-z0-9.-]+", name):
        raise PydanticCustomError("capsule_address", "not a web address")
    return url


def _colour(value: object) -> str:
    """Read '#C2401C' or '#c41' as C2401C."""
    match = re.fullmatch(r"#?([0-9A-Fa-f]{6}|[0-9A-Fa-f]{3})", str(value).strip())
    if not match:
        raise PydanticCustomError("capsule_colour", "not a colour")
    digits = match[1].upper()
    return digits if len(digits) == 6 else "".join(2 * digit for digit in digits)


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise PydanticCustomError("capsule_timezone", "no such zone", {"value": name}) from None
    return name


Duration = Annotated[
    int,
    BeforeValidator(_seconds),
    WithJsonSchema({"type": "string", "examples": ["90 s", "2 min", "1 min 30 s", "1:30"]}),
]
Period = Annotated[
    int,
    BeforeValidator(_period),
    WithJsonSchema({"type": "string", "examples": ["3 years", "3 ans", "18 months", "36 mois"]}),
]
Size = Annotated[
    int,
    BeforeValidator(_size),
    WithJsonSchema({"type": "string", "examples": ["200 MB", "200 Mo", "1 GB"]}),
]
Moment = Annotated[
    float,
    BeforeValidator(_moment),
    WithJsonSchema({"type": "string", "examples": ["1:30", "12.5 s"]}),
]
Share = Annotated[
    float,
    BeforeValidator(_share),
    WithJsonSchema({"type": "string", "pattern": r"^\d{1,3}\s*%$", "examples": ["80 %"]}),
]
Colour = Annotated[
    str | None,  # None by default only: unquoted, YAML takes #14213D for a comment
    BeforeValidator(_colour),
    WithJsonSchema({"type": "string", "pattern": "^#[0-9A-Fa-f]{6}$", "examples": ["#14213D"]}),
]
Text = Annotated[
    str,
    AfterValidator(_printable),
    AfterValidator(_typeset),
    AfterValidator(_visible),
    AfterValidator(_emphasised),
]
FilePath = Annotated[str, AfterValidator(_printable), AfterValidator(_beside)]
Zone = Annotated[str, AfterValidator(_zone)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
Count = Annotated[int, Field(strict=True)]
_IRI_PART = r"""[^\s/?#<>"{}|\\^`]+"""  # what RFC 3987 leaves between two slashes
BaseIri = Annotated[
    str,
    StringConstraints(pattern=rf"^https?://{_IRI_PART}(/{_IRI_PART})*$"),
    AfterValidator(_address),
]
Url = Annotated[
    str,
    StringConstraints(pattern=r"^https?://\S+$", max_length=300),
    AfterValidator(_printable),
    AfterValidator(_address),
]
SecureUrl = Annotated[Url, AfterValidator(_secure)]
