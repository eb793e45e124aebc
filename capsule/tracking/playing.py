"""What an LRS says of those who take the capsule in an LMS: xAPI statements → completions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from capsule.activity import Names, Verb
from capsule.tracking.foreign import name_of
from capsule.tracking.outbox import Played
from capsule.tracking.sparing import Sparing
from capsule.tracking.statements import instant, seconds

_PSEUDONYM = re.compile(r"[0-9a-f]{64}")


def completion(said: Mapping[str, Any], names: Names, sparing: Sparing) -> Played | None:
    """A statement as a completion of the capsule in an LMS; None if it is something else.

    An LMS may give a cmi5 unit an id of its own, and then names ours as a grouping (cmi5, section
    10.2.1). What was sent from an attendance list is counted there. Whoever the LMS names as the
    lists do has the pseudonym that they have here on that day (UTC). Whom `sparing` leaves out is
    none either.
    """
    try:
        if said["verb"]["id"] not in (Verb.COMPLETED, Verb.PASSED) or _in_session(said, names):
            return None
        result = said.get("result") or {}
        denied = result.get("completion") is False or result.get("success") is False
        who = _identifier(said["actor"], names.base)
        if denied or not who or not _about(said, names):
            return None
        at = datetime.fromisoformat(said.get("timestamp") or said["stored"]).astimezone(UTC)
        hidden = _PSEUDONYM.fullmatch(who)
        if sparing.past(at.date()) or (not hidden and sparing.gone([who])):
            return None
        pseudonym = who if hidden else sparing.names.on(at.date()).of(who)
        length = seconds(str(result.get("duration", "")))
        return Played(str(said["id"]).lower(), pseudonym, instant(at), length)
    except (KeyError, TypeError, AttributeError, ValueError):
        return None  # an LRS that checks little holds statements that say nothing


def voided(said: Mapping[str, Any]) -> str | None:
    """The id of the statement that this one voids; None if it voids none."""
    try:
        return str(said["object"]["id"]).lower() if said["verb"]["id"] == Verb.VOIDED else None
    except (KeyError, TypeError):
        return None


def _about(said: Mapping[str, Any], names: Names) -> bool:
    target = said["object"]["id"]
    if target in {names.capsule_iri, names.package_iri}:
        return True
    within = target.startswith(f"{names.capsule_iri}/")  # its film, say
    return not within and names.capsule_iri in _activities(said, "grouping")


def _in_session(said: Mapping[str, Any], names: Names) -> bool:
    sessions = names.session_iri("").rpartition("/")[0] + "/"
    return any(parent.startswith(sessions) for parent in _activities(said, "parent"))


def _activities(said: Mapping[str, Any], kind: str) -> list[str]:
    """The ids of the activities of a kind in the context; one alone is allowed (4.1.6.2)."""
    found = ((said.get("context") or {}).get("contextActivities") or {}).get(kind) or []
    return [one["id"] for one in ([found] if isinstance(found, dict) else found)]


def _identifier(actor: Mapping[str, Any], base: str) -> str:
    """What identifies an agent, as an attendance list would have it; "" for a group."""
    if actor.get("objectType", "Agent") != "Agent":
        return ""
    name = name_of(actor)
    elsewhere = (actor.get("account") or {}).get("homePage") != base
    return f"account {name}" if elsewhere and _PSEUDONYM.fullmatch(name) else name
