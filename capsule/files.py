"""Files that appear whole or not at all, and archives with the same bytes for the same input."""

from __future__ import annotations

import os
import shutil
import struct
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

if sys.platform != "win32":
    import fcntl

DAMAGE = (
    *(zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError),
    *(RuntimeError, ValueError, OverflowError),
)
"""What opening a damaged zip raises, or reading in it."""

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the first date that a zip can hold
_ROOM, _LOCK = ".build-", ".lock"
_STORED = {".mp4", ".png", ".jpg", ".jpeg", ".m4a", ".mp3", ".woff2"}  # compressed already


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Give a path beside `target` to write to; move it into place if the block ends well.

    The path keeps the suffix of `target`, which encoders read the format from. An interrupted
    block leaves the old file whole and nothing beside it.

    Raises OSError when the folder cannot be made or written to.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=".", suffix=target.suffix)
    except OSError as error:
        error.filename = str(target)  # the draft's name says nothing to a user
        raise
    os.close(handle)
    draft = Path(name)
    try:
        yield draft
        draft.chmod(0o666 & ~_umask())
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def write_text(target: Path, text: str) -> None:
    """Write `text` as UTF-8 with Unix line ends, whole or not at all. Raises OSError."""
    with replacing(target) as draft:
        draft.write_text(text, encoding="utf-8", newline="\n")


def write_private(target: Path, content: bytes) -> None:
    """Write a file that no one else reads (mode 0600), whole or not at all, and on the disk.

    Raises OSError.
    """
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=".")  # mode 0600
    except OSError as error:
        error.filename = str(target)  # nobody knows the draft
        raise
    draft = Path(name)
    try:
        with os.fdopen(handle, "wb") as opened:
            opened.write(content)
            opened.flush()
            os.fsync(opened.fileno())
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def write_zip(target: Path, entries: Mapping[str, bytes | Path]) -> None:
    """Write a zip of `entries` (name in the archive → bytes, or a file to read) in their order.

    Dates, permissions and the originating system are fixed, so equal entries give equal bytes.
    Raises OSError.
    """
    with replacing(target) as draft, zipfile.ZipFile(draft, "w") as archive:
        for name, content in entries.items():
            info = zipfile.ZipInfo(name, _EPOCH)
            info.create_system = 3
            info.external_attr = 0o644 << 16
            stored = Path(name).suffix.lower() in _STORED
            info.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            if isinstance(content, bytes):
                archive.writestr(info, content)
            else:
                info.file_size = content.stat().st_size
                with content.open("rb") as source, archive.open(info, "w") as entry:
                    while chunk := source.read(1 << 20):
                        entry.write(chunk)


def share(file: Path, common: Path) -> None:
    """Make `file` a hard link of `common`, which holds the same, or `common` one of `file`.

    Where there can be no link, `file` stays as it is.
    """
    draft = common.with_name(f"{common.name}.{os.getpid()}")
    with suppress(OSError):
        try:
            os.link(file, common)
        except FileExistsError:
            if not file.samefile(common):
                os.link(common, draft)
                draft.replace(file)


@contextmanager
def workroom(folder: Path) -> Iterator[Path]:
    """Give a new hidden folder inside `folder`, to work in, and remove it after the block.

    Those that dead processes left there are removed too, and no others: each is locked while it
    is in use. Raises OSError when the folder cannot be made or written to.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob(f"{_ROOM}*"):
        with suppress(OSError):
            _remove_if_left(left)
    room, lock = _locked(folder)
    try:
        with lock:
            yield room
    finally:
        shutil.rmtree(room)


def _locked(folder: Path) -> tuple[Path, IO[bytes]]:
    """A new room with its lock held, which another process may take for a moment, to look."""
    while True:
        room = Path(tempfile.mkdtemp(dir=folder, prefix=_ROOM))
        lock = (room / _LOCK).open("wb")
        if sys.platform != "win32":
            with suppress(OSError):  # a file system without locks: no one removes anything
                fcntl.flock(lock, fcntl.LOCK_EX)
        if room.exists():
            return room, lock
        lock.close()


def _remove_if_left(room: Path) -> None:
    """Remove `room` unless a process holds its lock, which raises OSError."""
    with (room / _LOCK).open("rb") as lock:
        if sys.platform != "win32":
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(room)
    if sys.platform == "win32":
        (room / _LOCK).unlink()  # there, a file that is open cannot be removed
        shutil.rmtree(room)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
