"""What is costly to make, kept by the hash of all that it depends on.

An entry is a file whose name says what must be in it, `key-size-crc32`, so that one that is
truncated, or was changed through a hard link, is never taken. Several processes may share a
place: entries appear whole, and one that goes while it is taken is only missing.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from gettext import gettext as _
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from platformdirs import user_cache_path

from capsule.errors import InputError, Problem, UnavailableError

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

LIMIT = 5 * 10**9  # bytes
_DRAFTS = ".drafts"
_STALE = 3600.0  # seconds after which a draft's process is dead, however large its file
_NAMED = re.compile(r"([0-9a-f]{64})-(\d+)-([0-9a-f]{8})")
_POWERS = "KMGT"


class Entry(NamedTuple):
    """A file kept: its name, its bytes, when it was last of use, and if a hard link shares it."""

    name: str
    size: int
    used: float  # seconds since 1970
    shared: bool = False


class _Store(Protocol):
    """A kind of place. All raise OSError; what was removed meanwhile is FileNotFoundError."""

    def find(self, key: str) -> list[str]: ...
    def fetch(self, name: str, target: Path) -> None: ...
    def put(self, file: Path, name: str, *, linked: bool) -> None: ...
    def spoilt(self, name: str) -> None: ...
    def entries(self) -> Iterator[Entry]: ...
    def remove(self, name: str) -> None: ...
    def tidy(self) -> None: ...


class Cache:
    """Files by key (64 hexadecimal digits), in a folder or any place that fsspec knows."""

    def __init__(self, place: Path | str, limit: int = LIMIT) -> None:
        """Keep up to `limit` bytes at `place`, a folder or a URL.

        Raises UnavailableError when the place of a URL cannot be reached.
        """
        self.place, self.limit = str(place), limit
        self._store: _Store = _Place(self.place) if "://" in self.place else _Folder(Path(place))

    def take(self, key: str, target: Path) -> bool:
        """Put the file kept as `key` at `target`; False if there is none that is whole.

        It may be a hard link: it must be replaced, never written to. Nothing is raised for a
        place that cannot be read.
        """
        try:
            for name in self._store.find(key):
                target.unlink(missing_ok=True)
                self._store.fetch(name, target)
                if _name(key, target) == name:
                    return True
                target.unlink()
                self._store.spoilt(name)
        except OSError:
            target.unlink(missing_ok=True)
        return False

    def keep(self, key: str, file: Path, *, linked: bool = False) -> bool:
        """Keep `file` as `key`; False if it cannot be, which is no fault.

        `linked`: only if that takes no room, by a hard link.
        """
        try:
            if file.stat().st_size > self.limit:
                return False
            self._store.put(file, _name(key, file), linked=linked)
        except OSError:
            return False
        return True

    def trim(self) -> None:
        """Remove what was not of use for longest until the rest is within the limit."""
        with suppress(OSError):
            self._store.tidy()
            entries = sorted(self._store.entries(), key=lambda entry: entry.used)
            total = sum(entry.size for entry in entries)
            for entry in entries:
                if total <= self.limit:
                    break
                with suppress(OSError):
                    self._store.remove(entry.name)
                total -= entry.size

    def entries(self) -> list[Entry]:
        """All that is kept. Raises OSError."""
        return list(self._store.entries())

    def clear(self) -> int:
        """Remove all that is kept; how many bytes that frees. Raises OSError."""
        freed = 0
        for entry in self._store.entries():
            with suppress(FileNotFoundError):
                self._store.remove(entry.name)
                freed += 0 if entry.shared else entry.size
        return freed


class _Folder:
    """A folder of this machine: entries are hard links where they can be."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.expanduser()

    def find(self, key: str) -> list[str]:
        return [path.name for path in (self._folder / key[:2]).glob(f"{key}-*")]

    def fetch(self, name: str, target: Path) -> None:
        entry = self._at(name)
        try:
            os.link(entry, target)
        except FileNotFoundError:
            raise
        except OSError:  # another disk, or one without links
            shutil.copyfile(entry, target)
        with suppress(OSError):  # of another user
            os.utime(entry, (time.time(), entry.stat().st_mtime))

    def put(self, file: Path, name: str, *, linked: bool) -> None:
        entry = self._at(name)
        entry.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(file, entry)
        except FileExistsError:
            return
        except OSError:
            if linked:
                raise
            self._copy(file, entry)

    def _copy(self, file: Path, entry: Path) -> None:
        drafts = self._folder / _DRAFTS
        drafts.mkdir(exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=drafts)
        os.close(handle)
        try:
            shutil.copyfile(file, draft)
            Path(draft).replace(entry)
        finally:
            Path(draft).unlink(missing_ok=True)

    def spoilt(self, name: str) -> None:
        self.remove(name)

    def entries(self) -> Iterator[Entry]:
        for path in self._folder.glob("[0-9a-f][0-9a-f]/*"):
            with suppress(FileNotFoundError):
                if _NAMED.fullmatch(path.name):
                    stat = path.stat()
                    used = max(stat.st_atime, stat.st_mtime)
                    yield Entry(path.name, stat.st_size, used, stat.st_nlink > 1)

    def remove(self, name: str) -> None:
        self._at(name).unlink()

    def tidy(self) -> None:
        for draft in (self._folder / _DRAFTS).glob("*"):
            with suppress(FileNotFoundError):
                if time.time() - draft.stat().st_mtime > _STALE:
                    draft.unlink()

    def _at(self, name: str) -> Path:
        return self._folder / name[:2] / name


