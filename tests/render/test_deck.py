import gettext
import os
import re
import runpy
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import numpy as np
import pytest
from lxml import etree
from PIL import Image
from pptx import Presentation
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.oxml.ns import _nsmap as nsmap

from capsule import layout, model, plan, resources, source
from capsule.layout import boxes, breaking, metrics
from capsule.render import deck, frames
from capsule.theme import HOUSE, PAGE_WIDTH

Sound = Callable[[Path], None]
WORDS = gettext.NullTranslations()
CAPSULES = Path(__file__).parents[1] / "capsules"
GOLDEN = Path(__file__).parents[1] / "golden" / "deck-question.txt"
AWKWARD = ("awkward", "german", "english", "endless")  # texts that hardly fit, or do not
ALL = ("starter", "small", *AWKWARD)
CAPTIONS = "WEBVTT\n\n00:00.000 --> 00:01.000\nBonjour\n"


def _ordered(made: plan.Plan, **deck: object) -> plan.Plan:
    """`made` with what its source says under `deck:`."""
    settings = model.Deck.model_validate(deck)
    return plan.make(made.capsule.model_copy(update={"deck": settings}))


def _write(target: Path, made: plan.Plan, film: deck.Film) -> tuple[boxes.Page, ...]:
    pages = layout.deck_pages(made, HOUSE, WORDS, None)
    deck.write(
        target,
        pages,
        HOUSE,
        film,
        title=made.capsule.title,
        author=made.capsule.centre.name,
        parts=layout.part_names(WORDS),
    )
    return pages


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory, small_plan: plan.Plan) -> deck.Film:
    path = tmp_path_factory.mktemp("film") / "intro.mp4"
    pattern = ["-f", "lavfi", "-i", "testsrc=size=320x180:duration=2:rate=25"]
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", *pattern]
    subprocess.run([*command, "-pix_fmt", "yuv420p", path], check=True)
    poster = frames.png(layout.film_pages(small_plan, HOUSE, WORDS, None)[0])
    return deck.Film(path, 10, poster, CAPTIONS)


@pytest.fixture(scope="module")
def plans(starter_plan: plan.Plan, small_plan: plan.Plan) -> dict[str, plan.Plan]:
    others = {name: plan.make(source.load(CAPSULES / name).capsule) for name in AWKWARD}
    return {"starter": starter_plan, "small": small_plan, **others}


@pytest.fixture(scope="module")
def folder(
    tmp_path_factory: pytest.TempPathFactory, plans: dict[str, plan.Plan], film: deck.Film
) -> Path:
    """The decks, and what Impress makes of them as PDF."""
    folder = tmp_path_factory.mktemp("decks")
    for name, made in plans.items():
        _write(folder / f"{name}.pptx", made, film)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    options = '{"ExportHiddenSlides":{"type":"boolean","value":"true"}}'
    pdf = f"pdf:impress_pdf_Export:{options}"
    convert = ["soffice", profile, "--headless", "--convert-to", pdf, "--outdir", str(folder)]
    subprocess.run(
        [*convert, *(str(folder / f"{name}.pptx") for name in plans)],
        check=True,
        capture_output=True,
    )
    return folder


@pytest.fixture(scope="module")
def starter_deck(folder: Path) -> Any:
    return Presentation(str(folder / "starter.pptx"))


def _found(element: Any, path: str) -> list[Any]:
    """XPath for elements that python-pptx has no class for."""
    return list(etree.ElementBase.xpath(element, path, namespaces=nsmap))


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


def test_every_text_tells_its_language(folder: Path) -> None:
    with zipfile.ZipFile(folder / "starter.pptx") as archive:
        for name in archive.namelist():
            if re.match(r"ppt/(slides|notesSlides|slideLayouts|slideMasters)/\w+\.xml", name):
                xml = archive.read(name).decode()
                styles = re.findall(r"<a:(?:rPr|endParaRPr)\b[^>]*>", xml)
                assert styles, name
                assert all('lang="fr-FR"' in style for style in styles), name


