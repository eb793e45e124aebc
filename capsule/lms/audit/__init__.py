"""A package read back: any SCORM 1.2, SCORM 2004, cmi5 or tincan.xml package, whoever made it.

`package` opens the zip, `markup` its XML. Each of `archive`, `manifests`, `structure`, `validity`,
`cmi5`, `tincan`, `links` and `secrets` has a table of rules, and each rule is a function that gives
the places at fault.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from capsule.lms.audit import (
    archive,
    cmi5,
    links,
    manifests,
    scorm,
    secrets,
    structure,
    tincan,
    validity,
)
from capsule.lms.audit.markup import Document
from capsule.lms.audit.package import Package
from capsule.lms.audit.rules import Finding, broken

_LATE = "xsd"  # tells in its own words what other rules may have told better


class Report(NamedTuple):
    """The formats of a package (SCORM 1.2, cmi5...), how many files it has, what was found."""

    formats: tuple[str, ...]
    files: int
    faults: tuple[Finding, ...]
    remarks: tuple[Finding, ...]


def inspect(path: Path) -> Report:
    """Check the package at `path`, a zip or a cmi5 course structure alone (.xml).

    Raises InputError when it is neither, and OSError when it can't be read.
    """
    package = Package(path)
    try:
        documents = manifests.documents(package)
        found = list(_findings(package, documents))
        formats = tuple(name for name in map(format_of, documents) if name)
        files = max(len(package.entries), len(documents))
    finally:
        package.close()
    faults = _told(sorted((one for one in found if not one.remark), key=_order))
    remarks = sorted((one for one in found if one.remark), key=_order)
    return Report(formats, files, tuple(faults), tuple(remarks))


def format_of(document: Document) -> str:
    """The format that a manifest is of, by its name and version; '' for none."""
    match manifests.kind(document):
        case "imsmanifest.xml":
            old = document.root.tag.startswith(f"{{{scorm.NAMESPACES[0]}}}")
            return "SCORM 1.2" if old else "SCORM 2004"
        case "cmi5.xml":
            return "cmi5"
        case "tincan.xml":
            return "xAPI (tincan.xml)"
    return ""


def _findings(package: Package, documents: Sequence[Document]) -> Iterator[Finding]:
    yield from broken(archive.RULES, package)
    yield from broken(manifests.PACKAGE_RULES, package)
    yield from broken(secrets.RULES, package)
    for document in documents:
        yield from broken(manifests.DOCUMENT_RULES, document)
        match manifests.kind(document):
            case "imsmanifest.xml":
                manifest = scorm.Manifest(package, document)
                yield from broken(structure.RULES, manifest)
                yield from broken(links.RULES, manifest)
                yield from broken(validity.RULES, manifest)
            case "cmi5.xml":
                course = cmi5.Course(package, document)
                yield from broken(cmi5.RULES, course)
                yield from broken(links.RULES, course)
            case "tincan.xml":
                activities = tincan.Activities(package, document)
                yield from broken(tincan.RULES, activities)
                yield from broken(links.RULES, activities)


def _told(faults: Sequence[Finding]) -> list[Finding]:
    """The faults without those of the schemas in places where another rule has said more."""
    places = {one.at[:3] for one in faults if one.rule != _LATE}
    return [one for one in faults if one.rule != _LATE or one.at[:3] not in places]


def _order(finding: Finding) -> tuple[str, int, int]:
    return finding.at[:3]
