"""What the store keeps of those who took the capsule in an LMS, on both databases."""

import os
from itertools import count
from pathlib import Path

import pytest

from capsule.tracking import outbox
from capsule.tracking.outbox import Place, Played

IRI = "https://formation.example/capsules/essai"
ADA, BOB = "a" * 64, "b" * 64
_fresh = count()


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    environ = {}
    if request.param == "postgresql":
        address = request.getfixturevalue("postgresql")
        environ["CAPSULE_OUTBOX"] = f"{address}&schema=people{next(_fresh)}_{os.getpid()}"
    return outbox.find(tmp_path / "outbox.db", environ, IRI)


def test_completions_come_once_and_go_when_they_are_voided(place: Place) -> None:
    first = Played("1", ADA, "2025-05-02T10:00:00.000Z", 90.5)
    second = Played("2", BOB, "2025-05-01T10:00:00.000Z", None)
    with outbox.opened(place) as box:
        assert box.facts.bring("lrs", "2025-05-03", [first, first], [], 0) == 1
        assert box.facts.bring("lrs", None, [first, second], [], 0) == 1
        assert list(box.facts.played()) == [second, first]
        assert (box.facts.since("lrs"), box.facts.since("other")) == ("2025-05-03", None)
        third = Played("3", ADA, "2025-05-02T10:00:00.000Z", None)
        assert box.facts.bring("lrs", "2025-05-04", [third], ["3", "1"], 0) == 0
        assert box.facts.bring("lrs", "2025-05-05", [third], [], 1) is None
        assert list(box.facts.played()) == [second]
        assert box.facts.since("lrs") == "2025-05-04"
    with outbox.opened(place) as box:
        assert box.facts.count() == 1
