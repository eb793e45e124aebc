"""What is wrong with a source, and what to do about it: the libraries' codes → sentences."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from gettext import gettext as _
from types import UnionType
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import ErrorDetails
from ruamel.yaml.error import MarkedYAMLError

from capsule.model import Capsule
from capsule.resources import N_
from capsule.row import Where

_KEYS = (N_("keys and values are expected here"), N_("see how the starter writes it"))
_SWITCH = (N_("this is neither true nor false"), N_("write true or false, without quotes"))
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
    "capsule_period": (
        N_("%(value)s is not a period"),
        N_("write it like 3 years, 3 ans, 18 months or 36 mois"),
    ),
    "capsule_size": (N_("%(value)s is not a size"), N_("write it like 200 MB, 200 Mo or 1 GB")),
    "capsule_https": (
        N_("the address does not start with https://"),
        N_("host the film where it does: the pages of an LMS may load no other"),
    ),
    "capsule_login": (
        N_("the address holds a login, which everybody would read"),
        N_("write it without what stands before the @"),
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
    "capsule_question_untimed": (
        N_('the question has neither "steps" nor a time of its own'),
        N_("add its steps, or the time that it takes, like for: 2 min"),
    ),
    "capsule_question_twice": (
        N_('the question has both "steps" and a time of its own'),
        N_('remove "for": the steps say how long it lasts'),
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
    "bool_type": _SWITCH,
    "bool_parsing": _SWITCH,
    "int_type": (N_("a whole number is expected here"), ""),
    "greater_than": (N_("the number is too small"), N_("write more than %(gt)s")),
    "greater_than_equal": (N_("the number is too small"), N_("write at least %(ge)s")),
    "less_than_equal": (N_("the number is too large"), N_("write at most %(le)s")),
    "list_type": (N_("a list is expected here"), N_("begin each item with a dash")),
    "too_long": (N_("the list is too long"), N_("keep to %(max_length)d items")),
    "too_short": (
        N_('the list of "%(key)s" is too short'),
        N_("write at least %(min_length)d"),
    ),
    "literal_error": (N_("this value is not known"), N_("write %(expected)s")),
    "model_type": _KEYS,
    "model_attributes_type": _KEYS,
    "dict_type": _KEYS,
}
_SECRET = re.compile(r"(?i)secret|passw|passphrase|mot.?de.?passe|mdp|token|jeton|api.?key|auth")
_AT_THE_END = "stream"  # "found unexpected end of stream", "but got '<stream end>'"
_YAML_FAULTS = (  # what ruamel.yaml says, and what it most often comes from
    ("duplicate key", N_("this key is written twice"), N_("keep one of the two")),
    ("cannot start any token", N_("a tab, or a sign that YAML keeps for itself"), _QUOTES),
    ("mapping values are not allowed", N_("a colon inside a text without quotes"), _QUOTES),
    ("alias", N_("a text without quotes begins with a star"), _QUOTES),
    ("escape", N_("a backslash between double quotes"), N_("use simple quotes: '...'")),
    (_AT_THE_END, N_("quotes or a bracket are not closed"), N_("close them")),
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


def of_value(detail: ErrorDetails) -> tuple[str, str]:
    """What a validation error means to an author, and what to do about it."""
    kind, where = detail["type"], detail["loc"]
    key = str(where[-1]) if where else ""
    if kind == "extra_forbidden" and any(map(_SECRET.search, _names(key, detail["input"]))):
        return _('a secret has no place in capsule.yaml: "%(key)s"') % {"key": key}, _(
            "remove it, and change it if others had this file; give it in CAPSULE_LRS_SECRET, in"
            " the file of CAPSULE_LRS_SECRET_FILE, or in the keyring"
        )
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


def of_yaml(error: MarkedYAMLError) -> tuple[str, str]:
    """What is wrong where ruamel.yaml gives up, and what to do."""
    reason = str(error.problem or error.context or "")
    for sign, what, remedy in _YAML_FAULTS:
        if sign in reason:
            return _(what), _(remedy)
    return _("this is not YAML: %(reason)s") % {"reason": reason}, _("look at the line above too")


def place_of_yaml(error: MarkedYAMLError) -> tuple[int, int]:
    """The line and column, from 1, of what is wrong, or of what is never closed."""
    open_from = error.context_mark if _AT_THE_END in str(error.problem) else None
    mark = open_from or error.problem_mark or error.context_mark
    return (mark.line + 1, mark.column + 1) if mark else (0, 0)


def _names(key: str, value: object) -> Iterator[str]:
    """`key`, and the keys inside of its value."""
    yield key
    held = value.items() if isinstance(value, dict) else ()
    items = (("", one) for one in value) if isinstance(value, list) else ()
    for inner, what in (*held, *items):
        yield from _names(str(inner), what)


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
