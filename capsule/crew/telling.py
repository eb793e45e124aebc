"""How a job tells those who wait for it how far it is, wherever it is done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Tell = Callable[[float], None]
_heard: ContextVar[Tell | None] = ContextVar("_heard", default=None)


def tell(share: float) -> None:
    """Say, from within a job, the share of it (0 to 1) that is done.

    Raises what ends the job when no one waits for it any more: a long job says it often.
    """
    heard = _heard.get()
    if heard:
        heard(share)


@contextmanager
def telling(heard: Tell) -> Iterator[None]:
    """Let `heard` hear what the job done in this block tells."""
    before = _heard.set(heard)
    try:
        yield
    finally:
        _heard.reset(before)
