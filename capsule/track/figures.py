"""The report: who was expected, was there, and completed the capsule, in a room or in an LMS."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from gettext import gettext as _
from pathlib import Path

from capsule import source
from capsule.errors import CapsuleError
from capsule.resources import words
from capsule.track.opening import key_of, named, opened, people_of, subject_of
from capsule.tracking import keys, page, people, sums
from capsule.tracking.credentials import ENVIRONMENT
from capsule.tracking.linking import Same
from capsule.tracking.privacy import Ring
from capsule.tracking.report import By, Report
from capsule.tracking.users import Users


def report(
    folder: Path,
    by: By = By.SESSION,
    *,
    statements: Path | None = None,
    users: Path | None = None,
    environ: Mapping[str, str] = ENVIRONMENT,
) -> Report:
    """The figures of the capsule in `folder`, from its store, or from a file of `statements`.

    Each person counts once among the people, under several keys too if the identifier is kept
    here, and by identifier and e-mail address if a list had both. `users`, an LMS's list, tells
    which of these are the same person's, too. Of sessions whose people were purged, each
    attendance counts as a person. Raises InputError for a file that can't be understood, OSError
    for one that can't be read.
    """
    project = source.load(folder)
    zone = project.capsule.tracking.timezone
    with sums.opened() as counted:
        if statements:
            counted.read_statements(statements, subject_of(project.capsule).names, zone)
        else:
            with opened(folder, environ) as box:
                counted.add_sessions(box.facts.sessions())
                counted.add_attended(box.facts.attended())
                counted.add_remains(box.facts.remains())
                counted.add_played(box.facts.played(), zone)
                counted.add_past(box.facts.past())
        if several := _same(project).all():
            counted.merge(several)
        if users:
            counted.merge(known(folder, users).aliases())
        return counted.report(by)


def write_page(
    folder: Path,
    target: Path,
    today: date,
    *,
    statements: Path | None = None,
    users: Path | None = None,
    environ: Mapping[str, str] = ENVIRONMENT,
) -> None:
    """Write the report as one HTML page, by month, centre, course and session, in its language.

    Raises what `report` raises, and OSError when the page can't be written.
    """
    capsule = source.load(folder).capsule
    reports = [
        report(folder, by, statements=statements, users=users, environ=environ)
        for by in (By.MONTH, By.CENTRE, By.COURSE, By.SESSION)
    ]
    about = page.Subject(capsule.title, capsule.centre.name, capsule.language)
    page.write(reports, about, words(capsule.language), today, target)


def known(folder: Path, users: Path) -> Users:
    """The LMS's users of a CSV, by the pseudonyms that their identifiers have here.

    Raises InputError when the list can't be understood, CapsuleError when there is no key.
    """
    project = source.load(folder)
    if not key_of(project).exists():
        raise CapsuleError(_("nothing was imported yet"))
    return Users(users, _ring(project), _same(project))


def _same(project: source.Source) -> Same:
    """The pseudonyms that are one person's, as far as that is known here."""
    same = Same()
    if not (key_of(project).exists() and people_of(project).exists()):
        return same
    names = _ring(project)
    with people.opened(people_of(project)) as known_here:
        links = list(known_here.links())
        if len(names.checks) > 1 or (links and project.capsule.tracking.actors == "identified"):
            for identifier in {identifier for _pseudonym, identifier in known_here}:
                first, *others = names.every(identifier)
                for other in others:
                    same.join(first, other)
    same.link(links)
    return same


def _ring(project: source.Source) -> Ring:
    return named(project, keys.read(key_of(project)))
