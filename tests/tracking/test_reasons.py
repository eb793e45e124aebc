"""Why a statement is refused: in plain words, with the place in the statement."""

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from capsule.tracking import reasons, xapi
from capsule.tracking.foreign import Bad, read

from .test_foreign import BASE, GOOD, NOW, SPARING

REFERENCE = {"objectType": "StatementRef", "id": GOOD["id"]}
SAID: dict[str, Any] = {
    **GOOD,
    "actor": {
        "objectType": "Group",
        "member": [{"mbox_sha1sum": "0" * 40}, {"openid": "https://a.example"}],
    },
    "attachments": [
        {
            "usageType": "https://a.example/u",
            "display": {"fr": "a"},
            "contentType": "text/plain",
            "length": 3,
            "sha2": "0",
            "fileUrl": "https://a.example/f",
        }
    ],
}
IRI = "this is not an IRI; write it whole, like https://formation.example/x"
UUID = "this is not a UUID; write it like 6690e6c9-3ef0-4ed3-8b37-7f3964730bee"
MBOX = "this is not an e-mail address as xAPI has it; write it like mailto:name@formation.example"
INSTANT = (
    "this is not an instant, with its date, time and zone; write it like 2025-03-31T09:30:00+02:00"
)
DURATION = "this is not a duration of ISO 8601; write it like PT1H30M"
LANGUAGE = "this is not a language tag; write fr, en, fr-CA..."
OBJECT = "an object is expected here; write it between braces: {...}"
LIST = "a list is expected here; write it between brackets: [...]"
TEXT = 'a text is expected here; put it between quotes: "..."'
KEEP = "or several things do; keep one of mbox, mbox_sha1sum, openid, account"
PERSON = f"nothing identifies this person, {KEEP}"
GROUP = f"nothing identifies this group, {KEEP}, or give its members"
KIND = "this value is not known; write one of: 'Agent', 'Group'"
VOIDED = (
    "what is voided must be a StatementRef;"
    " give the id of the voided statement, with objectType: StatementRef"
)


def _at(where: str) -> list[str | int]:
    return [int(step) if step.isdecimal() else step for step in where.split("/")]


def _changed(where: list[str | int], value: Any) -> dict[str, Any]:
    said = copy.deepcopy(SAID)
    inside: Any = said
    for step in where[:-1]:
        inside = inside[step]
    if value is ...:
        del inside[where[-1]]
    else:
        inside[where[-1]] = value
    return said


def _problems(folder: Path, said: object) -> list[str]:
    path = folder / "s"
    path.write_text(json.dumps(said), encoding="utf-8")
    [bad] = read(path, SPARING, BASE, NOW)
    assert isinstance(bad, Bad)
    return [str(one).removeprefix(f"{path}:1: ") for one in bad.problems]