def test_what_carries_meaning_is_described_and_the_rest_is_decoration(folder: Path) -> None:
    described = []
    for shape in _shapes(Presentation(str(folder / "small.pptx"))):
        [properties] = shape.element.xpath("./*/p:cNvPr")
        decorative = [mark for mark in properties.iter("{*}decorative") if mark.get("val") == "1"]
        if properties.get("descr"):
            described.append(shape.name)
            assert not decorative
        else:
            assert decorative or shape.text_frame.text
    assert {"film", "countdown", "qr code", "progress"} <= set(described)


def test_the_film_plays_with_its_slide(starter_deck: Any) -> None:
    slide = starter_deck.slides[2]
    [movie] = [shape for shape in slide.shapes if shape.name == "film"]

    assert movie.media_type == 3  # PP_MEDIA_TYPE.MOVIE
    assert movie.width * 9 == pytest.approx(movie.height * 16, rel=1e-5)
    assert movie.poster_frame.content_type == "image/png"
    [started] = slide.element.xpath(".//p:cmd[@cmd='playFrom(0.0)']//p:spTgt/@spid")
    assert int(started) == movie.shape_id
    assert slide.element.xpath(".//p:cond[@evt='onBegin']")
    assert slide.element.xpath(".//p:cmd[@cmd='togglePause']")


def test_the_film_and_its_captions_lie_in_the_deck_once(folder: Path, film: deck.Film) -> None:
    with zipfile.ZipFile(folder / "starter.pptx") as archive:
        media = [name for name in archive.namelist() if name.startswith("ppt/media/")]
        assert [name for name in media if name.endswith(".mp4")] == ["ppt/media/media1.mp4"]
        assert archive.read("ppt/media/media1.mp4") == film.path.read_bytes()
        [track] = [name for name in media if name.endswith(".vtt")]
        assert archive.read(track).decode() == CAPTIONS


def test_a_click_starts_the_countdown_of_each_question(
    starter_deck: Any, plans: dict[str, plan.Plan]
) -> None:
    seconds = [scene.duration for scene in plans["starter"].questions]
    slides = list(starter_deck.slides)[4:-1]

    assert len(slides) == len(seconds)
    for slide, lasts in zip(slides, seconds, strict=True):
        [effect] = slide.element.xpath(".//p:animEffect[@filter='wheel(1)'][@transition='in']")
        [node] = effect.iter("{*}cTn")
        assert node.get("dur") == str(lasts * 1000)
        [ring] = [shape for shape in slide.shapes if shape.name == "countdown"]
        [target] = effect.iter("{*}spTgt")
        assert target.get("spid") == str(ring.shape_id)


def test_the_ring_turns_to_another_colour_when_it_is_full(
    starter_deck: Any, plans: dict[str, plan.Plan]
) -> None:
    for slide, scene in zip(
        list(starter_deck.slides)[4:-1], plans["starter"].questions, strict=True
    ):
        [change] = slide.element.xpath(".//p:animClr")
        [wheel] = slide.element.xpath(".//p:animEffect")
        assert _found(change, ".//a:srgbClr/@val") == [HOUSE.alarm]
        assert _found(change, ".//p:spTgt/@spid") == _found(wheel, ".//p:spTgt/@spid")
        [waits] = _found(change, "ancestor::p:par[2]/p:cTn/p:stCondLst/p:cond/@delay")
        assert waits == str(scene.duration * 1000)
        groups = slide.element.xpath(".//p:bldP/@grpId")
        assert groups == slide.element.xpath(".//p:cTn/@grpId")
        assert not slide.element.xpath(".//p:audio")


