"""Every fault of a source file: where it is said to be, what is said of it."""

import io
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from capsule import project, source
from capsule.errors import InputError, Problem

CAPSULES = Path(__file__).parent / "capsules"
SMALL = (CAPSULES / "small" / "capsule.yaml").read_text(encoding="utf-8")

FAULTS = [  # what is changed in the small capsule, and what is said of it
    ("capsule: essai", "capsule: Mon Été", '1:10: an id holds lower-case letters'),
    ("language: fr", "langage: fr", '2:1: unknown key "langage"; did you mean "language"?'),
    ("duration: 20 s", "duration: vingt", "5:11: vingt is not a duration; write 90 s"),
    ("duration: 20 s", "duration: 0 s", "5:11: 0 s is not a duration"),
    ("duration: 20 s", "duration: 20", "5:11: 20 is not a duration"),
    ("centre:\n  name: Centre d'essai « Été »\n", "", '1:1: "centre" is missing; add it'),
    ("  name: Centre", "  logo: ../x.png\n  name: Centre", "7:9: ../x.png is not a file of the"),
    ("  name: Centre", "  logo: /x.png\n  name: Centre", "7:9: /x.png is not a file of the"),
    ("title: Tout petit film", "title: 2026", "9:10: a text is expected here"),
    ("title: Tout petit film", 'title: ""', "9:10: the text is empty"),
    ("title: Tout petit film", r'title: "\x07"', "9:10: the text holds the control character"),
    ("kind: words", "kind: mots", "13:7: the scene has no known \"kind\"; write one of: 'title'"),
    ("kind: words, ", "", '13:7: the scene has no "kind"'),
    ("lines: [Un, \"**Deux**\"], ", "linnes: [Un], lines: [Un], ", 'unknown key "linnes"; did you'),
    ("lines: [Un, \"**Deux**\"]", "lines: Un", "a list is expected here"),
    ("ground: debrief", "ground: mauve", "this value is not known; write 'ink'"),
    ("title: Tout petit film", "title: Un **petit film", "9:10: an emphasis has no end"),
    ("title: Tout petit film", "title:", "9:3: the text is empty"),
    ("title: Tout petit film", 'title: "** **"', "9:10: the text is empty"),
    ("title: Tout petit film", 'title: "\\u200b \\u00a0"', "9:10: the text is empty"),
    ("kind: title, duration", "kind: title, title: Oui, duration", '12:21: unknown key "title"'),
    ("kind: words, duration", "kind: words, words: [a], duration", 'unknown key "words"'),
    ("before: 4", "before: 4.5", "a whole number is expected here"),
    ("before: 4", "before: true", "a whole number is expected here"),
    ("before: 4", "before: quatre", "a whole number is expected here"),
    ("before: 4", "before: 0", "the number is too small; write more than 0"),
    ("  scenes:\n", "  video: a.mp4\n  scenes:\n", '9:3: the intro has both "video" and'),
    ("  scenes:\n", "  duration: 3 s\n  scenes:\n", '"duration" goes with a video'),
    ('points: ["Je **nomme**.", "J\'essaie."]', "points: []", 'the list of "points" is too short'),
    ("steps: [{who: Seul., do: Notez., for: 2 s}, {do: Comparez., for: 2 s}]", "steps: []",
     '30:7: the question has neither "steps" nor a time of its own; add its steps, or the time'),
    ("      relaunch", "      for: 4 s\n      relaunch", '30:7: the question has both "steps" and'),
    ("{do: Comparez., for: 2 s}]", "{do: Comparez.}]", '"for" is missing; add it'),
    ("video: 80 %", "video: 80", "80 is not a percentage; write it like 80 %"),
    ("video: 80 %", "video: 101 %", "101 % is not a percentage"),
    ("https://formation.example/capsules", "formation.example", "this is not a web address"),
    ("capsules\"}", "capsules\", timezone: Paris}", "Paris is not a time zone"),
    ("url: \"https", "url: \"ftp", "this is not a web address"),
    ("url: \"https://formation", "url: \"https://[::1", "this is not a web address"),
    ("\"https://formation.example/capsules", "\"https://x:abc/y", "this is not a web address"),
    ("intro:\n", "film: {url: \"http://x.example/a.mp4\"}\nintro:\n",
     "8:13: the address does not start with https://; host the film where it does"),
    ("intro:\n", 'film: {url: "https://x.example;*/"}\nintro:\n', "this is not a web address"),
    ("intro:\n", 'film: {url: "https://x..example/"}\nintro:\n', "this is not a web address"),
    ("intro:\n", "packages: {max: 200}\nintro:\n", "8:17: 200 is not a size; write it like 200 MB"),
    ("intro:\n", "packages: {max: 0 Mo}\nintro:\n", "8:17: 0 Mo is not a size"),
    ("title: À garder", "title: À garder\n    title: Deux", "this key is written twice"),
    ("title: Tout petit film", "title: Tout : petit film : ici", "a colon inside a text"),
    ("title: Tout petit film", "\ttitle: Tout", "9:3: a tab, or a sign that YAML keeps"),
    ("title: Tout petit film", "title: **Tout** petit", "9:10: a text without quotes begins with"),
    ("title: Tout petit film", 'title: "C:\\été"', "a backslash between double quotes"),
    ('capsules"}', "capsules}", "41:18: quotes or a bracket are not closed; close them"),
    ('capsules"}', 'capsules"', "41:11: quotes or a bracket are not closed; close them"),
    ("title: Tout petit film", "title: @Tout", "9:10: a tab, or a sign that YAML keeps"),
    ("centre:", "centre: [", "does not follow from the one above"),
]  # fmt: skip


