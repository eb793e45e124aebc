"""Decks as other programs read them: Impress and three validators."""

import re
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from PIL import Image
from pptx import Presentation

from capsule import layout, plan
from capsule.layout import boxes, breaking, metrics
from capsule.render import frames
from capsule.theme import HOUSE, PAGE_WIDTH

from ..layout.checks import texts
from .decks import ALL, WORDS, Deck, Sound


@pytest.fixture(scope="module")
def pdfs(tmp_path_factory: pytest.TempPathFactory, deck_of: Deck) -> Path:
    """A folder of what Impress makes of the decks as PDF."""
    folder = tmp_path_factory.mktemp("printed")
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    options = '{"ExportHiddenSlides":{"type":"boolean","value":"true"}}'
    pdf = f"pdf:impress_pdf_Export:{options}"
    convert = ["soffice", profile, "--headless", "--convert-to", pdf, "--outdir", str(folder)]
    decks = [str(deck_of(name)) for name in ALL]
    subprocess.run([*convert, *decks], check=True, capture_output=True)
    return folder


@pytest.mark.parametrize("name", ALL)
def test_the_file_is_sound(name: str, deck_of: Deck, assert_sound: Sound) -> None:
    assert_sound(deck_of(name))


@pytest.mark.parametrize("name", ALL)
def test_impress_breaks_every_line_where_the_layout_did(
    name: str, pdfs: Path, plans: dict[str, plan.Plan]
) -> None:
    pages = layout.deck_pages(plans[name], HOUSE, WORDS, None)
    words = _words(pdfs / f"{name}.pdf")

    assert len(words) == len(pages)
    for page, printed in zip(pages, words, strict=True):
        for word, x, y in _starts(page):
            near = [
                word
                for text, left, top, _right, bottom in printed
                if text == word and abs(left - x) < 0.05 and abs((top + bottom) / 2 - y) < 0.09
            ]
            assert near, (page.id, word, x, y)


@pytest.mark.parametrize("name", ALL)
def test_no_word_leaves_its_box_in_impress(
    name: str, pdfs: Path, plans: dict[str, plan.Plan]
) -> None:
    """Each is printed where the layout has lines of a text, whose boxes do not overlap."""
    pages = layout.deck_pages(plans[name], HOUSE, WORDS, None)

    for page, (at, printed) in zip(pages, enumerate(_words(pdfs / f"{name}.pdf"), 1), strict=True):
        inks = [_ink(text) for text in texts(page)]
        for text, left, top, right, bottom in printed:
            middle = (top + bottom) / 2
            assert any(
                x - 0.03 <= left and right <= x + w + 0.03 and y <= middle <= y + h
                for x, y, w, h in inks
            ), (page.id, text, left, top, right, bottom)
        written = "".join(
            str(at) if text.role == "number" else p.text  # Impress counts the manual too
            for text in texts(page)
            for p in text.paragraphs
        )
        assert _letters("".join(word[0] for word in printed)) == _letters(written), page.id


def _letters(text: str) -> list[str]:
    return sorted(letter for letter in text if letter.isalnum())


def _ink(text: boxes.Text) -> tuple[float, float, float, float]:
    """Left, top, width and height of where the lines of `text` may lie."""
    high = metrics.height(text.paragraphs)
    share = {"top": 0.0, "middle": 0.5, "bottom": 1.0}[text.anchor]
    return text.x, text.y + (text.h - high) * share, text.w, high


def test_an_address_is_broken_without_a_sign(deck_of: Deck) -> None:
    slide = Presentation(str(deck_of("endless"))).slides[6]
    [step] = [shape for shape in slide.shapes if shape.name == "text 3"]

    assert step.text_frame.text == (
        "https://formation.example/ressources/capsules/\virritants-du-quotidien/service-accueil"
    )
    assert len(step.text_frame._txBody.xpath(".//a:br/a:rPr/@sz")) == 1


def test_a_word_that_no_line_can_hold_gets_a_hyphen(deck_of: Deck) -> None:
    slide = Presentation(str(deck_of("endless"))).slides[6]
    [step] = [shape for shape in slide.shapes if shape.name == "text 1"]

    assert step.text_frame.text == "Anticonstitutionnellementin-tergouvernementalisation"


