"""A page as boxes in inches, its text wrapped: all that the drawers need to know.

Drawers (python-pptx, Pillow) place what they are given. A drawer that would have to decide
where something goes asks for a box that says it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from capsule.layout import breaking
from capsule.theme import ARIAL, Align, Anchor, Typeface

Role = Literal["title", "subtitle", "body", "meta", "number", "footer"]
"""Title, number and footer have places of their own in the deck; the number is a field there, and
the subtitle a placeholder of a centre's template."""


@dataclass(frozen=True)
class Enter:
    """How a box comes in on the film: `at` seconds after its scene starts, over `lasts` seconds.

    fade: by opacity; rise: fade and move up a little; wipe: from left to right; grow: from its
    centre; sweep: an arc along its circle. The deck shows every box at once.
    """

    at: float
    effect: Literal["fade", "rise", "wipe", "grow", "sweep"] = "rise"
    lasts: float = 0.5


@dataclass(frozen=True, kw_only=True)
class Box:
    """A rectangle of the page, in inches from its top left corner.

    `name` is unique on the page. `alt` describes what carries meaning without being text;
    None marks a decoration.
    """

    name: str
    x: float
    y: float
    w: float
    h: float
    alt: str | None = None
    enter: Enter | None = None


@dataclass(frozen=True)
class Run:
    """Text in one style; `colour` is RRGGBB, `language` a BCP 47 tag if it isn't the page's."""

    text: str
    colour: str
    bold: bool = False
    italic: bool = False
    language: str | None = None

    def like(self, other: Run) -> bool:
        """Whether `other` looks and is read the same."""
        return self.saying("") == other.saying("")

    def saying(self, text: str) -> Run:
        """`text` in this style; dataclasses.replace takes ten times as long."""
        return Run(text, self.colour, self.bold, self.italic, self.language)


Line = tuple[Run, ...]


@dataclass(frozen=True)
class Paragraph:
    """Wrapped lines of one size, in points. `leading` and `after` are inches.

    Joining the lines with a space gives the paragraph back, but for those that end within a
    word (see `layout.breaking`).
    """

    lines: tuple[Line, ...]
    size: float
    leading: float
    align: Align = "left"
    after: float = 0.0
    typeface: Typeface = ARIAL

    @property
    def text(self) -> str:
        """The paragraph as plain text, on one line, its broken words whole."""
        lines = ["".join(run.text for run in line) for line in self.lines]
        ends = ["" if breaking.going_on(line) else " " for line in lines]
        text = "".join(line + end for line, end in zip(lines, ends, strict=True))
        return breaking.bare(text).rstrip(" ")


@dataclass(frozen=True, kw_only=True)
class Text(Box):
    """Text set in its box without inner margins; the first baseline follows `layout.metrics`."""

    paragraphs: tuple[Paragraph, ...]
    anchor: Anchor = "top"
    role: Role = "body"


@dataclass(frozen=True, kw_only=True)
class Panel(Box):
    """A filled rectangle, its corners rounded by `radius` inches."""

    fill: str
    radius: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Disc(Box):
    """A filled ellipse."""

    fill: str


@dataclass(frozen=True, kw_only=True)
class Arc(Box):
    """A piece of a ring: clockwise from `start`, over `sweep`, in degrees from twelve o'clock."""

    fill: str
    start: float
    sweep: float
    thickness: float


@dataclass(frozen=True, kw_only=True)
class Picture(Box):
    """A picture, stretched to its box."""

    png: bytes


@dataclass(frozen=True, kw_only=True)
class Movie(Box):
    """Where a film plays, in a box of the film's own shape.

    It starts with its slide, or waits for a click.
    """

    starts: Literal["auto", "click"] = "auto"


@dataclass(frozen=True, kw_only=True)
class Countdown(Box):
    """A ring for `seconds`. Its `label` lies at the centre and says the whole time.

    The film runs by itself: the ring empties clockwise and the label's first paragraph is
    replaced by the time left, mm:ss. For the `last` seconds `closing` takes the place of the
    label, ring and track turn to the colour `close`, and the track beats with each second. In the
    deck a click starts it: the ring fills (an entrance wheel) and it prints full; once full it
    turns to `close`, with the sound of a gong if `gong`.
    """

    seconds: int
    thickness: float
    fill: str
    track: str
    label: Text
    last: int
    close: str
    closing: Text
    gong: bool = False


@dataclass(frozen=True, kw_only=True)
class Counter(Box):
    """A number that runs from `begin` to `end`, `at` seconds after the scene starts.

    The film shows it in the style of `label`'s only line, over `lasts` seconds; `label` itself
    says `end`. Not for the deck.
    """

    begin: int
    end: int
    at: float
    lasts: float
    label: Text


@dataclass(frozen=True, kw_only=True)
class Progress(Box):
    """The stretch of the ribbon that fills during the scene, from `begin` to `end` (0 to 1)."""

    fill: str
    begin: float
    end: float


@dataclass(frozen=True)
class Told:
    """A caption, shown from `start` to `end`, in seconds from the start of the scene."""

    start: float
    end: float
    panel: Panel
    text: Text


@dataclass(frozen=True, kw_only=True)
class Captions(Box):
    """What is said, written over everything else while it is heard. Not for the deck."""

    told: tuple[Told, ...]


@dataclass(frozen=True)
class Page:
    """One slide, or one span of the film.

    `id` is the plan's scene id; `title` is unique in the deck. `boxes` lie from back to front,
    which is also the reading order after the title. `seconds` is how long the film shows the
    page, None for a page of the deck alone. A `hidden` one is left out of the show.
    """

    id: str
    part: str | None
    title: str
    ground: str
    boxes: tuple[Box, ...]
    language: str
    seconds: int | None = None
    notes: str = ""
    hidden: bool = False
