"""Statements from elsewhere: checked, their people hidden, kept once."""

import copy
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from capsule import track
from capsule.tracking import xapi
from capsule.tracking.foreign import Bad, Received, _people, read
from capsule.tracking.keys import Key
from capsule.tracking.privacy import Pseudonyms, Ring
from capsule.tracking.sparing import Sparing

NOW = datetime(2025, 6, 30, tzinfo=UTC)
BASE = "https://formation.example/capsules"
KEY = Key(bytes(32))
NAMES = Pseudonyms(KEY)
SPARING = Sparing(Ring([KEY]))
GOOD: dict[str, Any] = {
    "id": "6690E6C9-3EF0-4ED3-8B37-7F3964730BEE",
    "actor": {"name": "Claire Durand", "mbox": "mailto:Claire.Durand@ville.example"},
    "verb": {"id": "http://adlnet.gov/expapi/verbs/completed", "display": {"fr": "a terminé"}},
    "object": {"id": "https://lms.example/a", "definition": {"name": {"fr": "Capsule"}}},
    "result": {"completion": True, "duration": "PT10M", "score": {"scaled": 0.9}},
    "context": {
        "registration": "ec531277-b57b-4c15-8d91-d292c5b2b8f7",
        "instructor": {"name": "Zoé", "account": {"homePage": "https://lms.example", "name": "Z1"}},
        "contextActivities": {"grouping": {"id": "https://lms.example/course"}},
        "extensions": {"https://lms.example/x": None},
    },
    "timestamp": "2025-03-12T09:30:00+01:00",
    "stored": "2025-03-12T08:31:00Z",
    "version": "1.0.3",
    "authority": {"objectType": "Agent", "name": "LMS", "mbox": "mailto:lms@lms.example"},
}


def _with(**changes: Any) -> dict[str, Any]:
    changed = {**copy.deepcopy(GOOD), **changes}
    return {key: value for key, value in changed.items() if value is not ...}


def _read(
    folder: Path, *statements: object, sparing: Sparing = SPARING
) -> tuple[list[Any], list[str]]:
    path = folder / "statements.ndjson"
    lines = (s if isinstance(s, str) else json.dumps(s, ensure_ascii=False) for s in statements)
    path.write_text("\n".join(lines), encoding="utf-8")
    found = list(read(path, sparing, BASE, NOW))
    received = [json.loads(one.body) for one in found if isinstance(one, Received)]
    problems = [
        str(problem).removeprefix(f"{folder}/")
        for one in found
        if isinstance(one, Bad)
        for problem in one.problems
    ]
    return received, problems


def test_people_are_hidden_and_instants_are_in_utc(tmp_path: Path) -> None:
    [kept], problems = _read(tmp_path, GOOD)
    assert not problems
    assert kept["id"] == GOOD["id"].lower()
    assert kept["timestamp"] == "2025-03-12T08:30:00.000Z"
    assert not kept.keys() & {"stored", "authority", "version"}
    learner = NAMES.of("claire.durand@ville.example")
    assert kept["actor"] == {"objectType": "Agent", "account": {"homePage": BASE, "name": learner}}
    assert kept["context"]["instructor"]["account"]["name"] == NAMES.trainer("z1")
    text = json.dumps(kept).lower()
    assert not any(word in text for word in ("claire", "durand", "zo", "z1"))


def test_people_inside(tmp_path: Path) -> None:
    team = {
        "objectType": "Group",
        "name": "B",
        "member": [{"name": "Eve", "openid": "https://e.example"}],
    }
    inner = {key: copy.deepcopy(GOOD[key]) for key in ("actor", "verb", "object")}
    sub = {
        **inner,
        "objectType": "SubStatement",
        "object": {"objectType": "Agent", "mbox_sha1sum": "0" * 40},
    }
    kept, problems = _read(tmp_path, _with(object=sub, context={"team": team}), _with(actor=team))
    assert not problems
    text = json.dumps(kept)
    assert not any(word in text for word in ("Eve", "e.example", "mbox", "Claire", 'name": "B'))
    assert text.count(NAMES.of("openid https://e.example")) == 2


def test_our_own_statements_stay_as_they_are(tmp_path: Path) -> None:
    ours, _none = _read(tmp_path, GOOD)
    assert _read(tmp_path, *ours) == (ours, [])


def test_identified_people_keep_their_addresses_and_lose_their_names(tmp_path: Path) -> None:
    [kept], _problems = _read(tmp_path, GOOD, sparing=Sparing(Ring([KEY], identified=True)))
    assert kept["actor"] == {"objectType": "Agent", "mbox": GOOD["actor"]["mbox"]}
    assert "Zo" not in json.dumps(kept)


