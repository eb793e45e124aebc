"""What could not be imported, in files that are corrected and imported again.

Rows go to a CSV for Excel; statements to NDJSON, each under a line with # that tells the reason.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from gettext import gettext as _
from pathlib import Path

from capsule.errors import Problem, letters
from capsule.files import write_private
from capsule.tables import Table, bare, guarded
from capsule.tracking.attendance import Line


@dataclass
class Quarantine:
    """Bad lines, list by list; they hold people's identifiers and names as the lists do."""

    _lists: dict[tuple[Path, str], tuple[Table, list[tuple[Line, Sequence[Problem]]]]] = field(
        default_factory=dict
    )
    _statements: dict[Path, list[tuple[Sequence[Problem], bytes]]] = field(default_factory=dict)

    def add(self, line: Line, problems: Sequence[Problem]) -> None:
        """Set a line aside; what concerns a whole file has no line, and is left out."""
        if line.table:
            key = (line.table.path, line.table.grid.sheet)
            self._lists.setdefault(key, (line.table, []))[1].append((line, problems))

    def add_statement(self, problems: Sequence[Problem], text: bytes) -> None:
        """Set a line of statements aside."""
        self._statements.setdefault(problems[0].path, []).append((problems, text))

    def write(self, folder: Path) -> list[Path]:
        """Write a file for each list or file that has bad lines, and give their paths.

        No file is written over: if one of that name holds something else, the name gets a number.
        Raises OSError.
        """
        several = {path for path, _sheet in self._lists if self._sheets(path) > 1}
        lists = [
            _written(folder, f"{_stem(path, sheet if path in several else '')}.csv", content)
            for (path, sheet), (table, lines) in self._lists.items()
            for content in (_text(table, lines).encode(),)
        ]
        return lists + [
            _written(folder, f"{_stem(path, '')}.ndjson", _reasoned(lines))
            for path, lines in self._statements.items()
        ]

    def _sheets(self, path: Path) -> int:
        return sum(one == path for one, _sheet in self._lists)


def _stem(path: Path, sheet: str) -> str:
    end = _("to-correct")
    stem = path.stem.split(f"-{end}")[0]
    return "-".join(part for part in (stem, bare(sheet).replace(" ", "-"), end) if part)


def _written(folder: Path, name: str, content: bytes) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    first = folder / name
    for n in range(1, 10_000):
        target = first.with_stem(f"{first.stem}-{n}") if n > 1 else first
        if not target.exists():
            write_private(target, content)
            return target
        if target.read_bytes() == content:
            return target
    raise FileExistsError(17, "File exists", str(first))


def _reasoned(lines: Iterable[tuple[Sequence[Problem], bytes]]) -> bytes:
    """Each line as it was, under its place and all that is wrong with it."""
    told = bytearray()
    for problems, text in lines:
        for one in problems:
            place = f"{one.path.name}:{one.line}" + f":{one.column}" * bool(one.column)
            told += f"# {place}: {' '.join(_reason(one).split())}\n".encode()
        told += text + b"\n"
    return bytes(told)


def _text(table: Table, lines: Iterable[tuple[Line, Sequence[Problem]]]) -> str:
    """As French Excel wants it: `;` and a byte order mark. The columns of the list come first."""
    width = max(len(table.header), *(len(line.cells) for line, _problems in lines))
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    told = (_("File"), _("Line no."), _("Column"), _("What is wrong"))
    old = [at for at, cell in enumerate(table.header) if cell.strip() in told]

    def row(cells: Sequence[str], more: Sequence[str]) -> None:
        padded = [*cells, *[""] * (width - len(cells))]
        kept = [guarded(cell) for at, cell in enumerate(padded) if at not in old]
        writer.writerow([*kept, *(guarded(cell) for cell in more)])

    row(table.header, told)
    for line, problems in lines:
        columns = dict.fromkeys(letters(one.column) for one in problems if one.column)
        reasons = dict.fromkeys(_reason(one) for one in problems)
        place = f"{table.path.name}!{table.grid.sheet}" if table.grid.sheet else table.path.name
        row(line.cells, (place, str(line.line), ", ".join(columns), " / ".join(reasons)))
    return "\ufeff" + text.getvalue()


def _reason(problem: Problem) -> str:
    return f"{problem.what} ; {problem.remedy}" if problem.remedy else problem.what
