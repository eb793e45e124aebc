"""The XML Schemas of SCORM's manifests, as `templates/schemas` holds them from npm."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Literal

from lxml import etree

from capsule.resources import templates

Standard = Literal["scorm12", "scorm2004"]

_XSD = "http://www.w3.org/2001/XMLSchema"
_ROOTS: dict[Standard, dict[str, str]] = {
    "scorm12": {
        "http://www.imsproject.org/xsd/imscp_rootv1p1p2": "imscp_rootv1p1p2.xsd",
        "http://www.adlnet.org/xsd/adlcp_rootv1p2": "adlcp_rootv1p2.xsd",
    },
    "scorm2004": {
        "http://www.imsglobal.org/xsd/imscp_v1p1": "imscp_v1p1.xsd",
        "http://www.adlnet.org/xsd/adlcp_v1p3": "adlcp_v1p3.xsd",
        "http://www.adlnet.org/xsd/adlseq_v1p3": "adlseq_v1p3.xsd",
        "http://www.adlnet.org/xsd/adlnav_v1p3": "adlnav_v1p3.xsd",
        "http://www.imsglobal.org/xsd/imsss": "imsss_v1p0.xsd",
    },
}


def files(standard: Standard) -> dict[str, bytes | Path]:
    """What a package carries at its root beside the manifest: name → file, sorted by name."""
    folder = templates() / "schemas" / standard
    return {path.name: path for path in sorted(folder.iterdir())}


def namespaces(standard: Standard) -> dict[str, str]:
    """The namespaces of a manifest that have a schema, and its file: namespace → name."""
    return dict(_ROOTS[standard])


def location(standard: Standard) -> str:
    """The value of `xsi:schemaLocation` for a manifest that has these files beside it."""
    return " ".join(f"{namespace} {name}" for namespace, name in _ROOTS[standard].items())


@cache
def schema(standard: Standard) -> Any:
    """The `etree.XMLSchema` of a whole manifest; for SCORM 2004, that of the 4th edition.

    It takes manifests of earlier editions, whose own schemas allow less. IMS's schema of learning
    object metadata is not in it: libxml2 finds it ambiguous.
    """
    root = etree.Element(f"{{{_XSD}}}schema", nsmap={"xs": _XSD})
    for namespace, name in _ROOTS[standard].items():
        path = templates() / "schemas" / standard / name
        attributes = {"namespace": namespace, "schemaLocation": path.as_uri()}
        etree.SubElement(root, f"{{{_XSD}}}import", attributes)
    return etree.XMLSchema(root)
