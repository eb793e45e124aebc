"""Jobs on a Dask cluster; its workers must have this version of the tool."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from gettext import gettext as _
from typing import Any

from capsule.crew.telling import telling
from capsule.errors import CapsuleError, UnavailableError

try:
    from distributed import Client, get_worker
    from distributed.scheduler import KilledWorker
except ImportError as error:
    raise UnavailableError(
        _("--scheduler needs Dask; install it: pip install 'capsule[cluster]'")
    ) from error

_CONNECT = 5  # seconds to find the scheduler
_WORKERS = 15.0  # seconds that the cluster may be without a worker
_LOOK = 3.0  # seconds between two looks for workers


class Cluster:
    """The workers of the scheduler at `address`."""

    def __init__(self, address: str) -> None:
        """Raises UnavailableError when no scheduler is there, or no worker comes to it."""
        self._address = address
        try:
            self._client = Client(address, timeout=_CONNECT, set_as_default=False)
        except (OSError, ValueError) as error:
            raise UnavailableError(
                _("there is no Dask scheduler at %(address)s") % {"address": address}
            ) from error
        self._executor = self._client.get_executor(pure=False)
        self._seen = self._looked = time.monotonic()

    def submit(self, number: int, work: Callable[[], object]) -> Future[Any]:  # noqa: ARG002
        """Have `work` done by any worker."""
        with warnings.catch_warnings():
            # Logos and pictures are in the pages, and these in the jobs.
            warnings.filterwarnings("ignore", "Sending large graph", UserWarning)
            done: Future[Any] = self._executor.submit(_do, work)
        return done

    def shares(self) -> dict[int, float]:
        """Nothing: a cluster's jobs are done or not. Raises UnavailableError if no worker is."""
        now = time.monotonic()
        if now - self._looked >= _LOOK:
            self._looked = now
            if self._client.status == "running" and self._client.nthreads():
                self._seen = now
        if now - self._seen > _WORKERS:
            raise UnavailableError(
                _("the Dask cluster at %(address)s has no worker") % {"address": self._address}
            )
        return {}

    def result(self, future: Future[Any]) -> None:
        """Raise what the job raised, or why the cluster could not do it."""
        try:
            refused = future.result()
        except OSError:
            raise
        except CancelledError as error:
            raise UnavailableError(
                _("the Dask scheduler at %(address)s is gone") % {"address": self._address}
            ) from error
        except KilledWorker as error:
            raise CapsuleError(
                _("the cluster's workers are ended while they render; memory may be short")
            ) from error
        except Exception as error:  # what cannot be read there has no type of its own
            remedy = _("install this version of capsule on its scheduler and its workers")
            why = f"{type(error).__name__}: {error}"
            said = _("the Dask cluster cannot do it (%(why)s); %(remedy)s")
            raise UnavailableError(said % {"why": why, "remedy": remedy}) from error
        if refused:
            raise refused

    def close(self) -> None:
        """Leave the cluster."""
        self._client.close()

    def stop(self) -> None:
        """Leave the cluster, which does not go on with the jobs."""
        self._executor.shutdown(wait=False)
        self._client.close()


class _UnwantedError(Exception):
    """No one waits for the job any more."""


def _do(work: Callable[[], object]) -> CapsuleError | None:
    """Do `work`; give back what it says against its input, which Dask does not carry whole."""
    worker = get_worker()
    key = worker.get_current_task()

    def heard(_share: float) -> None:
        task = worker.state.tasks.get(key)
        if task is None or task.state != "executing":
            raise _UnwantedError

    try:
        with telling(heard):
            work()
    except CapsuleError as error:
        error.__cause__ = error.__context__ = None  # libraries' own errors cannot be copied
        return error.with_traceback(None)
    return None
