"""Pages that an LMS launches before an LRS, and what is waited for."""

import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, expect

from .lrs_double import Lrs, Server

PATIENCE = 60  # seconds: a busy machine is slow, which is no fault of the page


def launch(page: Page, server: Server, url: str) -> None:
    """Open a new session, and wait until the page is listened to."""
    page.goto(server.launch(url))
    page.wait_for_selector(f"html[data-ready={server.lrs.channel}]")


@contextmanager
def served(lrs: Lrs) -> Iterator[Server]:
    """The LRS on loopback, which must have refused nothing when it is put away."""
    with Server(lrs) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield server
        server.shutdown()
    assert lrs.refused == [], lrs.refused


def until(page: Page, holds: Callable[[], object]) -> None:
    """Wait for what a page makes happen elsewhere."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, "it never came"
        page.wait_for_timeout(50)


def settle(page: Page, server: Server) -> None:
    """Wait until nothing more is asked: what is saved, sent or left comes in no certain order."""

    def quiet() -> bool:
        before = server.lrs.begun
        page.evaluate("new Promise((done) => setTimeout(done, 250))")  # by the page's own clock
        return before == server.lrs.begun == server.lrs.ended

    until(page, quiet)


def saved(page: Page, server: Server) -> None:
    """Wait until the page says that all is saved."""
    expect(page.locator("#saved")).to_contain_text("Enregistré")
    settle(page, server)


def close(page: Page, server: Server) -> None:
    """Leave the page, and wait for all that it says at the end.

    What is under way as it is left can be overtaken, and is told again at the next launch.
    """
    settle(page, server)
    leave(page, server)


def leave(page: Page, server: Server) -> None:
    """`close` at once, whatever is under way."""
    ended = server.lrs.verbs.count("terminated")
    page.goto("about:blank")
    until(page, lambda: server.lrs.verbs.count("terminated") > ended)
    settle(page, server)


@contextmanager
def visited(page: Page, server: Server, faults: list[str], expected: str) -> Iterator[Page]:
    """A page that is left before its LRS is; what this answers, as `expected`, is no fault."""
    yield page
    if page.url != "about:blank":
        page.goto("about:blank")
        settle(page, server)
    faults[:] = [fault for fault in faults if not re.search(expected, fault)]
