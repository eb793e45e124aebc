"""Attendance lists in workbooks, as training departments make them, good and bad."""

import datetime as dt
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from capsule import tables
from capsule.errors import InputError, letters
from capsule.tracking import attendance
from capsule.tracking.events import Event, Presence

PARIS = ZoneInfo("Europe/Paris")
LATEST = dt.datetime(2026, 6, 30, tzinfo=PARIS)
HEADER = ["Session", "Date", "Heure", "Matricule", "Présence", "Minutes"]
DAY = dt.date(2025, 3, 12)
Write = Callable[..., Path]


def _read(path: Path, columns: dict[str, str] | None = None) -> tuple[list[Event], list[str]]:
    lines = list(attendance.read(path, PARIS, LATEST, columns or {}))
    problems = [str(problem) for line in lines for problem in line.problems]
    return [line.event for line in lines if line.event], [
        p.removeprefix(f"{path.parent}/") for p in problems
    ]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """A function that makes a workbook of one sheet, after what `more` does to it."""

    def made(
        rows: Sequence[Sequence[Any]], more: Callable[[Any], object] = lambda _book: None
    ) -> Path:
        book = openpyxl.Workbook()
        sheet = book.active
        assert sheet
        sheet.title = "Liste"
        for row in rows:
            sheet.append(list(row))
        more(book)
        book.save(tmp_path / "liste.xlsx")
        return tmp_path / "liste.xlsx"

    return made


def test_a_list_as_training_departments_make_them(write: Write) -> None:
    """Merged titles above, the session merged over its rows, totals and a signature below."""

    def shape(book: Any) -> None:
        sheet = book.active
        sheet.merge_cells("A1:F1")
        sheet.merge_cells("A2:F2")
        sheet.merge_cells("A5:A7")
        sheet.merge_cells("B5:B7")
        sheet.merge_cells("A8:A9")

    path = write(
        [
            ["FEUILLE D'ÉMARGEMENT – Tous concernés"],
            ["CNFPT Grenoble, mars 2025"],
            [],
            HEADER,
            ["S1", DAY, dt.time(9, 30), "a1", "Présent(e)", None],
            [None, None, "14h", "a2", "partiel (45 min)", None],
            [None, None, None, "a3", "absent excusé", None],
            ["S2", dt.datetime(2025, 3, 13, 8, 45), None, 1234.0, True, 420],
            [None, "30/02/2025", None, "a5", "P", None],
            [],
            ["Total :", None, None, None, 12, None],
            ["Signature du formateur :"],
        ],
        shape,
    )
    events, problems = _read(path)
    assert [(e.session, e.person, e.presence, e.minutes) for e in events] == [
        ("S1", "a1", Presence.PRESENT, None),
        ("S1", "a2", Presence.PARTIAL, 45),
        ("S1", "a3", Presence.ABSENT, None),
        ("S2", "1234", Presence.PRESENT, 420),
    ]
    assert [f"{e.start:%d/%m %H:%M}" for e in events] == [
        "12/03 09:30",
        "12/03 14:00",
        "12/03 09:00",
        "13/03 08:45",
    ]
    assert problems == [
        "liste.xlsx:Liste!B9: 30/02/2025 is not in the calendar;"
        " write it like 31/03/2025 or 2025-03-31"
    ]


@pytest.mark.parametrize("mac", [False, True])
def test_days_and_times_of_both_calendars(write: Write, mac: bool) -> None:
    def calendar(book: Any) -> None:
        if mac:
            book.epoch = CALENDAR_MAC_1904

    number = (DAY - (dt.date(1904, 1, 1) if mac else dt.date(1899, 12, 30))).days
    days = [DAY, dt.datetime(2025, 3, 12, 9, 30), number, number + 9.5 / 24, "12/03/25", DAY]
    times = [dt.time(9, 30), None, 9.5 / 24, None, "9h30", dt.timedelta(hours=9, minutes=30)]
    rows = [["S", d, t, f"p{n}", "P"] for n, (d, t) in enumerate(zip(days, times, strict=True))]
    events, problems = _read(write([HEADER, *rows], calendar))
    assert not problems
    assert {e.start.isoformat() for e in events} == {"2025-03-12T09:30:00+01:00"}
    assert len(events) == 6


