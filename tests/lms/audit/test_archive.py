"""What the zip itself is: damaged, hostile, or of a kind that LMSs do not unpack."""

import stat
import struct
import zipfile
from pathlib import Path

import pytest

from capsule.errors import InputError
from capsule.lms import audit

from ..packages import Sound, Zipped, rules


def test_a_name_twice(sound: Sound, zipped: Zipped) -> None:
    path = zipped(sound["xapi"])
    with zipfile.ZipFile(path, "a") as package, pytest.warns(UserWarning, match="Duplicate"):
        package.writestr("index.html", sound["xapi"]["index.html"])
    assert rules(path) == ["name-twice"]


def test_a_symbolic_link(sound: Sound, zipped: Zipped) -> None:
    path = zipped(sound["xapi"])
    with zipfile.ZipFile(path, "a") as package:
        info = zipfile.ZipInfo("passwd")
        info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        package.writestr(info, "/etc/passwd")
    assert rules(path) == ["symlink"]


def test_a_method_that_lms_do_not_unpack(sound: Sound, zipped: Zipped) -> None:
    path = zipped(sound["xapi"])
    with zipfile.ZipFile(path, "a") as package:
        package.writestr("a.txt", b"a" * 100, zipfile.ZIP_LZMA)
    assert rules(path) == ["compression"]


def test_a_bomb_is_not_unpacked(sound: Sound, zipped: Zipped) -> None:
    assert rules(zipped({**sound["xapi"], "a.txt": bytes(1 << 27)})) == ["bomb"]


def test_many_small_bombs(sound: Sound, zipped: Zipped) -> None:
    path = zipped({**sound["xapi"], **{f"{n}.txt": bytes(1 << 20) for n in range(40)}})
    lied = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as package:
        start = package.start_dir
    at = start
    while (at := lied.find(b"PK\1\2", at)) >= 0:  # the size unpacked, in the directory
        name = lied[at + 46 : at + 46 + struct.unpack_from("<H", lied, at + 28)[0]]
        if name.endswith(b".txt"):
            struct.pack_into("<I", lied, at + 24, 60 << 20)
        at += 4
    path.write_bytes(lied)
    assert "bomb" in rules(path)


def test_an_encrypted_file(sound: Sound, zipped: Zipped) -> None:
    path = zipped({**sound["xapi"], "a.bin": b"a"})
    assert rules(flagged(path, b"a.bin", 0x1)) == ["encrypted"]


def test_a_name_that_is_not_marked_as_utf8(sound: Sound, zipped: Zipped) -> None:
    path = zipped({**sound["xapi"], "été.png": b"a"})
    assert rules(path) == []
    assert rules(flagged(path, "été.png".encode(), 0)) == ["name-encoding"]


def test_a_name_that_begins_with_a_nul(sound: Sound, zipped: Zipped) -> None:
    path = zipped({**sound["xapi"], "a.png": b"a"})
    path.write_bytes(path.read_bytes().replace(b"a.png", b"\0.png"))
    assert rules(path) == ["name-control"]


def flagged(path: Path, name: bytes, flags: int) -> Path:
    """Set the flags of an entry, in its header and in the directory."""
    data = bytearray(path.read_bytes())
    for signature, offset, length in ((b"PK\3\4", 6, 30), (b"PK\1\2", 8, 46)):
        at = 0
        while (at := data.find(signature, at)) >= 0:
            if data[at + length : at + length + len(name)] == name:
                struct.pack_into("<H", data, at + offset, flags)
            at += 4
    path.write_bytes(data)
    return path


def test_a_damaged_file(sound: Sound, zipped: Zipped) -> None:
    path = zipped(sound["xapi"])
    with zipfile.ZipFile(path, "a") as package:
        package.writestr("film.mp4", b"0123456789" * 10, zipfile.ZIP_STORED)
    path.write_bytes(path.read_bytes().replace(b"0123456789", b"0123456788", 1))
    assert rules(path) == ["damaged"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "damaged or cut short"),
        (b"PK\3\4 and then nothing", "damaged or cut short"),
        (b"a text", "no zip"),
    ],
)
def test_what_is_no_zip_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "package.zip"
    path.write_bytes(content)
    with pytest.raises(InputError, match=said):
        audit.inspect(path)
    with pytest.raises(InputError, match="no such file"):
        audit.inspect(tmp_path / "absent.zip")
    with pytest.raises(InputError, match="folder"):
        audit.inspect(tmp_path)
