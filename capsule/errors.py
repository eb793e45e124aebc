"""What can go wrong, in one tree.

CapsuleError                exit 1: the work could not be done
├── InputError              exit 2: the input is wrong; carries every Problem found
└── UnavailableError        exit 3: a needed program or service is missing, or refuses

`capsule.cli.output.reporting` is the one place that turns them into a message and an exit code.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from gettext import gettext as _
from pathlib import Path


@dataclass(frozen=True, order=True)
class Problem:
    """One fault of an input file: where it is, what is wrong and what to do.

    Lines and columns count from 1; 0 means that the fault has no such position.
    `what` and `remedy` are sentences in the user's language, without the final stop. `sheet` is
    the one of a workbook, whose places are written as in a spreadsheet: Liste!D12.
    """

    path: Path
    line: int
    column: int
    what: str
    remedy: str = ""
    sheet: str = ""

    def __str__(self) -> str:
        position = "".join(f":{n}" for n in (self.line, self.column) if n)
        if self.sheet:
            place = f"!{letters(self.column)}{self.line}" if self.line else ""
            position = f":{self.sheet}{place}"
        said = _("%(what)s; %(remedy)s") if self.remedy else "%(what)s"
        return f"{self.path}{position}: " + said % {"what": self.what, "remedy": self.remedy}


class CapsuleError(Exception):
    """The work could not be done; the message says why, in the user's language."""

    exit_code = 1


class InputError(CapsuleError):
    """The input is wrong. `problems` holds all faults found, in the order of the file."""

    exit_code = 2

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda one: (one.path, one.sheet, one)))
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def __reduce__(self) -> tuple[type[InputError], tuple[tuple[Problem, ...]]]:
        """Come whole out of another process; an exception is copied from its message otherwise."""
        return type(self), (self.problems,)


class UnavailableError(CapsuleError):
    """A program or a service that the work needs is missing, or refuses."""

    exit_code = 3


def letters(column: int) -> str:
    """A column from 1 as spreadsheets name it: 1 → A, 27 → AA; nothing for 0."""
    name = ""
    while column:
        column, last = divmod(column - 1, 26)
        name = chr(65 + last) + name
    return name
