"""The synthesis: what to keep, a commitment, and where to go further."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from gettext import NullTranslations
from typing import NamedTuple
from urllib.parse import urlsplit

import segno

from capsule.layout import frame, metrics, notes
from capsule.layout.boxes import Box, Disc, Enter, Page, Panel, Paragraph, Picture
from capsule.layout.question import PANEL, beside
from capsule.model import Link, Synthesis
from capsule.plan import Plan, Scene
from capsule.theme import Theme
from capsule.typography import plain

_DISC = 0.56
_INDENT = _DISC + 0.3  # of a point's text
_GAP = 0.14
_LOOSEST = 0.5
_APART = 0.28  # least height between the points and the commitment
_PAD = 0.2
_SIZES = (28, 26, 24, 22, 20, 18, 16, 14)


class _Kept(NamedTuple):
    """Points and commitment, set in sizes that fit together."""

    points: list[Paragraph]
    commitment: list[Paragraph]

    @property
    def rows(self) -> list[float]:
        return [max(_DISC, metrics.height([point])) for point in self.points]

    @property
    def foot(self) -> float:
        """The height of the commitment's card."""
        return metrics.height(self.commitment) + 2 * _PAD if self.commitment else 0.0

    @property
    def high(self) -> float:
        return sum(self.rows) + _GAP * (len(self.rows) - 1) + (self.foot and self.foot + _APART)


def page(scene: Scene, plan: Plan, theme: Theme, words: NullTranslations) -> Page:
    """Points one by one, then the commitment; the QR code from the start, to be photographed."""
    synthesis = plan.capsule.debrief.synthesis
    room = beside(theme) if synthesis.link else theme.canvas.room
    title = metrics.fit(
        metrics.runs(synthesis.title, theme.text, bold=True, strong=theme.part("debrief")),
        (44, 40, 36, 32, 28),
        (room, 1.4),
        ("debrief", "synthesis", "title"),
        factor=1.0,
        even=True,
    )
    high = metrics.height([title])
    return Page(
        id=scene.id,
        part=scene.part,
        title=plain(synthesis.title),
        ground=theme.ground,
        boxes=(
            frame.kicker(words.gettext("Synthesis"), theme, theme.part("debrief")),
            frame.block(
                "title",
                (theme.canvas.left, theme.canvas.top, room),
                [title],
                role="title",
                enter=Enter(min(0.3, scene.duration / 10)),
            ),
            *_kept(scene, synthesis, theme, room, theme.canvas.top + high + 0.45),
            *(_panel(synthesis.link, theme, words) if synthesis.link else ()),
            frame.signature(plan, theme),
            *frame.ribbon(scene, plan, theme, words),
        ),
        language=plan.capsule.language,
        seconds=scene.duration,
        notes=notes.of([scene], words, synthesis.note),
    )


def _kept(
    scene: Scene, synthesis: Synthesis, theme: Theme, room: float, top: float
) -> Iterator[Box]:
    """Points spread down to the commitment, which closes the page."""
    tall = theme.canvas.bottom - top
    kept = _fitted(synthesis, theme, room, tall)
    spare = max(0.0, tall - kept.high) / (len(kept.points) + bool(kept.commitment))
    gap = min(_GAP + spare, _LOOSEST)
    y = top
    for i, (point, row) in enumerate(zip(kept.points, kept.rows, strict=True)):
        enter = Enter(scene.beats[i])
        yield from _point(i + 1, point, span=(y, row), theme=theme, room=room, enter=enter)
        y += row + gap
    if kept.commitment:
        enter = Enter(scene.beats[-1])
        y = theme.canvas.bottom - kept.foot
        x = theme.canvas.left
        yield Panel(
            name="commitment card",
            x=x,
            y=y,
            w=room,
            h=kept.foot,
            fill=theme.card,
            radius=theme.radius,
            enter=enter,
        )
        place = (x + _PAD, y, room - 2 * _PAD)
        yield frame.block(
            "commitment", place, kept.commitment, tall=kept.foot, anchor="middle", enter=enter
        )


