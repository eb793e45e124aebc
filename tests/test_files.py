from pathlib import Path

import pytest

from capsule import files


def test_an_interrupted_write_leaves_the_old_file_alone(tmp_path: Path) -> None:
    target = tmp_path / "a.txt"
    target.write_text("old")

    def interrupted() -> None:
        with files.replacing(target) as draft:
            draft.write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_private_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as caught:
        files.write_private(tmp_path / "none" / "who.csv", b"")
    assert caught.value.filename == str(tmp_path / "none" / "who.csv")


def test_a_new_file_has_usual_permissions(tmp_path: Path) -> None:
    files.write_text(tmp_path / "b" / "a.txt", "é\n")
    (tmp_path / "plain").touch()
    assert (tmp_path / "b" / "a.txt").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_a_zip_has_the_same_bytes_twice(tmp_path: Path) -> None:
    (tmp_path / "film.mp4").write_bytes(b"1234")
    entries: dict[str, bytes | Path] = {"é.txt": b"abc", "film.mp4": tmp_path / "film.mp4"}
    files.write_zip(tmp_path / "1.zip", entries)
    files.write_zip(tmp_path / "2.zip", entries)
    assert (tmp_path / "1.zip").read_bytes() == (tmp_path / "2.zip").read_bytes()


def test_files_that_are_the_same_become_one(tmp_path: Path) -> None:
    one, other, common = (tmp_path / name for name in ("one", "other", "common"))
    for file in (one, other):
        file.write_text("the same")
        files.share(file, common)
    assert one.stat().st_ino == other.stat().st_ino == common.stat().st_ino
    files.share(other, common)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["common", "one", "other"]


def test_without_links_there_are_copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_paths: Path) -> None:
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr("os.link", refuse)
    (tmp_path / "one").write_text("the same")
    files.share(tmp_path / "one", tmp_path / "common")
    assert (tmp_path / "one").read_text() == "the same"


def test_a_room_left_by_the_dead_goes_and_one_in_use_stays(tmp_path: Path) -> None:
    left = tmp_path / ".build-left"
    left.mkdir()
    (left / ".lock").touch()
    (left / "half").touch()
    with files.workroom(tmp_path) as one, files.workroom(tmp_path) as other:
        assert not left.exists()
        assert one.is_dir()
        assert other.is_dir()
        assert one != other
    assert list(tmp_path.iterdir()) == []
