"""`capsule.yaml` → Capsule; every fault at once, each with file:line:column."""

from __future__ import annotations

import difflib
import io
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, lru_cache
from gettext import gettext as _
from itertools import pairwise
from pathlib import Path
from types import UnionType
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedBase, CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from capsule.errors import InputError, Problem
from capsule.model import Capsule, Narration
from capsule.resources import N_
from capsule.row import Row

FILE_NAME = "capsule.yaml"
Where = Sequence[str | int]

_KEYS = (N_("keys and values are expected here"), N_("see how the starter writes it"))
_QUOTES = N_('put the text between quotes, and indent with spaces: "..."')
_ADDRESS = (
    N_("this is not a web address"),
    N_("write it like https://formation.example/capsules, without a final /"),
)
_FAULTS = {
    "missing": (N_('"%(key)s" is missing'), N_("add it")),
    "capsule_duration": (
        N_("%(value)s is not a duration"),
        N_("write 90 s, 2 min, 1 min 30 s or 1:30"),
    ),
    "capsule_share": (N_("%(value)s is not a percentage"), N_("write it like 80 %%")),
    "capsule_colour": (
        N_("this is not a colour"),
        N_('write it like "#14213D", with its quotes'),
    ),
    "capsule_timezone": (
        N_("%(value)s is not a time zone"),
        N_("write an IANA name such as Europe/Paris"),
    ),
    "capsule_control": (N_("the text holds the control character %(code)s"), N_("remove it")),
    "capsule_intro_none": (N_('the intro has neither "video" nor "scenes"'), N_("add one of them")),
    "capsule_intro_both": (N_('the intro has both "video" and "scenes"'), N_("keep one of them")),
    "capsule_intro_backwards": (
        N_("the video is left before it is taken up"),
        N_('write a "to" that comes after "from"'),
    ),
    "capsule_moment": (
        N_("%(value)s is not a moment of the video"),
        N_("write it like 1:30 or 12.5 s"),
    ),
    "capsule_narration": (
        N_('the narration has neither "text" nor "file"'),
        N_("write what is said, or the name of its recording"),
    ),
    "capsule_voice_model": (
        N_('"engine: piper" and "model" go together'),
        N_("write both, the model being Piper's voice file, or neither"),
    ),
    "capsule_intro_video_only": (
        N_('"%(name)s" goes with a video, and this intro has scenes'),
        N_("remove it"),
    ),
    "union_tag_invalid": (
        N_('the scene has no known "kind"'),
        N_("write one of: %(expected_tags)s"),
    ),
    "union_tag_not_found": (
        N_('the scene has no "kind"'),
        N_("add kind: title, words, situation, figure or list"),
    ),
    "string_type": (N_("a text is expected here"), N_('put it between quotes: "..."')),
    "capsule_blank": (N_("the text is empty"), N_("write it, or remove the key")),
    "capsule_emphasis": (N_("an emphasis has no end"), N_("put two stars before it and after it")),
    "capsule_address": _ADDRESS,
    "capsule_path": (
        N_("%(value)s is not a file of the capsule's folder"),
        N_("put the file in that folder, and write its path from there, with /"),
    ),
    "string_unicode": (N_("a text is expected here"), N_('put it between quotes: "..."')),
    "string_too_long": (N_("the text is too long"), N_("keep to %(max_length)d characters")),
    "int_type": (N_("a whole number is expected here"), ""),
    "greater_than": (N_("the number is too small"), N_("write more than %(gt)s")),
    "greater_than_equal": (N_("the number is too small"), N_("write at least %(ge)s")),
    "less_than_equal": (N_("the number is too large"), N_("write at most %(le)s")),
    "list_type": (N_("a list is expected here"), N_("begin each item with a dash")),
    "too_long": (N_("the list is too long"), N_("keep to %(max_length)d items")),
    "too_short": (N_("the list is too short"), N_("write at least %(min_length)d")),
    "literal_error": (N_("this value is not known"), N_("write %(expected)s")),
    "model_type": _KEYS,
    "model_attributes_type": _KEYS,
    "dict_type": _KEYS,
}
_YAML_FAULTS = (  # what ruamel.yaml says, and what it most often comes from
    ("duplicate key", N_("this key is written twice"), N_("keep one of the two")),
    ("cannot start any token", N_("a tab, or a sign that YAML keeps for itself"), _QUOTES),
    ("mapping values are not allowed", N_("a colon inside a text without quotes"), _QUOTES),
    ("alias", N_("a text without quotes begins with a star"), _QUOTES),
    ("escape", N_("a backslash between double quotes"), N_("use simple quotes: '...'")),
    ("end of stream", N_("quotes or a bracket are not closed"), N_("close them")),
    *(
        (
            sign,
            N_("this line does not follow from the one above"),
            N_("align it, or close the quotes or brackets before it"),
        )
        for sign in ("expected ':'", "expected ','", "expected <block end>")
    ),
)
_FORMS = {
    "capsule": (
        N_("an id holds lower-case letters, digits and hyphens only"),
        N_("write it like tous-concernes"),
    ),
    "base": _ADDRESS,
    "url": _ADDRESS,
    "language": (N_("this is not a language tag"), N_("write fr, en, fr-CA...")),
}


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
    file = path / FILE_NAME if path.is_dir() else path
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
        mark = error.problem_mark or error.context_mark
        place = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        raise _refused(file, place, *_yaml_fault(error)) from None
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


