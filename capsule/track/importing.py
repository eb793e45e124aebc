"""Attendance lists and files of statements → the store, as one entry of its journal."""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

from capsule import source
from capsule.errors import Problem
from capsule.model import Capsule
from capsule.track.opening import bind, met, spared, subject_of, writing
from capsule.tracking import attendance, foreign, outbox
from capsule.tracking.credentials import ENVIRONMENT
from capsule.tracking.entering import Entering
from capsule.tracking.outbox import Ledger
from capsule.tracking.people import People
from capsule.tracking.preview import Preview, Session
from capsule.tracking.quarantine import Quarantine
from capsule.tracking.sparing import Sparing

_OBJECTS = 200_000  # made between two searches for cycles: more than a chunk holds


@dataclass
class Imported:
    """What an import did: rows by what became of them, every problem of the others.

    `known` rows say what holds already, `corrected` ones replace what was said, `outdated` ones
    say what a later list has corrected since, and change nothing. `queued` is the number of
    statements that wait for the LRS because of it. Rows of `forgotten` people, and of sessions
    past keeping (`expired`), were left out. `apart` says that some people are known by an e-mail
    address, others by an identifier, and no list has both. `entry` is its number in the journal;
    `quarantined`, the files to correct; `sessions`, what a dry run would do.
    """

    added: int = 0
    known: int = 0
    corrected: int = 0
    outdated: int = 0
    queued: int = 0
    entry: int = 0
    forgotten: int = 0
    expired: int = 0
    apart: bool = False
    problems: list[Problem] = field(default_factory=list)
    quarantined: list[Path] = field(default_factory=list)
    sessions: list[Session] = field(default_factory=list)


def import_attendance(
    folder: Path,
    files: Sequence[Path],
    now: datetime,
    *,
    quarantine: Path | None = None,
    dry_run: bool = False,
    replace: bool = False,
    environ: Mapping[str, str] = ENVIRONMENT,
) -> Imported:
    """Import attendance lists and files of statements, whole or, if it fails, not at all.

    Those with a problem are written to files of the folder `quarantine`, if there is one, to be
    corrected and imported. With `dry_run`, nothing is written, and `sessions` tells what would be.

    Rows with a problem are left out. Rows that were imported before, from any file, change
    nothing; rows that say something new of the same people replace what was said. `replace` also
    takes rows that a later list has corrected since. `now` is aware: a row whose session has not
    had the capsule by then is a problem, so that nothing is dated in the future. Raises OSError
    when a file can't be read.
    """
    project = source.load(folder)
    done, aside = Imported(), Quarantine()
    with (
        suppress(_DryRunError),
        writing(project, environ, "import", now, make=not dry_run) as ledger,
        met(project, keep=not dry_run) as whose,
        _seldom_collected(),
    ):
        names = bind(ledger, project, now, make=True, keep=not dry_run)
        ledger.replace = replace
        reading = _Reading(
            project.capsule, now, ledger, done, aside, Preview() if dry_run else None
        )
        reading.all(files, spared(ledger, project, names, now), whose)
        done.entry, done.queued = ledger.number, ledger.queued()
        _count(ledger, done)
        done.apart = bool(done.added and whose and whose.apart())
        if dry_run:
            raise _DryRunError
        if quarantine:
            done.quarantined = aside.write(quarantine)
    return done


@dataclass
class _Reading:
    """The files of an import on their way into the ledger; `preview` is there for a dry run."""

    capsule: Capsule
    now: datetime
    ledger: Ledger
    done: Imported
    aside: Quarantine
    preview: Preview | None

    def all(self, files: Sequence[Path], sparing: Sparing, whose: People | None) -> None:
        """Read one after the other; `whose`, if it is there, learns of their people."""
        entering = Entering(self.ledger, sparing, subject_of(self.capsule), whose)
        for path in files:
            with path.open("rb") as content:
                self.ledger.open_file(path, hashlib.file_digest(content, "sha256").hexdigest())
            if foreign.is_one(path):
                self._statements(path, sparing)
            else:
                self._list(path, entering)
        self.done.forgotten, self.done.expired = sparing.forgotten, sparing.expired
        self.done.sessions = self.preview.sessions if self.preview else []

    def _list(self, path: Path, entering: Entering) -> None:
        tracking = self.capsule.tracking
        latest = self.now - timedelta(seconds=self.capsule.duration)
        columns = tracking.columns.model_dump(exclude_none=True)
        lines = attendance.read(path, ZoneInfo(tracking.timezone), latest, columns)
        for line, problems, new in entering.enter(lines):
            if problems:
                self.done.problems += problems
                if line:
                    self.aside.add(line, problems)
            if line and self.preview:
                self.preview.add(line, new=new, problems=len(problems))

    def _statements(self, path: Path, sparing: Sparing) -> None:
        ledger = self.ledger
        found = foreign.read(path, sparing, self.capsule.tracking.base, self.now)
        counted = Session(path.name, "")
        while some := list(islice(found, outbox.CHUNK)):
            bad = [read for read in some if isinstance(read, foreign.Bad)]
            for problems, text in bad:
                self.done.problems += problems
                self.aside.add_statement(problems, text)
            counted.problems += len(bad)
            ledger.skip(len(bad))
            good = [read for read in some if isinstance(read, foreign.Received)]
            ledger.carry([(one.id, one.body, int(one.origin.rpartition(":")[2])) for one in good])
        counted.new, counted.known = ledger.tally.added, ledger.tally.known
        if self.preview:
            self.preview.sessions.append(counted)


def _count(ledger: Ledger, done: Imported) -> None:
    """Add up what became of the good rows of all files."""
    for tally in ledger.tallies():
        done.added += tally.added
        done.known += tally.known
        done.corrected += tally.corrected
        done.outdated += tally.outdated


@contextmanager
def _seldom_collected() -> Iterator[None]:
    """Look for cycles of objects seldom: rows make none, but come by the thousand.

    Otherwise a quarter of the time of an import goes into it. It can't be left out: what holds the
    values of a query is in cycles.
    """
    before = gc.get_threshold()
    gc.set_threshold(_OBJECTS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


class _DryRunError(Exception):
    """Leaves a transaction of which nothing must stay."""
