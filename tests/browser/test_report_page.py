"""The attendance report in a browser: readable at every width, with the network cut, and by all."""

import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from capsule import track
from capsule.track import figures

SMALL = Path(__file__).parents[1] / "capsules" / "small"


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of thirty sessions with long names."""
    folder = tmp_path_factory.mktemp("report") / "capsule"
    shutil.copytree(SMALL, folder)
    rows = [
        f"GRE-{n:03};{n % 28 + 1:02}/{n % 9 + 1:02}/2025;A{who};{'P' if (n + who) % 4 else 'A'};"
        f"Centre de formation n° {n % 6};Management de proximité et conduite du changement {n % 3}"
        for n in range(30)
        for who in range(12)
    ]
    header = "session;date;matricule;présence;centre;formation"
    (folder / "list.csv").write_text("\n".join([header, *rows]), encoding="utf-8")
    done = track.import_attendance(folder, [folder / "list.csv"], datetime(2026, 1, 1, tzinfo=UTC))
    assert not done.problems
    figures.write_page(folder, folder / "report.html", date(2026, 1, 2))
    return folder / "report.html"


@pytest.mark.parametrize("width", [320, 650, 1280])
def test_the_report_is_accessible_and_fits(report: Path, page: Page, width: int) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(report.as_uri())
    assert asked == [report.as_uri()]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("document.documentElement.lang") == "fr"
    found = Axe().run(page).response["violations"]
    assert [f"{fault['id']}: {fault['nodes'][0]['html']}" for fault in found] == []


def test_a_table_says_what_each_chart_shows(report: Path, page: Page) -> None:
    page.goto(report.as_uri())
    assert page.locator("figure").count() == 3
    for section in page.locator("section:has(figure)").all():
        bars = section.locator(".row .value").all_inner_texts()
        at = section.locator("thead th").all_inner_texts().index("Taux")
        rows = section.locator("tbody tr").all()
        rates = [row.locator("th, td").nth(at).inner_text() for row in rows]
        assert sorted(bars) == sorted(rates)
