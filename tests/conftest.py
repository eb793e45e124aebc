"""Capsules, and what is installed once for all workers and runs."""

import fcntl
import json
import platform
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from capsule import audit, model, plan, source

TESTS = Path(__file__).parent
CACHE = TESTS.parent / ".cache"
STARTER = TESTS.parent / "templates" / "starters" / "tous-concernes"


def pytest_addoption(parser: pytest.Parser) -> None:
    """An option to draw the goldens again."""
    parser.addoption("--refresh-goldens", action="store_true", help="draw tests/golden/frames")


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the user's own cache out of the tests, in the processes that they start too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CAPSULE_CACHE", str(tmp_path_factory.mktemp("kept")))
        yield


@pytest.fixture(scope="session")
def once() -> Callable[[Path, str, Callable[[], None]], None]:
    """A function that installs a version into a folder, once, whichever process comes first."""

    def install(folder: Path, version: str, how: Callable[[], None]) -> None:
        CACHE.mkdir(exist_ok=True)
        stamp = folder / ".installed"
        with (CACHE / f"{folder.name}.lock").open("w") as guard:
            fcntl.flock(guard, fcntl.LOCK_EX)
            if not stamp.exists() or stamp.read_text(encoding="utf-8") != version:
                how()
                stamp.write_text(version, encoding="utf-8")

    return install


@pytest.fixture(scope="session")
def node_modules(once: Callable[[Path, str, Callable[[], None]], None]) -> Path:
    """The npm packages that the tests use, as tests/node/package-lock.json fixes them."""
    home = CACHE / "node"

    def install() -> None:
        shutil.copytree(TESTS / "node", home, dirs_exist_ok=True)
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=home, check=True)

    once(home, (TESTS / "node" / "package-lock.json").read_text(encoding="utf-8"), install)
    return home / "node_modules"


@pytest.fixture(scope="session")
def assert_sound(
    node_modules: Path, assert_valid_pptx: Callable[[Path], None]
) -> Callable[[Path], None]:
    """A function that has a deck pass three readers: openxml-audit, the Open XML SDK, ours.

    None of them finds all that the others do. The SDK's validator is built for x86-64 Linux only.
    """
    sdk = node_modules / "@xarsh" / "ooxml-validator-linux-x64" / "ooxml-validator"

    def check(pptx: Path) -> None:
        assert [str(finding) for finding in audit.inspect(pptx).findings] == []
        assert_valid_pptx(pptx)
        if sdk.exists() or platform.machine() == "x86_64":
            said = subprocess.run([sdk, pptx, "Microsoft365"], capture_output=True, check=False)
            assert json.loads(said.stdout)["errors"] == []

    return check


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
    return source.load(TESTS / "capsules" / "small").capsule


@pytest.fixture(scope="session")
def small_plan(small: model.Capsule) -> plan.Plan:
    return plan.make(small)
