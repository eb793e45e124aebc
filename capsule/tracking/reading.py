"""What the LRS holds of what was sent to it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from capsule.tracking.lrs import Answer, Lrs
from capsule.tracking.outbox import Sent
from capsule.tracking.patience import Patience, failure
from capsule.tracking.statements import equivalent

_WORTH = 3  # statements of a session, from which on they are asked for together
_LIMIT = "500"  # statements on a page, if the LRS gives so many


@dataclass
class Compared:
    """How many statements were `found` equal, those that differ, and those that are not there."""

    found: int = 0
    differing: list[Sent] = field(default_factory=list)
    missing: list[Sent] = field(default_factory=list)


class Reader:
    """Reads statements back, those of a session together."""

    def __init__(self, lrs: Lrs, patience: Patience) -> None:
        self._lrs = lrs
        self._patience = patience

    def compare(self, batch: Sequence[Sent], into: Compared) -> None:
        """Note what the LRS holds of a batch. Raises UnavailableError when it doesn't say."""
        bodies = {item.id: json.loads(item.body) for item in batch}
        held = self._by_session(bodies)
        for item in batch:
            theirs = held.get(item.id) or self._alone(item.id)
            if theirs is None:
                into.missing.append(item)
            elif equivalent(bodies[item.id], theirs):
                into.found += 1
            else:
                into.differing.append(item)

    def _by_session(self, bodies: dict[str, Any]) -> dict[str, Any]:
        sessions: dict[str, set[str]] = defaultdict(set)
        for key, body in bodies.items():
            if registration := (body.get("context") or {}).get("registration"):
                sessions[registration].add(key)
        held: dict[str, Any] = {}
        for registration, wanted in sessions.items():
            if len(wanted) >= _WORTH:
                held |= self._pages(registration, wanted)
        return held

    def _pages(self, registration: str, wanted: set[str]) -> dict[str, Any]:
        """What the LRS lists of a session; what it doesn't list may be voided.

        As many pages as there are statements, at most: others may have said much of the session.
        """
        held: dict[str, Any] = {}
        more = ""
        for _page in wanted:
            filters = {} if more else {"registration": registration, "limit": _LIMIT}
            content = self._ask(partial(self._lrs.query, more, **filters)).content
            page = content if isinstance(content, dict) else {}
            found = {one.get("id"): one for one in page.get("statements", ())}
            held |= {key: found[key] for key in wanted & found.keys()}
            more = str(page.get("more") or "")
            if not more or held.keys() == wanted:
                break
        return held

    def _alone(self, key: str) -> Any:
        for ask in (self._lrs.get, self._lrs.get_voided):
            found = self._ask(partial(ask, key)).content
            if isinstance(found, dict) and found.get("id") == key:
                return found
        return None

    def _ask(self, ask: partial[Answer]) -> Answer:
        """An answer, whether or not the LRS knows the question (400, 501) or what was asked for."""
        answer = self._patience.ask(ask, {200, 400, 404, 501})
        if answer.status not in {200, 400, 404, 501}:
            raise failure(answer)
        return answer
