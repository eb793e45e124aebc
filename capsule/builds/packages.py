"""The packages for LMSs: what they hold, and what keeps an LMS from taking them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from gettext import gettext as _
from math import ceil
from pathlib import Path
from typing import Literal, get_args

from capsule.builds.record import Entry
from capsule.builds.settings import Settings
from capsule.errors import Problem
from capsule.lms import cmi5, scorm12, scorm2004, tincan
from capsule.plan import Plan
from capsule.project import Project

Package = Literal["scorm12", "scorm2004", "cmi5", "xapi"]
PACKAGES: tuple[Package, ...] = get_args(Package)
PACKAGERS: Mapping[
    Package, Callable[[Mapping[str, bytes | Path], Plan], dict[str, bytes | Path]]
] = {
    "scorm12": scorm12.entries,
    "scorm2004": scorm2004.entries,
    "cmi5": cmi5.entries,
    "xapi": tincan.entries,
}


def hosted(project: Project, settings: Settings) -> str | None:
    """The address that packages play the film from; none when they hold it."""
    return project.plan.capsule.film_url if settings.media == "link" else None


def unhosted(project: Project, settings: Settings, names: Sequence[str]) -> Iterator[Problem]:
    """That packages among `names` are to play a film of which nobody says where it is."""
    if settings.media == "link" and set(PACKAGES) & set(names) and not hosted(project, settings):
        yield project.source.problem(
            ("film", "url"),
            _("with --media link, packages play the film from the web, and none is given"),
            _('write film: {url: "https://..."}, or build the slides alone: --only deck'),
        )


def oversized(project: Project, settings: Settings, entries: Sequence[Entry]) -> Iterator[Problem]:
    """That the largest package among `entries` is larger than the source allows."""
    largest = project.plan.capsule.packages.largest
    packages = [entry for entry in entries if entry["artefact"] in PACKAGES]
    found = max(packages, key=lambda entry: entry["bytes"], default=None)
    if found and found["bytes"] > largest:
        sizes = {"size": ceil(found["bytes"] / 1e6), "max": largest // 10**6}
        yield project.source.problem(
            ("packages", "max"),
            _("%(name)s takes %(size)d MB, above %(max)d MB: LMSs refuse big uploads")
            % {"name": found["name"], **sizes},
            _smaller(project, settings),
        )


def _smaller(project: Project, settings: Settings) -> str:
    """What to do about a package that is too large."""
    larger = _("write a larger packages: {max: ...} if yours takes it")
    if settings.media == "link":
        return _("give a smaller logo, or %(otherwise)s") % {"otherwise": larger}
    if (settings.size or project.plan.capsule.film.size) == "720p":
        return _("build with --media link, or %(otherwise)s") % {"otherwise": larger}
    return _("build with --size 720p or --media link, or %(otherwise)s") % {"otherwise": larger}
