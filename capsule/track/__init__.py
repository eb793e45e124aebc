"""The tracking side, for Python and for the command line: attendance → outbox → LRS → report.

Everything is kept in the folder `.capsule`, beside capsule.yaml: the key of the pseudonyms and
the store of the statements. All functions raise InputError when capsule.yaml is wrong, and
CapsuleError when the store can't be used.
"""

from __future__ import annotations

import random
import secrets
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import astuple, dataclass, field
from datetime import datetime, timedelta
from gettext import gettext as _
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from capsule import source
from capsule.activity import Names
from capsule.errors import Problem
from capsule.files import write_text
from capsule.model import Capsule
from capsule.tracking import attendance, foreign, outbox, privacy, statements
from capsule.tracking.events import Event, Presence
from capsule.tracking.lrs import Lrs, Statement, Transport, decode, settings
from capsule.tracking.outbox import Counts, Known, Outbox, Refused
from capsule.tracking.preview import Preview, Session
from capsule.tracking.quarantine import Quarantine
from capsule.tracking.report import Report
from capsule.tracking.sender import Sender

BATCH = 250
"""Statements per request: some stores refuse much more, and less is slower."""


@dataclass
class Imported:
    """What an import did: rows `added`, rows `known` already, every problem of the others.

    `queued` is the number of statements that wait for the LRS because of it; `quarantined`, the
    files to correct; `sessions`, what a dry run would do.
    """

    added: int = 0
    known: int = 0
    queued: int = 0
    problems: list[Problem] = field(default_factory=list)
    quarantined: list[Path] = field(default_factory=list)
    sessions: list[Session] = field(default_factory=list)


@dataclass(frozen=True)
class Status:
    """How many statements wait, were sent, were refused, and those refused."""

    counts: Counts
    refused: Sequence[Refused]


def import_attendance(
    folder: Path,
    files: Sequence[Path],
    now: datetime,
    *,
    quarantine: Path | None = None,
    dry_run: bool = False,
) -> Imported:
    """Import attendance lists and files of statements, whole or, if it fails, not at all.

    Those with a problem are written to files of the folder `quarantine`, if there is one, to be
    corrected and imported. With `dry_run`, nothing is written, and `sessions` tells what would be.

    Rows with a problem are left out. Rows that were imported before, from any file, change
    nothing. `now` is aware: a row whose session has not had the capsule by then is a problem, so
    that nothing is dated in the future. Raises OSError when a file can't be read.
    """
    project = source.load(folder)
    tracking, subject = project.capsule.tracking, _subject(project.capsule)
    latest = now - timedelta(seconds=subject.seconds)
    columns = tracking.columns.model_dump(exclude_none=True)
    store, done, aside, preview = _store(project), Imported(), Quarantine(), Preview()
    file = None if dry_run and not (store / "outbox.db").exists() else store / "outbox.db"
    if not dry_run:
        _make(store)
    with suppress(_DryRunError), outbox.opened(file) as box, box.transaction():
        # One process at a time is in here, so that one key is made.
        actors = _actors(store / "key", tracking.actors, make=not box.bound, keep=not dry_run)
        box.bind(actors.check, subject.names.capsule_iri)
        before = box.counts().waiting
        for path in files:
            if foreign.is_one(path):
                received = foreign.read(path, actors, tracking.base, now)
                preview.sessions.append(_receive(box, path.name, received, done))
                continue
            for line in attendance.read(path, ZoneInfo(tracking.timezone), latest, columns):
                told, added = len(done.problems), done.added
                done.problems += line.problems
                if line.event:
                    _enter(box, actors.hide(line.event), subject, done)
                problems = done.problems[told:]
                if problems:
                    aside.add(line, problems)
                preview.add(line, new=done.added > added, problems=len(problems))
        done.queued = box.counts().waiting - before
        if dry_run:
            done.sessions = preview.sessions
            raise _DryRunError
        if quarantine:
            done.quarantined = aside.write(quarantine)
    return done


class _DryRunError(Exception):
    """Leaves a transaction of which nothing must stay."""


def _actors(
    key_file: Path, way: Literal["pseudonymous", "identified"], *, make: bool, keep: bool
) -> privacy.Actors:
    """What stands for people; without `keep`, a key that would be made isn't written."""
    if make and not keep and not key_file.exists():
        names = privacy.Pseudonyms(secrets.token_bytes(32))
    else:
        names = privacy.pseudonyms(key_file, make=make)
    return privacy.Identified(names) if way == "identified" else names


