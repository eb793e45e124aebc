"""What the tests of tracking begin with."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from capsule.tracking import outbox
from capsule.tracking.outbox import Outbox, Place

from ..real_lrs import ralph, ralph_bin, ralph_file, running_ralph, xapi_faults
from .keeping import Listing
from .storing import IRI

__all__ = ["ralph", "ralph_bin", "ralph_file", "running_ralph", "xapi_faults"]

ROOT = Path(__file__).parents[2]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The folder of a small capsule, nothing imported yet."""
    folder = tmp_path / "capsule"
    shutil.copytree(ROOT / "tests" / "capsules" / "small", folder)
    return folder


@pytest.fixture(params=["sqlite", "postgresql"])
def environ(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    """Where the store is."""
    if request.param == "sqlite":
        return {}
    address = request.getfixturevalue("postgresql")
    return {"CAPSULE_OUTBOX": f"{address}&schema=people_{abs(hash(tmp_path)):x}"}


@pytest.fixture
def place(environ: dict[str, str], tmp_path: Path) -> Place:
    return outbox.find(tmp_path / "outbox.db", environ, IRI)


@pytest.fixture
def box(place: Place) -> Iterator[Outbox]:
    with outbox.opened(place, clock=lambda: 1000.0) as opened:
        yield opened


@pytest.fixture
def listing(project: Path) -> Listing:
    """A function that writes a list and gives its path."""

    def write(*rows: str, name: str = "list.csv") -> Path:
        text = "session;date;id;présence;minutes\n" + "\n".join(rows)
        (project / name).write_text(text, encoding="utf-8")
        return project / name

    return write
