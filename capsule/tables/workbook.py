"""Workbooks: the cells of each sheet as it shows them, merged ones filled downward.

calamine reads the values (XLSX and ODS, ten times as fast as openpyxl). `ooxml` and `odf` tell what
it leaves out: faults, formulas without a value, zeros in front, and what is merged in an ODS.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache, partial
from gettext import gettext as _
from pathlib import Path
from typing import Any

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from capsule.errors import InputError, Problem
from capsule.tables import odf, ooxml
from capsule.tables.grid import Grid
from capsule.tables.guard import unguarded

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOCKED = "EncryptedPackage".encode("utf-16-le")  # the stream of a workbook under a password
_ROOM = 40_000_000  # cells of a sheet, empty ones included: calamine holds the whole rectangle
_EXACT = 10**15  # beyond, Excel itself has lost digits
_DAY_0 = date(1899, 12, 30)
_HALF = timedelta(milliseconds=500)


def is_one(path: Path) -> bool:
    """Whether the file, whatever its name, is a workbook or was one. Raises OSError."""
    with path.open("rb") as file:
        return file.read(8).startswith((_ZIP, _OLE))


def grids(path: Path) -> list[Grid]:
    """The sheets of cells. Raises InputError when they can't be read, OSError."""
    _refuse_old(path)
    try:
        with zipfile.ZipFile(path) as archive:
            is_ods = "content.xml" in archive.namelist()
            package = (odf if is_ods else ooxml).read(archive)
        for name, (rows, columns) in package.extents.items():
            if rows * columns > _ROOM:
                raise _refused(
                    path,
                    _('the sheet "%(sheet)s" holds something in line %(line)d')
                    % {"sheet": name, "line": rows},
                    _("delete all that is below and beside the list, and save the workbook"),
                )
        book = CalamineWorkbook.from_path(path)
        return [
            _grid(path, book.get_sheet_by_name(meta.name), hidden, package)
            for meta in book.sheets_metadata
            if meta.typ is SheetTypeEnum.WorkSheet
            for hidden in (meta.visible is not SheetVisibleEnum.Visible,)
        ]
    except PasswordError:
        raise _locked(path) from None
    except (CalamineError, zipfile.BadZipFile, *ooxml.FAULTS):
        raise _refused(
            path,
            _("the workbook is damaged, or it is no workbook"),
            _("open it in Excel, save it as .xlsx, and give that file"),
        ) from None


def _refuse_old(path: Path) -> None:
    """Refuse what is no zip: calamine takes the whole process with it on a damaged .xls."""
    with path.open("rb") as file:
        head = file.read(1 << 20)
    if not head.startswith(_OLE):
        return
    if _LOCKED in head or _LOCKED in path.read_bytes():
        raise _locked(path)
    raise _refused(
        path,
        _("a workbook of Excel 97-2003"),
        _("open it in Excel, save it as .xlsx, and give that file"),
    )


def _locked(path: Path) -> InputError:
    what = _("the workbook is protected by a password")
    return _refused(path, what, _("save it without its password, and give that file"))


def _refused(path: Path, what: str, remedy: str) -> InputError:
    return InputError([Problem(path, 0, 0, what, remedy)])


def _grid(path: Path, sheet: CalamineSheet, hidden: bool, package: ooxml.Package) -> Grid:
    shown = package.shown.get(sheet.name, {})
    epoch = date(1904, 1, 1) if package.from_1904 else _DAY_0
    together = package.merged.get(sheet.name) or sheet.merged_cell_ranges or ()
    return Grid(path, partial(_rows, sheet, shown, together), sheet.name, hidden, epoch=epoch)


def _rows(
    sheet: CalamineSheet,
    shown: Mapping[int, Mapping[int, str]],
    together: Sequence[tuple[tuple[int, int], tuple[int, int]]],
) -> Iterator[tuple[int, list[str]]]:
    if sheet.start is None:
        return
    left = [""] * sheet.start[1]
    merged: dict[int, list[tuple[int, int]]] = {}  # line → columns merged downward, and how far
    for (top, column), (last, _right) in together:
        if last > top:
            merged.setdefault(top, []).append((column, last))
    filling: dict[int, tuple[int, str]] = {}  # column → how far, with what
    for line, values in enumerate(sheet.iter_rows()):
        cells = [*left, *map(_text, values)]
        for column, said in shown.get(line, {}).items():
            cells[column : column + 1] = [said]
        for column, (last, said) in list(filling.items()):
            if line > last:
                del filling[column]
            else:
                cells[column] = said
        for column, last in merged.get(line, ()):
            if column < len(cells):
                filling[column] = last, cells[column]
        yield line + 1, cells


def _text(value: Any) -> str:
    """A value as the sheet shows it, or as good as."""
    if isinstance(value, str):
        return unguarded(value) if value[:1] in ("'", "=") else value
    if isinstance(value, bool):
        return "true" if value else "false"
    return _number(value) if isinstance(value, int | float) else _moment(value)


@lru_cache(maxsize=4096)
def _moment(value: timedelta | time | date) -> str:
    """A length, a time or a day; floating point makes 9:29:59.9995 of 9:30."""
    if isinstance(value, timedelta):
        minutes = round(value.total_seconds() / 60)
        return f"{minutes // 60:02}:{minutes % 60:02}"
    if isinstance(value, time):
        return f"{datetime.combine(_DAY_0, value) + _HALF:%H:%M}"
    if isinstance(value, datetime):
        value += _HALF
        return f"{value:%d/%m/%Y %H:%M}" if value.time() >= time(0, 1) else f"{value:%d/%m/%Y}"
    return f"{value:%d/%m/%Y}"


def _number(value: float) -> str:
    if abs(value) >= _EXACT:
        return f"{value:.14E}"
    return str(int(value)) if value == int(value) else f"{value:.15g}"
