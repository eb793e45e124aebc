"""Capsules, what is installed once for all workers and runs, a PostgreSQL server."""

import fcntl
import json
import os
import platform
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from capsule import audit, model, plan, source

TESTS = Path(__file__).parent
CACHE = TESTS.parent / ".cache"
_PG_USER = "capsule"
_PG_SETTINGS = ("fsync=off", "max_connections=40", "shared_buffers=32MB", "log_min_messages=fatal")
STARTER = TESTS.parent / "templates" / "starters" / "tous-concernes"


def pytest_addoption(parser: pytest.Parser) -> None:
    """An option to draw the goldens again."""
    parser.addoption("--refresh-goldens", action="store_true", help="draw tests/golden/frames")


def pytest_configure() -> None:
    """Let processes hear interrupts: what a shell starts in the background ignores them."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests come first: the last file of one worker is waited for by the other."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[None]:
    """Keep the user's own cache out of the tests, in the processes that they start too.

    All workers share it: many tests build the film of the same small capsule.
    """
    own = tmp_path_factory.getbasetemp()
    kept = (own if worker_id == "master" else own.parent) / "kept"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CAPSULE_CACHE", str(kept))
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


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a running PostgreSQL server, as CAPSULE_OUTBOX takes it."""
    with _running_postgresql() as address:
        yield address


def _pg_programs() -> Path:
    """Debian keeps them out of the PATH, by version."""
    on_path = shutil.which("initdb")
    found = [Path(on_path).resolve().parent] if on_path else []
    found += sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda bin_: int(bin_.parent.name)
    )
    assert found, "install PostgreSQL (Debian: postgresql), which these tests run"
    return found[-1]


@contextmanager
def _running_postgresql() -> Iterator[str]:
    """The address of a running server, without a database in it: postgresql://user@/?host=...

    It listens on a socket in its folder only. It refuses to run as root: there it is nobody's.
    """
    home = Path(tempfile.mkdtemp(prefix="capsule-pg-"))
    try:
        as_user: list[str] = []
        if os.geteuid() == 0:
            shutil.chown(home, "nobody", "nogroup")
            as_user = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
        bin_, data = _pg_programs(), home / "data"
        setup = [
            "--auth=trust",
            f"--username={_PG_USER}",
            "--encoding=UTF8",
            "--no-sync",
            "--locale=C",
        ]
        subprocess.run(
            [*as_user, bin_ / "initdb", *setup, "-D", data],
            check=True,
            cwd=home,
            stdout=subprocess.DEVNULL,
        )
        settings = [word for one in _PG_SETTINGS for word in ("-c", one)]
        sockets = ["-c", "listen_addresses=", "-c", f"unix_socket_directories={home}"]
        server = subprocess.Popen(
            [*as_user, bin_ / "postgres", "-D", data, *settings, *sockets], cwd=home
        )
        try:
            for _attempt in range(300):
                assert server.poll() is None, "PostgreSQL has stopped"
                if (
                    subprocess.run(
                        [bin_ / "pg_isready", "-q", "-h", home, "-U", _PG_USER], check=False
                    ).returncode
                    == 0
                ):
                    break
                time.sleep(0.1)
            yield f"postgresql://{_PG_USER}@/postgres?host={home}"
        finally:
            server.terminate()
            server.wait(timeout=30)
    finally:
        shutil.rmtree(home, ignore_errors=True)