def test_the_gong_lies_in_the_deck_once_and_sounds_at_the_end_of_each_ring(
    tmp_path: Path, plans: dict[str, plan.Plan], film: deck.Film, assert_valid_pptx: Any
) -> None:
    _write(tmp_path / "gong.pptx", _ordered(plans["starter"], gong=True), film)

    assert_valid_pptx(tmp_path / "gong.pptx")
    with zipfile.ZipFile(tmp_path / "gong.pptx") as archive:
        [sound] = [name for name in archive.namelist() if name.endswith(".wav")]
        shipped = resources.media() / "sounds" / "gong.wav"
        assert archive.read(sound) == shipped.read_bytes()
        assert len(archive.read(sound)) < 150_000
    slides = list(Presentation(str(tmp_path / "gong.pptx")).slides)[4:-1]
    assert len(slides) == 3
    for slide in slides:
        [audio] = slide.element.xpath(".//p:subTnLst/p:audio")
        [link] = _found(audio, ".//p:sndTgt/@r:embed")
        assert slide.part.related_part(link).partname == f"/{sound}"
        [started] = _found(audio, ".//p:tn/@val")
        [effect] = slide.element.xpath(f".//p:cTn[@id='{started}']")
        assert effect.get("nodeType") == "afterEffect"
        assert _found(effect, ".//p:animClr")


def test_the_gong_is_the_film_s(tmp_path: Path) -> None:
    path = Path(__file__).parents[2] / ".ci" / "sounds"
    made = runpy.run_path(str(path))["gong"]()
    kept = (resources.media() / "sounds" / "gong.wav").read_bytes()

    assert made[:44] == kept[:44]
    apart = [np.frombuffer(wav[44:], "<i2").astype(int) for wav in (made, kept)]
    assert np.abs(apart[0] - apart[1]).max() <= 2  # sines differ in their last digit


def test_a_film_may_wait_for_a_click(
    tmp_path: Path, plans: dict[str, plan.Plan], film: deck.Film, assert_valid_pptx: Any
) -> None:
    pages = _write(tmp_path / "click.pptx", _ordered(plans["starter"], film="click"), film)

    assert_valid_pptx(tmp_path / "click.pptx")
    slide = Presentation(str(tmp_path / "click.pptx")).slides[2]
    [played] = slide.element.xpath(".//p:cTn[p:childTnLst/p:cmd[@cmd='playFrom(0.0)']]")
    assert played.get("nodeType") == "clickEffect"
    assert not slide.element.xpath(".//p:cond[@evt='onBegin']")
    assert slide.element.xpath(".//p:cmd[@cmd='togglePause']")
    said = [_text(box) for box in pages[2].boxes if isinstance(box, boxes.Text)]
    assert "Click to start · captions: Alt+J" in said
    assert any("waits for a click" in _text(box) for box in pages[0].boxes)


def _text(box: boxes.Box) -> str:
    return " ".join(p.text for p in box.paragraphs) if isinstance(box, boxes.Text) else ""


def test_burned_captions_are_said_to_be_in_the_picture(starter: model.Capsule) -> None:
    film = starter.film.model_copy(update={"captions": "burned"})
    burned = plan.make(starter.model_copy(update={"film": film}))
    manual, _title, slide, *_rest = layout.deck_pages(burned, HOUSE, WORDS, None)

    assert "3 min · captions in the picture" in [_text(box) for box in slide.boxes]
    assert any("captions are in the picture" in _text(box) for box in manual.boxes)
    assert not any("Alt+J" in _text(box) for box in (*manual.boxes, *slide.boxes))


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
    _write(tmp_path / "deck.pptx", _ordered(plans["small"], manual=manual), film)

    made = Presentation(str(tmp_path / "deck.pptx"))
    assert made.element.get("firstSlideNum") is None
    assert all(slide.element.get("show") is None for slide in made.slides)
    notes = made.slides[0].notes_slide.notes_text_frame.text
    assert ("F5: start" in notes) == (manual == "notes")
    assert "**" not in notes


