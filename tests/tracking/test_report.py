import csv
from pathlib import Path

from capsule.numbers import percent
from capsule.tracking.report import (
    By,
    Line,
    Report,
    data,
    headers,
    minutes,
    shown,
    write_csv,
)


def _line(name: str, *figures: int, start: str = "", centre: str = "", course: str = "") -> Line:
    expected, present, completed = figures
    people = (0, expected, completed)
    return Line(
        name, start, centre, course, False, expected, present, completed, *people, None, None
    )


REPORT = Report(
    By.SESSION,
    [
        _line("GRE-12", 3, 2, 1, start="2025-03-31T09:30+02:00", centre="Grenoble", course="A"),
        _line('=cmd|"x"', 2, 2, 2, start="2025-04-01T09:30+02:00", centre="@Lyon", course="-"),
    ],
    _line("", 5, 4, 3),
)


def test_rates() -> None:
    assert [line.rate for line in REPORT.lines] == [1 / 3, 1]
    assert _line("none", 0, 0, 0).rate is None
    assert data(REPORT)["lines"][0]["rate"] == 0.3333
    assert data(REPORT)["total"]["expected"] == 5


def test_figures_are_those_of_a_spreadsheet() -> None:
    assert [percent(rate) for rate in (5 / 8, 0.145, 1)] == ["63%", "15%", "100%"]
    assert [minutes(length) for length in (12.5, 12.0, 0.04, None)] == ["12.5", "12", "0", ""]


def test_columns_that_say_nothing_are_not_shown() -> None:
    names, rows = shown(REPORT)
    assert "Minutes present (median)" not in names
    assert "In the LMS" not in names
    assert rows[-1][names.index("Rate")] == "60%"


def test_csv_opens_in_excel_and_runs_nothing(tmp_path: Path) -> None:
    write_csv(REPORT, tmp_path / "report.csv")
    assert (tmp_path / "report.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    with (tmp_path / "report.csv").open(encoding="utf-8-sig", newline="") as file:
        header, first, second = csv.reader(file, delimiter=";")
    assert header == list(headers(REPORT))
    assert first[:7] == ["GRE-12", "2025-03-31", "Grenoble", "A", "3", "2", "1"]
    assert second[:4] == ['\'=cmd|"x"', "2025-04-01", "'@Lyon", "'-"]
