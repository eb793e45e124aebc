"""What a session's people have in common in one of their statements: a text with two holes.

Sessions in turn have most of their words in common, so `statements.of_event` writes a statement
once for each shape, and its text serves all sessions of that shape: a template is filled faster
than JSON is written.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from capsule.activity import identifying
from capsule.tracking import statements
from capsule.tracking.events import Event, Presence
from capsule.tracking.statements import Subject, encode

_PERSON, _ID = b"\1", b"\2"  # never in JSON, which escapes them
_PERSON_HOLE, _ID_HOLE = b'"name":"%s"' % _PERSON, b',"id":"%s",' % _ID

_SOME_TIME = datetime(2000, 2, 2, 2, 2, 2, tzinfo=UTC)


_Texts = tuple[str, str, str, str]


@dataclass(eq=False)
class Form:
    """What a session's people have in common in one of their statements: all but who and which.

    `text` is the statement as `encode` writes it, with the holes that `filled` fills; `digest`,
    its SHA-256 in hexadecimal; `first` gives the id of the one about a pseudonym, at the first
    attempt.
    """

    base: str
    target: str
    registration: str
    verb: str
    text: bytes
    digest: str = field(init=False)
    first: Callable[[str], str] = field(init=False)

    def __post_init__(self) -> None:
        self.digest = hashlib.sha256(self.text).hexdigest()
        self.first = self.ids(1)

    def ids(self, attempt: int) -> Callable[[str], str]:
        """What gives the id of the statement about a pseudonym, at an attempt."""
        after = (self.target, self.registration, self.verb, str(attempt))
        return identifying(self.base, *after)

    def id(self, person: str, attempt: int) -> str:
        """The id of the statement about `person`, a pseudonym."""
        return self.first(person) if attempt == 1 else self.ids(attempt)(person)


def of_event(event: Event, subject: Subject) -> list[Form]:
    """`statements.of_event` for everybody of whom a list says the same in the same session.

    `event.trainer` is a pseudonym, or an address (mailto:); `event.person` is not looked at.
    Empty where an event says nothing.
    """
    told = _told(event.session_key, _texts(event), event.start, subject)
    registration = told[b"registration"].decode()
    return [
        Form(subject.names.base, (target % told).decode(), registration, verb, text % told)
        for verb, target, text in _templates(event.presence, event.minutes, _marks(event), subject)
    ]


def filled(text: bytes, person: str, statement_id: str) -> bytes:
    """The statement of a form's `text` about `person`, a pseudonym, under its id."""
    return text.replace(_PERSON, person.encode(), 1).replace(_ID, statement_id.encode(), 1)


def named(form: Form, person: str, statement_id: str) -> bytes:
    """The statement of a form about `person`, an address (mailto:) or an identifier."""
    hole = encode(statements.agent(form.base, "")).replace(b'"name":""', _PERSON_HOLE)
    text = form.text.replace(hole, encode(statements.agent(form.base, person)), 1)
    return text.replace(_ID, statement_id.encode(), 1)


def _texts(event: Event) -> _Texts:
    return event.session, event.course, event.centre, event.trainer


@lru_cache(maxsize=64)
def _told(key: str, texts: _Texts, start: datetime, subject: Subject) -> Mapping[bytes, bytes]:
    """What statements of one session tell that those of others don't, as they write it."""
    session, course, centre, trainer = texts
    iri, registration = statements.identified(subject.names, key)
    end = start.astimezone(UTC) + timedelta(seconds=subject.seconds)
    return {
        b"session": encode(session),
        b"iri": iri.encode(),
        b"registration": registration.encode(),
        b"course": encode(course),
        b"course_iri": subject.names.course_iri(course).encode(),
        b"centre": encode(centre),
        b"trainer": encode(trainer),
        b"start": statements.instant(start).encode(),
        b"end": statements.instant(end).encode(),
    }


def _marks(event: Event) -> _Texts:
    """What stands for the texts of an event in a template; what is empty stays so."""
    session, course, centre, trainer = _texts(event)
    named = "mailto:\3trainer\3" if trainer.startswith("mailto:") else "\3trainer\3"
    marks = session and "\3session\3", course and "\3course\3", centre and "\3centre\3"
    return *marks, trainer and named


@lru_cache(maxsize=256)
def _templates(
    presence: Presence, minutes: int | None, marks: _Texts, subject: Subject
) -> list[tuple[str, bytes, bytes]]:
    """The statements of a shape: verb, template of the object's IRI, template of the text."""
    session, course, centre, trainer = marks
    told = (presence, minutes, centre, course, trainer)
    shape = Event(session, _SOME_TIME, "", *told, Path(), 0)
    values = _told(shape.session_key, marks, _SOME_TIME, subject)
    holes = {value: b"%%(%s)b" % name for name, value in values.items() if value != b'""'}

    def template(text: bytes) -> bytes:
        text = text.replace(b"%", b"%%")
        for value, hole in holes.items():
            text = text.replace(value.replace(b"%", b"%%"), hole)
        return text

    made = []
    for statement in statements.of_event(shape, subject):
        text = template(encode(statement))  # in which no text has quotes that aren't escaped
        text = text.replace(b'"name":""', _PERSON_HOLE, 1).replace(b',"id":"",', _ID_HOLE, 1)
        target = template(statement["object"]["id"].encode())
        made.append((statement["verb"]["id"], target, text))
    return made
