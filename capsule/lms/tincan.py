"""The xAPI package: the player and its tincan.xml (Rustici, "Launch" and "Packaging")."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from capsule.lms import manifests
from capsule.plan import Plan

MANIFEST = "tincan.xml"


def entries(player: Mapping[str, bytes | Path], plan: Plan) -> dict[str, bytes | Path]:
    """The archive's files for the `player` of the channel `xapi`: name → content.

    One activity, which bears the capsule's own IRI: what is played is found with what was attended.
    No address of an LRS and no credential goes in: the launch gives them.
    """
    activity = manifests.described("tincan.xml.j2", plan, id=plan.names.capsule_iri)
    return {MANIFEST: activity, **player}
