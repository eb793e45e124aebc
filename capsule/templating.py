"""Jinja2 as every page and manifest uses it: escaped, strict, in the capsule's language."""

from __future__ import annotations

from gettext import NullTranslations

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from capsule.resources import templates
from capsule.typography import clock, closed, plain, spans


def environment(folder: str, words: NullTranslations) -> Environment:
    """The templates of `templates/<folder>`, which speak through the catalogue `words`.

    Filters: `plain` drops the **emphasis** marks, `rich` makes them <strong>, `clock` writes
    seconds as 1:30, `closed` ends a text with a full stop unless it is punctuated.
    """
    made = Environment(
        loader=FileSystemLoader(templates() / folder),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.install_gettext_translations(words, newstyle=True)  # type: ignore[attr-defined]
    made.filters |= {"plain": plain, "rich": rich, "clock": clock, "closed": closed}
    return made


def rich(text: str) -> Markup:
    """`text` escaped, its **emphasis** as <strong>."""
    return Markup("").join(
        Markup("<strong>{}</strong>").format(span.text) if span.strong else escape(span.text)
        for span in spans(text)
    )
