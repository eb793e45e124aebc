"""Plans that are awkward to lay out."""

import pytest

from capsule import plan, source

from .checks import CAPSULES


@pytest.fixture(scope="session")
def awkward_plan() -> plan.Plan:
    return plan.make(source.load(CAPSULES / "awkward").capsule)


@pytest.fixture(scope="session")
def german() -> plan.Plan:
    return plan.make(source.load(CAPSULES / "german").capsule)
