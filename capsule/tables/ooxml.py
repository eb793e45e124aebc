"""What an XLSX says beside its values (ISO/IEC 29500-1, section 18): see `Package`."""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO, Any

from lxml import etree

FAULTS = (etree.XMLSyntaxError, KeyError, ValueError, RuntimeError, NotImplementedError, zlib.error)
"""What reading a damaged package raises, beside BadZipFile."""

_ZEROS = re.compile(r'"?(0{2,})"?')  # the format of numbers that keep their zeros in front
_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")


@dataclass(frozen=True)
class Package:
    """`shown`: by sheet, line and column from 0, what a cell shows where its value doesn't tell.

    A fault (#N/A); a formula whose value isn't in the file, as itself with its =; a number that
    is shown with zeros in front. `extents`: how many lines and columns each sheet reaches.
    `from_1904`: whether days are counted from 1904. `merged`: the cells of an ODS that are merged
    downward, by sheet: the first and the last, each by its line and column.
    """

    from_1904: bool = False
    shown: dict[str, dict[int, dict[int, str]]] = field(default_factory=dict)
    extents: dict[str, tuple[int, int]] = field(default_factory=dict)
    merged: dict[str, list[tuple[tuple[int, int], tuple[int, int]]]] = field(default_factory=dict)


def read(archive: zipfile.ZipFile) -> Package:
    """Read a package; that of another kind (XLSB) has nothing to tell. Raises FAULTS."""
    if "_rels/.rels" not in archive.namelist():
        return Package()
    book = next(iter(_related(archive, "", "/officeDocument").values()), "")
    if not book.endswith(".xml"):
        return Package()
    root = _tree(archive, book)
    properties = root.find("{*}workbookPr")
    counted = properties is not None and properties.get("date1904") in ("1", "true")
    package = Package(counted)
    padded = _padded(archive, book)
    parts = _related(archive, book, "/worksheet")
    for sheet in root.iterfind("{*}sheets/{*}sheet"):
        part = next((parts[v] for k, v in sheet.items() if k.endswith("}id") and v in parts), "")
        if part:
            with archive.open(part) as file:
                name = sheet.get("name", "")
                package.shown[name], package.extents[name] = _sheet(file, padded)
    return package


def _tree(archive: zipfile.ZipFile, part: str) -> Any:
    return etree.fromstring(archive.read(part), etree.XMLParser(resolve_entities=False))


def _related(archive: zipfile.ZipFile, part: str, kind: str) -> dict[str, str]:
    """The parts of a kind that `part` ("" for the package) names, by the id of the relation."""
    folder, name = posixpath.split(part)
    relations = _tree(archive, posixpath.join(folder, "_rels", f"{name}.rels"))
    return {
        one.get("Id", ""): posixpath.normpath(posixpath.join("/", folder, one.get("Target", "")))[
            1:
        ]
        for one in relations.iterfind("{*}Relationship")
        if one.get("Type", "").endswith(kind)
    }


def _padded(archive: zipfile.ZipFile, book: str) -> Mapping[str, int]:
    """The styles that show zeros in front: index → digits."""
    part = next(iter(_related(archive, book, "/styles").values()), "")
    if not part:
        return {}
    root = _tree(archive, part)
    digits = {
        one.get("numFmtId"): len(match[1])
        for one in root.iterfind("{*}numFmts/{*}numFmt")
        if (match := _ZEROS.fullmatch(one.get("formatCode", "")))
    }
    styles = root.iterfind("{*}cellXfs/{*}xf")
    return {
        str(n): digits[xf.get("numFmtId")]
        for n, xf in enumerate(styles)
        if xf.get("numFmtId") in digits
    }


def _sheet(
    file: IO[bytes], padded: Mapping[str, int]
) -> tuple[dict[int, dict[int, str]], tuple[int, int]]:
    shown: dict[int, dict[int, str]] = {}
    lines = columns = 0
    for line, column, cell in _cells(file):
        said, empty = _said(cell, padded)
        if not empty:
            lines, columns = max(lines, line + 1), max(columns, column + 1)
        if said:
            shown.setdefault(line, {})[column] = said
    return shown, (lines, columns)


def _cells(file: IO[bytes]) -> Iterator[tuple[int, int, Any]]:
    """Every cell with its line and column from 0; those without a reference follow one another."""
    line = column = -1
    for event, node in etree.iterparse(
        file, events=("start", "end"), tag=("{*}row", "{*}c"), resolve_entities=False
    ):
        is_row = node.tag.endswith("}row")
        if event == "start":
            if is_row:
                line, column = int(node.get("r") or line + 2) - 1, -1
        elif is_row:
            node.clear()
            while node.getprevious() is not None:
                del node.getparent()[0]
        else:
            match = _REFERENCE.fullmatch(node.get("r") or "")
            column = _index(match[1]) if match else column + 1
            yield (int(match[2]) - 1 if match else line), column, node


def _said(cell: Any, padded: Mapping[str, int]) -> tuple[str, bool]:
    """What the cell shows where its value doesn't tell, and whether there is nothing in it."""
    value = cell.findtext("{*}v") or ""
    kind = cell.get("t", "n")
    if kind == "e":
        return value, False
    if not value:
        formula = cell.find("{*}f")
        if formula is not None and kind != "str":  # a text may be empty
            return f"={formula.text or ''}", False
        return "", kind != "inlineStr"
    digits = padded.get(cell.get("s", ""), 0)
    number = kind == "n" and digits and value.isdecimal()
    return value.zfill(digits) if number else "", False


def _index(letters: str) -> int:
    """The number of a column from 0: A → 0, AA → 26."""
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - 64
    return number - 1
