"""What is checked in any zip: names, ways of packing, damage."""

from __future__ import annotations

import re
import stat
from collections import Counter
from collections.abc import Callable, Iterator

from capsule.lms.audit.package import Entry, Package, alike
from capsule.lms.audit.rules import At, Rule
from capsule.resources import N_

_DRIVE = re.compile(r"[A-Za-z]:")
_REZIP = N_("zip the files again")


def _each(at_fault: Callable[[Entry], bool]) -> Callable[[Package], Iterator[At]]:
    """A function that gives the entries of a package which are `at_fault`."""

    def find(package: Package) -> Iterator[At]:
        return (At(entry.name) for entry in package.entries if at_fault(entry))

    return find


def _is_outside(entry: Entry) -> bool:
    return ".." in entry.name.split("/")


def _is_absolute(entry: Entry) -> bool:
    return entry.name.startswith("/") or bool(_DRIVE.match(entry.name))


def _has_control(entry: Entry) -> bool:
    return any(ord(c) < 32 or ord(c) == 127 for c in entry.written)


def _is_link(entry: Entry) -> bool:
    return stat.S_ISLNK(entry.info.external_attr >> 16)


def _backslash(package: Package) -> Iterator[At]:
    for entry in package.entries:
        if "\\" in entry.written and not _is_absolute(entry) and not _is_outside(entry):
            yield At(entry.name, values={"name": entry.written})


def _twice(package: Package) -> Iterator[At]:
    for name, count in Counter(entry.name for entry in package.entries).items():
        if count > 1:
            yield At(name, values={"count": count})


def _case(package: Package) -> Iterator[At]:
    seen: dict[str, str] = {}
    for name in package.files:
        other = seen.setdefault(alike(name), name)
        if other != name:
            yield At(name, values={"other": other})


def _method(package: Package) -> Iterator[At]:
    for entry in package.entries:
        if not entry.known_method and not entry.encrypted:
            yield At(entry.name, values={"number": entry.info.compress_type})


def _bomb(package: Package) -> Iterator[At]:
    if package.bomb:
        yield At(values={"size": sum(e.info.file_size for e in package.entries) >> 20})
        return
    for entry in package.entries:
        if entry.bomb:
            yield At(entry.name, values={"size": entry.info.file_size >> 20})


def _damaged(package: Package) -> Iterator[At]:
    for entry in package.entries:
        if package.readable(entry) and package.damaged(entry):
            yield At(entry.name)


def _junk(package: Package) -> Iterator[At]:
    names = [entry.name for entry in package.entries if entry.junk]
    if names:
        yield At(names[0], values={"count": len(names)})


RULES: tuple[Rule[Package], ...] = (
    Rule(
        "path-outside",
        N_("this name leads out of the folder where the package is unpacked"),
        N_("zip the files again, from inside their folder"),
        _each(_is_outside),
    ),
    Rule(
        "path-absolute",
        N_("this name starts at the root of a disk"),
        N_("zip the files again, from inside their folder"),
        _each(_is_absolute),
    ),
    Rule(
        "path-backslash",
        N_("the name is written with backslashes: %(name)s"),
        N_("zip the files again with a program that writes /"),
        _backslash,
    ),
    Rule(
        "name-control",
        N_("the name holds a control character"),
        N_("rename the file, then zip again"),
        _each(_has_control),
    ),
    Rule(
        "name-encoding",
        N_("the name has accents that are not marked as UTF-8: some LMSs will change them"),
        N_("rename the file without accents, or zip again with a program that writes UTF-8"),
        _each(lambda entry: entry.unmarked and not entry.junk),
    ),
    Rule(
        "symlink", N_("this is a link to another file"), N_("put the file itself"), _each(_is_link)
    ),
    Rule("name-twice", N_("this file is in the zip %(count)d times"), _REZIP, _twice),
    Rule(
        "name-case",
        N_("this name differs from %(other)s by case or accents only: one will replace the other"),
        N_("rename one of them"),
        _case,
    ),
    Rule(
        "encrypted",
        N_("this file is protected by a password"),
        N_("zip the files again without one"),
        _each(lambda entry: entry.encrypted),
    ),
    Rule(
        "compression",
        N_("this file is compressed by a method that few programs unpack (number %(number)s)"),
        N_("zip the files again with the usual method (deflate)"),
        _method,
    ),
    Rule(
        "bomb",
        N_("this unpacks to %(size)d MB, hundreds of times its size, like an attack on a server"),
        N_("remove it"),
        _bomb,
    ),
    Rule(
        "damaged",
        N_("this file is damaged: it cannot be unpacked, or differs from its checksum"),
        N_("make the package again, or copy it again"),
        _damaged,
    ),
    Rule(
        "junk",
        N_("this was left there by a computer and serves nothing (%(count)d such files in all)"),
        N_("remove it"),
        _junk,
        remark=True,
    ),
)
"""Sources: APPNOTE 6.3.10, and what LMSs were seen to do with such zips."""
