"""Only what no list or table of the other tests shows; they read theirs through it."""

import tracemalloc
from pathlib import Path

import pytest

from capsule import tables


@pytest.mark.parametrize(
    ("text", "folded", "bare"),
    [
        ("Présent(e)", "present", "present e"),
        ("  N° de\nSESSION ", "n de session", "n de session"),
        ("Isère (38) & Cie", "isere cie", "isere 38 cie"),
        ("Œuvre", "œuvre", "œuvre"),
    ],
)
def test_names_are_compared_without_what_hands_vary(text: str, folded: str, bare: str) -> None:
    assert tables.fold(text) == folded
    assert tables.bare(text) == bare


def test_a_long_table_is_read_as_it_comes(tmp_path: Path) -> None:
    """Ten megabytes of CSV never stand in memory together."""
    path = tmp_path / "long.csv"
    path.write_text("id;text\n" + "".join(f"{n};{'é' * 500}\n" for n in range(10_000)), "utf-8")
    tracemalloc.start()
    table = tables.read(path, {"id": ["id"]})
    count = sum(1 for _row in table.rows())
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 10_000
    assert peak < 5_000_000
