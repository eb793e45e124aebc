"""Tables in terminals of any width."""

import click
import pytest

from capsule.cli.output import print_table

HEADERS = ("Session", "Formation", "Attendus", "Dont ont terminé", "Taux")
ROWS = [
    ("GRE-000001", "Accueil des publics", 15, 14, "93\u202f%"),
    ("東京-7", "", 3, 0, "0\u202f%"),
]


@pytest.mark.parametrize("width", [40, 45, 46, 52, 60, 70, 200])
def test_a_table_breaks_no_word_and_keeps_to_the_terminal(
    width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    print_table(HEADERS, ROWS)
    lines = click.unstyle(capsys.readouterr().out).splitlines()
    assert max(len(line) for line in lines) <= width
    words = [word for row in (HEADERS, *ROWS) for cell in row for word in str(cell).split()]
    assert set(words) <= {word for line in lines for word in line.split()}
    as_table = "─" in "".join(lines)
    assert as_table == (width >= 46)  # longest words, and two spaces between them
    assert (len(lines) == 4) == (width >= 70)
    assert any(line.split() == ["Attendus", "15"] for line in lines) != as_table


def test_a_table_without_rows_has_its_headers(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(HEADERS, [])
    assert capsys.readouterr().out.split()[:2] == ["Session", "Formation"]
