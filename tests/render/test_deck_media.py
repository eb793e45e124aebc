"""What plays and moves in a deck: its film, its countdowns, its gong."""

import os
import re
import runpy
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pptx import Presentation

from capsule import layout, model, plan, resources
from capsule.layout import boxes
from capsule.render import deck
from capsule.theme import HOUSE

from .decks import CAPTIONS, WORDS, Deck, Sound, found, ordered, write_deck


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


def test_the_film_and_its_captions_lie_in_the_deck_once(deck_of: Deck, film: deck.Film) -> None:
    with zipfile.ZipFile(deck_of("starter")) as archive:
        media = [name for name in archive.namelist() if name.startswith("ppt/media/")]
        assert [name for name in media if name.endswith(".mp4")] == ["ppt/media/media1.mp4"]
        assert archive.read("ppt/media/media1.mp4") == film.path.read_bytes()
        [track] = [name for name in media if name.endswith(".vtt")]
        assert archive.read(track).decode() == CAPTIONS


def test_a_film_may_wait_for_a_click(
    tmp_path: Path, plans: dict[str, plan.Plan], film: deck.Film, assert_valid_pptx: Any
) -> None:
    pages = write_deck(tmp_path / "click.pptx", ordered(plans["starter"], film="click"), film)

    assert_valid_pptx(tmp_path / "click.pptx")
    slide = Presentation(str(tmp_path / "click.pptx")).slides[2]
    [played] = slide.element.xpath(".//p:cTn[p:childTnLst/p:cmd[@cmd='playFrom(0.0)']]")
    assert played.get("nodeType") == "clickEffect"
    assert not slide.element.xpath(".//p:cond[@evt='onBegin']")
    assert slide.element.xpath(".//p:cmd[@cmd='togglePause']")
    said = [text_of(box) for box in pages[2].boxes if isinstance(box, boxes.Text)]
    assert "Click to start · captions: Alt+J" in said
    assert any("waits for a click" in text_of(box) for box in pages[0].boxes)


def text_of(box: boxes.Box) -> str:
    return " ".join(p.text for p in box.paragraphs) if isinstance(box, boxes.Text) else ""


def test_burned_captions_are_said_to_be_in_the_picture(starter: model.Capsule) -> None:
    film = starter.film.model_copy(update={"captions": "burned"})
    burned = plan.make(starter.model_copy(update={"film": film}))
    manual, _title, slide, *_rest = layout.deck_pages(burned, HOUSE, WORDS, None)

    assert "3 min · captions in the picture" in [text_of(box) for box in slide.boxes]
    assert any("captions are in the picture" in text_of(box) for box in manual.boxes)
    assert not any("Alt+J" in text_of(box) for box in (*manual.boxes, *slide.boxes))


def test_a_film_without_captions_has_no_track(
    tmp_path: Path, plans: dict[str, plan.Plan], film: deck.Film, assert_sound: Sound
) -> None:
    write_deck(tmp_path / "plain.pptx", plans["small"], film._replace(captions=None))

    with zipfile.ZipFile(tmp_path / "plain.pptx") as archive:
        assert not [name for name in archive.namelist() if name.endswith(".vtt")]
    assert_sound(tmp_path / "plain.pptx")  # it is silent: there is nothing to caption


def test_a_missing_film_leaves_the_old_deck(
    tmp_path: Path, plans: dict[str, plan.Plan], film: deck.Film
) -> None:
    target = tmp_path / "deck.pptx"
    target.write_bytes(b"old")

    with pytest.raises(FileNotFoundError):
        write_deck(target, plans["small"], film._replace(path=tmp_path / "none.mp4"))
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_linked_film_is_found_beside_the_deck_wherever_they_go(
    tmp_path: Path, plans: dict[str, plan.Plan], film: deck.Film, assert_sound: Sound
) -> None:
    there = tmp_path / "été & co"
    there.mkdir()
    shutil.copy(film.path, there / "essai-opening.mp4")
    linked = film._replace(path=tmp_path / "essai-opening.mp4", linked=True)
    write_deck(there / "linked.pptx", plans["small"], linked)
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
        assert found(change, ".//a:srgbClr/@val") == [HOUSE.alarm]
        assert found(change, ".//p:spTgt/@spid") == found(wheel, ".//p:spTgt/@spid")
        [waits] = found(change, "ancestor::p:par[2]/p:cTn/p:stCondLst/p:cond/@delay")
        assert waits == str(scene.duration * 1000)
        groups = slide.element.xpath(".//p:bldP/@grpId")
        assert groups == slide.element.xpath(".//p:cTn/@grpId")
        assert not slide.element.xpath(".//p:audio")


def test_the_gong_lies_in_the_deck_once_and_sounds_at_the_end_of_each_ring(
    tmp_path: Path, plans: dict[str, plan.Plan], film: deck.Film, assert_valid_pptx: Any
) -> None:
    write_deck(tmp_path / "gong.pptx", ordered(plans["starter"], gong=True), film)

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
        [link] = found(audio, ".//p:sndTgt/@r:embed")
        assert slide.part.related_part(link).partname == f"/{sound}"
        [started] = found(audio, ".//p:tn/@val")
        [effect] = slide.element.xpath(f".//p:cTn[@id='{started}']")
        assert effect.get("nodeType") == "afterEffect"
        assert found(effect, ".//p:animClr")


def test_the_gong_is_the_film_s() -> None:
    path = Path(__file__).parents[2] / ".ci" / "sounds"
    made = runpy.run_path(str(path))["gong"]()
    kept = (resources.media() / "sounds" / "gong.wav").read_bytes()

    assert made[:44] == kept[:44]
    apart = [np.frombuffer(wav[44:], "<i2").astype(int) for wav in (made, kept)]
    assert np.abs(apart[0] - apart[1]).max() <= 2  # sines differ in their last digit
