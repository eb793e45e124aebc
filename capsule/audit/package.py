"""A PPTX file as its parts: the Open Packaging Conventions (ECMA-376, part 2), read leniently.

Broken files are read as far as they can be, so nothing here repairs or refuses what a later
check can name. Only what is no PPTX at all is refused.
"""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator
from functools import cached_property
from gettext import gettext as _
from pathlib import Path
from typing import IO, Any, NamedTuple
from urllib.parse import unquote

from lxml import etree

from capsule.errors import InputError, Problem
from capsule.files import DAMAGE

NS = {
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "p": "http://schemas.openxmlformats.org/presentationml/2006/main",
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
    "p14": "http://schemas.microsoft.com/office/powerpoint/2010/main",
    "p173": "http://schemas.microsoft.com/office/powerpoint/2017/3/main",
    "adec": "http://schemas.microsoft.com/office/drawing/2017/decorative",
    "dc": "http://purl.org/dc/elements/1.1/",
    "cp": "http://schemas.openxmlformats.org/package/2006/metadata/core-properties",
}
_STRICT = {
    b"http://purl.oclc.org/ooxml/presentationml/main": NS["p"].encode(),
    b"http://purl.oclc.org/ooxml/drawingml/main": NS["a"].encode(),
    b"http://purl.oclc.org/ooxml/officeDocument/relationships": NS["r"].encode(),
}
_TYPES = "[Content_Types].xml"
_PRESENTATIONS = {
    f"application/vnd.{kind}.main+xml"
    for kind in (
        "openxmlformats-officedocument.presentationml.presentation",
        "openxmlformats-officedocument.presentationml.slideshow",
        "openxmlformats-officedocument.presentationml.template",
    )
} | {
    f"application/vnd.ms-powerpoint.{kind}.macroEnabled.main+xml"
    for kind in ("presentation", "slideshow", "template")
}
_DAMAGE = (*DAMAGE, etree.XMLSyntaxError)
_PARSER = etree.XMLParser(
    resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True
)


def qn(name: str) -> str:
    """`prefix:name` as lxml names it."""
    prefix, local = name.split(":")
    return f"{{{NS[prefix]}}}{local}"


def number(element: Any, name: str, otherwise: float = 0) -> float:
    """The attribute `name` as a number; `otherwise` when there is none, or no element."""
    try:
        return float(element.get(name, otherwise))
    except (AttributeError, ValueError):
        return otherwise


class Rel(NamedTuple):
    """A relationship of a part; `kind` is the last word of its type, `target` a part or a URL."""

    id: str
    type: str
    target: str
    external: bool

    @property
    def kind(self) -> str:
        """What the target is for the source: slide, image, video..."""
        return self.type.rsplit("/", 1)[-1]


