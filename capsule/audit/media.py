"""Whether the videos of a deck play, pause, and say in writing what they say aloud."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Any

import av

from capsule.audit.deck import Deck, Shape
from capsule.audit.package import NS, Package, number, qn
from capsule.audit.rules import Finding, on
from capsule.audit.slides import film_type, head
from capsule.audit.timing import targets

_TRACK = "http://schemas.microsoft.com/office/2017/04/relationships/track"
_OPEN = "{urn:capsule:deck}captions"  # what capsule marks a film with, whose pictures hold them
_NO_POSTER = 0xD89C445D  # CRC-32 of the loudspeaker that python-pptx shows where none is given
_SAME = {  # containers that begin alike
    "video/quicktime": "video/mp4",
    "video/x-m4v": "video/mp4",
    "video/x-msvideo": "video/avi",
}


def findings(deck: Deck) -> Iterator[Finding]:
    """Check every video of every slide."""
    for page in deck.slides:
        for shape in page.shapes:
            if shape.video is not None:
                yield from _poster(shape)
                yield from _type(shape)
                yield from _captions(shape)
                yield from _pause(shape)
                yield from _advance(shape)


def _poster(shape: Shape) -> Iterator[Finding]:
    blip = shape.element.find("p:blipFill/a:blip", NS)
    part = shape.page.target(blip.get(qn("r:embed"))) if blip is not None else ""
    if not part or zlib.crc32(shape.page.package.read(part)) == _NO_POSTER:
        yield on("video-poster", shape)


def _type(shape: Shape) -> Iterator[Finding]:
    """What content type is told of the video's part is what it begins like."""
    package, part = shape.page.package, _film(shape)
    if not part:
        return
    told = package.type_of(part) or ""
    found = film_type(head(package, part))
    fits = _SAME.get(told, told) == found if found else told.startswith("video/")
    if not fits or told.endswith("/unknown"):
        yield on("video-type", shape, told=told or "?", found=found or "?")


def _captions(shape: Shape) -> Iterator[Finding]:
    """A video that is heard has a WebVTT track (MS-PPTX 2.2.31)."""
    package, rels = shape.page.package, shape.page.rels
    tracks = [track.get(qn("r:embed")) for track in shape.element.iter(qn("p173:track"))]
    part, is_open = _film(shape), next(shape.properties.iter(_OPEN), None) is not None
    if not tracks and not is_open and part and _heard(package, part):
        yield on("captions-missing", shape)
    for link in tracks:
        rel = rels.get(link)
        if rel is None or rel.target not in package.names:
            yield on("captions-broken", shape)
        elif rel.type != _TRACK:
            yield on("captions-link", shape, kind=rel.kind)
        elif not _is_webvtt(package, rel.target):
            yield on("captions-broken", shape)


def _is_webvtt(package: Package, part: str) -> bool:
    begins = package.read(part).removeprefix(b"\xef\xbb\xbf").startswith(b"WEBVTT")
    return begins and package.type_of(part) == "text/vtt"


def _pause(shape: Shape) -> Iterator[Finding]:
    """A video that starts without a click is paused by one."""
    timing = shape.page.tree.find("p:timing", NS)
    if timing is None:
        return
    id_ = shape.properties.get("id", "")
    starts = [c for c in timing.iter(qn("p:cmd")) if _calls(c, id_, "playFrom")]
    alone = any(not _by_click(command) for command in starts)
    if alone and not any(_calls(c, id_, "togglePause") for c in timing.iter(qn("p:cmd"))):
        yield on("video-pause", shape)


def _calls(command: Any, id_: str, name: str) -> bool:
    return command.get("cmd", "").startswith(name) and id_ in targets(command)


def _by_click(command: Any) -> bool:
    """Whether the nearest effect around `command` waits for a click."""
    effects = (n for n in command.iterancestors(qn("p:cTn")) if n.get("presetClass"))
    effect = next(effects, None)
    return effect is not None and effect.get("nodeType") == "clickEffect"


def _advance(shape: Shape) -> Iterator[Finding]:
    transition = shape.page.tree.find(".//p:transition[@advTm]", NS)
    if transition is not None:
        yield on("video-cut", shape, seconds=round(number(transition, "advTm") / 1000))


def _film(shape: Shape) -> str:
    """The part that the video plays; '' for a file outside of the deck."""
    media = next(shape.element.iter(qn("p14:media")), None)
    links = [media.get(qn("r:embed"))] if media is not None else []
    found = (shape.page.target(link) for link in [*links, shape.video.get(qn("r:link"))])
    return next(filter(None, found), "")


def _heard(package: Package, part: str) -> bool:
    """Whether a film has a sound track; one that cannot be read is taken to have one."""
    try:
        with package.open(part) as file, av.open(file) as film:
            return bool(film.streams.audio)
    except (av.FFmpegError, ValueError, OSError):
        return True
