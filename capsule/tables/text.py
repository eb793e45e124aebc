"""CSV files: the encoding is found, and rows are read as they come, whatever the file's length."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from functools import partial
from gettext import gettext as _
from pathlib import Path

from capsule.errors import InputError, Problem
from capsule.tables.grid import Grid
from capsule.tables.guard import unguarded

_DELIMITERS = ";\t,"
_CHUNK = 1 << 20  # bytes
_WEB = ("<html", "<!doctype html", "<table", "<?xml")


def grids(path: Path) -> list[Grid]:
    """The file as each delimiter would have it. Raises InputError if it is no text, OSError."""
    encoding = _encoding(path)
    with path.open(encoding=encoding) as file:
        if file.read(200).lstrip().lower().startswith(_WEB):
            raise InputError([Problem(path, 0, 0, _("a web page, not a table"), _resaved())])
    return [
        Grid(path, partial(_rows, path, encoding, sign), delimiter=sign) for sign in _DELIMITERS
    ]


def _resaved() -> str:
    return _("open it in Excel, save it as .xlsx, and give that file")


def _encoding(path: Path) -> str:
    """By its byte order mark, else UTF-8, else cp1252, in which Excel writes French."""
    with path.open("rb") as file:
        head = file.read(8)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        if _decodes(path, encoding):
            return encoding
    raise InputError([Problem(path, 0, 0, _("not a text file"), _resaved())])


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as file:
        try:
            while chunk := file.read(_CHUNK):
                if "\0" in decoder.decode(chunk):
                    return False
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _rows(path: Path, encoding: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    line = 1
    with path.open(encoding=encoding, newline="") as file:
        reader = csv.reader(file, delimiter=delimiter, strict=True)
        try:
            for cells in reader:
                text = "".join(cells)
                if "'" in text or "=" in text:
                    yield line, [unguarded(c) if c[:1] in ("'", "=") else c for c in cells]
                else:
                    yield line, cells
                line = reader.line_num + 1
        except csv.Error as error:
            what = _("quotes are wrong on this line; nothing was read from here on")
            remedy = _("close the quotes, and double those inside a text")
            if "limit" in str(error):
                what = _("a cell that begins here is very long; nothing was read from here on")
                remedy = _("shorten it, or close the quotes around it")
            raise InputError([Problem(path, line, 0, what, remedy)]) from error
