from pathlib import Path

import pytest

from capsule import model, plan, source

CAPSULES = Path(__file__).parent / "capsules"
STARTER = Path(__file__).parents[1] / "templates" / "starters" / "tous-concernes"


@pytest.fixture(scope="session")
def starter() -> model.Capsule:
    """The capsule that the tool ships."""
    return source.load(STARTER).capsule


@pytest.fixture(scope="session")
def starter_plan(starter: model.Capsule) -> plan.Plan:
    return plan.make(starter)


@pytest.fixture(scope="session")
def small() -> model.Capsule:
    """Twenty seconds with every kind of scene."""
    return source.load(CAPSULES / "small").capsule


@pytest.fixture(scope="session")
def small_plan(small: model.Capsule) -> plan.Plan:
    return plan.make(small)
