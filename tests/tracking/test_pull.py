"""Completions in the LMS, from Ralph and from an LRS that pages as the specification has it."""

import json
import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from capsule import track
from capsule.errors import UnavailableError
from capsule.track import figures, keyfile, people
from capsule.track.pulling import Pulled, pull
from capsule.tracking import report as tables
from capsule.tracking.endpoint import settings
from capsule.tracking.lrs import Lrs

from .keeping import LRS

BASE = "https://formation.example/capsules"
ADL = "http://adlnet.gov/expapi/verbs/"
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def _said(who: str, verb: str = "completed", **more: Any) -> dict[str, Any]:
    mbox = {"objectType": "Agent", "mbox": f"mailto:{who}"}
    account = {"objectType": "Agent", "account": {"homePage": "https://lms.example", "name": who}}
    told: dict[str, Any] = {
        "id": str(uuid.uuid4()),
        "actor": mbox if "@" in who else account,
        "verb": {"id": ADL + verb},
        "object": {"objectType": "Activity", "id": f"{BASE}/essai"},
        "timestamp": "2025-05-02T10:00:00.000Z",
        "result": {"completion": True, "duration": "PT10M"},
    }
    return told | more


def _void(told: dict[str, Any]) -> dict[str, Any]:
    target = {"objectType": "StatementRef", "id": told["id"]}
    return _said("admin", "voided", object=target, result={})


class Store:
    """An LRS with two statements a page, which compares `stored`, as it should."""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []
        self.asked: list[dict[str, list[str]]] = []
        self.clock = datetime(2025, 5, 3, tzinfo=UTC)
        self.more = "/xapi/statements"
        self.hides = True

    def keep(self, *told: dict[str, Any]) -> None:
        for one in told:
            self.clock += timedelta(minutes=1)
            self.told.append({**one, "stored": self.clock.isoformat()})

    def __call__(self, request: httpx.Request) -> httpx.Response:
        asked = parse_qs(urlsplit(str(request.url)).query)
        self.asked.append(asked)
        if "more" in asked:
            asked = json.loads(asked["more"][0])
        gone = {one["object"]["id"] for one in self.told if one["verb"]["id"] == ADL + "voided"}
        since = asked.get("since", [""])[0].replace("Z", "+00:00")
        found = [
            one
            for one in self.told
            if asked.get("verb", [one["verb"]["id"]]) == [one["verb"]["id"]]
            and (not since or datetime.fromisoformat(one["stored"]) > datetime.fromisoformat(since))
            and not (self.hides and one["id"] in gone)
        ]
        at = int(asked.get("at", ["0"])[0])
        rest = json.dumps({**asked, "at": [str(at + 2)]})
        more = str(httpx.URL(self.more, params={"more": rest})) if at + 2 < len(found) else ""
        return httpx.Response(200, json={"statements": found[at : at + 2], "more": more})


@pytest.fixture
def store() -> Store:
    return Store()


def _pull(project: Path, store: Store, **how: Any) -> Pulled:
    return pull(project, NOW, environ=LRS, transport=httpx.MockTransport(store), **how)


def test_every_page_comes_once(project: Path, store: Store) -> None:
    store.keep(*(_said(f"p{n}@example.org") for n in range(7)), _said("p1@example.org", "passed"))
    assert _pull(project, store) == Pulled(8, 8, 0)
    assert sum("more" in asked for asked in store.asked) == 3
    assert _pull(project, store).new == 0
    store.keep(_said("late@example.org", timestamp="2025-04-30T10:00:00Z"))
    assert _pull(project, store).new == 1
    total = figures.report(project, environ={}).total
    assert (total.people, total.played, total.reached, total.played_minutes) == (8, 8, 8, 10)


def test_a_later_pull_asks_from_the_last_one_on(project: Path, store: Store) -> None:
    store.keep(_said("ada@example.org"))
    store.clock += timedelta(days=30)
    store.keep(_said("bob@example.org"))
    assert _pull(project, store).read == 2
    assert _pull(project, store) == Pulled(1, 0, 0)  # the last day again
    assert _pull(project, store, everything=True) == Pulled(2, 0, 0)


