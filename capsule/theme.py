"""Colours, sizes and measures that deck, film and player share."""

from __future__ import annotations

from dataclasses import dataclass

PAGE_WIDTH = 13.333  # inches, a 16:9 slide
PAGE_HEIGHT = 7.5
PIXELS_PER_INCH = 144  # 1920 x 1080 for that slide


@dataclass(frozen=True)
class Theme:
    """A look. Colours are RRGGBB; sizes are points; measures are inches.

    Teal, brick and plum mark the parts and are text on paper only; sun is a ground for ink
    text, or text on ink.
    """

    font: str = "Arial"
    ink: str = "14213D"
    paper: str = "FAF7F2"
    white: str = "FFFFFF"
    teal: str = "0B6E69"
    brick: str = "C2401C"
    plum: str = "6D3B6F"
    sun: str = "F7B538"
    coral: str = "FF7A59"  # on ink, 6.2:1: the time that runs out
    night: str = "0B1220"  # under burned captions, darker than any ground
    grey: str = "4A5568"
    line: str = "E3E5E8"  # hairlines and the ribbon's waiting parts, on paper
    line_on_ink: str = "2E3A57"  # the same, on ink
    soft_on_ink: str = "D5DAE4"  # secondary text on ink, 10.9:1
    margin: float = 0.6
    radius: float = 0.12
    display: float = 42
    title: float = 36
    body: float = 20
    meta: float = 14
    smallest: float = 12

    def part(self, part: str) -> str:
        """The colour of a part of the plan."""
        return {"intro": self.teal, "message": self.plum, "debrief": self.brick}[part]


HOUSE = Theme()
