"""The parts of a PPTX, PPTM, POTX or POTM (ECMA-376, part 2), read and written."""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from gettext import gettext as _
from typing import Any, NamedTuple

from lxml import etree

from capsule.files import DAMAGE

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
NAMES = {
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "p": "http://schemas.openxmlformats.org/presentationml/2006/main",
    "r": OFFICE,
    "p14": "http://schemas.microsoft.com/office/powerpoint/2010/main",
}
MAIN = "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"
_STRICT = b"http://purl.oclc.org/ooxml/"
_OLE = bytes.fromhex("D0CF11E0A1B11AE1")  # a compound file: an old or a protected document
_LARGEST = 400_000_000  # bytes unpacked; more is no template
_EPOCH = (1980, 1, 1, 0, 0, 0)


class TemplateError(Exception):
    """A file that can't serve as a template: what is wrong with it, what to do about it."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what)
        self.what, self.remedy = what, remedy


class Link(NamedTuple):
    """A relationship: its kind (the last word of its type), its whole type, and what it leads to.

    `target` is a part's name, or an address if `external`.
    """

    kind: str
    type: str
    target: str
    external: bool


@dataclass
class Package:
    """Parts by name (without the first slash), their types and relationships."""

    blobs: dict[str, bytes]
    types: dict[str, str]
    links: dict[str, dict[str, Link]]
    main: str
    _trees: dict[str, Any] = field(default_factory=dict)

    def tree(self, name: str) -> Any:
        """The XML of a part; what is changed in it is saved. Raises TemplateError."""
        if name not in self._trees:
            self._trees[name] = _parsed(self.blobs.get(name, b""))
        return self._trees[name]

    def related(self, name: str, kind: str) -> list[str]:
        """The parts to which a part has relationships of a `kind`, in their order."""
        links = self.links.get(name, {}).values()
        return [link.target for link in links if link.kind == kind and not link.external]

    def part(self, name: str, link: str | None) -> str | None:
        """The part that the relationship `link` of a part leads to, if it is there."""
        found = self.links.get(name, {}).get(link or "")
        return found.target if found and found.target in self.blobs else None

    def saved(self) -> bytes:
        """The package as a file; the same package, the same bytes."""
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, blob in self._entries():
                archive.writestr(zipfile.ZipInfo(name, _EPOCH), blob, zipfile.ZIP_DEFLATED)
        return file.getvalue()

    def _entries(self) -> Iterator[tuple[str, bytes]]:
        root = {"rId1": Link("officeDocument", f"{OFFICE}/officeDocument", self.main, False)}
        yield "[Content_Types].xml", self._content_types()
        yield "_rels/.rels", _relationships("", root)
        for name, blob in self.blobs.items():
            tree = self._trees.get(name)
            yield name, blob if tree is None else written(tree)
            if links := self.links.get(name):
                yield _beside(name), _relationships(name, links)

    def _content_types(self) -> bytes:
        top = etree.Element(f"{{{_TYPES}}}Types", nsmap={None: _TYPES})
        for ending, kind in (
            ("rels", "application/vnd.openxmlformats-package.relationships+xml"),
            ("xml", "application/xml"),
        ):
            etree.SubElement(top, f"{{{_TYPES}}}Default", Extension=ending, ContentType=kind)
        for name in self.blobs:
            kind = self.types[name]
            etree.SubElement(top, f"{{{_TYPES}}}Override", PartName=f"/{name}", ContentType=kind)
        return written(top)


def slides(file: bytes) -> list[str]:
    """The layouts of the slides that a file has, in their order. Raises TemplateError."""
    held = whole(file)
    listed = held.tree(held.main).iterfind("p:sldIdLst/p:sldId", NAMES)
    parts = (held.part(held.main, slide.get(f"{{{OFFICE}}}id")) for slide in listed)
    return [one for part in parts if part for one in held.related(part, "slideLayout")]


def whole(file: bytes) -> Package:
    """All that is in `file`. Raises TemplateError when it is another kind, protected or broken."""
    broken = _("export it or copy it again, as .pptx or .potx")
    if file.startswith(_OLE):
        if "EncryptionInfo".encode("utf-16-le") in file:
            raise TemplateError(_("it is protected by a password"), _("save it without one"))
        raise TemplateError(
            _("it is a presentation of PowerPoint 2003 or before"), _("save it as .pptx or .potx")
        )
    entries = _unzipped(file, broken)
    if "[Content_Types].xml" not in entries or "_rels/.rels" not in entries:
        raise TemplateError(_("it is not a PowerPoint file"), _("save it as .pptx or .potx"))
    links = {
        _owner(name): _linked(name, blob)
        for name, blob in entries.items()
        if name.endswith(".rels") and "_rels/" in name
    }
    main = next((x.target for x in links.get("", {}).values() if x.kind == "officeDocument"), "")
    if main not in entries:
        raise TemplateError(_("it cannot be read"), broken)
    if _STRICT in entries[main]:
        raise TemplateError(
            _("it is written in the strict form of OOXML"),
            _("save it as a PowerPoint presentation (.pptx)"),
        )
    parts = {n: b for n, b in entries.items() if not n.endswith(".rels") and n[0] != "["}
    types = _types(entries["[Content_Types].xml"], parts)
    if not types[main].endswith("main+xml") or ".presentationml." not in (types[main] + MAIN):
        raise TemplateError(_("it is not a PowerPoint file"), _("save it as .pptx or .potx"))
    package = Package(parts, types, links, main)
    if etree.QName(package.tree(main)).localname != "presentation":
        raise TemplateError(_("it is not a PowerPoint file"), _("save it as .pptx or .potx"))
    return package


def _unzipped(file: bytes, remedy: str) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(file)) as archive:
            small = sum(entry.file_size for entry in archive.infolist()) <= _LARGEST
            names = [name for name in archive.namelist() if not name.endswith("/")]
            entries = {name: archive.read(name) for name in names} if small else {}
    except (*DAMAGE, OSError) as error:
        raise TemplateError(_("it cannot be read"), remedy) from error
    if not small:
        raise TemplateError(_("it is too large for a template"), _("make its pictures smaller"))
    return entries


def _types(blob: bytes, parts: Mapping[str, bytes]) -> dict[str, str]:
    top = _parsed(blob)
    own = {e.get("PartName", "")[1:]: e.get("ContentType", "") for e in top.iter("{*}Override")}
    by_ending = {
        e.get("Extension", "").lower(): e.get("ContentType", "") for e in top.iter("{*}Default")
    }
    return {
        name: own.get(name) or by_ending.get(name.rpartition(".")[2].lower(), "application/xml")
        for name in parts
    }


def _parsed(blob: bytes) -> Any:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_blank_text=False)
    try:
        return etree.fromstring(blob, parser)
    except etree.XMLSyntaxError as error:
        remedy = _("export it or copy it again, as .pptx or .potx")
        raise TemplateError(_("it cannot be read"), remedy) from error


def written(tree: Any) -> bytes:
    """XML as the bytes of a part."""
    blob: bytes = etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)
    return blob


def _beside(name: str) -> str:
    """The name of the part that holds the relationships of `name`."""
    folder, _slash, own = name.rpartition("/")
    return f"{folder}/_rels/{own}.rels"


def _owner(name: str) -> str:
    folder, _slash, own = name.rpartition("/")
    return posixpath.join(folder.removesuffix("_rels").rstrip("/"), own.removesuffix(".rels"))


def _linked(name: str, blob: bytes) -> dict[str, Link]:
    folder = posixpath.dirname(_owner(name))
    links = {}
    for element in _parsed(blob).iter("{*}Relationship"):
        kind, target = element.get("Type", ""), element.get("Target", "")
        external = element.get("TargetMode") == "External"
        if not external:
            target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
        links[element.get("Id", "")] = Link(kind.rpartition("/")[2], kind, target, external)
    return links


def _relationships(owner: str, links: Mapping[str, Link]) -> bytes:
    top = etree.Element(f"{{{_RELS}}}Relationships", nsmap={None: _RELS})
    for id_, link in links.items():
        start = posixpath.dirname(owner) or "/"
        near = posixpath.relpath("/" + link.target, "/" + start.strip("/"))
        element = etree.SubElement(top, f"{{{_RELS}}}Relationship", Id=id_, Type=link.type)
        element.set("Target", link.target if link.external else near)
        if link.external:
            element.set("TargetMode", "External")
    return written(top)