BAD = {
    "no id": _with(id=...),
    "id": _with(id="12"),
    "no actor": _with(actor=...),
    "no identifier": _with(actor={"name": "Claire"}),
    "two identifiers": _with(actor={"mbox": "mailto:a@b.example", "openid": "https://a.example"}),
    "mbox": _with(actor={"mbox": "a@b.example"}),
    "account": _with(actor={"account": {"name": "a"}}),
    "empty group": _with(actor={"objectType": "Group", "name": "x"}),
    "verb": _with(verb={"id": "completed"}),
    "display": _with(verb={"id": "http://a.example/v", "display": "x"}),
    "object": _with(object={"objectType": "Thing", "id": "https://a.example"}),
    "activity": _with(object={"id": "capsule"}),
    "naive": _with(timestamp="2025-03-12T09:30:00"),
    "day": _with(timestamp="2025-03-12"),
    "score": _with(result={"score": {"scaled": 2}}),
    "duration": _with(result={"duration": "10 min"}),
    "text for a boolean": _with(result={"completion": "true"}),
    "registration": _with(context={"registration": "x"}),
    "unknown key": _with(place="Grenoble"),
    "null": _with(result=None),
    "version": _with(version="0.95"),
    "voided": _with(verb={"id": "http://adlnet.gov/expapi/verbs/voided"}),
    "extension": _with(result={"extensions": {"x": 1}}),
}


def test_good_statements_are_good_for_another_validator(
    xapi_faults: Callable[[list[bytes]], list[str]], tmp_path: Path
) -> None:
    xapi.check(GOOD)
    received, _none = _read(tmp_path, GOOD)
    assert xapi_faults([json.dumps(one).encode() for one in received]) == []


@pytest.mark.parametrize("name", BAD)
def test_bad_statements_are_refused(tmp_path: Path, name: str) -> None:
    received, problems = _read(tmp_path, GOOD, BAD[name])
    assert len(received) == 1
    assert len(problems) == 1
    assert problems[0].startswith("statements.ndjson:2: ")


def test_what_another_validator_refuses_is_refused(
    xapi_faults: Callable[[list[bytes]], list[str]],
) -> None:
    """`BAD` is really bad: only what this tool asks for itself passes there."""
    ours = {"no id", "naive", "day"}
    passing = {n for n, one in BAD.items() if not xapi_faults([json.dumps(one).encode()])}
    assert passing <= ours


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"id": 1', "statements.ndjson:1:9: this is not JSON; write one statement on each line"),
        ('{"id": NaN}', "statements.ndjson:1: this is not JSON"),
        ("[" * 100_000, "statements.ndjson:1: this is not JSON"),
        ("[]", "statements.ndjson:1: statement: an object is expected here"),
        (
            json.dumps(_with(result={"response": "\ud800"})),
            "statements.ndjson:1: the line holds half",
        ),
        (
            json.dumps(_with(timestamp="2026-01-01T00:00:00Z")),
            "statements.ndjson:1: the statement is dated in",
        ),
        (json.dumps(_with(result=None)), 'statements.ndjson:1: "result" is null, which xAPI'),
        (json.dumps(_with(id=...)), 'statements.ndjson:1: the statement has no "id"; add it'),
    ],
)
def test_lines_that_are_no_statements(tmp_path: Path, line: str, message: str) -> None:
    received, [problem] = _read(tmp_path, line)
    assert not received
    assert problem.startswith(message)


def test_they_are_queued_once(project: Path) -> None:
    path = project / "lms.ndjson"
    other = _with(id="6690e6c9-3ef0-4ed3-8b37-7f3964730bef")
    path.write_text("\n".join(map(json.dumps, [GOOD, other, GOOD, {}])), encoding="utf-8")
    done = track.import_attendance(project, [path], NOW, dry_run=True)
    assert [(s.session, s.new, s.known, s.problems) for s in done.sessions] == [
        ("lms.ndjson", 2, 1, 1)
    ]
    assert not (project / ".capsule").exists()
    done = track.import_attendance(project, [path], NOW, quarantine=project)
    assert (done.added, done.known, done.queued, len(done.problems)) == (2, 1, 2, 5)
    assert [file.name for file in done.quarantined] == ["lms-to-correct.ndjson"]
    done = track.import_attendance(project, [path], NOW)
    assert (done.added, done.known, done.queued) == (0, 3, 0)


def test_forgotten_people_and_old_statements_are_left_out(tmp_path: Path) -> None:
    names = Ring([KEY])
    (who,) = {
        name for kept in _read(tmp_path, GOOD)[0] for name in [kept["actor"]["account"]["name"]]
    }
    [identifier] = [one for one in _people(GOOD) if names.every(one)[0] == who]
    group = {"objectType": "Group", "member": [GOOD["actor"]]}
    gone = Sparing(names, "salt", frozenset({names.mark(identifier, "salt")}))
    assert _read(tmp_path, GOOD, _with(actor=group), sparing=gone) == ([], [])
    assert (gone.forgotten, gone.expired) == (2, 0)
    past = Sparing(names, before="9999-01-01")
    assert _read(tmp_path, GOOD, sparing=past) == ([], [])
    assert (past.forgotten, past.expired) == (0, 1)
