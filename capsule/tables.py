"""CSV as spreadsheets write it: encoding, delimiter and header are found, rows keep their line."""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from gettext import gettext as _
from itertools import islice
from pathlib import Path

from capsule.errors import InputError, Problem

Aliases = Mapping[str, Sequence[str]]

_DELIMITERS = ";\t,"
_HEAD = 30  # rows among which the header is looked for, under the titles that exports put first


@dataclass(frozen=True)
class Table:
    """A CSV whose header is understood: `columns` gives the index of each field found."""

    path: Path
    text: str
    delimiter: str
    line: int
    header: Sequence[str]
    columns: Mapping[str, int]

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Every row under the header that isn't blank, with the line where it begins.

        Raises InputError where quotes are wrong, since nothing after them can be trusted.
        """
        for line, cells in _rows(self.path, self.text, self.delimiter):
            if line > self.line and any(cell.strip() for cell in cells):
                yield line, cells


def read(path: Path, aliases: Aliases, needed: Mapping[str, Collection[str]]) -> Table:
    """Read a CSV file whose header uses the names of `aliases` (field → names, the best first).

    The header is the row, among the first ones, in which most fields are found; that settles the
    delimiter too. Names are compared by `fold`. `needed` gives what must be there, in the user's
    words, and the fields of which any one will do. Raises InputError when the file isn't a CSV
    or lacks a needed column, OSError when it can't be read.
    """
    text = _decoded(path)
    tables = [
        Table(path, text, delimiter, line, cells, _columns(cells, aliases))
        for delimiter in _DELIMITERS
        for line, cells in _head(path, text, delimiter)
        if any(cells)
    ]
    if not tables:
        raise InputError([Problem(path, 0, 0, _("the file is empty"))])
    best = max(tables, key=lambda table: len(table.columns))
    if missing := [name for name, fields in needed.items() if not best.columns.keys() & fields]:
        raise InputError([_missing(best, missing)])
    return best


def _missing(table: Table, names: Iterable[str]) -> Problem:
    return Problem(
        table.path,
        table.line,
        0,
        _("columns are missing: %(missing)s; found here: %(found)s")
        % {
            "missing": ", ".join(names),
            "found": ", ".join(cell.strip() for cell in table.header if cell.strip()),
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


def _decoded(path: Path) -> str:
    """The text: by its byte order mark, else UTF-8, else cp1252, in which Excel writes French."""
    raw = path.read_bytes()
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "cp1252"] if b"\0" not in raw else []
    for encoding in encodings:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    what = _("an Excel workbook, not a CSV") if raw.startswith(b"PK") else _("not a text file")
    raise InputError([Problem(path, 0, 0, what, _("save it as CSV, and give that file"))])


def _rows(path: Path, text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        what = _("quotes are wrong on this line; nothing was read from here on")
        remedy = _("close the quotes, and double those inside a text")
        raise InputError([Problem(path, line, 0, what, remedy)]) from error


def _head(path: Path, text: str, delimiter: str) -> list[tuple[int, list[str]]]:
    head: list[tuple[int, list[str]]] = []
    with suppress(InputError):  # what comes before the fault may hold the header
        for row in islice(_rows(path, text, delimiter), _HEAD):
            head.append(row)
    return head


def _columns(cells: Sequence[str], aliases: Aliases) -> dict[str, int]:
    names = [fold(cell) for cell in cells]
    return {
        field: names.index(best)
        for field, known in aliases.items()
        if (best := next((name for name in known if name in names), ""))
    }
