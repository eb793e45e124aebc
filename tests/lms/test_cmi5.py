from pathlib import Path
from urllib.parse import urlsplit

from lxml import etree

from capsule import model
from capsule.lms import cmi5
from capsule.plan import Plan, make

NAMESPACE = "https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd"
PLAYER: dict[str, bytes | Path] = {"index.html": b"<!doctype html>", "media/essai.mp4": b""}


def structure(plan: Plan) -> etree._Element:
    content = cmi5.entries(PLAYER, plan)["cmi5.xml"]
    assert isinstance(content, bytes)
    return etree.fromstring(content)


def local(element: etree._Element) -> list[str]:
    return [etree.QName(child).localname for child in element]


def test_the_structure_is_that_of_the_specification(small_plan: Plan) -> None:
    root = structure(small_plan)
    assert root.tag == f"{{{NAMESPACE}}}courseStructure"
    assert local(root) == ["course", "au"]
    course, unit = root
    assert local(course) == ["title", "description"]
    assert local(unit) == ["title", "description", "url"]
    for text in root.iter(f"{{{NAMESPACE}}}langstring"):
        assert text.get("lang") == "fr"
    assert unit[0][0].text == "L’essai\u00a0: vingt secondes, tout compris & <vite>"
    assert unit[1][0].text == "À la fin, on a tout vu."


def test_ids_are_iris_of_the_centre_and_differ(small_plan: Plan) -> None:
    course, unit = structure(small_plan)
    assert unit.get("id") == small_plan.names.capsule_iri
    assert course.get("id") != unit.get("id")
    for element in (course, unit):
        parts = urlsplit(str(element.get("id")))
        assert parts.scheme == "https"
        assert parts.netloc


def test_completed_is_enough_and_nothing_is_scored(small_plan: Plan) -> None:
    unit = structure(small_plan)[1]
    assert unit.get("moveOn") == "Completed"
    assert unit.get("masteryScore") is None
    assert unit.get("launchMethod") == "AnyWindow"


def test_the_unit_is_in_the_package(small_plan: Plan) -> None:
    entries = cmi5.entries(PLAYER, small_plan)
    assert next(iter(entries)) == "cmi5.xml"
    assert structure(small_plan)[1].findtext(f"{{{NAMESPACE}}}url") in entries


def test_a_capsule_without_objective_has_a_description(small: model.Capsule) -> None:
    root = structure(make(small.model_copy(update={"objective": None})))
    assert all(text.text for text in root.iter(f"{{{NAMESPACE}}}langstring"))
