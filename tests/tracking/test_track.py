"""What the tracking side does for Python: import, journal, send, status."""

import gc
import hashlib
import json
import re
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import httpx
import pytest

from capsule import track
from capsule.errors import CapsuleError, InputError, UnavailableError
from capsule.source import load
from capsule.track import figures
from capsule.tracking import outbox
from capsule.tracking.lrs import encode
from capsule.tracking.outbox import Counts

from .keeping import LRS, NOW, Listing, Lrs


def test_an_import_leaves_the_search_for_cycles_as_it_was(project: Path, listing: Listing) -> None:
    before = gc.get_threshold()
    track.import_attendance(project, [listing("S1;2025-03-10;ada;present;")], NOW)
    with pytest.raises(OSError, match="gone"):
        track.import_attendance(project, [project / "gone.csv"], NOW)
    assert gc.get_threshold() == before


def test_import_again_from_another_file_in_another_order_adds_nothing(
    project: Path, listing: Listing
) -> None:
    rows = [
        "S1;10/03/2025;ada;P;",
        "S1;10/03/2025;bob;partiel;45",
        "S1;10/03/2025;eve;A;",
    ]
    done = track.import_attendance(project, [listing(*rows, rows[0])], NOW)
    assert (done.added, done.known, done.queued, done.problems) == (3, 1, 3, [])
    before = [str(statement.id) for statement in track.statements_of(project)]
    again = listing(*reversed(rows), name="again.csv")
    done = track.import_attendance(project, [again], NOW)
    assert (done.added, done.known, done.queued, done.problems) == (0, 3, 0, [])
    assert [str(statement.id) for statement in track.statements_of(project)] == before
    (told,) = figures.report(project).lines
    assert (told.expected, told.present, told.completed) == (3, 2, 1)


def test_a_capsule_that_changes_keeps_what_it_said(project: Path, listing: Listing) -> None:
    """Title, length and time zone are in the statements, not in their ids: the first bytes stay."""
    file = listing("S1;10/03/2025;ada;P;")
    track.import_attendance(project, [file], NOW)
    before = [encode(statement) for statement in track.statements_of(project)]
    source = project / "capsule.yaml"
    text = source.read_text(encoding="utf-8")
    text = re.sub("^title:.*", "title: Autre titre", text, flags=re.MULTILINE)
    text = text.replace("tracking: {", "tracking: {timezone: Indian/Reunion, ")
    source.write_text(text, encoding="utf-8")
    changed = load(project).capsule
    assert (changed.title, changed.tracking.timezone) == ("Autre titre", "Indian/Reunion")

    done = track.import_attendance(project, [file], NOW)
    assert (done.added, done.known, done.queued, done.problems) == (0, 1, 0, [])
    assert [encode(statement) for statement in track.statements_of(project)] == before


def test_nothing_is_dated_in_the_future(project: Path, listing: Listing) -> None:
    file = listing("S1;10/03/2025 9h00;ada;P;")
    during, after = (datetime(2025, 3, 10, 8, 0, second, tzinfo=UTC) for second in (19, 20))
    assert len(track.import_attendance(project, [file], during).problems) == 1
    assert track.import_attendance(project, [file], after).queued == 2
    assert max(statement.timestamp for statement in track.statements_of(project)) == after


