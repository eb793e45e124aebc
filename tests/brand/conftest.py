"""Templates of different making, as bytes."""

import io
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import pptx
import pytest
from PIL import Image

from capsule import brand

Opened = Callable[[str], brand.Template]
FETCHED = Path(__file__).parents[2] / ".cache" / "templates"
PACKAGE, INSIDE = "slidedeckai==8.2.4", "slidedeckai/pptx_templates/Urban_monochrome.pptx"
SHIPPED = Path("/usr/lib/libreoffice/share/template/common/presnt/Midnightblue.otp")
NAMESPACES = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    ' xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
)
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPES = "application/vnd.openxmlformats-officedocument"


def _shape(number: int, kind: str, box: tuple[int, int, int, int], size: int, idx: str = "") -> str:
    """A placeholder as Google Slides writes it: all its formats on itself."""
    x, y, w, h = box
    colour = "lt1" if kind == "sldNum" else "dk1"
    body = '<a:fld id="{00000000-1234-1234-1234-123412341234}" type="slidenum"><a:rPr lang="fr"/>'
    text = f"<a:p>{body}<a:t>‹#›</a:t></a:fld></a:p>" if kind == "sldNum" else "<a:p/>"
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="{number}" name="Google Shape;{number};p1"/>'
        f'<p:cNvSpPr txBox="1"/><p:nvPr><p:ph {idx} type="{kind}"/></p:nvPr></p:nvSpPr><p:spPr>'
        f'<a:xfrm><a:off x="{x}" y="{y}"/><a:ext cx="{w}" cy="{h}"/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></p:spPr><p:txBody>'
        '<a:bodyPr anchorCtr="0" anchor="t" bIns="91425" lIns="91425" spcFirstLastPara="1"'
        ' rIns="91425" wrap="square" tIns="91425"><a:normAutofit/></a:bodyPr><a:lstStyle>'
        f'<a:lvl1pPr lvl="0"><a:buNone/><a:defRPr sz="{size}"><a:solidFill>'
        f'<a:schemeClr val="{colour}"/></a:solidFill></a:defRPr></a:lvl1pPr></a:lstStyle>'
        f"{text}</p:txBody></p:sp>"
    )


def _tree(shapes: str, ground: str = "") -> str:
    return (
        f'<p:cSld%s>{ground}<p:spTree><p:nvGrpSpPr><p:cNvPr id="1" name="Shape 1"/>'
        '<p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr><a:xfrm><a:off x="0" y="0"/>'
        '<a:ext cx="0" cy="0"/><a:chOff x="0" y="0"/><a:chExt cx="0" cy="0"/></a:xfrm>'
        f"</p:grpSpPr>{shapes}</p:spTree></p:cSld>"
    )


TITLE = (311700, 445025, 8520600, 572700)
BODY = (311700, 1152475, 8520600, 3416400)
NUMBER = _shape(9, "sldNum", (8472458, 4663217, 548700, 393600), 1000, 'idx="12"')
LAYOUTS = (
    (
        "TITLE",
        "Title slide",
        'type="title"',
        (
            _shape(10, "ctrTitle", (311708, 744575, 8520600, 2052600), 5200)
            + _shape(11, "subTitle", (311700, 2834125, 8520600, 792600), 2800, 'idx="1"')
        ),
    ),
    (
        "TITLE_AND_BODY",
        "Title and body",
        'type="tx"',
        (_shape(12, "title", TITLE, 2800) + _shape(13, "body", BODY, 1800, 'idx="1"')),
    ),
    ("TITLE_ONLY", "Title only", 'type="titleOnly"', _shape(14, "title", TITLE, 2800)),
)
MAP = " ".join(
    f'{name}="{colour}"'
    for name, colour in {
        **{"bg1": "lt1", "tx1": "dk1", "bg2": "dk2", "tx2": "lt2"},
        **{f"accent{n}": f"accent{n}" for n in range(1, 7)},
        **{"hlink": "hlink", "folHlink": "folHlink"},
    }.items()
)
COLOURS = {
    **{"dk1": "FFFFFF", "lt1": "1A237E", "dk2": "C5CAE9", "lt2": "E8EAF6", "accent1": "FFEB3B"},
    **{"accent2": "4DD0E1", "accent3": "78909C", "accent4": "FFAB40", "accent5": "0097A7"},
    **{"accent6": "EEFF41", "hlink": "0097A7", "folHlink": "0097A7"},
}


