"""Tables of variants as centres write them, and what is said of wrong ones."""

from datetime import date
from pathlib import Path

import openpyxl
import pytest

from capsule import source
from capsule.builds import sheet
from capsule.errors import InputError

SMALL = Path(__file__).parents[1] / "capsules" / "small"


def read(folder: Path, text: str, encoding: str = "utf-8") -> tuple[sheet.Variant, ...]:
    table = folder / "centres.csv"
    table.write_bytes(text.encode(encoding))
    return sheet.read(table, source.load(SMALL))


def sheet_of(path: Path) -> tuple[sheet.Variant, ...]:
    return sheet.read(path, source.load(SMALL))


def values(variant: sheet.Variant) -> dict[str, str]:
    return {".".join(map(str, cell.where)): cell.text for cell in variant.row.cells}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("sign", [";", ",", "\t"])
def test_tables_as_excel_writes_them(tmp_path: Path, encoding: str, sign: str) -> None:
    lines = ["Titre|Nom du centre|Logo", "L'été|Grenoble|", "|Isère (38)|logo.png", "||"]
    one, two = read(tmp_path, "\r\n".join(lines).replace("|", sign), encoding)
    assert (one.name, values(one)) == ("grenoble", {"title": "L'été", "centre.name": "Grenoble"})
    assert values(two) == {"centre.name": "Isère (38)", "centre.logo": "logo.png"}
    assert (two.name, two.row.line) == ("isere-38", 3)


def test_a_header_is_any_path_of_the_source(tmp_path: Path) -> None:
    header = "debrief.questions.1.ask,debrief.questions.1.steps.2.for,intro.scenes.4.before"
    more = "Message.Statement,message.narration,intro.scenes.2.lines.2,film.music.file"
    [variant] = read(tmp_path, f"{header},{more}\nQui ?,3 s,7,Oui.,Dit.,Trois,fond.mp3\n")
    assert values(variant) == {
        "debrief.questions.0.ask": "Qui ?",
        "debrief.questions.0.steps.1.for": "3 s",
        "intro.scenes.3.before": "7",
        "message.statement": "Oui.",
        "message.narration": "Dit.",
        "intro.scenes.1.lines.1": "Trois",
        "film.music.file": "fond.mp3",
    }


def test_a_workbook_says_the_same(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.create_sheet("Lisez-moi", 0)["A1"] = "Une ligne par centre"
    page = book["Sheet"]
    for row in (["Nos centres"], [], ["Titre", "Centre", "Session"], ["L'été", "Nîmes", None]):
        page.append(row)
    page.append(["L'été", "Brest", date(2026, 3, 12)])
    book.save(tmp_path / "centres.xlsx")
    one, two = sheet_of(tmp_path / "centres.xlsx")
    assert (one.name, values(one)) == ("nimes", {"title": "L'été", "centre.name": "Nîmes"})
    assert values(two)["session"] == "12/03/2026"
    assert str(two.row.at(two.row.cells[1], "x")).endswith('centres.xlsx:Sheet!B5: in "Centre", x')
    page["D5"] = "?"
    book.save(tmp_path / "centres.xlsx")
    with pytest.raises(
        InputError, match=r'Sheet!D5: "\?" stands under no header; name its column$'
    ):
        sheet_of(tmp_path / "centres.xlsx")


@pytest.mark.parametrize(
    ("table", "names"),
    [
        ("variante,titre\nÉté & Cie / Sud,a\nCON,b\n,c", ["ete-cie-sud", "con-1", "c"]),
        ("titre,centre\na,X\nb,X\na,Y", ["a-x", "b-x", "a-y"]),
        ("titre,session\na,Lundi 3\na,Mardi 4", ["lundi-3", "mardi-4"]),
        ("titre,objectif\n!,a\n?,b\n…,", ["a", "b", "variant"]),
        ("titre\n" + "long " * 30 + "un\n" + "long " * 30 + "deux", ["long-" * 11 + "long"] * 2),
    ],
)
def test_folders_are_named_by_what_tells_them_apart(
    tmp_path: Path, table: str, names: list[str]
) -> None:
    made = [variant.name for variant in read(tmp_path, table)]
    if len(set(names)) < len(names):
        names[1] += "-2"
    assert made == names


FAULTS = [
    ("titre;centr\na;b", (1, 2), 'unknown column "centr"; did you mean "centre"?'),
    ("titre;message.statment\na;b", (1, 2), 'did you mean "message.statement"?'),
    ("titre;centre;Logo (PNG);Tarif\na;b;;9", (1, 4), 'unknown column "Tarif"; write the path'),
    ("titre;title\na;b", (1, 1), 'the columns "titre" and "title" say the same; remove one'),
    ("titre;centre\na;b;c", (2, 3), '"c" stands under no header; name its column, or put quotes'),
    ("variante;titre\nx;a\nX !;b", (3, 1), 'the folder "x" is that of line 2 already'),
    ("titre;centre\na;b\n\na;b", (4, 0), "the row says the same as line 2; remove it, or name"),
    ("titre;centre\n", (1, 0), "there is no row under the header; write a row for each"),
    ("", (0, 0), "the file is empty"),
    ('titre;centre\n"a;b', (2, 0), "quotes are wrong on this line"),
    ("PK\x03\x04\x00", (0, 0), "the workbook is damaged, or it is no workbook; open it in Excel"),
]


@pytest.mark.parametrize(("table", "place", "said"), FAULTS)
def test_each_fault_has_its_place(
    tmp_path: Path, table: str, place: tuple[int, int], said: str
) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path, table)
    [problem] = caught.value.problems
    assert (problem.path.name, problem.line, problem.column) == ("centres.csv", *place)
    assert said in str(problem)
