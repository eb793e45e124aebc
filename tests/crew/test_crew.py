import gettext
import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from capsule import resources
from capsule.crew import Crew, Job, quiet, tell
from capsule.errors import CapsuleError, InputError, Problem
from capsule.render.video import probe

SLEEPERS = """
import functools, time
from capsule.crew import Crew, Job, quiet
if __name__ == "__main__":
    jobs = [Job("", 60, functools.partial(time.sleep, 60)) for _ in range(4)]
    with Crew(2) as crew:
        crew.run(jobs, quiet)
"""


def note(path: Path) -> None:
    with path.open("a") as file:
        file.write(f"{os.getpid()}\n")


def go_half_way(done: Path) -> None:
    tell(0.5)
    while not done.exists():
        time.sleep(0.05)


def test_all_jobs_are_done_and_told() -> None:
    heard: list[tuple[float, str]] = []
    jobs = [Job("short", 10, partial(time.sleep, 0)), Job("long", 30, partial(time.sleep, 0))]
    with Crew(2) as crew:
        crew.run(jobs, lambda share, made: heard.append((share, made)))
    shares = [share for share, _made in heard]
    assert shares == sorted(shares)
    assert heard[-1][0] == 1
    assert heard[-1][1] in {"short · 2/2", "long · 2/2"}


def test_little_jobs_start_no_process_until_they_add_up(tmp_path: Path) -> None:
    told = tmp_path / "pids"
    with Crew(2) as crew:
        for _round in range(3):
            crew.run([Job("light", 2.4, partial(note, told))], quiet)
    first, second, third = told.read_text().split()
    assert first == second == str(os.getpid()) != third


def test_processes_stay_for_the_next_jobs(tmp_path: Path) -> None:
    told = tmp_path / "pids"
    with Crew(1) as crew:
        for _round in range(2):
            crew.run([Job("heavy", 9, partial(note, told))], quiet)
    first, second = told.read_text().split()
    assert first == second != str(os.getpid())


def test_a_job_tells_how_far_it_is(tmp_path: Path) -> None:
    heard: list[float] = []
    done = tmp_path / "done"

    def listen(share: float, _made: str) -> None:
        heard.append(share)
        done.touch()

    with Crew(1) as crew:
        crew.run([Job("long", 9, partial(go_half_way, done))], listen)
    assert heard == [0.5, 1]


def test_an_error_comes_back_whole(tmp_path: Path) -> None:
    path = tmp_path / "absent.mp4"
    jobs = [Job("a", 99, partial(probe, path)), Job("b", 1, partial(time.sleep, 60))]
    with Crew(2) as crew, pytest.raises(InputError) as caught:
        crew.run(jobs, quiet)
    (problem,) = caught.value.problems
    assert isinstance(problem, Problem)
    assert problem.path == path


def test_errors_come_in_the_language_of_the_parent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, job = gettext.textdomain(), Job("a", 9, partial(probe, tmp_path / "a"))
    monkeypatch.setenv("LANGUAGE", "fr")
    gettext.bindtextdomain(resources.DOMAIN, str(resources.locales()))
    gettext.textdomain(resources.DOMAIN)
    try:
        with Crew(1) as crew, pytest.raises(InputError) as caught:
            crew.run([job], quiet)
    finally:
        gettext.textdomain(before)
    words = resources.words("fr").gettext("there is no such file")
    assert caught.value.problems[0].what == words != "there is no such file"


def test_a_process_that_dies_is_an_error_and_no_obstacle(tmp_path: Path) -> None:
    with Crew(1) as crew:
        with pytest.raises(CapsuleError, match="memory"):
            crew.run([Job("a", 9, partial(os._exit, 9))], quiet)
        crew.run([Job("a", 9, partial(note, tmp_path / "again"))], quiet)
    assert (tmp_path / "again").exists()


def children(parent: int) -> list[int]:
    return [int(pid) for pid in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_no_process_outlives_the_one_that_started_it(tmp_path: Path, ending: int) -> None:
    script = tmp_path / "sleepers.py"
    script.write_text(SLEEPERS)
    parent = subprocess.Popen([sys.executable, script], stderr=subprocess.PIPE, cwd=Path.cwd())
    try:
        started, deadline = list[int](), time.monotonic() + 30
        while len(started) < 3 and time.monotonic() < deadline:  # two and Python's own tracker
            time.sleep(0.1)
            started = children(parent.pid)
        assert len(started) >= 3
        time.sleep(2.5)  # for them to import and start their job
        parent.send_signal(ending)
        parent.communicate(timeout=20)
        deadline = time.monotonic() + 10
        while alive := [pid for pid in started if Path(f"/proc/{pid}").exists()]:
            assert time.monotonic() < deadline, alive
            time.sleep(0.1)
    finally:
        parent.kill()
