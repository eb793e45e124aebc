"""What a build is asked for."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

Progress = Callable[[str, float, str], None]
"""Hears an artefact's name, how much of it is done (0 to 1), and what has just been made of it."""


@dataclass(frozen=True)
class Settings:
    """How to build, whatever the capsule.

    `only`: the artefacts' names; all by default, and for a draft the film alone. `size`: a name
    of `sizes.SIZES`, the source's by default. `draft`: a small film in haste, in files that are
    named so. `media`: whether the deck holds its film or plays the one beside it,
    and whether packages hold theirs or play the one on the web. `cache`: a
    folder or a URL. `workers`: processes side by side. `scheduler`: a Dask cluster's address.
    """

    only: frozenset[str] | None = None
    size: str | None = None
    draft: bool = False
    media: Literal["embed", "link"] = "embed"
    cache: str | None = None
    workers: int = os.cpu_count() or 1
    scheduler: str | None = None

    def names(self, known: Iterable[str]) -> tuple[str, ...]:
        """The artefacts to build, in the order of `known`."""
        wanted = self.only or ({"film"} if self.draft else set(known))
        return tuple(name for name in known if name in wanted)

    @property
    def mark(self) -> str:
        """What the names of the files end with, so that a draft is not taken for the film."""
        return "-draft" if self.draft else ""
