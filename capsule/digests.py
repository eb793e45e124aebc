"""SHA-256 of what outputs depend on: files, and this tool itself."""

from __future__ import annotations

import hashlib
import platform
import time
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from capsule.cache import Cache

DRAWING = ("av", "imageio-ffmpeg", "moviepy", "numpy", "pillow")
"""The libraries that pictures and sound come from."""
LIBRARIES = (*DRAWING, "jinja2", "lxml", "python-pptx", "segno", "typst")
"""All that write something of an artefact."""
_RACY = 2.0  # seconds within which a file may change and keep its times


def of_file(path: Path) -> str:
    """The SHA-256 of the file at `path`. Raises OSError."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def remembered(path: Path, cache: Cache) -> str:
    """As `of_file`, read again only when the file has changed. Raises OSError."""
    known = _identity(path)
    note = hashlib.sha256(repr((platform.node(), str(path.resolve()), *known)).encode()).hexdigest()
    with TemporaryDirectory() as folder:
        told = Path(folder, "digest")
        if cache.take(note, told):
            return told.read_text(encoding="ascii")
        digest = of_file(path)
        settled = time.time() - max(known[-2:]) / 1e9 > _RACY
        if settled and _identity(path) == known:
            told.write_text(digest, encoding="ascii")
            cache.keep(note, told)
    return digest


def of_tool(libraries: Iterable[str], folders: Iterable[tuple[Path, Iterable[Path]]]) -> str:
    """The SHA-256 of the libraries' versions and of files, named from their folders."""
    told = hashlib.sha256(repr([(name, version(name)) for name in libraries]).encode())
    for folder, files in folders:
        for file in sorted(files):
            told.update(f"{file.relative_to(folder).as_posix()} {of_file(file)}\n".encode())
    return told.hexdigest()


def _identity(path: Path) -> tuple[int, ...]:
    """What changes when the file does: node, size, and the nanoseconds of its two times."""
    stat = path.stat()
    return (stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)
