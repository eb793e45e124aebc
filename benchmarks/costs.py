"""What a command and all its processes cost: processor seconds, wall seconds, memory."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

PROGRAM = Path(sys.executable).with_name("capsule")
"""The tool itself, as it is installed."""


class Cost(NamedTuple):
    """Seconds of all cores, seconds on the clock, and the megabytes of the largest process."""

    cpu: float
    wall: float
    peak: float


def measured(command: Sequence[str | Path], env: Mapping[str, str] | None = None) -> Cost:
    """Run `command`, which must end well. Raises CalledProcessError."""
    begun = time.perf_counter()
    with subprocess.Popen(
        [str(word) for word in command],
        env={**os.environ, **(env or {})},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        _pid, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, process.args)
    wall = time.perf_counter() - begun
    return Cost(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024)


class Tool(NamedTuple):
    """The command by which something is made, what it makes, and the environment it needs."""

    command: Sequence[str | Path]
    made: Path
    env: Mapping[str, str] = {}


def least(tools: Mapping[str, Tool], runs: int) -> dict[str, Cost]:
    """The least of `runs` of each tool, turn by turn, each with the whole to make."""
    costs: dict[str, list[Cost]] = {name: [] for name in tools}
    for _n in range(runs):
        for name, tool in tools.items():
            tool.made.unlink(missing_ok=True)
            costs[name].append(measured(tool.command, tool.env))
    return {name: Cost(*map(min, zip(*each, strict=True))) for name, each in costs.items()}


def twice(tool: Tool) -> bool:
    """Whether `tool` makes the same bytes again."""
    first = tool.made.read_bytes()
    tool.made.unlink()
    time.sleep(2.1)  # a zip counts by two seconds
    measured(tool.command, tool.env)
    return tool.made.read_bytes() == first


def row(name: str, cost: Cost, limit: Cost) -> str:
    """A line of a Markdown table, with the ratio of processor seconds to `limit`."""
    ratio = cost.cpu / limit.cpu
    return f"| {name} | {cost.cpu:.1f} | {ratio:.3f} | {cost.wall:.1f} | {cost.peak:.0f} |"
