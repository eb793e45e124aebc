"""What is kept about people and under which key: through the conductor, on real stores."""

import stat
from datetime import date, timedelta
from pathlib import Path

import pytest

from capsule import track
from capsule.errors import CapsuleError
from capsule.track import figures, people
from capsule.tracking import keys
from capsule.tracking.people import opened
from capsule.tracking.report import By

from .keeping import LRS, NOW, Listing, Lrs, pseudonyms, set_tracking


def test_a_rotation_counts_nobody_again(
    project: Path, listing: Listing, environ: dict[str, str]
) -> None:
    march = listing("S1;10/03/2026;ada;P;", "S1;10/03/2026;bob;A;")
    track.import_attendance(project, [march], NOW, environ=environ)
    rotated = people.rotate_key(project, NOW, environ=environ)
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
        people.rotate_key(project, NOW)
    track.import_attendance(project, [listing("S1;30/06/2026 08:00;ada;P;")], NOW)
    with pytest.raises(CapsuleError, match="sessions to 2026-06-30 are under the former key"):
        people.rotate_key(project, NOW, date(2026, 6, 30))
    assert people.rotate_key(project, NOW).keys[-1][1] == date(2026, 7, 1)
    assert people.rotate_key(project, NOW).keys[-1][1] == date(2026, 7, 2)
    assert [entry.kind for entry in track.imports(project)] == ["import", "key", "key"]


def test_another_machine_needs_the_new_key(project: Path, listing: Listing, tmp_path: Path) -> None:
    march = listing("S1;10/03/2026;ada;P;")
    track.import_attendance(project, [march], NOW)
    file = project / ".capsule" / "key"
    former = file.read_bytes()
    people.rotate_key(project, NOW)
    people.export_key(project, tmp_path / "copy")
    assert stat.S_IMODE((tmp_path / "copy").stat().st_mode) == 0o600
    with pytest.raises(CapsuleError, match="exists already"):
        people.export_key(project, tmp_path / "copy")
    file.write_bytes(former)
    with pytest.raises(CapsuleError, match=r"not the key .* track key import"):
        track.import_attendance(project, [march], NOW)
    people.import_key(project, (tmp_path / "copy").read_bytes(), NOW)
    assert track.import_attendance(project, [march], NOW).known == 1
    file.unlink()
    people.import_key(project, (tmp_path / "copy").read_bytes(), NOW)
    other = keys.handed_over([keys.Key(bytes(32))], "", None)
    with pytest.raises(CapsuleError, match="another key"):
        people.import_key(project, other, NOW)
    file.unlink()
    with pytest.raises(CapsuleError, match="not the key"):
        people.import_key(project, other, NOW)
    assert not file.exists()


def test_a_key_is_made_before_the_first_list(project: Path, listing: Listing) -> None:
    made = people.make_key(project, NOW)
    assert made.mode == "0600"
    with pytest.raises(CapsuleError, match="a key already"):
        people.make_key(project, NOW)
    track.import_attendance(project, [listing("S1;10/03/2026;ada;P;")], NOW)
    assert people.key(project) == made


def test_whose_the_pseudonyms_are_stays_in_one_file(project: Path, listing: Listing) -> None:
    march = listing("S1;10/03/2026;ada@example.org;P;", "S1;10/03/2026;+33;P;")
    track.import_attendance(project, [march], NOW)
    store = project / ".capsule"
    assert stat.S_IMODE((store / "people.db").stat().st_mode) == 0o600
    assert b"ada@example.org" not in (store / "outbox.db").read_bytes()
    target = project / "people.csv"
    assert people.write_people(project, target) == 2
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    text = target.read_text(encoding="utf-8-sig")
    assert f"{pseudonyms(project, 'ada@example.org')[0]};ada@example.org\n" in text
    assert ";'+33\n" in text
    people.forget_people(project)
    assert not (store / "people.db").exists()
    with pytest.raises(CapsuleError, match="isn't kept on this machine"):
        people.write_people(project, target)
    track.import_attendance(project, [march], NOW)
    assert people.write_people(project, target) == 2, "the lists tell it again"


def test_it_is_not_kept_where_the_capsule_says_so(project: Path, listing: Listing) -> None:
    set_tracking(project, "reidentification: false")
    track.import_attendance(project, [listing("S1;10/03/2026;ada;P;")], NOW)
    assert not (project / ".capsule" / "people.db").exists()


def test_identified_people_are_known_here_by_pseudonyms_all_the_same(
    project: Path, listing: Listing, environ: dict[str, str]
) -> None:
    set_tracking(project, "actors: identified")
    rows = ["S1;10/03/2026;Ada@Example.org;P;", "S1;10/03/2026;M1;partiel;45"]
    done = track.import_attendance(project, [listing(*rows)], NOW, environ=environ)
    assert (done.added, done.queued, done.problems) == (2, 3, [])
    assert track.import_attendance(project, [listing(*rows)], NOW, environ=environ).known == 2
    lrs = Lrs()
    track.send(project, {**LRS, **environ}, transport=lrs.transport)
    base = lrs.told[0]["object"]["id"].partition("/essai/")[0]
    account = {"homePage": base, "name": "m1"}
    assert [one["actor"] for one in lrs.told] == [
        {"objectType": "Agent", "mbox": "mailto:ada@example.org"},
        {"objectType": "Agent", "mbox": "mailto:ada@example.org"},
        {"objectType": "Agent", "account": account},
    ]
    people.rotate_key(project, NOW, environ=environ)
    later = listing("S2;01/07/2026;ada@example.org;P;", "S2;01/07/2026;m1;A;")
    track.import_attendance(project, [later], NOW + timedelta(days=2), environ=environ)
    assert people.write_people(project, project / "who.csv") == 4, "each under both keys"
    [line] = figures.report(project, By.COURSE, environ=environ).lines
    assert (line.expected, line.people) == (4, 2)


def test_a_dry_run_keeps_nothing(project: Path, listing: Listing) -> None:
    done = track.import_attendance(project, [listing("S1;10/03/2026;ada;P;")], NOW, dry_run=True)
    assert done.added == 1
    assert not (project / ".capsule").exists()
