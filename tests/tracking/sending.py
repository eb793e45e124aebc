"""What tests of the sender send, and what became of it."""

import json
from collections.abc import Callable, Sequence

from capsule.errors import UnavailableError
from capsule.tracking.endpoint import Settings
from capsule.tracking.lrs import Lrs
from capsule.tracking.outbox import Queued
from capsule.tracking.patience import Patience
from capsule.tracking.sender import Outcome, Sender

from .faulty_lrs import FaultyLrs, FaultyTransport

SETTINGS = Settings("https://lrs.example.org/xapi/", "key", "hush")


def queued(*ids: str) -> list[Queued]:
    return [Queued(key, json.dumps({"id": key, "actor": {"account": key}}).encode()) for key in ids]


def sender_to(
    lrs: Lrs,
    sleep: Callable[[float], None] = lambda _seconds: None,
    known: Queued | None = None,
    before: Callable[[int], None] = lambda _count: None,
) -> Sender:
    return Sender(lrs, Patience(sleep, lambda: 0.5), before, known=lambda: known)


def delivered(sender: Sender, *batches: Sequence[Queued]) -> Outcome:
    for batch in batches:
        sender.deliver(batch)
    sender.finish()
    return sender.drain()


def sent_through(
    lrs: FaultyLrs, *batches: Sequence[Queued], known: Queued | None = None
) -> tuple[Outcome, str]:
    """What became of the batches, and the error that ended it."""
    with Lrs(SETTINGS, FaultyTransport(lrs)) as way:
        sender = sender_to(way, known=known)
        try:
            return delivered(sender, *batches), ""
        except UnavailableError as error:
            return sender.drain(), str(error)