def _fitted(synthesis: Synthesis, theme: Theme, room: float, tall: float) -> _Kept:
    """Points and commitment at the largest size that keeps each point on one line, or fits."""
    for lines, least in ((1, 20), (99, _SIZES[-1])):
        for size in (size for size in _SIZES if size >= least):
            kept = _set(synthesis, theme, room, size)
            narrow = metrics.fits(kept.points, (room - _INDENT, 99)) and (
                not kept.commitment or metrics.fits(kept.commitment, (room - 2 * _PAD, 99))
            )
            if narrow and kept.high <= tall and all(len(p.lines) <= lines for p in kept.points):
                return kept
    texts = [*synthesis.points, synthesis.commitment or ""]
    longest = max(range(len(texts)), key=lambda i: len(texts[i]))
    ends = ("points", longest) if longest < len(kept.points) else ("commitment",)
    metrics.refuse(("debrief", "synthesis", *ends))
    return kept


def _set(synthesis: Synthesis, theme: Theme, room: float, size: float) -> _Kept:
    def told(text: str, strong: str, size: float, room: float) -> Paragraph:
        pieces = metrics.runs(text, theme.text, strong=strong)
        return metrics.evened(metrics.paragraph(pieces, size, room, factor=1.14))

    points = [told(text, theme.text, size, room - _INDENT) for text in synthesis.points]
    colour, promise = theme.part("debrief"), synthesis.commitment
    size = min(size, 22)
    return _Kept(points, [told(promise, colour, size, room - 2 * _PAD)] if promise else [])


def _point(
    number: int,
    told: Paragraph,
    *,
    span: tuple[float, float],
    theme: Theme,
    room: float,
    enter: Enter,
) -> Iterator[Box]:
    x, (y, high) = theme.canvas.left, span
    top = y + (high - _DISC) / 2 if len(told.lines) == 1 else y
    digit = frame.line(str(number), 20, theme.on(theme.debrief), bold=True, align="center")
    yield Disc(
        name=f"disc {number}",
        x=x,
        y=top,
        w=_DISC,
        h=_DISC,
        fill=theme.part("debrief"),
        enter=enter,
    )
    yield frame.block(
        f"number {number}", (x, top, _DISC), [digit], tall=_DISC, anchor="middle", enter=enter
    )
    place = (x + _INDENT, y, room - _INDENT)
    yield frame.block(f"point {number}", place, [told], tall=high, anchor="middle", enter=enter)


def _panel(link: Link, theme: Theme, words: NullTranslations) -> Iterator[Box]:
    """The QR code, what it leads to, and its address for those who type."""
    x, y, high = (
        theme.canvas.right - PANEL,
        theme.canvas.top,
        theme.canvas.bottom - theme.canvas.top,
    )
    yield Panel(name="panel", x=x, y=y, w=PANEL, h=high, fill=theme.ink, radius=theme.radius)
    side, room = 2.9, PANEL - 0.5
    label = metrics.fit(
        metrics.runs(link.label, theme.white, bold=True),
        (22, 20, 18, 16, 14),
        (room, 0.75),
        ("debrief", "synthesis", "link", "label"),
        align="center",
    )
    address = _address(link.url, theme, room)
    told = [
        replace(label, after=0.08),
        frame.line(address, theme.meta, theme.soft_on_ink, align="center"),
    ]
    top = y + (high - side - 0.3 - metrics.height(told)) / 2
    left = x + (PANEL - side) / 2
    yield Panel(name="plate", x=left, y=top, w=side, h=side, fill=theme.white, radius=theme.radius)
    yield Picture(
        name="qr code",
        x=left,
        y=top,
        w=side,
        h=side,
        png=_qr(link.url, theme),
        alt=words.gettext("QR code that leads to %(url)s") % {"url": link.url},
    )
    yield frame.block("link", (x + 0.25, top + side + 0.3, room), told)


def _address(url: str, theme: Theme, room: float) -> str:
    """The address without its scheme, or its host alone when that is too long to be typed."""
    parts = urlsplit(url)
    whole = url.split("://", 1)[1].rstrip("/")
    return whole if metrics.width(whole, theme.meta) < room else parts.netloc


def _qr(url: str, theme: Theme) -> bytes:
    """A PNG with the four quiet modules that ISO/IEC 18004 asks for; ten pixels a module."""
    picture = io.BytesIO()
    segno.make(url, error="m", micro=False).save(
        picture, kind="png", scale=10, border=4, dark=f"#{theme.ink}", light=f"#{theme.white}"
    )
    return picture.getvalue()
