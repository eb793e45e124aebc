"""The content side, conducted: one source file → every artefact.

`workshop` makes them, `record` knows those that stand already, `variants` builds many capsules
from one source and a table, which `sheet` reads.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from capsule import __version__
from capsule.builds import packages, record
from capsule.builds.packages import PACKAGES
from capsule.builds.settings import Progress, Settings
from capsule.builds.workshop import ARTEFACTS, Tools, Workshop
from capsule.cache import open_cache
from capsule.crew import Crew
from capsule.errors import InputError
from capsule.files import share, workroom, write_text
from capsule.project import Project, open_project, plan_data

__all__ = [
    "ARTEFACTS",
    "PACKAGES",
    "Built",
    "Progress",
    "Settings",
    "Tools",
    "build",
    "check",
    "make",
]


@dataclass(frozen=True)
class Built:
    """The files of one build, the artefacts that had to be made, and what build.json says."""

    files: tuple[Path, ...]
    made: tuple[str, ...]
    data: dict[str, Any]


def build(path: Path, output: Path | None, settings: Settings, progress: Progress) -> Built:
    """Build the capsule at `path` into `output` (its `dist` if None).

    The files appear together when all are done, build.json, which lists them, last: a build that
    fails or is interrupted leaves the one before. Those that stand already, from the same input,
    are left as they are. Raises InputError, UnavailableError, CapsuleError, OSError.
    """
    cache = open_cache(settings.cache)
    project = open_project(path, cache=cache)
    check(project, settings)
    folder = output or project.source.folder / "dist"
    with Crew(settings.workers, settings.scheduler) as crew, workroom(folder) as room:
        return make(project, folder, room, Tools(settings, cache, crew, progress))


def check(project: Project, settings: Settings) -> None:
    """Raise InputError when `project` cannot be built as `settings` ask."""
    if problems := list(packages.unhosted(project, settings, settings.names(ARTEFACTS))):
        raise InputError(problems)


def make(
    project: Project, folder: Path, room: Path, tools: Tools, common: Path | None = None
) -> Built:
    """Make the artefacts of `project` in `room`, then move them to `folder`.

    `common` is a folder through which files that are the same become hard links of one another.
    Raises InputError, with nothing moved, when a package is larger than the source allows.
    """
    names = tools.settings.names(ARTEFACTS)
    key = record.key(project, tools.settings, tools.cache)
    listing = f"build{tools.settings.mark}.json"
    standing = record.standing(folder, listing, key)
    made = tuple(name for name in names if name not in standing)
    film_there = folder / standing["film"][0]["name"] if "film" in standing else None
    workshop = Workshop(project, room, frozenset(made), film_there, tools)
    entries: list[record.Entry] = []
    for name in names:
        if name in standing:
            entries += standing[name]
            continue
        tools.progress(name, 0, "")
        entries += [record.entry(name, file) for file in ARTEFACTS[name](workshop)]
        tools.progress(name, 1, "")
    if problems := list(packages.oversized(project, tools.settings, entries)):
        raise InputError(problems)
    data = {
        "capsule": __version__,
        "key": key,
        "files": entries,
        "plan": plan_data(project.plan),
    }
    write_text(workshop.folder / listing, json.dumps(data, ensure_ascii=False, indent=2) + "\n")
    files = [entry["name"] for entry in entries] + [listing]
    _place(workshop.folder, folder, files)
    if common:
        for entry in entries:
            share(folder / entry["name"], common / entry["sha256"])
    return Built(tuple(folder / name for name in files), made, data)


def _place(done: Path, folder: Path, names: Sequence[str]) -> None:
    """Move what is in `done` to `folder`, in one go if that is not there yet."""
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        done.rename(folder)
        return
    folder.mkdir(exist_ok=True)  # says so when it is a file
    for name in names:
        if (done / name).exists():
            (done / name).replace(folder / name)