def test_the_footer_is_the_centre_s_name_in_its_own_place(starter_deck: Any) -> None:
    layout_, master = starter_deck.slide_layouts[0], starter_deck.slide_master
    for owner in (layout_, master):
        assert owner.element.xpath(".//p:ph[@type='ftr']")
    for slide in starter_deck.slides:
        [footer] = slide.element.xpath(".//p:sp[.//p:ph[@type='ftr']]")
        assert _found(footer, ".//a:t/text()") == ["CNFPT Grenoble"]
        assert _found(footer, ".//a:rPr/@sz")  # Impress sets it in Times otherwise


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


def test_sections_follow_the_parts(folder: Path) -> None:
    with zipfile.ZipFile(folder / "starter.pptx") as archive:
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


def test_nothing_of_the_default_template_is_left(folder: Path) -> None:
    with zipfile.ZipFile(folder / "starter.pptx") as archive:
        names = archive.namelist()
        everything = b"".join(archive.read(name) for name in names if name.endswith(".xml"))
    assert not [name for name in names if "thumbnail" in name or "printerSettings" in name]
    assert len([name for name in names if "slideLayouts/slideLayout" in name]) == 1
    for trace in (b"Steve Canny", b"screen4x3", b'lang="en-US"', b"Macintosh", b"python-pptx"):
        assert trace not in everything


@pytest.mark.parametrize("name", ALL)
def test_the_file_is_sound(name: str, folder: Path, assert_sound: Sound) -> None:
    assert_sound(folder / f"{name}.pptx")


def test_the_same_input_gives_the_same_bytes(
    folder: Path, tmp_path: Path, plans: dict[str, plan.Plan], film: deck.Film
) -> None:
    _write(tmp_path / "again.pptx", plans["starter"], film)

    assert (tmp_path / "again.pptx").read_bytes() == (folder / "starter.pptx").read_bytes()


def test_a_film_without_captions_has_no_track(
    tmp_path: Path, plans: dict[str, plan.Plan], film: deck.Film, assert_sound: Sound
) -> None:
    _write(tmp_path / "plain.pptx", plans["small"], film._replace(captions=None))

    with zipfile.ZipFile(tmp_path / "plain.pptx") as archive:
        assert not [name for name in archive.namelist() if name.endswith(".vtt")]
    assert_sound(tmp_path / "plain.pptx")  # it is silent: there is nothing to caption


def test_a_missing_film_leaves_the_old_deck(
    tmp_path: Path, plans: dict[str, plan.Plan], film: deck.Film
) -> None:
    target = tmp_path / "deck.pptx"
    target.write_bytes(b"old")

    with pytest.raises(FileNotFoundError):
        _write(target, plans["small"], film._replace(path=tmp_path / "none.mp4"))
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_linked_film_is_found_beside_the_deck_wherever_they_go(
    tmp_path: Path, plans: dict[str, plan.Plan], film: deck.Film, assert_sound: Sound
) -> None:
    there = tmp_path / "été & co"
    there.mkdir()
    shutil.copy(film.path, there / "essai-opening.mp4")
    linked = film._replace(path=tmp_path / "essai-opening.mp4", linked=True)
    _write(there / "linked.pptx", plans["small"], linked)
    assert_sound(there / "linked.pptx")

    with zipfile.ZipFile(there / "linked.pptx") as archive:
        assert not [name for name in archive.namelist() if name.endswith(".mp4")]
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    convert = ["soffice", profile, "--headless", "--convert-to", "odp", "--outdir", str(there)]
    subprocess.run([*convert, str(there / "linked.pptx")], check=True, capture_output=True)
    with zipfile.ZipFile(there / "linked.odp") as archive:
        content = archive.read("content.xml").decode()
    [target] = re.findall(r'<draw:plugin xlink:href="([^"]+)"', content)
    # A relative address starts inside the package (ODF 1.2, part 3, 3.7).
    assert Path(os.path.normpath(there / "linked.odp" / target)) == there / "essai-opening.mp4"


