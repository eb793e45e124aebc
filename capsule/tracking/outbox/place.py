"""Where a store is: a file of the capsule's, or a schema of a PostgreSQL database."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from gettext import gettext as _
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, OperationalError

from capsule.errors import CapsuleError, UnavailableError
from capsule.resources import N_

VARIABLE = "CAPSULE_OUTBOX"
FAULTS = (
    N_("attempt to write a readonly database"),
    N_("database disk image is malformed"),
    N_("database is locked"),
    N_("database or disk is full"),
    N_("disk I/O error"),
    N_("file is not a database"),
    N_("unable to open database file"),
)
"""What SQLite says, in English whatever the language."""

_SCHEMA = re.compile(r"[a-z_][a-z0-9_-]{0,62}")


@dataclass(frozen=True)
class Place:
    """A database, and the schema in it; the URL, which may hold a password, isn't shown.

    SQLite has no schemas: one file, one store.
    """

    url: URL = field(repr=False)
    schema: str = ""

    @property
    def shared(self) -> bool:
        """Whether it is a server's."""
        return bool(self.schema)

    @property
    def file(self) -> Path:
        """The file of an SQLite store."""
        return Path(self.url.database or "")

    @contextmanager
    def explained(self) -> Iterator[None]:
        """Turn what the database says into a CapsuleError, without what it must not show."""
        try:
            yield
        except DBAPIError as error:
            lost = isinstance(error, OperationalError | InterfaceError)
            kind = UnavailableError if self.shared and lost else CapsuleError
            raise kind(
                _("the store of the statements can't be used: %(reason)s")
                % {"reason": self._reason(error.orig)}
            ) from None

    def _reason(self, fault: Any) -> str:
        """The first line: PostgreSQL shows a whole row in the following ones."""
        told = getattr(getattr(fault, "diag", None), "message_primary", None) or str(fault)
        text = str(told).strip().partition("\n")[0]
        if text in FAULTS:
            return _(text)
        secret = str(self.url.password or "")
        for hidden in {secret, quote(secret, safe="")} - {""}:
            text = text.replace(hidden, "…")
        return text


def in_file(file: Path | None) -> Place:
    """The store in an SQLite file; without a file, an empty one that isn't kept."""
    return Place(URL.create("sqlite", database=str(file) if file else None))


def find(file: Path, environ: Mapping[str, str], capsule: str) -> Place:
    """The store of `capsule`, an IRI: CAPSULE_OUTBOX where the environment has it, else `file`.

    CAPSULE_OUTBOX is postgresql://user@host/database, where each capsule has a schema named
    after its IRI, unless `?schema=` names one. Raises UnavailableError when it is something else,
    or when the driver isn't installed.
    """
    given = environ.get(VARIABLE, "").strip()
    if not given:
        return in_file(file)
    try:
        url = make_url(given)
    except (ArgumentError, ValueError):
        url = None
    if (
        url is None
        or url.drivername not in {"postgresql", "postgres"}
        or not url.database
        or "@" in (url.host or "")  # the end of a password that isn't percent-encoded
    ):
        raise UnavailableError(
            _(
                "%(variable)s is not the address of a PostgreSQL database;"
                " write it like postgresql://user@host/database"
            )
            % {"variable": VARIABLE}
        )
    if find_spec("psycopg") is None:
        raise UnavailableError(
            _("PostgreSQL needs its driver; install it with: pip install 'capsule[postgresql]'")
        )
    schema = url.query.get("schema") or _schema(capsule)
    if not isinstance(schema, str) or not _SCHEMA.fullmatch(schema):
        raise UnavailableError(
            _(
                "%(variable)s: a schema is named in small letters, digits, - and _,"
                " 63 characters at most"
            )
            % {"variable": VARIABLE}
        )
    url = url.difference_update_query(["schema"]).set(drivername="postgresql+psycopg")
    return Place(url, schema)


def _schema(capsule: str) -> str:
    """A name that an administrator recognises, and that no two capsules share."""
    slug = re.sub(r"[^a-z0-9-]", "_", capsule.rpartition("/")[2].lower())[:40]
    return f"capsule_{slug}_{hashlib.sha256(capsule.encode()).hexdigest()[:8]}"
