"""What the schemas of SCORM say of a manifest, and whether a package carries them."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from lxml import etree

from capsule.lms import schemas
from capsule.lms.audit.markup import local, space, tag
from capsule.lms.audit.rules import At, Rule
from capsule.lms.audit.scorm import Manifest
from capsule.resources import N_

_XSI = "http://www.w3.org/2001/XMLSchema-instance"


def _invalid(manifest: Manifest) -> Iterator[At]:
    """The schemas' errors, one an element.

    What has no schema here is left out: metadata of learning objects, and vendors' own elements.
    """
    tree = copy.deepcopy(manifest.root)
    originals = dict(zip(tree.iter("*"), manifest.root.iter("*"), strict=True))
    known = set(schemas.namespaces(manifest.edition.standard))
    for element in list(tree.iter("*")):
        if space(element) not in known and element.getparent() is not None:
            element.getparent().remove(element)
    schema = schemas.schema(manifest.edition.standard)
    if schema.validate(tree):
        return
    said = set[Any]()
    for error in schema.error_log:
        found = _element(tree, error.path)
        if found not in said:
            said.add(found)
            message = error.message.replace(f"{{{space(found)}}}", "")
            yield manifest.document.at(originals[found], said=message.rstrip("."))


def _element(tree: Any, path: str | None) -> Any:
    try:
        found = tree.getroottree().xpath(path) if path else []
    except etree.XPathError:
        found = []
    return found[0] if found and local(found[0]) else tree


def _carried(manifest: Manifest) -> Iterator[At]:
    """The schemas of the namespaces that are used, and those that the manifest names."""
    written = manifest.root.get(tag(_XSI, "schemaLocation"), "").split()
    named = {name for name in written[1::2] if "://" not in name}
    own = schemas.namespaces(manifest.edition.standard)
    used = {space(element) for element in manifest.root.iter("*")} & own.keys()
    if manifest.edition.standard == "scorm2004":
        named |= {own[namespace] for namespace in used}
    missing = sorted(name for name in named if name not in manifest.package.files)
    if missing:
        yield manifest.document.at(manifest.root, names=", ".join(missing))


def _missing_2004(manifest: Manifest) -> Iterator[At]:
    return _carried(manifest) if manifest.edition.standard == "scorm2004" else iter(())


def _missing_12(manifest: Manifest) -> Iterator[At]:
    return _carried(manifest) if manifest.edition.standard == "scorm12" else iter(())


RULES: tuple[Rule[Manifest], ...] = (
    Rule(
        "schemas-missing",
        N_("the package lacks schemas that a SCORM 2004 manifest needs beside it: %(names)s"),
        N_("put them at the root of the zip"),
        _missing_2004,
    ),
    Rule(
        "schemas-named",
        N_("the manifest names schemas that are not in the package: %(names)s"),
        N_("put them at the root of the zip, or remove xsi:schemaLocation"),
        _missing_12,
        remark=True,
    ),
    Rule(
        "xsd",
        N_("the schema of the format does not allow this: %(said)s"),
        N_("export the package again, or mend it as the message says"),
        _invalid,
    ),
)