def _links(links: Mapping[str, tuple[str, str]]) -> str:
    listed = "".join(
        f'<Relationship Id="{id_}" Type="{RELS}/{kind}" Target="{target}"/>'
        for id_, (kind, target) in links.items()
    )
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'{HEAD}<Relationships xmlns="{space}">{listed}</Relationships>'


def _google() -> bytes:
    """A dark template of 10 x 5.625 inches, as Google Slides writes them: no docProps, no types."""
    numbers = range(1, len(LAYOUTS) + 1)
    listed = "".join(f'<p:sldLayoutId id="{2147483648 + n}" r:id="rId{n}"/>' for n in numbers)
    ground = '<p:bg><p:bgPr><a:solidFill><a:schemeClr val="lt1"/></a:solidFill><a:effectLst/>'
    shapes = _shape(6, "title", TITLE, 2800) + _shape(7, "body", BODY, 1800, 'idx="1"') + NUMBER
    tree = _tree(shapes, f"{ground}</p:bgPr></p:bg>") % ' name="simple-dark"'
    level = '<a:lvl1pPr><a:defRPr sz="1400"><a:latin typeface="Arial"/></a:defRPr></a:lvl1pPr>'
    with zipfile.ZipFile(pptx.__path__[0] + "/templates/default.pptx") as known:
        theme = known.read("ppt/theme/theme1.xml").decode()
    start, end = theme.index("<a:dk1>"), theme.index("</a:clrScheme>")
    colours = "".join(
        f'<a:{name}><a:srgbClr val="{rgb}"/></a:{name}>' for name, rgb in COLOURS.items()
    )
    theme = theme[:start] + colours + theme[end:]
    theme = theme.replace('typeface="Calibri"', 'typeface="Arial"')
    parts = {
        "ppt/presentation.xml": (
            f"{HEAD}<p:presentation {NAMESPACES}><p:sldMasterIdLst>"
            '<p:sldMasterId id="2147483648" r:id="rId1"/></p:sldMasterIdLst>'
            '<p:sldSz cy="5143500" cx="9144000"/><p:notesSz cx="6858000" cy="9144000"/>'
            f"<p:defaultTextStyle>{level}</p:defaultTextStyle></p:presentation>"
        ),
        "ppt/_rels/presentation.xml.rels": _links(
            {"rId1": ("slideMaster", "slideMasters/slideMaster1.xml")}
        ),
        "ppt/slideMasters/slideMaster1.xml": (
            f"{HEAD}<p:sldMaster {NAMESPACES}>{tree}<p:clrMap {MAP}/>"
            f"<p:sldLayoutIdLst>{listed}</p:sldLayoutIdLst><p:txStyles><p:titleStyle>{level}"
            f"</p:titleStyle><p:bodyStyle>{level}</p:bodyStyle><p:otherStyle>{level}"
            "</p:otherStyle></p:txStyles></p:sldMaster>"
        ),
        "ppt/slideMasters/_rels/slideMaster1.xml.rels": _links(
            {
                **{
                    f"rId{n}": ("slideLayout", f"../slideLayouts/slideLayout{n}.xml")
                    for n in numbers
                },
                "rId9": ("theme", "../theme/theme1.xml"),
            }
        ),
        "ppt/theme/theme1.xml": theme,
        "_rels/.rels": _links({"rId1": ("officeDocument", "ppt/presentation.xml")}),
    }
    for n, (name, matching, kind, places) in enumerate(LAYOUTS, 1):
        held = _tree(places + NUMBER) % f' name="{name}"'
        parts[f"ppt/slideLayouts/slideLayout{n}.xml"] = (
            f'{HEAD}<p:sldLayout {NAMESPACES} matchingName="{matching}" {kind}>{held}'
            "<p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr></p:sldLayout>"
        )
        parts[f"ppt/slideLayouts/_rels/slideLayout{n}.xml.rels"] = _links(
            {"rId1": ("slideMaster", "../slideMasters/slideMaster1.xml")}
        )
    kinds = {"slideMasters": "slideMaster", "slideLayouts": "slideLayout", "presentation": ""}
    types = "".join(
        f'<Override PartName="/{name}" ContentType="{TYPES}.presentationml.'
        f'{kinds[key] or "presentation.main"}+xml"/>'
        for name in parts
        for key in kinds
        if f"ppt/{key}" in name and "_rels" not in name
    )
    space = "http://schemas.openxmlformats.org/package/2006/content-types"
    parts["[Content_Types].xml"] = (
        f'{HEAD}<Types xmlns="{space}"><Default ContentType="application/xml" Extension="xml"/>'
        '<Default ContentType="application/vnd.openxmlformats-package.relationships+xml"'
        f' Extension="rels"/><Override PartName="/ppt/theme/theme1.xml"'
        f' ContentType="{TYPES}.theme+xml"/>{types}</Types>'
    )
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return file.getvalue()


