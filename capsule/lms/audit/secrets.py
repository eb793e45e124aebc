"""What must not travel in a package, which every learner may unzip: keys to a record store."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator

from capsule.lms.audit.package import Package
from capsule.lms.audit.rules import At, Rule
from capsule.resources import N_

_BASIC = re.compile(r"Basic(?:\s|\+|%20)+([A-Za-z0-9+/]{6,}(?:=|%3[Dd]){0,2})")
_TOKEN = re.compile(r"eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}")  # a JSON web token
_LOGIN = re.compile(r"https?://[^\s/:@\"'<>`$]+:[^\s/@\"'<>`$]+@[\w.-]")
_SET = re.compile(
    r"[\"']?\b(?:password|passwd|secret|client_?secret|lrs_?secret)[\"']?\s*[:=]\s*"
    r"[\"']([^\"'\s]{4,})[\"']",
    re.IGNORECASE,
)
_STORE = re.compile(r"endpoint|lrs", re.IGNORECASE)


def _keys(package: Package) -> Iterator[At]:
    for name, text in package.texts():
        for offset in sorted(_found(text)):
            line = text.count("\n", 0, offset) + 1
            yield At(name, line, offset - text.rfind("\n", 0, offset))


def _found(text: str) -> set[int]:
    """Where keys begin."""
    found = {match.start() for match in _BASIC.finditer(text) if _is_login(match[1])}
    for pattern in (_TOKEN, _LOGIN):
        found |= {match.start() for match in pattern.finditer(text)}
    if _STORE.search(text):
        found |= {match.start() for match in _SET.finditer(text)}
    return found


def _is_login(encoded: str) -> bool:
    """Whether this is a user and a password (RFC 7617), and not a word after "Basic"."""
    code = encoded.replace("%3D", "=").replace("%3d", "=").rstrip("=")
    try:
        said = base64.b64decode(code + "=" * (-len(code) % 4), validate=True).decode()
    except (binascii.Error, ValueError):
        return False
    user, colon, password = said.partition(":")
    return bool(user and colon and password) and said.isprintable()


RULES: tuple[Rule[Package], ...] = (
    Rule(
        "secret",
        N_("this looks like a key or a password, which every learner could read"),
        N_("remove it and change it in the record store: the LMS gives keys at launch"),
        _keys,
    ),
)
