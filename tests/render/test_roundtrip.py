"""A deck that LibreOffice has opened and saved again, as a colleague without PowerPoint does."""

import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from pptx import Presentation

SMALL = Path(__file__).parents[1] / "capsules" / "small"
PPTX = "pptx:Impress MS PowerPoint 2007 XML"


class Trip(NamedTuple):
    """The deck before and after, and the pages that LibreOffice prints of the latter."""

    left: Path
    back: Path
    pages: int


@pytest.fixture(scope="module")
def trip(tmp_path_factory: pytest.TempPathFactory) -> Trip:
    folder = tmp_path_factory.mktemp("aller retour")
    build = ["-m", "capsule", "build", str(SMALL), "--only", "deck", "--size", "720p"]
    subprocess.run([sys.executable, *build, "-o", str(folder)], check=True, capture_output=True)
    left, back = folder / "essai.pptx", folder / "back" / "essai.pptx"
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    for form, file in ((PPTX, left), ("pdf", back)):
        convert = ["soffice", profile, "--headless", "--convert-to", form, str(file)]
        subprocess.run([*convert, "--outdir", str(back.parent)], check=True, capture_output=True)
    printed = subprocess.run(
        ["pdfinfo", str(back.with_suffix(".pdf"))], check=True, capture_output=True, text=True
    )
    [pages] = re.findall(r"^Pages: +(\d+)$", printed.stdout, re.MULTILINE)
    return Trip(left, back, int(pages))


def slides(deck: Path) -> list[Any]:
    return list(Presentation(str(deck)).slides)


def described(slide: Any) -> list[str]:
    """What is said of the film and of pictures; LibreOffice drops what is said of shapes."""
    return sorted(filter(None, slide.element.xpath(".//p:pic/p:nvPicPr/p:cNvPr/@descr")))


def played(slide: Any) -> list[str]:
    """The ids of what begins to play by itself."""
    started = slide.element.xpath(".//p:cTn[@nodeType='afterEffect']//p:cmd")
    return [target.get("spid") for command in started for target in command.iter("{*}spTgt")]


def test_it_opens_with_as_many_slides(trip: Trip) -> None:
    shown = [slide for slide in slides(trip.left) if slide.element.get("show") != "0"]
    assert len(slides(trip.back)) == len(slides(trip.left))
    assert trip.pages == len(shown) > 0


def test_titles_and_notes_are_the_same(trip: Trip) -> None:
    for before, after in zip(slides(trip.left), slides(trip.back), strict=True):
        assert after.shapes.title.text_frame.text == before.shapes.title.text_frame.text
        told = before.notes_slide.notes_text_frame.text
        assert told
        assert after.notes_slide.notes_text_frame.text == told


def test_descriptions_of_the_film_and_pictures_are_the_same(trip: Trip) -> None:
    kept = [described(slide) for slide in slides(trip.back)]
    assert kept == [described(slide) for slide in slides(trip.left)]
    assert sum(map(len, kept)) == 2  # the film, the QR code


def test_the_film_is_there_byte_for_byte_and_still_starts_by_itself(trip: Trip) -> None:
    films = []
    for deck in (trip.left, trip.back):
        with zipfile.ZipFile(deck) as archive:
            names = [name for name in archive.namelist() if name.endswith(".mp4")]
            films.append([archive.read(name) for name in names])
    assert len(films[0]) == 1
    assert films[1] == films[0]
    [ours] = [slide for slide in slides(trip.back) if slide.element.xpath(".//a:videoFile")]
    [movie] = ours.element.xpath(".//p:pic[.//a:videoFile]//p:cNvPr/@id")
    assert played(ours) == [movie]


def test_countdowns_still_turn(trip: Trip) -> None:
    wheels = [
        [
            slide.element.xpath("count(.//p:animEffect[@filter='wheel(1)'])")
            for slide in slides(deck)
        ]
        for deck in (trip.left, trip.back)
    ]
    assert wheels[0] == wheels[1]
    assert sum(wheels[0]) > 0