def _pictured(file: bytes) -> bytes:
    """`file` with a picture of many shades as its ground."""
    shades = Image.linear_gradient("L").resize((480, 270))
    picture = io.BytesIO()
    Image.merge("RGB", (shades, shades.rotate(180), shades)).save(picture, "PNG")
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(file)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            text = old.read(name).decode()
            if name == "ppt/slideMasters/slideMaster1.xml":
                plain = '<a:solidFill><a:schemeClr val="lt1"/></a:solidFill><a:effectLst/>'
                assert plain in text
                fill = '<a:blipFill><a:blip r:embed="rId10"/><a:stretch><a:fillRect/></a:stretch>'
                text = text.replace(plain, f"{fill}</a:blipFill><a:effectLst/>")
            elif name == "ppt/slideMasters/_rels/slideMaster1.xml.rels":
                link = (
                    f'<Relationship Id="rId10" Type="{RELS}/image" Target="../media/image1.png"/>'
                )
                text = text.replace("</Relationships>", f"{link}</Relationships>")
            elif name == "[Content_Types].xml":
                kind = '<Default ContentType="image/png" Extension="png"/>'
                text = text.replace("<Override", f"{kind}<Override", 1)
            new.writestr(name, text)
        new.writestr("ppt/media/image1.png", picture.getvalue())
    return made.getvalue()


@pytest.fixture(scope="session")
def fetched(once: Callable[[Path, str, Callable[[], None]], None]) -> Path:
    """A folder with what is not ours to keep: a template of PowerPoint 365's, one of LibreOffice's.

    The first comes in a package of PyPI; LibreOffice saves the second, which it ships, as PPTX.
    """

    def fetch() -> None:
        pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(FETCHED)]
        subprocess.run([*pip, PACKAGE], check=True)
        [wheel] = FETCHED.glob("slidedeckai-*.whl")
        with zipfile.ZipFile(wheel) as package:
            (FETCHED / "office365.pptx").write_bytes(package.read(INSIDE))
        wheel.unlink()
        office = [
            "soffice",
            f"-env:UserInstallation={(FETCHED / 'profile').as_uri()}",
            "--headless",
        ]
        saved = ["--convert-to", "pptx", "--outdir", str(FETCHED), str(SHIPPED)]
        subprocess.run([*office, *saved], check=True, capture_output=True)
        shutil.rmtree(FETCHED / "profile")

    FETCHED.mkdir(parents=True, exist_ok=True)
    once(FETCHED, f"{PACKAGE} {SHIPPED.stat().st_size}", fetch)
    return FETCHED


@pytest.fixture(scope="session")
def templates(fetched: Path) -> dict[str, bytes]:
    """Templates by who made them."""
    return {
        "powerpoint": Path(pptx.__path__[0], "templates", "default.pptx").read_bytes(),
        "office365": (fetched / "office365.pptx").read_bytes(),
        "libreoffice": (fetched / "Midnightblue.pptx").read_bytes(),
        "google": _google(),
        "picture": _pictured(_google()),
    }


@pytest.fixture(scope="session")
def opened(templates: dict[str, bytes]) -> Opened:
    """The templates as they are read, once each: there are more than `brand.opened` keeps."""
    return cache(lambda name: brand.opened(templates[name]))
