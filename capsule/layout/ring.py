"""The panel beside a question: the ring that counts its time down, with the times around it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from gettext import NullTranslations
from itertools import product
from math import cos, hypot, pi, sin

from capsule.layout import frame, metrics
from capsule.layout.boxes import Arc, Box, Countdown, Panel, Paragraph, Text
from capsule.plan import Plan, Scene
from capsule.theme import Theme
from capsule.typography import clock

_RING = 2.7
_THICK = 0.4
_TICK_GAP = 0.07  # between the ring and its times, and between these
_AROUND = 1.6  # least height above and below the ring, for its times and the hint
_SIZES = 16, 14, 12  # points of what the time in the ring is
_LAST = 10  # seconds that are marked, or half of them if that is less


def panel(scene: Scene, plan: Plan, theme: Theme, words: NullTranslations) -> Iterator[Box]:
    """The ring, notched where a step ends, around the whole time."""
    x, y = theme.canvas.right - frame.PANEL, theme.canvas.top
    high = theme.canvas.bottom - theme.canvas.top
    yield Panel(name="panel", x=x, y=y, w=frame.PANEL, h=high, fill=theme.ink, radius=theme.radius)
    ring = min(_RING, high - _AROUND)
    left, top = x + (frame.PANEL - ring) / 2, y + (high - ring) / 2
    size, closing_size = (44, 60) if ring == _RING else (32, 44)
    total = frame.line(clock(scene.duration), size, theme.white, bold=True, align="center")
    beneath = _within(_whole(scene, plan, words), total, ring / 2 - _THICK, theme)
    last = min(_LAST, scene.duration // 2)
    closing = [frame.line(clock(last), closing_size, theme.alarm, bold=True, align="center")]
    inner = (left + _THICK, top + _THICK, ring - 2 * _THICK)
    yield Countdown(
        name="countdown",
        x=left,
        y=top,
        w=ring,
        h=ring,
        seconds=scene.duration,
        thickness=_THICK,
        fill=theme.accent,
        track=theme.line_on_ink,
        label=frame.block("total", inner, [total, beneath], tall=inner[2], anchor="middle"),
        last=last,
        close=theme.alarm,
        closing=frame.block("closing", inner, closing, tall=inner[2], anchor="middle"),
        gong=plan.capsule.deck.gong,
        alt=words.gettext("Countdown of %(length)s")
        % {"length": frame.length(scene.duration, words)},
    )
    yield from _notches(scene.beats, scene.duration, (left, top, ring), theme.ink)
    yield from _ticks(scene, (left + ring / 2, top + ring / 2), ring / 2, theme)


def _whole(scene: Scene, plan: Plan, words: NullTranslations) -> tuple[str, ...]:
    """What the time in the ring is, under it; then in fewer words."""
    if not scene.leaf:
        return (words.gettext("in all"),)
    whole = {"whole": clock(next(one.duration for one in plan.questions if one.id == scene.id))}
    return words.gettext("of %(whole)s in all") % whole, words.gettext("of %(whole)s") % whole


def _within(texts: Sequence[str], over: Paragraph, radius: float, theme: Theme) -> Paragraph:
    """The first of `texts` that holds below `over` in a circle around both, or the last."""
    for text, size in product(texts, _SIZES):
        told = frame.line(text, size, theme.soft_on_ink, align="center")
        foot = metrics.height([over, told]) / 2
        if hypot(metrics.widest(told.lines, size) / 2, foot) < radius:
            break
    return told


def _notches(
    beats: Sequence[float], seconds: int, place: tuple[float, float, float], colour: str
) -> Iterator[Box]:
    over = 0.02  # beyond the ring, whose edge would shine through
    for i, beat in enumerate(beats if len(beats) > 1 else (), 1):
        yield Arc(
            name=f"notch {i}",
            x=place[0] - over,
            y=place[1] - over,
            w=place[2] + 2 * over,
            h=place[2] + 2 * over,
            fill=colour,
            start=(360 * beat / seconds - 1.1) % 360,
            sweep=2.2,
            thickness=_THICK + 2 * over,
        )


def _ticks(
    scene: Scene, centre: tuple[float, float], radius: float, theme: Theme
) -> Iterator[Text]:
    """The time at the ring's top and notches, or evenly around; those too near are left out."""
    total, kept = scene.duration, list[Text]()
    shares = next((n for n in (4, 3, 2) if total % (5 * n) == 0), 1)
    even = [total * n / shares for n in range(1, shares)]
    for at in [total, *(scene.beats[1:] or even)]:
        told = frame.line(clock(int(at)), theme.meta, theme.soft_on_ink, align="center")
        w, h = metrics.widest(told.lines, told.size) * 1.02, metrics.height([told])
        sine, cosine = sin(2 * pi * at / total), cos(2 * pi * at / total)
        out = radius + _TICK_GAP + (w * abs(sine) + h * abs(cosine)) / 2
        place = (centre[0] + out * sine - w / 2, centre[1] - out * cosine - h / 2, w)
        tick = frame.block(f"tick {clock(int(at))}", place, [told])
        if not any(_near(tick, other) for other in kept):
            kept.append(tick)
    yield from kept


def _near(one: Text, other: Text) -> bool:
    apart = max(
        abs(one.x + one.w / 2 - other.x - other.w / 2) - (one.w + other.w) / 2,
        abs(one.y + one.h / 2 - other.y - other.h / 2) - (one.h + other.h) / 2,
    )
    return apart < _TICK_GAP
