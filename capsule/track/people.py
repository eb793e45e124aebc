"""What the tracking keeps about people: the keys, whose pseudonyms these are, what is removed.

All functions raise InputError when capsule.yaml is wrong, CapsuleError when the store or the key
can't be used, UnavailableError when the store's server can't be reached.
"""

from __future__ import annotations

import stat
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from gettext import gettext as _
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from capsule import source
from capsule.errors import CapsuleError
from capsule.files import write_private, write_text
from capsule.track import opening
from capsule.tracking import foreign, keys, people, register
from capsule.tracking.credentials import ENVIRONMENT
from capsule.tracking.events import squeezed
from capsule.tracking.outbox import Erased
from capsule.typography import plain


@dataclass(frozen=True)
class KeyFile:
    """Where the keys are, the mode of the file, and for each the oldest first: check and day."""

    file: Path
    mode: str
    keys: Sequence[tuple[str, date | None]]


class Overdue(NamedTuple):
    """What there is before a day, though it is past keeping: sessions, completions in an LMS."""

    before: date
    sessions: int
    played: int


@dataclass(frozen=True)
class Purge:
    """What a purge removed, or would, of sessions before a day, and how many identifiers."""

    before: date
    erased: Erased
    identifiers: int


def key(folder: Path, *, environ: Mapping[str, str] = ENVIRONMENT) -> KeyFile:
    """Where the keys of the capsule are, and what tells them apart: never the keys."""
    file = opening.key_of(source.load(folder))
    known = [(one.check, one.since) for one in _keys(folder, file, environ)]
    mode = "" if sys.platform == "win32" else f"{stat.S_IMODE(file.stat().st_mode):04o}"
    return KeyFile(file, mode, known)


def make_key(folder: Path, now: datetime, *, environ: Mapping[str, str] = ENVIRONMENT) -> KeyFile:
    """Make the key before the first import, which would. Raises CapsuleError if there is one."""
    project = source.load(folder)
    if opening.key_of(project).exists():
        raise CapsuleError(_("there is a key already; capsule track key rotate makes a new one"))
    with opening.writing(project, environ, "key", now) as ledger:
        if ledger.bound:
            opening.bind(ledger, project, now)  # says what is wrong
        opening.bind(ledger, project, now, make=True)
    return key(folder)


