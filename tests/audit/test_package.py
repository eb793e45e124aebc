"""What is no PPTX is told from what is a broken one."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pptx
import pytest
from PIL import Image

from capsule import audit
from capsule.errors import InputError
from capsule.render import deck

OLE = bytes.fromhex("D0CF11E0A1B11AE1") + bytes(504)
TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/x.xml"'
    ' ContentType="application/vnd.openxmlformats-officedocument.%s.main+xml"/></Types>'
)
RELS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
    'relationships/officeDocument" Target="x.xml"/></Relationships>'
)


def zipped(**entries: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, text in entries.items():
            archive.writestr({"types": "[Content_Types].xml", "rels": "_rels/.rels"}[name], text)
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "this is no PPTX"),
        (b"Bonjour", "this is no PPTX"),
        (OLE, "this is no PPTX"),
        (OLE + "PowerPoint Document".encode("utf-16-le"), "of the old format (.ppt)"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "protected by a password"),
        (b"PK\x03\x04" + bytes(100), "damaged or cut short"),
        (zipped(), "this is no PPTX"),
        (zipped(types="<Types"), "damaged or cut short"),
        (zipped(types=TYPES % "presentationml.presentation"), "this is no PPTX"),
        (zipped(types=TYPES % "wordprocessingml.document", rels=RELS), "a text document (Word)"),
        (zipped(types=TYPES % "spreadsheetml.sheet", rels=RELS), "a spreadsheet (Excel)"),
        (zipped(types=TYPES % "presentationml.presentation", rels=RELS), "this is no PPTX"),
    ],
)
def test_what_is_no_pptx_is_told(tmp_path: Path, data: bytes, said: str) -> None:
    path = tmp_path / "deck.pptx"
    path.write_bytes(data)
    with pytest.raises(InputError) as caught:
        audit.inspect(path)
    assert said in str(caught.value)


@pytest.mark.parametrize("share", [0.05, 0.5, 0.99])
def test_a_deck_cut_short_is_told(tmp_path: Path, whole: Path, share: float) -> None:
    data = whole.read_bytes()
    (tmp_path / "cut.pptx").write_bytes(data[: int(share * len(data))])
    with pytest.raises(InputError, match="damaged or cut short"):
        audit.inspect(tmp_path / "cut.pptx")


def test_a_deck_with_a_byte_changed_is_told(tmp_path: Path, whole: Path) -> None:
    data = bytearray(whole.read_bytes())
    with zipfile.ZipFile(whole) as archive:
        place = archive.getinfo("ppt/slides/slide1.xml").header_offset
    data[place + 200] ^= 0xFF
    (tmp_path / "changed.pptx").write_bytes(data)
    with pytest.raises(InputError, match="damaged or cut short"):
        audit.inspect(tmp_path / "changed.pptx")


def test_a_missing_file_and_a_folder_are_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no such file"):
        audit.inspect(tmp_path / "none.pptx")
    with pytest.raises(InputError, match="this is a folder"):
        audit.inspect(tmp_path)


@pytest.mark.parametrize("part", ["slides/slide2.xml", "slideMasters/slideMaster1.xml"])
@pytest.mark.parametrize("old", [' val="', ' x="', ' cx="', ' id="', ' idx="', ' spid="', ' sz="'])
def test_attributes_that_make_no_sense_end_in_no_traceback(
    tmp_path: Path, whole: Path, part: str, old: str
) -> None:
    with zipfile.ZipFile(whole) as archive, zipfile.ZipFile(tmp_path / "x.pptx", "w") as harmed:
        for name in archive.namelist():
            data = archive.read(name)
            if name.endswith(part):
                data = data.replace(old.encode(), old.encode() + b"?")
            harmed.writestr(name, data)
    assert audit.inspect(tmp_path / "x.pptx").slides == audit.inspect(whole).slides


def test_python_pptx_s_own_slides_are_found_wanting(tmp_path: Path) -> None:
    plain = pptx.Presentation()
    slide = plain.slides.add_slide(plain.slide_layouts[5])
    slide.shapes.title.text = "Bonjour"
    picture = io.BytesIO()
    Image.new("RGB", (8, 8)).save(picture, "PNG")
    slide.shapes.add_picture(picture, 0, 0)
    plain.save(str(tmp_path / "plain.pptx"))
    rules = {finding.rule for finding in audit.inspect(tmp_path / "plain.pptx").findings}
    assert rules == {"template-left", "document-title", "language-missing", "alt-file-name"}


def test_burned_captions_need_no_track(
    tmp_path: Path, film: deck.Film, write: Callable[..., None], assert_sound: Callable[..., None]
) -> None:
    write(tmp_path / "burned.pptx", film._replace(captions=None, burned=True))
    assert_sound(tmp_path / "burned.pptx")
