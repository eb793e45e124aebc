"""Coded pictures of several files → one H.264 track, as they are.

Each file has parameter sets of its own, which slices name by number. The track has those of all
in its `avcC` (ISO/IEC 14496-15, 5.3.3.1), so that any slice finds its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import av
from av.container import OutputContainer
from av.video.reformatter import ColorRange
from av.video.stream import VideoStream

from capsule.render.video.clip import opened
from capsule.render.video.encode import RATE

_BT709 = 1  # ITU-T H.273
_IDR = 5  # type of NAL unit (ITU-T H.264, table 7-1)
_EARLIER = 1.0  # seconds before a key frame from which a file is read, to be sure to see it
_TICKS = {"video_track_timescale": str(512 * RATE)}


class Stretch(NamedTuple):
    """Pictures of a video, 25 a second, from a key frame on; all of them when `length` is None.

    `begin` is the key frame's second of the file. In the order of coding, they come before all
    that follow.
    """

    path: Path
    begin: float = 0.0
    length: int | None = None


class Coded(NamedTuple):
    """A coded picture, with its exact place among those of its stretch, in pictures."""

    place: float
    data: bytes
    idr: bool


class ParameterSets(NamedTuple):
    """What an `avcC` box says: how to decode the slices of a track."""

    profile: bytes  # profile, constraints and level, as in the box
    sequence: tuple[bytes, ...]
    picture: tuple[bytes, ...]


def join(stretches: Sequence[Stretch], target: Path) -> None:
    """Write the pictures of `stretches`, one after the other, as the MP4 `target`.

    They have one size. No time between two pictures but 1/25 s. Raises InputError when one cannot
    be read, ValueError when their parameter sets have the same numbers.
    """
    sets = [parameter_sets(stretch.path) for stretch in stretches]
    delay = max(_delay(stretch) for stretch in stretches)
    with av.open(target, "w", format="mp4", container_options=_TICKS) as container:
        track = _track(container, stretches[0].path, _box(sets))
        start = 0
        for stretch in stretches:
            done = 0
            for done, coded in enumerate(pictures(stretch), 1):
                packet = av.Packet(coded.data)
                packet.stream, packet.time_base = track, Fraction(1, RATE)
                packet.pts = start + round(coded.place)
                packet.dts = start + done - 1 - delay
                packet.duration = 1
                packet.is_keyframe = coded.idr
                container.mux(packet)
            start += done


def alike(paths: Sequence[Path]) -> bool:
    """Whether the videos at `paths` have the same parameter sets. Raises as `join`."""
    return len({parameter_sets(path) for path in paths}) < 2


def pictures(stretch: Stretch) -> Iterator[Coded]:
    """The coded pictures of `stretch`, in the order of their coding."""
    for place, packet, idr in _packets(stretch):
        yield Coded(place, bytes(packet), idr)


def _packets(stretch: Stretch) -> Iterator[tuple[float, av.Packet[VideoStream], bool]]:
    """Its packets, each with its place and whether it is an IDR picture."""
    with opened(stretch.path) as source:
        if stretch.begin > _EARLIER:
            source.seek(stretch.begin - _EARLIER)
        left, begun = stretch.length, False
        for packet in source.container.demux(source.video):
            if packet.pts is None or left == 0:
                continue
            place = RATE * (float(packet.pts * packet.time_base) - source.origin - stretch.begin)
            idr = packet.is_keyframe and any(unit[0] & 31 == _IDR for unit in units(bytes(packet)))
            begun = begun or (idr and place > -0.5)
            if begun:
                left = None if left is None else left - 1
                yield place, packet, idr


def units(data: bytes) -> Iterator[bytes]:
    """The NAL units of a picture, each after its length in four bytes."""
    at = 0
    while at + 4 < len(data):
        end = at + 4 + int.from_bytes(data[at : at + 4], "big")
        yield data[at + 4 : end]
        at = end


def parameter_sets(path: Path) -> ParameterSets:
    """Those of the video at `path`. Raises ValueError when it has no `avcC` with lengths of 4."""
    with opened(path) as source:
        box = source.video.codec_context.extradata or b""
    if len(box) < 7 or box[0] != 1 or box[4] & 3 != 3:
        raise ValueError("not H.264 with four bytes for a length")
    sets: list[tuple[bytes, ...]] = []
    at = 5
    for mask in (31, 255):
        count, at = box[at] & mask, at + 1
        some = []
        for _n in range(count):
            end = at + 2 + int.from_bytes(box[at : at + 2], "big")
            some.append(box[at + 2 : end])
            at = end
        sets.append(tuple(some))
    return ParameterSets(box[1:4], *sets)


def number(parameters: bytes) -> int:
    """The number of a sequence or picture parameter set, an Exp-Golomb code (9.1)."""
    at = 4 if parameters[0] & 31 == 7 else 1  # a sequence's profile and level come first
    bits = f"{int.from_bytes(parameters[at : at + 4].ljust(4, bytes(1)), 'big'):032b}"
    zeros = bits.index("1") if "1" in bits else 0
    return int(bits[zeros : 2 * zeros + 1], 2) - 1


def _box(sets: Sequence[ParameterSets]) -> bytes:
    profile = max((each.profile for each in sets), key=lambda told: (told[0], told[2]))
    level = max(each.profile[2] for each in sets)
    box = bytes([1, *profile[:2], level, 0xFF])
    for kind, spare in (("sequence", 0xE0), ("picture", 0)):
        some = list(dict.fromkeys(one for each in sets for one in getattr(each, kind)))
        if len({number(one) for one in some}) < len(some):
            raise ValueError("two parameter sets have one number")
        box += bytes([spare | len(some)])
        box += b"".join(len(one).to_bytes(2, "big") + one for one in some)
    return box + bytes([0xFD, 0xF8, 0xF8, 0])  # 4:2:0, 8 bits, 8 bits


def _delay(stretch: Stretch) -> int:
    """By how many pictures decoding must be ahead of showing."""
    return max((n - round(place) for n, (place, *_) in enumerate(_packets(stretch))), default=0)


def _track(container: OutputContainer, like: Path, box: bytes) -> VideoStream:
    with opened(like) as source:
        track = container.add_stream_from_template(source.video)
    context = track.codec_context
    context.extradata = box
    context.sample_aspect_ratio = Fraction(1)
    context.color_primaries = context.color_trc = context.colorspace = _BT709
    context.color_range = ColorRange.MPEG
    track.time_base = Fraction(1, RATE)
    return track
