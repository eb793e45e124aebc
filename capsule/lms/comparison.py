"""Two versions of a package: whether learners keep their history, and what changes for them.

An LMS knows a course and its learners' tries by identifiers: Moodle by those of the items, others
by those of all that holds them, a record store by IRIs. The player knows answers by the ids of
questions.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from gettext import gettext as _
from gettext import ngettext
from pathlib import Path
from typing import Literal

from capsule.errors import InputError, Problem
from capsule.lms import contents
from capsule.lms.contents import Contents, Data
from capsule.numbers import decimal
from capsule.resources import N_
from capsule.typography import clock

History = Literal["kept", "answers-lost", "lost"]

_IDENTITY = {
    "capsule": N_("the capsule's address changes: %(old)s → %(new)s"),
    "manifest": N_("the identifier of the manifest changes: %(old)s → %(new)s"),
    "organization": N_("the identifier of the organization changes: %(old)s → %(new)s"),
    "item": N_("the identifier of the item changes: %(old)s → %(new)s"),
    "resource": N_("the identifier of the resource changes: %(old)s → %(new)s"),
    "course": N_("the id of the course changes: %(old)s → %(new)s"),
    "unit": N_("the id of the unit changes: %(old)s → %(new)s"),
    "activity": N_("the id of the activity changes: %(old)s → %(new)s"),
}
_CHANGED = {
    "title": N_("title: %(old)s → %(new)s"),
    "language": N_("language: %(old)s → %(new)s"),
    "duration": N_("length: %(old)s → %(new)s"),
    "rule": N_("to complete it: %(old)s → %(new)s; who has completed it keeps that"),
    "setting": N_("setting of the manifest: %(old)s → %(new)s"),
    "film": N_("film: %(old)s → %(new)s"),
    "captions": N_("captions: %(new)s"),
    "question": N_(
        "a question has another text, under which the old answers will stand: %(old)s → %(new)s"
    ),
    "text-removed": N_("no longer on the page: %(old)s"),
    "text-added": N_("new on the page: %(new)s"),
    "file-removed": N_("file removed: %(old)s"),
    "file-added": N_("file added: %(new)s"),
    "file-changed": N_("file changed: %(new)s"),
    "size": N_("size: %(old)s → %(new)s"),
}
_LOST_ANSWER = N_("the answers to this question are lost: %(old)s")
_VERDICTS: dict[History, str] = {
    "kept": N_("Learners keep their history: replace the package in the same activity."),
    "answers-lost": N_(
        "Learners keep their status and grade, but lose the answers to questions that are gone."
    ),
    "lost": N_(
        "Learners lose their history: an LMS takes the new package for another course, or for"
        " other parts of it."
    ),
}
_REMEDIES: dict[History, str] = {
    "answers-lost": N_(
        "Have the new package made with these questions, or wait for a new session."
    ),
    "lost": N_(
        "Have the new package made with the old identifiers (in capsule.yaml: capsule and"
        " tracking.base), or add it beside the old one."
    ),
}


@dataclass(frozen=True)
class Change:
    """What differs: a kind, and how it was and is, for people ('' for nothing)."""

    kind: str
    old: str
    new: str

    @property
    def text(self) -> str:
        """The change in the user's language."""
        message = {**_IDENTITY, **_CHANGED, "answer": _LOST_ANSWER}[self.kind]
        nothing = _("none")
        return _(message) % {"old": self.old or nothing, "new": self.new or nothing}


@dataclass(frozen=True)
class Comparison:
    """What becomes of learners' history, why, and all that changes."""

    format: str
    losses: tuple[Change, ...]
    changes: tuple[Change, ...]

    @property
    def history(self) -> History:
        """What becomes of what LMSs and the player have recorded."""
        if not self.losses:
            return "kept"
        return "answers-lost" if all(one.kind == "answer" for one in self.losses) else "lost"

    @property
    def verdict(self) -> str:
        """The first thing to know, in the user's language."""
        if not self.losses and not self.changes:
            return _("The two packages hold the same files.")
        return _(_VERDICTS[self.history])

    @property
    def remedy(self) -> str:
        """What to do about what is lost, in the user's language; '' when nothing is."""
        return _(_REMEDIES[self.history]) if self.losses else ""


def compare(old: Path, new: Path) -> Comparison:
    """Compare two packages of the same format.

    Raises InputError when they are of different formats or can't be read, and OSError.
    """
    before, after = contents.read(old), contents.read(new)
    common = next((name for name in before if name in after), None)
    if common is None:
        formats = {"new": ", ".join(after), "old": ", ".join(before)}
        what = _("this package is of another format (%(new)s) than the old one (%(old)s)") % formats
        remedy = _("compare packages of the same format: history does not go from one to another")
        raise InputError([Problem(new, 0, 0, what, remedy)])
    one, other = before[common], after[common]
    losses = (*_identity(one, other), *_answers(one, other))
    changes = (*_told(one, other), *_shown(one, other), *_files(one, other))
    return Comparison(common, losses, changes)


