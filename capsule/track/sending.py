"""Sending: what waits goes to the LRS, once or as a service, and is read back from it."""

from __future__ import annotations

import random
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from gettext import gettext as _
from gettext import ngettext
from pathlib import Path

from capsule.errors import CapsuleError, InputError
from capsule.track.opening import opened
from capsule.tracking.lrs import Lrs, Transport, settings
from capsule.tracking.outbox import Counts, Outbox
from capsule.tracking.patience import DeniedError, Pace, Patience
from capsule.tracking.reading import Compared, Reader
from capsule.tracking.sender import BATCH, Sender

LEASE = 1800.0
"""Seconds after which a sender that doesn't answer has lost its statements: more than it waits."""

EVERY = 10.0
"""Seconds between two looks at the store."""

_LONGEST = 900.0  # seconds between two looks when the LRS is down
_PAGE = 2_000  # statements that are read back at once


@dataclass
class Verified(Compared):
    """What there is at each stage: people `expected` and `attended`, statements thereafter.

    Of those `sent`, `found` are in the LRS as they are here.
    """

    expected: int = 0
    attended: int = 0
    counts: Counts = field(default_factory=Counts)


@dataclass
class Pass:
    """Sends all that waits; `sent` and `refused` tell what is done so far, also after an error."""

    box: Outbox
    sender: Sender
    progress: Callable[[int, int], None] = lambda _done, _total: None
    sent: int = 0
    refused: int = 0

    def run(self) -> None:
        """Go on until nothing waits; what isn't settled waits again. Raises as `Sender` does."""
        claimant = uuid.uuid4().hex
        waiting = self.box.counts().waiting
        self.progress(0, waiting)
        try:
            while self._batch(claimant) or self._last(claimant):
                done = self.sent + self.refused
                self.progress(done, max(waiting, done))
        finally:
            self._settle(claimant)
            self.box.release(claimant)

    def _batch(self, claimant: str) -> bool:
        batch = self.box.claim(claimant, self.sender.count, self.sender.size, LEASE)
        if batch:
            self.sender.deliver(batch)
            self._settle(claimant)
        if batch and self.sender.holds:
            self.box.renew(claimant, LEASE)
        return bool(batch)

    def _last(self, claimant: str) -> bool:
        """Send what was put aside, and then the voids of it, if there are any."""
        self.sender.finish()
        self._settle(claimant)
        return self._batch(claimant)

    def _settle(self, claimant: str) -> None:
        outcome = self.sender.drain()
        if outcome.sent or outcome.refused:
            self.box.settle(claimant, outcome.sent, outcome.refused)
        self.sent += len(outcome.sent)
        self.refused += len(outcome.refused)


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
) -> Counts:
    """Send what waits to the LRS that `environ` names; return what was sent and refused now.

    It can be stopped at any instant, and started again: nothing is lost, nothing is twice in the
    LRS. `progress` hears how many are settled, of how many. `retry_refused` also sends what the
    LRS refused before; no more than `rate` statements go in a second. `sleep` (seconds) and
    `chance` (0 to 1) serve the waits between two tries; `transport` replaces the network.

    Raises UnavailableError when the LRS isn't set, can't be reached, refuses the key or fails on
    what is left; CapsuleError when another process is sending.
    """
    with Lrs(settings(environ), transport) as lrs, opened(folder, environ, sending=True) as box:
        if retry_refused:
            box.retry_refused()
        one = Pass(box, _sender(lrs, batch, rate, sleep, chance), progress)
        one.run()
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

    def sleep(seconds: float) -> None:
        if stop.wait(seconds):
            raise _StoppedError

    tell("started", _("sending to %(url)s") % {"url": lrs.url})
    failures = 0
    while not stop.is_set():
        try:
            with Lrs(lrs, transport) as way, opened(folder, environ, sending=True) as box:
                one = Pass(box, _sender(way, BATCH, rate, sleep, chance))
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
    """The service was asked to stop."""


def _sender(
    lrs: Lrs,
    batch: int,
    rate: float | None,
    sleep: Callable[[float], None],
    chance: Callable[[], float],
) -> Sender:
    count = min(batch, max(1, int(rate))) if rate else batch
    return Sender(lrs, Patience(sleep, chance), Pace(rate, sleep, time.monotonic).wait, count)


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
