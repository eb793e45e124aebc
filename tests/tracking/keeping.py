"""What tests do to a folder and read in it, and an LRS that takes everything."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from capsule.track import opening
from capsule.tracking import keys

NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)
LRS = {
    "CAPSULE_LRS_URL": "https://lrs.example.org/xapi/",
    "CAPSULE_LRS_KEY": "key",
    "CAPSULE_LRS_SECRET": "hush",
}
Listing = Callable[..., Path]


class Lrs:
    """An LRS that takes everything and remembers it."""

    def __init__(self) -> None:
        self.batches: list[list[dict[str, Any]]] = []

    @property
    def told(self) -> list[dict[str, Any]]:
        return [one for batch in self.batches for one in batch]

    @property
    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(self._take)

    def _take(self, request: httpx.Request) -> httpx.Response:
        self.batches.append(json.loads(request.content))
        return httpx.Response(200, json=[one["id"] for one in self.batches[-1]])


def pseudonyms(project: Path, person: str) -> list[str]:
    return [key.digest(person) for key in keys.read(project / ".capsule" / "key")]


def named(project: Path, environ: dict[str, str]) -> list[str]:
    """Whom the statements are about, in their order, that aren't withdrawn."""
    with opening.opened(project, environ) as box:
        told = list(map(json.loads, box.bodies()))
    return [one["actor"]["account"]["name"] for one in told if "definition" in one["object"]]


def kept_bytes(project: Path) -> bytes:
    """All that the folder's files hold, but for the key, the lists apart."""
    files = [file for file in (project / ".capsule").iterdir() if file.name != "key"]
    assert "outbox.db" in {file.name for file in files}
    return b"".join(file.read_bytes() for file in files)


def set_tracking(project: Path, line: str, instead: str = "") -> None:
    """Add a line to the tracking of the capsule."""
    file = project / "capsule.yaml"
    text = file.read_text(encoding="utf-8")
    if instead:
        text = text.replace(instead, line)
    elif "tracking: {" in text:
        text = text.replace("tracking: {", f"tracking: {{{line}, ")
    else:
        text = text.replace("tracking:\n", f"tracking:\n  {line}\n")
    assert line in text
    file.write_text(text, encoding="utf-8")
