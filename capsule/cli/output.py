"""What the commands print, and how an error becomes a message and an exit code."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from gettext import gettext as _
from gettext import ngettext
from pathlib import Path
from typing import Any, Protocol

import click
from rich.box import SIMPLE
from rich.cells import cell_len
from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TaskProgressColumn,
    TextColumn,
)
from rich.table import Table
from rich.text import Text

from capsule.errors import CapsuleError, InputError
from capsule.numbers import decimal
from capsule.resources import N_
from capsule.typography import clock

AS_JSON = click.option("--json", "as_json", is_flag=True, help=_("Print JSON for a program."))

_TOO_SOON = 0.02  # of the work, after which the time left can be told

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
        click.echo(counted(len(error.problems)), err=True)
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


@contextmanager
def refusing(as_json: bool) -> Iterator[None]:
    """Print the problems of an input that is refused inside as JSON, when the user asked for it."""
    try:
        yield
    except InputError as error:
        if as_json:
            print_json({"problems": [asdict(problem) for problem in error.problems]})
        raise


def agreed(question: str) -> bool:
    """Ask on stderr, and tell whether the answer is a yes, in the user's language or in English."""
    choice = _("y/N")
    said = (
        click.prompt(f"{question} [{choice}]", default="", show_default=False, err=True)
        .strip()
        .casefold()
    )
    return said in {"y", "yes", *_("y,yes").split(",")}


def counted(problems: int) -> str:
    """How many problems were found, as a sentence."""
    said = ngettext("%(count)d problem found.", "%(count)d problems found.", problems)
    return said % {"count": problems}


def print_json(data: object) -> None:
    """Print `data` as JSON for another program, dates and paths as text."""
    click.echo(json.dumps(data, ensure_ascii=False, indent=2, default=str))


def print_table(headers: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Print a table; columns that hold only numbers are aligned to the right.

    Its lines break between words. Where a terminal is too narrow for that, each row becomes lines.
    """
    console = Console(width=None if sys.stdout.isatty() else 200, highlight=False, markup=False)
    table = Table(box=SIMPLE, show_edge=False, pad_edge=False, collapse_padding=True)
    texts = [[decimal(c) if isinstance(c, float) else str(c) for c in row] for row in rows]
    widths = _fitting(list(zip(headers, *texts, strict=True)), console.width)
    if widths is None:
        _print_apart(console, headers, texts)
        return
    for at, (header, width) in enumerate(zip(headers, widths, strict=True)):
        numbers = rows and all(isinstance(row[at], int | float) for row in rows)
        table.add_column(header, justify="right" if numbers else "left", width=width)
    for text in texts:
        table.add_row(*text)
    console.print(table)


def _fitting(columns: Sequence[Sequence[str]], room: int) -> list[int] | None:
    """Widths of columns, two spaces apart, that fit in `room` and break no word, if any do."""
    room -= 2 * (len(columns) - 1)
    widths = [max(map(cell_len, column)) for column in columns]
    least = [max(map(cell_len, " ".join(column).split()), default=0) for column in columns]
    if sum(least) > room:
        return None
    while sum(widths) > room:
        spare = [width - word for width, word in zip(widths, least, strict=True)]
        widths[spare.index(max(spare))] -= 1
    return widths


def _print_apart(console: Console, headers: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    for row in rows:
        lines = Table.grid(padding=(0, 2))
        for header, cell in zip(headers, row, strict=True):
            if cell:
                lines.add_row(header, cell)
        console.print(lines, "")


def relative(path: Path) -> str:
    """`path` as the user would type it from the current folder."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)


class _Told(ProgressColumn):
    """What has just been made, and the time left as long as work goes on as it went."""

    def render(self, task: Task) -> Text:
        """Draw the column."""
        took = task.finished_time if task.finished else task.elapsed
        if task.finished or not took:
            return Text(clock(round(took or 0)))
        told = [str(task.fields["made"])]
        if task.completed > _TOO_SOON and took > 1:
            left = took * (1 - task.completed) / task.completed
            told.append(_("%(time)s left") % {"time": clock(round(left))})
        return Text(" · ".join(text for text in told if text))


class Report(Protocol):
    """Who is told of progress."""

    def __call__(self, name: str, done: float, made: str = "", /) -> None:
        """Hear a name, the share of it that is done (0 to 1), what has just been made of it."""


@contextmanager
def bars() -> Iterator[Report]:
    """Show a progress bar on stderr for each name that is reported."""
    columns = (TextColumn("{task.description:<12}"), BarColumn(), TaskProgressColumn())
    shown = Progress(*columns, _Told(), console=Console(stderr=True))
    with ExitStack() as started:
        tasks: dict[str, TaskID] = {}

        def report(name: str, done: float, made: str = "") -> None:
            if not tasks:  # an unused bar would leave an empty line
                started.enter_context(shown)
            if name not in tasks:
                tasks[name] = shown.add_task(name, total=1.0, made=made)
            shown.update(tasks[name], completed=done, made=made)

        yield report
