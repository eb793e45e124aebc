"""The two SCORM packages: what LMSs look for in their manifests."""

import re
from pathlib import Path
from typing import NamedTuple

import pytest
from lxml import etree

from capsule import model
from capsule.lms import schemas, scorm12, scorm2004
from capsule.plan import Plan, make

PLAYER: dict[str, bytes | Path] = {
    "index.html": b"<!doctype html>",
    "player/data.js": b"",
    "media/essai.mp4": b"",
}


class Kind(NamedTuple):
    """What one standard calls things."""

    standard: schemas.Standard
    version: str
    names: dict[str, str]
    type: str


KINDS = (
    Kind(
        "scorm12",
        "1.2",
        {
            "cp": "http://www.imsproject.org/xsd/imscp_rootv1p1p2",
            "adlcp": "http://www.adlnet.org/xsd/adlcp_rootv1p2",
        },
        "scormtype",
    ),
    Kind(
        "scorm2004",
        "2004 4th Edition",
        {
            "cp": "http://www.imsglobal.org/xsd/imscp_v1p1",
            "adlcp": "http://www.adlnet.org/xsd/adlcp_v1p3",
            "imsss": "http://www.imsglobal.org/xsd/imsss",
        },
        "scormType",
    ),
)


@pytest.fixture(params=KINDS, ids=[kind.standard for kind in KINDS])
def kind(request: pytest.FixtureRequest) -> Kind:
    found: Kind = request.param
    return found


def entries(kind: Kind, plan: Plan) -> dict[str, bytes | Path]:
    return {"scorm12": scorm12.entries, "scorm2004": scorm2004.entries}[kind.standard](PLAYER, plan)


def manifest(kind: Kind, plan: Plan) -> etree._Element:
    content = entries(kind, plan)["imsmanifest.xml"]
    assert isinstance(content, bytes)
    return etree.fromstring(content)


def test_the_manifest_comes_first_and_lists_every_file_once(kind: Kind, small_plan: Plan) -> None:
    first, *others = entries(kind, small_plan)
    assert first == "imsmanifest.xml"
    assert others[-len(PLAYER) :] == list(PLAYER)
    listed = manifest(kind, small_plan).xpath("//cp:file/@href", namespaces=kind.names)
    assert sorted(listed) == sorted(others)


def test_the_schemas_lie_at_the_root(kind: Kind, small_plan: Plan) -> None:
    root = manifest(kind, small_plan)
    location = root.get("{http://www.w3.org/2001/XMLSchema-instance}schemaLocation")
    assert set(location.split()[1::2]) <= set(entries(kind, small_plan))


def test_it_says_what_an_lms_looks_for(kind: Kind, small_plan: Plan) -> None:
    root, names = manifest(kind, small_plan), kind.names
    assert schemas.schema(kind.standard).validate(root), schemas.schema(kind.standard).error_log
    assert root.xpath("string(//cp:schemaversion)", namespaces=names) == kind.version
    unit, beside = root.xpath("//cp:resource", namespaces=names)
    type_ = f"{{{names['adlcp']}}}{kind.type}"
    assert (unit.get(type_), unit.get("href")) == ("sco", "index.html")
    assert (beside.get(type_), beside.get("href")) == ("asset", None)
    reference = root.xpath("string(//cp:item/@identifierref)", namespaces=names)
    assert reference == unit.get("identifier")
    assert root.xpath("//cp:organizations/@default", namespaces=names) == root.xpath(
        "//cp:organization/@identifier", namespaces=names
    )
    title = "L’essai\u00a0: vingt secondes, tout compris & ‹vite›"
    assert root.xpath("string(//cp:item/cp:title)", namespaces=names) == title


def test_status_is_what_the_player_says(small_plan: Plan) -> None:
    """A mastery score, or a rule of the LMS's own, would overrule it."""
    older, newer = (manifest(kind, small_plan) for kind in KINDS)
    assert older.xpath("//adlcp:masteryscore", namespaces=KINDS[0].names) == []
    found = newer.xpath("//imsss:*", namespaces=KINDS[1].names)
    assert {etree.QName(one).localname: dict(one.attrib) for one in found} == {
        "sequencing": {},
        "deliveryControls": {"completionSetByContent": "true", "objectiveSetByContent": "true"},
        "controlMode": {"choice": "true", "flow": "true"},
    }


def test_ids_hang_on_the_capsule_and_not_on_its_content(kind: Kind, small: model.Capsule) -> None:
    def ids(capsule: model.Capsule) -> list[str]:
        found: list[str] = manifest(kind, make(capsule)).xpath("//@identifier")
        return found

    renamed = small.model_copy(update={"title": "Un autre titre"})
    assert ids(renamed) == ids(small)
    assert ids(small.model_copy(update={"capsule": "10-minutes"})) != ids(small)
    elsewhere = small.tracking.model_copy(update={"base": "https://autre.example"})
    assert ids(small.model_copy(update={"tracking": elsewhere})) != ids(small)
    numbered = ids(small.model_copy(update={"capsule": "10-minutes"}))
    assert all(re.fullmatch(r"[a-z][a-z0-9-]*", found) for found in numbered)
    assert len(set(numbered)) == len(numbered)
