"""Sending: what waits goes to the LRS, once or as a service, and is read back from it."""

from __future__ import annotations

import random
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from gettext import gettext as _
from gettext import ngettext
from pathlib import Path

from capsule.errors import CapsuleError, InputError
from capsule.track.opening import opened
from capsule.tracking.endpoint import Transport, settings
from capsule.tracking.lrs import Lrs
from capsule.tracking.outbox import Counts, Outbox, Queued
from capsule.tracking.patience import DeniedError, Pace, Patience
from capsule.tracking.reading import Compared, Reader
from capsule.tracking.sender import BATCH, Sender

LEASE = 1800.0
"""Seconds after which a sender that doesn't answer has lost its statements: more than it waits."""

EVERY = 10.0
"""Seconds between two looks at the store."""

_ROUND = 1.0  # seconds after which what became of statements is noted
_MOST, _STOCK = 10_000, 16_000_000  # statements and bytes that are claimed at once
_LONGEST = 900.0  # seconds between two looks when the LRS is down
_PAGE = 2_000  # statements that are read back at once


@dataclass
class Verified(Compared):
    """What there is at each stage: people `expected` and `attended`, statements thereafter.

    Of those `sent`, `found` are in the LRS as they are here, and `erased` ones are known by their
    ids alone: people were forgotten, or sessions purged.
    """

    expected: int = 0
    attended: int = 0
    counts: Counts = field(default_factory=Counts)

    @property
    def erased(self) -> int:
        """How many were sent, and can't be compared any more."""
        held = self.found + len(self.differing) + len(self.missing)
        return max(0, self.counts.sent - held)


@dataclass
class Pass:
    """Sends all that waits; `sent` and `refused` tell what is done so far, also after an error.

    It claims at once what takes about `_ROUND` to send, and notes at once what became of it, for
    each of these takes as long as a request, however few statements it is about.
    """

    box: Outbox
    sender: Sender
    progress: Callable[[int, int], None] = lambda _done, _total: None
    clock: Callable[[], float] = time.monotonic
    sent: int = 0
    refused: int = 0

    def run(self) -> None:
        """Go on until nothing waits; what isn't settled waits again. Raises as `Sender` does."""
        self._claimant = uuid.uuid4().hex
        self._waiting = self.box.counts().waiting
        self._ahead = self.sender.count
        self.progress(0, self._waiting)
        try:
            while self._round() or self._last():
                pass
        finally:
            self._settle()
            self.box.release(self._claimant)

    def _round(self) -> bool:
        """Send some of what waits; return whether there was any."""
        stock = self.box.claim(self._claimant, self._ahead, _STOCK, LEASE)
        begun = noted = self.clock()
        rest = stock
        while rest:
            batch = self.sender.cut(rest)
            rest = rest[len(batch) :]
            self.sender.deliver(batch)
            if self.clock() >= noted + _ROUND:
                self._settle()
                if rest or self.sender.holds:
                    self.box.renew(self._claimant, LEASE)
                noted = self.clock()
        self._settle()
        took = max(self.clock() - begun, _ROUND / _MOST)
        self._ahead = max(self.sender.count, min(_MOST, int(len(stock) * _ROUND / took)))
        return bool(stock)

    def _last(self) -> bool:
        """Send what was put aside, and then the voids of it, if there are any."""
        self.sender.finish()
        self._settle()
        return self._round()

    def _settle(self) -> None:
        outcome = self.sender.drain()
        if outcome.sent or outcome.refused:
            self.box.settle(self._claimant, outcome.sent, outcome.refused)
        self.sent += len(outcome.sent)
        self.refused += len(outcome.refused)
        done = self.sent + self.refused
        self.progress(done, max(self._waiting, done))


def send(
    folder: Path,
    environ: Mapping[str, str],
    progress: Callable[[int, int], None] = lambda _done, _total: None,
    *,
    retry_refused: bool = False,
    batch: int = BATCH,
    rate: float | None = None,
    transport: Transport | None = None,
    sleep: Callable[[float], None] = time.sleep,
    chance: Callable[[], float] = random.random,
    stop: threading.Event | None = None,
) -> Counts:
    """Send what waits to the LRS that `environ` names; return what was sent and refused now.

    It can be stopped at any instant, and started again: nothing is lost, nothing is twice in the
    LRS. `progress` hears how many are settled, of how many. `retry_refused` also sends what the
    LRS refused before; no more than `rate` statements go in a second. `sleep` (seconds) and
    `chance` (0 to 1) serve the waits between two tries; `transport` replaces the network. It ends
    once `stop` is set, after the request that is under way.

    Raises UnavailableError when the LRS isn't set, can't be reached, refuses the key or fails on
    what is left; CapsuleError when another process is sending, or it was stopped.
    """
    if stop:
        sleep = partial(_sleep, stop)
    with Lrs(settings(environ), transport) as lrs, opened(folder, environ, sending=True) as box:
        if retry_refused:
            box.retry_refused()
        one = Pass(box, _sender(lrs, box, sleep, chance, batch=batch, rate=rate), progress)
        try:
            one.run()
        except _StoppedError:
            raise CapsuleError(_("stopped; what waits still waits")) from None
    return Counts(sent=one.sent, refused=one.refused)