@pytest.mark.parametrize("name", ALL)
def test_impress_breaks_every_line_where_the_layout_did(
    name: str, folder: Path, plans: dict[str, plan.Plan]
) -> None:
    pages = layout.deck_pages(plans[name], HOUSE, WORDS, None)
    words = _words(folder / f"{name}.pdf")

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
    name: str, folder: Path, plans: dict[str, plan.Plan]
) -> None:
    """Each is printed where the layout has lines of a text, whose boxes do not overlap."""
    pages = layout.deck_pages(plans[name], HOUSE, WORDS, None)

    for page, (at, printed) in zip(
        pages, enumerate(_words(folder / f"{name}.pdf"), 1), strict=True
    ):
        inks = [_ink(text) for text in _texts(page)]
        for text, left, top, right, bottom in printed:
            middle = (top + bottom) / 2
            assert any(
                x - 0.03 <= left and right <= x + w + 0.03 and y <= middle <= y + h
                for x, y, w, h in inks
            ), (page.id, text, left, top, right, bottom)
        written = "".join(
            str(at) if text.role == "number" else p.text  # Impress counts the manual too
            for text in _texts(page)
            for p in text.paragraphs
        )
        assert _letters("".join(word[0] for word in printed)) == _letters(written), page.id


def _letters(text: str) -> list[str]:
    return sorted(letter for letter in text if letter.isalnum())


def _texts(page: boxes.Page) -> Iterator[boxes.Text]:
    for box in page.boxes:
        if isinstance(box, boxes.Text):
            yield box
        elif isinstance(box, boxes.Countdown):
            yield box.label


def _ink(text: boxes.Text) -> tuple[float, float, float, float]:
    """Left, top, width and height of where the lines of `text` may lie."""
    high = metrics.height(text.paragraphs)
    share = {"top": 0.0, "middle": 0.5, "bottom": 1.0}[text.anchor]
    return text.x, text.y + (text.h - high) * share, text.w, high


def test_an_address_is_broken_without_a_sign(folder: Path) -> None:
    slide = Presentation(str(folder / "endless.pptx")).slides[6]
    [step] = [shape for shape in slide.shapes if shape.name == "text 3"]

    assert step.text_frame.text == (
        "https://formation.example/ressources/capsules/\virritants-du-quotidien/service-accueil"
    )
    assert len(step.text_frame._txBody.xpath(".//a:br/a:rPr/@sz")) == 1


def test_a_word_that_no_line_can_hold_gets_a_hyphen(folder: Path) -> None:
    slide = Presentation(str(folder / "endless.pptx")).slides[6]
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


def test_impress_draws_what_the_film_shows(folder: Path, plans: dict[str, plan.Plan]) -> None:
    """The picture of a question: the ring, the panels and the pills lie where layout says."""
    page = layout.deck_pages(plans["starter"], HOUSE, WORDS, None)[4]
    command = ["pdftoppm", "-png", "-singlefile", "-f", "5", "-l", "5", "-scale-to-x", "960"]
    subprocess.run(
        [*command, "-scale-to-y", "540", folder / "starter.pdf", folder / "question"], check=True
    )
    with Image.open(folder / "question.png") as opened:
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
    folder: Path,
    plans: dict[str, plan.Plan],
    tmp_path: Path,
    held_to_goldens: Callable[[str, Mapping[str, Image.Image], int], None],
) -> None:
    pictures: dict[str, Image.Image] = {}
    for name in plans:
        draw = ["pdftoppm", "-png", "-scale-to-x", "640", "-scale-to-y", "360"]
        subprocess.run([*draw, folder / f"{name}.pdf", tmp_path / name], check=True)
        for number, file in enumerate(sorted(tmp_path.glob(f"{name}-*.png"))):
            with Image.open(file) as picture:
                pictures[f"{name}-{number}"] = picture.convert("RGB")
    held_to_goldens("slides", pictures, 160)


def _pixel(picture: Image.Image, at: tuple[int, int]) -> tuple[int, ...]:
    value = picture.getpixel(at)
    assert isinstance(value, tuple)
    return value


def test_a_question_has_this_structure(folder: Path) -> None:
    slide = Presentation(str(folder / "small.pptx")).slides[4]

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
