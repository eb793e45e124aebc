"""Films rendered on a Dask cluster of two workers, one of which is killed."""

import os
import signal
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import distributed
import pytest

from capsule import plan, resources
from capsule.cache import Cache
from capsule.crew import Crew, Job, quiet, tell
from capsule.errors import CapsuleError, InputError, UnavailableError
from capsule.layout import film_pages
from capsule.render import frames, video
from capsule.render.video import making, probe
from capsule.theme import HOUSE

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="kills processes")


def go_on(path: Path) -> None:
    """Work for a minute, as long as someone waits for it."""
    for n in range(600):
        path.write_text(str(n))
        tell(n / 600)
        time.sleep(0.1)


@pytest.fixture(scope="module")
def cluster() -> Iterator[distributed.LocalCluster]:
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=":0"
    ) as made:
        yield made


def test_a_killed_worker_changes_nothing(
    cluster: distributed.LocalCluster, small_plan: plan.Plan, tmp_path: Path
) -> None:
    pages = film_pages(small_plan, HOUSE, resources.words("fr"), None)
    killed: list[int] = []

    def kill(share: float, _made: str) -> None:
        if not killed:
            killed.append(cluster.workers[0].process.pid)
            os.kill(killed[0], signal.SIGKILL)

    made = []
    for name, place, scheduler in (
        ("here", str(tmp_path / "own"), None),
        ("there", f"file://{tmp_path}/shared", cluster.scheduler_address),
    ):
        (tmp_path / name).mkdir()
        with Crew(2, scheduler) as crew:
            made.append(
                video.render(
                    small_plan,
                    pages,
                    tmp_path / name,
                    material=video.Material(),
                    quality=video.Quality(frames.DRAFT),
                    parts=("message", "debrief"),
                    cache=Cache(place),
                    crew=crew,
                    progress=kill if scheduler else quiet,
                )
            )
    here, there = made
    assert killed
    for one, other in zip(here.segments, there.segments, strict=True):
        assert one.key == other.key
        assert one.path.read_bytes() == other.path.read_bytes()


def test_nothing_goes_on_when_it_is_interrupted(
    cluster: distributed.LocalCluster, tmp_path: Path
) -> None:
    counts = [tmp_path / "a", tmp_path / "b"]

    def interrupt(_share: float, _made: str) -> None:
        deadline = time.monotonic() + 20
        while not all(count.exists() for count in counts):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        raise KeyboardInterrupt

    jobs = [Job("", 60, partial(go_on, count)) for count in counts]
    first = Job("here", 1, partial(time.sleep, 0), here=True)
    with Crew(1, cluster.scheduler_address) as crew, pytest.raises(KeyboardInterrupt):
        crew.run([*jobs, first], interrupt)
    time.sleep(0.5)
    reached = [count.read_text() for count in counts]
    time.sleep(0.5)
    assert reached == [count.read_text() for count in counts]


def test_errors_come_back(cluster: distributed.LocalCluster, tmp_path: Path) -> None:
    with Crew(1, cluster.scheduler_address) as crew:
        with pytest.raises(InputError, match="absent"):
            crew.run([Job("", 1, partial(probe, tmp_path / "absent.mp4"))], quiet)
        with pytest.raises(UnavailableError, match="install this version"):
            crew.run([Job("", 1, partial(int, "x"))], quiet)


def test_workers_of_another_version_are_refused(
    cluster: distributed.LocalCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "environment", lambda: "another")
    piece = making.Making("", "0" * 64, 1, Path.touch)
    cache = Cache(f"file://{tmp_path}/shared")
    with (
        Crew(1, cluster.scheduler_address) as crew,
        pytest.raises(CapsuleError, match="another version"),
    ):
        making.obtain([piece], tmp_path, cache, crew, quiet)


def test_a_cache_that_workers_do_not_share_is_told(
    cluster: distributed.LocalCluster, tmp_path: Path
) -> None:
    piece = making.Making("", "0" * 64, 1, Path.touch)
    cache = Cache("memory://shared")
    with (
        Crew(1, cluster.scheduler_address) as crew,
        pytest.raises(UnavailableError, match="CAPSULE_CACHE"),
    ):
        making.obtain([piece], tmp_path, cache, crew, quiet)


def test_no_scheduler_is_told_soon() -> None:
    start = time.monotonic()
    with Crew(1, "tcp://127.0.0.1:9") as crew, pytest.raises(UnavailableError, match="scheduler"):
        crew.run([Job("", 1, partial(time.sleep, 0))], quiet)
    assert time.monotonic() - start < 10
