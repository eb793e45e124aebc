"""What is checked of any manifest: that it is there, where LMSs look for it, and can be read."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from capsule.lms.audit import cmi5, scorm, tincan
from capsule.lms.audit.markup import Document, local, space
from capsule.lms.audit.package import Package
from capsule.lms.audit.rules import At, Rule
from capsule.resources import N_

NAMES = {
    "imsmanifest.xml": ("manifest", scorm.NAMESPACES),
    "cmi5.xml": ("courseStructure", (cmi5.NAMESPACE,)),
    "tincan.xml": ("tincan", (tincan.NAMESPACE,)),
}
"""What LMSs look for, in the root of the zip, with its root element and its namespaces."""

_BOM = b"\xef\xbb\xbf"


def documents(package: Package) -> list[Document]:
    """The manifests of a package, SCORM first; a cmi5 course structure alone has any name."""
    names = (package.path.name,) if package.alone else tuple(NAMES)
    contents = ((name, package.read(name)) for name in names)
    return [Document(name, content) for name, content in contents if content is not None]


def kind(document: Document) -> str:
    """Which manifest a document is, by the name that LMSs look for; '' for none of them."""
    if document.root is None:
        return ""
    root, namespace = local(document.root), space(document.root)
    return next((n for n, (r, spaces) in NAMES.items() if r == root and namespace in spaces), "")


def _present(package: Package) -> bool:
    return package.alone or any(name in package.files for name in NAMES)


def _nested(package: Package) -> list[str]:
    found = [n for n in package.files if posixpath.basename(n).lower() in NAMES and "/" in n]
    return sorted(found, key=lambda name: name.count("/"))


def _renamed(package: Package) -> list[tuple[str, str]]:
    """The XML files of the root that are manifests under another name, with the right one."""
    roots = [name for name in package.files if "/" not in name and name.lower().endswith("xml")]
    lowered = [(name, name.lower()) for name in roots if name.lower() in NAMES]
    contents = ((name, package.read(name)) for name in roots[:20])
    kinds = [(name, kind(Document(name, text))) for name, text in contents if text]
    return lowered or [(name, right) for name, right in kinds if right]


def _is_missing(package: Package) -> Iterator[At]:
    if not _present(package) and not _nested(package) and not _renamed(package):
        yield At()


def _is_nested(package: Package) -> Iterator[At]:
    if not _present(package) and not _renamed(package):
        yield from (At(name) for name in _nested(package)[:1])


def _is_renamed(package: Package) -> Iterator[At]:
    if not _present(package):
        for name, right in _renamed(package):
            yield At(name, values={"right": right})


def _several(package: Package) -> Iterator[At]:
    found = [name for name in NAMES if name in package.files]
    if len(found) > 1:
        yield At(found[0], values={"others": ", ".join(found[1:])})


def _alone(package: Package) -> Iterator[At]:
    if package.alone:
        for document in documents(package):
            if document.root is not None and kind(document) != "cmi5.xml":
                yield At(values={"root": local(document.root)})


PACKAGE_RULES: tuple[Rule[Package], ...] = (
    Rule(
        "manifest-missing",
        N_("there is no manifest: neither imsmanifest.xml nor cmi5.xml nor tincan.xml"),
        N_("export the package again, for SCORM, cmi5 or xAPI"),
        _is_missing,
    ),
    Rule(
        "manifest-nested",
        N_("the manifest is in a folder: LMSs look for it at the root of the zip"),
        N_("zip what the folder holds, and not the folder"),
        _is_nested,
    ),
    Rule(
        "manifest-renamed",
        N_("this manifest has another name than the one that LMSs look for"),
        N_("rename it %(right)s, in these letters"),
        _is_renamed,
    ),
    Rule(
        "manifest-several",
        N_("the package has other manifests, too (%(others)s): each LMS has its own preference"),
        N_("make a package for each format"),
        _several,
        remark=True,
    ),
    Rule(
        "manifest-alone",
        N_("only a cmi5 course structure can be imported alone; this is <%(root)s>"),
        N_("put it in a zip with its files"),
        _alone,
    ),
)


def _malformed(document: Document) -> Iterator[At]:
    if document.error:
        line, column = document.error.position
        said = (document.error.msg or "").partition(", line ")[0]
        yield At(document.name, line, max(column, 0), {"said": said})


def _bom(document: Document) -> Iterator[At]:
    if document.content.startswith(_BOM):
        yield At(document.name, 1, 1)


def _encoding(document: Document) -> Iterator[At]:
    if document.encoding not in ("UTF-8", "UTF8", "US-ASCII", "ASCII"):
        yield At(document.name, 1, 1, {"encoding": document.encoding})


def _doctype(document: Document) -> Iterator[At]:
    if document.doctype:
        yield At(document.name, 1)


def _root(document: Document) -> Iterator[At]:
    if document.root is not None and document.name in NAMES and kind(document) != document.name:
        right, spaces = NAMES[document.name]
        values = {"root": local(document.root), "space": space(document.root)}
        yield document.at(document.root, right=right, spaces=", ".join(spaces), **values)


DOCUMENT_RULES: tuple[Rule[Document], ...] = (
    Rule(
        "xml-malformed",
        N_("this is no well-formed XML: %(said)s"),
        N_("export the package again; do not edit the manifest by hand"),
        _malformed,
    ),
    Rule(
        "xml-bom",
        N_("the file begins with a byte order mark, which some LMSs take for a text"),
        N_("save it as UTF-8 without BOM"),
        _bom,
    ),
    Rule(
        "xml-encoding",
        N_("the file is written in %(encoding)s, which not all LMSs read"),
        N_("save it as UTF-8"),
        _encoding,
        remark=True,
    ),
    Rule(
        "xml-doctype",
        N_("the file declares a document type, which may make a server read its own files"),
        N_("remove <!DOCTYPE ...>"),
        _doctype,
    ),
    Rule(
        "manifest-root",
        N_('this is <%(root)s> of the namespace "%(space)s", not <%(right)s> of %(spaces)s'),
        N_("export the package again"),
        _root,
    ),
)