def _yaml_fault(error: MarkedYAMLError) -> tuple[str, str]:
    reason = str(error.problem or error.context or "")
    for sign, what, remedy in _YAML_FAULTS:
        if sign in reason:
            return _(what), _(remedy)
    return _("this is not YAML: %(reason)s") % {"reason": reason}, _("look at the line above too")


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
    """Line and column, from 1, of the value at `where`, or of its key.

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
                last = key and depth == len(path)
                line, column = (node.lc.key if last else node.lc.value)(step)
        node = node[step]
    return line + 1, column + 1


def _problem(file: Path, row: Row | None, tree: Any, detail: ErrorDetails) -> Problem:
    where, what_and_remedy = detail["loc"], _explain(detail)
    if row:
        return row.problem(_path(tree, where), *what_and_remedy)
    at_key = detail["type"] == "extra_forbidden"
    return Problem(file, *_position(tree, where, key=at_key), *what_and_remedy)


def _explain(detail: ErrorDetails) -> tuple[str, str]:
    """What a validation error means to an author, and what to do about it."""
    kind, where = detail["type"], detail["loc"]
    key = str(where[-1]) if where else ""
    if kind == "extra_forbidden":
        return _('unknown key "%(key)s"') % {"key": key}, _suggestion(where)
    if detail["input"] is None and kind not in {"missing", "capsule_colour"}:
        kind = "capsule_blank"  # a key without a value
    fault = _FORMS.get(key) if kind == "string_pattern_mismatch" else _FAULTS.get(kind)
    if not fault:
        return _("this cannot be used here (%(reason)s)") % {"reason": detail["msg"]}, ""
    values = {**detail.get("ctx", {}), "key": key}
    if "expected" in values:
        values["expected"] = str(values["expected"]).replace(" or ", ", ")
    return _(fault[0]) % values, _(fault[1]) % values if fault[1] else ""


def _suggestion(where: Where) -> str:
    *parents, unknown = where
    known = _keys(Capsule, parents)
    if near := difflib.get_close_matches(str(unknown), known, n=1, cutoff=0.6):
        return _('did you mean "%(key)s"?') % {"key": near[0]}
    return _("known keys here: %(keys)s") % {"keys": ", ".join(known)}


def _keys(model: type[BaseModel], where: Where) -> list[str]:
    """The keys that `model` knows at `where`, as the author writes them."""
    models = [model]
    for step in where:
        if isinstance(step, int):
            continue
        tagged = [m for m in models if _tag(m) == step]
        models = tagged or [
            inner
            for m in models
            for name, field in m.model_fields.items()
            if step in (name, field.alias)
            for inner in _models(field.annotation)
        ]
    return [f.alias or name for m in models for name, f in m.model_fields.items()]


def _tag(model: type[BaseModel]) -> str | None:
    kind = model.model_fields.get("kind")
    return get_args(kind.annotation)[0] if kind and get_origin(kind.annotation) is Literal else None


def _models(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    if isinstance(annotation, UnionType) or get_origin(annotation):
        return [model for inner in get_args(annotation) for model in _models(inner)]
    return []
