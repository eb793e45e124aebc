"""The SCORM 1.2 package: the player and its manifest (ADL SCORM 1.2, Content Aggregation Model)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from capsule.lms import scorm
from capsule.lms.scorm import MANIFEST
from capsule.plan import Plan

__all__ = ["MANIFEST", "entries"]


def entries(player: Mapping[str, bytes | Path], plan: Plan) -> dict[str, bytes | Path]:
    """The archive's files for the `player` of the channel `scorm12`: name → content.

    There is no mastery score, which would overrule the status that the player gives.
    """
    return scorm.entries("scorm12", player, plan)
