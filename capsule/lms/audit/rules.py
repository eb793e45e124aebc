"""What a rule is, and what is found when a package breaks it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from gettext import gettext as _
from pathlib import Path
from typing import Generic, NamedTuple, TypeVar

from capsule.errors import Problem

Subject = TypeVar("Subject")


class At(NamedTuple):
    """A place: a file of the package ('' for it as a whole), line and column from 1 (0: none).

    `values` fill in the rule's message.
    """

    file: str = ""
    line: int = 0
    column: int = 0
    values: Mapping[str, object] = {}


@dataclass(frozen=True)
class Rule(Generic[Subject]):
    """A name, a message and a remedy (msgids), and the function that gives each place at fault.

    A `remark` is what some LMS was seen to stumble over, or what most people do not mean: the
    package is valid with it.
    """

    name: str
    what: str
    remedy: str
    find: Callable[[Subject], Iterable[At]]
    remark: bool = False


@dataclass(frozen=True)
class Finding:
    """A place where a package breaks a rule."""

    rule: str
    at: At
    _what: str = field(repr=False)
    _remedy: str = field(repr=False)
    remark: bool = False

    @property
    def what(self) -> str:
        """What is wrong, in the user's language."""
        return _filled(self._what, self.at)

    @property
    def remedy(self) -> str:
        """What to do, in the user's language."""
        return _filled(self._remedy, self.at)

    def problem(self, package: Path) -> Problem:
        """The finding as a problem of the file `package`."""
        path = package / _printable(self.at.file) if self.at.file else package
        return Problem(path, self.at.line, self.at.column, self.what, self.remedy)


def _filled(msgid: str, at: At) -> str:
    """A message with its values, none of which a terminal obeys: they come from the package."""
    values = {
        name: _printable(value) if isinstance(value, str) else value
        for name, value in at.values.items()
    }
    return _(msgid) % values


def broken(rules: Iterable[Rule[Subject]], subject: Subject) -> Iterator[Finding]:
    """Every place where `subject` breaks one of `rules`."""
    for rule in rules:
        for at in rule.find(subject):
            yield Finding(rule.name, at, rule.what, rule.remedy, rule.remark)


def _printable(name: str) -> str:
    """A name from a zip without what a terminal would obey."""
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in name)
