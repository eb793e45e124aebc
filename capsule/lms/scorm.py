"""What the packages of both SCORM standards have in common."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from capsule.activity import identifier
from capsule.lms import manifests, schemas
from capsule.plan import Plan
from capsule.typography import NBSP, plain

MANIFEST = "imsmanifest.xml"
LONGEST_TITLE = 200  # characters: `titleType` of SCORM 1.2; Moodle's database refuses 256
ANGLES = str.maketrans("<>", "‹›")  # Moodle's mobile app refuses what looks like a tag


def entries(
    standard: schemas.Standard, player: Mapping[str, bytes | Path], plan: Plan
) -> dict[str, bytes | Path]:
    """The archive's files: the manifest of `standard`, its schemas and the `player`.

    The manifest comes first, at the root. Its identifiers depend on the capsule's id and
    tracking base only, so that a new version keeps the learners' history in the LMS.
    """
    beside = schemas.files(standard)
    manifest = manifests.render(
        f"imsmanifest-{standard}.xml.j2",
        # An XML ID starts with a letter, which a capsule's id may not.
        identifier=f"capsule-{plan.capsule.capsule}-{identifier(plan.names.capsule_iri)[:8]}",
        location=schemas.location(standard),
        title=_title(plain(plan.capsule.title)),
        entry=manifests.ENTRY,
        files=list(player),
        schemas=list(beside),
    )
    return {MANIFEST: manifest, **beside, **player}


def _title(text: str) -> str:
    """`text` as LMSs take it: without < and >, cut after a word if it is too long."""
    text = text.translate(ANGLES)
    if len(text) <= LONGEST_TITLE:
        return text
    return text[: LONGEST_TITLE - 2].rsplit(" ", 1)[0] + NBSP + "…"