def _receive(
    box: Outbox, name: str, statements: Iterator[foreign.Received | Problem], done: Imported
) -> Session:
    """Queue the statements of a file; return how many were new, known, wrong."""
    counted = Session(name, "")
    before, good = sum(astuple(box.counts())), 0
    for read in statements:
        if isinstance(read, Problem):
            done.problems.append(read)
            counted.problems += 1
        else:
            box.queue(read.id, read.body, read.origin)
            good += 1
    counted.new = sum(astuple(box.counts())) - before
    counted.known = good - counted.new
    done.added += counted.new
    done.known += counted.known
    return counted


def statements_of(folder: Path) -> Iterator[Statement]:
    """Every statement of the capsule in `folder`, sent or not, in the order of the lists."""
    with _opened(folder) as box:
        yield from map(decode, box.bodies())


def send(
    folder: Path,
    environ: Mapping[str, str],
    progress: Callable[[int, int], None] = lambda _done, _total: None,
    *,
    retry_refused: bool = False,
    batch: int = BATCH,
    transport: Transport | None = None,
    sleep: Callable[[float], None] = time.sleep,
    chance: Callable[[], float] = random.random,
) -> Counts:
    """Send what waits to the LRS that `environ` names; return what was sent and refused now.

    It can be stopped at any instant, and started again: nothing is lost, nothing is twice in the
    LRS. `progress` hears how many are settled, of how many. `retry_refused` also sends what the
    LRS refused before. `sleep` (seconds) and `chance` (0 to 1) serve the waits between two tries;
    `transport` replaces the network.

    Raises UnavailableError when the LRS isn't set, can't be reached or refuses the key;
    CapsuleError when another process is sending.
    """
    sent = refused = 0
    with Lrs(settings(environ), transport) as lrs, _opened(folder, sending=True) as box:
        if retry_refused:
            box.retry_refused()
        sender = Sender(lrs, sleep, chance)
        while waiting := box.waiting(batch):
            progress(sent + refused, sent + refused + box.counts().waiting)
            outcome = sender.deliver(waiting)
            box.settle(outcome.sent, outcome.refused)
            sent += len(outcome.sent)
            refused += len(outcome.refused)
        progress(sent + refused, sent + refused)
    return Counts(sent=sent, refused=refused)


def status(folder: Path) -> Status:
    """What waits, was sent, was refused."""
    with _opened(folder) as box:
        return Status(box.counts(), box.refused())


def report(folder: Path) -> Report:
    """Who was expected, was there and completed, per session, from the local store."""
    with _opened(folder) as box:
        return Report(box.sessions())


def _enter(box: Outbox, event: Event, subject: statements.Subject, done: Imported) -> None:
    """Keep one event, its people under pseudonyms, and queue its statements."""
    known = box.add(event, statements.registration(event, subject))
    if known is None:
        done.added += 1
        for statement in statements.of_event(event, subject):
            origin = f"{event.path.name}:{event.line}"
            box.queue(statement["id"], statements.encode(statement), origin)
    elif known.agrees(event):
        done.known += 1
    else:
        done.problems.append(
            Problem(
                event.path,
                event.line,
                0,
                _("this person was imported as %(before)s in this session, and is %(now)s here")
                % {"before": _said(known), "now": _said(event)},
                _("the first stays; make the line agree with it, or remove it"),
            )
        )


def _said(what: Event | Known) -> str:
    """A presence in the user's words."""
    if what.presence is Presence.PARTIAL:
        return _("present for %(minutes)d minutes") % {"minutes": what.minutes}
    return _("present") if what.presence is Presence.PRESENT else _("absent")


def _subject(capsule: Capsule) -> statements.Subject:
    names = Names(capsule.tracking.base, capsule.capsule)
    return statements.Subject(names, capsule.title, capsule.language, capsule.duration)


def _store(project: source.Source) -> Path:
    return project.folder / ".capsule"


def _make(store: Path) -> None:
    """Make the folder, which no one else reads and git doesn't take."""
    store.mkdir(mode=0o700, exist_ok=True)
    write_text(store / ".gitignore", "*\n")


@contextmanager
def _opened(folder: Path, *, sending: bool = False) -> Iterator[Outbox]:
    """The store of the capsule in `folder`, an empty one if nothing was imported yet."""
    store = _store(source.load(folder))
    file = store / "outbox.db"
    with ExitStack() as stack:
        if sending and file.exists():
            stack.enter_context(outbox.sole_sender(store / "sending.lock"))
        yield stack.enter_context(outbox.opened(file if file.exists() else None))
