"""Whatever a title says, manifests stay whole and say it."""

import re
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from lxml import etree
from pydantic import ValidationError
from ruamel.yaml import YAML

from capsule.lms import cmi5, schemas, scorm, scorm12, scorm2004, tincan
from capsule.model import Capsule
from capsule.plan import Plan, make
from capsule.typography import plain, typeset

SMALL = Path(__file__).parents[1] / "capsules" / "small" / "capsule.yaml"
SOURCE: dict[str, Any] = YAML(typ="safe").load(SMALL)
PLAYER: dict[str, bytes | Path] = {"index.html": b"<!doctype html>", "media/essai.mp4": b""}
PACKAGERS: dict[str, Callable[[dict[str, bytes | Path], Plan], dict[str, bytes | Path]]] = {
    "scorm12": scorm12.entries,
    "scorm2004": scorm2004.entries,
    "cmi5": cmi5.entries,
    "xapi": tincan.entries,
}
REFUSED = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff"  # no XML file can hold them
PIECES = st.sampled_from(
    [
        "&", "<", ">", '"', "'", "&amp;", "]]>", "<!--", "-->", "<?xml?>", "</title>", "&#0;", "%s",
        "{{ 7*7 }}", "{% raw %}", "שלום", "مرحبا", "\u202e", "\u2066", "👩🏽‍💻", "🇫🇷", "e\u0301",
        "\u0085", "\u2028", "\u00a0", "\ufeff", "𝔘", "**fort**", "[words]{en}",
    ]
)  # fmt: skip
TEXTS = st.one_of(
    st.lists(PIECES, min_size=1, max_size=8).map(" ".join),
    st.lists(PIECES, min_size=1, max_size=8).map("".join),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters=REFUSED), min_size=1),
    PIECES.map(lambda piece: ("mot " + piece) * 2000),
)
quick = partial(settings, deadline=None, max_examples=40)


def planned(**texts: str) -> Plan:
    return make(Capsule.model_validate({**SOURCE, **texts}, context={}))


def read(package: str, plan: Plan) -> etree._Element:
    content = next(iter(PACKAGERS[package](PLAYER, plan).values()))
    assert isinstance(content, bytes)
    root = etree.fromstring(content)
    if package in ("scorm12", "scorm2004"):
        schema = schemas.schema("scorm12" if package == "scorm12" else "scorm2004")
        assert schema.validate(root), schema.error_log
    return root


@cache
def usual_ids(package: str) -> list[str]:
    return ids(read(package, planned()))


def ids(root: etree._Element) -> list[str]:
    found: list[str] = root.xpath("//@identifier | //@id | //@identifierref | //@href")
    return found


@given(title=TEXTS, objective=TEXTS)
@example(title="&<>\"'", objective="]]>")
@example(title="x" * 10_000, objective="é " * 5_000)
@quick()
def test_titles_and_texts_come_back_as_they_were(title: str, objective: str) -> None:
    try:
        plan = planned(title=title, objective=objective)
    except ValidationError:
        assume(False)  # nothing to see, or an emphasis without an end: not the manifests' affair
    said = plain(typeset(title, "fr"))
    for package in PACKAGERS:
        root = read(package, plan)
        assert ids(root) == usual_ids(package)
        texts = [text for text in root.itertext() if text.strip(" \n")]
        shown = said.translate(scorm.ANGLES) if package.startswith("scorm") else said
        if package.startswith("scorm") and len(said) > scorm.LONGEST_TITLE:
            [told] = {text for text in texts if text.endswith("…")}
            assert shown.startswith(told[:-2])
            assert len(told) > scorm.LONGEST_TITLE / 2
        else:
            assert shown in texts
        if package in ("cmi5", "xapi"):
            assert plain(typeset(objective, "fr")) in texts


@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=20), bad=st.data())
@quick(max_examples=30)
def test_what_no_manifest_can_hold_is_refused_with_the_source(
    text: str, bad: st.DataObject
) -> None:
    sign = bad.draw(
        st.sampled_from([chr(n) for n in range(32) if n not in (9, 10, 13)] + ["\ufffe"])
    )
    assert re.match(f"[{REFUSED}]", sign)
    with pytest.raises(ValidationError) as caught:
        planned(title=f"a{text}{sign}b")
    assert caught.value.errors()[0]["type"] == "capsule_control"


@pytest.mark.parametrize("package", PACKAGERS)
def test_the_same_source_gives_the_same_bytes(package: str) -> None:
    one, two = (PACKAGERS[package](PLAYER, planned()) for _ in range(2))
    assert list(one.items()) == list(two.items())
