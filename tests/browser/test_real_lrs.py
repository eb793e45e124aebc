"""Both launches with Ralph behind, and what `capsule track pull` makes of what it keeps."""

import re
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Page, expect

from capsule.activity import identifier
from capsule.render import player
from capsule.track.figures import report
from capsule.track.pulling import pull

from .launches import close, served, settle
from .lrs_double import Lrs

Package = Callable[[player.Channel], Path]
Serve = Callable[[Path], str]
Complete = Callable[[Page, str], None]

ROOT = Path(__file__).parents[2]
CHANNELS: tuple[player.Channel, ...] = ("cmi5", "xapi")


def test_a_learner_counts_once_however_they_followed(
    page: Page,
    faults: list[str],
    package: Package,
    serve: Serve,
    complete: Complete,
    ralph: dict[str, str],
    tmp_path: Path,
) -> None:
    kept = 0
    for channel in CHANNELS:
        lrs = Lrs(channel)
        lrs.registration = identifier(channel)
        lrs.real = (ralph["CAPSULE_LRS_URL"], ralph["CAPSULE_LRS_KEY"], ralph["CAPSULE_LRS_SECRET"])
        url = f"{serve(package(channel).parent)}/package/index.html"
        with served(lrs) as server:
            page.goto(server.launch(url))
            complete(page, "Le tri")
            assert lrs.refused == []
            expect(page.locator("#saved")).to_contain_text("Enregistré")
            settle(page, server)
            close(page, server)
        assert lrs.verbs == ["initialized", "completed", "passed", "terminated"]
        kept += len(lrs.statements)
    folder = Path(shutil.copytree(ROOT / "tests" / "capsules" / "small", tmp_path / "capsule"))
    pulled = pull(folder, datetime.now(UTC), environ=ralph)
    assert (pulled.read, pulled.new) == (kept, 4)  # completed and passed, both ways
    total = report(folder, environ={}).total
    assert (total.played, total.people, total.reached) == (1, 1, 1)
    usual = "status of 404|status of 409"  # no state yet; told again, for an answer was late
    faults[:] = [fault for fault in faults if not re.search(usual, fault)]
