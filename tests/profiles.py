"""Whether statements follow the profile of capsules (xAPI Profiles 1.0, part 3, section 2.1)."""

import re
from typing import Any

from capsule.tracking.profile import document

Statement = dict[str, Any]


def templates_of(statement: Statement) -> list[str]:
    """The templates whose determining properties the statement has, in short."""
    return [template["id"].partition("#template-")[2] for template in _matching(statement)]


def faults(statement: Statement) -> list[str]:
    """What its templates say against it."""
    return [
        f"{template['id']}: {rule['location']}"
        for template in _matching(statement)
        for rule in template["rules"]
        if not _holds(rule, _values(statement, rule["location"]))
    ]


def _matching(statement: Statement) -> list[dict[str, Any]]:
    activities = statement["context"]["contextActivities"]

    def kinds(place: str) -> set[str]:
        return {one.get("definition", {}).get("type") for one in activities.get(place, [])}

    return [
        template
        for template in document()["templates"]
        if template["verb"] == statement["verb"]["id"]
        and template["objectActivityType"] == statement["object"].get("definition", {}).get("type")
        and set(template.get("contextParentActivityType", [])) <= kinds("parent")
        and set(template.get("contextOtherActivityType", [])) <= kinds("other")
    ]


def _holds(rule: dict[str, Any], values: list[Any]) -> bool:
    if rule["presence"] == "excluded":
        return not values
    if not values:
        return bool(rule["presence"] == "recommended")
    some = "any" not in rule or any(value in rule["any"] for value in values)
    return some and ("all" not in rule or all(value in rule["all"] for value in values))


def _values(statement: Statement, path: str) -> list[Any]:
    """What a JSON path of the document leads to: names, and [*]."""
    found: list[Any] = [statement]
    for name in re.findall(r"\.(\w+)|\[\*\]", path):
        if name:
            found = [one[name] for one in found if isinstance(one, dict) and name in one]
        else:
            found = [member for one in found for member in one]
    return found
