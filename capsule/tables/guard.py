"""Cells of a CSV that a spreadsheet must leave as they are, and their way back.

An apostrophe in front, as OWASP advises against formulas (CSV injection). It also keeps Excel
from making a number or a date of an identifier, which is then another one when it is saved.
"""

from __future__ import annotations

import re

_CHANGED = re.compile(
    r"\s*[=+\-@＝＋－＠'\t\r]"  # formulas; an apostrophe, which is taken away on the way back
    r"|0\d+$|\d{12,}$|\d+e\d+$"  # 00123, 123456789012, 12e5
    r"|\d{1,2}[/.-]\d{1,2}$",  # 1/2; 1.2, which is the 1st of February in French
    re.IGNORECASE,
)


def guarded(cell: str) -> str:
    """`cell`, with an apostrophe in front if a spreadsheet would change or run it."""
    return f"'{cell}" if _CHANGED.match(cell) else cell


def unguarded(cell: str) -> str:
    """`cell` as it was before `guarded`, and what `="00123"`, another such habit, stands for."""
    if cell.startswith("'") and _CHANGED.match(cell[1:]):
        return cell[1:]
    if cell.startswith('="') and cell.endswith('"') and '"' not in cell[2:-1]:
        return cell[2:-1]
    return cell
