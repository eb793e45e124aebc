"""The manifests against the schemas of IMS and ADL."""

import re
import subprocess
import sys

import pytest
from lxml import etree

from capsule import resources
from capsule.builds.packages import PACKAGERS
from capsule.lms import schemas, scorm
from capsule.plan import Plan

VENDOR = resources.templates().parent / ".ci" / "vendor"


def valid(standard: schemas.Standard, content: bytes) -> bool:
    result: bool = schemas.schema(standard).validate(etree.fromstring(content))
    return result


@pytest.mark.parametrize(
    ("standard", "old", "new"),
    [
        ("scorm12", b"title>", b"titel>"),
        ("scorm12", b'scormtype="sco"', b'scormtype="SCO"'),
        ("scorm2004", b'scormType="sco"', b'scormType="SCO"'),
        ("scorm2004", b"completionSetByContent", b"completionByContent"),
        ("scorm2004", b' type="webcontent"', b""),
    ],
)
def test_a_manifest_is_held_to_all_its_namespaces(
    small_plan: Plan, standard: schemas.Standard, old: bytes, new: bytes
) -> None:
    content = PACKAGERS[standard]({"index.html": b""}, small_plan)[scorm.MANIFEST]
    assert isinstance(content, bytes)
    assert valid(standard, content), schemas.schema(standard).error_log
    assert not valid(standard, content.replace(old, new))


@pytest.mark.parametrize("standard", ["scorm12", "scorm2004"])
def test_what_goes_into_a_package_needs_nothing_else(standard: schemas.Standard) -> None:
    carried = schemas.files(standard)
    for path in carried.values():
        text = path.read_text(encoding="utf-8") if not isinstance(path, bytes) else ""
        references = re.findall(r'(?:schemaLocation|SYSTEM|//EN")\s*=?\s*"([^"]+)"', text)
        local = {name for name in references if not name.startswith("http:")}
        assert local <= carried.keys()
    assert set(schemas.location(standard).split()[1::2]) <= carried.keys()


def test_vendored_files_are_those_of_npm() -> None:
    subprocess.run([sys.executable, VENDOR], check=True, capture_output=True)
