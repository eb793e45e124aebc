"""Manifests, from the templates of `templates/manifests`."""

from __future__ import annotations

from gettext import NullTranslations
from typing import Any

from capsule.activity import Kind
from capsule.plan import Plan
from capsule.templating import environment
from capsule.typography import plain

ENTRY = "index.html"
"""The page that an LMS launches, the first of the player's files."""


def render(template: str, **values: Any) -> bytes:
    """The XML of `template` with `values` escaped, as UTF-8 without a byte order mark."""
    page = environment("manifests", NullTranslations()).get_template(template)
    return page.render(values).encode()


def described(template: str, plan: Plan, **ids: str) -> bytes:
    """The XML of a `template` for xAPI or cmi5: `ids`, and what the capsule says of itself."""
    capsule = plan.capsule
    return render(
        template,
        kind=Kind.CAPSULE,
        language=capsule.language,
        title=plain(capsule.title),
        description=plain(capsule.objective or capsule.title),
        entry=ENTRY,
        **ids,
    )
