"""What build.json remembers: from which input each file was made, and whether it still stands."""

from __future__ import annotations

import hashlib
import json
from functools import cache as once
from pathlib import Path
from typing import TypedDict

from capsule import digests, resources
from capsule.builds.settings import Settings
from capsule.cache import Cache
from capsule.project import Project

_PACKAGE = Path(resources.__file__).parent


class Entry(TypedDict):
    """A file of a build: its name, the artefact that it belongs to, its size and checksum."""

    name: str
    artefact: str
    bytes: int
    sha256: str


def key(project: Project, settings: Settings, cache: Cache) -> str:
    """The hash of all that artefacts depend on, the tool among them.

    `cache` remembers that of the media. Raises OSError.
    """
    asked = (settings.size, settings.draft, settings.media)
    media = [digests.remembered(file, cache) for file in (project.video, project.music) if file]
    voices = sorted((id_, voice.digest) for id_, voice in project.voices.items())
    told = (_edition(), asked, media, voices, project.theme, project.plan)
    template = project.template.file if project.template else b""
    return hashlib.sha256(repr(told).encode() + (project.logo or b"") + template).hexdigest()


@once
def _edition() -> str:
    """The hash of this tool: its code and what is shipped with it, and its libraries' versions."""
    return digests.of_tool(
        digests.LIBRARIES,
        (
            (folder, (f for f in folder.rglob("*") if f.is_file() and f.suffix != ".pyc"))
            for folder in (_PACKAGE, resources.templates(), resources.media())
        ),
    )


def entry(artefact: str, file: Path) -> Entry:
    """What is remembered of a file just made. Raises OSError."""
    size, digest = file.stat().st_size, digests.of_file(file)
    return Entry(name=file.name, artefact=artefact, bytes=size, sha256=digest)


def standing(folder: Path, listing: str, made_from: str) -> dict[str, list[Entry]]:
    """The artefacts that `listing` says were made from that key, and whose files are all intact."""
    try:
        data = json.loads((folder / listing).read_bytes())
        entries: list[Entry] = data["files"] if data["key"] == made_from else []
        by_artefact: dict[str, list[Entry]] = {}
        for known in entries:
            by_artefact.setdefault(known["artefact"], []).append(known)
        return {
            name: files
            for name, files in by_artefact.items()
            if all(_intact(folder, file) for file in files)
        }
    except (OSError, ValueError, KeyError, TypeError):  # none, of another version, or damaged
        return {}


def _intact(folder: Path, known: Entry) -> bool:
    file = folder / known["name"]
    try:
        same_size = file.stat().st_size == known["bytes"]
        return same_size and digests.of_file(file) == known["sha256"]
    except FileNotFoundError:
        return False
