"""The French catalogue says everything that the code says."""

import io
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[1]
FRENCH = ROOT / "capsule" / "locale" / "fr" / "LC_MESSAGES" / "capsule.po"
PYTHON = sorted((ROOT / "capsule").rglob("*.py"))
METHODS = [("**.py", "python"), ("**.j2", "jinja2")]
JINJA = {"**.j2": {"encoding": "utf-8", "trimmed": "true", "newstyle_gettext": "true"}}


@pytest.fixture(scope="module")
def french() -> Catalog:
    with FRENCH.open("rb") as file:
        return read_po(file, locale="fr")


@pytest.mark.parametrize(
    "folder", [ROOT / "capsule", ROOT / "templates", Path(click.__file__).parent]
)
def test_every_message_is_translated(french: Catalog, folder: Path) -> None:
    keywords = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)}
    found = extract_from_dir(folder, METHODS, JINJA, keywords)
    for _file, _line, message, _comments, _context in found:
        entry = french.get(message if isinstance(message, str) else message[0])
        assert entry is not None, message
        texts = (entry.string,) if isinstance(entry.string, str) else entry.string
        assert texts, message
        assert all(texts), message
        assert not entry.fuzzy, message


def test_no_message_hides_in_an_f_string() -> None:
    """Where what reads messages out of the code does not find it."""
    hidden = re.compile(r"""f["'].*\{(_|N_|[\w.]*gettext)\(["']""")
    found = {path.name: hidden.search(path.read_text("utf-8")) for path in PYTHON}
    assert [name for name, hit in found.items() if hit] == []


def test_placeholders_survive_translation(french: Catalog) -> None:
    assert [error for message in french for error in message.check(french)] == []


def test_the_compiled_catalogue_is_the_written_one(french: Catalog) -> None:
    compiled = io.BytesIO()
    write_mo(compiled, french)
    assert FRENCH.with_suffix(".mo").read_bytes() == compiled.getvalue()


@pytest.mark.parametrize(
    ("language", "arguments", "said"),
    [
        ("", ["--lang", "fr"], "Fabrique des capsules"),
        ("", ["--lang=fr"], "Usage :"),
        ("fr_FR.UTF-8", [], "Fabrique des capsules"),
        ("fr_FR.UTF-8", ["--lang", "en"], "Make ten-minute opening capsules"),
        ("C", [], "Make ten-minute opening capsules"),
    ],
)
def test_the_language_is_chosen(language: str, arguments: list[str], said: str) -> None:
    shown = subprocess.run(
        [sys.executable, "-m", "capsule", *arguments, "--help"],
        env={"LANG": language, "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert said in shown.stdout.replace("\u00a0", " ")
