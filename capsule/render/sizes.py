"""The sizes that pages are drawn in as pictures."""

from __future__ import annotations

from typing import NamedTuple


class Size(NamedTuple):
    """A picture's width and height, in pixels."""

    width: int
    height: int


FULL_HD = Size(1920, 1080)
DRAFT = Size(960, 540)
SIZES = {"720p": Size(1280, 720), "1080p": FULL_HD, "2160p": Size(3840, 2160)}
