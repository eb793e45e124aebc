"""A finished deck read back: any PPTX, checked for what breaks it and for who cannot read it.

The file is read as it lies, with zipfile and lxml: a library that opens decks would repair or
refuse what is to be told. `package` holds its parts, `deck` its slides and shapes; each of
`structure`, `slides`, `timing`, `media`, `access` and `contrast` is a set of checks, and `rules`
has their messages with the RGAA criteria.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from capsule.audit import access, contrast, media, rgaa, slides, structure, timing
from capsule.audit.deck import Deck
from capsule.audit.package import Package
from capsule.audit.rules import RULES, Finding

_CHECKS = (structure, slides, timing, media, access, contrast)


class Report(NamedTuple):
    """How many slides a deck has, and every rule that it breaks, in the order of the slides."""

    slides: int
    findings: tuple[Finding, ...]

    @property
    def criteria(self) -> dict[str, int]:
        """The RGAA criteria that the deck fails, with how many findings each has."""
        failed = [number for finding in self.findings for number in finding.criteria]
        counts = {number: failed.count(number) for number in rgaa.CRITERIA if number in failed}
        concerned = sum(bool(finding.criteria) for finding in self.findings)
        return {**counts, rgaa.DOCUMENTS: concerned} if concerned else {}


def inspect(path: Path) -> Report:
    """Check the PPTX at `path`.

    Raises InputError when it is no PPTX, and OSError when it cannot be read.
    """
    package = Package(path)
    try:
        deck = Deck(package)
        found = [finding for check in _CHECKS for finding in check.findings(deck)]
    finally:
        package.close()
    order = list(RULES)
    found.sort(key=lambda finding: (finding.slide, order.index(finding.rule)))
    return Report(len(deck.slides), tuple(found))
