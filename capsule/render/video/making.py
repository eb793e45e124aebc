"""What a film is made of, piece by piece: taken from the cache, or made by the crew and kept."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache as once
from functools import partial
from gettext import gettext as _
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import av
import PIL
from PIL import features

from capsule import digests, resources
from capsule.cache import Cache
from capsule.crew import Crew, Job, Progress
from capsule.errors import CapsuleError, UnavailableError

_PACKAGE = Path(resources.__file__).parent
_SOURCES = (
    "render/*.py",
    "render/video/**/*.py",
    "render/voice/**/*.py",
    "layout/boxes.py",
    "layout/breaking.py",
    "layout/lettering.py",
    "layout/metrics.py",
    "layout/wrapping.py",
    "resources.py",
    "shades.py",
    "theme.py",
    "typography.py",
)


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
    sources = {path for pattern in _SOURCES for path in _PACKAGE.glob(pattern)}
    fonts = resources.media() / "fonts"
    tool = digests.of_tool(digests.DRAWING, ((_PACKAGE, sources), (fonts, fonts.glob("*.*tf"))))
    built_in = (sorted(av.library_versions.items()), PIL.__version__, features.version("freetype2"))
    return hashlib.sha256(repr((tool, built_in)).encode()).hexdigest()


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
