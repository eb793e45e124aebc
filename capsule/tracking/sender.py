"""Batches of statements → the LRS: what was taken, what was refused.

LRSs differ in how they answer to what they have already (nothing said, a list of ids, 409), and
one bad statement makes them refuse a whole batch: hence the comparing and the halving.

A statement can also make an LRS fail (5xx, a cut connection), which looks as if the LRS were
down. So what fails is split and put aside while the rest goes, and a statement is refused for it
only if it fails alone, though the LRS took something since it last failed, and again and again
between answers to others. An LRS that takes nothing is down, and refuses nothing.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from gettext import gettext as _
from itertools import accumulate

from capsule.errors import UnavailableError
from capsule.tracking.lrs import Answer, Lrs
from capsule.tracking.outbox import Queued
from capsule.tracking.patience import TRIES, Patience, failure
from capsule.tracking.statements import equivalent

BATCH = 250
"""Statements per request: some stores refuse much more, and less is slower."""

BYTES = 4_000_000
"""The most that a request holds, for the same reason."""

_DECIDED = {200, 204, 400, 409, 413, 422}  # what a post may end with
_SUSPECT = 10  # statements refused and none taken: the settings are wrong, not the statements
_DOWN = 3  # batches in a row of which it takes none
_KEPT_BACK = 2  # statements that tell later whether it still takes any
_JUDGED = 3  # times that a statement must fail between two answers of the LRS to another
_AT_ONCE = TRIES // 2  # tries, each time
_PASSES = 5  # that a statement with no other to compare it to must have waited
_IN_A_ROW = 40  # parts of a batch that fail: the rest is put aside
_LOST = 10  # such parts, in patience, for one without an answer
_LEAST = 10  # statements per request, however slow the LRS


@dataclass
class Outcome:
    """The ids that the LRS has, and its words for those that it refused."""

    sent: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)


class Sender:
    """Delivers batches; `drain` tells what became of them so far, also after an error.

    `count` and `size` are the statements and the bytes that a request may hold, which shrink when
    the LRS finds them too many. `before` hears how many statements a request holds. `known` gives
    a statement that the LRS had before, if there is one.
    """

    def __init__(
        self,
        lrs: Lrs,
        patience: Patience,
        before: Callable[[int], None] = lambda _count: None,
        count: int = BATCH,
        known: Callable[[], Queued | None] = lambda: None,
    ) -> None:
        self.count, self.size = count, BYTES
        self._lrs = lrs
        self._patience = patience
        self._before = before
        self._known = known
        self._outcome = Outcome()
        self._any_sent = self._ended = self._spoiled = False
        self._accepted = 0  # requests
        self._last: Queued | None = None  # that was accepted
        self._down = 0  # batches in a row of which nothing was taken
        self._failures = 0  # parts of batches in a row
        self._fault = Answer(0, "")
        self._failed: dict[str, int] = {}  # id → requests accepted when it last failed
        self._alone: dict[str, Queued] = {}  # what failed alone
        self._aside: list[Sequence[Queued]] = []  # what failed in company
        self._kept: list[Queued] = []

    @property
    def holds(self) -> bool:
        """Whether anything was put aside."""
        return bool(self._aside or self._alone or self._kept)

    def cut(self, stock: Sequence[Queued]) -> Sequence[Queued]:
        """What goes in the next request: the first of `stock`, one of them whatever its size."""
        ends = accumulate(len(item.body) + 1 for item in stock[: self.count])
        return stock[: max(1, sum(end <= self.size for end in ends))]

    def deliver(self, batch: Sequence[Queued]) -> None:
        """Send a batch, in parts if need be, until each statement is taken, refused or put aside.

        Raises UnavailableError when the LRS can't be reached, takes nothing, refuses everything
        or isn't one; DeniedError when it refuses the key.
        """
        if self._aside and len(self._kept) < _KEPT_BACK and len(batch) > 1:
            *batch, kept = batch
            self._kept.append(kept)
        parts = self._send(batch, TRIES // 2 if self._failed or self._spoiled else TRIES)
        if parts is None:
            self._isolate(batch)
        else:
            self._work(parts)
        self._judge()

    def finish(self) -> None:
        """Try again what was put aside. Raises UnavailableError if the LRS still fails on it."""
        aside, self._aside = self._aside, []
        for part in aside:
            if self._accepted > self._failed.get(part[0].id, -1):
                self._work([part], _IN_A_ROW * _IN_A_ROW)
            else:
                self._aside.append(part)
        if not (self._last or self._aside) and len(self._alone) <= _KEPT_BACK:
            self._compare_last()
        self._use_kept()
        self._ended = True
        if self._aside or self._alone:
            raise failure(self._fault)

    def drain(self) -> Outcome:
        """What was taken and refused since the last call.

        A refusal is told once anything was taken, or at the end: until then it may be that the
        settings are wrong.
        """
        told, self._outcome = self._outcome, Outcome()
        if not (self._any_sent or self._ended):
            self._outcome.refused, told.refused = told.refused, {}
        return told

    def _compare_last(self) -> None:
        """Find something that the LRS takes beside the last ones, which failed."""
        rest = list(self._alone.values())
        for item in rest:
            self._send([item], _AT_ONCE, _AT_ONCE)
        if rest and not self._last and all(item.claims >= _PASSES for item in rest):
            self._last = self._known()

    def _send(
        self, part: Sequence[Queued], tries: int, lost: int = TRIES // 2
    ) -> list[Sequence[Queued]] | None:
        """Post a part; return the smaller ones still to send, None if the LRS fails on it."""
        bodies = [item.body for item in part]

        def post() -> Answer:
            self._before(len(bodies))
            return self._lrs.post(bodies)

        answer = self._patience.ask(post, _DECIDED, tries, lost)
        if answer.status not in _DECIDED:
            self._note(part, answer)
            return None
        self._failures = 0
        if answer.status == 204:
            self._take(part)
        elif isinstance(answer.content, list):
            self._confirm(part, {str(name).lower() for name in answer.content})
        elif answer.status == 200:  # a portal or a proxy, which has kept nothing
            raise failure(answer)
        elif answer.status == 409:
            return self._compare(part, answer)
        else:
            return self._refused(part, answer)
        return []

    def _work(self, parts: Iterable[Sequence[Queued]], patience: int = _IN_A_ROW) -> None:
        """Send parts, and parts of those that the LRS refuses or fails on."""
        queue = deque(parts)
        while queue:
            part = queue.popleft()
            smaller = self._send(part, 1 if self._failed else TRIES)
            queue.extend(_halves(part) if smaller is None else smaller)
            if self._failures > patience:
                self._failures = 0
                self._aside += queue
                return

    def _isolate(self, batch: Sequence[Queued]) -> None:
        """After a failure on a batch: find what it is about, unless the LRS takes nothing."""
        before, spoiled, lost = len(self._outcome.sent), self._spoiled, not self._fault.status
        rest = list(batch)
        for where in (len(rest) // 2, 0, -1)[: len(batch)]:
            self._work([[rest.pop(where)]])
            if len(self._outcome.sent) > before:
                break
        else:
            self._down += 1
            if rest:
                self._aside.append(rest)
            if self._down >= _DOWN:
                raise failure(self._fault)
            return
        kept = [rest.pop() for _n in range(min(_KEPT_BACK, len(rest)))]
        if rest:
            self._work(_halves(rest) if len(rest) > 1 else [rest])
        self._kept += kept
        self._use_kept()
        if lost and not self._alone and self._spoiled == spoiled:
            self.count = max(_LEAST, len(batch) // 2)  # it was too much at once

    def _use_kept(self) -> None:
        """Send what was kept back: what failed alone before it, and fails again, is to blame."""
        while self._kept:
            self._work([[self._kept.pop()]])
            self._judge()
        if len(self._alone) <= _KEPT_BACK:
            self._judge(few=True)

    def _judge(self, *, few: bool = False) -> None:
        """Refuse what fails alone, though the LRS has taken other statements since it last failed.

        It must go on failing while the LRS answers to a statement that it has. That is enough for
        a `few`: the last ones, after which none is taken.
        """
        for item in list(self._alone.values()):
            if self._last is None or not (few or self._accepted > self._failed[item.id]):
                continue
            again = partial(self._lrs.post, [self._last.body])
            for _n in range(_JUDGED):
                if self._send([item], _AT_ONCE, _AT_ONCE) is not None:
                    break
                fault = self._fault
                if self._patience.ask(again, _DECIDED, TRIES, TRIES).status not in _DECIDED:
                    return
            else:
                self._refuse(item, fault)
                self._spoiled = True

    def _take(self, part: Sequence[Queued]) -> None:
        self._accepted += 1
        self._last = part[0]
        self._hold(part)

    def _hold(self, part: Sequence[Queued]) -> None:
        """The LRS has it."""
        self._outcome.sent += [item.id for item in part]
        self._any_sent = True
        self._down = 0
        if self._failed:
            for item in part:
                self._forget(item)

    def _forget(self, item: Queued) -> None:
        self._failed.pop(item.id, None)
        self._alone.pop(item.id, None)

    def _note(self, part: Sequence[Queued], fault: Answer) -> None:
        self._fault = fault
        self._failures += 1 if fault.status else _LOST
        self._failed |= dict.fromkeys((item.id for item in part), self._accepted)
        if len(part) == 1:
            self._alone[part[0].id] = part[0]

    def _refuse(self, item: Queued, answer: Answer) -> None:
        self._blame(item, f"{answer.status or ''} {answer.words}".strip())

    def _blame(self, item: Queued, words: str) -> None:
        self._forget(item)
        self._outcome.refused[item.id] = words
        if not self._any_sent and len(self._outcome.refused) >= _SUSPECT:
            raise UnavailableError(
                _("the LRS refuses every statement: %(words)s") % {"words": words}
            )

    def _refused(self, part: Sequence[Queued], refusal: Answer) -> list[Sequence[Queued]]:
        """After a refusal: find the statements that it is about."""
        if len(part) == 1:
            self._refuse(part[0], refusal)
        elif refusal.status == 413:
            sizes = [len(item.body) + 1 for item in part]
            self.size = min(self.size, max(sum(sizes) // 2, *sizes))
        return _halves(part)

    def _confirm(self, part: Sequence[Queued], named: Collection[str]) -> None:
        """After a 200: some LRSs name the new ids only, so the others must be there already."""
        if self._look([item for item in part if item.id not in named]):
            raise UnavailableError(
                _("the LRS answers as if it took statements, and does not hold them")
            )
        if new := [item for item in part if item.id in named]:
            self._take(new)

    def _compare(self, part: Sequence[Queued], conflict: Answer) -> list[Sequence[Queued]]:
        """After a 409: take what the LRS has already, refuse what differs, send the rest."""
        missing = self._look(part)
        if len(missing) == len(part):
            return self._refused(part, conflict)
        return [missing] if missing else []

    def _look(self, part: Sequence[Queued]) -> list[Queued]:
        """Settle what the LRS holds of a part, equal or not; return what it does not."""
        missing = []
        for item in part:
            answer = self._patience.ask(partial(self._lrs.get, item.id), {200, 404})
            if answer.status not in {200, 404}:
                self._note([item], answer)
            elif answer.content is None:
                missing.append(item)
            elif equivalent(json.loads(item.body), answer.content):
                self._hold([item])
            else:
                self._blame(item, _("the LRS holds another statement under this id"))
        return missing


def _halves(part: Sequence[Queued]) -> list[Sequence[Queued]]:
    """Both halves; none of what stands alone."""
    middle = len(part) // 2
    return [part[:middle], part[middle:]] if middle else []
