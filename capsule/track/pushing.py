"""Completions to Moodle, through its web service."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from gettext import gettext as _
from pathlib import Path
from zoneinfo import ZoneInfo

from capsule import source
from capsule.errors import CapsuleError
from capsule.track.exporting import completions
from capsule.track.figures import known
from capsule.track.opening import opened
from capsule.tracking import exports
from capsule.tracking.credentials import ENVIRONMENT
from capsule.tracking.endpoint import Transport
from capsule.tracking.exports import Unknown
from capsule.tracking.moodle import Moodle, RefusedError, settings


@dataclass
class Pushed:
    """How many were marked now, were complete before, or would be marked; who was refused, why.

    `refused` is the user's line in the list of users and Moodle's words; `unknown` are those who
    aren't users.
    """

    marked: int = 0
    before: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)
    unknown: Sequence[Unknown] = ()


def push(
    folder: Path,
    users: Path,
    *,
    course: int,
    activity: int,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
    dry_run: bool = False,
    environ: Mapping[str, str] = ENVIRONMENT,
    transport: Transport | None = None,
) -> Pushed:
    """Have Moodle mark an activity (course module) as complete for whoever completed the capsule.

    `users` is Moodle's list of users, with their id. Who is complete already stays as they are, so
    it can be done again. `dry_run` asks, and marks nobody. Raises CapsuleError when the list has no
    ids, InputError when it can't be understood, UnavailableError when Moodle can't be used.
    """
    listed = known(folder, users)
    if "id" not in listed.fields:
        raise CapsuleError(_("%(file)s has no column %(field)s") % {"file": users, "field": "id"})
    zone = ZoneInfo(source.load(folder).capsule.tracking.timezone)
    with opened(folder, environ) as box:
        found, others = exports.known(completions(box, zone), listed, "id")
    done = Pushed(unknown=exports.each_once(others))
    with Moodle(settings(environ), transport) as moodle:
        for n, (user, _person) in enumerate(found):
            progress(n, len(found))
            try:
                if moodle.completed(course, activity, int(user["id"])):
                    done.before += 1
                    continue
                if not dry_run:
                    moodle.complete(activity, int(user["id"]))
                done.marked += 1
            except (RefusedError, ValueError) as error:
                done.refused.append((user.line, str(error)))
    return done
