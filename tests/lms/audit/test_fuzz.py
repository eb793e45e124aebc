"""Whatever is done to a package, it is refused or its faults are told: nothing else is raised."""

import io
import zipfile
from pathlib import Path
from unicodedata import category

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from capsule.builds.packages import Package
from capsule.errors import InputError
from capsule.lms import audit, comparison
from capsule.lms.audit import package

from ..packages import MANIFESTS, Sound, Zipped

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


def unfit(path: Path) -> list[str]:
    """What the check says of a package that a terminal would not show, or would obey."""
    try:
        report = audit.inspect(path)
        problems = [one.problem(path) for one in (*report.faults, *report.remarks)]
    except InputError as error:
        problems = list(error.problems)
    texts = [text for one in problems for text in (one.what, str(one))]
    return [text for text in texts if not text or {"Cc", "Cs"} & set(map(category, text))]


def history(path: Path) -> str:
    """What becomes of learners' history when a package is replaced by itself."""
    try:
        return comparison.compare(path, path).history
    except InputError:
        return "refused"


@pytest.mark.parametrize("name", MANIFESTS)
@few
@given(changes=cuts)
def test_a_harmed_zip(sound: Sound, zipped: Zipped, name: Package, changes: Cuts) -> None:
    path = zipped(sound[name])
    path.write_bytes(harmed(path.read_bytes(), changes))
    assert unfit(path) == []
    assert history(path) in {"kept", "refused"}


@pytest.mark.parametrize("name", MANIFESTS)
@few
@given(changes=cuts)
def test_a_harmed_manifest(sound: Sound, zipped: Zipped, name: Package, changes: Cuts) -> None:
    manifest = MANIFESTS[name]
    path = zipped({**sound[name], manifest: harmed(sound[name][manifest], changes)})
    assert unfit(path) == []
    assert history(path) in {"kept", "refused"}


@few
@given(changes=cuts)
def test_harmed_data(sound: Sound, zipped: Zipped, changes: Cuts) -> None:
    files = sound["scorm12"]
    parts = {name: harmed(files[name], changes) for name in ("player/data.js", "index.html")}
    path = zipped({**files, **parts})
    assert unfit(path) == []
    assert history(path) == "kept"


@few
@given(names=st.lists(letters, max_size=8))
def test_any_names(sound: Sound, zipped: Zipped, names: list[str]) -> None:
    path = zipped({**sound["xapi"], **dict.fromkeys(names, b"x")})
    assert unfit(path) == []
    assert history(path) in {"kept", "refused"}


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
def test_hostile_xml(zipped: Zipped, text: str) -> None:
    path = zipped({"tincan.xml": text.encode()})
    assert unfit(path) == []
    assert history(path) in {"kept", "refused"}
    report = audit.inspect(path)
    assert report.faults
    assert "root:" not in "".join(str(one.problem(path)) for one in report.faults)


def test_a_large_text_is_not_held(zipped: Zipped) -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("tincan.xml", b" " * (1 << 25) + b"<a/>")
    path = zipped({})
    path.write_bytes(data.getvalue())
    opened = package.Package(path)
    assert opened.read("tincan.xml") is None
    opened.close()
