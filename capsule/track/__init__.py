"""The tracking side, for Python and for the command line: attendance → outbox → LRS → report.

Everything is kept in the folder `.capsule`, beside capsule.yaml: the key of the pseudonyms and
the store of the statements, unless CAPSULE_OUTBOX in `environ` names a database for that. All
functions raise InputError when capsule.yaml is wrong, CapsuleError when the store can't be used,
UnavailableError when its server can't be reached.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from gettext import gettext as _
from pathlib import Path
from typing import TYPE_CHECKING, Any

from capsule import source
from capsule.errors import CapsuleError
from capsule.track.importing import Imported, import_attendance
from capsule.track.opening import bind, opened, writing
from capsule.tracking.credentials import ENVIRONMENT
from capsule.tracking.events import squeezed
from capsule.tracking.outbox import Counts, Entry, Ledger, Refused

if TYPE_CHECKING:
    from capsule.track.sending import Verified, send, verify, watch
    from capsule.tracking.lrs import Statement

__all__ = [
    "Imported",
    "Status",
    "Verified",
    "import_attendance",
    "imports",
    "send",
    "statements_of",
    "status",
    "undo",
    "verify",
    "void",
    "void_statements",
    "watch",
]


def __getattr__(name: str) -> Any:
    """What talks to the LRS, by libraries that are slow to import."""
    if name in ("Verified", "send", "verify", "watch"):
        from capsule.track import sending  # noqa: PLC0415

        return getattr(sending, name)
    raise AttributeError(name)


@dataclass(frozen=True)
class Status:
    """How many statements wait, were sent, were refused, and those refused."""

    counts: Counts
    refused: Sequence[Refused]


def imports(folder: Path, *, environ: Mapping[str, str] = ENVIRONMENT) -> list[Entry]:
    """The journal: every import, voiding and undoing, the oldest first."""
    with opened(folder, environ) as box:
        return box.entries()


def undo(
    folder: Path,
    number: int,
    now: datetime,
    *,
    void: bool = False,
    environ: Mapping[str, str] = ENVIRONMENT,
) -> int:
    """Undo the entry `number` of the journal; return how many of its statements had left.

    Those are voided, if `void` allows it. Raises CapsuleError when it doesn't and there are some,
    or when there is no such entry, or it is undone already.
    """
    project = source.load(folder)
    with writing(project, environ, "undo", now, str(number)) as ledger:
        bind(ledger, project, now)
        return ledger.undo(number, void=void)


def void(
    folder: Path,
    session: str,
    person: str | None,
    reason: str,
    now: datetime,
    *,
    day: date | None = None,
    environ: Mapping[str, str] = ENVIRONMENT,
) -> int:
    """Take back what is said of `person`, an identifier or e-mail address, in `session`.

    Without a person, of everybody. What was sent is voided, what waits is withdrawn; the reason
    stays in the journal. Return how many people it was. Raises CapsuleError when there is none,
    or when sessions of that name took place on several days and none is given.
    """
    project = source.load(folder)
    with writing(project, environ, "void", now, reason) as ledger:
        names = bind(ledger, project, now)
        every = names.every(squeezed(person).casefold()) if person is not None else [None]
        chosen = _sessions(ledger, session, day)
        count = sum(ledger.void(chosen, who) for who in every)
        if not count:
            raise CapsuleError(_("there is nobody to void: see capsule track report"))
    return count


def void_statements(
    folder: Path,
    ids: Sequence[str],
    reason: str,
    now: datetime,
    *,
    environ: Mapping[str, str] = ENVIRONMENT,
) -> int:
    """Void statements by their ids, as `void` does: with all that their line of a list says.

    Return how many ids that was. Raises CapsuleError when one isn't in the store.
    """
    project = source.load(folder)
    chosen = sorted({key.strip().lower() for key in ids})
    with writing(project, environ, "void", now, reason) as ledger:
        bind(ledger, project, now)
        if missing := ledger.void_statements(chosen):
            raise CapsuleError(
                _("there is no statement %(ids)s in the store") % {"ids": ", ".join(missing)}
            )
    return len(chosen)


def statements_of(folder: Path, *, environ: Mapping[str, str] = ENVIRONMENT) -> Iterator[Statement]:
    """Every statement of the capsule in `folder`, sent or not, in the order of the lists.

    Those that were corrected before they left aren't among them.
    """
    from capsule.tracking.lrs import decode  # noqa: PLC0415 (a slow library)

    with opened(folder, environ) as box:
        yield from map(decode, box.bodies())


def status(folder: Path, *, environ: Mapping[str, str] = ENVIRONMENT) -> Status:
    """What waits, was sent, was refused."""
    with opened(folder, environ) as box:
        return Status(box.counts(), box.refused())


def _sessions(ledger: Ledger, name: str, day: date | None) -> list[int]:
    """The session of that name, on that day if there are several."""
    wanted = squeezed(name).casefold()
    found = {
        one.start[:10]: one.id
        for one in ledger.sessions()
        if squeezed(one.name).casefold() == wanted
        and (day is None or one.start[:10] == day.isoformat())
    }
    if len(found) > 1:
        raise CapsuleError(
            _("the session %(name)s took place on several days: give one of %(days)s with --date")
            % {"name": name, "days": ", ".join(found)}
        )
    if not found:
        raise CapsuleError(
            _("there is no session %(name)s: see capsule track report") % {"name": name}
        )
    return list(found.values())
