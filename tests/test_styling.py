"""The theme of a source file: its fonts, and the place of its faults."""

import shutil
from pathlib import Path

import pytest

from capsule import layout, project, resources
from capsule.errors import InputError
from capsule.layout import lettering
from capsule.layout.boxes import Text
from capsule.theme import HOUSE

SMALL = (Path(__file__).parent / "capsules" / "small" / "capsule.yaml").read_text(encoding="utf-8")
OTHER = resources.symbols_font()  # any that is not the house's


def written(folder: Path, theme: str) -> Path:
    """The small capsule with `theme` as its line 8, and another font beside it."""
    content = SMALL.replace("intro:", f"theme: {theme}\nintro:", 1)
    (folder / "capsule.yaml").write_text(content, encoding="utf-8")
    for name in ("gras.ttf", "droit.otf"):
        shutil.copy(OTHER, folder / name)
    return folder


@pytest.mark.parametrize(
    ("theme", "said"),
    [
        (
            '{colours: {debrief: "#E8734A"}}',
            "8:28: #E8734A and #FAF7F2 cannot be read on each other: their contrast is 2.8,"
            ' and 4.5 is needed; the nearest shade that can is "#BF4E23"',
        ),
        ("{colours: {ink: #14213D}}", "this line does not follow from the one above"),
        ("{colours: {ink: red}}", '8:24: this is not a colour; write it like "#14213D"'),
        ("{colours: {ink: }}", '8:23: this is not a colour; write it like "#14213D"'),
        ("{logo: capsule.yaml}", "8:15: capsule.yaml is not a picture that can be read"),
        ("{mode: sombre}", "8:15: this value is not known; write 'light', 'dark'"),
        ("{font: {name: X, regular: droit.otf, bold: gras.otf}}", "there is no file gras.otf"),
        (
            "{font: {name: X, regular: capsule.yaml, bold: gras.ttf}}",
            "8:34: capsule.yaml is not a font that can be read",
        ),
    ],
)
def test_a_fault_of_the_theme(tmp_path: Path, theme: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        project.open_project(written(tmp_path, theme))
    assert said in str(caught.value)


def test_a_font_is_measured_and_named(tmp_path: Path) -> None:
    font = '{font: {name: "Marianne", regular: droit.otf, bold: gras.ttf}}'
    made = project.open_project(written(tmp_path, font))
    assert made.theme.typeface.name == "Marianne"
    with lettering.set_in(made.theme.typeface):
        other = lettering.width("Réflexes", 20)
    assert other != lettering.width("Réflexes", 20)
    pages = layout.deck_pages(made.plan, made.theme, made.words, None)
    texts = [box for page in pages for box in page.boxes if isinstance(box, Text)]
    assert {p.typeface.name for text in texts for p in text.paragraphs} == {"Marianne"}


def test_a_theme_changes_the_pages_not_the_plan(tmp_path: Path) -> None:
    made = project.open_project(written(tmp_path, '{mode: dark, colours: {intro: "#7FD1CC"}}'))
    assert made.theme.intro == "7FD1CC"
    assert made.theme.ground not in {HOUSE.ground, HOUSE.ink}
    assert {page.ground for page in layout.deck_pages(made.plan, made.theme, made.words, None)} == {
        made.theme.ink,
        made.theme.ground,
    }
