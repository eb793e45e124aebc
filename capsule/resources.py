"""Where the shipped files are: beside the package in a checkout, inside it once installed."""

from __future__ import annotations

import gettext
from functools import cache
from pathlib import Path

from capsule.typography import apostrophes

_PACKAGE = Path(__file__).resolve().parent
DOMAIN = "capsule"
LANGUAGES = ("fr", "en")
Words = gettext.NullTranslations


def _shipped(name: str) -> Path:
    installed = _PACKAGE / name
    return installed if installed.is_dir() else _PACKAGE.parent / name


def templates() -> Path:
    """The folder of the starters and of the Jinja2 templates."""
    return _shipped("templates")


def media() -> Path:
    """The folder of the fonts and sounds."""
    return _shipped("media")


def locales() -> Path:
    """The folder of the gettext catalogues."""
    return _PACKAGE / "locale"


def font(*, bold: bool = False, italic: bool = False) -> Path:
    """The font file for a style; Liberation Sans has the metrics of the deck's Arial."""
    style = ("Bold" if bold else "") + ("Italic" if italic else "") or "Regular"
    return media() / "fonts" / f"LiberationSans-{style}.ttf"


def symbols_font() -> Path:
    """The font for what the others lack: emoji, arrows, signs."""
    return media() / "fonts" / "Symbola.ttf"


def N_(text: str) -> str:  # noqa: N802 (gettext's name for a msgid that is translated later)
    """Mark `text` for the catalogue."""
    return text


class _English(Words):
    """The messages as the code has them, with the apostrophe that is printed."""

    def gettext(self, message: str) -> str:
        return apostrophes(message)


@cache
def words(language: str) -> Words:
    """The catalogue for what a capsule in `language` says by itself; English when unknown."""
    tags = [language.replace("-", "_"), language.split("-", maxsplit=1)[0]]
    if not gettext.find(DOMAIN, locales(), languages=tags):
        return _English()
    return gettext.translation(DOMAIN, locales(), languages=tags)


def starters() -> dict[str, Path]:
    """The capsules to start from: name → folder."""
    return {folder.name: folder for folder in sorted((templates() / "starters").iterdir())}
