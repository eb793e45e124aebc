"""What manifests lead to: files of the package, addresses elsewhere, nothing."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from typing import Any, Literal, NamedTuple, Protocol
from urllib.parse import unquote

from capsule.lms.audit.markup import Document
from capsule.lms.audit.package import Package
from capsule.lms.audit.rules import At, Rule
from capsule.resources import N_

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")  # two letters at least: C: is a disk
_DRIVE = re.compile(r"[A-Za-z]:")
_HARMFUL = re.compile(r"(?i)(javascript|data|file|vbscript):")


class Link(NamedTuple):
    """An element that leads to `href`: what that is, and the file's name where there is one."""

    element: Any
    href: str
    kind: Literal["file", "missing", "elsewhere", "unsafe"]
    name: str = ""
    near: str | None = None


class Linked(Protocol):
    """A manifest with links."""

    package: Package
    document: Document

    @property
    def links(self) -> Sequence[Link]:
        """Its links, in their order."""


def link(package: Package, element: Any, href: str, base: str = "") -> Link:
    """What `href` leads to from the folder `base`; its query and fragment are the page's affair."""
    whole = posixpath.join(base.replace("\\", "/"), href.strip().replace("\\", "/"))
    if _HARMFUL.match(whole) or (_DRIVE.match(whole[:2]) and not _SCHEME.match(whole)):
        return Link(element, href, "unsafe")
    if _SCHEME.match(whole) or whole.startswith("//"):
        return Link(element, href, "elsewhere")
    path = whole.partition("?")[0].partition("#")[0]
    names = [posixpath.normpath(written) for written in (unquote(path), path)]
    if any(name.startswith("/") or name.split("/")[0] == ".." for name in names):
        return Link(element, href, "unsafe")
    for name in names:
        if name in package.files:
            return Link(element, href, "file", name)
    near = next((near for name in names if (near := package.near(name))), None)
    return Link(element, href, "missing", near or names[0], near)


def _missing(manifest: Linked) -> Iterator[At]:
    for one in manifest.links:
        if one.kind == "missing" and not one.near:
            yield manifest.document.at(one.element, href=one.href)


def _case(manifest: Linked) -> Iterator[At]:
    for one in manifest.links:
        if one.near:
            yield manifest.document.at(one.element, href=one.href, near=one.near)


def _unsafe(manifest: Linked) -> Iterator[At]:
    for one in manifest.links:
        if one.kind == "unsafe":
            yield manifest.document.at(one.element, href=one.href)


def _backslash(manifest: Linked) -> Iterator[At]:
    for one in manifest.links:
        if "\\" in one.href and one.kind != "unsafe":
            right = one.href.replace("\\", "/")
            yield manifest.document.at(one.element, href=one.href, right=right)


def _blank(manifest: Linked) -> Iterator[At]:
    for one in manifest.links:
        if " " in one.href.strip() and one.kind != "unsafe":
            right = one.href.strip().replace(" ", "%20")
            yield manifest.document.at(one.element, href=one.href, right=right)


RULES: tuple[Rule[Linked], ...] = (
    Rule(
        "file-missing",
        N_("%(href)s is not in the package"),
        N_("add the file, or remove what leads to it"),
        _missing,
    ),
    Rule(
        "file-case",
        N_("%(href)s is named %(near)s in the package: on most servers these are two files"),
        N_("write both in the same way"),
        _case,
    ),
    Rule(
        "href-unsafe",
        N_("%(href)s leads out of the package"),
        N_("write a path from the manifest's folder, such as media/film.mp4"),
        _unsafe,
    ),
    Rule("href-backslash", N_("%(href)s has backslashes"), N_("write %(right)s"), _backslash),
    Rule(
        "href-blank",
        N_("%(href)s has a blank, which no address may have"),
        N_("write %(right)s"),
        _blank,
        remark=True,
    ),
)
