"""The SCORM 2004 4th Edition package: the player and its manifest (ADL, CAM and SN 1.1)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from capsule.lms import scorm
from capsule.lms.scorm import MANIFEST
from capsule.plan import Plan

__all__ = ["MANIFEST", "entries"]


def entries(player: Mapping[str, bytes | Path], plan: Plan) -> dict[str, bytes | Path]:
    """The archive's files for the `player` of the channel `scorm2004`: name → content.

    Completion and success are what the player says, never what an LMS makes of its silence (SN,
    3.13: `completionSetByContent`, `objectiveSetByContent`); no score is required. The one unit
    starts by itself (`flow`).
    """
    return scorm.entries("scorm2004", player, plan)
