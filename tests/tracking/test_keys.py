import stat
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from capsule.errors import CapsuleError, UnavailableError
from capsule.tracking import keys
from capsule.tracking.events import Event, Presence
from capsule.tracking.privacy import Ring

TODAY = date(2026, 11, 22)
OLD, NEW = "ab" * 32, "cd" * 32


def _event(day: int) -> Event:
    start = datetime(2026, 3, day, 9, tzinfo=UTC)
    return Event("S1", start, "ada", Presence.PRESENT, None, "", "", "zoé", Path("l.csv"), 2)


def test_a_key_is_made_for_its_owner_only(tmp_path: Path) -> None:
    made = keys.make(tmp_path / "key", TODAY)
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["key"]
    assert keys.read(tmp_path / "key") == made
    assert made[0].since == TODAY
    assert keys.make(tmp_path / "other", TODAY)[0].check != made[0].check


def test_a_key_of_the_first_version_is_read(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(OLD)
    file.chmod(0o600)
    assert keys.read(file) == [keys.Key(bytes.fromhex(OLD))]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# nothing",
        "abc",
        OLD[:-2],
        f"{OLD} 2026-13-01",
        f"{OLD}\n{NEW}",
        f"{OLD}\n{NEW} 2026-02-01\n{'ef' * 32} 2026-01-01",
        f"{OLD} 2026-01-01 x",
    ],
)
def test_a_damaged_file_is_said_without_its_text(tmp_path: Path, text: str) -> None:
    file = tmp_path / "key"
    file.write_text(text)
    file.chmod(0o600)
    with pytest.raises(CapsuleError, match="key is damaged") as raised:
        keys.read(file)
    assert OLD[:8] not in f"{raised.value!r} {raised.value.__cause__!r}"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps no modes")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_key_that_others_may_read_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: int
) -> None:
    keys.make(tmp_path / "key", TODAY)
    (tmp_path / "key").chmod(mode)
    with pytest.raises(CapsuleError, match=rf"{mode:04o}\): run chmod 600 .*/key"):
        keys.read(tmp_path / "key")
    monkeypatch.setattr("sys.platform", "win32")
    assert keys.read(tmp_path / "key")


def test_each_key_serves_its_days() -> None:
    first, second = keys.parse(f"{OLD} 2025-01-01\n{NEW} 2026-03-10")
    names = Ring([first, second])
    before, after = names.hide(_event(9)), names.hide(_event(10))
    assert before == Ring([first]).hide(_event(9)), "a list of before says what it said"
    assert before.person == first.digest("ada")
    assert after.person == second.digest("ada")
    assert before.trainer != after.trainer
    assert names.of("ada") == [before.person, after.person]
    assert names.every("ada") == [*names.of("ada"), "ada"]
    assert names.checks == [second.check, first.check]
    assert names.mark("ada", "s") == Ring([first]).mark("ada", "s") not in names.every("ada")


def test_what_is_handed_over_comes_back() -> None:
    known = keys.followed([keys.Key(bytes.fromhex(OLD))], TODAY)
    told = keys.handed_over(known, "https://c.example/a", None)
    assert told.startswith(b"# capsule https://c.example/a\n")
    assert keys.received(told, None) == known
    sealed = keys.handed_over(known, "https://c.example/a", "three words")
    assert OLD.encode() not in sealed
    assert keys.sealed(sealed)
    assert keys.received(sealed, "three words") == known
    with pytest.raises(CapsuleError, match="passphrase doesn't open"):
        keys.received(sealed, "two words")
    with pytest.raises(CapsuleError, match="no key in this file"):
        keys.received(b"\xff\x00", None)


def test_sealing_needs_its_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyrage", None)
    with pytest.raises(UnavailableError, match=r"capsule\[age\]"):
        keys.handed_over([keys.Key(bytes(32))], "", "three words")


def test_a_key_is_not_shown() -> None:
    assert "secret" not in repr(keys.Key(bytes.fromhex(OLD)))
    assert "ab" * 4 not in repr(keys.Key(bytes.fromhex(OLD)))


def test_a_key_that_could_not_be_written_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_handle: int) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="no space"):
        keys.make(tmp_path / "key", TODAY)
    assert list(tmp_path.iterdir()) == []