def test_imports_at_the_same_time_agree_on_a_key(project: Path, listing: Listing) -> None:
    file = listing("S1;10/03/2025;ada;P;")
    command = [sys.executable, "-m", "capsule", "track", "import", file.name, "--json"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    started = [subprocess.Popen(command, cwd=project, **pipes) for _n in range(3)]  # type: ignore[call-overload]
    told = [process.communicate(timeout=60) for process in started]
    assert [process.returncode for process in started] == [0, 0, 0], told
    assert sorted(json.loads(out)["added"] for out, _error in told) == [0, 0, 1]


def test_a_later_list_corrects_and_the_former_does_not_come_back(
    project: Path, listing: Listing
) -> None:
    former = listing("S1;10/03/2025;ada;partiel;45")
    track.import_attendance(project, [former], NOW)
    later = listing("S1;10/03/2025;ADA;P;", "S1;10/03/2025;bob;P;", name="later.csv")
    done = track.import_attendance(project, [later], NOW)
    assert (done.added, done.corrected, done.queued, done.problems) == (1, 1, 4, [])
    for file in (former, later, former):
        done = track.import_attendance(project, [file], NOW)
        assert (done.added, done.corrected, done.queued) == (0, 0, 0)
    assert done.outdated == 1
    (told,) = figures.report(project).lines
    assert (told.expected, told.completed) == (2, 2)
    assert track.status(project).counts == Counts(waiting=4, withdrawn=1)
    done = track.import_attendance(project, [former], NOW, replace=True)
    assert (done.corrected, done.queued) == (1, 1)
    (told,) = figures.report(project).lines
    assert (told.expected, told.completed) == (2, 1)


def test_two_lines_that_contradict_each_other_are_both_left_out(
    project: Path, listing: Listing
) -> None:
    file = listing("S1;10/03/2025;ada;P;", "S1;10/03/2025;bob;P;")
    other = listing("S1;10/03/2025;ADA;partiel;45", name="other.csv")
    done = track.import_attendance(project, [file, other], NOW)
    assert (done.added, done.queued) == (1, 2)
    assert [(one.path, one.line) for one in done.problems] == [(file, 2), (other, 2)]
    assert "is present for 45 minutes here, and present in another line" in done.problems[1].what


def test_the_journal_tells_the_files_and_undoes(project: Path, listing: Listing) -> None:
    file = listing("S1;10/03/2025;ada;P;", "S1;10/03/2025;bob;Z;")
    track.import_attendance(project, [file], NOW)
    (entry,) = track.imports(project)
    assert (entry.id, entry.at, entry.statements, entry.left) == (1, NOW.isoformat(), 2, 0)
    (read,) = entry.files
    assert read.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
    assert (read.name, read.rows, read.added) == ("list.csv", 2, 1)
    track.send(project, LRS, transport=Lrs().transport)
    with pytest.raises(CapsuleError, match="that have left for the LRS: 2"):
        track.undo(project, 1, NOW)
    assert track.undo(project, 1, NOW, void=True) == 2
    assert figures.report(project).lines == []
    lrs = Lrs()
    assert track.send(project, LRS, transport=lrs.transport) == Counts(sent=2)


def test_void_a_session_a_person_or_a_statement(project: Path, listing: Listing) -> None:
    rows = [f"S1;{day}/03/2025;{who};P;" for day in (10, 11) for who in ("ada@x.example", "bob")]
    track.import_attendance(project, [listing(*rows)], NOW)
    with pytest.raises(CapsuleError, match="give one of 2025-03-10, 2025-03-11 with --date"):
        track.void(project, "s1", None, "wrong room", NOW)
    assert track.void(project, "s1", " Ada@X.example", "wrong", NOW, day=date(2025, 3, 10)) == 1
    assert track.void(project, "S1", None, "wrong room", NOW, day=date(2025, 3, 11)) == 2
    assert track.status(project).counts == Counts(waiting=2, withdrawn=6)
    with pytest.raises(CapsuleError, match="nobody to void"):
        track.void(project, "S1", "ada@x.example", "again", NOW, day=date(2025, 3, 10))
    with pytest.raises(CapsuleError, match="no session S9"):
        track.void(project, "S9", None, "wrong room", NOW)
    one, _other = (str(statement.id) for statement in track.statements_of(project))
    with pytest.raises(CapsuleError, match="no statement 0 in the store"):
        track.void_statements(project, [one, "0"], "wrong", NOW)
    assert track.void_statements(project, [one.upper()], "wrong", NOW) == 1
    assert figures.report(project).lines == []
    reasons = [entry.reason for entry in track.imports(project) if entry.kind == "void"]
    assert reasons == ["wrong", "wrong room", "wrong"]
    assert not any(b"wrong" in encode(statement) for statement in track.statements_of(project))


def test_a_store_in_postgresql(project: Path, listing: Listing, postgresql: str) -> None:
    environ = {"CAPSULE_OUTBOX": f"{postgresql}&schema=track"}
    file = listing("S1;10/03/2025;ada;P;")
    assert track.import_attendance(project, [file], NOW, environ=environ).queued == 2
    kept = sorted(one.name for one in (project / ".capsule").iterdir())
    assert kept == [".gitignore", "key", "people.db"]
    assert track.send(project, LRS | environ, transport=Lrs().transport) == Counts(sent=2)
    assert track.status(project, environ=environ).counts == Counts(sent=2)
    assert track.status(project).counts == Counts()


def test_no_name_is_kept(project: Path, listing: Listing) -> None:
    file = project / "list.csv"
    file.write_text("session;date;id;nom;présence\nS1;10/03/2025;ada@x.example;Lovelace;P\n")
    track.import_attendance(project, [file], NOW)
    for file in (project / ".capsule").iterdir():
        assert b"ada@" not in file.read_bytes() or file.name == "people.db"
        assert b"Lovelace" not in file.read_bytes()
    assert (project / ".capsule" / ".gitignore").read_text() == "*\n"


def test_a_lost_key_is_said_before_people_are_counted_twice(
    project: Path, listing: Listing
) -> None:
    file = listing("S1;10/03/2025;ada;P;")
    track.import_attendance(project, [file], NOW)
    (project / ".capsule" / "key").unlink()
    with pytest.raises(CapsuleError, match="key is gone: restore it"):
        track.import_attendance(project, [file], NOW)
    assert not (project / ".capsule" / "key").exists()
    (project / ".capsule" / "key").write_text("0" * 64)
    (project / ".capsule" / "key").chmod(0o600)
    with pytest.raises(CapsuleError, match="restore the file"):
        track.import_attendance(project, [file], NOW)
    assert track.status(project).counts.waiting == 2


def test_send_in_batches_and_once(project: Path, listing: Listing) -> None:
    rows = [f"S1;10/03/2025;p{n};P;" for n in range(5)]
    track.import_attendance(project, [listing(*rows)], NOW)
    heard: list[tuple[int, int]] = []
    lrs = Lrs()
    sent = track.send(
        project,
        LRS,
        lambda done, total: heard.append((done, total)),
        batch=4,
        transport=lrs.transport,
    )
    assert sent == Counts(sent=10)
    assert [len(batch) for batch in lrs.batches] == [4, 4, 2]
    assert (heard[0], heard[-1]) == ((0, 10), (10, 10))
    assert heard == sorted(heard)
    assert track.send(project, LRS, transport=lrs.transport) == Counts()
    assert len(lrs.batches) == 3


def test_a_stopped_sending_goes_on_where_it_was(project: Path, listing: Listing) -> None:
    rows = [f"S1;10/03/2025;p{n};P;" for n in range(5)]
    track.import_attendance(project, [listing(*rows)], NOW)
    lrs = Lrs()

    def stop(done: int, _total: int) -> None:
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        track.send(project, LRS, stop, batch=4, transport=lrs.transport)
    assert track.status(project).counts == Counts(waiting=6, sent=4)
    track.send(project, LRS, batch=4, transport=lrs.transport)
    ids = [one["id"] for one in lrs.told]
    assert len(ids) == len(set(ids)) == 10


def test_refused_statements_are_kept_with_their_line(project: Path, listing: Listing) -> None:
    track.import_attendance(project, [listing("S1;10/03/2025;bob;partiel;45")], NOW)
    refusing = httpx.MockTransport(lambda _request: httpx.Response(400, text="no verb"))
    assert track.send(project, LRS, transport=refusing) == Counts(refused=1)
    (refused,) = track.status(project).refused
    assert (refused.origin, refused.reason) == ("list.csv:2", "400 no verb")
    assert track.send(project, LRS, transport=refusing) == Counts()
    taking = Lrs().transport
    assert track.send(project, LRS, transport=taking, retry_refused=True) == Counts(sent=1)


def test_two_senders_at_once(project: Path, listing: Listing) -> None:
    track.import_attendance(project, [listing("S1;10/03/2025;ada;P;")], NOW)
    lock = project / ".capsule" / "sending.lock"
    with outbox.sole_sender(lock), pytest.raises(CapsuleError, match="another process"):
        track.send(project, LRS, transport=Lrs().transport)


def test_nothing_imported_yet(project: Path) -> None:
    assert track.status(project).counts == Counts()
    assert list(track.statements_of(project)) == []
    assert figures.report(project).lines == []
    assert track.send(project, LRS) == Counts()
    assert not (project / ".capsule").exists()


def test_without_a_capsule_or_an_lrs(project: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"capsule\.yaml"):
        figures.report(tmp_path)
    with pytest.raises(UnavailableError, match="CAPSULE_LRS_SECRET"):
        track.send(project, {**LRS, "CAPSULE_LRS_SECRET": ""})
