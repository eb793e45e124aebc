"""What is in the file of a deck."""

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from pptx import Presentation
from pptx.enum.shapes import PP_PLACEHOLDER

from capsule import layout, plan
from capsule.render import deck
from capsule.theme import HOUSE

from .decks import WORDS, Deck, found, ordered, write_deck

GOLDEN = Path(__file__).parents[1] / "golden" / "deck-question.txt"


def _shapes(presentation: Any) -> Iterator[Any]:
    for slide in presentation.slides:
        yield from slide.shapes


def test_titles_are_in_title_placeholders_and_read_first(
    starter_deck: Any, plans: dict[str, plan.Plan]
) -> None:
    pages = layout.deck_pages(plans["starter"], HOUSE, WORDS, None)

    assert [slide.shapes.title.text_frame.text for slide in starter_deck.slides] == [
        page.title for page in pages
    ]
    assert len({page.title for page in pages}) == len(pages)
    for slide in starter_deck.slides:
        assert slide.shapes[0].placeholder_format.type == PP_PLACEHOLDER.TITLE


def test_every_text_tells_its_language(deck_of: Deck) -> None:
    with zipfile.ZipFile(deck_of("starter")) as archive:
        for name in archive.namelist():
            if re.match(r"ppt/(slides|notesSlides|slideLayouts|slideMasters)/\w+\.xml", name):
                xml = archive.read(name).decode()
                styles = re.findall(r"<a:(?:rPr|endParaRPr)\b[^>]*>", xml)
                assert styles, name
                assert all('lang="fr-FR"' in style for style in styles), name


def test_what_carries_meaning_is_described_and_the_rest_is_decoration(deck_of: Deck) -> None:
    described = []
    for shape in _shapes(Presentation(str(deck_of("small")))):
        [properties] = shape.element.xpath("./*/p:cNvPr")
        decorative = [mark for mark in properties.iter("{*}decorative") if mark.get("val") == "1"]
        if properties.get("descr"):
            described.append(shape.name)
            assert not decorative
        else:
            assert decorative or shape.text_frame.text
    assert {"film", "countdown", "qr code", "progress"} <= set(described)


def test_slides_fade_into_each_other_and_wait(starter_deck: Any) -> None:
    for slide in starter_deck.slides:
        xml = etree.tostring(slide.element).decode()
        assert 'Requires="p14"' in xml
        assert 'p14:dur="400"' in xml
        assert xml.count("<p:fade/>") == 2
        assert "advTm" not in xml
        order = [etree.QName(child).localname for child in slide.element]
        timed = ["timing"] if "timing" in order else []
        assert order == ["cSld", "clrMapOvr", "AlternateContent", *timed]


def test_the_manual_is_hidden_and_its_section_its_own(starter_deck: Any) -> None:
    hidden = [slide.element.get("show") for slide in starter_deck.slides]

    assert hidden == ["0", *[None] * 7]
    texts = [shape.text_frame for shape in starter_deck.slides[0].shapes if shape.has_text_frame]
    sizes = {run.font.size.pt for text in texts for p in text.paragraphs for run in p.runs}
    assert min(sizes) >= 14
    assert any("Skip question 2: you gain 1 min 30 s." in text.text for text in texts)


@pytest.mark.parametrize("manual", ["notes", "none"])
def test_the_manual_may_be_in_the_notes_or_left_out(
    tmp_path: Path, plans: dict[str, plan.Plan], film: deck.Film, manual: str
) -> None:
    write_deck(tmp_path / "deck.pptx", ordered(plans["small"], manual=manual), film)

    made = Presentation(str(tmp_path / "deck.pptx"))
    assert made.element.get("firstSlideNum") is None
    assert all(slide.element.get("show") is None for slide in made.slides)
    notes = made.slides[0].notes_slide.notes_text_frame.text
    assert ("F5 · start" in notes) == (manual == "notes")
    assert "**" not in notes


def test_the_footer_is_the_centre_s_name_in_its_own_place(starter_deck: Any) -> None:
    layout_, master = starter_deck.slide_layouts[0], starter_deck.slide_master
    for owner in (layout_, master):
        assert owner.element.xpath(".//p:ph[@type='ftr']")
    for slide in starter_deck.slides:
        [footer] = slide.element.xpath(".//p:sp[.//p:ph[@type='ftr']]")
        assert found(footer, ".//a:t/text()") == ["CNFPT Grenoble"]
        assert found(footer, ".//a:rPr/@sz")  # Impress sets it in Times otherwise


