"""Every fault of a source file: where it is said to be, what is said of it."""

from pathlib import Path

import pytest

from capsule import source
from capsule.errors import InputError

CAPSULES = Path(__file__).parent / "capsules"
SMALL = (CAPSULES / "small" / "capsule.yaml").read_text(encoding="utf-8")

FAULTS = [  # what is changed in the small capsule, and what is said of it
    ("capsule: essai", "capsule: Mon Été", '1:10: an id holds lower-case letters'),
    ("language: fr", "langage: fr", '2:1: unknown key "langage"; did you mean "language"?'),
    ("duration: 20 s", "duration: vingt", "5:11: vingt is not a duration; write 90 s"),
    ("duration: 20 s", "duration: 0 s", "5:11: 0 s is not a duration"),
    ("duration: 20 s", "duration: 20", "5:11: 20 is not a duration"),
    ("centre:\n  name: Centre d'essai « Été »\n", "", '1:1: "centre" is missing; add it'),
    ("  name: Centre", "  logo: x.png\n  name: Centre", "7:9: there is no file x.png"),
    ("title: Tout petit film", "title: 2026", "9:10: a text is expected here"),
    ("title: Tout petit film", 'title: ""', "9:10: the text is empty"),
    ("title: Tout petit film", r'title: "\x07"', "9:10: the text holds the control character"),
    ("kind: words", "kind: mots", "13:7: the scene has no known \"kind\"; write one of: 'title'"),
    ("kind: words, ", "", '13:7: the scene has no "kind"'),
    ("lines: [Un, \"**Deux**\"], ", "linnes: [Un], lines: [Un], ", 'unknown key "linnes"; did you'),
    ("lines: [Un, \"**Deux**\"]", "lines: Un", "a list is expected here"),
    ("ground: brick", "ground: mauve", "this value is not known; write 'ink'"),
    ("before: 4", "before: quatre", "a whole number is expected here"),
    ("before: 4", "before: 0", "the number is too small; write more than 0"),
    ("  scenes:\n", "  video: small.mp4\n  scenes:\n", "there is no file small.mp4"),
    ("  scenes:\n", "  duration: 3 s\n  scenes:\n", '"duration" goes with a video'),
    ('points: ["Je **nomme**.", "J\'essaie."]', "points: []", "the list is too short"),
    ("video: 80 %", "video: 80", "80 is not a percentage; write it like 80 %"),
    ("video: 80 %", "video: 101 %", "101 % is not a percentage"),
    ("https://formation.example/capsules", "formation.example", "this is not a web address"),
    ("capsules\"}", "capsules\", timezone: Paris}", "Paris is not a time zone"),
    ("url: \"https", "url: \"ftp", "this is not a web address"),
    ("title: À garder", "title: À garder\n    title: Deux", "this key is written twice"),
    ("title: Tout petit film", "title: Tout : petit film : ici", "a colon inside a text"),
    ("title: Tout petit film", "\ttitle: Tout", "9:3: a tab indents this line"),
    ("centre:", "centre: [", "this is not YAML"),
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


def test_a_problem_can_be_placed_on_a_checked_source() -> None:
    loaded = source.load(CAPSULES / "small")
    problem = loaded.problem(("debrief", "questions", 0, "ask"), "too long")
    assert (problem.line, problem.column) == (30, 12)
