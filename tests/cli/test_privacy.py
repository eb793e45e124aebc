import json
import shutil
from pathlib import Path

import pytest

from capsule.cli import output
from capsule.tracking import keys

from .conftest import tracked

LIST = "session;date;id;présence\nS1;10/03/2021;ada;P\nS1;10/03/2021;bob;A\n"


@pytest.fixture(autouse=True)
def _imported(project: Path) -> None:
    (project / "list.csv").write_text(LIST, encoding="utf-8")
    assert tracked("import", "list.csv").exit_code == 0


def _secret(project: Path) -> str:
    return keys.read(project / ".capsule" / "key")[0].secret.hex()


def test_the_key_is_shown_by_its_fingerprint(project: Path) -> None:
    shown, told = tracked("key", "show"), tracked("key", "show", "--json")
    check = keys.read(project / ".capsule" / "key")[0].check
    assert shown.stdout.startswith(".capsule/key (0600)\n")
    assert check in shown.stdout
    assert json.loads(told.stdout)["keys"][0][0] == check
    assert _secret(project)[:12] not in shown.output + told.output


def test_no_key_is_looked_for_where_there_never_was_one(project: Path) -> None:
    shutil.rmtree(project / ".capsule")
    assert tracked("undo", "1").exit_code == 1  # which makes an empty store
    for words in (("show",), ("export", "copy")):
        assert "there is no key yet: the first import makes it" in tracked("key", *words).stderr
    tracked("import", "list.csv")
    (project / ".capsule" / "key").unlink()
    assert "key is gone: restore it" in tracked("key", "show").stderr


def test_a_key_that_others_may_read_stops_all(project: Path) -> None:
    (project / ".capsule" / "key").chmod(0o644)
    done = tracked("import", "list.csv")
    assert done.exit_code == 1
    assert "run chmod 600 .capsule/key" in done.stderr


def test_the_key_goes_to_the_data_officer_and_back(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = _secret(project)
    assert tracked("key", "export", "copy").stdout == "copy opens every pseudonym: keep it safe.\n"
    assert secret in (project / "copy").read_text()
    done = tracked("key", "export", "copy.age", "--passphrase", typed="three words\nthree words\n")
    assert done.exit_code == 0
    assert "three" not in done.output
    (project / ".capsule" / "key").unlink()
    assert tracked("key", "import", "copy.age", typed="two\n").exit_code == 1
    monkeypatch.setenv("CAPSULE_KEY_PASSPHRASE", "three words")
    assert tracked("key", "import", "copy.age").exit_code == 0
    assert _secret(project) == secret
    assert tracked("key", "rotate", "--from", "01/01/2031").exit_code == 0
    assert tracked("key", "rotate", "--from", "2030-12-31").exit_code == 1
    assert tracked("key", "make").exit_code == 1
    kinds = [entry["kind"] for entry in json.loads(tracked("imports", "--json").stdout)]
    assert kinds == ["import", "key", "key"]
    assert "key" in tracked("imports").stdout


def test_people_are_written_and_forgotten() -> None:
    assert tracked("people").exit_code == 2
    assert tracked("people", "who.csv").stdout == "2 people in who.csv.\n"
    assert tracked("people", "--forget-all").exit_code == 0
    assert tracked("people", "who.csv").exit_code == 1


def test_forgetting_asks_first(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refused = tracked("forget", "ada", typed="n\n")
    assert refused.exit_code == 1
    assert json.loads(tracked("status", "--json").stdout)["waiting"] == 2
    french = {"y/N": "o/N", "y,yes": "o,oui"}
    monkeypatch.setattr(output, "_", lambda text: french.get(text, text))
    refused = tracked("forget", "ada", typed="nan\n")
    assert (refused.exit_code, "[o/N]" in refused.stderr) == (1, True)
    done = tracked("forget", "ada", typed="Oui\n")
    assert "Lines removed: 1; statements that had not left, removed: 2;" in done.stdout
    assert "ask whoever runs the LRS" in done.stderr
    assert "Nothing here was about" not in done.stderr
    assert "Nothing here was about this person" in tracked("forget", "adda", "--yes").stderr
    again = tracked("import", "list.csv")
    assert "1 row is about a person known as forgotten" in again.stdout
    assert json.loads(tracked("forget", "bob", "--yes", "--json").stdout)["lines"] == 1


def test_what_is_past_keeping_is_said_and_goes(project: Path) -> None:
    assert "tracking: {keep: 3 years}" in tracked("purge").stderr
    file = project / "capsule.yaml"
    text = file.read_text(encoding="utf-8").replace("tracking: {", "tracking: {keep: 3 ans, ")
    file.write_text(text, encoding="utf-8")
    assert "1 session is past keeping: capsule track purge" in tracked("status").stderr
    assert json.loads(tracked("status", "--json").stdout)["overdue"] == 1
    planned = tracked("purge", "--dry-run")
    assert "sessions 1, lines 2, statements sent 0, others 2, identifiers 2." in planned.stdout
    assert planned.stdout.endswith("Nothing was removed.\n")
    before = tracked("report", "--json").stdout
    assert json.loads(tracked("purge", "--json").stdout)["identifiers"] == 2
    assert tracked("report", "--json").stdout == before
    assert tracked("status").stderr == ""
    assert "2 rows are past keeping" in tracked("import", "list.csv").stdout
    file.write_text(text.replace("3 ans", "bientôt"), encoding="utf-8")
    assert "bientôt is not a period; write it like 3 years" in tracked("status").stderr


def test_the_register_is_written(project: Path) -> None:
    for name in ("register.md", "register.html"):
        assert tracked("register", name).stdout == f"{name}\n"
        assert "2 pseudonymes dans 1 session" in (project / name).read_text(encoding="utf-8")
    done = tracked("register", "register.docx")
    assert done.exit_code == 1
    assert "ends in .html or .md" in done.stderr
