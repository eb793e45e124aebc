"""What is kept about people, and removed: through the conductor, on real stores."""

import stat
from datetime import timedelta
from pathlib import Path

import pytest

from capsule import track
from capsule.errors import CapsuleError
from capsule.track import figures, keyfile, people
from capsule.tracking.report import By

from .keeping import LRS, NOW, Listing, Lrs, pseudonyms, set_tracking


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
    keyfile.rotate(project, NOW, environ=environ)
    later = listing("S2;01/07/2026;ada@example.org;P;", "S2;01/07/2026;m1;A;")
    track.import_attendance(project, [later], NOW + timedelta(days=2), environ=environ)
    assert people.write_people(project, project / "who.csv") == 4, "each under both keys"
    [line] = figures.report(project, By.COURSE, environ=environ).lines
    assert (line.expected, line.people) == (4, 2)


def test_a_dry_run_keeps_nothing(project: Path, listing: Listing) -> None:
    done = track.import_attendance(project, [listing("S1;10/03/2026;ada;P;")], NOW, dry_run=True)
    assert done.added == 1
    assert not (project / ".capsule").exists()
