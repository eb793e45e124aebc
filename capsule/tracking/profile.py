"""The xAPI profile of capsules, as a document that other systems read (xAPI Profiles 1.0).

It says what the statements of attendance lists and those of the player look like; what the film
says follows the video profile, and what cmi5 defines follows cmi5.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from capsule.activity import PROFILE, PROFILE_VERSION, Kind, Verb

_Part = dict[str, Any]

_WRITTEN = "2026-11-23T00:00:00Z"
"""When version 1 was settled: a change of its templates is a new version, with new ids."""


class _Template(NamedTuple):
    """A statement by its verb, the type of its object and those of the activities `around` it."""

    name: str
    told: str
    verb: Verb
    kind: Kind
    rules: tuple[_Part, ...] = ()
    around: Mapping[str, Kind] = MappingProxyType({})


def _rule(location: str, presence: str = "included", **values: list[Any]) -> _Part:
    return {"location": location, "presence": presence, **values}


_ALWAYS = (
    _rule("$.id"),
    _rule("$.timestamp"),
    _rule("$.context.contextActivities.category[*].id", any=[PROFILE_VERSION]),
)
_DURATION = _rule("$.result.duration")
_COMPLETED = _rule("$.result.completion", all=[True])
_INTERACTION = _rule("$.object.definition.interactionType", all=["long-fill-in"])
_TEMPLATES = (
    _Template("opened", "The capsule is opened in an LMS.", Verb.INITIALIZED, Kind.CAPSULE),
    _Template("closed", "The capsule is left.", Verb.TERMINATED, Kind.CAPSULE, (_DURATION,)),
    _Template(
        "completed",
        "The capsule is completed, as its own rule says, or in a room.",
        Verb.COMPLETED,
        Kind.CAPSULE,
        (_COMPLETED, _DURATION),
    ),
    _Template(
        "completed-in-room",
        "The capsule was shown in a session that the actor attended from its start.",
        Verb.COMPLETED,
        Kind.CAPSULE,
        (_COMPLETED, _DURATION),
        {"contextParentActivityType": Kind.SESSION},
    ),
    _Template(
        "passed",
        "The capsule is completed, for an LMS that counts in points.",
        Verb.PASSED,
        Kind.CAPSULE,
        (
            _DURATION,
            _rule("$.result.success", all=[True]),
            _rule("$.result.score.scaled", all=[1]),
        ),
    ),
    _Template(
        "answered",
        "A question is answered in writing; without a response, the text is the actor's own.",
        Verb.ANSWERED,
        Kind.QUESTION,
        (
            _INTERACTION,
            _rule("$.result.response", "recommended"),
            _rule("$.result.score", "excluded"),
        ),
    ),
    _Template(
        "discussed",
        "A question was talked about in the room.",
        Verb.DISCUSSED,
        Kind.QUESTION,
        (_INTERACTION, _rule("$.result.response", "excluded")),
    ),
    _Template("message-seen", "The message was read or heard.", Verb.EXPERIENCED, Kind.MESSAGE),
    _Template(
        "attended",
        "The actor took part in the session that the capsule opened; the duration, if any, "
        "is the time spent there.",
        Verb.ATTENDED,
        Kind.SESSION,
        (_rule("$.result.duration", "recommended"),),
        {"contextOtherActivityType": Kind.CAPSULE},
    ),
)


def document() -> _Part:
    """The profile, ready for JSON."""
    return {
        "@context": "https://w3id.org/xapi/profiles/context",
        "id": PROFILE,
        "type": "Profile",
        "conformsTo": "https://w3id.org/xapi/profiles#1.0",
        "prefLabel": _words("Training capsules", "Capsules de formation"),
        "definition": _words(
            "A capsule is a film of about ten minutes that opens a training course, with a message "
            "and questions. It is shown in a room, where attendance is taken, or followed alone in "
            "an LMS; both ways complete the same activity.",
            "Une capsule est un film d’une dizaine de minutes qui ouvre une formation, avec un "
            "message et des questions. Elle est projetée en salle, où l’on émarge, ou suivie seul "
            "dans un LMS ; les deux terminent la même activité.",
        ),
        "author": {"type": "Organization", "name": "capsule"},
        "versions": [{"id": PROFILE_VERSION, "generatedAtTime": _WRITTEN}],
        "concepts": [_discussed()],
        "templates": [_template(one) for one in _TEMPLATES],
        "patterns": _patterns(),
    }


def _discussed() -> _Part:
    return {
        "id": Verb.DISCUSSED.value,
        "type": "Verb",
        "inScheme": PROFILE_VERSION,
        "prefLabel": _words("discussed", "a échangé sur"),
        "definition": _words(
            "The actor says to have talked about the question with the others in the room, instead "
            "of writing an answer.",
            "L’acteur dit avoir parlé de la question avec les autres dans la salle, au lieu "
            "d’écrire une réponse.",
        ),
    }


def _patterns() -> list[_Part]:
    alone = ("opened", "closed", "completed", "passed", "answered", "discussed", "message-seen")
    return [
        _pattern(
            "followed", "Whatever one learner does with the capsule in an LMS.", "followed-one"
        ),
        _alternates("followed-one", alone),
        _pattern("shown", "What a list says of the people of one session.", "shown-one"),
        _alternates("shown-one", ("attended", "completed-in-room")),
    ]


def _template(one: _Template) -> _Part:
    return {
        "id": f"{PROFILE}#template-{one.name}",
        "type": "StatementTemplate",
        "inScheme": PROFILE_VERSION,
        "prefLabel": {"en": one.name.replace("-", " ")},
        "definition": {"en": one.told},
        "verb": one.verb.value,
        "objectActivityType": one.kind.value,
        **{place: [kind.value] for place, kind in one.around.items()},
        "rules": [*_ALWAYS, *one.rules],
    }


def _pattern(name: str, told: str, repeated: str) -> _Part:
    return {
        "id": f"{PROFILE}#pattern-{name}",
        "type": "Pattern",
        "primary": True,
        "inScheme": PROFILE_VERSION,
        "prefLabel": {"en": name},
        "definition": {"en": told},
        "oneOrMore": f"{PROFILE}#pattern-{repeated}",
    }


def _alternates(name: str, templates: tuple[str, ...]) -> _Part:
    return {
        "id": f"{PROFILE}#pattern-{name}",
        "type": "Pattern",
        "inScheme": PROFILE_VERSION,
        "alternates": [f"{PROFILE}#template-{one}" for one in templates],
    }


def _words(english: str, french: str) -> dict[str, str]:
    return {"en": english, "fr": french}
