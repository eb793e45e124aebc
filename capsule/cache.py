"""What is costly to make, kept by the hash of all that it depends on."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from capsule.files import replacing


class Cache:
    """Files by key, in a folder that several processes may share."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def take(self, key: str, target: Path) -> bool:
        """Put the file kept as `key` at `target`; False if there is none. Raises OSError."""
        try:
            os.link(self._folder / key, target)
        except FileNotFoundError:
            return False
        except OSError:
            shutil.copyfile(self._folder / key, target)
        return True

    def keep(self, key: str, file: Path) -> None:
        """Keep a copy of `file`, whose name's suffix says its kind, as `key`. Raises OSError."""
        with replacing(self._folder / key) as draft:
            shutil.copyfile(file, draft)


def open_cache(place: str | None = None) -> Cache:
    """The cache at `place`, a folder; by default that of CAPSULE_CACHE, or the user's own."""
    return Cache(Path(place or os.environ.get("CAPSULE_CACHE") or "~/.cache/capsule").expanduser())
