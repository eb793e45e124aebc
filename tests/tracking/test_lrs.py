import json
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
import tincan

from capsule.activity import Names
from capsule.errors import UnavailableError
from capsule.tracking import statements
from capsule.tracking.endpoint import Settings, settings
from capsule.tracking.events import Event, Presence
from capsule.tracking.lrs import Lrs, decode, encode

GOOD = {
    "CAPSULE_LRS_URL": "https://lrs.example.org/xapi",
    "CAPSULE_LRS_KEY": "key",
    "CAPSULE_LRS_SECRET": "secret",
}
EVENT = Event(
    session="S1",
    start=datetime(2025, 3, 10, 9, 30, 0, 120_000, UTC),
    person="a" * 64,
    presence=Presence.PRESENT,
    minutes=95,
    centre="Grenoble",
    course="Accueil",
    trainer="b" * 64,
    path=Path("list.csv"),
    line=2,
)
SUBJECT = statements.Subject(Names("https://formation.example", "essai"), "L’essai", "fr", 90)


def _lrs(answer: httpx.Response | Exception, asked: list[httpx.Request] | None = None) -> Lrs:
    def handle(request: httpx.Request) -> httpx.Response:
        if asked is not None:
            asked.append(request)
        if isinstance(answer, Exception):
            raise answer
        return answer

    return Lrs(settings(GOOD), httpx.MockTransport(handle))


def test_settings() -> None:
    assert settings(GOOD) == Settings("https://lrs.example.org/xapi/", "key", "secret")
    pasted = {**GOOD, "CAPSULE_LRS_URL": " https://lrs.example.org/xapi/statements/ "}
    assert settings(pasted).url == "https://lrs.example.org/xapi/"
    assert "secret" not in repr(settings(GOOD))
    for url in ("http://localhost:8100/xAPI", "http://127.0.0.1/", "http://[::1]:80/"):
        assert settings({**GOOD, "CAPSULE_LRS_URL": url})


def test_the_version_of_xapi_can_be_another() -> None:
    asked: list[httpx.Request] = []
    other = settings({**GOOD, "CAPSULE_LRS_VERSION": " 2.0.0 "})

    def take(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(204)

    with Lrs(other, httpx.MockTransport(take)) as lrs:
        lrs.post([b"{}"])
        lrs.save_statement(decode(statements.encode(statements.of_event(EVENT, SUBJECT)[0])))
    assert [one.headers["X-Experience-API-Version"] for one in asked] == ["2.0.0", "2.0.0"]
    assert b'"version"' not in asked[1].content
    assert settings({**GOOD, "CAPSULE_LRS_VERSION": ""}).version == "1.0.3"
    with pytest.raises(UnavailableError, match=r"CAPSULE_LRS_VERSION: .* such as 1\.0\.3"):
        settings({**GOOD, "CAPSULE_LRS_VERSION": "latest"})


@pytest.mark.parametrize("name", list(GOOD))
def test_a_missing_variable_is_named(name: str) -> None:
    with pytest.raises(UnavailableError, match=f": give {name} in"):
        settings({**GOOD, name: " "})


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("lrs.example.org", "not a web address"),
        ("ftp://lrs.example.org", "not a web address"),
        ("https://", "not a web address"),
        ("http://[::1", "not a web address"),
        ("https://lrs.example.org:port/", "not a web address"),
        ("https://key:hush@lrs.example.org/", "must not hold a password"),
        ("http://lrs.example.org/xapi/", "in clear"),
    ],
)
def test_an_address_that_will_not_do(url: str, message: str) -> None:
    with pytest.raises(UnavailableError, match=message) as raised:
        settings({**GOOD, "CAPSULE_LRS_URL": url})
    assert "hush" not in str(raised.value)


def test_objects_and_bulk_give_the_same_bytes() -> None:
    for statement in statements.of_event(EVENT, SUBJECT):
        body = statements.encode(statement)
        assert isinstance(decode(body), tincan.Statement)
        assert encode(decode(body)) == body


def test_a_naive_timestamp_is_refused() -> None:
    statement = decode(statements.encode(statements.of_event(EVENT, SUBJECT)[0]))
    statement.timestamp = datetime(2025, 3, 10)
    with pytest.raises(ValueError, match="time zone"):
        encode(statement)


def test_a_post_carries_the_bytes_as_they_are() -> None:
    asked: list[httpx.Request] = []
    with _lrs(httpx.Response(204), asked) as lrs:
        assert lrs.post([b'{"id":"a"}', b'{"id":"b"}']).status == 204
    (request,) = asked
    assert str(request.url) == "https://lrs.example.org/xapi/statements"
    assert request.content == b'[{"id":"a"},{"id":"b"}]'
    assert request.headers["X-Experience-API-Version"] == "1.0.3"
    assert request.headers["Content-Type"] == "application/json"
    assert request.headers["Authorization"] == "Basic a2V5OnNlY3JldA=="


def test_tincan_calls_take_the_same_road() -> None:
    asked: list[httpx.Request] = []
    statement = decode(statements.encode(statements.of_event(EVENT, SUBJECT)[0]))
    with _lrs(httpx.Response(204), asked) as lrs:
        assert lrs.save_statements([statement]).success
    assert asked[0].content == b"[" + encode(statement) + b"]"
    state = httpx.Response(200, json={"seen": 3}, headers={"ETag": "abc"})
    with _lrs(state, asked) as lrs:
        actor = tincan.Agent(mbox="mailto:ada@example.org")
        activity = tincan.Activity(id="https://formation.example/essai")
        found = lrs.retrieve_state(activity, actor, "bookmark")
    assert json.loads(found.content.content) == {"seen": 3}
    assert found.response.status == 200
    assert asked[1].url.params["stateId"] == "bookmark"
    with (
        _lrs(httpx.ConnectError("refused")) as lrs,
        pytest.raises(UnavailableError, match="refused"),
    ):
        lrs.save_statement(statement)


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"Retry-After": "7"}, 7.0),
        (
            {
                "Retry-After": "Fri, 31 Dec 1999 23:59:59 GMT",
                "Date": "Fri, 31 Dec 1999 23:59:29 GMT",
            },
            30.0,
        ),
        ({"Retry-After": "soon"}, None),
        ({}, None),
    ],
)
def test_retry_after(headers: dict[str, str], wait: float | None) -> None:
    with _lrs(httpx.Response(429, headers=headers)) as lrs:
        assert lrs.post([b"{}"]).wait == wait


def test_an_echoed_secret_is_not_repeated() -> None:
    with _lrs(httpx.Response(400, text="bad: secret or\na2V5OnNlY3JldA==")) as lrs:
        assert lrs.post([b"{}"]).words == "bad: … or …"


@pytest.mark.parametrize("more", ["/xapi/statements?page=2", "statements?page=2", "?page=2"])
def test_the_next_page_is_on_the_same_server(more: str) -> None:
    asked: list[httpx.Request] = []
    with _lrs(httpx.Response(200, json={"statements": [{}]}), asked) as lrs:
        assert lrs.query(more).content == {"statements": [{}]}
        assert lrs.query("//other.example/xapi/statements").content == {"statements": []}
    assert [str(one.url) for one in asked] == ["https://lrs.example.org/xapi/statements?page=2"]
