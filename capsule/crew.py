"""Jobs side by side: in processes of this machine, of which none outlives this one."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from gettext import bindtextdomain, textdomain
from gettext import gettext as _
from multiprocessing import active_children, get_context, parent_process
from multiprocessing.connection import wait
from typing import NamedTuple

from capsule.errors import CapsuleError

_MOST = 61  # processes that Windows can wait for


class Job(NamedTuple):
    """Something to do in a process of its own, and how long it takes relative to the others."""

    name: str
    weight: float
    work: Callable[[], None]


class Crew:
    """Those who do jobs: up to `workers` processes of this machine."""

    def __init__(self, workers: int) -> None:
        self._workers = workers

    def run(self, jobs: Sequence[Job], progress: Callable[[float], None]) -> None:
        """Do all `jobs`, the first ones first, in the same language.

        `progress` hears the share done. The first error of a job is raised and ends the others.
        Raises CapsuleError when a process dies.
        """
        _run(jobs, self._workers, progress)


def _run(jobs: Sequence[Job], workers: int, progress: Callable[[float], None]) -> None:
    whole, done = sum(job.weight for job in jobs), 0.0
    known = set(active_children())
    domain = textdomain()
    pool = ProcessPoolExecutor(
        min(workers, len(jobs), _MOST),
        get_context("spawn"),
        initializer=_settle,
        initargs=(domain, bindtextdomain(domain)),
    )
    try:
        weights = {pool.submit(job.work): job.weight for job in jobs}
        for future in as_completed(weights):
            future.result()
            done += weights[future]
            progress(done / whole)
    except BaseException as error:
        for child in set(active_children()) - known:
            child.terminate()
        if isinstance(error, BrokenProcessPool):
            raise CapsuleError(
                _("a process that renders the film was ended; memory may be short")
            ) from error
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _settle(domain: str, catalogues: str) -> None:
    """Speak as the parent; leave interrupts to it, and end with it, even when it is killed."""
    bindtextdomain(domain, catalogues)
    textdomain(domain)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = parent_process()
    if parent:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)
