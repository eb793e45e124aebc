"""A video that fits the film already: its coded pictures are taken as they are.

What lies before its first key frame in the film, and after its last, is encoded.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from math import floor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from capsule.errors import InputError
from capsule.render.video import filmed
from capsule.render.video.clip import Clip, opened
from capsule.render.video.encode import GROUP, RATE, Quality, moving
from capsule.render.video.fitted import fits as shown_as_it_is
from capsule.render.video.joined import (
    Coded,
    ParameterSets,
    Stretch,
    join,
    number,
    parameter_sets,
    pictures,
    units,
)

_OURS = 1  # the number of the film's own parameter sets
_PROFILES = {66, 77, 100}  # Baseline, Main, High
_FMO_FREE = 0x40  # constraint_set1: a Baseline without slice groups, which players refuse
_PARTITIONED = {2, 3, 4}  # types of NAL units (ITU-T H.264, table 7-1)
_PARAMETERS = {7, 8}
_OFF = 0.05  # of a picture's time, that a file may round its times by
_BITS = 0.16  # most of a pixel, on average: 8 Mbit/s in 1080p, what video platforms ask for


class _Kept(NamedTuple):
    """The stretch that is copied, and how many pictures of the film come before it."""

    before: int
    stretch: Stretch


def fits(clip: Clip, quality: Quality, seconds: int) -> bool:
    """Whether `clip`, shown for `seconds`, can be copied but for its ends. Raises InputError."""
    return _kept(clip, quality, seconds) is not None


def write(clip: Clip, quality: Quality, seconds: int, target: Path) -> bool:
    """Write `clip` for `seconds` as the segment `target`, copied; do nothing if it does not fit.

    Raises InputError when the video cannot be read.
    """
    kept = _kept(clip, quality, seconds)
    if kept is None:
        return False
    after = kept.before + (kept.stretch.length or 0)
    with TemporaryDirectory(dir=target.parent) as folder:

        def encoded(name: str, first: int, last: int) -> list[Stretch]:
            if first == last:
                return []
            part = clip._replace(begin=clip.begin + first / RATE)
            piece = Path(folder, name)
            moving(piece, filmed.pictures(part, (last - first) / RATE, quality.size), quality)
            return [Stretch(piece)]

        head = encoded("head.mp4", 0, kept.before)
        tail = encoded("tail.mp4", after, seconds * RATE)
        join([*head, kept.stretch, *tail], target)
    return True


def _kept(clip: Clip, quality: Quality, seconds: int) -> _Kept | None:
    """What can be copied of `clip`; None if it cannot, or not enough to be worth it."""
    last = seconds if clip.end is None else min(seconds, clip.end - clip.begin)
    try:
        if not _looks(clip.path, quality):
            return None
        sets = parameter_sets(clip.path)
        groups = _groups(Stretch(clip.path, clip.begin), sets, floor(last * RATE + _OFF))
    except (ValueError, InputError):  # encoding it will hold out longer, or say what is wrong
        return None
    if not groups or not _takes(sets):
        return None
    before, after = groups[0].first, groups[-1].first + groups[-1].length
    most = _BITS * quality.size.width * quality.size.height * (after - before)
    if after - before < seconds * RATE / 2 or 8 * sum(group.size for group in groups) > most:
        return None
    stretch = Stretch(clip.path, clip.begin + before / RATE, after - before)
    return _Kept(before, stretch)


def _takes(sets: ParameterSets) -> bool:
    """Whether the film's decoders take what is coded with `sets`, beside the film's own."""
    profile, constraints, _level = sets.profile
    plain = profile in _PROFILES and (profile != min(_PROFILES) or constraints & _FMO_FREE)
    return bool(plain) and all(number(one) != _OURS for one in (*sets.sequence, *sets.picture))


def _looks(path: Path, quality: Quality) -> bool:
    """Whether the first picture is shown as it is."""
    with opened(path) as source:
        if source.video.codec_context.name != "h264":
            return False
        first = next(source.container.decode(source.video), None)
        pixel = source.video.sample_aspect_ratio or Fraction(1)
        return (
            first is not None
            and not first.interlaced_frame
            and shown_as_it_is(first, pixel, quality.size)
        )


class _Group(NamedTuple):
    """The pictures from a key frame to the next: where they begin in the film, number, bytes."""

    first: int
    length: int
    size: int


def _groups(source: Stretch, sets: ParameterSets, wanted: int) -> list[_Group]:
    """The groups of `source` that lie whole in `wanted` pictures; none if one cannot be copied."""
    found: list[_Group] = []
    for pictures_ in _split(pictures(source)):
        group = _group(pictures_, sets)
        if group is None or (found and group.first != found[-1].first + found[-1].length):
            return []
        if group.first + group.length > wanted:
            break
        found.append(group)
    return found


def _split(coded: Iterable[Coded]) -> Iterator[list[Coded]]:
    group: list[Coded] = []
    for picture in coded:
        if picture.idr and group:
            yield group
            group = []
        group.append(picture)
    if group:
        yield group


def _group(coded: list[Coded], sets: ParameterSets) -> _Group | None:
    """The group of pictures `coded`; None if it cannot be copied."""
    places = sorted(picture.place for picture in coded)
    first = round(places[0])
    steady = all(abs(place - first - n) < _OFF for n, place in enumerate(places))
    if not steady or round(coded[0].place) != first or len(coded) > GROUP:
        return None
    known = {*sets.sequence, *sets.picture}
    for picture in coded:
        for unit in units(picture.data):
            kind = unit[0] & 31
            if kind in _PARTITIONED or (kind in _PARAMETERS and unit not in known):
                return None
    return _Group(first, len(coded), sum(len(picture.data) for picture in coded))
