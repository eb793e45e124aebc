import csv
from pathlib import Path

from capsule.tracking.outbox import SessionFigures
from capsule.tracking.report import Report, rate, write_csv

REPORT = Report(
    [
        SessionFigures("GRE-12", "2025-03-31T09:30+02:00", "Grenoble", "Accueil", 3, 2, 1),
        SessionFigures('=cmd|"x"', "2025-04-01T09:30+02:00", "@Lyon", "-", 2, 2, 2),
    ]
)


def test_totals_and_rates() -> None:
    assert (REPORT.expected, REPORT.present, REPORT.completed) == (5, 4, 3)
    assert rate(1, 3) == "33 %"
    assert rate(0, 0) == "-"


def test_csv_opens_in_excel_and_runs_nothing(tmp_path: Path) -> None:
    write_csv(REPORT, tmp_path / "report.csv")
    assert (tmp_path / "report.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    with (tmp_path / "report.csv").open(encoding="utf-8-sig", newline="") as file:
        header, first, second = csv.reader(file, delimiter=";")
    assert header[:2] == ["Session", "Date"]
    assert first == ["GRE-12", "2025-03-31", "Grenoble", "Accueil", "3", "2", "1", "33 %"]
    assert second[:4] == ['\'=cmd|"x"', "2025-04-01", "'@Lyon", "'-"]
