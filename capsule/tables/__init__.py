"""Lists as spreadsheets write them, CSV or workbook: the header is found, rows keep their line.

Every table of the tool is read here, so all take the same files. A cell is text, as the sheet
shows it to a French reader: 12/03/2025, 09:30, 45.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from gettext import gettext as _
from itertools import islice
from pathlib import Path

from capsule.errors import InputError, Problem
from capsule.tables import text, workbook
from capsule.tables.grid import Grid
from capsule.tables.guard import guarded

__all__ = ["Aliases", "Table", "bare", "best", "fold", "found", "guarded", "missing", "read"]

Aliases = Mapping[str, Sequence[str]]

_HEAD = 30  # rows among which the header is looked for, under the titles that exports put first


@dataclass(frozen=True)
class Table:
    """A list whose header is understood: `columns` gives the index of each field found."""

    grid: Grid
    line: int
    header: Sequence[str]
    columns: Mapping[str, int]

    @property
    def path(self) -> Path:
        """The file."""
        return self.grid.path

    @property
    def delimiter(self) -> str:
        """The sign between two cells, "" in a workbook."""
        return self.grid.delimiter

    @property
    def epoch(self) -> date | None:
        """The day 0 of the numbers that stand for dates; None where numbers are no dates."""
        return self.grid.epoch

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Every row under the header that isn't blank, with the line where it begins.

        A header that is repeated, as at the top of each page, is left out. Raises InputError
        where quotes are wrong, since nothing after them can be trusted.
        """
        columns = list(self.columns.values())
        again = [self.header[at] for at in columns]
        for line, cells in self.grid.rows():
            if line <= self.line or not any(map(str.strip, cells)):
                continue
            like = columns and again[0] in cells  # few rows are, and are looked at
            if not (like and [cells[at] for at in columns if at < len(cells)] == again):
                yield line, cells

    def problem(self, line: int, column: int, what: str, remedy: str = "") -> Problem:
        """A problem at a line and a column, both from 1, or 0 where there is none."""
        return Problem(self.path, line, column, what, remedy, self.grid.sheet)

    def lacks(self, needed: Mapping[str, Collection[str]]) -> list[str]:
        """The names of what is needed, each with the fields of which any one will do, and isn't."""
        return [name for name, fields in needed.items() if not self.columns.keys() & fields]


def found(path: Path, aliases: Aliases) -> list[Table]:
    """The lists in a file: one in a CSV, one for each sheet that isn't empty in a workbook.

    The header uses the names of `aliases` (field → names, the best first), compared by `fold`; it
    is the row, among the first ones, in which most fields are found. That settles the delimiter
    too. Raises InputError when the file can't be understood or is empty, OSError when it can't be
    read.
    """
    grids = workbook.grids(path) if workbook.is_one(path) else text.grids(path)
    tables = [table for grid in grids if (table := _headed(grid, aliases))]
    if not tables:
        raise InputError([Problem(path, 0, 0, _("the file is empty"))])
    return tables if tables[0].grid.sheet else [best(tables)]


def read(path: Path, aliases: Aliases) -> Table:
    """The list of a file: of several sheets, the visible one whose header has most of `aliases`.

    Raises InputError and OSError as `found` does.
    """
    tables = found(path, aliases)
    return best([table for table in tables if not table.grid.hidden] or tables)


def best(tables: Iterable[Table]) -> Table:
    """The table in whose header most fields are found, the first of them."""
    return max(tables, key=lambda table: len(table.columns))


def missing(table: Table, names: Iterable[str]) -> Problem:
    """That the columns of these names are not in the header."""
    return table.problem(
        table.line,
        0,
        _("columns are missing: %(missing)s; found here: %(found)s")
        % {
            "missing": ", ".join(names),
            "found": ", ".join(" ".join(cell.split()) for cell in table.header if cell.strip()),
        },
        _("name these columns in the header, then import the file again"),
    )


def fold(text: str) -> str:
    """`bare` without what stands in brackets: 'Présent(e)' → 'present'."""
    return bare(re.sub(r"\(.*?\)", " ", text))


def bare(text: str) -> str:
    """`text` without case, accents and punctuation, its words apart by one space."""
    letters = unicodedata.normalize("NFKD", text).casefold()
    kept = (c if c.isalnum() else " " for c in letters if not unicodedata.combining(c))
    return " ".join("".join(kept).split())


def _headed(grid: Grid, aliases: Aliases) -> Table | None:
    """The grid with its header; None if there is nothing at its beginning."""
    tables = list[Table]()
    with suppress(InputError):  # what comes before the fault may hold the header
        for line, cells in islice(grid.rows(), _HEAD):
            if any(map(str.strip, cells)):
                tables.append(Table(grid, line, cells, _columns(cells, aliases)))
    return best(tables) if tables else None


def _columns(cells: Sequence[str], aliases: Aliases) -> dict[str, int]:
    names = [fold(cell) for cell in cells]
    return {
        field: names.index(best)
        for field, known in aliases.items()
        if (best := next((name for name in known if name in names), ""))
    }
