"""Packages as their files, and what tests do to them."""

from collections.abc import Callable, Mapping
from pathlib import Path

from capsule.builds.packages import Package
from capsule.lms import audit

MANIFESTS: Mapping[Package, str] = {
    "scorm12": "imsmanifest.xml",
    "scorm2004": "imsmanifest.xml",
    "cmi5": "cmi5.xml",
    "xapi": "tincan.xml",
}


class Files(dict[str, bytes]):
    """Files by name."""

    def __repr__(self) -> str:
        """Show the names only: a failure shows this."""
        return f"{type(self).__name__}({', '.join(self)})"


Sound = Mapping[str, Files]
Zipped = Callable[..., Path]


def rules(path: Path) -> list[str]:
    """The rules that the package at `path` breaks, in the order of the alphabet."""
    report = audit.inspect(path)
    return sorted({finding.rule for finding in (*report.faults, *report.remarks)})


def without(files: Mapping[str, bytes], name: str) -> Files:
    """All but one of the files."""
    return Files((other, content) for other, content in files.items() if other != name)


def edited(files: Mapping[str, bytes], name: str, old: str, new: str) -> Files:
    """The files with `new` for every `old` in one of them, which has some."""
    text = files[name].decode()
    assert old in text
    return Files({**files, name: text.replace(old, new).encode()})
