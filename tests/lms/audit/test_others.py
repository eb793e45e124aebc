"""Packages that others' tools make."""

import json
import subprocess
from pathlib import Path

import pytest

from capsule.builds.packages import Package
from capsule.lms import audit

from ..packages import Sound, Zipped, edited, rules

MAKE = """
const [module, options] = process.argv.slice(1);
require(module)(JSON.parse(options), () => {});
"""


@pytest.mark.parametrize(
    ("version", "format_"),
    [
        ("1.2", "SCORM 1.2"),
        ("2004 3rd Edition", "SCORM 2004"),
        ("2004 4th Edition", "SCORM 2004"),
    ],
)
def test_simple_scorm_packager(
    node_modules: Path, tmp_path: Path, version: str, format_: str
) -> None:
    """Its manifests have metadata where the schemas allow none, and set a mastery score."""
    source = tmp_path / "content"
    source.mkdir()
    page = "<script>/* cmi.core.lesson_status cmi.completion_status */</script>"
    (source / "index.html").write_text(page, encoding="utf-8")
    options = {
        **{"version": version, "organization": "Essai", "title": "Essai", "identifier": "essai"},
        **{"startingPage": "index.html", "source": str(source)},
        "package": {"zip": True, "outputFolder": str(tmp_path), "name": "essai"},
    }
    command = ["node", "-e", MAKE, str(node_modules / "simple-scorm-packager")]
    subprocess.run([*command, json.dumps(options)], check=True, capture_output=True)
    [made] = tmp_path.glob("*.zip")
    report = audit.inspect(made)
    assert report.formats == (format_,)
    assert [finding.rule for finding in report.faults] == ["xsd", "xsd"]
    assert all("'metadata'" in finding.what for finding in report.faults)
    assert [finding.rule for finding in report.remarks] == ["mastery"]


@pytest.mark.parametrize("name", ["scorm12", "scorm2004"])
def test_metadata_and_vendors_elements_are_left_alone(
    sound: Sound, zipped: Zipped, name: Package
) -> None:
    own = """<lom xmlns="http://www.imsglobal.org/xsd/imsmd_rootv1p2p1"><general/></lom>
      <v:made xmlns:v="https://vendor.example" by="hand"><v:a/></v:made></metadata>"""
    assert rules(zipped(edited(sound[name], "imsmanifest.xml", "</metadata>", own))) == []
