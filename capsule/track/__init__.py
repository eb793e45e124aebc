"""The tracking side, for Python and for the command line: attendance → outbox → LRS → report.

Everything is kept in the folder `.capsule`, beside capsule.yaml: the key of the pseudonyms and
the store of the statements, unless CAPSULE_OUTBOX in `environ` names a database for that. All
functions raise InputError when capsule.yaml is wrong, CapsuleError when the store can't be used,
UnavailableError when its server can't be reached.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from gettext import gettext as _
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

from capsule import source
from capsule.errors import CapsuleError, Problem
from capsule.model import Capsule
from capsule.track.opening import bind, met, opened, spared, subject_of, writing
from capsule.track.sending import Verified, send, verify, watch
from capsule.tracking import attendance, foreign, outbox
from capsule.tracking.credentials import ENVIRONMENT
from capsule.tracking.entering import Entering
from capsule.tracking.events import squeezed
from capsule.tracking.lrs import Statement, decode
from capsule.tracking.outbox import Counts, Entry, Ledger, Refused
from capsule.tracking.preview import Preview, Session
from capsule.tracking.quarantine import Quarantine
from capsule.tracking.sparing import Sparing

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


@dataclass
class Imported:
    """What an import did: rows by what became of them, every problem of the others.

    `known` rows say what holds already, `corrected` ones replace what was said, `outdated` ones
    say what a later list has corrected since, and change nothing. `queued` is the number of
    statements that wait for the LRS because of it. Rows of `forgotten` people, and of sessions
    past keeping (`expired`), were left out. `entry` is its number in the journal; `quarantined`,
    the files to correct; `sessions`, what a dry run would do.
    """

    added: int = 0
    known: int = 0
    corrected: int = 0
    outdated: int = 0
    queued: int = 0
    entry: int = 0
    forgotten: int = 0
    expired: int = 0
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
        met(project, keep=not dry_run) as note,
    ):
        names = bind(ledger, project, now, make=True, keep=not dry_run)
        ledger.replace = replace
        reading = _Reading(
            project.capsule, now, ledger, done, aside, Preview() if dry_run else None
        )
        reading.all(files, spared(ledger, project, names, now), note)
        done.entry, done.queued = ledger.number, ledger.queued()
        _count(ledger, done)
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

    def all(
        self, files: Sequence[Path], sparing: Sparing, note: Callable[[Mapping[str, str]], None]
    ) -> None:
        """Read one after the other."""
        entering = Entering(self.ledger, sparing, subject_of(self.capsule), note)
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
            for problem, text in bad:
                self.done.problems.append(problem)
                self.aside.add_statement(problem, text)
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


class _DryRunError(Exception):
    """Leaves a transaction of which nothing must stay."""


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
            raise CapsuleError(_("nobody to void: see capsule track report"))
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
