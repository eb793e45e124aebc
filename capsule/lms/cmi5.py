"""The cmi5 package: the player and its course structure (cmi5 Quartz, sections 13 and 14)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from capsule.lms import manifests
from capsule.plan import Plan

MANIFEST = "cmi5.xml"


def entries(player: Mapping[str, bytes | Path], plan: Plan) -> dict[str, bytes | Path]:
    """The archive's files for the `player` of the channel `cmi5`: name → content.

    One course of one assignable unit, which the LMS takes as satisfied once `completed`: the
    capsule has no score. The unit bears the capsule's own IRI. No address of an LRS and no
    credential goes in: the launch gives them.
    """
    structure = manifests.described(
        "cmi5.xml.j2", plan, course=plan.names.package_iri, unit=plan.names.capsule_iri
    )
    return {MANIFEST: structure, **player}
