"""The manifests against the schemas of IMS and ADL."""

import re
import subprocess
import sys

import pytest
from lxml import etree

from capsule import resources
from capsule.lms import schemas, scorm12
from capsule.plan import Plan

VENDOR = resources.templates().parent / ".ci" / "vendor"
MANIFEST_2004 = f"""<?xml version="1.0" encoding="UTF-8"?>
<manifest identifier="m" version="1" xmlns="http://www.imsglobal.org/xsd/imscp_v1p1"
  xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_v1p3"
  xmlns:imsss="http://www.imsglobal.org/xsd/imsss"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  xsi:schemaLocation="{schemas.location("scorm2004")}">
  <metadata><schema>ADL SCORM</schema><schemaversion>2004 4th Edition</schemaversion></metadata>
  <organizations default="o">
    <organization identifier="o"><title>T</title>
      <item identifier="i" identifierref="r"><title>T</title>
        <imsss:sequencing><imsss:deliveryControls completionSetByContent="true"/></imsss:sequencing>
      </item>
    </organization>
  </organizations>
  <resources>
    <resource identifier="r" type="webcontent" adlcp:scormType="sco" href="index.html">
      <file href="index.html"/>
    </resource>
  </resources>
</manifest>"""


def valid(standard: schemas.Standard, text: str | bytes) -> bool:
    result: bool = schemas.schema(standard).validate(
        etree.fromstring(text.encode() if isinstance(text, str) else text)
    )
    return result


def test_our_scorm12_manifest_is_valid(small_plan: Plan) -> None:
    content = scorm12.entries({"index.html": b""}, small_plan)[scorm12.MANIFEST]
    assert isinstance(content, bytes)
    assert valid("scorm12", content), schemas.schema("scorm12").error_log
    assert not valid("scorm12", content.replace(b"title>", b"titel>"))
    assert not valid("scorm12", content.replace(b'scormtype="sco"', b'scormtype="SCO"'))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('scormType="sco"', 'scormType="SCO"'),
        ("completionSetByContent", "completionByContent"),
        (' type="webcontent"', ""),
    ],
)
def test_a_scorm2004_manifest_is_held_to_all_its_namespaces(old: str, new: str) -> None:
    assert valid("scorm2004", MANIFEST_2004), schemas.schema("scorm2004").error_log
    assert not valid("scorm2004", MANIFEST_2004.replace(old, new))


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
