"""The cache, in a folder and in places of fsspec."""

import hashlib
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from capsule.cache import Cache, open_cache
from capsule.errors import InputError, UnavailableError

KEYS = [hashlib.sha256(str(n).encode()).hexdigest() for n in range(8)]
BUILDERS = """
import hashlib, random, sys
from pathlib import Path
from capsule.cache import Cache
cache, own = Cache(sys.argv[1], 300_000), Path(sys.argv[2])
chance = random.Random(sys.argv[2])
own.mkdir()
for n in range(150):
    number = chance.randrange(12)
    key, content = hashlib.sha256(str(number).encode()).hexdigest(), bytes([number]) * 50_000
    if cache.take(key, own / "taken"):
        assert (own / "taken").read_bytes() == content
    else:
        (own / str(n)).write_bytes(content)
        assert cache.keep(key, own / str(n))
        (own / str(n)).unlink()
    cache.trim()
"""


@pytest.fixture(params=["folder", "file", "memory"])
def cache(request: pytest.FixtureRequest, tmp_path: Path) -> Cache:
    places: dict[str, Path | str] = {
        "folder": tmp_path / "c",
        "file": f"file://{tmp_path}/c",
        "memory": f"memory:/{tmp_path}",
    }
    return Cache(places[request.param], 1000)


@pytest.fixture
def folder(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "c", 1000)


def file(folder: Path, content: bytes = b"film") -> Path:
    path = folder / "made"
    path.unlink(missing_ok=True)  # what is kept may be a link of it
    path.write_bytes(content)
    return path


def test_what_is_kept_is_taken(cache: Cache, tmp_path: Path) -> None:
    assert not cache.take(KEYS[0], tmp_path / "t")
    assert cache.keep(KEYS[0], file(tmp_path))
    assert cache.keep(KEYS[0], tmp_path / "made")
    assert cache.take(KEYS[0], tmp_path / "t")
    assert (tmp_path / "t").read_bytes() == b"film"
    assert not cache.take(KEYS[1], tmp_path / "other")
    assert not (tmp_path / "other").exists()
    assert [entry.size for entry in cache.entries()] == [4]


def test_what_was_of_use_last_stays(cache: Cache, tmp_path: Path) -> None:
    for key in KEYS[:3]:
        assert cache.keep(key, file(tmp_path, key[:1].encode() * 400))
        time.sleep(0.01)
    touched = "memory" not in cache.place  # which has no time of use
    cache.take(KEYS[0], tmp_path / "t")
    cache.trim()
    kept = [cache.take(key, tmp_path / "t") for key in KEYS[:3]]
    assert kept == ([True, False, True] if touched else [False, True, True])


def test_it_is_cleared(cache: Cache, tmp_path: Path) -> None:
    cache.keep(KEYS[0], file(tmp_path))
    (tmp_path / "made").unlink()
    assert cache.clear() == 4
    assert cache.entries() == []


def test_what_was_changed_is_not_taken(cache: Cache, tmp_path: Path) -> None:
    cache.keep(KEYS[0], file(tmp_path))
    (name,) = (entry.name for entry in cache.entries())
    if "memory" in cache.place:
        store = cache._store._fs  # type: ignore[attr-defined]
        (path,) = store.find(cache._store._root)  # type: ignore[attr-defined]
        with store.open(path, "wb") as entry:
            entry.write(b"FILM")
    else:
        next((tmp_path / "c").rglob(name)).write_bytes(b"FILM")
    assert not cache.take(KEYS[0], tmp_path / "t")
    assert not (tmp_path / "t").exists()
    assert cache.keep(KEYS[0], file(tmp_path))
    assert cache.take(KEYS[0], tmp_path / "t")


def test_half_an_entry_is_not_taken(cache: Cache, tmp_path: Path) -> None:
    if "memory" in cache.place:
        pytest.skip("writes whole entries")
    cache.keep(KEYS[0], file(tmp_path))
    (name,) = (entry.name for entry in cache.entries())
    entry = next((tmp_path / "c").rglob(name))
    entry.unlink()
    entry.write_bytes(b"fi")
    assert not cache.take(KEYS[0], tmp_path / "t")
    assert cache.keep(KEYS[0], file(tmp_path))
    assert cache.take(KEYS[0], tmp_path / "t")


