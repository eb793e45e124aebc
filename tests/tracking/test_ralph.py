"""The whole way to a real LRS: a French Excel list, the command line, Ralph."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import httpx
import tincan

from capsule import track
from capsule.activity import Verb
from capsule.tracking import lrs
from capsule.tracking.endpoint import settings
from capsule.tracking.lrs import Lrs
from capsule.tracking.sender import BATCH

from .faulty_lrs import Forwarding, Killer, served

PEOPLE = 5_000


def _french_excel(target: Path, people: int) -> None:
    """A list as French Excel saves it: titles first, `;`, cp1252, dd/mm/yyyy, accents."""
    lines = [
        "Feuille de présence – année 2025;;;;;;;",
        "",
        "Session;Date de début;Heure;Matricule;Nom;Prénom;Présence;Centre",
    ]
    for n in range(people):
        when = f"{n // 25 % 28 + 1:02}/03/2025;9h00"
        who = f"A{n:05};Lefèvre;Noël"
        lines.append(f"GRE-{n // 25:03} Été;{when};{who};Présent(e);Échirolles")
    target.write_bytes("\r\n".join([*lines, ""]).encode("cp1252"))


def _command(project: Path, environ: Mapping[str, str], *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "capsule", "track", *words],
        cwd=project,
        env={**os.environ, **environ},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _sent(project: Path) -> int:
    with closing(sqlite3.connect(project / ".capsule" / "outbox.db")) as store:
        return int(store.execute("SELECT sum(state = 'sent') FROM statement").fetchone()[0])


def _import(project: Path, rows: str) -> None:
    (project / "list.csv").write_text(rows)
    done = track.import_attendance(project, [project / "list.csv"], datetime.now(UTC))
    assert not done.problems


def _given(environ: Mapping[str, str]) -> list[dict[str, Any]]:
    """Every statement that the LRS gives, page after page."""
    login = (environ["CAPSULE_LRS_KEY"], environ["CAPSULE_LRS_SECRET"])
    found: list[dict[str, Any]] = []
    more = "statements?limit=4000"
    with httpx.Client(auth=login, headers={"X-Experience-API-Version": "1.0.3"}) as client:
        while more:
            page = client.get(urljoin(environ["CAPSULE_LRS_URL"], more), timeout=60).json()
            found += page["statements"]
            more = page.get("more", "")
    return found


def test_five_thousand_completions_arrive_once_though_the_sender_is_killed(
    project: Path, ralph: dict[str, str], ralph_file: Path
) -> None:
    _french_excel(project / "presence.csv", PEOPLE)
    importing = _command(project, {}, "import", "presence.csv", "--json")
    assert json.loads(importing.communicate(timeout=300)[0])["added"] == PEOPLE
    assert importing.returncode == 0

    # Killed between two answers: of two equal batches at a time, Ralph may keep both.
    before = Forwarding()
    before.to = (ralph["CAPSULE_LRS_URL"], "key", "secret")
    killer = Killer(before, when=16, how="after")
    with served(killer.ask) as url:
        sending = _command(project, {**ralph, "CAPSULE_LRS_URL": url}, "send")
        killer.victim = sending.pid
        sending.communicate(timeout=300)
    assert sending.returncode == -signal.SIGKILL
    # Some of what it has was not noted, and goes again.
    assert 0 <= _sent(project) < len(_given(ralph)) <= 16 * BATCH

    again = _command(project, ralph, "send", "--json")
    printed, errors = again.communicate(timeout=300)
    assert (again.returncode, json.loads(printed)) == (
        0,
        {"waiting": 0, "claimed": 0, "sent": 2 * PEOPLE, "refused": 0, "withdrawn": 0},
    ), errors

    found = _given(ralph)
    verbs = Counter(statement["verb"]["id"] for statement in found)
    assert verbs == {Verb.COMPLETED: PEOPLE, Verb.ATTENDED: PEOPLE}
    assert len({statement["id"] for statement in found}) == 2 * PEOPLE
    completed = [s for s in found if s["verb"]["id"] == Verb.COMPLETED]
    assert all(statement["result"]["completion"] for statement in completed)
    assert len({statement["actor"]["account"]["name"] for statement in completed}) == PEOPLE
    everything = ralph_file.read_text(encoding="utf-8")
    assert "A00001" not in everything
    assert "Lefèvre" not in everything


def test_both_ways_give_the_lrs_the_same_statement(project: Path, ralph: dict[str, str]) -> None:
    """Sent as frozen bytes, then as tincan objects: Ralph compares, and finds a repetition."""
    _import(
        project,
        "session;date;time;id;presence;minutes;trainer;centre;course\n"
        "S1;2025-03-10;9:30;ada;present;90;Zoé;Grenoble;Accueil\n"
        "S1;2025-03-10;9:30;bob;partial;45;Zoé;Grenoble;Accueil\n",
    )
    track.send(project, ralph)
    ours = list(track.statements_of(project))
    with Lrs(settings(ralph)) as store:
        assert store.save_statements(ours).success
        assert store.save_statement(ours[0]).success
        assert store.get(str(ours[0].id)).content["id"] == str(ours[0].id)
        assert store.get("2d0d1bb1-5a2b-5f6b-9f1c-3f0f5b1f6a11").content is None
        page = store.query_statements({"limit": 2}).content
        given = [*page.statements, *store.more_statements(page).content.statements]
    found = {statement.id: statement for statement in given}
    assert found.keys() == {statement.id for statement in ours}
    assert len(ours) == 3
    for sent in ours:
        got = found[sent.id]
        got.stored = got.authority = None
        assert lrs.encode(got) == lrs.encode(sent)


def test_a_conflict_in_ralph_is_set_aside_and_the_rest_goes(
    project: Path, ralph: dict[str, str]
) -> None:
    rows = "".join(f"S1;2025-03-10;p{n};present\n" for n in range(10))
    _import(project, "session;date;id;presence\n" + rows)
    foreign = next(iter(track.statements_of(project)))
    foreign.result = tincan.Result(success=True)
    with Lrs(settings(ralph)) as store:
        assert store.save_statement(foreign).success
    sending = _command(project, ralph, "send")
    _printed, errors = sending.communicate(timeout=60)
    assert sending.returncode == 1
    assert "capsule track status" in errors
    state = track.status(project)
    assert (state.counts.sent, [one.origin for one in state.refused]) == (19, ["list.csv:2"])


def test_a_wrong_secret_stops_and_is_not_shown(project: Path, ralph: dict[str, str]) -> None:
    _import(project, "session;date;id;presence\nS1;2025-03-10;ada;present\n")
    sending = _command(project, {**ralph, "CAPSULE_LRS_SECRET": "open-sesame"}, "send", "--json")
    printed, errors = sending.communicate(timeout=60)
    assert sending.returncode == 3
    assert "401" in errors
    assert "open-sesame" not in printed + errors
    assert track.status(project).counts.waiting == 2
