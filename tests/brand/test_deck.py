"""The deck in a centre's template, as a file and as Impress shows it."""

import gettext
import io
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from pptx import Presentation

from capsule import brand, layout, look, plan, project, source
from capsule.builds import record, sheet
from capsule.builds.settings import Settings
from capsule.cache import Cache
from capsule.errors import InputError
from capsule.layout import boxes
from capsule.model import Look
from capsule.render import deck, frames, player
from capsule.theme import PAGE_WIDTH, Theme

from .conftest import Opened

WORDS = gettext.NullTranslations()
NAMES = ("powerpoint", "office365", "libreoffice", "google", "picture")
SMALL = Path(__file__).parents[1] / "capsules" / "small"


def _theme(template: brand.Template) -> Theme:
    return replace(look.theme(Look(), None, template.ground), stage=template.stage)


def _write(target: Path, made: plan.Plan, template: brand.Template, film: Path) -> None:
    theme = _theme(template)
    poster = frames.png(layout.film_pages(made, theme, WORDS, None)[0])
    deck.write(
        target,
        layout.deck_pages(made, theme, WORDS, None),
        theme,
        deck.Film(film, 10, poster, "WEBVTT\n\n00:00.000 --> 00:01.000\nBonjour\n"),
        title=made.capsule.title,
        author=made.capsule.centre.name,
        parts=layout.part_names(WORDS),
        brand=template,
    )


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("film") / "intro.mp4"
    path.write_bytes(bytes(2000))
    return path


@pytest.fixture(scope="module")
def folder(
    tmp_path_factory: pytest.TempPathFactory,
    opened: Opened,
    starter_plan: plan.Plan,
    film: Path,
) -> Path:
    """The starter's deck in each template, and what Impress makes of it as PDF."""
    folder = tmp_path_factory.mktemp("branded")
    for name in NAMES:
        _write(folder / f"{name}.pptx", starter_plan, opened(name), film)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    convert = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder)]
    decks = [str(folder / f"{name}.pptx") for name in NAMES]
    subprocess.run([*convert, *decks], check=True, capture_output=True)
    return folder


@pytest.mark.parametrize("name", NAMES)
def test_the_file_is_sound(name: str, folder: Path, assert_sound: Callable[[Path], None]) -> None:
    assert_sound(folder / f"{name}.pptx")


@pytest.mark.parametrize("name", NAMES)
def test_titles_are_in_the_template_s_places(
    name: str, folder: Path, opened: Opened, starter_plan: plan.Plan
) -> None:
    template = opened(name)
    pages = layout.deck_pages(starter_plan, _theme(template), WORDS, None)
    slides = Presentation(str(folder / f"{name}.pptx")).slides

    assert [slide.shapes.title.text_frame.text for slide in slides] == [p.title for p in pages]
    contents: list[brand.Kind] = ["content"] * (len(pages) - 2)
    kinds: list[brand.Kind] = ["title", "film", *contents]
    assert [slide.slide_layout.part.partname for slide in slides] == [
        f"/{template.parts[kind]}" for kind in kinds
    ]
    for slide in slides:
        assert not slide.element.xpath("./p:cSld/p:bg")  # the template's ground shows
        assert not [s for s in slide.placeholders if not s.text_frame.text]


def test_what_the_template_says_is_not_said_again(folder: Path) -> None:
    """A new size or colour of the master's titles reaches every slide."""
    slide = Presentation(str(folder / "google.pptx")).slides[2]
    title = slide.shapes.title.element

    assert not title.xpath(".//a:xfrm | .//a:rPr/@sz | .//a:rPr/a:solidFill | .//a:rPr/a:latin")
    used = {fill.get("val") for fill in slide.element.xpath(".//a:schemeClr")}
    assert {"tx1", "accent1"} & used


def test_footers_are_the_template_s(folder: Path) -> None:
    for slide in list(Presentation(str(folder / "office365.pptx")).slides)[1:]:
        [footer] = slide.element.xpath(".//p:sp[.//p:ph[@type='ftr']]")
        assert [text.text for text in footer.iter("{*}t")] == ["CNFPT Grenoble"]
        assert slide.element.xpath(".//p:sp[.//p:ph[@type='sldNum']]//a:fld[@type='slidenum']")
        sizes = slide.element.xpath(".//a:rPr/@sz")
        assert min(map(int, sizes)) >= 1200


@pytest.mark.parametrize("name", NAMES)
def test_no_part_is_left_alone(name: str, folder: Path) -> None:
    with zipfile.ZipFile(folder / f"{name}.pptx") as archive:
        names = archive.namelist()
        links = "".join(archive.read(n).decode() for n in names if n.endswith(".rels"))
        app = archive.read("docProps/app.xml").decode()
        core = archive.read("docProps/core.xml").decode()
    for part in names:
        if not part.endswith(".rels") and part != "[Content_Types].xml":
            assert part.rpartition("/")[2] in links, part
    assert "<Application>capsule</Application>" in app
    assert "Steve Canny" not in core
    assert "CNFPT Grenoble" in core


def test_the_same_input_gives_the_same_bytes(
    folder: Path,
    tmp_path: Path,
    templates: dict[str, bytes],
    starter_plan: plan.Plan,
    film: Path,
) -> None:
    brand.opened.cache_clear()
    _write(tmp_path / "again.pptx", starter_plan, brand.opened(templates["office365"]), film)

    assert (tmp_path / "again.pptx").read_bytes() == (folder / "office365.pptx").read_bytes()


