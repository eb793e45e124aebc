"""What elements are known by: identifiers, each of one element, absolute IRIs in xAPI."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit

from capsule.lms.audit.markup import Document, local
from capsule.lms.audit.rules import At


def is_iri(text: str) -> bool:
    """Whether a text is an absolute IRI (RFC 3987): a scheme, something after it, no blanks."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    needs_host = parts.scheme in ("http", "https")
    clean = not re.search(r'[\x00-\x20<>"{}|\\^`\x7f]', text)
    said = bool(parts.netloc) if needs_host else bool(parts.path or parts.netloc)
    return clean and bool(re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", text)) and said


def no_iris(document: Document, elements: Iterable[Any]) -> Iterator[At]:
    """The elements whose id is none that xAPI takes."""
    for element in elements:
        found = (element.get("id") or "").strip()
        if not is_iri(found):
            yield document.at(element, id=found, name=local(element))


def twice(document: Document, elements: Iterable[Any], attribute: str = "id") -> Iterator[At]:
    """The elements with the identifier of one before them."""
    seen: set[str] = set()
    for element in elements:
        found = (element.get(attribute) or "").strip()
        if found and found in seen:
            yield document.at(element, id=found)
        seen.add(found)
