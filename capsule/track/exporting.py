"""Exports for the LMS, and for other tools, from the local store."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, datetime
from gettext import gettext as _
from pathlib import Path
from zoneinfo import ZoneInfo

from capsule import source
from capsule.errors import CapsuleError
from capsule.files import replacing, write_text
from capsule.tables import bare
from capsule.track.figures import known
from capsule.track.opening import opened
from capsule.tracking import exports, told
from capsule.tracking.credentials import ENVIRONMENT
from capsule.tracking.events import squeezed
from capsule.tracking.exports import Person, Settings, To, Unknown
from capsule.tracking.outbox import Outbox, Placed
from capsule.tracking.report import inert, write_table
from capsule.typography import plain

_NEEDED = {To.OPENEDX: "id", To.CHAMILO: "username"}


@dataclass
class Exported:
    """The files written, how many people or statements they hold, and who was left apart."""

    files: list[Path] = field(default_factory=list)
    count: int = 0
    unknown: Sequence[Unknown] = ()


@dataclass(frozen=True)
class Wanted:
    """What to export: only the `session` of that name, on that `day`, where they are given.

    `key` is the field by which Moodle finds its users; `points` are those of a completion.
    """

    users: Path | None = None
    key: str = "username"
    points: int | None = None
    session: str = ""
    day: date | None = None
    course: str = ""
    block: str = ""


def export(
    folder: Path,
    to: To,
    target: Path,
    wanted: Wanted = Wanted(),
    *,
    environ: Mapping[str, str] = ENVIRONMENT,
) -> Exported:
    """Write `target` for what `to` says, from the store of the capsule in `folder`.

    An LMS gets the users that its own list has, and the others go in a file beside, with the
    reason. Raises InputError when that list can't be understood, CapsuleError when something is
    missing, OSError when a file can't be read or written.
    """
    tracking = source.load(folder).capsule.tracking
    with opened(folder, environ) as box:
        if to.named:
            return _for_lms(folder, to, target, wanted, box)
        if to is To.CSV:
            return _attendance_table(target, ZoneInfo(tracking.timezone), box)
        return _statements(to, target, tracking.base, box)


def completions(box: Outbox, zone: ZoneInfo) -> list[Person]:
    """Those who completed the capsule, in a session or in the LMS, the former first."""
    placed = [_person(one) for one in box.facts.placed() if one.presence == "present"]
    played = [
        Person(one.person, "present", "", "", str(_local(one.at, zone).date()))
        for one in box.facts.played()
    ]
    return placed + played


def _for_lms(folder: Path, to: To, target: Path, wanted: Wanted, box: Outbox) -> Exported:
    if wanted.users is None:
        raise CapsuleError(_("give the LMS's list of users: --users users.csv"))
    if to is To.OPENEDX and not (wanted.course and wanted.block):
        raise CapsuleError(_("give the course and the block of Open edX: --course-id, --block"))
    users = known(folder, wanted.users)
    needed = _NEEDED.get(to, wanted.key)
    if needed not in users.fields:
        raise CapsuleError(
            _("%(file)s has no column %(field)s") % {"file": wanted.users, "field": needed}
        )
    capsule = source.load(folder).capsule
    zone = ZoneInfo(capsule.tracking.timezone)
    points = wanted.points or (1 if to is To.OPENEDX else 100)
    settings = Settings(needed, points, plain(capsule.title), wanted.course, wanted.block)
    done = Exported()
    apart: list[Unknown] = []
    if to is To.MOODLE_ATTENDANCE:
        sessions = _sessions(box, wanted)
        for name, people in sessions.items():
            found, others = exports.known(people, users, needed)
            apart += others
            if found:
                file = target if len(sessions) == 1 else _beside(target, name)
                _write(done, file, exports.attendance(found, settings), len(found))
    else:
        found, others = exports.known(completions(box, zone), users, needed)
        apart = exports.each_once(others)
        _write(done, target, exports.grades(to, found, settings), len(found))
    done.unknown = apart
    _write_unknown(done, target)
    return done


def _sessions(box: Outbox, wanted: Wanted) -> dict[str, list[Person]]:
    """The people of each session that is wanted, or of all."""
    name = squeezed(wanted.session).casefold()
    day = wanted.day.isoformat() if wanted.day else ""
    found: dict[str, list[Person]] = {}
    for one in box.facts.placed():
        if name in ("", squeezed(one.name).casefold()) and day in ("", one.start[:10]):
            person = _person(one)
            found.setdefault(person.where, []).append(person)
    if not found:
        raise CapsuleError(_("there is no such session: see capsule track report"))
    return found


def _local(at: str, zone: ZoneInfo) -> datetime:
    return datetime.fromisoformat(at).astimezone(zone)


def _person(one: Placed) -> Person:
    day = one.start[:10]
    origin = f"{one.file}:{one.line}" if one.file else ""
    return Person(one.person, one.presence, f"{one.name} {day}", origin, day)


def _beside(target: Path, name: str) -> Path:
    """Another file in the place of `target`, for what has a name."""
    return target.with_name(f"{target.stem}-{bare(name).replace(' ', '-')}{target.suffix}")


def _write(done: Exported, target: Path, text: str, count: int) -> None:
    write_text(target, text)
    done.files.append(target)
    done.count += count


def _write_unknown(done: Exported, target: Path) -> None:
    """Write who was left apart, or remove the file that an earlier export has left."""
    apart = _("apart")
    file = target.with_name(f"{target.stem}-{apart}.csv")
    file.unlink(missing_ok=True)
    if done.unknown:
        headers = (_("Person (pseudonym)"), _("Session"), _("Line of the list"), _("Reason"))
        people = [(one.person, one.reason) for one in done.unknown]
        rows = [
            (person.pseudonym, person.where or _("In the LMS"), person.origin, reason)
            for person, reason in people
        ]
        write_table(headers, rows, file)
        done.files.append(file)


def _attendance_table(target: Path, zone: ZoneInfo, box: Outbox) -> Exported:
    """Who was there, and who took the capsule in the LMS, under pseudonyms, for other tools."""
    header = ("way", "session", "start", "centre", "course", "person", "presence", "minutes")
    count = 0
    with replacing(target) as draft, draft.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\n")
        writer.writerow(header)
        for row in _attendance(box, zone):
            writer.writerow([inert(cell) for cell in row])
            count += 1
    return Exported([target], count)


def _attendance(box: Outbox, zone: ZoneInfo) -> Iterator[tuple[str | int | float, ...]]:
    for one in box.facts.placed():
        where = ("session", one.name, one.start, one.centre, one.course)
        yield (*where, one.person, one.presence, one.minutes or "")
    for taken in box.facts.played():
        minutes = round(taken.seconds / 60, 1) if taken.seconds else ""
        at = _local(taken.at, zone).isoformat(timespec="minutes")
        yield ("lms", "", at, "", "", taken.person, "present", minutes)


def _statements(to: To, target: Path, base: str, box: Outbox) -> Exported:
    """Every statement, as it goes to the LRS: one on each line, or in columns."""
    count = 0
    with ExitStack() as stack:
        draft = stack.enter_context(replacing(target))
        lines = draft
        if to is To.PARQUET:
            room = stack.enter_context(tempfile.TemporaryDirectory(prefix="capsule-"))
            lines = Path(room) / "statements.ndjson"
        with lines.open("wb") as file:
            for body in box.bodies():
                file.write(body + b"\n")
                count += 1
        if to is To.PARQUET:
            told.flatten(lines, draft, base)
    return Exported([target], count)
