"""The administrator's guide: one A4 page on importing a package, as a PDF like the trainer's."""

from __future__ import annotations

from math import ceil
from pathlib import Path
from typing import Literal

from capsule.plan import Plan
from capsule.render.guide.press import press
from capsule.resources import Words
from capsule.theme import Theme

__all__ = ["pdf"]

Package = Literal["scorm12", "scorm2004", "cmi5", "xapi"]

_NAMES: dict[Package, str] = {
    "scorm12": "SCORM 1.2",
    "scorm2004": "SCORM 2004 4th Edition",
    "cmi5": "cmi5",
    "xapi": "xAPI (Tin Can)",
}
_SIZES = (10.5, 10, 9.5, 9, 8.5, 8, 7.5)


def pdf(
    package: Package,
    file: Path,
    plan: Plan,
    theme: Theme,
    words: Words,
    *,
    logo: bytes | None = None,
    film_url: str | None = None,
) -> bytes:
    """How to import `file`, which tick boxes to tick, what is recorded: the same bytes each time.

    `words` is the catalogue of the capsule's language, `logo` a PNG, `film_url` where the package
    plays its film from, if it holds none. Raises OSError when `file` is not there.
    """
    with press(plan, theme, words, logo) as ready:
        return ready.sheet(
            "importing.typ.j2",
            _SIZES,
            package=package,
            format=_NAMES[package],
            file=file.name,
            megabytes=ceil(file.stat().st_size / 1e6),
            film_url=film_url,
        )
