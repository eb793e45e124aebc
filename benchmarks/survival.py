"""What a PPTX still holds of what was put into it, read from the file itself."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from lxml import etree
from openxml_audit import validate_pptx
from pptx import Presentation
from slides import Slide

_TRACK = "http://schemas.microsoft.com/office/2017/04/relationships/track"
_NAMES = {
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "p": "http://schemas.openxmlformats.org/presentationml/2006/main",
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "p14": "http://schemas.microsoft.com/office/powerpoint/2010/main",
}
_BEST = ("no, not there", "no, a broken picture", "on click", "by itself")
YES, NO = "yes", "no"


class Survey(NamedTuple):
    """A row for each question, answered in a word or by a count."""

    titles: str
    editable: str
    film: str
    poster: str
    captions: str
    notes: str
    described: str
    language: str
    countdowns: str
    sections: str
    faults: str


def survey(deck: Path, slides: list[Slide]) -> Survey:
    """Read `deck`, which was made of `slides`. Raises what python-pptx does for a broken file."""
    read = Presentation(str(deck))
    made = list(read.slides)
    runs = [run for slide in made for run in _found(slide, ".//a:r")]
    tagged = [run for run in runs if _found(run, "./a:rPr[starts-with(@lang, 'fr')]")]
    sections = _found(read.part._element, ".//p14:section")
    faults = validate_pptx(str(deck)).errors
    return Survey(
        titles=f"{sum(map(_titled, made))}/{len(made)}",
        editable=_editable(made, slides),
        film=max(map(_film, made), key=_BEST.index),
        poster=_any(_poster(slide) for slide in made),
        captions=_any(rel.reltype == _TRACK for slide in made for rel in slide.part.rels.values()),
        notes=_noted(made, slides),
        described=_described(made, slides),
        language=f"{len(tagged) / len(runs):.0%}" if runs else "no text",
        countdowns=str(len([e for slide in made for e in _found(slide, ".//p:animEffect")])),
        sections=str(len(sections)),
        faults=str(len(faults)),
    )


def _found(holder: Any, path: str) -> list[Any]:
    element = holder if isinstance(holder, etree._Element) else holder._element
    found: list[Any] = etree._Element.xpath(element, path, namespaces=_NAMES)
    return found


def _any(answers: Iterator[bool]) -> str:
    return YES if any(answers) else NO


def _titled(slide: Any) -> bool:
    title = slide.shapes.title
    return bool(title is not None and title.text_frame.text.strip())


def _words(text: str) -> str:
    """The words of `text` alone: each tool has its own spaces and signs."""
    words = re.findall(r"\w+", text.casefold())
    return f" {' '.join(words)} "


def _editable(made: list[Any], slides: list[Slide]) -> str:
    """How many texts of the source lie whole in one paragraph, where they can be edited."""
    there = [
        _words("".join(piece.text or " " for piece in _found(paragraph, "./a:r/a:t | ./a:br")))
        for slide in made
        for paragraph in _found(slide, ".//a:p")
    ]
    wanted = [_words(text) for slide in slides for text in (slide.title, *slide.texts)]
    whole = [text for text in wanted if any(text in paragraph for paragraph in there)]
    return f"{len(whole)}/{len(wanted)}"


def _film(slide: Any) -> str:
    """How `slide` plays its film; the best of what it holds of one."""
    parts = slide.part
    pictures = [parts.rels[id_] for id_ in _found(slide, ".//a:blip/@r:embed")]
    shapes = _found(slide, ".//p:pic[.//a:videoFile][.//p14:media/@r:embed]/p:nvPicPr/p:cNvPr/@id")
    for shape in shapes:
        aimed = f"[.//p:spTgt[@spid='{shape}']]"
        if _found(slide, f".//p:cTn[@nodeType='afterEffect'][.//p:cmd]{aimed}"):
            return "by itself"
        if _found(slide, f".//p:video{aimed}"):
            return "on click"
    broken = any(picture.target_part.blob[4:8] == b"ftyp" for picture in pictures)
    return "no, a broken picture" if broken else "no, not there"


def _poster(slide: Any) -> bool:
    ids = _found(slide, ".//p:pic[.//a:videoFile]//a:blip/@r:embed")
    return any(slide.part.rels[id_].target_part.blob.startswith(b"\x89PNG") for id_ in ids)


def _noted(made: list[Any], slides: list[Slide]) -> str:
    """How many notes are on a notes page, of those that there were."""
    pages = [
        _words(slide.notes_slide.notes_text_frame.text)
        for slide in made
        if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None
    ]
    wanted = [_words(slide.notes.splitlines()[0]) for slide in slides if slide.notes]
    there = [note for note in wanted if any(note in page for page in pages)]
    return f"{len(there)}/{len(wanted)}"


def _described(made: list[Any], slides: list[Slide]) -> str:
    """Of the film and the pictures, how many are described with half of the words, at least."""
    told = [set(_words(text).split()) for one in made for text in _found(one, ".//p:cNvPr/@descr")]
    wanted = [
        set(_words(text).split()) for one in slides for text in (one.film, one.picture) if text
    ]
    there = [one for one in wanted if any(len(one & other) * 2 >= len(one) for other in told)]
    return f"{len(there)}/{len(wanted)}"


def size(deck: Path) -> int:
    """The file's bytes. Raises BadZipFile when one of its parts is broken."""
    with zipfile.ZipFile(deck) as archive:
        if broken := archive.testzip():
            raise zipfile.BadZipFile(broken)
    return deck.stat().st_size