def test_the_ribbon_stands_on_every_slide(plans: dict[str, plan.Plan]) -> None:
    for page in layout.deck_pages(plans["starter"], HOUSE, WORDS, None)[1:]:
        bars = [box for box in page.boxes if box.name.startswith("ribbon ")]
        assert [round(bar.y, 2) for bar in bars] == [6.96] * 3, page.id


def test_ids_are_unique_and_animations_find_their_shapes(starter_deck: Any) -> None:
    for slide in starter_deck.slides:
        ids = slide.element.xpath(".//p:cNvPr/@id")
        nodes = slide.element.xpath(".//p:cTn/@id")
        assert len(set(ids)) == len(ids)
        assert len(set(nodes)) == len(nodes)
        assert set(slide.element.xpath(".//p:spTgt/@spid")) <= set(ids)


def test_notes_tell_the_trainer_when_and_what(starter_deck: Any) -> None:
    slides = list(starter_deck.slides)[1:]
    notes = [slide.notes_slide.notes_text_frame.text for slide in slides]

    assert notes[2].startswith("At 3:00 · until 5:00 (2 min)")
    assert "If nobody speaks" in notes[3]
    assert "If you are late\nSkip question 2: you gain 1 min 30 s." in notes[3]
    assert "This is the question to skip" in notes[4]
    assert "late" not in notes[5]
    assert starter_deck.element.xpath("./p:notesMasterIdLst/p:notesMasterId")


def test_slide_numbers_are_fields(starter_deck: Any) -> None:
    assert starter_deck.element.get("firstSlideNum") == "0"  # the manual's
    for n, slide in enumerate(list(starter_deck.slides)[1:], 1):
        [field] = slide.element.xpath(".//p:sp[.//p:ph[@type='sldNum']]//a:fld[@type='slidenum']")
        assert field.xpath("./a:t")[0].text == str(n)


def test_sections_follow_the_parts(deck_of: Deck) -> None:
    with zipfile.ZipFile(deck_of("starter")) as archive:
        xml = archive.read("ppt/presentation.xml").decode()
    sections = re.findall(r'<p14:section name="([^"]+)".*?</p14:section>', xml)
    counts = [part.count("<p14:sldId ") for part in xml.split("<p14:section ")[1:]]

    assert list(zip(sections, counts, strict=True)) == [
        ("How to run this capsule", 1),
        ("Video", 2),
        ("Message", 1),
        ("Debrief", 4),
    ]


def test_colours_follow_the_theme(starter_deck: Any) -> None:
    used = starter_deck.slides[3].element.xpath(".//a:srgbClr/@val")

    assert set(used) == {HOUSE.line}


def test_nothing_of_the_default_template_is_left(deck_of: Deck) -> None:
    with zipfile.ZipFile(deck_of("starter")) as archive:
        names = archive.namelist()
        everything = b"".join(archive.read(name) for name in names if name.endswith(".xml"))
    assert not [name for name in names if "thumbnail" in name or "printerSettings" in name]
    assert len([name for name in names if "slideLayouts/slideLayout" in name]) == 1
    for trace in (b"Steve Canny", b"screen4x3", b'lang="en-US"', b"Macintosh", b"python-pptx"):
        assert trace not in everything


def test_the_same_input_gives_the_same_bytes(
    deck_of: Deck, tmp_path: Path, plans: dict[str, plan.Plan], film: deck.Film
) -> None:
    write_deck(tmp_path / "again.pptx", plans["starter"], film)

    assert (tmp_path / "again.pptx").read_bytes() == (deck_of("starter")).read_bytes()


def test_a_question_has_this_structure(deck_of: Deck) -> None:
    slide = Presentation(str(deck_of("small"))).slides[4]

    assert "\n".join(map(_outlined, slide.shapes)) + "\n" == GOLDEN.read_text(encoding="utf-8")


def _outlined(shape: Any) -> str:
    kind = shape.placeholder_format.type.name if shape.is_placeholder else shape.shape_type.name
    if shape.shape_type == 1:  # MSO_SHAPE_TYPE.AUTO_SHAPE
        kind = shape.auto_shape_type.name
    place = " ".join(
        f"{value / 914400:.2f}" for value in (shape.left, shape.top, shape.width, shape.height)
    )
    text = shape.text_frame.text if shape.has_text_frame else ""
    alt = shape.element.xpath("./*/p:cNvPr/@descr")
    said = f' "{text}"' if text else f" ({alt[0]})" if alt and alt[0] else ""
    return f"{shape.name} | {kind} | {place}{said}"
