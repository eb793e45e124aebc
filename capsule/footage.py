"""The centre's own video, opened: how long it is shown, its captions; its faults as problems."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from gettext import gettext as _
from typing import TYPE_CHECKING

from capsule import plan
from capsule.errors import InputError, Problem
from capsule.render import captions
from capsule.source import Source
from capsule.typography import clock

if TYPE_CHECKING:
    from capsule.render.video import Probe

_FREEZE = 2.0  # seconds by which a video may differ from its announced length, cut or frozen


def filmed(read: Source, problems: list[Problem]) -> plan.FilmedIntro | None:
    """What the plan must know of the centre's own video; None if that cannot be known.

    What is wrong with the video and its captions is added to `problems`.
    """
    intro = read.capsule.intro
    if not intro.video or not read.file(intro.video).is_file():
        return None
    from capsule.render.video import probe  # noqa: PLC0415 (slow to import)

    cues: tuple[plan.Cue, ...] = ()
    try:
        if intro.captions and read.file(intro.captions).is_file():
            cues = captions.read(read.file(intro.captions))
    except InputError as error:
        problems += error.problems
    try:
        found = probe(read.file(intro.video))
    except InputError as error:
        problems += error.problems
        return None
    faults = [*_trim_faults(read, found)]
    problems += faults
    if faults:
        return None
    seconds = (found.seconds if intro.end is None else intro.end) - intro.begin
    shown = intro.duration or round(seconds)
    if abs(shown - seconds) > _FREEZE:
        values = {"shown": clock(shown), "film": clock(round(seconds))}
        what = _("the intro is to last %(shown)s, and its video lasts %(film)s") % values
        remedy = _("write duration: %(film)s, or change the video") % values
        problems.append(read.problem(("intro", "duration"), what, remedy))
    kept = (
        replace(cue, start=max(cue.start - intro.begin, 0), end=min(cue.end - intro.begin, shown))
        for cue in cues
        if cue.start - intro.begin < shown and cue.end > intro.begin
    )
    return plan.FilmedIntro(shown, tuple(kept), found.sound)


def _trim_faults(read: Source, found: Probe) -> Iterable[Problem]:
    """What keeps the video from being shown from `from` to `to`."""
    intro = read.capsule.intro
    last = found.seconds if intro.end is None else intro.end
    values = {"length": clock(round(found.seconds)), "readable": clock(int(found.readable))}
    beyond = _("the video lasts %(length)s") % values
    if intro.begin > found.seconds - 1:
        yield read.problem(("intro", "from"), beyond, _("take it up at least a second before"))
    elif last > found.seconds + 0.5:  # by more than rounding to the second may do
        yield read.problem(("intro", "to"), beyond, _("leave it at %(length)s or before") % values)
    elif found.readable < last - _FREEZE:
        what = _("the video announces %(length)s, and can be read up to %(readable)s") % values
        remedy = _("copy the file again or export it again, or write to: %(readable)s") % values
        if found.readable < intro.begin + 1:
            remedy = _("copy the file again, or export it again")
        yield read.problem(("intro", "video"), what, remedy)
    elif last < intro.begin + 1:
        what = _("less than a second of the video is left between from and to")
        yield read.problem(("intro", "to"), what, _("leave it later"))
