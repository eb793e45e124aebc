"""Pages as an editable PPTX: real text, native shapes, the film inside, notes.

Only this package imports pptx. `blank` is the house's empty deck, `drawing` places boxes,
`markup` holds what python-pptx has no words for.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from pptx.opc.constants import RELATIONSHIP_TYPE as RT
from pptx.opc.package import Part
from pptx.opc.packuri import PackURI
from pptx.oxml import parse_xml

from capsule import resources
from capsule.activity import identifier
from capsule.brand import Template
from capsule.files import write_zip
from capsule.layout.boxes import Countdown, Movie, Page
from capsule.render.deck import markup, template
from capsule.render.deck.blank import blank, tagged
from capsule.render.deck.drawing import Drawing
from capsule.theme import Theme


class Film(NamedTuple):
    """What a `Movie` box plays: an MP4, how long it lasts, a PNG of it, its captions (WebVTT).

    `linked`: the deck does not hold the film, and plays the file of that name beside it.
    `burned`: its captions are part of its pictures.
    """

    path: Path
    seconds: int
    poster: bytes
    captions: str | None = None
    linked: bool = False
    burned: bool = False


def write(
    target: Path,
    pages: Sequence[Page],
    theme: Theme,
    film: Film,
    *,
    title: str,
    author: str,
    parts: Mapping[str, str],
    brand: Template | None = None,
) -> None:
    """Write `pages` to `target` as a PPTX, whole or not at all; the same input, the same bytes.

    `parts` names the parts (id → name), which become the deck's sections. `brand` is the
    centre's template, whose layouts the slides take. Raises OSError when the film, a picture or
    the target cannot be read or written.
    """
    language = tagged(pages[0].language)
    if brand:
        presentation = template.opened(brand, language, title=title, author=author)
    else:
        presentation = blank(theme, language, title=title, author=author)
    if pages[0].hidden:  # and takes no number: the next one is the first
        presentation.element.set("firstSlideNum", "0")
    gong = _gong(presentation)
    for page in pages:
        drawing = (
            template.Branded(presentation, page, theme, language, brand)
            if brand
            else Drawing(
                presentation.slides.add_slide(presentation.slide_layouts[0]), theme, language
            )
        )
        _fill(drawing, page, film, gong)
        _note(drawing.slide, page.notes, language)
    _list_notes_master(presentation, language)
    _section(presentation, pages, parts)
    draft = io.BytesIO()
    presentation.save(draft)
    with zipfile.ZipFile(draft) as archive:
        entries: dict[str, bytes | Path] = {name: archive.read(name) for name in archive.namelist()}
    for name in entries:
        if name.endswith(".mp4"):  # empty so far: a long film is not taken into memory
            entries[name] = film.path
    write_zip(target, entries)


def _gong(presentation: Any) -> Part:
    """The sound of a gong, which is in the deck once if slides refer to it."""
    sound = (resources.media() / "sounds" / "gong.wav").read_bytes()
    return Part(PackURI("/ppt/media/gong.wav"), "audio/x-wav", presentation.part.package, sound)


def _fill(drawing: Drawing, page: Page, film: Film, gong: Part) -> None:
    """Draw `page`: what is read first lies at the back, and titles are read first."""
    slide = drawing.slide
    if page.hidden:
        slide.element.set("show", "0")
    drawing.ground(page.ground)
    for box in page.boxes:
        match box:
            case Movie():
                movie = drawing.movie(box, film.poster)
                if film.linked:
                    drawing.link(movie, film.path.name)
                _play(slide, movie, film, tagged(page.language), by_itself=box.starts == "auto")
            case Countdown():
                ring = drawing.countdown(box)
                sound = slide.part.relate_to(gong, RT.AUDIO) if box.gong else None
                timing = markup.countdown(ring.shape_id, box.seconds, box.close, sound)
                slide.element.append(parse_xml(timing))
            case _:
                drawing.box(box)
    drawing.finish()
    [colours] = slide.element.xpath("./p:clrMapOvr")
    colours.addnext(parse_xml(markup.TRANSITION))


def _note(slide: Any, notes: str, language: str) -> None:
    if notes:
        slide.notes_slide.notes_text_frame.text = notes
        _speak(slide.notes_slide.element, language)


def _play(slide: Any, movie: Any, film: Film, language: str, *, by_itself: bool) -> None:
    """Have `movie` start with its slide or a click, and give it its caption track."""
    if film.burned:
        movie._element.nvPicPr.cNvPr.append(parse_xml(markup.BURNED))
    [own] = slide.element.xpath("./p:timing")  # python-pptx's, which only a click on it starts
    timing = markup.played(movie.shape_id, film.seconds, by_itself=by_itself)
    slide.element.replace(own, parse_xml(timing))
    if film.captions:
        package = slide.part.package
        name = package.next_partname("/ppt/media/captions%d.vtt")
        track = Part(name, markup.VTT_TYPE, package, film.captions.encode())
        link = slide.part.relate_to(track, markup.VTT_LINK)
        [media] = movie._element.xpath(".//*[local-name()='media']")
        guid = identifier("captions").upper()
        media.append(parse_xml(markup.captions(link, guid, language)))


def _list_notes_master(presentation: Any, language: str) -> None:
    """Make the notes master known to the presentation, which python-pptx forgets."""
    for rel in presentation.part.rels.values():
        if rel.reltype == RT.NOTES_MASTER:
            if not presentation.element.xpath("./p:notesMasterIdLst"):
                known = parse_xml(markup.notes_master(rel.rId))
                presentation.element.sldMasterIdLst.addnext(known)
            _speak(rel.target_part._element, language)


def _speak(element: Any, language: str) -> None:
    """Tell the language of every text under `element`."""
    for run in element.xpath(".//a:r"):
        run.get_or_add_rPr()
    for properties in element.xpath(".//a:rPr | .//a:endParaRPr | .//a:defRPr[@lang]"):
        properties.set("lang", language)


def _section(presentation: Any, pages: Sequence[Page], parts: Mapping[str, str]) -> None:
    """One section a part, and one for the manual; a page of no part opens the next section."""
    owners: list[str] = []
    for page in reversed(pages):
        owners.insert(0, page.part or owners[0])
    slides: dict[str, list[int]] = {}
    for part, slide in zip(owners, presentation.slides, strict=True):
        slides.setdefault(parts[part], []).append(slide.slide_id)
    guids = {name: identifier("section", name).upper() for name in slides}
    presentation.element.append(parse_xml(markup.sections(slides, guids)))
