"""A SCORM manifest, of 1.2 or 2004, and what it leads to."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any, NamedTuple

from capsule.lms.audit.links import Link, link
from capsule.lms.audit.markup import Document, local, space, tag
from capsule.lms.audit.package import Package
from capsule.lms.schemas import Standard

_XML = "http://www.w3.org/XML/1998/namespace"


class _Edition(NamedTuple):
    standard: Standard
    ims: str
    adl: str
    versions: tuple[str, ...]
    attribute: str
    element: str


_EDITIONS = (
    _Edition(
        "scorm12",
        "http://www.imsproject.org/xsd/imscp_rootv1p1p2",
        "http://www.adlnet.org/xsd/adlcp_rootv1p2",
        ("1.2",),
        "scormtype",
        "cmi.core.lesson_status",
    ),
    _Edition(
        "scorm2004",
        "http://www.imsglobal.org/xsd/imscp_v1p1",
        "http://www.adlnet.org/xsd/adlcp_v1p3",
        ("2004 4th Edition", "2004 3rd Edition", "CAM 1.3"),
        "scormType",
        "cmi.completion_status",
    ),
)
NAMESPACES = tuple(edition.ims for edition in _EDITIONS)


class Manifest:
    """A SCORM manifest and what it leads to."""

    def __init__(self, package: Package, document: Document) -> None:
        self.package, self.document = package, document
        self.root = document.root
        self.edition = next(one for one in _EDITIONS if one.ims == space(self.root))

    def all(self, name: str) -> Iterator[Any]:
        """The elements of a name of IMS's namespace, in their order."""
        return iter(self.root.iter(tag(self.edition.ims, name)))

    def adl(self, name: str) -> Iterator[Any]:
        """The elements of a name of ADL's namespace."""
        return iter(self.root.iter(tag(self.edition.adl, name)))

    @cached_property
    def version(self) -> Any:
        """The `schemaversion` of the manifest, or None."""
        own = self.edition.ims
        return self.root.find(f"{{{own}}}metadata/{{{own}}}schemaversion")

    @cached_property
    def resources(self) -> dict[str, Any]:
        """The resources by their identifiers."""
        found = list(self.all("resource"))
        return {one.get("identifier") or "": one for one in reversed(found)}

    @cached_property
    def launched(self) -> list[Any]:
        """The resources that items launch, in the order of the items, each once."""
        names = dict.fromkeys(item.get("identifierref") or "" for item in self.all("item"))
        return [self.resources[name] for name in names if name in self.resources]

    @cached_property
    def links(self) -> list[Link]:
        """Resources, their files and metadata files, and what they lead to."""
        found = []
        for element in self.root.iter("*"):
            name, href = local(element), element.get("href")
            if space(element) == self.edition.ims and name in ("resource", "file") and href:
                found.append(link(self.package, element, href, _base(element)))
            elif element.tag == tag(self.edition.adl, "location") and (element.text or "").strip():
                found.append(link(self.package, element, element.text.strip()))
        return found

    def kind(self, resource: Any) -> str | None:
        """`sco` or `asset`, or whatever it says; None when it says nothing."""
        found: str | None = resource.get(tag(self.edition.adl, self.edition.attribute))
        return found


def _base(element: Any) -> str:
    """The folder that `xml:base` of the element and those around it add up to."""
    base = ""
    for one in (element, *element.iterancestors()):
        base = (one.get(tag(_XML, "base")) or "") + base
    return base
