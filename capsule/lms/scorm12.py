"""The SCORM 1.2 package: the player and its manifest (ADL SCORM 1.2, Content Aggregation Model)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from capsule.activity import identifier
from capsule.lms import manifests
from capsule.plan import Plan
from capsule.typography import plain

MANIFEST = "imsmanifest.xml"


def entries(player: Mapping[str, bytes | Path], plan: Plan) -> dict[str, bytes | Path]:
    """The archive's files for the `player` of the channel `scorm12`: name → content.

    The manifest comes first, at the root. Its identifiers depend on the capsule's id and
    tracking base only, so that a new version keeps the learners' history in the LMS.
    """
    manifest = manifests.render(
        "imsmanifest-scorm12.xml.j2",
        # An XML ID starts with a letter, which a capsule's id may not.
        identifier=f"capsule-{plan.capsule.capsule}-{identifier(plan.names.capsule_iri)[:8]}",
        title=plain(plan.capsule.title),
        entry=manifests.ENTRY,
        files=list(player),
    )
    return {MANIFEST: manifest, **player}
