"""A centre's own file: what is taken of it, what is left, what is refused."""

import io
import re
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from pptx import Presentation
from pptx.util import Emu

from capsule import brand, look, shades
from capsule.brand import cutting
from capsule.model import Look

from .conftest import Opened

NAMES = ("powerpoint", "office365", "libreoffice", "google", "picture")


def _rewritten(file: bytes, change: Callable[[str, str], str]) -> bytes:
    """`file` with the XML of its parts as `change` (name, text) says."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(file)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            blob = old.read(name)
            text = name.endswith((".xml", ".rels"))
            new.writestr(name, change(name, blob.decode()) if text else blob)
    return made.getvalue()


def _peopled(file: bytes) -> bytes:
    """`file` with slides of its own, their notes, a section and a custom show."""
    presentation = Presentation(io.BytesIO(file))
    for layout in list(presentation.slide_layouts)[:2]:
        slide = presentation.slides.add_slide(layout)
        slide.shapes.title.text_frame.text = "Confidentiel"
        slide.notes_slide.notes_text_frame.text = "Confidentiel aussi"
    made = io.BytesIO()
    presentation.save(made)
    section = (
        '<p:extLst><p:ext uri="{521415D9-36F7-43E2-AB2F-B90AF26B5E84}"><p14:sectionLst'
        ' xmlns:p14="http://schemas.microsoft.com/office/powerpoint/2010/main"><p14:section'
        ' name="Confidentiel" id="{AAAAAAAA-0000-0000-0000-000000000000}"><p14:sldIdLst/>'
        "</p14:section></p14:sectionLst></p:ext></p:extLst></p:presentation>"
    )
    return _rewritten(
        made.getvalue(),
        lambda name, text: (
            text.replace("</p:presentation>", section) if name == "ppt/presentation.xml" else text
        ),
    )


@pytest.mark.parametrize("name", NAMES)
def test_its_width_is_the_deck_s_and_its_colours_can_be_read(name: str, opened: Opened) -> None:
    found = opened(name)
    presentation = Presentation(io.BytesIO(found.file))
    ground = found.ground

    assert presentation.slide_width == 12192000
    assert presentation.slide_height == pytest.approx(found.stage.pages.height * 914400, abs=1)
    theme = look.theme(Look(), None, ground)
    for colour in (theme.text, theme.soft, theme.intro, theme.message, theme.debrief):
        for under in (theme.ground, theme.card):
            assert shades.contrast(colour, under) >= 4.5
    for colour in (theme.accent, theme.white, theme.soft_on_ink):
        assert shades.contrast(colour, theme.ink) >= 4.5


def test_what_is_taken_of_each(opened: Opened) -> None:
    found = {name: opened(name) for name in NAMES}

    assert {name: one.ground.mode for name, one in found.items()} == {
        "powerpoint": "light",
        "office365": "light",
        "libreoffice": "light",
        "google": "dark",
        "picture": "dark",
    }
    assert found["google"].ground.ground == "1A237E"
    assert found["google"].ground.colours["intro"] == "FFEB3B"
    assert found["office365"].font == "Franklin Gothic Book"
    assert found["google"].stage.typeface.wider == 1  # Arial is measured
    assert found["office365"].stage.typeface.wider > 1
    assert [one.stage.pages.height for one in found.values()] == pytest.approx(
        [10, 7.5, 7.5, 7.5, 7.5], abs=0.01
    )


def test_a_4_3_template_grows_with_its_texts(opened: Opened) -> None:
    title = opened("powerpoint").stage.pages.title

    assert title
    assert title.size == pytest.approx(44 * 4 / 3, abs=0.1)
    assert title.w == pytest.approx((8229600 / 914400) * 4 / 3 - 0.2 * 4 / 3, abs=0.1)


@pytest.mark.parametrize("name", NAMES)
def test_contents_lie_under_the_title_and_above_the_footers(name: str, opened: Opened) -> None:
    pages = opened(name).stage.pages

    assert pages.title
    assert pages.title.y + pages.title.h <= pages.top < pages.bottom < pages.foot
    assert pages.foot + 0.36 < pages.height
    assert pages.room >= 9
    assert pages.bottom - pages.top >= 3


def test_nothing_of_its_slides_stays(templates: dict[str, bytes]) -> None:
    found = brand.opened(_peopled(templates["powerpoint"]))

    with zipfile.ZipFile(io.BytesIO(found.file)) as archive:
        names = archive.namelist()
        everything = b"".join(archive.read(name) for name in names)
    assert b"Confidentiel" in _everything(_peopled(templates["powerpoint"]))
    assert b"Confidentiel" not in everything
    assert not [name for name in names if "slides/" in name.lower()]
    assert not [name for name in names if re.search("thumbnail|printer|docProps", name)]


def _everything(file: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        return b"".join(archive.read(name) for name in archive.namelist())


@pytest.mark.parametrize(
    "kind",
    [
        "vnd.openxmlformats-officedocument.presentationml.template.main+xml",
        "vnd.ms-powerpoint.presentation.macroEnabled.main+xml",
        "vnd.ms-powerpoint.template.macroEnabled.main+xml",
    ],
)
def test_a_potx_or_one_with_macros_serves_too(kind: str, templates: dict[str, bytes]) -> None:
    usual = "vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"
    file = _rewritten(templates["office365"], lambda _name, text: text.replace(usual, kind))

    presentation = Presentation(io.BytesIO(brand.opened(file).file))

    assert len(presentation.slides) == 0


def test_a_layout_that_is_missing_is_named(templates: dict[str, bytes]) -> None:
    def bare(name: str, text: str) -> str:
        """No layout has a place for a title."""
        if "slideLayouts/slideLayout" not in name:
            return text
        return re.sub(r'type="(ctrTitle|title)"', 'type="pic"', text)

    with pytest.raises(brand.MissingError, match="first slide") as raised:
        brand.opened(_rewritten(templates["google"], bare))
    assert '"TITLE_ONLY"' in raised.value.remedy

    with pytest.raises(brand.MissingError, match='"Garde"') as raised:
        brand.opened(templates["google"], (("title", "Garde"),))
    assert raised.value.key == "title"


def test_a_layout_can_be_named(templates: dict[str, bytes], opened: Opened) -> None:
    found = brand.opened(templates["google"], (("content", "title AND body"),))

    assert found.parts["content"] == "ppt/slideLayouts/slideLayout2.xml"
    assert opened("google").parts["content"] == "ppt/slideLayouts/slideLayout3.xml"


def _sized(file: bytes, wide: int, high: int) -> bytes:
    presentation = Presentation(io.BytesIO(file))
    presentation.slide_width, presentation.slide_height = Emu(wide), Emu(high)
    made = io.BytesIO()
    presentation.save(made)
    return made.getvalue()


def _broken(file: bytes) -> dict[str, tuple[bytes, str]]:
    plain = io.BytesIO()
    with zipfile.ZipFile(plain, "w") as archive:
        archive.writestr("content.xml", "<odp/>")
    ole = bytes.fromhex("D0CF11E0A1B11AE1")
    return {
        "portrait": (_sized(file, 6858000, 9144000), "measure 19.1 x 25.4 cm"),
        "cut": (file[:9000], "cannot be read"),
        "text": (b"Bonjour", "cannot be read"),
        "odp": (plain.getvalue(), "not a PowerPoint file"),
        "locked": (ole + "EncryptionInfo".encode("utf-16-le"), "password"),
        "old": (ole, "PowerPoint 2003"),
    }


@pytest.mark.parametrize("fault", ["portrait", "cut", "text", "odp", "locked", "old"])
def test_what_cannot_serve_is_told(fault: str, templates: dict[str, bytes]) -> None:
    file, said = _broken(templates["powerpoint"])[fault]

    with pytest.raises(brand.TemplateError) as raised:
        brand.opened(file)
    assert said in raised.value.what
    assert raised.value.remedy


def test_what_is_cut_down_is_a_whole_package(templates: dict[str, bytes]) -> None:
    held = cutting.opened(_peopled(templates["powerpoint"]))

    led: set[Any] = {link.target for links in held.links.values() for link in links.values()}
    assert set(held.blobs) == {*led, held.main}
