"""The film's pictures cut into segments, each known by the hash of all that it depends on.

A page's scene is cut at its first key frame: its head holds the dissolve, and so depends on the
page before; its body does not.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple, TypeVar

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace

from capsule.crew import tell
from capsule.layout import boxes
from capsule.layout.boxes import Page
from capsule.render import frames
from capsule.render.frames import Frame
from capsule.render.video import captioned, copied, encode, filmed
from capsule.render.video.clip import Clip
from capsule.render.video.encode import GROUP, RATE, Quality
from capsule.render.video.making import Making, Source, key_of

_T = TypeVar("_T")
_DISSOLVE = 0.5  # seconds
_PER_SECOND = 0.95  # seconds of work for one of video
_UNSEEN = {"name", "alt", "role"}  # what a box has that its picture does not show


class Cut(NamedTuple):
    """A segment, and how many seconds of the film it lasts."""

    seconds: int
    making: Making


def of_page(page: Page, before: Page | Making | None, quality: Quality) -> tuple[Cut, ...]:
    """The head and, if the scene outlasts it, the body of `page`.

    The page comes out of the last picture of `before`: a page, or the segment of the video.
    """
    whole = (page.seconds or 0) * RATE
    cuts = []
    for span in (range(min(GROUP, whole)), range(GROUP, whole)):
        if span:
            out_of = before if span.start == 0 else None
            key = key_of("page", page.seconds, _shown(page), span, _ending(out_of), quality)
            write = partial(_write_page, page, span, out_of, quality)
            weight = _weight(page, span, dissolves=out_of is not None)
            follows = isinstance(out_of, Making)
            making = Making(page.id, key, weight, write, here=follows, follows=follows)
            cuts.append(Cut(len(span) // RATE, making))
    return tuple(cuts)


def of_video(
    name: str,
    clip: Clip,
    digest: str,
    seconds: int,
    quality: Quality,
    *,
    captions: boxes.Captions | None,
) -> Cut:
    """The centre's video `clip`, whose file has the `digest`, for `seconds`.

    `captions` are burned into it.
    """
    key = key_of("video", digest, clip.begin, clip.end, seconds, quality, _shown(captions))
    write = partial(_write_video, clip, seconds, quality, captions=captions)
    source = Source(clip.path, digest)
    return Cut(seconds, Making(name, key, _PER_SECOND * seconds, write, source))


def last_picture(path: Path) -> Frame:
    """The last picture of the segment at `path`."""
    with av.open(path) as container:
        stream = container.streams.video[0]
        container.seek(max((stream.duration or 0) - 1, 0), stream=stream)
        *_others, frame = container.decode(stream)
    rgb = frame.reformat(
        format="rgb24", src_colorspace=Colorspace.ITU709, src_color_range=ColorRange.MPEG
    )
    return rgb.to_ndarray().astype(np.uint8, copy=False)


def _write_page(
    page: Page, span: range, before: Page | Making | None, quality: Quality, target: Path
) -> None:
    still: Frame | None = None
    match before:
        case Page():
            lasts = before.seconds or 0
            still = frames.Stage(before, quality.size).at(lasts)
        case Making():
            still = last_picture(before.at(target.parent))
    pictures = _pictures(page, span, still, quality)
    encode.stills(target, _told(pictures, len(span)), quality)


def _pictures(page: Page, span: range, before: Frame | None, quality: Quality) -> Iterator[Frame]:
    at = frames.Stage(page, quality.size).at
    if before is not None:
        from capsule.render.video import animated  # noqa: PLC0415 (moviepy is slow to import)

        at = animated.clip(at, page.seconds or 0, before, _DISSOLVE).get_frame
    return (at(number / RATE) for number in span)


def _write_video(
    clip: Clip,
    seconds: int,
    quality: Quality,
    target: Path,
    path: Path,
    *,
    captions: boxes.Captions | None,
) -> None:
    clip = clip._replace(path=path)
    if captions is None and copied.write(clip, quality, seconds, target):
        return
    pictures = filmed.pictures(clip, seconds, quality.size)
    if captions:
        pictures = captioned.over(pictures, captions, quality.size)
    encode.moving(target, _told(pictures, seconds * RATE), quality)


def _told(pictures: Iterable[_T], count: int) -> Iterator[_T]:
    for number, picture in enumerate(pictures):
        tell(number / count)
        yield picture


def _weight(page: Page, span: range, *, dissolves: bool) -> float:
    """Seconds that x264 and the brush need, about: a few for all, the rest for what changes."""
    first, last = span.start / RATE, span.stop / RATE if span else 0.0
    changes = set[int]()
    for box in page.boxes:
        moves = [(box.enter.at, box.enter.lasts)] if box.enter else []
        if isinstance(box, boxes.Counter):
            moves.append((box.at, box.lasts))
        for at, lasts in moves:
            changes.update(range(round(at * RATE), round((at + lasts) * RATE) + 1))
        if isinstance(box, boxes.Countdown | boxes.Progress):
            changes.update(range(0, span.stop, RATE))
    drawn = sum(first <= number / RATE < last for number in changes)
    blended = _DISSOLVE * RATE if dissolves else 0
    return 0.15 + 0.018 * drawn + 0.035 * blended


def _ending(before: Page | Making | None) -> object:
    if isinstance(before, Page):
        return (before.seconds, _shown(before))
    return before and before.key


def _shown(value: object) -> object:
    """`value`, a page or a part of one, without what its picture does not show."""
    match value:
        case Page():
            return (value.ground, _shown(value.boxes))
        case bytes():
            return hashlib.sha256(value).hexdigest()
        case tuple():
            return tuple(_shown(item) for item in value)
        case _ if is_dataclass(value):
            seen = [field.name for field in fields(value) if field.name not in _UNSEEN]
            return (type(value).__name__, *(_shown(getattr(value, name)) for name in seen))
    return value
