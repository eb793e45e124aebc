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