def test_a_folder_links(folder: Cache, tmp_path: Path) -> None:
    folder.keep(KEYS[0], file(tmp_path), linked=True)
    folder.take(KEYS[0], tmp_path / "t")
    assert (tmp_path / "t").samefile(tmp_path / "made")
    assert folder.clear() == 0  # both are there still


def test_a_replaced_film_does_not_change_the_cache(folder: Cache, tmp_path: Path) -> None:
    folder.keep(KEYS[0], file(tmp_path))
    file(tmp_path, b"other").replace(tmp_path / "made")
    assert folder.take(KEYS[0], tmp_path / "t")
    assert (tmp_path / "t").read_bytes() == b"film"


def test_copies_where_links_cannot_be(
    folder: Cache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_paths: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", refuse)
    assert not folder.keep(KEYS[0], file(tmp_path), linked=True)
    assert folder.keep(KEYS[0], tmp_path / "made")
    assert folder.take(KEYS[0], tmp_path / "t")
    assert not (tmp_path / "t").samefile(tmp_path / "made")
    assert list((tmp_path / "c" / ".drafts").iterdir()) == []


def test_drafts_of_the_dead_are_removed(folder: Cache, tmp_path: Path) -> None:
    folder.keep(KEYS[0], file(tmp_path))
    drafts = tmp_path / "c" / ".drafts"
    drafts.mkdir()
    for name in ("old", "new"):
        (drafts / name).touch()
    os.utime(drafts / "old", (0, 0))
    folder.trim()
    assert [draft.name for draft in drafts.iterdir()] == ["new"]


def test_only_its_own_files_are_removed(tmp_path: Path) -> None:
    for name in ("letter.txt", "ab/photo.jpg"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"mine")
    cache = Cache(tmp_path, 0)
    cache.trim()
    assert cache.clear() == 0
    assert sorted(p.name for p in tmp_path.rglob("*") if p.is_file()) == ["letter.txt", "photo.jpg"]


@pytest.mark.parametrize("place", ["/dev/null/c", "/proc/c"])
def test_a_place_that_cannot_be_used_is_no_fault(place: str, tmp_path: Path) -> None:
    cache = Cache(place)
    assert not cache.keep(KEYS[0], file(tmp_path))
    assert not cache.take(KEYS[0], tmp_path / "t")
    cache.trim()
    assert cache.entries() == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_no_fault(
    folder: Cache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_paths: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "link", full)
    monkeypatch.setattr("shutil.copyfile", full)
    assert not folder.keep(KEYS[0], file(tmp_path))
    assert [p for p in (tmp_path / "c").rglob("*") if p.is_file()] == []


def test_builders_share_it_and_evict(tmp_path: Path) -> None:
    builders = [
        subprocess.Popen([sys.executable, "-c", BUILDERS, tmp_path / "c", tmp_path / name])
        for name in ("a", "b", "d")
    ]
    assert [builder.wait(60) for builder in builders] == [0, 0, 0]
    assert sum(entry.size for entry in Cache(tmp_path / "c").entries()) <= 300_000


def test_threads_share_it(cache: Cache, tmp_path: Path) -> None:
    made, wrong = file(tmp_path, b"x" * 500), []

    def work(name: str) -> None:
        for n in range(20):
            cache.keep(KEYS[n % 3], made)
            if cache.take(KEYS[n % 3], tmp_path / name) and (tmp_path / name).stat().st_size != 500:
                wrong.append(name)
            cache.trim()

    threads = [threading.Thread(target=work, args=(name,)) for name in "xyz"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


@pytest.mark.parametrize(
    ("text", "limit"),
    [("5 GB", 5e9), ("2,5 Go", 2.5e9), ("300mb", 3e8), ("1000", 1000), ("1T", 1e12), ("7 ko", 7e3)],
)
def test_the_limit_is_read(text: str, limit: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAPSULE_CACHE_LIMIT", text)
    assert open_cache("/tmp/x").limit == limit


def test_a_wrong_limit_or_place_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UnavailableError, match="nowhere"):
        open_cache("nowhere://x")
    monkeypatch.setenv("CAPSULE_CACHE_LIMIT", "big")
    with pytest.raises(InputError, match="big"):
        open_cache()


def test_the_environment_says_where(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CAPSULE_CACHE", str(tmp_path))
    assert open_cache().place == str(tmp_path)
    assert open_cache("/tmp/y").place == "/tmp/y"
    monkeypatch.delenv("CAPSULE_CACHE")
    assert open_cache().place.endswith("capsule")