def _identity(old: Contents, new: Contents) -> Iterator[Change]:
    """Identifiers that are gone; one that is new beside them stands for the one it replaces."""
    for kind, before in old.identity.items():
        after = new.identity.get(kind, {})
        fresh = [name for name in after if name not in before]
        for name, below in before.items():
            if name not in after:
                yield Change(kind, name, fresh.pop(0) if fresh else "")
            elif below != after[name]:
                yield Change("resource", below, after[name])


def _answers(old: Contents, new: Contents) -> Iterator[Change]:
    if old.data and new.data:
        for name in old.data.questions:
            if name not in new.data.questions:
                yield Change("answer", old.questions.get(name, name), "")


def _told(old: Contents, new: Contents) -> Iterator[Change]:
    """What the manifest and the player's data say."""
    if old.title != new.title:
        yield Change("title", old.title, new.title)
    names = dict.fromkeys([*old.settings, *new.settings])
    for name in names:
        before, after = old.settings.get(name), new.settings.get(name)
        if before != after:
            pair = (f"{name} = {value}" if value else "" for value in (before, after))
            yield Change("setting", *pair)
    if old.data and new.data:
        yield from _data(old.data, new.data)


def _data(old: Data, new: Data) -> Iterator[Change]:
    if old.language != new.language:
        yield Change("language", old.language, new.language)
    if old.duration != new.duration:
        yield Change("duration", clock(round(old.duration)), clock(round(new.duration)))
    if old.rule != new.rule:
        yield Change("rule", _rule(old), _rule(new))
    before, after = ([text for _start, _end, text in one.cues] for one in (old, new))
    if old.cues != new.cues:
        changed = sum(max(i2 - i1, j2 - j1) for i1, i2, j1, j2 in _differing(before, after))
        said = ngettext("%(count)d is another", "%(count)d are others", changed)
        yield Change("captions", "", said % {"count": changed} if changed else _("other times"))


def _rule(data: Data) -> str:
    """What completes the capsule, in words."""
    asked, total = len(data.rule.questions), len(data.questions)
    words = [
        _("%(percent)d %% of the film") % {"percent": round(100 * data.rule.share)},
        _("%(count)d of %(total)d questions") % {"count": asked, "total": total} if asked else "",
        _("the message") if data.rule.message else "",
    ]
    return ", ".join(word for word in words if word)


def _shown(old: Contents, new: Contents) -> Iterator[Change]:
    """What the page says, for packages of the tool's."""
    asked = {name for name in old.questions if name in new.questions}
    for name in sorted(asked):
        if old.questions[name] != new.questions[name]:
            yield Change("question", old.questions[name], new.questions[name])
    for i1, i2, j1, j2 in _differing(old.texts, new.texts):
        yield from (Change("text-removed", text, "") for text in old.texts[i1:i2])
        yield from (Change("text-added", "", text) for text in new.texts[j1:j2])


def _differing(
    old: list[str] | tuple[str, ...], new: list[str] | tuple[str, ...]
) -> list[tuple[int, int, int, int]]:
    matched = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return [(i1, i2, j1, j2) for tag, i1, i2, j1, j2 in matched if tag != "equal"]


def _files(old: Contents, new: Contents) -> Iterator[Change]:
    """Films first, then the other files, then the whole."""
    if (old.films, old.hosted) != (new.films, new.hosted):
        yield Change("film", _films(old), _films(new))
    before, after = _others(old), _others(new)
    yield from (Change("file-removed", name, "") for name in before if name not in after)
    yield from (Change("file-added", "", name) for name in after if name not in before)
    common = (name for name in before if name in after and before[name] != after[name])
    yield from (Change("file-changed", name, name) for name in common)
    if old.size != new.size:
        yield Change("size", megabytes(old.size), megabytes(new.size))


def _films(package: Contents) -> str:
    told = [
        f"{name} ({megabytes(file.size)}, {file.checksum:08x})"
        for name, file in package.films.items()
    ]
    return ", ".join([*told, package.hosted] if package.hosted else told)


def _others(package: Contents) -> Mapping[str, contents.File]:
    return {name: file for name, file in package.files.items() if name not in package.films}


def megabytes(size: int) -> str:
    """A size in bytes for people."""
    return _("%(size)s MB") % {"size": decimal(size / 1e6)}
