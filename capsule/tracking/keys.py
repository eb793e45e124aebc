"""The file of the key: read, made, followed by a new one, handed over. It never leaves as such.

Each line is a key in hexadecimal, and the first day whose sessions it serves; the first key's day
is when it was made, and it serves the sessions before that too. A key that another one follows
stays, for the pseudonyms that were sent under it are found by it alone.

    9f86d081884c7d65...  2025-09-01
    60303ae22b998861...  2026-11-23

A file of one key without its day is of the tool's first version. Lines with # are for readers.
"""

from __future__ import annotations

import hashlib
import secrets
import stat
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from gettext import gettext as _
from pathlib import Path
from typing import Any

from capsule.errors import CapsuleError, UnavailableError
from capsule.files import write_private

_BYTES = 32
_SEALED = b"age-encryption.org/"  # how a file of age begins (age-encryption.org/v1)


@dataclass(frozen=True)
class Key:
    """A key, which isn't shown, and the first day whose sessions it serves, if that is known."""

    secret: bytes = field(repr=False)
    since: date | None = None

    def digest(self, text: str) -> str:
        """HMAC-SHA256 of a text, as 64 hexadecimal digits."""
        begun_inside, begun_outside = self._pads
        inner, outer = begun_inside.copy(), begun_outside.copy()
        inner.update(text.encode())
        outer.update(inner.digest())
        return str(outer.hexdigest())

    @cached_property
    def _pads(self) -> tuple[Any, Any]:
        """The hashes, begun (RFC 2104, section 4): `hmac` begins them anew for each text."""
        block = self.secret.ljust(64, b"\0")
        inner, outer = (bytes(byte ^ pad for byte in block) for pad in (0x36, 0x5C))
        return hashlib.sha256(inner), hashlib.sha256(outer)

    @property
    def check(self) -> str:
        """What tells keys apart without giving them away."""
        return self.digest("capsule key check")[:16]


def read(file: Path) -> list[Key]:
    """The keys of `file`, the oldest first.

    Raises CapsuleError when there is no such file, when others may read it, or when there is no
    key in it; OSError when it can't be read.
    """
    if not file.exists():
        raise CapsuleError(
            _("%(path)s is gone: restore it from a backup, or from the data officer's copy")
            % {"path": _shown(file)}
        )
    if sys.platform != "win32" and (mode := stat.S_IMODE(file.stat().st_mode)) & 0o077:
        raise CapsuleError(
            _(
                "others may read %(path)s (mode %(mode)s): run chmod 600 %(path)s, or on a"
                " FAT disk, which keeps no modes, mount it with umask=077"
            )
            % {"path": _shown(file), "mode": f"{mode:04o}"}
        )
    try:
        return parse(file.read_text(encoding="ascii"))
    except ValueError:
        raise CapsuleError(
            _("%(path)s is damaged: restore it from a backup") % {"path": _shown(file)}
        ) from None


def parse(text: str) -> list[Key]:
    """The keys of a file's text. Raises ValueError, which doesn't repeat it."""
    lines = [line.split() for line in text.splitlines()]
    found = [_key(*words) for words in lines if words and not words[0].startswith("#")]
    days = [key.since for key in found[1:]]
    if not found or None in days or days != sorted(set(days), key=str):
        raise ValueError("no keys")
    return found


def make(file: Path, today: date) -> list[Key]:
    """Write a first key to `file` (mode 0600). The caller keeps other processes out meanwhile."""
    made = [Key(secrets.token_bytes(_BYTES), today)]
    write(file, made)
    return made


def followed(keys: Sequence[Key], day: date) -> list[Key]:
    """`keys`, and a new one for the sessions from `day` on."""
    return [*keys, Key(secrets.token_bytes(_BYTES), day)]


def salt() -> str:
    """A new salt, as text."""
    return secrets.token_hex(16)


def write(file: Path, keys: Sequence[Key]) -> None:
    """Write `keys`, on the disk before they have their name: never half of them. Raises OSError."""
    write_private(file, _text(keys).encode("ascii"))


def handed_over(keys: Sequence[Key], capsule: str, passphrase: str | None) -> bytes:
    """`keys` for the data officer of `capsule`, an IRI: as text, or sealed by a passphrase.

    What is sealed is a file of age (age-encryption.org/v1), which other programs open too. Raises
    UnavailableError when the library for that isn't installed.
    """
    told = f"# capsule {capsule}\n# {keys[-1].check}\n{_text(keys)}".encode()
    return told if passphrase is None else _age().passphrase.encrypt(told, passphrase)


def sealed(content: bytes) -> bool:
    """Whether a passphrase is needed to open what was handed over."""
    return content.startswith(_SEALED)


def received(content: bytes, passphrase: str | None) -> list[Key]:
    """The keys that were handed over. Raises CapsuleError when there are none, or it can't open."""
    if sealed(content):
        age = _age()
        try:
            content = age.passphrase.decrypt(content, passphrase or "")
        except age.DecryptError:
            raise CapsuleError(_("the passphrase doesn't open this file")) from None
    try:
        return parse(content.decode())
    except ValueError:
        raise CapsuleError(_("there is no key in this file")) from None


def extends(new: Sequence[Key], known: Sequence[Key]) -> bool:
    """Whether `new` are the keys `known`, followed by others or not."""
    return [key.secret for key in new[: len(known)]] == [key.secret for key in known]


def _key(text: str, since: str = "", *rest: str) -> Key:
    try:
        secret, day = bytes.fromhex(text), date.fromisoformat(since) if since else None
    except ValueError:
        raise ValueError("no key") from None
    if len(secret) != _BYTES or rest:
        raise ValueError("no key")
    return Key(secret, day)


def _text(keys: Sequence[Key]) -> str:
    lines = [f"{key.secret.hex()} {key.since.isoformat() if key.since else ''}" for key in keys]
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _shown(file: Path) -> str:
    return f"{file.parent.name}/{file.name}"


def _age() -> Any:
    try:
        import pyrage  # noqa: PLC0415  (an extra, which few need)
    except ImportError:
        raise UnavailableError(
            _("a passphrase needs a library; install it with: pip install 'capsule[age]'")
        ) from None
    return pyrage
