"""An XML file of a package, read without entities and without the network, with its positions."""

from __future__ import annotations

from functools import cached_property
from typing import Any
from xml.parsers import expat

from lxml import etree

from capsule.lms.audit.rules import At


class Document:
    """A file and its root element, or None with the syntax `error` that stopped the reading."""

    def __init__(self, name: str, content: bytes) -> None:
        self.name, self.content = name, content
        self.root: Any = None
        self.error: etree.XMLSyntaxError | None = None
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
        try:
            self.root = etree.fromstring(content, parser)
        except etree.XMLSyntaxError as error:
            self.error = error

    @property
    def doctype(self) -> bool:
        """Whether it has a document type, where entities are declared."""
        return self.root is not None and bool(self.root.getroottree().docinfo.doctype)

    @property
    def encoding(self) -> str:
        """What it is written in, by its own word."""
        told = self.root.getroottree().docinfo.encoding if self.root is not None else None
        return (told or "UTF-8").upper()

    def at(self, element: Any, **values: object) -> At:
        """The place of an element's start tag."""
        line, column = self._places.get(element, (element.sourceline or 0, 0))
        return At(self.name, line, column, values)

    @cached_property
    def _places(self) -> dict[Any, tuple[int, int]]:
        """Line and column of each element: lxml knows the line where a start tag ends, at best."""
        places: list[tuple[int, int]] = []
        parser = expat.ParserCreate()

        def started(_name: str, _attributes: dict[str, str]) -> None:
            places.append((parser.CurrentLineNumber, parser.CurrentColumnNumber + 1))

        parser.StartElementHandler = started
        if self.root is None or self.doctype:
            return {}
        try:
            parser.Parse(self.content, True)
        except (expat.ExpatError, ValueError, LookupError):  # an encoding that it doesn't know
            return {}
        elements = list(self.root.iter(etree.Element))
        return dict(zip(elements, places, strict=True)) if len(elements) == len(places) else {}


def tag(namespace: str, name: str) -> str:
    """A name as lxml writes it."""
    return f"{{{namespace}}}{name}"


def local(element: Any) -> str:
    """The name of an element without its namespace; '' for comments and the like."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def space(element: Any) -> str:
    """The namespace of an element; '' for none."""
    return (etree.QName(element).namespace or "") if isinstance(element.tag, str) else ""
