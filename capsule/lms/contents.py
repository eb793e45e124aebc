"""What two packages are compared by: what learners' history hangs on, and what they see."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from gettext import gettext as _
from pathlib import Path
from typing import Any, NamedTuple

import pydantic
from lxml import etree, html

from capsule.errors import InputError, Problem
from capsule.lms.audit import format_of, manifests
from capsule.lms.audit.cmi5 import Course
from capsule.lms.audit.markup import Document, local
from capsule.lms.audit.package import Package
from capsule.lms.audit.scorm import Manifest
from capsule.lms.audit.tincan import Activities

WEB = "web"
_DATA, _PAGE = "player/data.js", "index.html"
_FILMS = (".mp4", ".m4v", ".webm", ".mov")
_BLOCKS = ("p", "h1", "h2", "h3", "li", "legend", "figcaption", "a")


class Rule(pydantic.BaseModel):
    """What completes the capsule: a `plan.Rule` as the player has it."""

    share: float
    message: tuple[float, float] | None = None
    questions: tuple[str, ...] = ()


class Data(pydantic.BaseModel):
    """What the player knows of the capsule, in all versions of it."""

    iri: str
    language: str
    duration: float
    rule: Rule
    questions: tuple[str, ...]
    cues: tuple[tuple[float, float, str], ...] = ()


class File(NamedTuple):
    """The size and the checksum (CRC-32) of a file of the zip."""

    size: int
    checksum: int


@dataclass(frozen=True)
class Contents:
    """A package, as far as it can be compared; `data` and what follows are the tool's own only.

    `identity` has all that an LMS knows the course and the learners' tries by: kind (manifest,
    item...) → identifier → what hangs below it, such as an item's resource. `settings` are those
    of the manifest that decide what counts. `hosted` is the address of a film that lies elsewhere.
    """

    format: str
    size: int
    files: Mapping[str, File]
    identity: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)
    title: str = ""
    data: Data | None = None
    texts: tuple[str, ...] = ()
    questions: Mapping[str, str] = field(default_factory=dict)
    hosted: str = ""

    @property
    def films(self) -> dict[str, File]:
        """The videos."""
        return {n: file for n, file in self.files.items() if n.lower().endswith(_FILMS)}


def read(path: Path) -> dict[str, Contents]:
    """The contents of the package at `path`, by format: one for each manifest.

    A web player of the tool's, which has none, is of the format WEB. Raises InputError when
    there is nothing to compare, and OSError.
    """
    package = Package(path)
    try:
        data, page = _data(package), _page(package)
        shared: dict[str, Any] = {
            "size": path.stat().st_size,
            "files": {e.name: File(e.info.file_size, e.info.CRC) for e in package.entries},
            "data": data,
            "texts": _texts(page) if data else (),
            "questions": _questions(page) if data else {},
            "hosted": _hosted(page) if data else "",
        }
        found = {}
        for document in manifests.documents(package):
            if name := format_of(document):
                told = _told(package, document)
                found[name] = Contents(format=name, **told, **shared)
        if not found and data:
            identity = {"capsule": {data.iri: ""}}
            found[WEB] = Contents(format=WEB, identity=identity, title=_heading(page), **shared)
    finally:
        package.close()
    if not found:
        remedy = _("have `capsule check` say what is wrong with it")
        raise InputError([Problem(path, 0, 0, _("no manifest can be read in it"), remedy)])
    return found


def _told(package: Package, document: Document) -> dict[str, Any]:
    match manifests.kind(document):
        case "imsmanifest.xml":
            return _scorm(Manifest(package, document))
        case "cmi5.xml":
            return _cmi5(Course(package, document))
    return _tincan(Activities(package, document))


def _scorm(manifest: Manifest) -> dict[str, Any]:
    items = [item for item in manifest.all("item") if item.get("identifierref")]
    organizations = list(manifest.all("organization"))
    settings = {"schemaversion": _text(manifest.version)}
    for element in manifest.adl("masteryscore"):
        settings["masteryscore"] = _text(element)
    return {
        "identity": {
            "manifest": {manifest.root.get("identifier") or "": ""},
            "organization": {one.get("identifier") or "": "" for one in organizations},
            "item": {one.get("identifier") or "": one.get("identifierref") for one in items},
        },
        "settings": settings,
        "title": _title(organizations[0]) if organizations else "",
    }


def _cmi5(course: Course) -> dict[str, Any]:
    settings = {
        f"{name} {unit.get('id')}": unit.get(name)
        for unit in course.all("au")
        for name in ("moveOn", "masteryScore")
        if unit.get(name)
    }
    top = next(course.all("course"), None)
    return {
        "identity": {
            "course": {} if top is None else {(top.get("id") or "").strip(): ""},
            "unit": {(unit.get("id") or "").strip(): "" for unit in course.all("au")},
        },
        "settings": settings,
        "title": "" if top is None else _title(top),
    }


def _tincan(activities: Activities) -> dict[str, Any]:
    first = next(activities.all("activity"), None)
    ids = ((one.get("id") or "").strip() for one in activities.all("activity"))
    return {
        "identity": {"activity": dict.fromkeys(ids, "")},
        "title": "" if first is None else _title(first),
    }


def _title(parent: Any) -> str:
    named = (child for child in parent.iterchildren("*") if local(child) in ("title", "name"))
    return _text(next(named, None))


def _text(element: Any) -> str:
    return "" if element is None else " ".join("".join(element.itertext()).split())


def _data(package: Package) -> Data | None:
    """What the player's script tells; None when it is not the tool's."""
    content = (package.read(_DATA) or b"").decode(errors="replace")
    try:
        start = content.index("{", content.index("data:"))
        return Data.model_validate(json.JSONDecoder().raw_decode(content, start)[0])
    except (ValueError, RecursionError):
        return None


def _page(package: Package) -> Any:
    """The player's page as a tree; an empty one without it."""
    content = package.read(_PAGE) or b""
    parser = html.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True)
    try:
        return html.document_fromstring(content or b"<html/>", parser)
    except (etree.LxmlError, ValueError):
        return html.document_fromstring(b"<html/>")


def _hosted(page: Any) -> str:
    """The address of a film that the package doesn't hold; '' without one."""
    found = (source.get("src") or "" for source in page.iter("source"))
    return next((address for address in found if "://" in address), "")


def _heading(page: Any) -> str:
    return _text(next(page.iter("h1"), None))


def _texts(page: Any) -> tuple[str, ...]:
    """What the page says, paragraph by paragraph; the transcript goes by the captions."""
    found = []
    for element in page.iter(*_BLOCKS):
        above = (one.get("class") for one in element.iterancestors())
        if next(element.iterdescendants(*_BLOCKS), None) is None and "transcript" not in above:
            found.append(_text(element))
    return tuple(text for text in found if text)


def _questions(page: Any) -> dict[str, str]:
    """The questions by their ids."""
    found = {}
    for form in page.iter("form"):
        legend = next(form.iter("legend"), None)
        if form.get("id") and legend is not None:
            kicker = next((one for one in legend if one.get("class") == "kicker"), None)
            text = _text(legend)
            found[form.get("id")] = text.removeprefix(_text(kicker)).strip()
    return found
