"""What a table is made of before its header is known: rows of texts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path


@dataclass(frozen=True)
class Grid:
    """The cells of a CSV, or of one sheet of a workbook.

    `rows` begins anew at each call: every row with its line, from 1. `epoch` is the day 0 of the
    numbers that stand for dates, where there are any.
    """

    path: Path
    rows: Callable[[], Iterator[tuple[int, list[str]]]]
    sheet: str = ""
    hidden: bool = False
    delimiter: str = ""
    epoch: date | None = None
