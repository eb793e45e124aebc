"""Who people are outside: keyed pseudonyms, or themselves where the centre has chosen that.

Under pseudonyms, who the learners are stays on the machine that holds the key.
"""

from __future__ import annotations

import hmac
import os
import secrets
import tempfile
from dataclasses import replace
from gettext import gettext as _
from pathlib import Path
from typing import Any, Protocol

from capsule.errors import CapsuleError
from capsule.tracking.events import Event

_KEY_BYTES = 32


class Actors(Protocol):
    """What stands for people in the store and in statements; `agent` makes an actor of it."""

    identified: bool

    def of(self, person: str) -> str:
        """What stands for an identifier or e-mail address, as `Event.person` has it."""

    def trainer(self, trainer: str) -> str:
        """What stands for a trainer, as `Event.trainer` has it."""

    def hide(self, event: Event) -> Event:
        """`event` with these for its people."""

    @property
    def check(self) -> str:
        """What tells keys, and the two ways, apart without giving them away."""


class Pseudonyms:
    """Pseudonyms under one key: the same person always has the same, no one else can tell whose.

    They are HMAC-SHA256 in hexadecimal, 64 characters. Whoever holds the key and a list of
    identifiers can compute them again; nothing else re-identifies.
    """

    identified = False

    def __init__(self, key: bytes) -> None:
        self._key = key

    def of(self, person: str) -> str:
        """The pseudonym of an identifier or e-mail address, as `Event.person` has it."""
        return hmac.digest(self._key, person.encode(), "sha256").hex()

    def trainer(self, trainer: str) -> str:
        """The pseudonym of a trainer, who may be a learner elsewhere."""
        return self.of(f"trainer {trainer}")

    def hide(self, event: Event) -> Event:
        """`event` with its people under pseudonyms."""
        trainer = self.trainer(event.trainer) if event.trainer else ""
        return replace(event, person=self.of(event.person), trainer=trainer)

    @property
    def check(self) -> str:
        """What tells keys apart without giving them away."""
        return self.of("capsule key check")[:16]


class Identified:
    """People as they are (`actors: identified`): e-mail addresses and identifiers, never names.

    A trainer without an e-mail address stays under a pseudonym: lists give them by name.
    """

    identified = True

    def __init__(self, names: Pseudonyms) -> None:
        self._names = names

    def of(self, person: str) -> str:
        """An e-mail address as an IRI (mailto:), an identifier as it is."""
        return f"mailto:{person}" if "@" in person else person

    def trainer(self, trainer: str) -> str:
        """The e-mail address as an IRI, or a pseudonym."""
        return self.of(trainer) if "@" in trainer else self._names.trainer(trainer)

    def hide(self, event: Event) -> Event:
        """`event` with its people as statements name them."""
        trainer = self.trainer(event.trainer) if event.trainer else ""
        return replace(event, person=self.of(event.person), trainer=trainer)

    @property
    def check(self) -> str:
        """What tells a store of identified people from others."""
        return self._names.of("capsule key check, identified")[:16]


def agent(base: str, name: str) -> dict[str, Any]:
    """The actor of a statement for what stands for a person: an mbox, or an account of `base`."""
    if name.startswith("mailto:"):
        return {"objectType": "Agent", "mbox": name}
    return {"objectType": "Agent", "account": {"homePage": base, "name": name}}


def pseudonyms(key_file: Path, *, make: bool) -> Pseudonyms:
    """Pseudonyms under the key of `key_file`; if it isn't there and may be, `make` it (mode 0600).

    The caller keeps other processes out meanwhile. Raises CapsuleError when there is no such
    file or no key in it, OSError when it can't be read or made.
    """
    if not key_file.exists():
        if not make:
            raise CapsuleError(
                _("%(path)s is gone: restore it from a backup") % {"path": key_file.name}
            )
        _make(key_file)
    try:
        key = bytes.fromhex(key_file.read_text(encoding="ascii"))
    except ValueError:
        key = b""
    if len(key) != _KEY_BYTES:
        raise CapsuleError(
            _("%(path)s is damaged: restore it from a backup") % {"path": key_file.name}
        )
    return Pseudonyms(key)


def _make(key_file: Path) -> None:
    """Write a new key, on the disk before it has its name: never half of one."""
    handle, name = tempfile.mkstemp(dir=key_file.parent, prefix=".key-")  # mode 0600
    draft = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(_KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(key_file)
    finally:
        draft.unlink(missing_ok=True)
