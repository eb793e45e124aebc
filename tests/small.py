"""The small capsule with changes, and what is then wrong with it."""

from pathlib import Path

import pytest

from capsule import project
from capsule.errors import InputError

SMALL = Path(__file__).parent / "capsules" / "small"


def changed(folder: Path, *changes: tuple[str, str], head: str = "") -> Path:
    """The small capsule in `folder`, with each text of `changes` replaced once, after `head`."""
    content = (SMALL / "capsule.yaml").read_text(encoding="utf-8")
    for old, new in changes:
        assert old in content
        content = content.replace(old, new, 1)
    (folder / "capsule.yaml").write_text(head + content, encoding="utf-8")
    return folder


def faults(folder: Path) -> list[str]:
    """What is wrong with the capsule in `folder`, each from its line in the source on."""
    with pytest.raises(InputError) as caught:
        project.open_project(folder)
    return [str(problem).split("capsule.yaml:")[-1] for problem in caught.value.problems]
