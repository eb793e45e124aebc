"""A package as its files: a zip that may be damaged or hostile, or a course structure alone."""

from __future__ import annotations

import os
import unicodedata
import zipfile
from collections.abc import Iterator
from functools import cached_property
from gettext import gettext as _
from pathlib import Path

from capsule.errors import InputError, Problem
from capsule.files import DAMAGE

_DAMAGE = (*DAMAGE, OSError)
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_UTF8 = 0x800  # bit 11 of the flags (APPNOTE 4.4.4)
_ENCRYPTED = 0x1
_LARGE, _RATIO = 1 << 26, 200  # bytes unpacked and times, beyond which an entry is a bomb
_WHOLE, _WHOLE_RATIO = 1 << 30, 100  # the same for all of them
_TEXT_LIMIT = 1 << 25  # bytes; no manifest and no script is that long
_TEXTS = (".css", ".htm", ".html", ".js", ".json", ".mjs", ".txt", ".xml", ".yaml", ".yml")
_JUNK = ("__macosx/", ".ds_store", "thumbs.db", "desktop.ini", ".git/", ".svn/")


class Entry:
    """A file of a zip. `name` has forward slashes; `written` is what the zip holds."""

    def __init__(self, info: zipfile.ZipInfo) -> None:
        self.info = info
        self.unmarked = not info.flag_bits & _UTF8 and not info.orig_filename.isascii()
        self.written = _decoded(info.orig_filename) if self.unmarked else info.orig_filename
        self.name = self.written.replace("\\", "/")

    @property
    def encrypted(self) -> bool:
        """Whether it wants a password."""
        return bool(self.info.flag_bits & _ENCRYPTED)

    @property
    def known_method(self) -> bool:
        """Whether it is stored or deflated, which is all that LMSs unpack."""
        return self.info.compress_type in _METHODS

    @property
    def bomb(self) -> bool:
        """Whether it unpacks to far more than it weighs."""
        size = self.info.file_size
        return size > _LARGE and size > _RATIO * self.info.compress_size

    @property
    def junk(self) -> bool:
        """Whether a computer has left it there by itself."""
        name = self.name.lower()
        return name.startswith(_JUNK) or f"/{name}".endswith(tuple(f"/{junk}" for junk in _JUNK))

    @property
    def text(self) -> bool:
        """Whether it is a text that can be searched."""
        return self.name.lower().endswith(_TEXTS) and self.info.file_size <= _TEXT_LIMIT


class Package:
    """An open package. Close it."""

    def __init__(self, path: Path) -> None:
        """Open `path`. Raises InputError when it is neither a zip nor XML."""
        self.path = path
        self.alone = path.suffix.lower() == ".xml"
        try:
            with path.open("rb") as file:
                self._alone = file.read(_TEXT_LIMIT) if self.alone else b""
            self._zip = None if self.alone else zipfile.ZipFile(path)
            size = path.stat().st_size
        except FileNotFoundError:
            raise _refused(path, _("there is no such file"), _("check its name")) from None
        except IsADirectoryError:
            raise _refused(path, _("this is a folder"), _("name a package (.zip)")) from None
        except PermissionError:
            raise
        except _DAMAGE:
            raise _refused(path, *_broken(path)) from None
        infos = self._zip.infolist() if self._zip else []
        entries = (Entry(info) for info in infos)
        self.entries = tuple(one for one in entries if not one.name.endswith("/"))
        self.files = {entry.name: entry for entry in self.entries}
        whole = sum(entry.info.file_size for entry in self.entries)
        self.bomb = whole > _WHOLE and whole > _WHOLE_RATIO * size

    def close(self) -> None:
        """Close the file."""
        if self._zip:
            self._zip.close()

    def readable(self, entry: Entry) -> bool:
        """Whether an entry can be unpacked, as far as its header tells."""
        return not (self.bomb or entry.bomb or entry.encrypted) and entry.known_method

    def damaged(self, entry: Entry) -> bool:
        """Whether what an entry holds is not what its checksum says, read to its end."""
        try:
            for _chunk in self.chunks(entry):
                pass
        except _DAMAGE:
            return True
        return False

    def chunks(self, entry: Entry) -> Iterator[bytes]:
        """What an entry holds, by the megabyte. Raises what reading a damaged zip does."""
        if not self._zip:
            raise EOFError
        with self._zip.open(entry.info) as source:
            while chunk := source.read(1 << 20):
                yield chunk

    def read(self, name: str) -> bytes | None:
        """What a text file holds; None when it is not there, too long, or can't be read."""
        if self.alone:
            return self._alone if name == self.path.name else None
        entry = self.files.get(name)
        if not entry or not self.readable(entry) or entry.info.file_size > _TEXT_LIMIT:
            return None
        try:
            return b"".join(self.chunks(entry))
        except _DAMAGE:
            return None

    def texts(self) -> Iterator[tuple[str, str]]:
        """The files that are texts: name and content, whatever it is written in."""
        if self.alone:
            yield self.path.name, self._alone.decode(errors="replace")
        for entry in self.entries:
            content = self.read(entry.name) if entry.text and not entry.junk else None
            if content is not None:
                yield entry.name, content.decode(errors="replace")

    def near(self, name: str) -> str | None:
        """The file whose name is `name` but for case or the way that accents are written."""
        return self._alike.get(alike(name))

    @cached_property
    def _alike(self) -> dict[str, str]:
        return {alike(name): name for name in self.files}


def alike(name: str) -> str:
    """What names share that differ by case, or by the way that their accents are written."""
    return unicodedata.normalize("NFC", name).casefold()


def _decoded(name: str) -> str:
    """A name that is not marked as UTF-8 and most often is; zipfile has read it as code page 437.

    Some programs write UTF-8 without saying so.
    """
    try:
        return name.encode("cp437").decode()
    except ValueError:
        return name


def _refused(path: Path, what: str, remedy: str) -> InputError:
    return InputError([Problem(path, 0, 0, what, remedy)])


def _broken(path: Path) -> tuple[str, str]:
    with path.open("rb") as file:
        starts = file.read(2) == b"PK"
        empty = not file.seek(0, os.SEEK_END)
    if starts or empty:
        return _("the file is damaged or cut short"), _("copy it again, or make it again")
    return _("this is no zip"), _("name a package (.zip), or a cmi5 course structure (.xml)")