def test_the_same_identifier_is_the_same_person_in_both_ways(project: Path, store: Store) -> None:
    rows = (
        "session;date;id;presence\nS1;2025-03-10;Ada@example.org;present\nS1;2025-03-10;b7;absent\n"
    )
    (project / "list.csv").write_text(rows)
    track.import_attendance(project, [project / "list.csv"], NOW)
    store.keep(_said("ada@EXAMPLE.org"), _said("B7"))
    _pull(project, store)
    total = figures.report(project, environ={}).total
    assert (total.expected, total.completed, total.played) == (2, 1, 2)
    assert (total.people, total.reached) == (2, 2)
    kept = (project / ".capsule" / "outbox.db").read_bytes()
    assert b"example.org" not in kept.replace(b"formation.example", b"").replace(
        b"lrs.example", b""
    )


@pytest.mark.parametrize("hides", [True, False])
def test_what_is_voided_goes_and_stays_away(project: Path, store: Store, hides: bool) -> None:
    store.hides = hides  # Ralph doesn't
    before, after = _said("ada@example.org"), _said("bob@example.org")
    store.keep(before, _void(before), after)
    assert _pull(project, store).new == 1
    store.keep(_void(after))
    assert _pull(project, store).voided == 1
    assert _pull(project, store).new == 0
    assert _pull(project, store, everything=True).new == 0
    assert figures.report(project, environ={}).total.people == 0


def test_a_forgotten_person_stays_away(project: Path, store: Store) -> None:
    store.keep(_said("ada@example.org"), _said("bob@example.org"))
    assert _pull(project, store).new == 2
    people.forget(project, "Ada@example.org", NOW)
    assert figures.report(project, environ={}).total.people == 1
    assert _pull(project, store, everything=True).new == 0
    assert [entry.kind for entry in track.imports(project)] == ["key", "forget"]


@pytest.mark.parametrize("page", [1, 2, 3])
def test_a_person_forgotten_during_a_pull_stays_away(
    project: Path, store: Store, page: int
) -> None:
    store.keep(*(_said(who) for who in ("bob@x.fr", "ada@x.fr", "eve@x.fr", "ada@x.fr")))

    def answer(request: httpx.Request) -> httpx.Response:
        if len(store.asked) == page:
            people.forget(project, "ada@x.fr", NOW)
        return store(request)

    assert pull(project, NOW, environ=LRS, transport=httpx.MockTransport(answer)).read == 4
    assert figures.report(project, environ={}).total.people == 2


def test_an_erased_statement_stays_away(project: Path, store: Store) -> None:
    (project / "told.ndjson").write_text(json.dumps(_said("ada@example.org")), encoding="utf-8")
    track.import_attendance(project, [project / "told.ndjson"], NOW)
    sent = [one.to_json() for one in track.statements_of(project)]
    taken = httpx.MockTransport(lambda _request: httpx.Response(204))
    track.send(project, LRS, transport=taken)
    store.keep(*map(json.loads, sent))
    assert _pull(project, store).new == 1
    people.forget(project, "ada@example.org", NOW)
    assert _pull(project, store, everything=True) == Pulled(1, 0, 0)
    assert track.verify(project, LRS, transport=httpx.MockTransport(store)).missing == []


