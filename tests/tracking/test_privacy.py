from datetime import UTC, datetime
from pathlib import Path

from capsule.tracking.events import Event, Presence
from capsule.tracking.keys import Key
from capsule.tracking.privacy import Identified, Pseudonyms

KEY = Key(bytes(32))
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


def test_nobody_is_named_in_a_hidden_event() -> None:
    names = Pseudonyms(KEY)
    hidden = names.hide(EVENT)
    assert hidden._replace(person="", trainer="") == EVENT._replace(person="", trainer="")
    assert len(hidden.person) == len(hidden.trainer) == 64
    assert names.hide(EVENT._replace(trainer="")).trainer == ""


def test_identified_people_are_named_as_an_lrs_wants_them() -> None:
    names = Identified(KEY)
    hidden = names.hide(EVENT._replace(person="a@b.example", trainer="zoé"))
    assert hidden.person == "mailto:a@b.example"
    assert "zo" not in hidden.trainer, "a name stays under a pseudonym"
    assert names.hide(EVENT._replace(person="m1", trainer="z@b.example"))[-4:-2] == (
        "Accueil",
        "mailto:z@b.example",
    )
    assert names.told("m1") == "m1"
    assert names.of("m1") == Pseudonyms(KEY).of("m1"), "the store knows a pseudonym"
    assert names.check != Pseudonyms(KEY).check, "a store holds one kind only"
