"""What the commands print, and how an error becomes a message and an exit code."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from gettext import gettext as _
from gettext import ngettext
from pathlib import Path
from typing import Any

import click
from rich.box import SIMPLE
from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    TaskID,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table

from capsule.errors import CapsuleError, InputError
from capsule.resources import N_

SYSTEM_ERRORS = (
    N_("File exists"),
    N_("Is a directory"),
    N_("No space left on device"),
    N_("No such file or directory"),
    N_("Not a directory"),
    N_("Permission denied"),
    N_("Read-only file system"),
)
"""What the system says, in English whatever the language, most often."""


@contextmanager
def reporting() -> Iterator[None]:
    """Turn what goes wrong inside into one message on stderr and the exit code that it means."""
    try:
        yield
    except InputError as error:
        for problem in error.problems:
            click.echo(str(problem), err=True)
        count = len(error.problems)
        click.echo(
            ngettext("%(count)d problem found.", "%(count)d problems found.", count)
            % {"count": count},
            err=True,
        )
        sys.exit(error.exit_code)
    except CapsuleError as error:
        click.echo(str(error), err=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        click.echo(f"{place}{_(error.strerror or str(error))}", err=True)
        sys.exit(1)


def print_json(data: object) -> None:
    """Print `data` as JSON for another program, dates and paths as text."""
    click.echo(json.dumps(data, ensure_ascii=False, indent=2, default=str))


def print_table(headers: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Print a table; columns that hold only numbers are aligned to the right."""
    console = Console(width=None if sys.stdout.isatty() else 200, highlight=False, markup=False)
    table = Table(*headers, box=SIMPLE, show_edge=False, pad_edge=False)
    for column, cells in zip(table.columns, zip(*rows, strict=True), strict=False):
        column.overflow = "fold"
        if all(isinstance(cell, int | float) for cell in cells):
            column.justify = "right"
    for row in rows:
        table.add_row(*(str(cell) for cell in row))
    console.print(table)


def relative(path: Path) -> str:
    """`path` as the user would type it from the current folder."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)


@contextmanager
def bars() -> Iterator[Callable[[str, float], None]]:
    """Show a progress bar on stderr for each name that is reported, with its share done (0-1)."""
    columns = (TextColumn("{task.description:<12}"), BarColumn(), TaskProgressColumn())
    shown = Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True))
    with ExitStack() as started:
        tasks: dict[str, TaskID] = {}

        def report(name: str, done: float) -> None:
            if not tasks:  # an unused bar would leave an empty line
                started.enter_context(shown)
            if name not in tasks:
                tasks[name] = shown.add_task(name, total=1.0)
            shown.update(tasks[name], completed=done)

        yield report
