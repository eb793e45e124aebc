"""Where a capsule keeps its tracking: the folder, the key, the store, an entry of its journal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import date, datetime
from gettext import gettext as _
from pathlib import Path
from zoneinfo import ZoneInfo

from capsule import source
from capsule.activity import Names
from capsule.errors import CapsuleError
from capsule.files import write_text
from capsule.model import Capsule
from capsule.tracking import keys, outbox, people, privacy, sparing, statements
from capsule.tracking.outbox import Ledger, Outbox
from capsule.tracking.people import People
from capsule.tracking.sparing import Sparing


def subject_of(capsule: Capsule) -> statements.Subject:
    """What the statements of `capsule` are about."""
    names = Names(capsule.tracking.base, capsule.capsule)
    return statements.Subject(names, capsule.title, capsule.language, capsule.duration)


def store_of(project: source.Source) -> Path:
    """The folder where the tracking of a capsule is kept."""
    return project.folder / ".capsule"


def key_of(project: source.Source) -> Path:
    """The file of its keys."""
    return store_of(project) / "key"


def people_of(project: source.Source) -> Path:
    """The file that tells whose the pseudonyms are."""
    return store_of(project) / "people.db"


def place_of(project: source.Source, environ: Mapping[str, str]) -> outbox.Place:
    """Where its store is."""
    iri = subject_of(project.capsule).names.capsule_iri
    return outbox.find(store_of(project) / "outbox.db", environ, iri)


@contextmanager
def writing(
    project: source.Source,
    environ: Mapping[str, str],
    kind: str,
    now: datetime,
    reason: str | None = None,
    *,
    make: bool = True,
) -> Iterator[Ledger]:
    """A new entry of the journal. One process at a time is in here, so that one key is made.

    Unless it may `make` the store, one that isn't kept stands in for what isn't there.
    """
    if make:
        store_of(project).mkdir(mode=0o700, exist_ok=True)
        write_text(store_of(project) / ".gitignore", "*\n")
    with (
        outbox.opened(place_of(project, environ), make=make) as box,
        box.journal(kind, now, reason) as ledger,
    ):
        yield ledger


def bind(
    ledger: Ledger,
    project: source.Source,
    now: datetime,
    *,
    make: bool = False,
    keep: bool = True,
) -> privacy.Ring:
    """What stands for people, under the keys that the store is tied to from now on.

    Where nothing is bound yet, it may `make` a key, which is written if it is to `keep`; otherwise
    raises CapsuleError. So does a key that the store is not tied to.
    """
    if not (make or ledger.bound):
        raise CapsuleError(_("nothing was imported yet"))
    file = key_of(project)
    if make and not ledger.bound and not file.exists():
        known = keys.followed((), today(project, now))
        if keep:
            keys.write(file, known)
    else:
        known = keys.read(file)
    names = named(project, known)
    tie(ledger, project, names)
    return names


def named(project: source.Source, known: list[keys.Key]) -> privacy.Ring:
    """What stands for people under these keys, as the capsule has it."""
    return privacy.Ring(known, identified=project.capsule.tracking.actors == "identified")


def tie(ledger: Ledger, project: source.Source, names: privacy.Ring) -> None:
    """Tie the store to these keys, and begin the entry."""
    now, *past = names.checks
    iri = subject_of(project.capsule).names.capsule_iri
    ledger.bind(now, iri, past, names.checks_otherwise)


def spared(ledger: Ledger, project: source.Source, names: privacy.Ring, now: datetime) -> Sparing:
    """What an import leaves out: who was forgotten, and what is past keeping."""
    salt, marks = ledger.forgotten()
    before = kept_from(project, now)
    return Sparing(names, salt, marks, max(ledger.purged, before.isoformat() if before else ""))


@contextmanager
def met(project: source.Source, *, keep: bool = True) -> Iterator[People | None]:
    """What keeps whose the pseudonyms are, if the capsule wants it, and to `keep`."""
    if not (keep and project.capsule.tracking.reidentification):
        yield None
        return
    with people.opened(people_of(project)) as whose:
        yield whose


def kept_from(project: source.Source, now: datetime) -> date | None:
    """The first day of which attendance is kept, if the capsule says how long."""
    tracking = project.capsule.tracking
    return sparing.kept_from(today(project, now), tracking.keep) if tracking.keep else None


def today(project: source.Source, now: datetime) -> date:
    """The day of `now`, aware, where the sessions take place."""
    return now.astimezone(ZoneInfo(project.capsule.tracking.timezone)).date()


@contextmanager
def opened(folder: Path, environ: Mapping[str, str], *, sending: bool = False) -> Iterator[Outbox]:
    """The store of the capsule in `folder`, an empty one if nothing was imported yet."""
    project = source.load(folder)
    place = place_of(project, environ)
    with ExitStack() as stack:
        alone = sending and not place.shared and place.file.exists()
        if alone:
            stack.enter_context(outbox.sole_sender(store_of(project) / "sending.lock"))
        box = stack.enter_context(outbox.opened(place, make=False))
        if alone:
            box.recover()
        yield box
