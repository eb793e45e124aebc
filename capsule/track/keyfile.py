"""The file of the keys under which people become pseudonyms: made, shown, followed, handed over.

All functions raise InputError when capsule.yaml is wrong, CapsuleError when the store or the key
can't be used, UnavailableError when the store's server can't be reached.
"""

from __future__ import annotations

import stat
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from gettext import gettext as _
from pathlib import Path

from capsule import source
from capsule.errors import CapsuleError
from capsule.files import write_private
from capsule.track import opening
from capsule.tracking import keys
from capsule.tracking.credentials import ENVIRONMENT


@dataclass(frozen=True)
class KeyFile:
    """Where the keys are, the mode of the file, and for each the oldest first: check and day."""

    file: Path
    mode: str
    keys: Sequence[tuple[str, date | None]]


def show(folder: Path, *, environ: Mapping[str, str] = ENVIRONMENT) -> KeyFile:
    """Where the keys of the capsule are, and what tells them apart: never the keys."""
    file = opening.key_of(source.load(folder))
    known = [(one.check, one.since) for one in _keys(folder, file, environ)]
    mode = "" if sys.platform == "win32" else f"{stat.S_IMODE(file.stat().st_mode):04o}"
    return KeyFile(file, mode, known)


def make(folder: Path, now: datetime, *, environ: Mapping[str, str] = ENVIRONMENT) -> KeyFile:
    """Make the key before the first import, which would. Raises CapsuleError if there is one."""
    project = source.load(folder)
    if opening.key_of(project).exists():
        raise CapsuleError(_("there is a key already; capsule track key rotate makes a new one"))
    with opening.writing(project, environ, "key", now) as ledger:
        if ledger.bound:
            opening.bind(ledger, project, now)  # says what is wrong
        opening.bind(ledger, project, now, make=True)
    return show(folder)


def rotate(
    folder: Path,
    now: datetime,
    first: date | None = None,
    *,
    environ: Mapping[str, str] = ENVIRONMENT,
) -> KeyFile:
    """Make a new key for the sessions from the day `first` on; former ones keep theirs.

    By default it is today, or the day after the last session that was imported. Raises
    CapsuleError for a day on which, or after which, there is a session already.
    """
    project = source.load(folder)
    with opening.writing(project, environ, "key", now) as ledger:
        if not ledger.bound:
            raise CapsuleError(_("nothing was imported yet"))
        known = keys.read(opening.key_of(project))
        last = date.fromisoformat(ledger.last_day() or "0001-01-01")
        last = max(last, known[-1].since if known[1:] and known[-1].since else date.min)
        day = first or max(opening.today(project, now), last + timedelta(days=1))
        if day <= last:
            raise CapsuleError(
                _("sessions to %(day)s are under the former key: give a later day with --from")
                % {"day": last.isoformat()}
            )
        new = keys.followed(known, day)
        opening.tie(ledger, project, opening.named(project, new))
        keys.write(opening.key_of(project), new)
    return show(folder)


def export(
    folder: Path,
    target: Path,
    passphrase: str | None = None,
    *,
    environ: Mapping[str, str] = ENVIRONMENT,
) -> None:
    """Write the keys for the data officer, sealed by a passphrase if one is given.

    Raises CapsuleError when there is such a file, OSError when it can't be written.
    """
    project = source.load(folder)
    known = _keys(folder, opening.key_of(project), environ)
    if target.exists():
        raise CapsuleError(_("%(path)s exists already") % {"path": target})
    iri = opening.subject_of(project.capsule).names.capsule_iri
    write_private(target, keys.handed_over(known, iri, passphrase))


def import_(
    folder: Path,
    content: bytes,
    now: datetime,
    passphrase: str | None = None,
    *,
    environ: Mapping[str, str] = ENVIRONMENT,
) -> KeyFile:
    """Take over keys that were exported, in place of none, or of those that they follow.

    Raises CapsuleError when the capsule has others, for everybody would be counted again.
    """
    project = source.load(folder)
    new, file = keys.received(content, passphrase), opening.key_of(project)
    if file.exists() and not keys.extends(new, keys.read(file)):
        raise CapsuleError(_("this capsule has another key; nothing was changed"))
    with opening.writing(project, environ, "key", now) as ledger:
        opening.tie(ledger, project, opening.named(project, new))
        keys.write(file, new)
    return show(folder)


def _keys(folder: Path, file: Path, environ: Mapping[str, str]) -> list[keys.Key]:
    """The keys; where nothing was ever done, none is looked for in a backup."""
    if not file.exists():
        with opening.opened(folder, environ) as box:
            if not box.entries():
                raise CapsuleError(
                    _("there is no key yet: the first import makes it, or capsule track key make")
                )
    return keys.read(file)