class Package:
    """An open PPTX. Part names are without the leading slash."""

    def __init__(self, path: Path) -> None:
        """Open `path`; raises InputError when it is no PPTX, saying what it seems to be."""
        self.path = path
        try:
            self._zip = zipfile.ZipFile(path)
            self.names = frozenset(n for n in self._zip.namelist() if not n.endswith("/"))
            self.defaults, self.overrides = self._types()
        except FileNotFoundError:
            raise _refused(path, _("there is no such file"), _("check its name")) from None
        except IsADirectoryError:
            raise _refused(path, _("this is a folder"), _("name a PPTX file")) from None
        except _DAMAGE:
            raise _refused(path, *_looks_like(path)) from None
        if _TYPES not in self.names:
            raise _refused(path, *_no_pptx())
        self.main = self._main()

    def close(self) -> None:
        """Close the file."""
        self._zip.close()

    def read(self, name: str) -> bytes:
        """The bytes of a part; raises InputError when the archive is damaged there."""
        try:
            return self._zip.read(name)
        except _DAMAGE:
            raise _refused(self.path, *_cut()) from None

    def open(self, name: str) -> IO[bytes]:
        """A part as a file to read from, for what is too big to hold."""
        return self._zip.open(name)

    def print_of(self, name: str) -> tuple[int, int]:
        """What equal parts share: checksum and size, known without reading them."""
        info = self._zip.getinfo(name)
        return info.CRC, info.file_size

    def type_of(self, name: str) -> str | None:
        """The content type of a part, or None when the package tells none."""
        extension = name.rsplit(".", 1)[-1].lower()
        return self.overrides.get(name) or self.defaults.get(extension)

    def tree(self, name: str) -> Any:
        """The root element of a part, or None when it is missing or is no XML."""
        if name not in self._trees:
            self._trees[name] = self._parsed(name)
        return self._trees[name]

    def rels(self, name: str) -> dict[str, Rel]:
        """The relationships of a part (of the package for ''), by id."""
        if name not in self._rels:
            self._rels[name] = {rel.id: rel for rel in self._related(name)}
        return self._rels[name]

    def related(self, name: str, kind: str) -> list[str]:
        """The parts that `name` relates to as `kind`, and that are there."""
        rels = self.rels(name).values()
        return [r.target for r in rels if r.kind == kind and r.target in self.names]

    @cached_property
    def _trees(self) -> dict[str, Any]:
        return {}

    @cached_property
    def _rels(self) -> dict[str, dict[str, Rel]]:
        return {}

    def _parsed(self, name: str) -> Any:
        if name not in self.names:
            return None
        data = self.read(name)
        for strict, transitional in _STRICT.items():
            data = data.replace(strict, transitional)
        try:
            root = etree.fromstring(data, _PARSER)
        except etree.XMLSyntaxError:
            return None
        for alternate in list(root.iter(qn("mc:AlternateContent"))):
            _choose(alternate)
        return root

    def _types(self) -> tuple[dict[str, str], dict[str, str]]:
        root = etree.fromstring(self._zip.read(_TYPES), _PARSER) if _TYPES in self.names else ()
        defaults, overrides = {}, {}
        for element in root:
            told = element.get("ContentType", "")
            if element.get("Extension"):
                defaults[element.get("Extension").lower()] = told
            elif element.get("PartName"):
                overrides[element.get("PartName").lstrip("/")] = told
        return defaults, overrides

    def _main(self) -> str:
        for rel in self.rels("").values():
            if rel.kind != "officeDocument":
                continue
            told = self.type_of(rel.target) or ""
            if told not in _PRESENTATIONS and told:
                raise _refused(self.path, *_another(told))
            if self.tree(rel.target) is not None:
                return rel.target
        raise _refused(self.path, *_no_pptx())

    def _related(self, name: str) -> Iterator[Rel]:
        folder, file = posixpath.split(name)
        root = self.tree(posixpath.join(folder, "_rels", f"{file}.rels"))
        for element in root if root is not None else ():
            target = element.get("Target") or ""
            external = element.get("TargetMode") == "External"
            if not external:
                target = posixpath.normpath(posixpath.join("/", folder, unquote(target)))[1:]
            yield Rel(element.get("Id") or "", element.get("Type") or "", target, external)


def _choose(alternate: Any) -> None:
    """Put what today's PowerPoint reads, the first choice, in the place of the alternatives."""
    parent = alternate.getparent()
    chosen = alternate.find("mc:Choice", NS)
    if chosen is None:
        chosen = alternate.find("mc:Fallback", NS)
    if parent is None:
        return
    at = parent.index(alternate)
    parent[at : at + 1] = list(chosen) if chosen is not None else []


def _refused(path: Path, what: str, remedy: str) -> InputError:
    return InputError([Problem(path, 0, 0, what, remedy)])


def _no_pptx() -> tuple[str, str]:
    return _("this is no PPTX"), _("save the slides as a PowerPoint presentation (.pptx)")


def _cut() -> tuple[str, str]:
    return (
        _("the file is damaged or cut short"),
        _("copy it again, or have PowerPoint repair it"),
    )


def _another(told: str) -> tuple[str, str]:
    kinds = {
        "wordprocessingml": _("this is a text document (Word)"),
        "spreadsheetml": _("this is a spreadsheet (Excel)"),
    }
    named = [text for kind, text in kinds.items() if kind in told]
    return (named[0], _("name a PPTX file")) if named else _no_pptx()


def _looks_like(path: Path) -> tuple[str, str]:
    """What a file that is no whole zip may be, by its first bytes (MS-CFB 2.2 for the old ones)."""
    data = path.read_bytes()
    if data.startswith(b"PK"):
        return _cut()
    if data.startswith(bytes.fromhex("D0CF11E0A1B11AE1")):
        if "EncryptedPackage".encode("utf-16-le") in data:
            return _("the file is protected by a password"), _("remove the password, then check it")
        if "PowerPoint Document".encode("utf-16-le") in data:
            return (
                _("this is a presentation of the old format (.ppt)"),
                _("open it in PowerPoint or LibreOffice and save it as .pptx"),
            )
    return _no_pptx()
