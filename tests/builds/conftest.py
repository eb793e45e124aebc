import os
from collections.abc import Callable
from pathlib import Path

import pytest

from capsule import builds
from capsule.crew import quiet


@pytest.fixture(scope="session")
def cache() -> str:
    """That of all tests."""
    return os.environ["CAPSULE_CACHE"]


@pytest.fixture(scope="session")
def run(cache: str) -> Callable[..., builds.Built]:
    """Build a small film, in silence, with this session's cache unless told otherwise."""

    def build(project: Path, output: Path | None = None, **options: object) -> builds.Built:
        progress = options.pop("progress", quiet)
        only = options.pop("only", None)
        told = {"size": "720p", "cache": cache, **options}
        chosen = frozenset(only) if isinstance(only, list) else None
        settings = builds.Settings(only=chosen, **told)  # type: ignore[arg-type]
        return builds.build(project, output, settings, progress)  # type: ignore[arg-type]

    return build
