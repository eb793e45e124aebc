import re
from pathlib import Path

from lxml import etree

from capsule import model
from capsule.lms import scorm12
from capsule.plan import Plan, make

NAMES = {
    "cp": "http://www.imsproject.org/xsd/imscp_rootv1p1p2",
    "adlcp": "http://www.adlnet.org/xsd/adlcp_rootv1p2",
}
PLAYER: dict[str, bytes | Path] = {
    "index.html": b"<!doctype html>",
    "player/data.js": b"",
    "media/essai.mp4": b"",
}


def manifest(plan: Plan) -> etree._Element:
    content = scorm12.entries(PLAYER, plan)["imsmanifest.xml"]
    assert isinstance(content, bytes)
    return etree.fromstring(content)


def test_the_manifest_comes_first_and_lists_every_file(small_plan: Plan) -> None:
    entries = scorm12.entries(PLAYER, small_plan)
    assert list(entries) == ["imsmanifest.xml", *PLAYER]
    listed = manifest(small_plan).xpath("//cp:file/@href", namespaces=NAMES)
    assert listed == list(PLAYER)


def test_it_says_what_an_lms_looks_for(small_plan: Plan) -> None:
    root = manifest(small_plan)
    assert root.xpath("string(//cp:schemaversion)", namespaces=NAMES) == "1.2"
    resource = root.xpath("//cp:resource", namespaces=NAMES)
    assert len(resource) == 1
    assert resource[0].get(f"{{{NAMES['adlcp']}}}scormtype") == "sco"
    assert resource[0].get("href") == "index.html"
    reference = root.xpath("string(//cp:item/@identifierref)", namespaces=NAMES)
    assert reference == resource[0].get("identifier")
    assert root.xpath("//cp:organizations/@default", namespaces=NAMES) == root.xpath(
        "//cp:organization/@identifier", namespaces=NAMES
    )
    title = "L’essai\u00a0: vingt secondes, tout compris & <vite>"
    assert root.xpath("string(//cp:item/cp:title)", namespaces=NAMES) == title


def test_ids_hang_on_the_capsule_and_not_on_its_content(small: model.Capsule) -> None:
    def ids(capsule: model.Capsule) -> list[str]:
        found: list[str] = manifest(make(capsule)).xpath("//@identifier")
        return found

    renamed = small.model_copy(update={"title": "Un autre titre"})
    assert ids(renamed) == ids(small)
    assert ids(small.model_copy(update={"capsule": "10-minutes"})) != ids(small)
    elsewhere = small.tracking.model_copy(update={"base": "https://autre.example"})
    assert ids(small.model_copy(update={"tracking": elsewhere})) != ids(small)
    numbered = ids(small.model_copy(update={"capsule": "10-minutes"}))
    assert all(re.fullmatch(r"[a-z][a-z0-9-]*", found) for found in numbered)
    assert len(set(numbered)) == len(numbered)
