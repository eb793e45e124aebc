"""What is checked in a cmi5 course structure (cmi5 Quartz, sections 13 and 14)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from capsule.lms.audit import grammar
from capsule.lms.audit.grammar import steps
from capsule.lms.audit.identifiers import is_iri, no_iris, twice
from capsule.lms.audit.links import Link, link
from capsule.lms.audit.markup import Document, local, tag
from capsule.lms.audit.package import Package
from capsule.lms.audit.rules import At, Rule
from capsule.resources import N_

NAMESPACE = "https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd"

_GRAMMAR = {
    "courseStructure": steps("course objectives? au|block+"),
    "course": steps("title description"),
    "block": steps("title description objectives? au|block+"),
    "au": steps("title description objectives? url launchParameters? entitlementKey?"),
    "objectives": steps("objective+"),
    "objectives/objective": steps("title? description?"),
    "title": steps("langstring+"),
    "description": steps("langstring+"),
    "langstring": (),
    "url": (),
}
_MOVE_ON = ("NotApplicable", "Passed", "Completed", "CompletedAndPassed", "CompletedOrPassed")
_METHODS = ("AnyWindow", "OwnWindow")
_LAUNCH = {"endpoint", "fetch", "actor", "registration", "activityId"}  # section 8.1
_SCORE = re.compile(r"\+?(0|1|0?\.\d{1,4}|0+\.\d{0,4}|1\.0{0,4})")
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")  # xs:language


class Course:
    """A course structure and what it leads to."""

    def __init__(self, package: Package, document: Document) -> None:
        self.package, self.document = package, document

    def all(self, *names: str) -> Iterator[Any]:
        """The elements of these names, in their order."""
        yield from self.document.root.iter(*(tag(NAMESPACE, name) for name in names))

    @cached_property
    def addresses(self) -> list[tuple[Any, str]]:
        """The `url` elements and what they say."""
        return [(element, (element.text or "").strip()) for element in self.all("url")]

    @cached_property
    def links(self) -> list[Link]:
        """What the units' addresses lead to."""
        found = [link(self.package, element, href) for element, href in self.addresses if href]
        return [one for one in found if not self.package.alone or one.kind == "unsafe"]

    @property
    def defined(self) -> Iterator[Any]:
        """The elements that must have an id; an objective under a unit or block only refers."""
        yield from self.all("course", "block", "au")
        for element in self.all("objective"):
            if local(element.getparent().getparent()) == "courseStructure":
                yield element


def _missing(course: Course) -> Iterator[At]:
    return grammar.missing(course.document, _GRAMMAR)


def _unexpected(course: Course) -> Iterator[At]:
    return grammar.unexpected(course.document, _GRAMMAR)


def _id(course: Course) -> Iterator[At]:
    return no_iris(course.document, course.defined)


def _id_twice(course: Course) -> Iterator[At]:
    return twice(course.document, course.defined)


def _objective(course: Course) -> Iterator[At]:
    known = {(e.get("id") or "").strip() for e in course.defined if local(e) == "objective"}
    for element in course.all("objective"):
        target = element.get("idref")
        if target is not None and target.strip() not in known:
            yield course.document.at(element, id=target)


def _attribute(course: Course, name: str, allowed: tuple[str, ...]) -> Iterator[At]:
    for unit in course.all("au"):
        found = unit.get(name)
        if found is not None and found not in allowed:
            yield course.document.at(unit, value=found, allowed=", ".join(allowed))


def _move_on(course: Course) -> Iterator[At]:
    return _attribute(course, "moveOn", _MOVE_ON)


def _method(course: Course) -> Iterator[At]:
    return _attribute(course, "launchMethod", _METHODS)


def _mastery(course: Course) -> Iterator[At]:
    for unit in course.all("au"):
        found = unit.get("masteryScore")
        if found is not None and not _SCORE.fullmatch(found.strip()):
            yield course.document.at(unit, value=found)


def _free(course: Course) -> Iterator[At]:
    for unit in course.all("au"):
        if unit.get("moveOn", "NotApplicable") == "NotApplicable":
            yield course.document.at(unit)


def _type(course: Course) -> Iterator[At]:
    for unit in course.all("au"):
        found = unit.get("activityType")
        if found is not None and not is_iri(found.strip()):
            yield course.document.at(unit, value=found)


def _empty_url(course: Course) -> Iterator[At]:
    for element, address in course.addresses:
        if not address:
            yield course.document.at(element)


def _relative(course: Course) -> Iterator[At]:
    for element, address in course.addresses if course.package.alone else ():
        if address and not is_iri(address):
            yield course.document.at(element, url=address)


