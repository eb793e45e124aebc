"""Batches of statements → the LRS: what was taken, what was refused.

LRSs differ in how they answer to what they have already (nothing said, a list of ids, 409), and
one bad statement makes them refuse a whole batch: hence the comparing and the halving.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from functools import partial
from gettext import gettext as _

from capsule.errors import UnavailableError
from capsule.tracking.lrs import Answer, Lrs
from capsule.tracking.outbox import Queued
from capsule.tracking.statements import equivalent

_TRIES = 6
_LONGEST = 60.0  # seconds between two tries
_PATIENCE = 600.0  # seconds that an LRS may ask for
_TRANSIENT = {0, 408, 425, 429, 500, 502, 503, 504}
_DECIDED = {200, 204, 400, 409, 413, 422}  # what a post may end with
_SUSPECT = 10  # statements refused and none taken: the settings are wrong, not the statements


@dataclass
class Outcome:
    """The ids that the LRS has, and its words for those that it refused."""

    sent: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)

    def add(self, other: Outcome) -> Outcome:
        """Both outcomes, in this one."""
        self.sent += other.sent
        self.refused |= other.refused
        return self


class Sender:
    """Delivers batches; `sleep` (seconds) and `chance` (0 to 1) are the clock and the dice."""

    def __init__(
        self, lrs: Lrs, sleep: Callable[[float], None], chance: Callable[[], float]
    ) -> None:
        self._lrs = lrs
        self._sleep = sleep
        self._chance = chance
        self._taken = False

    def deliver(self, batch: Sequence[Queued]) -> Outcome:
        """Send a batch, in parts if need be, until each statement is taken or refused.

        Raises UnavailableError when the LRS doesn't answer after several tries, refuses the key
        or every statement, or isn't an LRS.
        """
        outcome = self._deliver(batch)
        self._taken = self._taken or bool(outcome.sent)
        if not self._taken and len(outcome.refused) >= _SUSPECT:
            words = next(iter(outcome.refused.values()))
            raise UnavailableError(
                _("the LRS refuses every statement: %(words)s") % {"words": words}
            )
        return outcome

    def _deliver(self, batch: Sequence[Queued]) -> Outcome:
        if not batch:
            return Outcome()
        bodies = [item.body for item in batch]
        answer = self._patiently(lambda: self._lrs.post(bodies), _DECIDED)
        if answer.status == 204:
            return Outcome([item.id for item in batch])
        if isinstance(answer.content, list):
            return self._confirm(batch, {str(name) for name in answer.content})
        if answer.status == 200:  # a portal or a proxy, which has kept nothing
            raise UnavailableError(_verdict(answer))
        if answer.status == 409:
            return self._compare(batch, answer)
        return self._halve(batch, answer)

    def _confirm(self, batch: Sequence[Queued], named: Collection[str]) -> Outcome:
        """After a 200: some LRSs name the new ids only, so the others must be there already."""
        outcome, missing = self._look([item for item in batch if item.id not in named])
        if missing:
            raise UnavailableError(
                _("the LRS answers as if it took statements, and does not hold them")
            )
        return outcome.add(Outcome([item.id for item in batch if item.id in named]))

    def _compare(self, batch: Sequence[Queued], conflict: Answer) -> Outcome:
        """After a 409: take what the LRS has already, refuse what differs, send the rest."""
        outcome, missing = self._look(batch)
        if len(missing) == len(batch):
            return self._halve(batch, conflict)
        return outcome.add(self._deliver(missing))

    def _look(self, batch: Sequence[Queued]) -> tuple[Outcome, list[Queued]]:
        """What the LRS holds of a batch, equal or not, and what it does not."""
        outcome, missing = Outcome(), []
        for item in batch:
            found = self._patiently(partial(self._lrs.get, item.id), {200, 404}).content
            if found is None:
                missing.append(item)
            elif equivalent(json.loads(item.body), found):
                outcome.sent.append(item.id)
            else:
                outcome.refused[item.id] = _("the LRS holds another statement under this id")
        return outcome, missing

    def _halve(self, batch: Sequence[Queued], refusal: Answer) -> Outcome:
        """After a refusal: find the statements that it is about."""
        if len(batch) == 1:
            return Outcome(refused={batch[0].id: f"{refusal.status} {refusal.words}".strip()})
        middle = len(batch) // 2
        return self._deliver(batch[:middle]).add(self._deliver(batch[middle:]))

    def _patiently(self, ask: Callable[[], Answer], expected: Collection[int]) -> Answer:
        """Ask again while the fault may pass; raise UnavailableError when it doesn't."""
        for attempt in range(1, _TRIES + 1):
            answer = ask()
            if answer.status in expected:
                return answer
            if answer.status not in _TRANSIENT or attempt == _TRIES:
                break
            pause = min(_LONGEST, 2.0 ** (attempt - 1)) * (0.5 + self._chance() / 2)
            if (answer.wait or 0) > _PATIENCE:
                break
            self._sleep(max(pause, answer.wait or 0))
        raise UnavailableError(_verdict(answer))


def _verdict(answer: Answer) -> str:
    values = {"status": answer.status, "words": answer.words, "wait": answer.wait}
    if not answer.status:
        return _("the LRS can't be reached: %(words)s") % values
    if answer.status in {401, 403}:
        return _("the LRS refuses the key and the secret (%(status)d): %(words)s") % values
    if answer.wait:
        return _("the LRS asks to come back in %(wait)d seconds (%(status)d)") % values
    if answer.status in _TRANSIENT:
        return _("the LRS is out of order (%(status)d): %(words)s") % values
    return _("this address does not answer as an LRS does (%(status)d): %(words)s") % values
