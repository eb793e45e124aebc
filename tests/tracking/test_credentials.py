"""Secrets are found where they belong, and show nowhere: each test tries to make one leak."""

import io
import json
import logging
import sys
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringError
from rich.console import Console
from rich.traceback import Traceback

from capsule import source, track
from capsule.errors import InputError, UnavailableError
from capsule.tracking.credentials import Environment, secret
from capsule.tracking.endpoint import settings
from capsule.tracking.lrs import Lrs, decode

SECRET = "h4sh-hush"
LOGIN = "a2V5Omg0c2gtaHVzaA=="  # base64 of key:h4sh-hush
URL = {"CAPSULE_LRS_URL": "https://lrs.example.org/xapi/", "CAPSULE_LRS_KEY": "key"}
FULL = Environment({**URL, "CAPSULE_LRS_SECRET": SECRET})


class Ring(KeyringBackend):
    """A keyring in memory; locked, it raises as real ones do."""

    priority = -1  # never chosen for other tests
    locked = False

    def get_password(self, service: str, username: str) -> str | None:
        if self.locked:
            raise KeyringError("locked")
        return SECRET if (service, username) == ("capsule", "key@lrs.example.org") else None

    def set_password(self, service: str, username: str, password: str) -> None:
        raise NotImplementedError

    def delete_password(self, service: str, username: str) -> None:
        raise NotImplementedError


@pytest.fixture
def ring() -> Iterator[Ring]:
    before, ring = keyring.get_keyring(), Ring()  # type: ignore[no-untyped-call]
    keyring.set_keyring(ring)
    yield ring
    keyring.set_keyring(before)


def test_the_environment_comes_first_then_a_file_then_the_keyring(
    tmp_path: Path, ring: Ring
) -> None:
    file = tmp_path / "secret"
    file.write_text("from-file\n")
    named = {**URL, "CAPSULE_LRS_SECRET_FILE": str(file)}
    assert settings({**named, "CAPSULE_LRS_SECRET": "given"}).secret == "given"
    assert settings(named).secret == "from-file"
    assert settings(URL).secret == SECRET
    with pytest.raises(UnavailableError, match=r"keyring set capsule other@lrs\.example\.org"):
        settings({**URL, "CAPSULE_LRS_KEY": "other"})
    ring.locked = True
    with pytest.raises(UnavailableError, match="give CAPSULE_LRS_SECRET in"):
        settings(URL)


def test_without_the_library_there_is_no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("capsule.tracking.credentials.find_spec", lambda _name: None)
    assert secret(URL, "CAPSULE_LRS_SECRET", "key@lrs.example.org") is None


@pytest.mark.parametrize(
    ("content", "said"), [(None, "No such file"), (b"", "empty"), (b"\xff", "text")]
)
def test_a_file_that_gives_none_is_said(tmp_path: Path, content: bytes | None, said: str) -> None:
    file = tmp_path / "secret"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(UnavailableError, match=rf"CAPSULE_LRS_SECRET_FILE: .*{said}"):
        settings({**URL, "CAPSULE_LRS_SECRET_FILE": str(file)})


def _leaks(*texts: object) -> list[str]:
    return [str(text) for text in texts if SECRET in str(text) or LOGIN in str(text)]


def test_it_is_in_no_repr() -> None:
    found = settings(FULL)
    with Lrs(found, httpx.MockTransport(lambda _request: httpx.Response(204))) as lrs:
        shown = (repr(FULL), str(FULL), repr(found), str(found), repr(lrs), str(lrs))
    assert _leaks(*shown) == []
    assert "3 variables" in shown[0]


def test_it_is_in_no_traceback_with_locals() -> None:
    def cut(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError(f"refused with {request.headers['Authorization']}")

    statement = decode(b'{"id":"0a2a2c3e-2c11-4a71-b2f4-6f7a1d1c9a10"}')

    def failing() -> None:
        with Lrs(settings(FULL), httpx.MockTransport(cut)) as lrs:
            lrs.save_statement(statement)

    with pytest.raises(UnavailableError) as raised:
        failing()
    error, shown = raised.value, io.StringIO()
    drawn = Traceback.from_exception(
        type(error), error, error.__traceback__, show_locals=True, locals_max_string=10_000
    )
    Console(file=shown, width=300).print(drawn)
    told = traceback.TracebackException.from_exception(error, capture_locals=True)
    assert "UnavailableError" in shown.getvalue()
    assert "lrs = " in "".join(told.format())
    assert _leaks(error, shown.getvalue(), "".join(told.format())) == []


def test_it_is_in_no_log_and_no_answer(caplog: pytest.LogCaptureFixture) -> None:
    def echo(request: httpx.Request) -> httpx.Response:
        return httpx.Response(403, text=f"not {request.headers['Authorization']} {SECRET}")

    with caplog.at_level(logging.DEBUG), Lrs(settings(FULL), httpx.MockTransport(echo)) as lrs:
        answer = lrs.post([b"{}"])
    assert "HTTP Request" in caplog.text
    assert _leaks(caplog.text, answer, answer.words) == []


def test_it_is_in_no_message_of_sending(project: Path) -> None:
    def echo(request: httpx.Request) -> httpx.Response:
        return httpx.Response(401, text=str(dict(request.headers)))

    rows = project / "list.csv"
    rows.write_text("session;date;id;présence\nS1;10/03/2025;ada;P\n", encoding="utf-8")
    track.import_attendance(project, [rows], datetime(2026, 6, 1, tzinfo=UTC))
    with pytest.raises(UnavailableError, match="refuses the key") as raised:
        track.send(project, FULL, transport=httpx.MockTransport(echo))
    assert _leaks(raised.value, repr(raised.value)) == []
    kept = [file.read_bytes() for file in (project / ".capsule").iterdir()]
    assert not any(SECRET.encode() in one for one in kept)


@pytest.mark.parametrize(
    "line",
    [
        "secret: h4sh-hush",
        "lrs: {url: https://lrs.example.org, secret: h4sh-hush}",
        "lrs: [{motdepasse: h4sh-hush}]",
        "api_key: h4sh-hush",
        "token: h4sh-hush",
    ],
)
def test_capsule_yaml_is_no_place_for_it(project: Path, line: str) -> None:
    file = project / "capsule.yaml"
    file.write_text(file.read_text(encoding="utf-8") + f"\n{line}\n", encoding="utf-8")
    with pytest.raises(InputError, match="a secret has no place") as raised:
        source.load(project)
    assert "CAPSULE_LRS_SECRET_FILE" in str(raised.value)
    assert _leaks(raised.value, repr(raised.value), json.dumps(str(raised.value.problems))) == []


def test_no_address_in_capsule_yaml_holds_a_login(project: Path) -> None:
    file = project / "capsule.yaml"
    text = file.read_text(encoding="utf-8")
    told = text.replace("https://formation.example", f"https://key:{SECRET}@formation.example")
    assert told != text
    file.write_text(told, encoding="utf-8")
    with pytest.raises(InputError, match="holds a login") as raised:
        source.load(project)
    assert _leaks(raised.value, repr(raised.value)) == []


def test_only_the_tracking_reads_secrets() -> None:
    """What builds decks and packages has no way to them."""
    root = Path(sys.modules["capsule"].__file__ or "").parent
    users = (f for f in root.rglob("*.py") if "credentials" in f.read_text(encoding="utf-8"))
    readers = {file.relative_to(root).as_posix() for file in users}
    assert "tracking/endpoint.py" in readers
    assert {one for one in readers if not one.startswith("track")} <= {
        "cli/sending.py",
        "cli/tracking.py",
    }
