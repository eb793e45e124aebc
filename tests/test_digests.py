import hashlib
import os
from pathlib import Path

import pytest

from capsule import digests
from capsule.cache import Cache


def test_a_video_is_hashed_once_and_again_when_it_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache, path = Cache(tmp_path / "kept"), tmp_path / "v.mp4"
    path.write_bytes(bytes(range(256)) * 4096)
    digest = digests.remembered(path, cache)
    assert digest == hashlib.sha256(path.read_bytes()).hexdigest()
    assert cache.entries() == []  # it may change once more within the same tick
    monkeypatch.setattr(digests, "_RACY", -1e9)
    digests.remembered(path, cache)
    monkeypatch.setattr(hashlib, "file_digest", pytest.fail)
    assert digests.remembered(path, cache) == digest
    monkeypatch.undo()
    times = path.stat()
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))  # as a careless copy would
    assert digests.remembered(path, cache) != digest


def test_the_tool_changes_with_a_byte_or_a_name(tmp_path: Path) -> None:
    def told() -> str:
        return digests.of_tool(digests.LIBRARIES, [(tmp_path, tmp_path.iterdir())])

    (tmp_path / "a.py").write_text("1")
    first = told()
    assert told() == first
    (tmp_path / "a.py").write_text("2")
    assert told() != first
    (tmp_path / "a.py").write_text("1")
    (tmp_path / "a.py").rename(tmp_path / "b.py")
    assert told() != first
    assert digests.of_tool(digests.DRAWING, []) != digests.of_tool(digests.LIBRARIES, [])
