"""What calamine leaves out of an ODS: faults, zeros in front, cells merged downward."""

from __future__ import annotations

import re
import zipfile
from typing import Any

from lxml import etree

from capsule.tables.ooxml import Package

_OF = "{urn:oasis:names:tc:opendocument:xmlns:%s:1.0}"
_TABLE, _TEXT, _OFFICE = (_OF % name for name in ("table", "text", "office"))
_SHEET, _ROW = f"{_TABLE}table", f"{_TABLE}table-row"
_CELL, _COVERED = f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"
_ZEROS = re.compile(r"0\d+")


def read(archive: zipfile.ZipFile) -> Package:
    """Read an ODS; one under a password, which is no XML, has nothing to tell. Raises KeyError."""
    package = Package()
    with archive.open("content.xml") as content:
        try:
            for event, node in etree.iterparse(
                content, events=("start", "end"), tag=(_SHEET, _ROW), resolve_entities=False
            ):
                if event == "start" and node.tag == _SHEET:
                    name, line = node.get(f"{_TABLE}name", ""), 0
                    shown = package.shown.setdefault(name, {})
                    merged = package.merged.setdefault(name, [])
                elif event == "end" and node.tag == _ROW:
                    line = _row(node, line, shown, merged)
                    node.clear()
                    while node.getprevious() is not None:  # so that memory stays flat
                        del node.getparent()[0]
        except etree.XMLSyntaxError:
            return Package()
    return package


def _row(
    row: Any,
    line: int,
    shown: dict[int, dict[int, str]],
    merged: list[tuple[tuple[int, int], tuple[int, int]]],
) -> int:
    """Take note of a row, which stands for all that equal it; return the line after these."""
    after, column = line + int(row.get(f"{_TABLE}number-rows-repeated", 1)), 0
    for cell in row.iterchildren(_CELL, _COVERED):
        beside = column + int(cell.get(f"{_TABLE}number-columns-repeated", 1))
        spanned = int(cell.get(f"{_TABLE}number-rows-spanned", 1))
        if spanned > 1:
            merged.append(((line, column), (line + spanned - 1, column)))
        if said := _said(cell):
            for at in range(line, after):
                shown.setdefault(at, {}).update(dict.fromkeys(range(column, beside), said))
        column = beside
    return after


def _said(cell: Any) -> str:
    """What a cell shows where its value doesn't tell."""
    first = cell.find(f"{_TEXT}p")
    said = "" if first is None else "".join(first.itertext())
    if "error" in (value for key, value in cell.items() if key.endswith("}value-type")):
        return said
    value = cell.get(f"{_OFFICE}value", "")
    return said if _ZEROS.fullmatch(said) and said.lstrip("0") == value.lstrip("0") else ""
