"""What is done to a deck that is whole: one harm at a time, to its parts."""

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pptx
from PIL import Image, ImageDraw
from pptx.media import SPEAKER_IMAGE_BYTES

Parts = dict[str, bytes]
Change = Callable[[Parts], None]
FILM, MESSAGE, QUESTION, LAST = (f"ppt/slides/slide{n}.xml" for n in (2, 3, 4, 5))
PRESENTATION, TYPES, CORE = "ppt/presentation.xml", "[Content_Types].xml", "docProps/core.xml"
FILM_RELS, LAST_RELS = (f"ppt/slides/_rels/slide{n}.xml.rels" for n in (2, 5))
SECTION_END = "</p14:sldIdLst></p14:section>"
REL = '<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/%s"'
TEXT = (
    '<p:sp><p:nvSpPr><p:cNvPr id="90" name="added"/><p:cNvSpPr txBox="1"/><p:nvPr/></p:nvSpPr>'
    '<p:spPr><a:xfrm><a:off x="3000000" y="3500000"/><a:ext cx="6000000" cy="600000"/></a:xfrm>'
    '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>%s</p:spPr><p:txBody><a:bodyPr/><a:p><a:r>'
    '<a:rPr lang="fr-FR" sz="1600">%s</a:rPr><a:t>Un texte de plus</a:t></a:r></a:p></p:txBody>'
    "</p:sp>"
)
WHITE = '<a:solidFill><a:srgbClr val="FFFFFF"/></a:solidFill>'
GREY = WHITE.replace("FFFFFF", "808080")
CLEAR = '<a:solidFill><a:srgbClr val="000000"><a:alpha val="30000"/></a:srgbClr></a:solidFill>'
DIM = '<a:solidFill><a:schemeClr val="tx1"><a:lumMod val="50000"/><a:lumOff val="50000"/>'
DIM += "</a:schemeClr></a:solidFill>"
GRADIENT = (
    '<a:gradFill><a:gsLst><a:gs pos="0"><a:srgbClr val="000000"/></a:gs><a:gs pos="100000">'
    '<a:srgbClr val="FFFFFF"/></a:gs></a:gsLst><a:%s/></a:gradFill>'
)
DECORATIVE = (
    '<a:extLst><a:ext uri="{C183D7F6-B498-43B3-948B-1728B52AA6E4}"><adec:decorative'
    ' xmlns:adec="http://schemas.microsoft.com/office/drawing/2017/decorative" val="1"/></a:ext>'
    "</a:extLst>"
)
TABLE = (
    '<p:graphicFrame><p:nvGraphicFramePr><p:cNvPr id="91" name="table" descr="Un tableau"/>'
    "<p:cNvGraphicFramePr/><p:nvPr/></p:nvGraphicFramePr><p:xfrm/><a:graphic><a:graphicData"
    ' uri="http://schemas.openxmlformats.org/drawingml/2006/table"><a:tbl><a:tblPr%s/><a:tblGrid/>'
    "</a:tbl></a:graphicData></a:graphic></p:graphicFrame>"
)


def sub(part: str, old: str, new: str, count: int = 1) -> Change:
    """Replace the regular expression `old` in a part, which must hold it."""

    def change(parts: Parts) -> None:
        text, done = re.subn(old, new, parts[part].decode(), count=count, flags=re.DOTALL)
        assert done, (part, old)
        parts[part] = text.encode()

    return change


def add(part: str, xml: str, end: str = "</p:spTree>") -> Change:
    return sub(part, end, xml.replace("\\", r"\\") + end)


def put(name: str, data: bytes, *, of: str | None = None) -> Change:
    """Add a part, of the content type `of`."""

    def change(parts: Parts) -> None:
        parts[name] = data
        if of:
            add(TYPES, f'<Override PartName="/{name}" ContentType="{of}"/>', "</Types>")(parts)

    return change


def copied(name: str, new: str) -> Change:
    def change(parts: Parts) -> None:
        parts[new] = parts[name]

    return change


def cut(name: str, share: float) -> Change:
    def change(parts: Parts) -> None:
        parts[name] = parts[name][: int(len(parts[name]) * share)]

    return change


def gone(name: str) -> Change:
    def change(parts: Parts) -> None:
        del parts[name]

    return change


def all_of(*changes: Change) -> Change:
    def change(parts: Parts) -> None:
        for one in changes:
            one(parts)

    return change


def backwards(parts: Parts) -> None:
    """Put the texts of the question in the opposite order, over all that has none."""
    text = parts[QUESTION].decode()
    title, *shapes = re.findall(r"<p:sp>.*?</p:sp>", text, re.DOTALL)
    texts = [shape for shape in shapes if "<a:t>" in shape]
    mute = [shape for shape in shapes if "<a:t>" not in shape]
    assert title + "".join(shapes) in text
    turned = "".join([title, *mute, *reversed(texts)])
    parts[QUESTION] = text.replace(title + "".join(shapes), turned).encode()


def photograph(*, dark: bool = False) -> bytes:
    """A picture dark on its left half, bright on the right one."""
    picture = Image.new("RGB", (200, 100), "black")
    if not dark:
        ImageDraw.Draw(picture).rectangle((100, 0, 200, 100), fill="#DDDDDD")
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def over_photograph(*, dark: bool = False) -> Change:
    """White text over a picture."""
    picture = (
        f'<p:pic><p:nvPicPr><p:cNvPr id="92" name="photo" descr="">{DECORATIVE}</p:cNvPr>'
        '<p:cNvPicPr/><p:nvPr/></p:nvPicPr><p:blipFill><a:blip r:embed="rId99"/><a:stretch/>'
        '</p:blipFill><p:spPr><a:xfrm><a:off x="2500000" y="3300000"/><a:ext cx="3000000"'
        ' cy="1000000"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></p:spPr></p:pic>'
    )
    return all_of(
        put("ppt/media/photo.png", photograph(dark=dark)),
        add(LAST_RELS, REL % "relationships/image" + ' Target="../media/photo.png"/>', "</Rel"),
        add(LAST, picture + TEXT % ("<a:noFill/>", WHITE)),
    )


def no_poster(parts: Parts) -> None:
    parts["ppt/media/image1.png"] = SPEAKER_IMAGE_BYTES


def thumbnail(parts: Parts) -> None:
    template = Path(pptx.__file__).parent / "templates" / "default.pptx"
    with zipfile.ZipFile(template) as archive:
        parts["docProps/thumbnail.jpeg"] = archive.read("docProps/thumbnail.jpeg")
    add(TYPES, '<Default Extension="jpeg" ContentType="image/jpeg"/>', "</Types>")(parts)


def media_type(told: str) -> Change:
    return sub(TYPES, r'"mp4" ContentType="video/mp4"', f'"mp4" ContentType="{told}"')
