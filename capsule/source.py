"""`capsule.yaml` → Capsule; every fault at once, each with file:line:column."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, lru_cache
from gettext import gettext as _
from itertools import pairwise
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedBase, CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from capsule import faults
from capsule.errors import InputError, Problem
from capsule.model import Capsule, Narration
from capsule.row import Row, Where

_FILE_NAME = "capsule.yaml"


@dataclass(frozen=True)
class Source:
    """A checked capsule and the file that it comes from; `row` is what a variant writes over it."""

    path: Path
    capsule: Capsule
    data: Any  # what the file holds, and the row, in dicts and lists
    row: Row | None = None

    @cached_property
    def folder(self) -> Path:
        """The folder that the file's own paths start from."""
        return self.path.parent

    def file(self, name: str) -> Path:
        """A media file that the source names, beside it."""
        return self.folder / name

    def problem(self, where: Where, what: str, remedy: str = "") -> Problem:
        """A problem at a value of the source, `where` being its keys and list indexes."""
        if self.row:
            return self.row.problem(_path(self.data, where), what, remedy)
        return Problem(self.path, *_position(self.data, where), what, remedy)


def load(path: Path) -> Source:
    """Read and check `path`, a capsule's folder or its source file, but not its media.

    Raises InputError with every problem of the file.
    """
    source, problems = _read(path)
    if not source or problems:
        raise InputError(problems)
    return source


def read(path: Path, row: Row | None = None) -> tuple[Source | None, list[Problem]]:
    """What `path` holds and every problem of it, media that are not there among them.

    Unknown keys are set aside, so that a file with no other fault can still be planned. With
    `row`, its values are taken instead of the file's, and the problems are placed in it.
    Raises InputError when there is no such file, or when it is not YAML.
    """
    source, problems = _read(path, row)
    if source:
        problems += _missing_media(source)
    return source, problems


def _read(path: Path, row: Row | None = None) -> tuple[Source | None, list[Problem]]:
    file = path / _FILE_NAME if path.is_dir() else path
    tree: Any = _parse(file)
    data = _plain(tree, {})
    if row:
        tree = data = row.over(data)
    capsule, details = _validate(data)
    unknown = [detail["loc"] for detail in details if detail["type"] == "extra_forbidden"]
    if unknown:
        for *parents, key in unknown:
            _drop(data, _path(tree, parents), key)
        capsule, _rest = _validate(data)
    problems = [_problem(file, row, tree, detail) for detail in details]
    return (Source(file, capsule, tree, row) if capsule else None), problems


def _validate(data: object) -> tuple[Capsule | None, list[ErrorDetails]]:
    try:
        return Capsule.model_validate(data, context={}), []
    except ValidationError as error:
        return None, error.errors()


def _plain(node: Any, known: dict[int, Any]) -> Any:
    """`node` in plain dicts and lists, which bear changes; aliases stay shared."""
    if id(node) in known:
        return known[id(node)]
    if isinstance(node, CommentedMap):
        known[id(node)] = copied = {}
        copied.update({key: _plain(value, known) for key, value in node.items()})
        return copied
    if isinstance(node, CommentedSeq):
        items: list[Any] = []
        known[id(node)] = items
        items.extend(_plain(item, known) for item in node)
        return items
    return node


def _drop(data: Any, parents: Where, key: str | int) -> None:
    for step in parents:
        data = data[step]
    data.pop(key, None)  # an alias may have lost it already


def _missing_media(source: Source) -> Iterator[Problem]:
    for where, name in _media(source.capsule):
        if name and not source.file(name).is_file():
            yield source.problem(
                where,
                _("there is no file %(name)s") % {"name": name},
                _("put it beside capsule.yaml, or correct its name"),
            )
    voice = source.capsule.film.voice
    named = "recordings" in voice.model_fields_set
    if named and not source.file(voice.recordings).is_dir():
        yield source.problem(
            ("film", "voice", "recordings"),
            _("there is no folder %(name)s") % {"name": voice.recordings},
            _("make it beside capsule.yaml, or correct its name"),
        )


