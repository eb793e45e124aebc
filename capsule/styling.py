"""The theme that a source asks for, with its fonts read; its faults as problems."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable
from gettext import gettext as _

from PIL import ImageFont

from capsule import look, shades
from capsule.errors import Problem
from capsule.source import Source
from capsule.theme import Theme, Typeface

_STYLES = ("regular", "bold", "italic", "bold_italic")


def styled(read: Source, problems: list[Problem]) -> Theme:
    """The theme of the capsule `read`; what is wrong with it is added to `problems`."""
    problems += _faint(read)
    return look.theme(read.capsule.theme, _typeface(read, problems))


def _faint(read: Source) -> Iterable[Problem]:
    for faint in look.faint(read.capsule.theme):
        what = _(
            "#%(colour)s and #%(ground)s cannot be read on each other:"
            " their contrast is %(ratio).1f, and %(least).1f is needed"
        )
        values = {
            "colour": faint.colour,
            "ground": faint.ground,
            "ratio": faint.ratio - 0.05,  # never rounded up to what is needed
            "least": shades.READABLE,
        }
        remedy = _('the nearest shade that can is "#%(shade)s"') % {"shade": faint.nearest}
        yield read.problem(("theme", "colours", faint.name), what % values, remedy)


def _typeface(read: Source, problems: list[Problem]) -> Typeface | None:
    font = read.capsule.theme.font
    if not font:
        return None
    files: list[bytes | None] = []
    for style in _STYLES:
        name: str | None = getattr(font, style)
        path = read.file(name) if name else None
        files.append(path.read_bytes() if path and path.is_file() else None)
        if files[-1] is not None and not _is_font(files[-1]):
            what = _("%(name)s is not a font that can be read") % {"name": name}
            remedy = _("give a TrueType or OpenType file (.ttf or .otf)")
            problems.append(read.problem(("theme", "font", style), what, remedy))
            return None
    if files[0] is None:
        return None  # told as a missing file
    digest = hashlib.sha256(b"".join(file or b"-" for file in files)).hexdigest()
    return Typeface(font.name, digest, tuple(files))


def _is_font(file: bytes) -> bool:
    try:
        ImageFont.truetype(io.BytesIO(file), 10, layout_engine=ImageFont.Layout.BASIC)
    except OSError:
        return False
    return True
