import stat
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from capsule.errors import CapsuleError
from capsule.tracking.events import Event, Presence
from capsule.tracking.privacy import pseudonyms

EVENT = Event(
    session="S1",
    start=datetime(2025, 3, 10, 9, tzinfo=UTC),
    person="claire.durand@example.org",
    presence=Presence.PRESENT,
    minutes=None,
    centre="Grenoble",
    course="Accueil",
    trainer="zoé martin",
    path=Path("list.csv"),
    line=2,
)


def test_a_key_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    first = pseudonyms(tmp_path / "key")
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["key"]
    again = pseudonyms(tmp_path / "key")
    assert first.of("ada") == again.of("ada") != again.of("bob")
    other = pseudonyms(tmp_path / "other")
    assert first.of("ada") != other.of("ada")
    assert first.check != other.check


def test_nobody_is_named_in_a_hidden_event(tmp_path: Path) -> None:
    names = pseudonyms(tmp_path / "key")
    hidden = names.hide(EVENT)
    assert replace(hidden, person="", trainer="") == replace(EVENT, person="", trainer="")
    assert len(hidden.person) == len(hidden.trainer) == 64
    assert names.hide(replace(EVENT, trainer="")).trainer == ""


def test_a_damaged_key_is_said(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("abc")
    with pytest.raises(CapsuleError, match="key is damaged"):
        pseudonyms(tmp_path / "key")


def test_processes_that_make_the_key_together_end_with_the_same(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib; from capsule.tracking.privacy import pseudonyms;"
        "print(pseudonyms(pathlib.Path(sys.argv[1])).of('ada'))"
    )
    started = [
        subprocess.Popen([sys.executable, "-c", code, tmp_path / "key"], stdout=subprocess.PIPE)
        for _n in range(4)
    ]
    assert len({process.communicate(timeout=30)[0] for process in started}) == 1
