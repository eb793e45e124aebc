"""Whatever is done to a package, it is refused or its faults are told: nothing else is raised."""

import io
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from capsule.errors import InputError
from capsule.lms import audit, comparison
from capsule.lms.audit.package import Package

Files = dict[str, bytes]
Cuts = list[tuple[float, bytes]]

letters = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1)
few = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
cuts = st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=6)), min_size=1, max_size=6)


def harmed(content: bytes, changes: Cuts) -> bytes:
    """The content with bytes written over it at shares of its length; none: cut there."""
    data = bytearray(content)
    for share, over in changes:
        at = int(share * len(data))
        if over:
            data[at : at + len(over)] = over
        else:
            del data[at:]
    return bytes(data)


def seen(path: Path) -> None:
    """Have the package checked and compared with itself, in words."""
    for look in (check, compare):
        with suppress(InputError):
            look(path)


def check(path: Path) -> None:
    report = audit.inspect(path)
    for finding in (*report.faults, *report.remarks):
        assert str(finding.problem(path))


def compare(path: Path) -> None:
    assert comparison.compare(path, path).history == "kept"


@pytest.mark.parametrize("name", ["scorm12", "scorm2004", "cmi5", "tincan"])
@few
@given(changes=cuts)
def test_a_harmed_zip(
    sound: dict[str, Files], zipped: Callable[..., Path], name: str, changes: Cuts
) -> None:
    path = zipped(sound[name])
    path.write_bytes(harmed(path.read_bytes(), changes))
    seen(path)


@pytest.mark.parametrize("name", ["scorm12", "scorm2004", "cmi5", "tincan"])
@few
@given(changes=cuts)
def test_a_harmed_manifest(
    sound: dict[str, Files], zipped: Callable[..., Path], name: str, changes: Cuts
) -> None:
    manifest = next(file for file in sound[name] if file.endswith(".xml"))
    seen(zipped({**sound[name], manifest: harmed(sound[name][manifest], changes)}))


@few
@given(changes=cuts)
def test_harmed_data(sound: dict[str, Files], zipped: Callable[..., Path], changes: Cuts) -> None:
    files = sound["scorm12"]
    parts = {name: harmed(files[name], changes) for name in ("player/data.js", "index.html")}
    seen(zipped({**files, **parts}))


@few
@given(names=st.lists(letters, max_size=8))
def test_any_names(sound: dict[str, Files], zipped: Callable[..., Path], names: list[str]) -> None:
    seen(zipped({**sound["tincan"], **dict.fromkeys(names, b"x")}))


@pytest.mark.parametrize(
    "text",
    [
        "<a>" * 100_000,
        "<!DOCTYPE a [" + "".join(
            f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "lol"}">' for n in range(12)
        ) + ']><tincan xmlns="http://projecttincan.com/tincan.xsd" a="&e11;">&e11;</tincan>',
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
        '<tincan xmlns="http://projecttincan.com/tincan.xsd">&x;</tincan>',
        '<tincan xmlns="http://projecttincan.com/tincan.xsd"><!-- a --><?b c?></tincan>',
    ],
    ids=["deep", "billion laughs", "entity of a file", "comments"],
)  # fmt: skip
def test_hostile_xml(zipped: Callable[..., Path], text: str) -> None:
    path = zipped({"tincan.xml": text.encode()})
    seen(path)
    report = audit.inspect(path)
    assert report.faults
    assert "root:" not in "".join(str(one.problem(path)) for one in report.faults)


def test_a_large_text_is_not_held(zipped: Callable[..., Path]) -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_STORED) as package:
        package.writestr("tincan.xml", b" " * (1 << 25) + b"<a/>")
    path = zipped({})
    path.write_bytes(data.getvalue())
    opened = Package(path)
    assert opened.read("tincan.xml") is None
    opened.close()
