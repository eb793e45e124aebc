"""Events → xAPI 1.0.3 statements, as plain data: no library, no clock, no chance.

A statement is a dict ready for JSON. It has no `version` property: if present it must be 1.0.0
(xAPI 1.0.3, part 2, section 2.4.10), which some libraries and stores get wrong.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from capsule.activity import DISPLAYS, PROFILE_VERSION, Kind, Names, Verb, identifier
from capsule.tracking.events import Event, Presence

Statement = dict[str, Any]

_DURATION = re.compile(
    r"P(?:(\d{1,9})W)?(?:(\d{1,9})D)?(?:T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9}(?:\.\d+)?)S)?)?"
)

_ENCODER = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, separators=(",", ":"), sort_keys=True
)


@dataclass(frozen=True)
class Subject:
    """The capsule that the statements are about; `seconds` is its duration."""

    names: Names
    title: str
    language: str
    seconds: int

    def activity(self, iri: str, kind: Kind, name: str) -> Statement:
        """An activity object named in the capsule's language."""
        definition = {"type": kind.value, "name": {self.language: name}}
        return {"objectType": "Activity", "id": iri, "definition": definition}


def of_event(event: Event, subject: Subject, attempt: int = 1) -> list[Statement]:
    """What `event`, its people under pseudonyms, says to an LRS at its `attempt`th correction.

    Present: attended the session, and completed the capsule. Partial: attended, for so many
    minutes. Absent: nothing. The capsule opens the session, so it is completed at the start
    of the session plus its own duration.
    """
    if event.presence is Presence.ABSENT:
        return []
    names = subject.names
    iri, _registration = identified(names, event.session_key)
    session = subject.activity(iri, Kind.SESSION, event.session)
    capsule = subject.activity(names.capsule_iri, Kind.CAPSULE, subject.title)
    attended = _statement(event, subject, Verb.ATTENDED, session, event.start, attempt=attempt)
    attended["context"]["contextActivities"]["other"] = [capsule]
    if event.minutes:
        attended["result"] = {"duration": duration(event.minutes * 60)}
    if event.presence is Presence.PARTIAL:
        return [attended]
    end = event.start.astimezone(UTC) + timedelta(seconds=subject.seconds)
    completed = _statement(event, subject, Verb.COMPLETED, capsule, end, attempt=attempt)
    completed["context"]["contextActivities"]["parent"] = [session]
    completed["result"] = {"completion": True, "duration": duration(subject.seconds)}
    return [attended, completed]


def voiding(target: Mapping[str, Any], base: str) -> Statement:
    """The statement that voids `target`, a statement (xAPI 1.0.3, part 2, section 2.3.2).

    Its id and its time are made from the target's, so that every machine writes the same bytes;
    why it is voided stays on this one.
    """
    void: Statement = {
        "id": identifier(base, "voided", target["id"]),
        "actor": agent(base, "capsule"),
        "verb": {"id": Verb.VOIDED.value, "display": DISPLAYS[Verb.VOIDED]},
        "object": {"objectType": "StatementRef", "id": target["id"]},
    }
    return void | {key: target[key] for key in ("timestamp",) if key in target}


def restated(statement: Mapping[str, Any], base: str, person: str, attempt: int) -> Statement:
    """A statement about `person`, a pseudonym, said again under another attempt once voided."""
    session, verb = statement["context"]["registration"], statement["verb"]["id"]
    parts = (base, person, statement["object"]["id"], session, verb)
    return {**statement, "id": identifier(*parts, str(attempt))}


def registration(event: Event, subject: Subject) -> str:
    """The UUID that ties together all that happens in one session (xAPI `registration`)."""
    return identified(subject.names, event.session_key)[1]


def encode(statement: Any) -> bytes:
    """The one spelling of a statement, or of a part, as JSON: the bytes that are kept and sent.

    Raises ValueError for a number without end, or half of a character.
    """
    return _ENCODER.encode(statement).encode()


def instant(at: datetime) -> str:
    """An aware datetime in UTC with milliseconds and Z, which every LRS compares alike."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def duration(seconds: float) -> str:
    """Seconds as an ISO 8601 duration with at most two decimals, such as PT1H30M."""
    minutes, rest = divmod(round(seconds, 2), 60)
    hours, minutes = divmod(int(minutes), 60)
    parts = [f"{hours}H" if hours else "", f"{minutes}M" if minutes else ""]
    if rest or not (hours or minutes):
        parts.append(f"{round(rest, 2):g}S")
    return "PT" + "".join(parts)


def seconds(text: str) -> float | None:
    """An ISO 8601 duration in seconds, None where it isn't one, or counts in months or years.

    A number of ten digits or more isn't taken for one either: no sum survives it.
    """
    found = _DURATION.fullmatch(text)
    if found is None or not any(found.groups()):
        return None
    weeks, days, hours, minutes, rest = (float(part or 0) for part in found.groups())
    return (((weeks * 7 + days) * 24 + hours) * 60 + minutes) * 60 + rest


def equivalent(ours: Statement, theirs: Mapping[str, Any]) -> bool:
    """Whether an LRS holds what we sent (xAPI 1.0.3, part 2, section 2.3.1, compares so).

    What an LRS may add or rewrite is left out: stored, authority, version, definitions,
    displays, the spelling of a timestamp.
    """
    return _essence(ours) == _essence(theirs)


def _essence(statement: Mapping[str, Any]) -> tuple[object, ...]:
    try:
        at: object = datetime.fromisoformat(statement["timestamp"])
    except (KeyError, TypeError, ValueError):
        at = None
    actor, verb, target = (statement.get(key) or {} for key in ("actor", "verb", "object"))
    context = statement.get("context") or {}
    who = (actor.get("account"), actor.get("mbox"))
    result = statement.get("result") or {}
    return who, verb.get("id"), target.get("id"), at, result, context.get("registration")


@lru_cache(maxsize=256)
def identified(names: Names, session_key: str) -> tuple[str, str]:
    """The IRI of a session, and its registration."""
    iri = names.session_iri(session_key)
    return iri, identifier(iri, "registration")


def _statement(
    event: Event, subject: Subject, verb: Verb, target: Statement, at: datetime, *, attempt: int
) -> Statement:
    base, session = subject.names.base, registration(event, subject)
    activities: Statement = {"category": [{"objectType": "Activity", "id": PROFILE_VERSION}]}
    if event.course:
        course = subject.activity(subject.names.course_iri(event.course), Kind.COURSE, event.course)
        activities["grouping"] = [course]
    context: Statement = {
        "registration": session,
        "platform": "capsule",
        "language": subject.language,
        "contextActivities": activities,
    }
    if event.trainer:
        context["instructor"] = agent(base, event.trainer)
    if event.centre:
        context["extensions"] = {f"{base}/extensions/centre": event.centre}
    parts = (base, event.person, target["id"], session, verb, str(attempt))
    return {
        "id": identifier(*parts) if event.person else "",  # a form has none
        "actor": agent(base, event.person),
        "verb": {"id": verb.value, "display": DISPLAYS[verb]},
        "object": target,
        "context": context,
        "timestamp": instant(at),
    }


def agent(base: str, name: str) -> Statement:
    """The actor for what stands for a person: an mbox, or an account of `base`."""
    if name.startswith("mailto:"):
        return {"objectType": "Agent", "mbox": name}
    return {"objectType": "Agent", "account": {"homePage": base, "name": name}}
