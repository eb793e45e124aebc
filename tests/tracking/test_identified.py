"""Identified people: what is read back, reported and exported is what it is under pseudonyms."""

import json
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from capsule import track
from capsule.errors import CapsuleError
from capsule.track import figures
from capsule.track.exporting import Wanted, export
from capsule.track.pulling import Pulled, pull
from capsule.tracking.exports import To
from capsule.tracking.report import By, Line

from .conftest import ROOT
from .keeping import LRS, set_tracking
from .test_exports import LIST, USERS
from .test_pull import Store, _said, _void

NOW = datetime(2026, 1, 1, tzinfo=UTC)


class Lrs(Store):
    """One that takes statements too."""

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.method != "POST":
            return super().__call__(request)
        self.keep(*json.loads(request.content))
        return httpx.Response(204)


@pytest.mark.parametrize("ways", [("pseudonymous", "identified"), ("identified", "pseudonymous")])
def test_a_store_keeps_its_way_of_telling_people(ways: tuple[str, str], project: Path) -> None:
    """The key is the right one: a backup of it would be looked for in vain."""
    before, after = (f"actors: {way}" for way in ways)
    file = project / "list.csv"
    file.write_text("session;date;id;présence\nS1;10/03/2025;ada;P\n", encoding="utf-8")
    set_tracking(project, before)
    track.import_attendance(project, [file], NOW)
    set_tracking(project, after, before)
    with pytest.raises(CapsuleError, match=r"begun with another value of tracking\.actors"):
        track.import_attendance(project, [file], NOW)


@dataclass
class Centre:
    """A capsule and its LRS; `environ` says where its store is."""

    project: Path
    environ: dict[str, str]
    lrs: Lrs = field(default_factory=Lrs)

    def enter(self, rows: str) -> None:
        """Import a list, and send it."""
        file = self.project / "list.csv"
        file.write_text(rows, encoding="utf-8")
        assert not track.import_attendance(self.project, [file], NOW, environ=self.environ).problems
        track.send(self.project, self.environ, transport=httpx.MockTransport(self.lrs))
        assert track.status(self.project, environ=self.environ).counts.waiting == 0

    def pull(self) -> Pulled:
        transport = httpx.MockTransport(self.lrs)
        return pull(self.project, NOW, environ=self.environ, transport=transport)

    @property
    def users(self) -> Path:
        return self.project / "users.csv"

    def exported(self, to: To) -> dict[str, str]:
        """The files of an export, by their names."""
        target = self.project / f"{to}.out"
        chosen = Wanted(users=self.users, course="course", block="block")
        done = export(self.project, to, target, chosen, environ=self.environ)
        return {file.name: file.read_text(encoding="utf-8-sig") for file in done.files}

    def lines(self, by: By = By.SESSION, **on: Any) -> Sequence[Line]:
        return figures.report(self.project, by, environ=self.environ, **on).lines


def _centre(folder: Path, kind: str, environ: dict[str, str]) -> Centre:
    """People who take the capsule in sessions and in an LMS, which knows some as the lists do."""
    project = folder / kind
    shutil.copytree(ROOT / "tests" / "capsules" / "small", project)
    set_tracking(project, f"actors: {kind}")
    made = Centre(project, LRS | environ)
    made.users.write_text(USERS, encoding="utf-8")
    made.enter(LIST)
    voided = _said("A1")
    made.lrs.keep(
        _said("ADA@example.org"),
        _said("e5", "passed"),
        _said("Stranger"),
        _said("bob@example.org", result={"completion": False}),
        voided,
        _void(voided),
    )
    return made


@pytest.fixture(params=["sqlite", "postgresql"])
def centres(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Centre, Centre]:
    """The same, under pseudonyms and identified."""
    if request.param == "sqlite":
        return _centre(tmp_path, "pseudonymous", {}), _centre(tmp_path, "identified", {})
    address = request.getfixturevalue("postgresql")
    hidden, named = (
        {"CAPSULE_OUTBOX": f"{address}&schema={kind}_{abs(hash(tmp_path)):x}"} for kind in "hn"
    )
    return _centre(tmp_path, "pseudonymous", hidden), _centre(tmp_path, "identified", named)


def _shown(files: dict[str, str]) -> dict[str, str]:
    return {name: re.sub("[0-9a-f]{64}", "somebody", text) for name, text in files.items()}


def test_pulls_exports_and_reports_are_the_same(centres: tuple[Centre, Centre]) -> None:
    hidden, named = centres
    assert hidden.pull() == named.pull() == Pulled(11, 3, 0)
    assert named.pull().new == 0
    for to in (To.MOODLE_GRADES, To.MOODLE_ATTENDANCE, To.OPENEDX, To.CHAMILO, To.CSV):
        shown = _shown(named.exported(to))
        assert shown == _shown(hidden.exported(to))
        assert sum(map(len, shown.values())) > 200
    assert "\na.durand,100\n+bob,100\n" in named.exported(To.MOODLE_GRADES)["moodle-grades.out"]
    assert hidden.lines() == named.lines()
    assert hidden.lines(users=hidden.users) == named.lines(users=named.users)


def test_statements_of_identified_people_count_the_same(tmp_path: Path) -> None:
    """Whoever a list gives by e-mail is the same as whom an LMS gives so, however it writes it."""
    for kind in ("pseudonymous", "identified"):
        one = _centre(tmp_path, kind, {})
        told = [_said("A1"), _said("ADA@example.org"), _said("E5"), _said("")]
        account = {"homePage": "https://lms.example", "name": "Ada@Example.org"}
        told[3]["actor"] = {"account": account}
        file = one.project / "told.ndjson"
        file.write_text("\n".join(map(json.dumps, told)), encoding="utf-8")
        done = track.import_attendance(one.project, [file], NOW, environ=one.environ)
        assert (done.added, done.problems) == (4, [])
        export(one.project, To.NDJSON, file, environ=one.environ)
        assert (b"mailto:ada@example.org" in file.read_bytes()) == (kind == "identified")
        flat = one.project / "told.parquet"
        export(one.project, To.PARQUET, flat, environ=one.environ)
        for source in (file, flat):
            lines = one.lines(By.COURSE, statements=source)
            assert [(line.people, line.reached) for line in lines] == [(7, 6), (3, 3)]
            lines = one.lines(By.COURSE, statements=source, users=one.users)
            assert [(line.people, line.reached) for line in lines] == [(5, 5), (2, 2)]