class _Place:
    """A place that fsspec knows by its URL; what its library raises becomes OSError."""

    def __init__(self, url: str) -> None:
        try:
            from fsspec.core import url_to_fs  # noqa: PLC0415 (of the extra `cluster`)
        except ImportError as error:
            raise UnavailableError(
                _("a cache at a URL needs fsspec; install it: pip install 'capsule[cluster]'")
            ) from error
        try:
            # Another process's entries would not be seen in a listing kept by this one.
            fs, self._root = url_to_fs(url, use_listings_cache=False)
            self._fs: AbstractFileSystem = fs
            self._fs.makedirs(self._root, exist_ok=True)
        except Exception as error:  # each library has its own
            raise UnavailableError(
                _("the cache %(place)s cannot be reached: %(why)s") % {"place": url, "why": error}
            ) from error

    def find(self, key: str) -> list[str]:
        with _as_system_errors():
            found = self._fs.ls(f"{self._root}/{key[:2]}", detail=True)
        names = ((info["name"].rsplit("/", 1)[-1], info["size"]) for info in found)
        # One that another process is writing has not its size yet.
        return [name for name, size in names if name.startswith(f"{key}-{size}-")]

    def fetch(self, name: str, target: Path) -> None:
        with _as_system_errors():
            self._fs.get_file(self._at(name), str(target))
            with suppress(NotImplementedError, ValueError):  # a store that keeps no time of use
                self._fs.touch(self._at(name), truncate=False)

    def put(self, file: Path, name: str, *, linked: bool) -> None:
        if linked:
            raise FileNotFoundError(name)
        with _as_system_errors():
            with suppress(FileNotFoundError):
                if name in self.find(name.partition("-")[0]):
                    return
            self._fs.makedirs(f"{self._root}/{name[:2]}", exist_ok=True)
            self._fs.put_file(str(file), self._at(name))

    def spoilt(self, name: str) -> None:
        self.remove(name)

    def entries(self) -> Iterator[Entry]:
        with _as_system_errors():
            for path, info in self._fs.find(self._root, detail=True).items():
                name = path.rsplit("/", 1)[-1]
                if _NAMED.fullmatch(name):
                    yield Entry(name, info["size"], self._fs.modified(path).timestamp())

    def remove(self, name: str) -> None:
        with _as_system_errors():
            self._fs.rm_file(self._at(name))

    def tidy(self) -> None:
        """Nothing: there are no drafts."""

    def _at(self, name: str) -> str:
        return f"{self._root}/{name[:2]}/{name}"


def open_cache(place: str | None = None) -> Cache:
    """The cache at `place`, a folder or a URL; by default CAPSULE_CACHE, or the user's own.

    It is bounded by CAPSULE_CACHE_LIMIT, in bytes or with a unit as in "5 GB". Raises
    InputError when that is no size, UnavailableError as Cache.
    """
    where = place or os.environ.get("CAPSULE_CACHE") or user_cache_path("capsule", False)
    limit = os.environ.get("CAPSULE_CACHE_LIMIT")
    return Cache(where, _bytes(limit) if limit else LIMIT)


def _bytes(text: str) -> int:
    read = re.fullmatch(rf"(\d+(?:[.,]\d+)?)\s*([{_POWERS}]?)[BO]?", text.strip().upper())
    if read is None:
        what = _("“%(text)s” is not a size") % {"text": text}
        remedy = _("write for example 5 GB")
        raise InputError([Problem(Path("CAPSULE_CACHE_LIMIT"), 0, 0, what, remedy)])
    number, unit = read.groups()
    power = _POWERS.index(unit) + 1 if unit else 0
    return int(float(number.replace(",", ".")) * 1000**power)


def _name(key: str, file: Path) -> str:
    """The name that `file` has as an entry."""
    crc = size = 0
    with file.open("rb") as content:
        while block := content.read(1 << 20):
            crc = zlib.crc32(block, crc)
            size += len(block)
    return f"{key}-{size}-{crc:08x}"


@contextmanager
def _as_system_errors() -> Iterator[None]:
    try:
        yield
    except OSError:
        raise
    except Exception as error:  # each library has its own
        raise OSError(str(error)) from error
