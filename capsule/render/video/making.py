"""What a film is made of, piece by piece: taken from the cache, or made by the crew and kept."""

from __future__ import annotations

import hashlib
import platform
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache as once
from functools import partial
from gettext import gettext as _
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import av
import PIL
from PIL import features

from capsule import resources
from capsule.cache import Cache
from capsule.crew import Crew, Job, Progress
from capsule.errors import CapsuleError, UnavailableError

_LIBRARIES = ("av", "imageio-ffmpeg", "moviepy", "numpy", "pillow")
_PACKAGE = Path(resources.__file__).parent
_SOURCES = (
    "render/**/*.py",
    "layout/boxes.py",
    "layout/metrics.py",
    "resources.py",
    "theme.py",
    "typography.py",
)
_RACY = 2.0  # seconds within which a file may change and keep its times


class Source(NamedTuple):
    """A file that is read, and its SHA-256."""

    path: Path
    digest: str


@dataclass(frozen=True)
class Making:
    """A piece to be: the key of all that it depends on, how it is written, and for how long.

    `write` is given the path to write to, and that of `source` if there is one: a copy, where
    the file itself is not seen. `weight`: seconds of work, about. `here`: it needs other files
    of this machine; `follows`: those of pieces made before, which lie in the same folder.
    """

    name: str
    key: str
    weight: float
    write: Callable[..., None]
    source: Source | None = None
    here: bool = False
    follows: bool = False

    def at(self, folder: Path) -> Path:
        """Where the piece is, among those in `folder`."""
        return folder / f"{self.key}.mp4"


def key_of(*parts: object) -> str:
    """The key of what this very tool makes from `parts`, whose repr tells them apart."""
    said = "\n".join([environment(), *(repr(part) for part in parts)])
    return hashlib.sha256(said.encode()).hexdigest()


@once
def environment() -> str:
    """The digest of what draws and encodes: this code, the fonts and the libraries."""
    digest = hashlib.sha256()
    libraries = [(name, version(name)) for name in _LIBRARIES]
    built_in = (sorted(av.library_versions.items()), PIL.__version__, features.version("freetype2"))
    digest.update(repr((libraries, built_in)).encode())
    sources = sorted(path for pattern in _SOURCES for path in _PACKAGE.glob(pattern))
    for path in (*sources, *sorted((resources.media() / "fonts").glob("*.*tf"))):
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def digest_of(path: Path, cache: Cache) -> str:
    """The SHA-256 of the file at `path`, read again only when it has changed. Raises OSError."""
    known = _identity(path)
    note = hashlib.sha256(repr((platform.node(), str(path.resolve()), *known)).encode()).hexdigest()
    with TemporaryDirectory() as folder:
        told = Path(folder, "digest")
        if cache.take(note, told):
            return told.read_text(encoding="ascii")
        with path.open("rb") as content:
            digest = hashlib.file_digest(content, "sha256").hexdigest()
        settled = time.time() - max(known[-2:]) / 1e9 > _RACY
        if settled and _identity(path) == known:
            told.write_text(digest, encoding="ascii")
            cache.keep(note, told)
    return digest


def obtain(
    makings: Sequence[Making], folder: Path, cache: Cache, crew: Crew, progress: Progress
) -> None:
    """Have each piece in `folder`: from the cache, or made, and kept there for another time.

    Raises what the making raises, UnavailableError for a cluster that does not share the cache.
    """
    wanted = {making.key: making for making in makings}.values()
    missing = [making for making in wanted if not cache.take(making.key, making.at(folder))]
    if not missing:
        return
    away = [making for making in missing if crew.away and not making.here]
    for source in {making.source for making in away if making.source}:
        cache.keep(source.digest, source.path)
    jobs = [
        Job(
            making.name,
            making.weight,
            partial(_make, making, None if making in away else folder, cache, environment()),
            here=making.here,
        )
        for making in missing
    ]
    crew.run(jobs, progress)
    for making in away:
        if not cache.take(making.key, making.at(folder)):
            raise UnavailableError(
                _(
                    "what the cluster's workers keep in the cache %(place)s is not seen here;"
                    " give one that all reach, with --cache or CAPSULE_CACHE"
                )
                % {"place": cache.place}
            )
    cache.trim()


def _make(making: Making, folder: Path | None, cache: Cache, wanted: str) -> None:
    """Make a piece in `folder`, or in the cache alone, by an environment that is the `wanted`."""
    if folder:
        making.write(making.at(folder), *([making.source.path] if making.source else []))
        cache.keep(making.key, making.at(folder))
        return
    words = {"machine": platform.node(), "place": cache.place}
    if environment() != wanted:
        what = _("%(machine)s has another version of capsule, of its fonts or of its libraries")
        raise CapsuleError(what % words)
    with TemporaryDirectory() as draft:
        paths = []
        if making.source:
            paths.append(Path(draft, f"source{making.source.path.suffix}"))
            if not cache.take(making.source.digest, paths[0]):
                what = _("%(machine)s does not find the video in the cache %(place)s")
                raise UnavailableError(what % words)
        making.write(making.at(Path(draft)), *paths)
        if not cache.keep(making.key, making.at(Path(draft))):
            what = _("%(machine)s cannot write to the cache %(place)s, or it is too small")
            raise UnavailableError(what % words)


def _identity(path: Path) -> tuple[int, ...]:
    """What changes when the file does: node, size, and the nanoseconds of its two times."""
    stat = path.stat()
    return (stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)
