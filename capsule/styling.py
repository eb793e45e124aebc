"""The theme and the logo that a source asks for, read from its files; their faults as problems."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable
from dataclasses import replace
from gettext import gettext as _

from PIL import Image, ImageFont, ImageOps

from capsule import brand, look, shades
from capsule.brand import Template
from capsule.errors import Problem
from capsule.numbers import decimal
from capsule.source import Source
from capsule.theme import Theme, Typeface
from capsule.typography import plain

_LARGEST_LOGO = (1600, 800)  # pixels, more than any page shows
_STYLES = ("regular", "bold", "italic", "bold_italic")


def styled(read: Source, problems: list[Problem]) -> tuple[Theme, Template | None]:
    """The theme of the capsule `read`, and the template that it is after, if any.

    What is wrong with them is added to `problems`.
    """
    typeface = _typeface(read, problems)
    template = _template(read, typeface, problems)
    ground = template.ground if template else None
    problems += _faint(read, ground)
    made = look.theme(read.capsule.theme, typeface, ground)
    if template and template.font and not typeface:
        made = replace(made, typeface=Typeface(template.font))
    return replace(made, stage=template.stage if template else None), template


def logo(read: Source, problems: list[Problem]) -> bytes | None:
    """The logo as a PNG that every output takes, whatever picture the centre gave.

    What is wrong with it is added to `problems`.
    """
    own, centre = read.capsule.theme.logo, read.capsule.centre.logo
    name, where = (own, ("theme", "logo")) if own else (centre, ("centre", "logo"))
    if not name or not read.file(name).is_file():
        return None
    png = io.BytesIO()
    try:
        with Image.open(read.file(name)) as picture:
            upright = ImageOps.exif_transpose(picture).convert("RGBA")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        what = _("%(name)s is not a picture that can be read") % {"name": name}
        problems.append(read.problem(where, what, _("give a PNG or a JPEG file")))
        return None
    upright.thumbnail(_LARGEST_LOGO)
    upright.save(png, "PNG")
    return png.getvalue()


def _template(read: Source, typeface: Typeface | None, problems: list[Problem]) -> Template | None:
    """The centre's own file; the name of the layout that is not in it is told where it is."""
    own = read.capsule.theme
    path = read.file(own.template) if own.template else None
    if not path or not path.is_file():
        return None
    wanted = tuple((kind, plain(name)) for kind, name in own.layouts if name)
    try:
        return brand.opened(path.read_bytes(), wanted, typeface)
    except brand.MissingError as error:
        where = ("theme", "layouts", error.key) if error.key else ("theme", "template")
        problems.append(read.problem(where, error.what, error.remedy))
    except brand.TemplateError as error:
        what = _("%(name)s cannot be the template: %(reason)s") % {
            "name": own.template,
            "reason": error.what,
        }
        problems.append(read.problem(("theme", "template"), what, error.remedy))
    return None


def _faint(read: Source, template: look.Ground | None) -> Iterable[Problem]:
    for faint in look.faint(read.capsule.theme, template):
        what = _(
            "#%(colour)s and #%(ground)s cannot be read on each other:"
            " their contrast is %(ratio)s, and %(least)s is needed"
        )
        values = {
            "colour": faint.colour,
            "ground": faint.ground,
            "ratio": decimal(faint.ratio - 0.05),  # never rounded up to what is needed
            "least": decimal(shades.READABLE),
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