def rotate_key(
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
    return key(folder)


def export_key(
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


def import_key(
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
    return key(folder)


def write_people(folder: Path, target: Path) -> int:
    """Write whose the pseudonyms are to a CSV (mode 0600); return how many people it has.

    Raises CapsuleError when that isn't kept, OSError when the file can't be written.
    """
    project = source.load(folder)
    file = opening.people_of(project)
    if not file.exists():
        raise CapsuleError(
            _(
                "whose the pseudonyms are isn't kept on this machine; to have it, let"
                " tracking.reidentification be true in capsule.yaml, and import the lists again"
            )
        )
    with people.opened(file) as known:
        return people.write_csv(known, target)


def forget_people(folder: Path) -> None:
    """Keep no more whose the pseudonyms are; lists that are imported again tell it again."""
    project = source.load(folder)
    people.remove(opening.people_of(project))


@dataclass(frozen=True)
class Forgotten(Erased):
    """What was removed, and `also`: what else lists know the person by, "" where that isn't kept.

    That isn't forgotten: it is to be named itself, which has lists leave it out from then on.
    """

    also: Sequence[str] = ()


def forget(
    folder: Path, person: str, now: datetime, *, environ: Mapping[str, str] = ENVIRONMENT
) -> Forgotten:
    """Remove all about `person`, an identifier or e-mail address; void what may be in the LRS.

    What remains is a proof, by which the person is left out of lists from then on. Raises
    CapsuleError when the bytes could not all be wiped, which a purge does later.
    """
    project = source.load(folder)
    who = squeezed(person).casefold()
    with opening.writing(project, environ, "forget", now) as ledger:
        names = opening.bind(ledger, project, now)
        salt = ledger.forgotten()[0] or keys.salt()
        known = names.every(who)
        about = partial(foreign.about, known=set(known))
        done, also = ledger.forget(known, about, names.mark(who, salt), salt), set[str]()
        if opening.people_of(project).exists():
            with people.opened(opening.people_of(project)) as whose:
                beside = whose.beside(known)
                found = whose.whose(beside)
                also = {found.get(one, "") for one in beside}
                whose.forget(known)
    _scrub(project, environ)
    return Forgotten(**vars(done), also=sorted(also))


def overdue(
    folder: Path, now: datetime, *, environ: Mapping[str, str] = ENVIRONMENT
) -> Overdue | None:
    """What is past keeping, and still there.

    None where capsule.yaml doesn't say how long to keep.
    """
    project = source.load(folder)
    if (before := opening.kept_from(project, now)) is None:
        return None
    with opening.opened(folder, environ) as box:
        return Overdue(before, *box.overdue(before))


def purge(
    folder: Path,
    now: datetime,
    *,
    dry_run: bool = False,
    environ: Mapping[str, str] = ENVIRONMENT,
) -> Purge:
    """Remove what is about people in sessions past keeping; their figures stay.

    With `dry_run`, tell what it would be. Raises CapsuleError when capsule.yaml doesn't say how
    long to keep, or when the bytes could not all be wiped.
    """
    project = source.load(folder)
    before = opening.kept_from(project, now)
    if before is None:
        raise CapsuleError(
            _("how long is it kept? Write it in capsule.yaml, such as: tracking: {keep: 3 years}")
        )
    zone = project.capsule.tracking.timezone
    done = Purge(before, Erased(), 0)
    with _tried(dry_run), opening.writing(project, environ, "purge", now) as ledger:
        opening.bind(ledger, project, now)
        erased, gone = ledger.purge(before, ZoneInfo(zone)), 0
        if opening.people_of(project).exists():
            with _tried(dry_run), people.opened(opening.people_of(project)) as whose:
                gone = whose.keep_only(ledger.people())
                _stop(dry_run)
        done = Purge(before, erased, gone)
        _stop(dry_run)
    if not dry_run:
        _scrub(project, environ)
    return done


def write_register(
    folder: Path, target: Path, now: datetime, *, environ: Mapping[str, str] = ENVIRONMENT
) -> None:
    """Write an extract for the register of processing activities, as .md or .html, in French.

    Raises CapsuleError for another ending, OSError when the file can't be written.
    """
    made = {".md": register.markdown, ".html": register.page}.get(target.suffix.lower())
    if made is None:
        raise CapsuleError(_("the register's file ends in .html or .md"))
    write_text(target, made(_processing(folder, now, environ)))


def _processing(folder: Path, now: datetime, environ: Mapping[str, str]) -> register.Processing:
    from capsule.tracking.endpoint import host  # noqa: PLC0415 (a slow library)

    project = source.load(folder)
    capsule, place = project.capsule, opening.place_of(project, environ)
    with opening.opened(folder, environ) as box:
        held, counts = box.held(), box.counts()
    named = None
    if opening.people_of(project).exists():
        with people.opened(opening.people_of(project)) as whose:
            named = len(whose)
    file = opening.key_of(project)
    return register.Processing(
        centre=capsule.centre.name,
        capsule=capsule.capsule,
        title=plain(capsule.title),
        base=capsule.tracking.base,
        identified=capsule.tracking.actors == "identified",
        keep=capsule.tracking.keep,
        held=held,
        waiting=counts.waiting + counts.claimed,
        sent=counts.sent,
        keys=tuple(key.since for key in keys.read(file)) if file.exists() else (),
        named=named,
        lrs=host(environ),
        database=(place.url.host or "") if place.shared else "",
        day=opening.today(project, now),
    )


def _keys(folder: Path, file: Path, environ: Mapping[str, str]) -> list[keys.Key]:
    """The keys; where nothing was ever done, none is looked for in a backup."""
    if not file.exists():
        with opening.opened(folder, environ) as box:
            if not box.entries():
                raise CapsuleError(
                    _("there is no key yet: the first import makes it, or capsule track key make")
                )
    return keys.read(file)


class _TriedError(Exception):
    """Leaves a transaction of which nothing must stay."""


@contextmanager
def _tried(dry_run: bool) -> Iterator[None]:
    try:
        yield
    except _TriedError:
        if not dry_run:
            raise


def _stop(dry_run: bool) -> None:
    if dry_run:
        raise _TriedError


def _scrub(project: source.Source, environ: Mapping[str, str]) -> None:
    with opening.opened(project.folder, environ) as box:
        box.scrub()