def test_what_is_past_keeping_goes_and_stays_away(project: Path, store: Store) -> None:
    night = "2022-05-31T22:30:00Z"  # which is in June in Paris
    store.keep(_said("ada@example.org", timestamp=night), _said("bob"))
    store.keep(_said("eve", timestamp=night), _said("eve", timestamp="2022-07-01T10:00:00Z"))
    assert _pull(project, store).new == 4
    file = project / "capsule.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("tracking: {", "tracking: {keep: 3 years, "), encoding="utf-8")
    before = [replace(line, played_minutes=None) for line in _months(project)]
    assert people.overdue(project, NOW, environ={}) == (date(2023, 1, 1), 0, 3)
    people.purge(project, NOW)
    assert people.overdue(project, NOW, environ={}) == (date(2023, 1, 1), 0, 0)
    assert figures.report(project, environ={}).total.people == 3
    assert [replace(line, played_minutes=None) for line in _months(project)] == before
    assert [line.name for line in before] == ["2022-06", "2025-05"], "where the centre is"
    assert _pull(project, store, everything=True).new == 0
    people.purge(project, NOW + timedelta(days=4 * 365))
    assert [line.played for line in _months(project)] == [2, 1]
    people.purge(project, NOW + timedelta(days=4 * 365))
    assert [line.played for line in _months(project)] == [2, 1]


def _months(project: Path) -> Sequence[tables.Line]:
    return figures.report(project, tables.By.MONTH, environ={}).lines


def test_somebody_counts_once_under_two_keys(project: Path, store: Store) -> None:
    (project / "list.csv").write_text(
        "session;date;id;presence\nS1;2025-03-10;ada@example.org;present\n"
    )
    track.import_attendance(project, [project / "list.csv"], NOW)
    keyfile.rotate(project, NOW, datetime(2025, 4, 1, tzinfo=UTC).date())
    store.keep(
        _said("ada@example.org", timestamp="2025-03-15T10:00:00Z"),
        _said("ada@example.org"),
        _said("eve@example.org", timestamp="2025-03-16T10:00:00Z"),
        _said("eve@example.org"),
    )
    assert _pull(project, store).new == 4
    total = figures.report(project, environ={}).total
    assert (total.played, total.people) == (3, 3), "nobody here knows eve"
    (project / "users.csv").write_text("username,email\neve,eve@example.org\n")
    for by in tables.By:
        report = figures.report(project, by, users=project / "users.csv", environ={})
        assert (report.total.played, report.total.people, report.total.reached) == (2, 2, 2)
        assert sum(line.played for line in report.lines) == 2
    people.forget_people(project)
    assert figures.report(project, environ={}).total.people == 4


def test_what_is_no_completion_of_this_capsule_in_an_lms(project: Path, store: Store) -> None:
    session = {"id": f"{BASE}/essai/sessions/2d0d1bb1-5a2b-5f6b-9f1c-3f0f5b1f6a11"}
    ours = {"contextActivities": {"grouping": {"id": f"{BASE}/essai"}}}
    store.keep(
        _said("a@x.fr", object={"id": f"{BASE}/other"}),
        _said("b@x.fr", context={"contextActivities": {"parent": [session]}}),
        _said("c@x.fr", result={"completion": False}),
        _said("d@x.fr", result={"success": False}),
        _said("e@x.fr", actor={"objectType": "Group", "mbox": "mailto:all@x.fr"}),
        _said("f@x.fr", timestamp="yesterday"),
        _said("g@x.fr", actor={}),
        _said("i@x.fr", object={"id": f"{BASE}/essai/film"}, context=ours),
    )
    assert _pull(project, store) == Pulled(8, 0, 0)
    unit = {"id": "https://lms.example/au/7"}
    store.keep(_said("h@x.fr", object=unit, context=ours))
    assert _pull(project, store).new == 1


def test_the_secret_goes_to_no_other_server(project: Path, store: Store) -> None:
    store.more = "https://evil.example/statements"
    store.keep(*(_said(f"p{n}@example.org") for n in range(3)))
    with pytest.raises(UnavailableError, match="another server"):
        _pull(project, store)
    assert len(store.asked) == 2


def test_an_lrs_that_refuses(project: Path) -> None:
    def refuse(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(401, text="no hush here")

    with pytest.raises(UnavailableError, match=r"\(401\): no … here"):
        pull(project, NOW, environ=LRS, transport=httpx.MockTransport(refuse))


def test_an_lrs_that_fails_for_a_while(project: Path, store: Store) -> None:
    store.keep(*(_said(f"p{n}@example.org") for n in range(5)))
    slept: list[float] = []
    tried = 0

    def answer(request: httpx.Request) -> httpx.Response:
        nonlocal tried
        tried += 1
        if tried % 3 == 1:
            return httpx.Response(429, headers={"Retry-After": "7"})
        return httpx.Response(500) if tried % 3 == 2 else store(request)

    transport = httpx.MockTransport(answer)
    done = pull(project, NOW, environ=LRS, transport=transport, sleep=slept.append)
    assert done == Pulled(5, 5, 0)
    assert (max(slept), len(slept)) == (7, 2 * tried // 3)


def test_from_ralph(project: Path, ralph: dict[str, str]) -> None:
    rows = "session;date;id;presence\nS1;2025-03-10;ada@example.org;present\n"
    (project / "list.csv").write_text(rows)
    track.import_attendance(project, [project / "list.csv"], NOW)
    track.send(project, ralph)
    told = [_said(f"p{n}@example.org") for n in range(1200)] + [_said("ada@example.org")]
    gone = told[0]
    with Lrs(settings(ralph)) as server:
        for at in range(0, len(told), 400):
            bodies = [json.dumps(one).encode() for one in told[at : at + 400]]
            assert server.post(bodies).status == 200
        assert server.post([json.dumps(_void(gone)).encode()]).status == 200
    done = pull(project, datetime.now(UTC), environ=ralph)
    assert (done.new, done.voided) == (1201, 1)
    assert pull(project, datetime.now(UTC), environ=ralph).new == 0
    total = figures.report(project, environ={}).total
    assert (total.completed, total.played, total.people, total.reached) == (1, 1200, 1200, 1200)