def _reserved(course: Course) -> Iterator[At]:
    for element, address in course.addresses:
        try:
            asked = {name for name, _value in parse_qsl(urlsplit(address).query, True)}
        except ValueError:
            continue
        for name in sorted(asked & _LAUNCH):
            yield course.document.at(element, name=name)


def _language(course: Course) -> Iterator[At]:
    for element in course.all("langstring"):
        found = element.get("lang")
        if found is not None and not _LANGUAGE.fullmatch(found):
            yield course.document.at(element, lang=found)


def _no_language(course: Course) -> Iterator[At]:
    for element in course.all("langstring"):
        if element.get("lang") is None:
            yield course.document.at(element)


def _language_twice(course: Course) -> Iterator[At]:
    for parent in course.all("title", "description"):
        seen: set[str] = set()
        for element in parent.iterchildren(f"{{{NAMESPACE}}}langstring"):
            found = (element.get("lang") or "").lower()
            if found and found in seen:
                yield course.document.at(element, lang=found)
            seen.add(found)


def _empty_text(course: Course) -> Iterator[At]:
    for element in course.all("langstring"):
        if not "".join(element.itertext()).strip():
            yield course.document.at(element, parent=local(element.getparent()))


def _entitlement(course: Course) -> Iterator[At]:
    for element in course.all("entitlementKey"):
        if not "".join(element.itertext()).strip():
            yield course.document.at(element)


RULES: tuple[Rule[Course], ...] = (
    Rule(
        "cmi5-missing", N_("<%(parent)s> has no <%(name)s>"), N_("add it, in its place"), _missing
    ),
    Rule(
        "cmi5-unexpected",
        N_("<%(name)s> does not belong here in <%(parent)s>"),
        N_("remove it, or put it in the order of the cmi5 specification, section 13"),
        _unexpected,
    ),
    Rule(
        "cmi5-id",
        N_('the id of this <%(name)s> is no absolute IRI: "%(id)s"'),
        N_("write one that stays for ever, such as https://formation.example/capsules/essai"),
        _id,
    ),
    Rule(
        "cmi5-id-twice",
        N_("this id is that of another element: %(id)s"),
        N_("give each course, block, unit and objective its own"),
        _id_twice,
    ),
    Rule(
        "cmi5-objective",
        N_("no objective of the course has the id %(id)s"),
        N_("write the id of one of them"),
        _objective,
    ),
    Rule(
        "cmi5-move-on",
        N_("moveOn cannot be %(value)s"),
        N_("write one of these: %(allowed)s"),
        _move_on,
    ),
    Rule(
        "cmi5-mastery",
        N_("masteryScore cannot be %(value)s"),
        N_("write a number from 0 to 1 with four decimals at most: 0.7 for 70 %%"),
        _mastery,
    ),
    Rule(
        "cmi5-move-on-free",
        N_("the unit counts as done before it is opened (moveOn is NotApplicable, or missing)"),
        N_('write moveOn="Completed" or another one, unless you mean it'),
        _free,
        remark=True,
    ),
    Rule(
        "cmi5-launch-method",
        N_("launchMethod cannot be %(value)s"),
        N_("write one of these: %(allowed)s"),
        _method,
    ),
    Rule(
        "cmi5-activity-type",
        N_("the activity type is no absolute IRI: %(value)s"),
        N_("write one such as http://adlnet.gov/expapi/activities/lesson"),
        _type,
    ),
    Rule("cmi5-url-empty", N_("the address is empty"), N_("write the page to open"), _empty_url),
    Rule(
        "cmi5-url-relative",
        N_("%(url)s is a path, and there is no zip where it would lead"),
        N_("write a whole address, or put the course in a zip with its files"),
        _relative,
    ),
    Rule(
        "cmi5-url-reserved",
        N_('the address has the parameter "%(name)s", which the LMS adds at launch'),
        N_("remove it"),
        _reserved,
    ),
    Rule(
        "cmi5-language",
        N_('lang="%(lang)s" is the code of no language'),
        N_('write one such as lang="fr"'),
        _language,
    ),
    Rule(
        "cmi5-language-missing",
        N_("the text tells no language: the LMS will guess"),
        N_('write its code, such as lang="fr"'),
        _no_language,
        remark=True,
    ),
    Rule(
        "cmi5-language-twice",
        N_("there is another text in the same language (%(lang)s)"),
        N_("keep one"),
        _language_twice,
    ),
    Rule(
        "cmi5-text-empty",
        N_("this <%(parent)s> is empty"),
        N_("write it: LMSs show it to learners"),
        _empty_text,
    ),
    Rule(
        "cmi5-entitlement",
        N_("the entitlement key is empty"),
        N_("write it, or remove the element"),
        _entitlement,
    ),
)
