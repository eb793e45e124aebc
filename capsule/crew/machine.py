"""Jobs in processes of this machine, of which none outlives this one."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from ctypes import Array, c_double
from gettext import bindtextdomain, textdomain
from gettext import gettext as _
from multiprocessing import active_children, get_context, parent_process
from multiprocessing.connection import wait
from typing import Any

from capsule.crew.telling import telling
from capsule.errors import CapsuleError

_MOST = 61  # processes that Windows can wait for
_SLOTS = 1024  # jobs, far more than are done at a time


class Machine:
    """A pool of up to `workers` processes, each started when a job is there for it."""

    def __init__(self, workers: int) -> None:
        context, domain = get_context("spawn"), textdomain()
        self._others = set(active_children())
        self._board: Array[c_double] = context.RawArray("d", _SLOTS)
        self._running: dict[Future[Any], int] = {}
        self._pool = ProcessPoolExecutor(
            min(workers, _MOST),
            context,
            initializer=_settle,
            initargs=(domain, bindtextdomain(domain), self._board),
        )

    def submit(self, number: int, work: Callable[[], object]) -> Future[Any]:
        """Have `work` done, as job `number`."""
        self._board[number % _SLOTS] = 0
        future = self._pool.submit(_do, number % _SLOTS, work)
        self._running[future] = number
        return future

    def shares(self) -> dict[int, float]:
        """The share done of the jobs that are not ended, by their numbers."""
        return {number: self._board[number % _SLOTS] for number in self._running.values()}

    def result(self, future: Future[Any]) -> None:
        """Raise what the job raised, CapsuleError if its process died."""
        del self._running[future]
        try:
            future.result()
        except BrokenProcessPool as error:
            raise CapsuleError(
                _("a process that renders the film was ended; memory may be short")
            ) from error

    def close(self) -> None:
        """End the processes, which have nothing to do."""
        self._pool.shutdown()

    def stop(self) -> None:
        """End the processes, whatever they do."""
        for child in set(active_children()) - self._others:
            child.terminate()
        self._pool.shutdown(cancel_futures=True)


_board: Array[c_double] | None = None  # this process's, if it is one of a pool


def _settle(domain: str, catalogues: str, board: Array[c_double]) -> None:
    """Speak as the parent; leave interrupts to it, and end with it, even when it is killed."""
    global _board  # noqa: PLW0603 (what a pool gives its processes has nowhere else to be)
    _board = board
    bindtextdomain(domain, catalogues)
    textdomain(domain)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = parent_process()
    if parent:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)


def _do(slot: int, work: Callable[[], object]) -> None:
    def heard(share: float) -> None:
        if _board:
            _board[slot] = share

    with telling(heard):
        work()
