"""What is checked in the structure of a SCORM manifest.

Sources: ADL SCORM 1.2 and 2004 4th edition, Content Aggregation Model, and what Moodle and Open edX
were seen to do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from capsule.lms.audit.identifiers import twice
from capsule.lms.audit.markup import local, tag
from capsule.lms.audit.rules import At, Rule
from capsule.lms.audit.scorm import Manifest
from capsule.resources import N_

_SEQUENCING = "http://www.imsglobal.org/xsd/imsss"
_WORD = re.compile(r"[^\W\d][\w.-]*")
_QUOTED = re.compile(r'"[^"]*"|\'[^\']*\'')


def _version(manifest: Manifest) -> Iterator[At]:
    found = manifest.version
    said = "" if found is None else found.text or ""
    if said not in manifest.edition.versions:
        at = manifest.root if found is None else found
        values = {"said": said, "right": manifest.edition.versions[0]}
        yield manifest.document.at(at, **values)


def _schema(manifest: Manifest) -> Iterator[At]:
    own = manifest.edition.ims
    found = manifest.root.find(f"{{{own}}}metadata/{{{own}}}schema")
    said = "" if found is None else found.text or ""
    if said != "ADL SCORM":
        at = manifest.root if found is None else found
        yield manifest.document.at(at, said=said)


def _type(manifest: Manifest) -> Iterator[At]:
    for resource in manifest.all("resource"):
        wrong = [
            name
            for name in resource.keys()  # noqa: SIM118 (an element is no mapping)
            if name.rpartition("}")[2].lower() == "scormtype"
            and name != tag(manifest.edition.adl, manifest.edition.attribute)
        ]
        said = manifest.kind(resource)
        if wrong or (said is None and resource in manifest.launched):
            found = wrong[0].rpartition("}")[2] if wrong else "-"
            right = f"adlcp:{manifest.edition.attribute}"
            yield manifest.document.at(resource, said=found, right=right)
        elif said is not None and said not in ("sco", "asset"):
            right = f'adlcp:{manifest.edition.attribute}="sco"'
            yield manifest.document.at(resource, said=said, right=right)


def _first(manifest: Manifest) -> Iterator[At]:
    with_page = (one for one in manifest.all("resource") if one.get("href"))
    first = next(with_page, None)
    if first is not None and manifest.launched and first is not manifest.launched[0]:
        right = manifest.launched[0].get("identifier")
        yield manifest.document.at(first, right=right)


def _default(manifest: Manifest) -> Iterator[At]:
    for parent in manifest.all("organizations"):
        known = [one.get("identifier") for one in manifest.all("organization")]
        said = parent.get("default")
        if known and said not in known:
            right = known[0] or ""
            yield manifest.document.at(parent, said=said or "", right=right)


def _launches(manifest: Manifest) -> Iterator[At]:
    if not any(item.get("identifierref") for item in manifest.all("item")):
        yield manifest.document.at(next(manifest.all("organizations"), manifest.root))


def _reference(manifest: Manifest) -> Iterator[At]:
    for element in (*manifest.all("item"), *manifest.all("dependency")):
        said = element.get("identifierref")
        if said is not None and said not in manifest.resources:
            yield manifest.document.at(element, said=said)


def _page(manifest: Manifest) -> Iterator[At]:
    for resource in manifest.launched:
        if not resource.get("href"):
            yield manifest.document.at(resource)


def _remote(manifest: Manifest) -> Iterator[At]:
    for one in manifest.links:
        if one.kind == "elsewhere" and manifest.kind(one.element) == "sco":
            yield manifest.document.at(one.element, href=one.href)


def _id_twice(manifest: Manifest) -> Iterator[At]:
    own = ("manifest", "organization", "item", "resource")
    named = (element for element in manifest.root.iter("*") if local(element) in own)
    return twice(manifest.document, named, "identifier")


def _title(manifest: Manifest) -> Iterator[At]:
    for element in (*manifest.all("organization"), *manifest.all("item")):
        title = element.find(tag(manifest.edition.ims, "title"))
        if title is None or not "".join(title.itertext()).strip():
            yield manifest.document.at(element)


def _mastery(manifest: Manifest) -> Iterator[At]:
    for element in manifest.adl("masteryscore"):
        yield manifest.document.at(element)
    name = tag(_SEQUENCING, "primaryObjective")
    for element in manifest.root.iter(name):
        if element.get("satisfiedByMeasure") in ("true", "1"):
            yield manifest.document.at(element)


def _mastery_value(manifest: Manifest) -> Iterator[At]:
    for element in manifest.adl("masteryscore"):
        said = (element.text or "").strip()
        if not re.fullmatch(r"\d{1,3}(\.\d+)?", said) or float(said) > 100:
            yield manifest.document.at(element, said=said)


def _prerequisites(manifest: Manifest) -> Iterator[At]:
    known = {item.get("identifier") for item in manifest.all("item")}
    for element in manifest.adl("prerequisites"):
        text = _QUOTED.sub("", element.text or "")
        for word in dict.fromkeys(_WORD.findall(text)):
            if word not in known:
                yield manifest.document.at(element, id=word)


def _unlisted(manifest: Manifest) -> Iterator[At]:
    """Files that no link names; other manifests, schemas and what computers leave are none."""
    listed = {one.name for one in manifest.links}
    left = [
        entry.name
        for entry in manifest.package.entries
        if entry.name not in listed
        and not entry.junk
        and not entry.name.endswith((".xsd", ".dtd"))
        and entry.name not in ("imsmanifest.xml", "cmi5.xml", "tincan.xml", "metadata.xml")
    ]
    if left:
        names = ", ".join(left[:3]) + (", ..." if left[3:] else "")
        place = next(manifest.all("resources"), manifest.root)
        yield manifest.document.at(place, count=len(left), names=names)


def _completion(manifest: Manifest) -> Iterator[At]:
    name = manifest.edition.element
    sco = any(manifest.kind(one) == "sco" for one in manifest.launched)
    if sco and not any(name in text for _file, text in manifest.package.texts()):
        yield At(values={"name": name})


RULES: tuple[Rule[Manifest], ...] = (
    Rule(
        "schemaversion",
        N_('the version (schemaversion) of the manifest is "%(said)s"'),
        N_('write "%(right)s", exactly: by another text, LMSs take the package for another format'),
        _version,
    ),
    Rule(
        "schema-name",
        N_('the schema of the manifest is "%(said)s"'),
        N_('write "ADL SCORM", exactly'),
        _schema,
    ),
    Rule(
        "scormtype",
        N_("this resource doesn't tell what it is, in this version of SCORM: %(said)s"),
        N_("write %(right)s, in these letters"),
        _type,
    ),
    Rule(
        "sco-first",
        N_("this resource comes before %(right)s, which the course starts with"),
        N_("put %(right)s first: Open edX opens the first one"),
        _first,
        remark=True,
    ),
    Rule(
        "organization-default",
        N_('no organization has the identifier of the default one: "%(said)s"'),
        N_("write %(right)s"),
        _default,
    ),
    Rule(
        "launch-missing",
        N_("nothing is launched: no item leads to a resource"),
        N_("add an organization with an item, and the resource that it opens (identifierref)"),
        _launches,
    ),
    Rule(
        "reference",
        N_("no resource has the identifier %(said)s"),
        N_("write that of one of the resources"),
        _reference,
    ),
    Rule(
        "resource-page",
        N_("an item opens this resource, which has no page (href)"),
        N_("write its page"),
        _page,
    ),
    Rule(
        "sco-elsewhere",
        N_("%(href)s is on another server: opened there, it can't find the LMS"),
        N_("put the page into the package, and what it loads"),
        _remote,
    ),
    Rule(
        "identifier-twice",
        N_("this identifier is that of another element: %(id)s"),
        N_("give each its own; keep the old ones, which learners' history hangs on"),
        _id_twice,
    ),
    Rule(
        "title-missing",
        N_("this has no title, which LMSs show to learners"),
        N_("write one"),
        _title,
    ),
    Rule(
        "mastery-value",
        N_("the mastery score is no number from 0 to 100: %(said)s"),
        N_("write one, or remove the element"),
        _mastery_value,
    ),
    Rule(
        "mastery",
        N_(
            "a mastery score is set: the LMS overrules by the score whatever status the page"
            " reports, and an activity may be ticked although failed"
        ),
        N_("remove it, unless the page always reports a score"),
        _mastery,
        remark=True,
    ),
    Rule(
        "prerequisites",
        N_("the prerequisites name %(id)s, which is no item of the course"),
        N_("write the identifier of an item"),
        _prerequisites,
    ),
    Rule(
        "file-unlisted",
        N_("the manifest does not list all files (%(count)d are missing): %(names)s"),
        N_("list each as a <file> of its resource"),
        _unlisted,
        remark=True,
    ),
    Rule(
        "completion-name",
        N_("no file holds %(name)s: the page may never report completion"),
        N_("have the page report it; Open edX warns of this"),
        _completion,
        remark=True,
    ),
)