def test_formulas_faults_and_zeros_in_front(write: Write) -> None:
    """openpyxl writes formulas without their values, as many exports do."""

    def padded(book: Any) -> None:
        book.active["D2"].number_format = "00000"

    path = write(
        [
            HEADER,
            ["S", DAY, None, 123, "P"],
            ["S", DAY, None, "=CONCAT(1,2)", "P"],
            ["S", DAY, None, "#N/A", "P"],
            ["S", DAY, None, "p5", "=IF(TRUE,1,0)"],
            ["S", DAY, None, "p6", "#REF!"],
            ["S", DAY, None, 123456789012345678, "x"],
        ],
        padded,
    )
    events, problems = _read(path)
    assert [event.person for event in events] == ["00123"]
    assert [problem.split(";")[0] for problem in problems] == [
        "liste.xlsx:Liste!D3: this is a formula, =CONCAT(1,2), and its value is not in the file",
        'liste.xlsx:Liste!D4: the identifier is the error of a formula, "#N/A"',
        "liste.xlsx:Liste!E5: this is a formula, =IF(TRUE,1,0), and its value is not in the file",
        'liste.xlsx:Liste!E6: "#REF!" is not a known presence',
        'liste.xlsx:Liste!D7: Excel has cut the identifier to "1.23456789012346E+17"',
    ]


def test_a_formula_without_a_value_is_told_once(write: Write) -> None:
    """Even if it is asked for the presence and for the minutes."""
    _events, problems = _read(write([HEADER[:5], ["S", DAY, None, "a", "=IF(TRUE,1,0)"]]))
    assert len(problems) == 1


def test_a_formula_without_a_value_is_no_blank_among_ticks(write: Write) -> None:
    rows = [["S", DAY, None, "a", "x"], ["S", DAY, None, "b", None], ["S", DAY, None, "c", "=A1"]]
    events, problems = _read(write([HEADER, *rows]))
    assert [event.person for event in events] == ["a"]
    assert len(problems) == 2


def test_the_sheets_that_have_a_list_are_found(write: Write) -> None:
    def more(book: Any) -> None:
        book.create_sheet("Lisez-moi", 0).append(["Mode d'emploi : une feuille par session"])
        book.create_sheet("Vide")
        two = book.create_sheet("12 mars")
        two["C3"], two["D3"], two["E3"], two["F3"] = "Stage", "Date", "Identifiant", "Émargement"
        two["C4"], two["D4"], two["E4"], two["F4"] = "S2", DAY, "b", "?"
        wrong = book.create_sheet("13 mars")
        wrong.append(["Session", "Identifiant", "Présence"])
        hidden = book.create_sheet("Ancien")
        hidden.append(HEADER)
        hidden.append(["S0", DAY, None, "z", "P"])
        hidden.sheet_state = "hidden"
        catalogue = book.create_sheet("Calendrier")
        catalogue.append(["Session", "Date", "Lieu"])

    events, problems = _read(write([HEADER, ["S1", DAY, None, "a", "P"]], more))
    assert [event.session for event in events] == ["S1"]
    assert [problem.split(";")[0] for problem in problems] == [
        'liste.xlsx:12 mars!F4: "?" is not a known presence',
        "liste.xlsx:13 mars!1: columns are missing: date",
    ]


def test_a_list_on_a_hidden_sheet_only(write: Write) -> None:
    def hide(book: Any) -> None:
        book.create_sheet("Autre").append(["Rien ici"])
        book["Liste"].sheet_state = "hidden"

    events, problems = _read(write([HEADER, ["S1", DAY, None, "a", "P"]], hide))
    assert not events
    assert problems == [
        "liste.xlsx:Liste: the list is on a sheet that is hidden;"
        " show the sheet, and save the workbook"
    ]


@pytest.mark.parametrize(
    "parts",
    [
        ["12/03 matin", "12/03 après-midi"],
        ["Matin", "Après-midi"],
        [DAY, dt.date(2025, 3, 13)],
        ["J1 matin", "J1 après-midi"],
    ],
)
def test_a_column_for_each_half_day_is_refused(write: Write, parts: list[Any]) -> None:
    _events, [problem] = _read(write([["Session", "Date", "Matricule", *parts], ["S", DAY, "a"]]))
    assert problem.startswith("liste.xlsx:Liste!1: the presences stand in several columns: ")