def _media(capsule: Capsule) -> Iterator[tuple[Where, str | None]]:
    """The files that `capsule` names, and where."""
    centre, intro, film = capsule.centre, capsule.intro, capsule.film
    yield ("centre", "logo"), centre.logo
    yield ("theme", "logo"), capsule.theme.logo
    yield ("theme", "template"), capsule.theme.template
    if font := capsule.theme.font:
        for style in ("regular", "bold", "italic", "bold_italic"):
            yield ("theme", "font", style), getattr(font, style)
    yield ("intro", "video"), intro.video
    yield ("intro", "captions"), intro.captions
    if film.voice.model:
        yield ("film", "voice", "model"), film.voice.model
        yield ("film", "voice", "model"), f"{film.voice.model}.json"
    if film.music:
        yield ("film", "music", "file"), film.music.file
    debrief = capsule.debrief
    told: list[tuple[Where, Narration | None]] = [
        *((("intro", "scenes", n), scene.narration) for n, scene in enumerate(intro.scenes or [])),
        (("message",), capsule.message.narration),
        *((("debrief", "questions", n), q.narration) for n, q in enumerate(debrief.questions)),
        (("debrief", "synthesis"), debrief.synthesis.narration),
    ]
    for where, narration in told:
        if narration and narration.file:
            yield (*where, "narration", "file"), narration.file


def _parse(file: Path) -> CommentedMap:
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except (FileNotFoundError, NotADirectoryError):
        remedy = _("make a capsule with: capsule new tous-concernes")
        raise _refused(file, (0, 0), _("there is no such file"), remedy) from None
    except UnicodeDecodeError as error:
        before = error.object[: error.start]
        raise _refused(
            file,
            (before.count(b"\n") + 1, error.start - before.rfind(b"\n")),
            _("the file is not written in UTF-8"),
            _("save it as UTF-8 in your text editor"),
        ) from None
    return _tree(file, text)


@lru_cache(maxsize=1)
def _tree(file: Path, text: str) -> CommentedMap:
    """The YAML of `file`, not to be changed: variants read the same again and again."""
    try:
        tree = YAML(typ="rt").load(io.StringIO(text))
    except MarkedYAMLError as error:
        raise _refused(file, faults.place_of_yaml(error), *faults.of_yaml(error)) from None
    except RecursionError:
        raise _refused(file, (0, 0), _("lists or keys are nested too deep"), "") from None
    except (YAMLError, ValueError) as error:
        what = _("this is not YAML: %(reason)s") % {"reason": error}
        raise _refused(file, (0, 0), what, "") from None
    if not isinstance(tree, CommentedMap):
        remedy = _("start from a model: capsule new tous-concernes")
        raise _refused(file, (1, 1), _("this is not a capsule"), remedy)
    return tree


def _refused(file: Path, place: tuple[int, int], what: str, remedy: str) -> InputError:
    return InputError([Problem(file, *place, what, remedy)])


def _path(tree: Any, where: Where) -> list[str | int]:
    """`where` without what the tree does not hold: the tags of unions, and absent keys."""
    node: Any = tree
    path: list[str | int] = []
    for before, step in pairwise((None, *where)):
        if isinstance(node, dict):
            tag = isinstance(before, int) and node.get("kind") == step
            if tag or step not in node:
                continue
        elif not isinstance(node, list) or not isinstance(step, int) or step >= len(node):
            break
        path.append(step)  # type: ignore[arg-type]
        node = node[step]
    return path


def _position(tree: CommentedBase, where: Where, *, key: bool = False) -> tuple[int, int]:
    """Line and column, from 1, of the value at `where`, or of its key, as when it has no value.

    What comes from a merge (`<<`) has no place of its own: the place of what holds it is given.
    """
    node: Any = tree
    line, column = 0, 0
    path = _path(tree, where)
    for depth, step in enumerate(path, 1):
        with suppress(KeyError):
            if isinstance(node, CommentedSeq):
                line, column = node.lc.item(step)
            else:
                at_key, at_value = node.lc.key(step), node.lc.value(step)
                # No value has the place of what comes next, be it on a later line.
                nothing = node[step] is None and at_value[0] > at_key[0]
                last = key and depth == len(path)
                line, column = at_key if last or nothing else at_value
        node = node[step]
    return line + 1, column + 1


def _problem(file: Path, row: Row | None, tree: Any, detail: ErrorDetails) -> Problem:
    where, what_and_remedy = detail["loc"], faults.of_value(detail)
    if row:
        return row.problem(_path(tree, where), *what_and_remedy)
    at_key = detail["type"] == "extra_forbidden"
    return Problem(file, *_position(tree, where, key=at_key), *what_and_remedy)
