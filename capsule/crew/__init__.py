"""Jobs side by side: in processes of this machine, or on a Dask cluster."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from functools import partial
from types import TracebackType
from typing import Any, NamedTuple, Protocol

from capsule.crew.machine import Machine
from capsule.crew.telling import tell, telling

__all__ = ["Crew", "Job", "Progress", "quiet", "tell"]

Progress = Callable[[float, str], None]
"""Hears the share done (0 to 1), and in a few words what has just been done."""

_POLL = 0.2  # seconds between two looks at how far the jobs are
_LIGHT = 5.0  # seconds of jobs that are done sooner than processes for them are started


def quiet(*_told: object) -> None:
    """Hear progress that nobody is to be shown."""


class Job(NamedTuple):
    """Something to do in any process, and the seconds that it takes there, about.

    `here`: it needs files of this machine.
    """

    name: str
    weight: float
    work: Callable[[], object]
    here: bool = False


class _Team(Protocol):
    """Those who do jobs, known by their numbers."""

    def submit(self, number: int, work: Callable[[], object]) -> Future[Any]: ...
    def shares(self) -> dict[int, float]: ...
    def result(self, future: Future[Any]) -> None: ...
    def close(self) -> None: ...
    def stop(self) -> None: ...


class Crew:
    """Those who do jobs: up to `workers` processes of this machine, or a cluster's.

    They are started for the first jobs that are worth it, and stay until the crew is closed.
    """

    def __init__(self, workers: int, scheduler: str | None = None) -> None:
        """Work on this machine, or for the cluster whose Dask `scheduler` is at this address.

        With no `workers`, what this machine does is done in this process.
        """
        self._workers, self._scheduler = workers, scheduler
        self._machine: _Team | None = None
        self._cluster: _Team | None = None
        self._alone = 0.0  # seconds of work done in this process

    @property
    def away(self) -> bool:
        """If jobs are done where the files of this machine may not be."""
        return self._scheduler is not None

    def __enter__(self) -> Crew:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        for team in self._teams():
            team.close()
        self._machine = self._cluster = None

    def run(self, jobs: Sequence[Job], progress: Progress) -> None:
        """Do all `jobs`, those that take longest first, in the same language.

        The first error of a job is raised and ends the others. Raises CapsuleError when a
        process dies, UnavailableError when the cluster cannot be reached or has no worker.
        """
        jobs = sorted(jobs, key=lambda job: -job.weight)
        tally = _Tally(jobs, progress)
        try:
            if self._can_do_alone(jobs):
                for number, job in enumerate(jobs):
                    with telling(partial(tally.hear, number)):
                        job.work()
                    tally.done(number)
            else:
                self._share_out(jobs, tally)
        except BaseException:
            for team in self._teams():
                team.stop()
            self._machine = self._cluster = None
            raise

    def _can_do_alone(self, jobs: Sequence[Job]) -> bool:
        """If starting processes would take longer; they are, once little jobs have added up."""
        if self._machine or any(self.away and not job.here for job in jobs):
            return False
        if not self._workers:
            return True
        self._alone += sum(job.weight for job in jobs)
        return self._alone <= _LIGHT

    def _share_out(self, jobs: Sequence[Job], tally: _Tally) -> None:
        waiting = {}
        for number, job in enumerate(jobs):
            team = self._team(job)
            waiting[team.submit(number, job.work)] = (number, team)
        while waiting:
            for future in wait(waiting, _POLL, FIRST_COMPLETED).done:
                number, team = waiting.pop(future)
                team.result(future)
                tally.done(number)
            for team in self._teams():
                for number, share in team.shares().items():
                    tally.hear(number, share)

    def _team(self, job: Job) -> _Team:
        if self._scheduler is None or job.here:
            self._machine = self._machine or Machine(self._workers or 1)
            return self._machine
        if self._cluster is None:
            from capsule.crew.cluster import Cluster  # noqa: PLC0415 (of the extra `cluster`)

            self._cluster = Cluster(self._scheduler)
        return self._cluster

    def _teams(self) -> list[_Team]:
        return [team for team in (self._machine, self._cluster) if team]


class _Tally:
    """How far the jobs are."""

    def __init__(self, jobs: Sequence[Job], progress: Progress) -> None:
        self._jobs, self._progress = jobs, progress
        self._shares = [0.0] * len(jobs)
        self._done: set[int] = set()
        self._last = jobs[0].name if jobs else ""

    def hear(self, number: int, share: float) -> None:
        """Job `number` is done to `share`."""
        if share > self._shares[number]:
            self._shares[number] = min(share, 1.0)
            self._tell()

    def done(self, number: int) -> None:
        """Job `number` is done."""
        self._done.add(number)
        self._shares[number] = 1.0
        self._last = self._jobs[number].name
        self._tell()

    def _tell(self) -> None:
        weights = [job.weight for job in self._jobs]
        done = sum(w * share for w, share in zip(weights, self._shares, strict=True))
        share = 1.0 if len(self._done) == len(self._jobs) else done / sum(weights)
        self._progress(share, f"{self._last} · {len(self._done)}/{len(self._jobs)}")
