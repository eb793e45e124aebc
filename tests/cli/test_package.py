"""The check and the comparison of packages, run as a user runs them."""

import json
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

Run = Callable[..., subprocess.CompletedProcess[str]]

TINCAN = """<tincan xmlns="http://projecttincan.com/tincan.xsd">
  <activities>
    <activity id="{id}" type="http://adlnet.gov/expapi/activities/course">
      <name lang="fr">{title}</name>
      <description lang="fr">Un essai</description>
      <launch lang="fr">{page}</launch>
    </activity>
  </activities>
</tincan>
"""


def package(path: Path, *more: str, **values: str) -> None:
    told = {"id": "https://formation.example/essai", "title": "Essai", "page": "index.html"}
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("tincan.xml", TINCAN.format(**{**told, **values}))
        for name in ("index.html", *more):
            archive.writestr(name, "")


def test_check_of_a_sound_package(run: Run, tmp_path: Path) -> None:
    package(tmp_path / "essai.zip", "desktop.ini")
    done = run(tmp_path, "check", "essai.zip")
    assert done.stdout.splitlines() == [
        "essai.zip/desktop.ini: (remark) this was left there by a computer and serves nothing"
        " (1 such files in all); remove it",
        "No problem found in 3 files: xAPI (tincan.xml).",
    ]


def test_check_of_a_faulty_package(run: Run, tmp_path: Path) -> None:
    package(tmp_path / "essai.zip", page="absent.html", id="essai")
    done = run(tmp_path, "check", "essai.zip", code=2)
    first, second, last = done.stdout.splitlines()
    assert first.startswith("essai.zip/tincan.xml:3:5: the id of the activity is no absolute IRI")
    assert second == (
        "essai.zip/tincan.xml:6:7: absent.html is not in the package;"
        " add the file, or remove what leads to it"
    )
    assert last == "2 problems found."
    told = json.loads(run(tmp_path, "check", "essai.zip", "--json", code=2).stdout)
    assert told["formats"] == ["xAPI (tincan.xml)"]
    assert [problem["rule"] for problem in told["problems"]] == ["tincan-id", "file-missing"]
    assert told["problems"][1]["line"] == 6


def test_check_of_what_is_no_package(run: Run, tmp_path: Path) -> None:
    (tmp_path / "essai.zip").write_bytes(b"PK, then nothing")
    done = run(tmp_path, "check", "essai.zip", "--json", code=2)
    assert "essai.zip: the file is damaged or cut short" in done.stderr
    assert json.loads(done.stdout)["problems"][0]["what"] == "the file is damaged or cut short"


def test_diff_tells_by_its_exit_code(run: Run, tmp_path: Path) -> None:
    package(tmp_path / "old.zip")
    package(tmp_path / "new.zip", title="Autre")
    package(tmp_path / "other.zip", id="https://formation.example/autre")
    done = run(tmp_path, "diff", "old.zip", "new.zip")
    assert done.stdout.splitlines()[:4] == [
        "Learners keep their history: replace the package in the same activity.",
        "",
        "What changes:",
        "  title: Essai → Autre",
    ]
    told = json.loads(run(tmp_path, "diff", "old.zip", "other.zip", "--json", code=1).stdout)
    assert told["history"] == "lost"
    assert [loss["kind"] for loss in told["losses"]] == ["activity"]