def fault_of(tmp_path: Path, content: bytes) -> str:
    file = tmp_path / "capsule.yaml"
    file.write_bytes(content)
    with pytest.raises(InputError) as caught:
        source.load(tmp_path)
    return str(caught.value).replace(f"{file}:", "")


@pytest.mark.parametrize(("old", "new", "said"), FAULTS)
def test_one_fault(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in SMALL
    assert said in fault_of(tmp_path, SMALL.replace(old, new, 1).encode())


def test_an_intro_of_nothing(tmp_path: Path) -> None:
    head, tail = SMALL[: SMALL.index("  scenes:")], SMALL[SMALL.index("message:") :]
    said = fault_of(tmp_path, (head + tail).encode())
    assert said == '9:3: the intro has neither "video" nor "scenes"; add one of them'


def test_all_faults_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    content = SMALL
    for old, new in (("essai\n", "Essai\n"), ("20 s", "x"), ("ask:", "aks:"), ("80 %", "9")):
        content = content.replace(old, new, 1)
    lines = fault_of(tmp_path, content.encode()).splitlines()
    assert [int(line.split(":")[0]) for line in lines] == [1, 5, 30, 30, 40]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "1:1: this is not a capsule"),
        (b"- 1\n- 2\n", "1:1: this is not a capsule"),
        (SMALL.encode("cp1252"), "4:12: the file is not written in UTF-8"),
        (b"\x00\x01\x02", "this is not YAML"),
    ],
)
def test_not_a_capsule_at_all(tmp_path: Path, content: bytes, said: str) -> None:
    assert said in fault_of(tmp_path, content)


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="capsule new tous-concernes"):
        source.load(tmp_path / "nothing")


def test_a_byte_order_mark_and_windows_line_ends_are_fine(tmp_path: Path) -> None:
    content = b"\xef\xbb\xbf" + SMALL.replace("\n", "\r\n").encode()
    (tmp_path / "capsule.yaml").write_bytes(content)
    assert source.load(tmp_path).capsule == source.load(CAPSULES / "small").capsule


def test_texts_are_typeset() -> None:
    capsule = source.load(CAPSULES / "small" / "capsule.yaml").capsule
    assert capsule.title == "L’essai\u00a0: vingt secondes, tout compris & <vite>"
    assert capsule.debrief.questions[0].ask == "Qu’est-ce qui coince\u202f?"


def test_a_fault_behind_an_alias_or_a_merge_is_said_at_each_place(tmp_path: Path) -> None:
    old = "{kind: title, duration: 2 s, narration: Bonjour.}"
    new = "&a {kind: title, duration: 2 s, bidon: 1}\n    - *a\n    - {<<: *a, kind: title}"
    said = fault_of(tmp_path, SMALL.replace(old, new).encode())
    assert said.count('unknown key "bidon"') == 3


texts = st.text(max_size=12) | st.sampled_from(["2 s", "title", "words", "**", " ", "1:30"])
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(set(re.findall(r"\b[a-z]+(?=:)", SMALL)))), values)
def test_no_value_anywhere_is_more_than_a_problem(key: str, value: object) -> None:
    tree = YAML().load(SMALL)
    for node in list(everywhere(tree)):
        if key in node:
            node[key] = value
    text = io.StringIO()
    YAML().dump(tree, text)
    with tempfile.TemporaryDirectory() as folder:
        content = text.getvalue().encode("utf-8", "replace")
        (Path(folder) / "capsule.yaml").write_bytes(content)
        lines = len(content.splitlines())
        for problem in problems_of(Path(folder)):
            assert problem.what
            assert 1 <= problem.line <= lines, problem
            assert problem.column >= 1, problem


def problems_of(folder: Path) -> tuple[Problem, ...]:
    """Why the capsule cannot be opened, which is never without a reason; none if it can."""
    try:
        project.open_project(folder)
    except InputError as error:
        return error.problems or pytest.fail("no problem is told")
    return ()


def everywhere(node: object) -> Iterator[dict[str, object]]:
    """Every mapping of a tree."""
    if isinstance(node, dict):
        yield node
        node = list(node.values())
    if isinstance(node, list):
        for inner in node:
            yield from everywhere(inner)


@pytest.mark.parametrize(
    ("url", "film"),
    [
        (None, None),
        ("https://f.example", "https://f.example/essai.mp4"),
        ("https://f.example/a/", "https://f.example/a/essai.mp4"),
        ("https://f.example/Film.MP4", "https://f.example/Film.MP4"),
        ("https://f.example/video?id=3", "https://f.example/video?id=3"),
    ],
)
def test_a_hosted_film_is_a_file_or_lies_in_a_folder(url: str | None, film: str | None) -> None:
    capsule = source.load(CAPSULES / "small").capsule
    hosted = capsule.film.model_copy(update={"url": url})
    assert capsule.model_copy(update={"film": hosted}).film_url == film


def test_a_problem_can_be_placed_on_a_checked_source() -> None:
    loaded = source.load(CAPSULES / "small")
    problem = loaded.problem(("debrief", "questions", 0, "ask"), "too long")
    assert (problem.line, problem.column) == (30, 12)
