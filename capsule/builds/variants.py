"""Many capsules from one source and a table: the first with the whole crew, the others abreast."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from gettext import gettext as _
from pathlib import Path
from typing import Any, NamedTuple

from capsule import __version__
from capsule.builds import check, make, sheet
from capsule.builds.settings import Progress, Settings
from capsule.builds.workshop import Tools
from capsule.cache import Cache, open_cache
from capsule.crew import Crew, Job, quiet
from capsule.errors import CapsuleError, InputError, Problem
from capsule.files import workroom, write_text
from capsule.project import Project, open_project

Clock = Callable[[], float]


class Outcome(NamedTuple):
    """What became of a variant: its files and the seconds that they took, or why there are none."""

    variant: str
    files: tuple[Path, ...]
    seconds: float
    error: str = ""


@dataclass(frozen=True)
class _Order:
    """A variant to build, in any process of this machine."""

    name: str
    project: Project
    folder: Path
    room: Path

    @property
    def report(self) -> Path:
        """Where the outcome is written, for the process that waits for it."""
        return self.room / f"{self.name}.json"


def build(
    path: Path,
    table: Path,
    output: Path | None,
    *,
    settings: Settings,
    progress: Progress,
    clock: Clock,
) -> tuple[Outcome, ...]:
    """Build the variants of the capsule at `path` that `table` lists, each in its own folder.

    The folders lie in `output` (the capsule's `dist` if None), with variants.json, which lists
    them. A variant is whole or not there; one that fails leaves the others. `clock` counts
    seconds. Raises InputError with the faults of all rows before anything is built, OSError.
    """
    cache = open_cache(settings.cache)
    base = open_project(path, cache=cache)
    variants = sheet.read(table, base.source)
    projects = _opened(path, variants, settings, cache)
    folder = output or base.source.folder / "dist"
    with Crew(settings.workers, settings.scheduler) as crew, workroom(folder) as room:
        orders = [
            _Order(variant.name, project, folder / variant.name, room)
            for variant, project in zip(variants, projects, strict=True)
        ]
        first, *others = orders
        tools = Tools(settings, cache, crew, progress)
        outcomes = [_outcome(first, tools, clock), *_abreast(others, tools, clock)]
    _list(folder / f"variants{settings.mark}.json", outcomes)
    return tuple(outcomes)


def _opened(
    path: Path, variants: Sequence[sheet.Variant], settings: Settings, cache: Cache
) -> list[Project]:
    projects, problems = list[Project](), dict[Problem, None]()
    for variant in variants:
        try:
            project = open_project(path, row=variant.row, cache=cache)
            check(project, settings)
            projects.append(project)
        except InputError as error:
            problems |= dict.fromkeys(error.problems)  # the same file may be named by many rows
    if problems:
        raise InputError(problems)
    return projects


def _outcome(order: _Order, tools: Tools, clock: Clock) -> Outcome:
    begun = clock()
    common, own = order.room / "common", order.room / order.name
    try:
        common.mkdir(exist_ok=True)
        own.mkdir()
        files = make(order.project, order.folder, own, tools, common).files
    except CapsuleError as error:
        return Outcome(order.name, (), clock() - begun, str(error))
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        why = f"{place}{_(error.strerror or str(error))}"
        return Outcome(order.name, (), clock() - begun, why)
    return Outcome(order.name, files, clock() - begun)


def _abreast(orders: Sequence[_Order], tools: Tools, clock: Clock) -> Iterator[Outcome]:
    """Build variants side by side, each by one process, which does all of it."""
    alone = replace(tools.settings, workers=0)
    jobs = [
        Job(order.name, 1.0, partial(_build_one, order, alone, clock), here=True)
        for order in orders
    ]
    died = ""
    try:
        tools.crew.run(jobs, lambda done, made: tools.progress("variants", done, made))
    except CapsuleError as error:  # a process was ended
        died = str(error)
    for order in orders:
        try:
            told: dict[str, Any] = json.loads(order.report.read_bytes())
            files = tuple(order.folder / name for name in told.pop("files"))
            yield Outcome(order.name, files, **told)
        except FileNotFoundError:
            yield Outcome(order.name, (), 0.0, died)


def _build_one(order: _Order, settings: Settings, clock: Clock) -> None:
    with Crew(settings.workers, settings.scheduler) as crew:
        # What is heard is how many variants are done.
        tools = Tools(settings, open_cache(settings.cache), crew, quiet)
        done = _outcome(order, tools, clock)
    names = [file.name for file in done.files]
    told = {"files": names, "seconds": done.seconds, "error": done.error}
    write_text(order.report, json.dumps(told))


def _list(target: Path, outcomes: Sequence[Outcome]) -> None:
    """Write which variants are there, for programs; each has its own build.json."""
    listed = [
        {
            "variant": done.variant,
            "files": [f"{done.variant}/{file.name}" for file in done.files],
            "bytes": sum(file.stat().st_size for file in done.files),
        }
        for done in outcomes
        if done.files
    ]
    data = {"capsule": __version__, "variants": listed}
    write_text(target, json.dumps(data, ensure_ascii=False, indent=2) + "\n")


def on_disk(outcomes: Sequence[Outcome]) -> int:
    """The bytes that the files of `outcomes` take, hard links counted once. Raises OSError."""
    stats = [file.stat() for done in outcomes for file in done.files]
    return sum({(stat.st_dev, stat.st_ino): stat.st_size for stat in stats}.values())