@pytest.mark.parametrize("name", NAMES)
def test_impress_keeps_every_text_on_its_page_and_under_its_title(
    name: str, folder: Path, opened: Opened
) -> None:
    stage = opened(name).stage
    command = ["pdftotext", "-bbox", str(folder / f"{name}.pdf"), "-"]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    pages = printed.split("<page ")[1:]
    pattern = r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*)</word>'

    assert len(pages) == 7
    for page in pages:
        words = [[float(v) / 72 for v in found[:4]] for found in re.findall(pattern, page)]
        assert words
        assert all(x >= 0 and right <= PAGE_WIDTH for x, _y, right, _low in words)
        high = stage.pages.height + 0.1  # a descender
        assert all(y >= 0 and low <= high for _x, y, _right, low in words), words
    for page in pages[2:]:
        found = re.findall(pattern, page)
        pills = [float(y) / 72 for _x, y, _r, _low, word in found if re.match(r"\d:\d\d$", word)]
        assert all(y > stage.pages.top for y in pills)


def test_the_template_s_ground_shows_in_impress(folder: Path) -> None:
    command = ["pdftoppm", "-png", "-singlefile", "-f", "3", "-l", "3", "-r", "30"]
    subprocess.run([*command, folder / "google.pdf", folder / "google"], check=True)
    with Image.open(folder / "google.png") as opened:
        assert opened.convert("RGB").getpixel((4, 4)) == (0x1A, 0x23, 0x7E)


def _capsule(folder: Path, template: bytes, theme: str = "{template: charte.potx}") -> Path:
    shutil.copytree(SMALL, folder)
    source = folder / "capsule.yaml"
    text = source.read_text(encoding="utf-8")
    source.write_text(f"{text}\ntheme: {theme}\n", encoding="utf-8")
    if template:
        (folder / "charte.potx").write_bytes(template)
    return folder


def test_film_and_player_take_the_template_s_colours(
    tmp_path: Path, templates: dict[str, bytes]
) -> None:
    opened = project.open_project(_capsule(tmp_path / "c", templates["google"]))
    pages = layout.film_pages(opened.plan, opened.theme, opened.words, None)
    page = next(p for p in pages if p.part == "message")
    panel = frames.draw(page, 3.5, frames.DRAFT).getpixel((2, 2))
    files = player.bundle(
        opened.plan,
        opened.words,
        film=tmp_path / "film.mp4",
        poster=b"",
        transcript_html="",
        logo=None,
        channel="web",
        theme=opened.theme,
    )
    css = files["player/theme.css"]

    assert opened.template
    assert panel == (0x1A, 0x23, 0x7E)
    assert page.boxes[-1].y + page.boxes[-1].h <= 7.5
    assert isinstance(css, bytes)
    assert b"--intro: #FFEB3B" in css


def test_colours_beside_the_template_win(tmp_path: Path, templates: dict[str, bytes]) -> None:
    theme = '{template: charte.potx, colours: {intro: "#FFFFFF"}}'
    opened = project.open_project(_capsule(tmp_path / "c", templates["google"], theme))

    assert opened.theme.intro == "FFFFFF"
    assert opened.theme.ground == "1A237E"


@pytest.mark.parametrize(
    ("theme", "there", "said"),
    [
        ("{template: charte.potx}", b"", "there is no file charte.potx"),
        ("{template: charte.potx}", b"?", "charte.potx cannot be the template: it cannot be read"),
        ("{template: charte.potx, layouts: {title: Garde}}", None, 'no layout "Garde"'),
    ],
)
def test_a_template_that_cannot_serve_is_told_with_its_line(
    tmp_path: Path, templates: dict[str, bytes], theme: str, there: bytes | None, said: str
) -> None:
    file = templates["google"] if there is None else there
    folder = _capsule(tmp_path / "c", file, theme)
    lines = (folder / "capsule.yaml").read_text(encoding="utf-8").splitlines()

    with pytest.raises(InputError) as raised:
        project.open_project(folder)
    [problem] = raised.value.problems
    assert said in problem.what
    assert problem.line == len(lines)


def test_a_picture_behind_has_a_panel_over_it(opened: Opened, small_plan: plan.Plan) -> None:
    template = opened("picture")
    theme = _theme(template)

    pages = layout.deck_pages(small_plan, theme, WORDS, None)[2:]

    assert template.stage.pages.plate
    assert not opened("google").stage.pages.plate
    for page in pages:
        [plate] = [box for box in page.boxes if box.name == "plate" and box.w > 8]
        assert isinstance(plate, boxes.Panel)
        assert plate.fill == theme.ground == "1A237E"


def test_each_variant_may_have_its_own(tmp_path: Path, templates: dict[str, bytes]) -> None:
    folder = _capsule(tmp_path / "c", templates["google"])
    (folder / "nimes.pptx").write_bytes(templates["office365"])
    table = folder / "centres.csv"
    table.write_text("Dossier;Charte\ngrenoble;\nnimes;nimes.pptx\n", encoding="utf-8")

    rows = [variant.row for variant in sheet.read(table, source.load(folder))]
    grounds = [project.open_project(folder, row=row).theme.ground for row in rows]

    assert grounds == ["1A237E", "FFFFFF"]


def test_another_template_makes_another_deck(tmp_path: Path, templates: dict[str, bytes]) -> None:
    """A file changed in place, even where no colour or box of ours moves, is built again."""
    folder = _capsule(tmp_path / "c", templates["google"])
    kept = Cache(tmp_path / "cache")
    changed = io.BytesIO()
    with (
        zipfile.ZipFile(folder / "charte.potx") as old,
        zipfile.ZipFile(changed, "w") as new,
    ):
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"simple-dark", b"renamed"))
    keys = []
    for file in (templates["google"], templates["google"], changed.getvalue()):
        (folder / "charte.potx").write_bytes(file)
        keys.append(record.key(project.open_project(folder), Settings(), kept))

    assert keys[0] == keys[1]
    assert keys[1] != keys[2]
