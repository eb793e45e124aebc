"""Jinja2 as every page and manifest uses it: escaped, strict, in the capsule's language."""

from __future__ import annotations

from collections.abc import Callable
from gettext import NullTranslations
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from capsule.resources import templates
from capsule.typography import Span, clock, closed, plain, spans

if TYPE_CHECKING:
    from jinja2 import Environment


def environment(
    folder: str, words: NullTranslations, literal: Callable[[object], str] | None = None
) -> Environment:
    """The templates of `templates/<folder>`, which speak through the catalogue `words`.

    Filters: `plain` drops the **emphasis** marks, `rich` makes them HTML, `clock` writes
    seconds as 1:30, `closed` ends a text with a full stop unless it is punctuated. Values are
    escaped for XML or, in a template of another language, written by `literal`.
    """
    # Not all that a build makes has a template.
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415

    made = Environment(
        loader=FileSystemLoader(templates() / folder),
        autoescape=literal is None,  # noqa: S701 (`literal` escapes)
        finalize=literal,
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
    """`text` escaped, its **emphasis** as <strong>, its [words]{en} with their language."""
    return Markup("").join(_marked(span) for span in spans(text))


def _marked(span: Span) -> Markup:
    marked = escape(span.text)
    if span.language:
        marked = Markup('<span lang="{}">{}</span>').format(span.language, marked)
    return Markup("<strong>{}</strong>").format(marked) if span.strong else marked
