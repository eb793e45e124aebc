"""The keys of people in a folder: made, followed, handed over; through the conductor."""

import stat
from datetime import date, timedelta
from pathlib import Path

import pytest

from capsule import track
from capsule.errors import CapsuleError
from capsule.track import keyfile
from capsule.tracking import keys
from capsule.tracking.people import opened

from .keeping import NOW, Listing, pseudonyms


def test_a_rotation_counts_nobody_again(
    project: Path, listing: Listing, environ: dict[str, str]
) -> None:
    march = listing("S1;10/03/2026;ada;P;", "S1;10/03/2026;bob;A;")
    track.import_attendance(project, [march], NOW, environ=environ)
    rotated = keyfile.rotate(project, NOW, environ=environ)
    assert [since for _check, since in rotated.keys] == [NOW.date(), NOW.date()]
    again = track.import_attendance(project, [march], NOW, environ=environ)
    assert (again.added, again.known, again.queued) == (0, 2, 0)
    later = NOW + timedelta(days=2)
    july = listing("S2;01/07/2026;ada;P;", name="july.csv")
    done = track.import_attendance(project, [july], later, environ=environ)
    assert done.added == 1
    told = [one.actor.account.name for one in track.statements_of(project, environ=environ)]
    old, new = pseudonyms(project, "ada")
    assert told == [old, old, new, new]
    with opened(project / ".capsule" / "people.db") as whose:
        assert whose.whose([old, new]) == {old: "ada", new: "ada"}, "the same person"
    assert track.void(project, "S1", "ada", "absent", later, environ=environ) == 1
    assert track.void(project, "S2", "ada", "absent", later, environ=environ) == 1


def test_a_rotation_leaves_the_sessions_that_are_known(project: Path, listing: Listing) -> None:
    with pytest.raises(CapsuleError, match="nothing was imported yet"):
        keyfile.rotate(project, NOW)
    track.import_attendance(project, [listing("S1;30/06/2026 08:00;ada;P;")], NOW)
    with pytest.raises(CapsuleError, match="sessions to 2026-06-30 are under the former key"):
        keyfile.rotate(project, NOW, date(2026, 6, 30))
    assert keyfile.rotate(project, NOW).keys[-1][1] == date(2026, 7, 1)
    assert keyfile.rotate(project, NOW).keys[-1][1] == date(2026, 7, 2)
    assert [entry.kind for entry in track.imports(project)] == ["import", "key", "key"]


def test_another_machine_needs_the_new_key(project: Path, listing: Listing, tmp_path: Path) -> None:
    march = listing("S1;10/03/2026;ada;P;")
    track.import_attendance(project, [march], NOW)
    file = project / ".capsule" / "key"
    former = file.read_bytes()
    keyfile.rotate(project, NOW)
    keyfile.export(project, tmp_path / "copy")
    assert stat.S_IMODE((tmp_path / "copy").stat().st_mode) == 0o600
    with pytest.raises(CapsuleError, match="exists already"):
        keyfile.export(project, tmp_path / "copy")
    file.write_bytes(former)
    with pytest.raises(CapsuleError, match=r"not the key .* track key import"):
        track.import_attendance(project, [march], NOW)
    keyfile.import_(project, (tmp_path / "copy").read_bytes(), NOW)
    assert track.import_attendance(project, [march], NOW).known == 1
    file.unlink()
    keyfile.import_(project, (tmp_path / "copy").read_bytes(), NOW)
    other = keys.handed_over([keys.Key(bytes(32))], "", None)
    with pytest.raises(CapsuleError, match="another key"):
        keyfile.import_(project, other, NOW)
    file.unlink()
    with pytest.raises(CapsuleError, match="not the key"):
        keyfile.import_(project, other, NOW)
    assert not file.exists()


def test_a_key_is_made_before_the_first_list(project: Path, listing: Listing) -> None:
    made = keyfile.make(project, NOW)
    assert made.mode == "0600"
    with pytest.raises(CapsuleError, match="a key already"):
        keyfile.make(project, NOW)
    track.import_attendance(project, [listing("S1;10/03/2026;ada;P;")], NOW)
    assert keyfile.show(project) == made