@pytest.mark.parametrize(
    ("where", "value", "reason"),
    [
        ("id", ..., 'the statement has no "id"; add it'),
        ("id", "12", f"id: {UUID}"),
        ("id", "\ud800", "id: the text holds half of a character; remove it"),
        ("place", "Grenoble", 'xAPI knows no "place"; remove it'),
        ("actor/Agent", 1, 'xAPI knows no "actor.Agent"; remove it'),
        ("actor/member/1", {}, f"actor.member[1]: {PERSON}"),
        ("actor/member/0/mbox", "mailto:a@b.example", f"actor.member[0]: {PERSON}"),
        ("actor/member", [], f"actor: {GROUP}"),
        ("actor/member", {}, f"actor.member: {LIST}"),
        (
            "actor/member/0/mbox_sha1sum",
            "0",
            "actor.member[0].mbox_sha1sum: this is not a SHA-1; write its 40 hexadecimal digits",
        ),
        ("actor/objectType", "Person", f"actor.objectType: {KIND}"),
        ("authority/mbox", "lms@lms.example", f"authority.mbox: {MBOX}"),
        (
            "context/instructor/account/name",
            "",
            "context.instructor.account.name: the text is empty; write it, or remove the key",
        ),
        (
            "context/instructor/account/homePage",
            ...,
            'the statement has no "context.instructor.account.homePage"; add it',
        ),
        (
            "context/team",
            {"objectType": "Agent"},
            "context.team.objectType: this value is not known; write 'Group'",
        ),
        ("context/registration", "x", f"context.registration: {UUID}"),
        ("context/language", "fr_FR", f"context.language: {LANGUAGE}"),
        (
            "context/contextActivities/grouping/id",
            "a",
            f"context.contextActivities.grouping.id: {IRI}",
        ),
        (
            "context/contextActivities/grouping",
            [{"id": "a"}],
            f"context.contextActivities.grouping[0].id: {IRI}",
        ),
        (
            "context/contextActivities/grouping",
            3,
            f"context.contextActivities.grouping: {OBJECT}",
        ),
        ("context/extensions/x", 1, f"context.extensions.x: {IRI}"),
        ("context/extensions/x y", 1, f'context.extensions["x y"]: {IRI}'),
        ("verb/id", "completed", f"verb.id: {IRI}"),
        ("verb/id", 3, f"verb.id: {TEXT}"),
        ("verb/id", "http://adlnet.gov/expapi/verbs/voided", f"object: {VOIDED}"),
        ("verb/display", "x", f"verb.display: {OBJECT}"),
        ("verb/display/fr_FR", "x", f"verb.display.fr_FR: {LANGUAGE}"),
        ("verb", "completed", f"verb: {OBJECT}"),
        ("object/id", "capsule", f"object.id: {IRI}"),
        ("result", None, '"result" is null, which xAPI forbids; remove it'),
        ("actor/member/0/name", None, '"actor.member[0].name" is null, which xAPI forbids'),
        (
            "result/completion",
            "true",
            "result.completion: this is neither true nor false; write true or false",
        ),
        ("result/duration", "10 min", f"result.duration: {DURATION}"),
        ("result/duration", "P1DT", f"result.duration: {DURATION}"),
        ("result/score/scaled", 2, "result.score.scaled: the number is too large; write at most"),
        ("result/score/scaled", -2, "result.score.scaled: the number is too small; write at least"),
        ("result/score/raw", "9", "result.score.raw: a number is expected here; write it without"),
        ("timestamp", "2025-03-12T09:30:00", f"timestamp: {INSTANT}"),
        ("timestamp", "hier", f"timestamp: {INSTANT}"),
        ("version", "0.95", "version: this version of xAPI is not known; write 1.0.3, or remove"),
        ("attachments/0/length", "3", "attachments[0].length: a whole number is expected here"),
    ],
)
def test_a_fault_has_its_place_and_reason(
    tmp_path: Path, where: str, value: Any, reason: str
) -> None:
    [problem] = _problems(tmp_path, _changed(_at(where), value))
    assert problem.startswith(reason)


def test_what_is_for_activities_only(tmp_path: Path) -> None:
    said = {**GOOD, "object": REFERENCE, "context": {"platform": "LMS"}}
    assert _problems(tmp_path, said) == [
        "context.platform: this is for statements about an activity; remove it"
    ]


def test_all_faults_of_a_line_are_told_at_once(tmp_path: Path) -> None:
    inner = {"objectType": "SubStatement", "actor": 3, "verb": {"id": "v"}, "object": {"id": "a"}}
    assert _problems(tmp_path, {**GOOD, "id": "12", "object": inner}) == [
        f"id: {UUID}",
        f"object.actor: {OBJECT}",
        f"object.verb.id: {IRI}",
        f"object.object.id: {IRI}",
    ]
    assert _problems(tmp_path, []) == [f"statement: {OBJECT}"]


@pytest.mark.parametrize("number", ["1e400", "-1e400"])
def test_a_number_without_end_is_none(tmp_path: Path, number: str) -> None:
    def told(said: dict[str, Any]) -> list[Any]:
        path = tmp_path / "s"
        path.write_text(json.dumps(said).replace('"NUMBER"', number), encoding="utf-8")
        [bad] = read(path, SPARING, BASE, NOW)
        assert isinstance(bad, Bad)
        return [one.what for one in bad.problems]

    raw = _changed(_at("result/score/raw"), "NUMBER")
    assert told(raw) == ["result.score.raw: the number is too large"]
    inside = _changed(_at("context/extensions/https:x"), "NUMBER")
    assert told(inside) == ["the line holds a number without end"]


def _places(data: Any, *above: str | int) -> Iterator[list[str | int]]:
    items = data.items() if isinstance(data, dict) else enumerate(data)
    for key, value in items:
        yield [*above, key]
        if isinstance(value, dict | list):
            yield from _places(value, *above, key)


@pytest.mark.parametrize(
    "value",
    [..., None, "", "x", "\ud800", 1.5, 10**400, True, [], {}, [None], {"objectType": []}],
    ids=ascii,
)
def test_every_fault_has_a_reason(value: Any) -> None:
    refused = 0
    for where in _places(SAID):
        said = _changed(where, value)
        try:
            xapi.check(said)
        except ValidationError as error:
            told = list(reasons.of(error))
            assert all(what and remedy for what, remedy in told)
            refused += 1
    assert refused > 4
