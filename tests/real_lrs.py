"""Ralph, a real LRS, in a virtual environment of its own, and Learning Locker's xAPI validator.

Both are installed once, in .cache.
"""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

CACHE = Path(__file__).parents[1] / ".cache"
Once = Callable[[Path, str, Callable[[], None]], None]
RALPH = ("ralph-malph[cli,lrs]==5.1.0", "requests")  # what it imports and forgets to ask for

# Ralph's own file back end answers 500 to every write but the first unless it may append.
SERVE = """
import sys
from ralph.backends.data.base import BaseOperationType
from ralph.backends.lrs.fs import FSLRSBackend
FSLRSBackend.default_operation_type = BaseOperationType.APPEND
from ralph.api import app
import uvicorn
uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")
"""

VALIDATE = """
const {statement} = require("@learninglocker/xapi-validation/dist/factory");
const {readFileSync} = require("fs");
const faults = JSON.parse(readFileSync(0)).flatMap((one) => statement(one, ["statement"]));
console.log(JSON.stringify(faults.map((fault) => JSON.stringify(fault))));
"""


@pytest.fixture(scope="session")
def ralph_bin(once: Once) -> Path:
    """The programs of Ralph, in a venv of its own, since it pins old packages."""
    home = CACHE / "ralph"

    def install() -> None:
        subprocess.run([sys.executable, "-m", "venv", "--clear", home], check=True)
        subprocess.run([home / "bin" / "pip", "install", "-q", *RALPH], check=True)

    once(home, " ".join(RALPH), install)
    return home / "bin"


@pytest.fixture(scope="session")
def xapi_faults(node_modules: Path) -> Callable[[list[bytes]], list[str]]:
    """A function from statements to what Learning Locker's validator says against them."""

    def faults(bodies: list[bytes]) -> list[str]:
        asked = b"[" + b",".join(bodies) + b"]"
        node = ["node", "-e", VALIDATE]
        done = subprocess.run(
            node, cwd=node_modules.parent, input=asked, capture_output=True, check=True
        )
        return [str(fault) for fault in json.loads(done.stdout)]

    return faults


@pytest.fixture(scope="session")
def running_ralph(
    ralph_bin: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[dict[str, str], Path]]:
    """The environment that leads to a running Ralph, and the file of its statements."""
    home = tmp_path_factory.mktemp("ralph")
    store = home / "statements"
    store.mkdir()
    environ = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "RALPH_APP_DIR": str(home),
        "RALPH_RUNSERVER_BACKEND": "fs",
        "RALPH_RUNSERVER_MAX_SEARCH_HITS_COUNT": "4000",
        "RALPH_BACKENDS__LRS__FS__DEFAULT_DIRECTORY_PATH": str(store),
    }
    login = ["-u", "key", "-p", "secret", "-s", "all", "-N", "lrs", "-M", "mailto:lrs@example.org"]
    subprocess.run([ralph_bin / "ralph", "auth", *login, "-w"], env=environ, check=True)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with subprocess.Popen([ralph_bin / "python", "-c", SERVE, str(port)], env=environ) as server:
        try:
            _wait_for(port, server)
            way = {
                "CAPSULE_LRS_URL": f"http://127.0.0.1:{port}/xAPI/",
                "CAPSULE_LRS_KEY": "key",
                "CAPSULE_LRS_SECRET": "secret",
            }
            yield way, store / "fs_lrs.jsonl"
        finally:
            server.terminate()


@pytest.fixture
def ralph(running_ralph: tuple[dict[str, str], Path]) -> dict[str, str]:
    """The environment that leads to a running, empty Ralph."""
    environ, statements = running_ralph
    statements.unlink(missing_ok=True)
    return environ


@pytest.fixture
def ralph_file(running_ralph: tuple[dict[str, str], Path]) -> Path:
    """Where Ralph keeps what it was sent."""
    return running_ralph[1]


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    for _attempt in range(300):
        assert server.poll() is None, "Ralph has stopped"
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError("Ralph does not answer")