def watch(
    folder: Path,
    environ: Mapping[str, str],
    tell: Callable[[str, str], None],
    stop: threading.Event,
    *,
    rate: float | None = None,
    every: float = EVERY,
    transport: Transport | None = None,
    chance: Callable[[], float] = random.random,
) -> None:
    """Send what waits, and what will, until `stop` is set: looks again `every` so many seconds.

    `tell` hears of an event (started, sent, refused, failed, stopped) and a sentence about it.
    While the LRS is down it waits longer and longer. Raises UnavailableError when the LRS isn't
    set or refuses the key, InputError when capsule.yaml is wrong.
    """
    lrs = settings(environ)
    sleep = partial(_sleep, stop)
    tell("started", _("sending to %(url)s") % {"url": lrs.url})
    failures = 0
    while not stop.is_set():
        try:
            with Lrs(lrs, transport) as way, opened(folder, environ, sending=True) as box:
                one = Pass(box, _sender(way, box, sleep, chance, rate=rate))
                try:
                    one.run()
                finally:
                    _tell_counts(one, tell)
            failures = 0
        except _StoppedError:
            break
        except (DeniedError, InputError):
            raise
        except CapsuleError as error:
            failures += 1
            tell("failed", str(error))
        stop.wait(min(_LONGEST, every * 2**failures) * (0.5 + chance() / 2))
    tell("stopped", _("stopped; what waits still waits"))


def verify(
    folder: Path,
    environ: Mapping[str, str],
    progress: Callable[[int, int], None] = lambda _done, _total: None,
    *,
    requeue: bool = False,
    transport: Transport | None = None,
    sleep: Callable[[float], None] = time.sleep,
    chance: Callable[[], float] = random.random,
) -> Verified:
    """Read back from the LRS what was sent to it, and compare.

    `requeue` lets what isn't there wait again. `progress` and the others serve as in `send`.
    Raises UnavailableError when the LRS isn't set, can't be reached or refuses the key.
    """
    compared = Compared()
    with Lrs(settings(environ), transport) as lrs, opened(folder, environ) as box:
        counts, sessions = box.counts(), box.sessions()
        reader = Reader(lrs, Patience(sleep, chance))
        position = done = 0
        while batch := box.sent(position, _PAGE):
            progress(done, counts.sent)
            reader.compare(batch, compared)
            position, done = batch[-1].position, done + len(batch)
        progress(done, done)
        if requeue:
            box.requeue([item.id for item in compared.missing])
    return Verified(
        **vars(compared),
        expected=sum(session.expected for session in sessions),
        attended=sum(session.present for session in sessions),
        counts=counts,
    )


class _StoppedError(Exception):
    """The sender was asked to stop."""


def _sleep(stop: threading.Event, seconds: float) -> None:
    if stop.wait(seconds):
        raise _StoppedError


def _sender(
    lrs: Lrs,
    box: Outbox,
    sleep: Callable[[float], None],
    chance: Callable[[], float],
    *,
    batch: int = BATCH,
    rate: float | None = None,
) -> Sender:
    count = min(batch, max(1, int(rate))) if rate else batch
    pace = Pace(rate, sleep, time.monotonic)
    return Sender(lrs, Patience(sleep, chance), pace.wait, count, partial(_known, box))


def _known(box: Outbox) -> Queued | None:
    """A statement that the LRS has."""
    return next((Queued(one.id, one.body) for one in box.sent(0, 1)), None)


def _tell_counts(one: Pass, tell: Callable[[str, str], None]) -> None:
    if one.sent:
        said = ngettext("%(count)d statement sent", "%(count)d statements sent", one.sent)
        tell("sent", said % {"count": one.sent})
    if one.refused:
        tell(
            "refused",
            _("the LRS refused %(refused)d statements: see capsule track status")
            % {"refused": one.refused},
        )
