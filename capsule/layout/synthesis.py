"""The synthesis: what to keep, a commitment, and where to go further."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from gettext import NullTranslations
from typing import NamedTuple, cast
from urllib.parse import urlsplit

import segno

from capsule.layout import frame, lettering, metrics, notes
from capsule.layout.boxes import Box, Disc, Enter, Line, Page, Panel, Paragraph, Picture
from capsule.layout.leaves import of as shared
from capsule.layout.leaves import title as marked
from capsule.model import Link, Synthesis
from capsule.plan import Plan, Scene
from capsule.theme import Theme

_DISC = 0.56
_INDENT = _DISC + 0.3  # of a point's text
_GAP = 0.14
_LOOSEST = 0.5
_APART = 0.28  # least height between the points and the commitment
_PAD = 0.2
_SIZES = (28, 26, 24, 22, 20, 18)
_TITLE_SIZES = (44, 40, 36, 32, 28)
_AGAIN = (32, 28)  # sizes of a title that the page before has too
_TITLE_TALLEST = 1.4
_UNDER = 0.45  # room under the title


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


def leaves(scene: Scene, plan: Plan, theme: Theme, words: NullTranslations) -> tuple[Scene, ...]:
    """The points on as few pages as hold them; the commitment closes the last."""

    def fits(one: Scene) -> bool:
        pieces, room = _named(one, plan, theme, words), _room(one, theme)
        title = metrics.paragraph(pieces, _TITLE_SIZES[-1], room, factor=1.0)
        return _largest(one, theme, _under(title, theme)) is not None

    points = cast(Synthesis, scene.content).points
    return shared(scene, [len(point) for point in points], fits)


def page(scene: Scene, plan: Plan, theme: Theme, words: NullTranslations) -> Page:
    """Points one by one, then the commitment; the QR code from the start, to be photographed."""
    synthesis = cast(Synthesis, scene.content)
    room = _room(scene, theme)
    pieces = _named(scene, plan, theme, words)
    title = _title(scene, pieces, theme)
    high = 0.0 if theme.canvas.title else metrics.height([title]) + _UNDER
    place = (theme.canvas.left, theme.canvas.top, room)
    enter = Enter(min(0.3, scene.duration / 10))
    return frame.slide(
        scene,
        plan,
        theme,
        words,
        name=words.gettext("Synthesis"),
        title=pieces,
        boxes=(
            frame.block("title", place, [title], role="title", enter=enter),
            *_kept(scene, theme, theme.canvas.top + high),
            *(_panel(synthesis.link, theme, words) if synthesis.link else ()),
        ),
        notes=notes.of(plan, [scene], words, synthesis.note),
    )


def _room(scene: Scene, theme: Theme) -> float:
    return frame.beside(theme) if cast(Synthesis, scene.content).link else theme.canvas.room


def _named(scene: Scene, plan: Plan, theme: Theme, words: NullTranslations) -> Line:
    name = cast(Synthesis, scene.content).title
    pieces = metrics.runs(name, theme.text, bold=True, strong=theme.part("debrief"))
    return marked(pieces, scene, plan, theme.soft, words)


def _title(scene: Scene, pieces: Line, theme: Theme) -> Paragraph:
    """The title as large as it can be over points that still fit."""
    sizes = _AGAIN if scene.leaf and scene.leaf.number > 1 else _TITLE_SIZES
    where = ("debrief", "synthesis", "title")
    whole = (_room(scene, theme), _TITLE_TALLEST)
    titles = [
        metrics.fit(pieces, sizes[i:], whole, where, factor=1.0, even=True)
        for i in range(len(sizes))
    ]
    return next((one for one in titles if _largest(scene, theme, _under(one, theme))), titles[0])


def _under(title: Paragraph, theme: Theme) -> float:
    """The height that `title` leaves."""
    whole = theme.canvas.bottom - theme.canvas.top
    return whole if theme.canvas.title else whole - metrics.height([title]) - _UNDER


def _kept(scene: Scene, theme: Theme, top: float) -> Iterator[Box]:
    """Points spread down to the commitment, which closes the page."""
    tall, room = theme.canvas.bottom - top, _room(scene, theme)
    kept = _fitted(scene, theme, tall)
    first = scene.leaf.first if scene.leaf else 0
    spare = max(0.0, tall - kept.high) / (len(kept.points) + bool(kept.commitment))
    gap = min(_GAP + spare, _LOOSEST)
    y = top
    for i, (point, row) in enumerate(zip(kept.points, kept.rows, strict=True)):
        enter = Enter(scene.beats[i])
        yield from _point(first + i + 1, point, span=(y, row), theme=theme, room=room, enter=enter)
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


def _largest(scene: Scene, theme: Theme, tall: float) -> _Kept | None:
    """Points and commitment at the largest size that keeps each point on one line, or fits."""
    synthesis, room = cast(Synthesis, scene.content), _room(scene, theme)
    for broken in (False, True):
        for lines, least in ((1, 20), (99, _SIZES[-1])):
            for size in (size for size in _SIZES if size >= least):
                kept = _set(synthesis, theme, room, size)
                if (
                    kept.high <= tall
                    and all(len(point.lines) <= lines for point in kept.points)
                    and metrics.fits(kept.points, (room - _INDENT, 99), broken=broken)
                    and metrics.fits(kept.commitment, (room - 2 * _PAD, 99), broken=broken)
                ):
                    points, promise = kept
                    return _Kept([*map(metrics.evened, points)], [*map(metrics.evened, promise)])
    return None


def _fitted(scene: Scene, theme: Theme, tall: float) -> _Kept:
    """The largest that fits, or the smallest there is, which is refused."""
    if found := _largest(scene, theme, tall):
        return found
    synthesis = cast(Synthesis, scene.content)
    kept = _set(synthesis, theme, _room(scene, theme), _SIZES[-1])
    texts = [*synthesis.points, synthesis.commitment or ""]
    longest = max(range(len(texts)), key=lambda i: len(texts[i]))
    first = scene.leaf.first if scene.leaf else 0
    ends = ("points", first + longest) if longest < len(kept.points) else ("commitment",)
    metrics.refuse(("debrief", "synthesis", *ends))
    return kept


def _set(synthesis: Synthesis, theme: Theme, room: float, size: float) -> _Kept:
    def told(text: str, strong: str, size: float, room: float) -> Paragraph:
        pieces = metrics.runs(text, theme.text, strong=strong)
        return metrics.paragraph(pieces, size, room, factor=1.14)

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
        theme.canvas.right - frame.PANEL,
        theme.canvas.top,
        theme.canvas.bottom - theme.canvas.top,
    )
    yield Panel(name="panel", x=x, y=y, w=frame.PANEL, h=high, fill=theme.ink, radius=theme.radius)
    side, room = min(2.9, high - 1.4), frame.PANEL - 0.5
    label = metrics.fit(
        metrics.runs(link.label, theme.white, bold=True),
        (22, 20, 18, 16),
        (room, 0.9),
        ("debrief", "synthesis", "link", "label"),
        align="center",
    )
    address = _address(link.url, theme, room)
    typed = metrics.fit(
        metrics.runs(address, theme.soft_on_ink),
        (theme.meta, 13, theme.smallest),
        (room, 0.75),
        ("debrief", "synthesis", "link", "url"),
        align="center",
    )
    told = [replace(label, after=0.08), typed]
    top = y + (high - side - 0.3 - metrics.height(told)) / 2
    left = x + (frame.PANEL - side) / 2
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
    return whole if lettering.width(whole, theme.meta) < room else parts.netloc


def _qr(url: str, theme: Theme) -> bytes:
    """A PNG with the four quiet modules that ISO/IEC 18004 asks for; ten pixels a module."""
    picture = io.BytesIO()
    segno.make(url, error="m", micro=False).save(
        picture, kind="png", scale=10, border=4, dark=f"#{theme.ink}", light=f"#{theme.white}"
    )
    return picture.getvalue()
