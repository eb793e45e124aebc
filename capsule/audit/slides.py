"""Whether the shapes of a slide are whole: numbers, placeholders, pictures."""

from __future__ import annotations

import io
from collections.abc import Iterator

from PIL import Image, UnidentifiedImageError

from capsule.audit.deck import Deck, Page, Shape
from capsule.audit.package import Package, qn
from capsule.audit.rules import Finding, on

_ORPHAN = "4294967295"  # PowerPoint's own mark of a placeholder that its layout does not have
_DRAWN = {"image/svg+xml", "image/x-emf", "image/x-wmf", "image/emf", "image/wmf"}
_SCREENSHOT = 10_000  # pixels a side: more than any camera takes
_FILMS = ((4, b"ftyp", "video/mp4"), (0, b"\x1aE\xdf\xa3", "video/webm"), (8, b"AVI ", "video/avi"))


def findings(deck: Deck) -> Iterator[Finding]:
    """Check the shapes of every slide, and every picture once."""
    for page in deck.slides:
        yield from _numbers(page)
        for shape in page.shapes:
            yield from _placeholder(shape)
            yield from _blip(shape)
    for name in sorted(deck.package.names):
        if name.startswith("ppt/media/") and _broken(deck.package, name):
            yield Finding("picture-broken", part=name)


def film_type(head: bytes) -> str:
    """The type of the film that begins with `head`, or ''."""
    return next((t for at, magic, t in _FILMS if head[at : at + len(magic)] == magic), "")


def head(package: Package, name: str) -> bytes:
    """The first bytes of a part."""
    with package.open(name) as part:
        return part.read(16)


def _numbers(page: Page) -> Iterator[Finding]:
    """Each shape has a number of its own (20.1.2.2.8)."""
    seen: set[str] = set()
    for properties in page.tree.iter(qn("p:cNvPr")):
        id_ = properties.get("id", "")
        if id_ in seen:
            yield Finding(
                "id-twice", page.number, properties.get("name", ""), page.part, {"id": id_}
            )
        seen.add(id_)


def _placeholder(shape: Shape) -> Iterator[Finding]:
    parent = shape.page.parent
    if shape.placeholder is None or parent is None:
        return
    index = shape.placeholder.get("idx", "0")
    if index != _ORPHAN and not shape.models:
        yield on("placeholder-absent", shape, role=shape.role, index=index)


def _blip(shape: Shape) -> Iterator[Finding]:
    """A picture is no film."""
    package = shape.page.package
    for blip in shape.element.iter(qn("a:blip")):
        part = shape.page.target(blip.get(qn("r:embed")))
        told = package.type_of(part) or ""
        if part and (film_type(head(package, part)) or told.startswith(("video/", "audio/"))):
            yield on("picture-film", shape)


def _broken(package: Package, name: str) -> bool:
    """Whether a picture of a kind that Pillow reads cannot be read to its end."""
    told = package.type_of(name) or ""
    if not told.startswith("image/") or told in _DRAWN or film_type(head(package, name)):
        return False
    try:
        with Image.open(io.BytesIO(package.read(name))) as picture:
            if max(picture.size) <= _SCREENSHOT:
                picture.load()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError):
        return True
    return False
