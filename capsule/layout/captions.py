"""Captions that are part of the picture: on a dark panel at the foot, over whatever is there."""

from __future__ import annotations

from collections.abc import Sequence

from capsule.layout import metrics
from capsule.layout.boxes import Captions, Panel, Paragraph, Run, Told
from capsule.layout.frame import block
from capsule.plan import Cue, Scene
from capsule.theme import PAGE_HEIGHT, PAGE_WIDTH, Theme

_SIZE = 28  # points, to be read from the back of a room
_SMALLEST = 6  # whatever a file of the centre's holds fits then
_FACTOR = 1.0  # of the font's own line height: two lines stay below what pages show
_ROOM = PAGE_WIDTH - 1.6
_TALLEST = 1.7  # inches, of the text: that file may hold cues of many lines
_PAD_X, _PAD_Y = 0.26, 0.07
_FOOT = PAGE_HEIGHT - 0.06


def told(scene: Scene, theme: Theme) -> Captions:
    """The cues of `scene`, each at its time and in its place. They are never cut."""
    shown = tuple(_told(i, cue, scene, theme) for i, cue in enumerate(scene.cues, 1))
    left = min(one.panel.x for one in shown)
    top = min(one.panel.y for one in shown)
    return Captions(
        name="captions", x=left, y=top, w=PAGE_WIDTH - 2 * left, h=_FOOT - top, told=shown
    )


def _told(number: int, cue: Cue, scene: Scene, theme: Theme) -> Told:
    paragraphs = _fitted(cue.text.split("\n"), theme.white)
    wide = max(metrics.widest(p.lines, p.size) for p in paragraphs) + 2 * _PAD_X
    high = metrics.height(paragraphs) + 2 * _PAD_Y
    x, y = (PAGE_WIDTH - wide) / 2, _FOOT - high
    return Told(
        start=cue.start - scene.start,
        end=min(cue.end, scene.end) - scene.start,
        panel=Panel(
            name=f"under caption {number}",
            x=x,
            y=y,
            w=wide,
            h=high,
            fill=theme.night,
            radius=theme.radius,
        ),
        text=block(f"caption {number}", (x, y, wide), paragraphs, tall=high, anchor="middle"),
    )


def _fitted(lines: Sequence[str], colour: str) -> list[Paragraph]:
    """The cue's own lines if they fit, else wrapped again, and smaller if need be."""
    own = [_paragraph((Run(line, colour),), _SIZE, 99) for line in lines]
    if metrics.fits(own, (_ROOM, _TALLEST)):
        return own
    whole = (Run(" ".join(lines), colour),)
    sizes = range(_SIZE, _SMALLEST - 1, -2)
    wrapped = [metrics.evened(_paragraph(whole, size, _ROOM)) for size in sizes]
    return [next((p for p in wrapped if metrics.fits([p], (_ROOM, _TALLEST))), wrapped[-1])]


def _paragraph(pieces: tuple[Run, ...], size: float, room: float) -> Paragraph:
    return metrics.paragraph(pieces, size, room, align="center", factor=_FACTOR)
