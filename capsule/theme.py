"""Colours, sizes and measures that deck, film and player share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Align = Literal["left", "center", "right"]
Anchor = Literal["top", "middle", "bottom"]

PAGE_WIDTH = 13.333  # inches, a 16:9 slide
PAGE_HEIGHT = 7.5
PIXELS_PER_INCH = 144  # 1920 x 1080 for that slide


@dataclass(frozen=True)
class Typeface:
    """A font by its family's `name`, with its TrueType or OpenType `files`.

    The files are the regular, bold, italic and bold italic styles, None for those that there are
    not; none at all for Arial, whose metrics are those of the font shipped. `digest` tells files
    of one name apart. `wider` is how much more room is kept for a font that can't be measured.
    """

    name: str = "Arial"
    digest: str = ""
    files: tuple[bytes | None, ...] = field(default=(), repr=False, compare=False)
    wider: float = 1.0

    def file(self, *, bold: bool, italic: bool) -> bytes | None:
        """The file for a style, or the nearest: office suites slant what has no italic."""
        if not self.files:
            return None
        regular, heavy, slanted, both = self.files
        return (both if bold and italic else slanted if italic else None) or (
            heavy if bold and heavy else regular
        )


ARIAL = Typeface()


@dataclass(frozen=True)
class Heading:
    """Where a centre's template sets a title or a subtitle, and how: inches, points, RRGGBB.

    `plate`: it lies over a picture, and wants a panel of the ground's colour under it.
    """

    x: float
    y: float
    w: float
    h: float
    size: float
    colour: str
    bold: bool
    align: Align
    anchor: Anchor
    capitals: bool = False
    plate: bool = False


@dataclass(frozen=True)
class Canvas:
    """Where a slide has room for its page, in inches from its top left corner.

    `title` is set when a centre's template has a place for it; the page's content then starts at
    `top`, under it, over a panel if it `plate`s. `foot` is where the ribbon stands, `film` (x, y,
    width, height) where the template puts a video.
    """

    left: float = 0.6
    right: float = PAGE_WIDTH - 0.6
    top: float = 1.1
    bottom: float = 6.4
    foot: float = 6.7
    height: float = PAGE_HEIGHT
    title: Heading | None = None
    subtitle: Heading | None = None
    film: tuple[float, float, float, float] | None = None
    plate: bool = False

    @property
    def room(self) -> float:
        """The width from `left` to `right`."""
        return self.right - self.left


WHOLE = Canvas()


@dataclass(frozen=True)
class Stage:
    """The canvases of a deck in a centre's template: its first slide, the film's, all others.

    `typeface` is what its texts are measured in.
    """

    first: Canvas
    film: Canvas
    pages: Canvas
    typeface: Typeface = ARIAL


@dataclass(frozen=True)
class Theme:
    """A look. Colours are RRGGBB; sizes are points; measures are inches.

    Title, film and panels are on `ink`, with `white` text; the other pages are on `ground` and
    its cards, with `text`. The parts' colours, `intro`, `message` and `debrief`, are text on
    those, or grounds for the text `on_` them. `accent` is a ground for ink text, or text on ink.
    """

    typeface: Typeface = ARIAL
    canvas: Canvas = WHOLE
    stage: Stage | None = None  # of the deck alone: film and player take the colours
    mode: str = "light"
    ink: str = "14213D"
    paper: str = "FAF7F2"
    white: str = "FFFFFF"
    ground: str = "FAF7F2"
    card: str = "FFFFFF"
    text: str = "14213D"
    soft: str = "4A5568"  # secondary text on the ground
    line: str = "E3E5E8"  # hairlines and the ribbon's waiting parts, on the ground
    intro: str = "0B6E69"
    message: str = "6D3B6F"
    debrief: str = "C2401C"
    on_intro: str = "FFFFFF"
    on_message: str = "FFFFFF"
    on_debrief: str = "FFFFFF"
    on_soft: str = "FFFFFF"
    strong_on_intro: str = "F7B538"
    strong_on_message: str = "F7B538"
    strong_on_debrief: str = "F7B538"
    accent: str = "F7B538"
    alarm: str = "FF7A59"  # on ink: the time that runs out
    night: str = "0B1220"  # under burned captions, darker than any ground
    line_on_ink: str = "2E3A57"  # as `line`, on ink
    soft_on_ink: str = "D5DAE4"  # secondary text on ink
    radius: float = 0.12
    title: float = 36
    meta: float = 14
    smallest: float = 12

    def part(self, part: str) -> str:
        """The colour of a part of the plan."""
        return {"intro": self.intro, "message": self.message, "debrief": self.debrief}[part]

    def on(self, colour: str) -> str:
        """The colour of text on one of the theme's own: a part's, `soft`, `ground` or `ink`."""
        return {
            self.intro: self.on_intro,
            self.message: self.on_message,
            self.debrief: self.on_debrief,
            self.soft: self.on_soft,
            self.ground: self.text,
        }.get(colour, self.white)

    def strong(self, colour: str) -> str:
        """The colour of emphasis on a part's colour, or on `ink`."""
        return {
            self.intro: self.strong_on_intro,
            self.message: self.strong_on_message,
            self.debrief: self.strong_on_debrief,
        }.get(colour, self.accent)


HOUSE = Theme()
