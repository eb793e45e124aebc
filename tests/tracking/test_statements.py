import json
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capsule.activity import Names, Verb, identifier
from capsule.tracking import forms, statements
from capsule.tracking.events import Event, Presence

SUBJECT = statements.Subject(
    Names("https://formation.example/capsules", "tous-concernes"), "Tous à 100 %(s)", "fr", 600
)
EVENT = Event(
    session="GRE-12",
    start=datetime(2025, 3, 31, 9, 30, tzinfo=ZoneInfo("Europe/Paris")),
    person="a" * 64,
    presence=Presence.PRESENT,
    minutes=420,
    centre="Grenoble",
    course="Accueil",
    trainer="b" * 64,
    path=Path("list.csv"),
    line=2,
)


def test_present_attended_and_completed() -> None:
    attended, completed = statements.of_event(EVENT, SUBJECT)
    assert attended["verb"]["id"] == Verb.ATTENDED
    assert attended["object"]["id"].startswith(SUBJECT.names.capsule_iri + "/sessions/")
    assert attended["object"]["definition"]["name"] == {"fr": "GRE-12"}
    assert attended["result"] == {"duration": "PT7H"}
    assert attended["timestamp"] == "2025-03-31T07:30:00.000Z"
    assert completed["verb"]["id"] == Verb.COMPLETED
    assert completed["object"]["id"] == "https://formation.example/capsules/tous-concernes"
    assert completed["result"] == {"completion": True, "duration": "PT10M"}
    assert completed["timestamp"] == "2025-03-31T07:40:00.000Z"
    assert completed["context"]["contextActivities"]["parent"] == [attended["object"]]
    assert completed["context"]["registration"] == attended["context"]["registration"]
    assert completed["context"]["contextActivities"]["grouping"][0]["definition"]["name"] == {
        "fr": "Accueil"
    }
    assert completed["actor"]["account"] == {
        "homePage": "https://formation.example/capsules",
        "name": "a" * 64,
    }
    assert all("version" not in statement for statement in (attended, completed))


def test_partial_attended_only_and_absent_says_nothing() -> None:
    (partial,) = statements.of_event(EVENT._replace(presence=Presence.PARTIAL, minutes=45), SUBJECT)
    assert partial["verb"]["id"] == Verb.ATTENDED
    assert partial["result"] == {"duration": "PT45M"}
    assert statements.of_event(EVENT._replace(presence=Presence.ABSENT), SUBJECT) == []


def test_ids_depend_on_who_where_and_what_only() -> None:
    def ids(event: Event) -> list[str]:
        return [statement["id"] for statement in statements.of_event(event, SUBJECT)]

    same = EVENT._replace(session=" gre-12", path=Path("other.csv"), line=7, trainer="", centre="")
    assert ids(same) == ids(EVENT)
    for other in (
        EVENT._replace(person="c" * 64),
        EVENT._replace(session="GRE-13"),
        EVENT._replace(start=EVENT.start + timedelta(days=1)),
    ):
        assert not set(ids(other)) & set(ids(EVENT))


_TEXT = st.text(max_size=12)
_EVENTS = st.builds(
    Event,
    session=_TEXT,
    start=st.datetimes(datetime(2000, 1, 2), datetime(2100, 1, 1), timezones=st.timezones()),
    person=st.integers(0, 2**256 - 1).map("{:064x}".format),
    presence=st.sampled_from(Presence),
    minutes=st.integers(1, 1440),
    centre=_TEXT,
    course=_TEXT,
    trainer=st.sampled_from(["", "b" * 64, "mailto:zoe%20@example.org"]),
    path=st.just(Path("list.csv")),
    line=st.just(2),
)


@given(event=_EVENTS, attempt=st.integers(1, 99))
def test_a_form_that_is_filled_is_the_statement_itself(event: Event, attempt: int) -> None:
    """Byte for byte, whatever the names hold: an LRS compares them."""
    alone = statements.of_event(event, SUBJECT, attempt)
    filled = [
        forms.filled(form.text, event.person, form.id(event.person, attempt))
        for form in forms.of_event(event, SUBJECT)
    ]
    assert filled == [statements.encode(one) for one in alone]
    first = statements.of_event(event, SUBJECT)
    base, who = SUBJECT.names.base, event.person
    again = [statements.restated(one, base, who, attempt) for one in first]
    assert again == alone


@given(one=_EVENTS, other=_EVENTS, attempts=st.tuples(st.integers(1, 9), st.integers(1, 9)))
def test_ids_are_the_same_for_the_same_only(
    one: Event, other: Event, attempts: tuple[int, int]
) -> None:
    def ids(event: Event, attempt: int) -> set[str]:
        return {told["id"] for told in statements.of_event(event, SUBJECT, attempt)}

    mine, theirs = ids(one, attempts[0]), ids(other, attempts[1])
    alike = (one.person, one.session_key, attempts[0]) == (
        other.person,
        other.session_key,
        attempts[1],
    )
    assert bool(mine & theirs) == (alike and bool(mine) and bool(theirs))
    assert ids(one._replace(centre="x", course="y", trainer="", line=9), attempts[0]) == mine


@given(st.lists(st.text()))
def test_identifiers_are_uuids_of_version_5(parts: list[str]) -> None:
    namespace = uuid.UUID("8c0f5c43-6f0b-5d0c-9f5e-0d3b1f1f7a10")
    assert identifier(*parts) == str(uuid.uuid5(namespace, "\x1f".join(parts)))


def test_statements_pass_the_validator(xapi_faults: Callable[[list[bytes]], list[str]]) -> None:
    bare = EVENT._replace(centre="", course="", trainer="", minutes=None)
    events = [EVENT, bare, EVENT._replace(presence=Presence.PARTIAL)]
    made = [statement for event in events for statement in statements.of_event(event, SUBJECT)]
    assert len(made) == 5
    base = SUBJECT.names.base
    made.append(statements.voiding(made[0], base))
    made.append(statements.restated(made[0], base, EVENT.person, 2))
    assert xapi_faults([statements.encode(statement) for statement in made]) == []
    assert xapi_faults([statements.encode(made[0] | {"timestamp": "yesterday"})])


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "PT0S"), (59.999, "PT1M"), (90, "PT1M30S"), (600, "PT10M"), (5400.25, "PT1H30M0.25S")],
)
def test_durations(seconds: float, text: str) -> None:
    assert statements.duration(seconds) == text


def test_instants_are_utc_with_milliseconds() -> None:
    at = datetime(2025, 1, 1, 0, 30, 1, 999_999, timezone(timedelta(hours=2)))
    assert statements.instant(at) == "2024-12-31T22:30:01.999Z"


def test_equivalence_ignores_what_an_lrs_rewrites() -> None:
    ours = statements.of_event(EVENT, SUBJECT)[1]
    theirs = json.loads(statements.encode(ours))
    theirs |= {"stored": "2025-04-01T00:00:00Z", "version": "1.0.0", "authority": {}}
    theirs["timestamp"] = "2025-03-31T09:40:00+02:00"
    del theirs["object"]["definition"], theirs["verb"]["display"]
    assert statements.equivalent(ours, theirs)
    assert not statements.equivalent(ours, theirs | {"result": {"completion": False}})
    assert not statements.equivalent(ours, theirs | {"timestamp": "2025-03-31T09:41:00Z"})
    assert not statements.equivalent(ours, {})