def test_a_column_that_is_there_twice(write: Write) -> None:
    rows = [[*HEADER, "Présence"], ["S", DAY, None, "a", "P", None, "A"]]
    events, problems = _read(write(rows))
    assert not events
    assert problems[0].startswith('liste.xlsx:Liste!G1: the column "Présence" is there twice')


def test_the_project_names_its_columns(write: Write) -> None:
    header = ["Réf.", "Date début", "N° dossier", "Code agent", "Vu (O/N)"]
    path = write([header, ["S1", DAY, "D9", "a1", "O"]])
    own = {"session": "Réf.", "person": "Code agent", "presence": "Vu"}
    events, problems = _read(path, own)
    assert not problems
    assert [(event.session, event.person) for event in events] == [("S1", "a1")]
    assert "columns are missing" in _read(path)[1][0]


def test_something_far_from_the_list_is_refused_before_memory_ends(write: Write) -> None:
    path = write([HEADER], lambda book: book.active.cell(1048576, 16384, "?"))
    with pytest.raises(InputError, match='"Liste" holds something in line 1048576'):
        tables.found(path, {})


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"PK\x03\x04 and then nothing", "the workbook is damaged, or it is no workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "a workbook of Excel 97-2003; open it"),
        (b"\r\n<html><body><table>", "a web page, not a table; open it in Excel, save it as .xlsx"),
        (b"%PDF-1.7\n%\x00\x00", "not a text file; open it in Excel"),
    ],
)
def test_files_that_are_not_what_their_name_says(
    tmp_path: Path, content: bytes, message: str
) -> None:
    (tmp_path / "liste.xlsx").write_bytes(content)
    events, problems = _read(tmp_path / "liste.xlsx")
    assert not events
    assert problems[0].startswith(f"liste.xlsx: {message}")


def test_a_password() -> None:
    _events, [problem] = _read(Path(__file__).parent / "lists" / "protected.xlsx")
    assert problem.startswith("protected.xlsx: the workbook is protected by a password; save it")


def test_names_do_not_matter(write: Write, tmp_path: Path) -> None:
    path = write([HEADER, ["S1", DAY, None, "a", "P"]]).rename(tmp_path / "liste.csv")
    assert len(_read(path)[0]) == 1
    (tmp_path / "texte.xlsx").write_text("session;date;id;présence\nS;12/03/2025;a;P\n")
    assert len(_read(tmp_path / "texte.xlsx")[0]) == 1


def test_damaged_workbooks_say_so(write: Write) -> None:
    whole = write([HEADER, ["S1", DAY, None, "a", "P"]]).read_bytes()
    for size in range(0, len(whole) - 1, 97):
        path = write([HEADER])
        path.write_bytes(whole[:size])
        events, problems = _read(path)
        assert not events
        assert len(problems) == 1


CSV = """\
Session;Date;Heure;Matricule;Présence;Minutes
S1;12/03/2025;09:30;00123;VRAI;
S1;12/03/2025;14:05;M2;partiel;1:15
S1;2025-03-12;;M3;A;
"""


def _converted(folder: Path, kind: str, *sources: Path) -> None:
    """Have Calc save CSVs as workbooks in `folder`, formulas and all."""
    french = "59,34,76,1,1/5/2/1/3/1/4/2/5/1/6/1,1036,false,true,false,false,false,-1,true"
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    words = ["soffice", profile, "--headless", f"--infilter=CSV:{french}"]
    words += ["--convert-to", kind, "--outdir", str(folder), *map(str, sources)]
    subprocess.run(words, check=True, capture_output=True, timeout=120)


