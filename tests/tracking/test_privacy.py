import stat
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from capsule.errors import CapsuleError
from capsule.tracking.events import Event, Presence
from capsule.tracking.privacy import Identified, Pseudonyms, agent, pseudonyms

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
    first = pseudonyms(tmp_path / "key", make=True)
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["key"]
    again = pseudonyms(tmp_path / "key", make=True)
    assert first.of("ada") == again.of("ada") != again.of("bob")
    other = pseudonyms(tmp_path / "other", make=True)
    assert first.of("ada") != other.of("ada")
    assert first.check != other.check


def test_nobody_is_named_in_a_hidden_event(tmp_path: Path) -> None:
    names = pseudonyms(tmp_path / "key", make=True)
    hidden = names.hide(EVENT)
    assert replace(hidden, person="", trainer="") == replace(EVENT, person="", trainer="")
    assert len(hidden.person) == len(hidden.trainer) == 64
    assert names.hide(replace(EVENT, trainer="")).trainer == ""


def test_a_damaged_key_is_said(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("abc")
    with pytest.raises(CapsuleError, match="key is damaged"):
        pseudonyms(tmp_path / "key", make=True)


def test_a_key_that_could_not_be_written_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_handle: int) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="no space"):
        pseudonyms(tmp_path / "key", make=True)
    assert list(tmp_path.iterdir()) == []


def test_identified_people_are_named_as_an_lrs_wants_them() -> None:
    names = Identified(Pseudonyms(bytes(32)))
    said = replace(EVENT, person="a@b.example", trainer="zoé")
    hidden = names.hide(said)
    assert agent("https://c.example", hidden.person) == {
        "objectType": "Agent",
        "mbox": "mailto:a@b.example",
    }
    assert "zo" not in hidden.trainer, "a name stays under a pseudonym"
    account = {"homePage": "https://c.example", "name": "m1"}
    assert agent("https://c.example", names.hide(replace(EVENT, person="m1")).person) == {
        "objectType": "Agent",
        "account": account,
    }
    assert names.check != Pseudonyms(bytes(32)).check, "a store holds one kind only"
