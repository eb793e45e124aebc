"""Manifests, from the templates of `templates/manifests`."""

from __future__ import annotations

from gettext import NullTranslations
from typing import Any

from capsule.templating import environment

ENTRY = "index.html"
"""The page that an LMS launches, the first of the player's files."""


def render(template: str, **values: Any) -> bytes:
    """The XML of `template` with `values` escaped, as UTF-8 without a byte order mark."""
    page = environment("manifests", NullTranslations()).get_template(template)
    return page.render(values).encode()