def _starts(page: boxes.Page) -> Iterator[tuple[str, float, float]]:
    """The first word of each line, with its left and the middle of its line in inches."""
    for box in page.boxes:
        text = box.label if isinstance(box, boxes.Countdown) else box
        if not isinstance(text, boxes.Text) or text.role == "number":
            continue  # Impress counts the manual too
        share = {"top": 0.0, "middle": 0.5, "bottom": 1.0}[text.anchor]
        y = text.y + (text.h - metrics.height(text.paragraphs)) * share
        for told in text.paragraphs:
            for line in told.lines:
                wide = metrics.widest([line], told.size)
                spare = {"left": 0.0, "center": 0.5, "right": 1.0}[told.align]
                words = "".join(run.text for run in line).translate(breaking.DRAWN).split()
                yield words[0], text.x + (text.w - wide) * spare, y + told.leading / 2
                y += told.leading
            y += told.after


def _words(pdf: Path) -> list[list[tuple[str, float, float, float, float]]]:
    """By page: each printed word, its left, top, right and bottom in inches."""
    command = ["pdftotext", "-bbox", str(pdf), "-"]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    pattern = re.compile(
        r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*)</word>'
    )
    unescape = {"&lt;": "<", "&gt;": ">", "&amp;": "&"}
    return [
        [
            (
                re.sub("&(lt|gt|amp);", lambda m: unescape[m[0]], text),
                float(left) / 72,
                float(top) / 72,
                float(right) / 72,
                float(bottom) / 72,
            )
            for left, top, right, bottom, text in pattern.findall(page)
        ]
        for page in printed.split("<page ")[1:]
    ]


def test_impress_draws_what_the_film_shows(pdfs: Path, plans: dict[str, plan.Plan]) -> None:
    """The picture of a question: the ring, the panels and the pills lie where layout says."""
    page = layout.deck_pages(plans["starter"], HOUSE, WORDS, None)[4]
    command = ["pdftoppm", "-png", "-singlefile", "-f", "5", "-l", "5", "-scale-to-x", "960"]
    subprocess.run(
        [*command, "-scale-to-y", "540", pdfs / "starter.pdf", pdfs / "question"], check=True
    )
    with Image.open(pdfs / "question.png") as opened:
        printed = opened.convert("RGB")
    drawn = frames.draw(page).resize(printed.size)

    for box in page.boxes:
        if isinstance(box, boxes.Panel):  # its left edge, halfway up: no text lies there
            spot = (box.x + min(0.05, box.w / 2), box.y + box.h / 2)
        elif isinstance(box, boxes.Countdown):
            spot = (box.x + box.thickness / 2, box.y + box.h * 0.4)
        else:
            continue
        at = (round(spot[0] * 960 / PAGE_WIDTH), round(spot[1] * 960 / PAGE_WIDTH))
        pairs = zip(_pixel(printed, at), _pixel(drawn, at), strict=True)
        assert max(abs(a - b) for a, b in pairs) < 12, box.name


def test_slides_look_in_impress_as_they_did(
    pdfs: Path,
    plans: dict[str, plan.Plan],
    tmp_path: Path,
    held_to_goldens: Callable[[str, Mapping[str, Image.Image], int], None],
) -> None:
    pictures: dict[str, Image.Image] = {}
    for name in plans:
        draw = ["pdftoppm", "-png", "-scale-to-x", "640", "-scale-to-y", "360"]
        subprocess.run([*draw, pdfs / f"{name}.pdf", tmp_path / name], check=True)
        for number, file in enumerate(sorted(tmp_path.glob(f"{name}-*.png"))):
            with Image.open(file) as picture:
                pictures[f"{name}-{number}"] = picture.convert("RGB")
    held_to_goldens("slides", pictures, 160)


def _pixel(picture: Image.Image, at: tuple[int, int]) -> tuple[int, ...]:
    value = picture.getpixel(at)
    assert isinstance(value, tuple)
    return value