@pytest.fixture(scope="module")
def made_by_calc(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of the workbooks that LibreOffice makes of two CSVs, which are in csv/."""
    folder = tmp_path_factory.mktemp("calc")
    (folder / "csv").mkdir()
    sources = [folder / "csv" / "liste.csv", folder / "csv" / "fautes.csv"]
    sources[0].write_text(CSV, encoding="utf-8")
    sources[1].write_text(CSV + "S1;12/03/2025;;M4;=1/0;\nS1;12/03/2025;;M5;=0+1;\n", "utf-8")
    for kind in ("xlsx", "ods"):
        _converted(folder, kind, *sources)
    return folder


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_the_same_list_from_libreoffice(made_by_calc: Path, kind: str) -> None:
    """A CSV, and what Calc makes of it: days, times and booleans become its own."""
    reference, _none = _read(made_by_calc / "csv" / "liste.csv")
    events, problems = _read(made_by_calc / f"liste.{kind}")
    assert not problems
    assert [event.person for event in events] == ["00123", "m2", "m3"]
    what = [(e.session, e.start, e.person, e.presence, e.minutes) for e in events]
    assert what == [(e.session, e.start, e.person, e.presence, e.minutes) for e in reference]


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_the_values_of_formulas_are_read_and_their_faults_told(
    made_by_calc: Path, kind: str
) -> None:
    events, problems = _read(made_by_calc / f"fautes.{kind}")
    assert [event.person for event in events] == ["00123", "m2", "m3", "m5"]
    assert problems[0].startswith(f'fautes.{kind}:fautes!E5: "#DIV/0!" is not a known presence')


def test_an_ods_has_the_merged_cells_and_the_zeros_of_its_xlsx(
    write: Write, made_by_calc: Path
) -> None:
    """Titles and columns in front, a session and a date merged over rows, one day repeated."""

    def shape(book: Any) -> None:
        sheet = book.active
        sheet.insert_rows(1, 2)
        sheet.insert_cols(1)
        sheet["B1"] = "Feuille d’émargement"
        sheet.merge_cells("B1:E1")
        sheet.merge_cells("B4:B6")
        sheet.merge_cells("C5:C6")
        for cell in sheet["E"]:
            cell.number_format = "00000"

    rows = [["S1", DAY, None, 123, "P"], [None, DAY, None, 42, "P"], [None, None, None, 42000, "A"]]
    path = write([HEADER[:5], *rows, [None, None, None, "Total", 2]], shape)
    path = path.rename(path.with_stem("feuille"))
    _converted(made_by_calc, "ods", path)
    expected, problems = _read(path)
    assert not problems
    assert [one.person for one in expected] == ["00123", "00042", "42000"]
    events, problems = _read(made_by_calc / "feuille.ods")
    assert not problems
    assert [one._replace(path=path) for one in events] == expected


def test_rows_to_correct_that_were_saved_as_a_workbook(write: Write) -> None:
    """What kept the spreadsheet from changing an identifier is no part of it there, either."""
    events, problems = _read(write([HEADER[:5], ["S1", DAY, None, "'00123", "P"]]))
    assert not problems
    assert [event.person for event in events] == ["00123"]


_CELLS = st.one_of(
    st.none(),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=12),
    st.sampled_from(["S1", "12/03/2025", "P", "partiel", "2h30", "Total", "=A1", "#N/A", *HEADER]),
    st.booleans(),
    st.integers(-(10**18), 10**18),
    st.floats(allow_nan=False, allow_infinity=False),
    st.datetimes(dt.datetime(1990, 1, 1), dt.datetime(2060, 1, 1)),
    st.times(),
    st.timedeltas(dt.timedelta(), dt.timedelta(days=99)),
)
_GRIDS = st.lists(st.lists(_CELLS, max_size=7), max_size=6)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(_GRIDS, st.booleans())
def test_any_grid_is_read_or_refused(write: Write, rows: list[list[Any]], headed: bool) -> None:
    """Nothing but InputError comes out of a table, and nothing at all of a list."""
    path = write([HEADER, *rows] if headed else rows)
    try:
        for table in tables.found(path, {"date": ["date"]}):
            assert all(isinstance(c, str) for _line, cells in table.rows() for c in cells)
    except InputError:
        pass
    _read(path)
    text = "\n".join(";".join("" if c is None else str(c) for c in row) for row in [HEADER, *rows])
    path.write_text(text, encoding="utf-8")
    _read(path)


@given(st.integers(1, 16384))
def test_letters_are_those_of_excel(column: int) -> None:
    assert letters(column) == get_column_letter(column)
