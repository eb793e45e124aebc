"""What build.json remembers: from which input each file was made, and whether it still stands."""

from __future__ import annotations

import hashlib
import json
from functools import cache, lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import TypedDict

from capsule import resources
from capsule.builds.settings import Settings
from capsule.project import Project

_LIBRARIES = (
    *("av", "imageio-ffmpeg", "jinja2", "lxml", "moviepy", "numpy", "pillow", "python-pptx"),
    "segno",
)
_PACKAGE = Path(resources.__file__).parent


class Entry(TypedDict):
    """A file of a build: its name, the artefact that it belongs to, its size and checksum."""

    name: str
    artefact: str
    bytes: int
    sha256: str


def key(project: Project, settings: Settings) -> str:
    """The hash of all that artefacts depend on: plan, logo, media, voices, settings, the tool."""
    asked = (settings.size, settings.draft, settings.media)
    media = [digest(file) for file in (project.video, project.music) if file]
    voices = sorted((id_, voice.digest) for id_, voice in project.voices.items())
    told = (_edition(), asked, media, voices, project.theme, project.plan)
    return hashlib.sha256(repr(told).encode() + (project.logo or b"")).hexdigest()


@cache
def _edition() -> str:
    """The hash of this tool: its code and what is shipped with it, and its libraries' versions."""
    told = hashlib.sha256(repr([(name, version(name)) for name in _LIBRARIES]).encode())
    for folder in (_PACKAGE, resources.templates(), resources.media()):
        for file in sorted(folder.rglob("*")):
            if file.is_file() and file.suffix != ".pyc":
                told.update(f"{file.relative_to(folder).as_posix()}\n".encode())
                told.update(hashlib.sha256(file.read_bytes()).digest())
    return told.hexdigest()


def digest(file: Path) -> str:
    """The SHA-256 of a file, read once for as long as it does not change. Raises OSError."""
    known = file.stat()
    return _digest(file.resolve(), (known.st_ino, known.st_size, known.st_mtime_ns))


@lru_cache(maxsize=1024)
def _digest(file: Path, _version: tuple[int, int, int]) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def entry(artefact: str, file: Path) -> Entry:
    """What is remembered of a file just made. Raises OSError."""
    return Entry(name=file.name, artefact=artefact, bytes=file.stat().st_size, sha256=digest(file))


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
        return file.stat().st_size == known["bytes"] and digest(file) == known["sha256"]
    except FileNotFoundError:
        return False
