from pathlib import Path

from lxml import etree

from capsule import model
from capsule.lms import tincan
from capsule.plan import Plan, make

PLAYER: dict[str, bytes | Path] = {"index.html": b"<!doctype html>", "media/essai.mp4": b""}


def activity(plan: Plan) -> etree._Element:
    content = tincan.entries(PLAYER, plan)["tincan.xml"]
    assert isinstance(content, bytes)
    root = etree.fromstring(content)
    assert root.tag == "{http://projecttincan.com/tincan.xsd}tincan"
    [[found]] = root
    return found


def test_the_activity_is_the_capsule_and_launches_the_page(small_plan: Plan) -> None:
    found = activity(small_plan)
    assert dict(found.attrib) == {
        "id": small_plan.names.capsule_iri,
        "type": "http://adlnet.gov/expapi/activities/lesson",
    }
    assert [(etree.QName(one).localname, one.text, one.get("lang")) for one in found] == [
        ("name", "L’essai\u00a0: vingt secondes, tout compris & <vite>", None),
        ("description", "À la fin, on a tout vu.", "fr"),
        ("launch", "index.html", "fr"),
    ]


def test_it_comes_first_at_the_root(small_plan: Plan) -> None:
    assert list(tincan.entries(PLAYER, small_plan)) == ["tincan.xml", *PLAYER]


def test_a_new_version_is_the_same_activity(small: model.Capsule) -> None:
    renamed = small.model_copy(update={"title": "Un autre titre", "objective": None})
    found = activity(make(renamed))
    assert found.get("id") == activity(make(small)).get("id")
    assert [one.text for one in found] == ["Un autre titre", "Un autre titre", "index.html"]
