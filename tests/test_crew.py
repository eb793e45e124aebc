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
from capsule.crew import Crew, Job
from capsule.errors import CapsuleError, InputError, Problem
from capsule.render.video import filmed

SLEEPERS = """
import functools, subprocess, sys, time
from capsule.errors import CapsuleError
from capsule.crew import Crew, Job
if __name__ == "__main__":
    jobs = [Job("", 1, functools.partial(time.sleep, 60)) for _ in range(4)]
    Crew(2).run(jobs, lambda _share: None)
"""


def quiet(_share: float) -> None:
    pass


def test_all_jobs_are_done_and_told() -> None:
    heard: list[float] = []
    jobs = [Job("short", 1, partial(time.sleep, 0)), Job("long", 3, partial(time.sleep, 0))]
    Crew(2).run(jobs, heard.append)
    assert len(heard) == 2
    assert heard[-1] == 1


def test_an_error_comes_back_whole(tmp_path: Path) -> None:
    path = tmp_path / "absent.mp4"
    work = partial(filmed.write, path, 1, tmp_path / "out.mp4")
    with pytest.raises(InputError) as caught:
        Crew(2).run([Job("a", 1, work), Job("b", 1, partial(time.sleep, 60))], quiet)
    (problem,) = caught.value.problems
    assert isinstance(problem, Problem)
    assert problem.path == path


def test_errors_come_in_the_language_of_the_parent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, work = gettext.textdomain(), partial(filmed.write, tmp_path / "a", 1, tmp_path / "b")
    monkeypatch.setenv("LANGUAGE", "fr")
    gettext.bindtextdomain(resources.DOMAIN, str(resources.locales()))
    gettext.textdomain(resources.DOMAIN)
    try:
        with pytest.raises(InputError) as caught:
            Crew(1).run([Job("a", 1, work)], quiet)
    finally:
        gettext.textdomain(before)
    words = resources.words("fr").gettext("there is no such file")
    assert caught.value.problems[0].what == words != "there is no such file"


def test_a_process_that_dies_is_an_error() -> None:
    with pytest.raises(CapsuleError, match="memory"):
        Crew(1).run([Job("a", 1, partial(os._exit, 9))], quiet)


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
