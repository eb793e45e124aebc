"""Whether the parts of the file hold together: what PowerPoint repairs, drops or drags along."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from capsule.audit.deck import Deck
from capsule.audit.package import NS, Package, Rel, qn
from capsule.audit.rules import Finding

_LEFT = {0xAD0EA05A, 0xD149E4E8}  # CRC-32 of python-pptx's thumbnail and printer settings
_TOLD = {"Steve Canny", "generated using python-pptx"}
_EMPTY_TITLES = {"", "PowerPoint Presentation", "Présentation PowerPoint"}


def findings(deck: Deck) -> Iterator[Finding]:
    """Check the package and the presentation part."""
    package = deck.package
    yield from _parts(package)
    yield from _links(package)
    yield from _media(package)
    yield from _notes_master(deck)
    yield from _sections(deck)
    yield from _left(deck)


def _parts(package: Package) -> Iterator[Finding]:
    """Every part is XML, has a type and is used; every type and relationship has its part."""
    for name in sorted(package.overrides.keys() - package.names):
        yield Finding("type-orphan", part=name)
    reached = _reached(package)
    for name in sorted(package.names - {"[Content_Types].xml"}):
        told = package.type_of(name)
        if told is None:
            yield Finding("type-missing", part=name)
        if name.endswith((".xml", ".rels", ".vml")) and package.tree(name) is None:
            yield Finding("part-malformed", part=name)
        elif name.startswith("ppt/") and not name.endswith(".rels") and name not in reached:
            yield Finding("part-unused", part=name)
        for rel in package.rels(name).values():
            if not rel.external and rel.target not in package.names and rel.target:
                values = {"kind": rel.kind, "target": rel.target}
                yield Finding("part-missing", part=name, values=values)


def _reached(package: Package) -> set[str]:
    """The parts that relationships lead to, from the package on."""
    reached: set[str] = set()
    waiting = [""]
    while waiting:
        for rel in package.rels(waiting.pop()).values():
            if not rel.external and rel.target in package.names and rel.target not in reached:
                reached.add(rel.target)
                waiting.append(rel.target)
    return reached


def _links(package: Package) -> Iterator[Finding]:
    """Links to files work wherever the deck goes: beside it, or not at all."""
    for name in sorted(package.names):
        told = {rel.target: rel for rel in package.rels(name).values() if rel.external}
        for rel in told.values():
            rule = _local(package, rel)
            if rule:
                yield Finding(rule, part=name, values={"target": unquote(rel.target)})


def _local(package: Package, rel: Rel) -> str:
    """The rule that an external relationship breaks, or ''."""
    target = rel.target
    scheme = urlsplit(target).scheme.lower() if re.match(r"[a-zA-Z][\w+.-]+:", target) else ""
    if scheme == "file" or re.match(r"[a-zA-Z]:|\\\\|/", target):
        return "link-local"
    if scheme or not target or target.startswith("#"):
        return ""
    beside = package.path.parent / unquote(target.replace("\\", "/"))
    return "" if beside.exists() else "link-missing"


def _media(package: Package) -> Iterator[Finding]:
    """Media lie in the file once."""
    first: dict[tuple[int, int], str] = {}
    for name in sorted(package.names):
        if (package.type_of(name) or "").split("/")[0] in ("image", "video", "audio"):
            other = first.setdefault(package.print_of(name), name)
            if other != name:
                yield Finding("media-twice", part=name, values={"other": other})


def _notes_master(deck: Deck) -> Iterator[Finding]:
    known = deck.root.find("p:notesMasterIdLst/p:notesMasterId", NS) is not None
    has = any(rel.kind == "notesMaster" for rel in deck.rels.values())
    if has and not known:
        yield Finding("notes-master", part=deck.package.main)


def _sections(deck: Deck) -> Iterator[Finding]:
    """Sections, where there are any, hold each slide once (MS-PPTX 2.2.12)."""
    ids = [listed.get("id") for listed in deck.root.iterfind("p:sldIdLst/p:sldId", NS)]
    sections = list(deck.root.iter(qn("p14:section")))
    held: Counter[str] = Counter()
    for section in sections:
        for listed in section.iter(qn("p14:sldId")):
            held[listed.get("id")] += 1
            if listed.get("id") not in ids:
                values = {"section": section.get("name", ""), "id": listed.get("id")}
                yield Finding("section-stale", part=deck.package.main, values=values)
    for slide, id_ in enumerate(ids, 1):
        if sections and held[id_] != 1:
            yield Finding("section-outside", slide, part=deck.package.main)


def _left(deck: Deck) -> Iterator[Finding]:
    """What a template's maker or a library left in the file; a title that says nothing."""
    package = deck.package
    for name in sorted(package.names):
        if package.print_of(name)[0] in _LEFT:
            yield Finding("template-left", part=name, values={"what": name.rsplit("/", 1)[-1]})
    [core, *_others] = [*package.related("", "core-properties"), ""]
    told = package.tree(core)
    properties = {(element.text or "").strip() for element in (told if told is not None else ())}
    for left in sorted(properties & _TOLD):
        yield Finding("template-left", part=core, values={"what": left})
    title = "" if told is None else (told.findtext("dc:title", namespaces=NS) or "").strip()
    if title in _EMPTY_TITLES:
        yield Finding("document-title")
    size = deck.root.find("p:sldSz", NS)
    wide, high = deck.size
    if size is not None and size.get("type") == "screen4x3" and 3 * wide != 4 * high:
        yield Finding("template-left", part=package.main, values={"what": 'type="screen4x3"'})
