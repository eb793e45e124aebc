"""A PPTX cut down to what a template gives.

What is kept: masters, layouts, themes, notes and handout masters, table styles, embedded fonts.
Slides and all that only they use, macros, properties, comments, sections and custom shows go.
"""

from __future__ import annotations

import posixpath

from lxml import etree

from capsule.brand.package import MAIN, NAMES, OFFICE, Link, Package, whole, written

_KEPT = {  # what the presentation itself may lead to
    *("slideMaster", "theme", "notesMaster", "handoutMaster", "presProps", "tableStyles", "font"),
}
_DROPPED = {"slide", "tags", "customXml", "comments", "control"}  # from masters and layouts
_GONE = (  # of presentation.xml: what told of slides, and what would lock or trouble the deck
    *("sldIdLst", "custShowLst", "custDataLst", "extLst", "modifyVerifier", "smartTags"),
    *("photoAlbum",),
)
_NEEDED = {  # parts that PowerPoint asks for, empty: relationship → file, element
    "presProps": ("presProps", "presentationPr"),
    "viewProps": ("viewProps", "viewPr"),
}


def opened(file: bytes) -> Package:
    """The template in `file`, a PPTX, POTX, PPTM or POTM, without its slides and macros.

    Raises TemplateError when it is another kind of file, protected or broken.
    """
    package = whole(file)
    _cleaned(package)
    _reduced(package)
    _completed(package)
    package.types[package.main] = MAIN
    return package


def _cleaned(package: Package) -> None:
    """Take out of the presentation, masters and layouts what tells of slides and of macros."""
    top = package.tree(package.main)
    for name in _GONE:
        for gone in top.findall(f"p:{name}", NAMES):
            top.remove(gone)
    top.attrib.pop("firstSlideNum", None)
    links = package.links.get(package.main, {})
    package.links[package.main] = {n: x for n, x in links.items() if x.kind in _KEPT}
    _forget(package, package.main, set(links) - set(package.links[package.main]))
    for properties in package.related(package.main, "presProps"):
        tree = package.tree(properties)
        for gone in tree.findall("p:showPr", NAMES):
            tree.remove(gone)
    masters = package.related(package.main, "slideMaster")
    for name in [*masters, *(one for m in masters for one in package.related(m, "slideLayout"))]:
        links = package.links.get(name, {})
        kept = {n: x for n, x in links.items() if x.kind not in _DROPPED}
        package.links[name] = kept
        _forget(package, name, set(links) - set(kept))
        tree = package.tree(name)
        for gone in [
            *tree.findall("p:timing", NAMES),
            *tree.xpath(".//a:*[starts-with(@action, 'ppaction://macro')]", namespaces=NAMES),
        ]:
            gone.getparent().remove(gone)


def _forget(package: Package, name: str, links: set[str]) -> None:
    """Take out of a part what hangs on relationships that are no more."""
    if not links:
        return
    for element in package.tree(name).xpath(".//*[@r:id]", namespaces=NAMES):
        if element.get(f"{{{OFFICE}}}id") in links:
            parent = element.getparent()
            parent.remove(element)
            if not len(parent) and etree.QName(parent).localname in {"custDataLst", "controls"}:
                parent.getparent().remove(parent)


def _reduced(package: Package) -> None:
    """Keep only the parts that something leads to."""
    found, waiting = list[str](), [package.main]
    while waiting:
        name = waiting.pop(0)
        if name in found or name not in package.blobs:
            continue
        found.append(name)
        links = package.links.get(name, {})
        there = {n: x for n, x in links.items() if x.external or x.target in package.blobs}
        package.links[name] = there
        waiting += [link.target for link in there.values() if not link.external]
    package.blobs = {name: package.blobs[name] for name in found}
    package.links = {name: links for name, links in package.links.items() if name in found}


def _completed(package: Package) -> None:
    """Add the parts that PowerPoint asks for and that the file does not have."""
    links = package.links[package.main]
    for kind, (own, element) in _NEEDED.items():
        if package.related(package.main, kind):
            continue
        name = posixpath.join(posixpath.dirname(package.main), f"{own}.xml")
        top = etree.Element(f"{{{NAMES['p']}}}{element}", nsmap={"p": NAMES["p"]})
        package.blobs[name] = written(top)
        package.types[name] = MAIN.replace("presentation.main", own)
        links[f"rIdCapsule{own}"] = Link(kind, f"{OFFICE}/{kind}", name, external=False)
