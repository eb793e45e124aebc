"""What is checked in a tincan.xml (Rustici's Tin Can launch, with its schema of 2012)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from capsule.lms.audit import grammar
from capsule.lms.audit.grammar import steps
from capsule.lms.audit.identifiers import is_iri, no_iris, twice
from capsule.lms.audit.links import Link, link
from capsule.lms.audit.markup import Document, tag
from capsule.lms.audit.package import Package
from capsule.lms.audit.rules import At, Rule
from capsule.resources import N_

NAMESPACE = "http://projecttincan.com/tincan.xsd"

_GRAMMAR = {
    "tincan": steps("activities+"),
    "activities": steps("activity+"),
    "activity": steps(
        "name+ description+ launch* resource* interactionType? correctResponsePatterns?"
        " choices? scale? source? target? steps? extensions?"
    ),
    "name": (),
    "description": (),
    "launch": (),
}


class Activities:
    """A tincan.xml and what it leads to."""

    def __init__(self, package: Package, document: Document) -> None:
        self.package, self.document = package, document

    def all(self, name: str) -> Iterator[Any]:
        """The elements of a name, in their order."""
        yield from self.document.root.iter(tag(NAMESPACE, name))

    @cached_property
    def launches(self) -> list[tuple[Any, str]]:
        """The `launch` elements and what they say."""
        return [(element, (element.text or "").strip()) for element in self.all("launch")]

    @cached_property
    def links(self) -> list[Link]:
        """What is launched."""
        return [link(self.package, element, href) for element, href in self.launches if href]


def _missing(manifest: Activities) -> Iterator[At]:
    return grammar.missing(manifest.document, _GRAMMAR)


def _unexpected(manifest: Activities) -> Iterator[At]:
    return grammar.unexpected(manifest.document, _GRAMMAR)


def _id(manifest: Activities) -> Iterator[At]:
    return no_iris(manifest.document, manifest.all("activity"))


def _id_twice(manifest: Activities) -> Iterator[At]:
    return twice(manifest.document, manifest.all("activity"))


def _type(manifest: Activities) -> Iterator[At]:
    for element in manifest.all("activity"):
        found = (element.get("type") or "").strip()
        if not is_iri(found):
            yield manifest.document.at(element, type=found)


def _launch(manifest: Activities) -> Iterator[At]:
    first = next(manifest.all("activity"), None)
    if first is not None and not any(href for _element, href in manifest.launches):
        yield manifest.document.at(first)


RULES: tuple[Rule[Activities], ...] = (
    Rule(
        "tincan-missing",
        N_("<%(parent)s> has no <%(name)s>"),
        N_("add it, in its place"),
        _missing,
    ),
    Rule(
        "tincan-unexpected",
        N_("<%(name)s> does not belong here in <%(parent)s>"),
        N_("remove it, or put it in the order of tincan.xsd"),
        _unexpected,
    ),
    Rule(
        "tincan-id",
        N_('the id of the activity is no absolute IRI: "%(id)s"'),
        N_("write one that stays for ever, such as https://formation.example/capsules/essai"),
        _id,
    ),
    Rule(
        "tincan-id-twice",
        N_("this id is that of another activity: %(id)s"),
        N_("give each its own"),
        _id_twice,
    ),
    Rule(
        "tincan-type",
        N_('the type of the activity is no absolute IRI: "%(type)s"'),
        N_("write one such as http://adlnet.gov/expapi/activities/course"),
        _type,
    ),
    Rule(
        "tincan-launch",
        N_("nothing is launched: no activity has a <launch>"),
        N_("add one to the first activity, with its page"),
        _launch,
    ),
)
