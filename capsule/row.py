"""One row of a table of variants: the values that it writes over a source's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from gettext import gettext as _
from pathlib import Path
from typing import Any, NamedTuple

from capsule.errors import Problem

Where = Sequence[str | int]


class Cell(NamedTuple):
    """A value for `where`, its keys and list indexes in the source; `header` names its column."""

    where: Where
    text: str
    column: int
    header: str


@dataclass(frozen=True)
class Row:
    """The cells of one line of a table; those that are empty are left out."""

    path: Path
    line: int
    cells: tuple[Cell, ...]
    sheet: str = ""

    def over(self, data: Any) -> Any:
        """`data`, a source in plain dicts and lists, with these values; itself left as it is.

        A video takes the place of the scenes of the intro, which has one or the other.
        """
        for cell in self.cells:
            data = _written(data, cell.where, cell.text)
            if tuple(cell.where) == ("intro", "video"):
                data["intro"].pop("scenes", None)
        return data

    def problem(self, where: Where, what: str, remedy: str = "") -> Problem:
        """A problem at `where`: in the cell that says that value, or else in the whole row."""
        for cell in self.cells:
            short = min(len(where), len(cell.where))
            if short and list(where[:short]) == list(cell.where[:short]):
                return self.at(cell, what, remedy)
        return Problem(self.path, self.line, 0, what, remedy, self.sheet)

    def at(self, cell: Cell, what: str, remedy: str = "") -> Problem:
        """A problem of `cell`, whose column is named."""
        told = _('in "%(column)s", %(what)s') % {"column": cell.header, "what": what}
        return Problem(self.path, self.line, cell.column, told, remedy, self.sheet)


def _written(node: Any, where: Where, text: str) -> Any:
    """A copy of `node` with `text` at `where`; a number where there was one."""
    if not where:
        return int(text) if isinstance(node, int) and text.isdecimal() else text
    step, *rest = where
    if isinstance(node, list) and isinstance(step, int):
        return [_written(v, rest, text) if i == step else v for i, v in enumerate(node)]
    copied = dict(node) if isinstance(node, dict) else {}
    copied[step] = _written(copied.get(step), rest, text)
    return copied
