"""Secrets: from the environment, from a file, from the keyring; never shown, never kept."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from gettext import gettext as _
from importlib.util import find_spec
from pathlib import Path

from pydantic import SecretStr

from capsule.errors import UnavailableError

SERVICE = "capsule"
"""What the secrets are filed under in the keyring."""


class Environment(Mapping[str, str]):
    """The environment for whoever needs it, without its values in a repr: some are secrets."""

    def __init__(self, values: Mapping[str, str] = os.environ) -> None:
        self._values = values

    def __getitem__(self, name: str) -> str:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({len(self)} variables)"


ENVIRONMENT = Environment()
"""The environment of the process."""


def secret(environ: Mapping[str, str], name: str, user: str) -> SecretStr | None:
    """The secret called `name` for the login `user`, or None where nobody gives it.

    `user` is written name@host, "" if it isn't known. The variable `name` of the environment
    counts first, then the file that `name`_FILE names, then the keyring, where the extra
    capsule[keyring] is installed. Raises UnavailableError when the file can't be read or is empty.
    """
    if given := environ.get(name, "").strip():
        return SecretStr(given)
    if file := environ.get(f"{name}_FILE", "").strip():
        return _in_file(f"{name}_FILE", Path(file))
    return _in_keyring(user) if user else None


def _in_file(variable: str, file: Path) -> SecretStr:
    try:
        found = SecretStr(file.read_text(encoding="utf-8-sig").strip())
    except (OSError, UnicodeDecodeError) as error:
        system = isinstance(error, OSError) and error.strerror
        reason = _(system) if system else _("this is not a text")
        raise UnavailableError(f"{variable}: {file}: {reason}") from None
    if not found.get_secret_value():
        raise UnavailableError(f"{variable}: {file}: " + _("the file is empty"))
    return found


def _in_keyring(user: str) -> SecretStr | None:
    if find_spec("keyring") is None:
        return None
    import keyring  # noqa: PLC0415  (an extra)
    from keyring.errors import KeyringError  # noqa: PLC0415

    with suppress(KeyringError):  # none on this machine, or locked: as if nothing were in it
        found = keyring.get_password(SERVICE, user)
        return SecretStr(found) if found else None
    return None
