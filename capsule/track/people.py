"""What the tracking keeps about people: whose the pseudonyms are, what is removed, the register.

All functions raise InputError when capsule.yaml is wrong, CapsuleError when the store or the key
can't be used, UnavailableError when the store's server can't be reached.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from gettext import gettext as _
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from capsule import source
from capsule.errors import CapsuleError
from capsule.files import write_text
from capsule.track import opening
from capsule.tracking import foreign, keys, people, register
from capsule.tracking.credentials import ENVIRONMENT
from capsule.tracking.events import squeezed
from capsule.tracking.outbox import Erased
from capsule.typography import plain


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
