"""Typst, and how the guides' templates become its source: the only module that knows it."""

from __future__ import annotations

import io
import json
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast

import segno

from capsule.layout import length, lettering, part_names
from capsule.plan import Plan, droppable
from capsule.resources import Words, media, templates
from capsule.shades import mixed, readable
from capsule.templating import environment
from capsule.theme import Theme
from capsule.typography import NBSP, plain, spans

if TYPE_CHECKING:
    from typst import Compiler, Fonts

_LOGO = "logo.png"
_LINE = 80  # characters of a row of the course
_LONGEST_WORD = 24  # characters; longer ones may be broken there
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"'})


class Setting(NamedTuple):
    """How the guide is set: the size of its text in points, and what it has room for."""

    size: float
    parted: bool = False  # the debrief starts overleaf
    notes: bool = False  # there is room to write
    advice: bool = True  # advice and relaunch questions are there


@dataclass(frozen=True)
class Press:
    """All that guides of one capsule have in common, whatever their setting.

    `room` is a folder with look.typ and its pictures; `families` are the fonts, the first first.
    """

    plan: Plan
    theme: Theme
    words: Words
    room: Path
    read: Fonts
    families: tuple[str, ...]

    def end(self, setting: Setting) -> tuple[int, float]:
        """The page on which the trainer's guide ends, and the millimetres left to write on."""
        return _end(self._trainers(setting))

    def pdf(self, setting: Setting) -> bytes:
        """The trainer's guide as PDF/UA-1 (ISO 14289-1): tagged, with its language and title."""
        return _pdf(self._trainers(setting))

    def sheet(self, template: str, sizes: Sequence[float], **values: object) -> bytes:
        """One page made of `template`, as PDF/UA-1, at the first of `sizes` in points that fits.

        At the last of them it may run over. `values` are what the template tells.
        """
        source = self._source(template, **values)
        fitting = (size for size in sizes if _end(self._compiler(source, size))[0] == 1)
        return _pdf(self._compiler(source, next(fitting, sizes[-1])))

    def _trainers(self, setting: Setting) -> Compiler:
        told = {"asked": setting, "dropped": droppable(self.plan)}
        return self._compiler(self._source("guide.typ.j2", **told), setting.size)

    def _compiler(self, source: str, size: float) -> Compiler:
        import typst  # noqa: PLC0415 (large)

        given = {**_colours(self.theme), "size": str(size), "fonts": json.dumps(self.families)}
        return typst.Compiler(
            source.encode(), root=self.room, font_paths=self.read, sys_inputs=given
        )

    def _spoken(self, seconds: int) -> str:
        return length(seconds, self.words)

    def _source(self, template: str, **values: object) -> str:
        made = environment("guide", self.words, literal)
        made.filters |= {
            "address": _address,
            "line": _line,
            "runs": _runs,
            "spoken": self._spoken,
        }
        with lettering.set_in(self.theme.typeface):
            return made.get_template(template).render(
                plan=self.plan,
                logo=(self.room / _LOGO).exists(),
                names=part_names(self.words),
                **values,
            )


def _end(compiler: Compiler) -> tuple[int, float]:
    page, room = json.loads(compiler.query("<ending>", "value", one=True))
    return page, room


def _pdf(compiler: Compiler) -> bytes:
    return cast(bytes, compiler.compile(format="pdf", pdf_standards="ua-1"))


def literal(value: object) -> str:
    """`value` as a Typst expression that can be nothing else: numbers, texts, lists of those.

    Emoji are written without their joiners, and what the fonts lack as a square, as Typst
    refuses to make an accessible PDF otherwise. Raises TypeError for what Typst has no word for.
    """
    match value:
        case None | bool():
            return str(value).lower()
        case int() | float():
            return str(value)
        case str():
            return '"' + lettering.drawable(value).translate(_ESCAPES) + '"'
        case list() | tuple():
            return "(" + "".join(f"{literal(item)}," for item in value) + ")"
        case _:
            raise TypeError(value)


def _runs(text: str) -> list[tuple[str, bool, str | None]]:
    """`text` in pieces for look.typ: what is said, if it is emphasised, its own language."""
    return [(_breakable(said), strong, tongue) for said, strong, tongue in spans(text)]


def _line(text: str) -> str:
    """`text` without its marks, cut after a word if it is longer than a row of the course."""
    whole = plain(text)
    return whole if len(whole) <= _LINE else whole[:_LINE].rsplit(" ", 1)[0] + NBSP + "…"


def _address(url: str) -> str:
    """`url` as one types it."""
    return _breakable(url.split("://", 1)[1].rstrip("/"))


def _breakable(text: str) -> str:
    """`text` with places to break in its longest words."""
    return re.sub(rf"[^\s/-]{{{_LONGEST_WORD}}}(?=[^\s/-]{{4}})", "\\g<0>\u200b", text)


@contextmanager
def press(plan: Plan, theme: Theme, words: Words, logo: bytes | None) -> Iterator[Press]:
    """A press that works within the block. `logo` is a PNG."""
    import typst  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as folder:
        room, own = Path(folder), Path(folder) / "fonts"
        own.mkdir()
        for n, file in enumerate(filter(None, theme.typeface.files)):
            (own / f"{n}.ttf").write_bytes(file)
        shutil.copy(templates() / "guide" / "look.typ", room)
        if logo:
            (room / _LOGO).write_bytes(logo)
        if link := plan.capsule.debrief.synthesis.link:
            (room / "code.svg").write_bytes(_code(link.url, theme))
        families = [*typst.Fonts(False, False, [own]).families(), "Liberation Sans", "Symbola"]
        read = typst.Fonts(False, False, [own, media() / "fonts"])
        yield Press(plan, theme, words, room, read, tuple(dict.fromkeys(families)))


def _colours(theme: Theme) -> dict[str, str]:
    """The theme on white paper, dark or not: what is printed is read by whatever light there is."""
    parts, tint = ("intro", "message", "debrief"), mixed(theme.ink, theme.white, 0.95)
    return {
        "ink": theme.ink,
        "text": readable(theme.ink, (tint,)),
        "soft": readable(mixed(theme.ink, theme.white, 0.22), (tint,)),
        "tint": tint,
        "soft_on_ink": theme.soft_on_ink,
        "accent": theme.accent,
        **{part: theme.part(part) for part in parts},
        **{f"on_{part}": theme.on(theme.part(part)) for part in parts},
    }


def _code(url: str, theme: Theme) -> bytes:
    """The QR code as an SVG, with the four quiet modules that ISO/IEC 18004 asks for."""
    picture = io.BytesIO()
    segno.make(url, error="m", micro=False).save(
        picture, kind="svg", border=4, dark=f"#{theme.ink}", light=f"#{theme.white}"
    )
    return picture.getvalue()
