"""The film: each scene a segment, rendered side by side, joined without encoding again.

The only importer of moviepy, which composes what moves (`animated`); `encode` knows H.264.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from gettext import NullTranslations
from gettext import gettext as _
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from PIL import Image

from capsule import digests
from capsule.cache import Cache
from capsule.crew import Crew, Progress, quiet
from capsule.files import replacing
from capsule.layout import burned, part_names
from capsule.layout.boxes import Captions, Page
from capsule.plan import Plan, Scene
from capsule.render import frames
from capsule.render.video import filmed, sound
from capsule.render.video.clip import Clip, Probe, probe
from capsule.render.video.encode import Quality
from capsule.render.video.making import Making, key_of, obtain
from capsule.render.video.mixing import Sources as Material
from capsule.render.video.mp4 import Chapter, join
from capsule.render.video.segments import Cut, of_page, of_video
from capsule.theme import HOUSE, Theme

__all__ = [
    "Chapter",
    "Clip",
    "Footage",
    "Material",
    "Probe",
    "Quality",
    "assemble",
    "chapters",
    "poster",
    "probe",
    "render",
]

_SOUND = 0.03  # seconds of work for one of sound


class Segment(NamedTuple):
    """Some seconds of a scene's pictures, without sound; its key tells all that they show."""

    scene: Scene
    seconds: int
    key: str
    path: Path


class Track(NamedTuple):
    """A sound; its key tells all that is heard."""

    key: str
    path: Path


@dataclass(frozen=True)
class Footage:
    """What a film is assembled from: segments that follow each other, and their sound."""

    segments: tuple[Segment, ...]
    sound: Track
    opening_sound: Track  # cut out of the whole, AAC would not be that of the intro by itself
    cache: Cache

    def opening(self) -> Footage:
        """The footage of the intro alone, nothing rendered again."""
        kept = tuple(s for s in self.segments if s.scene.part == "intro")
        return replace(self, segments=kept, sound=self.opening_sound)


def render(
    plan: Plan,
    pages: Iterable[Page],
    folder: Path,
    *,
    material: Material,
    quality: Quality,
    parts: Sequence[str],
    cache: Cache,
    crew: Crew,
    progress: Progress,
    theme: Theme = HOUSE,
) -> Footage:
    """Render the scenes of `parts` into `folder`, but for what `cache` has already.

    `pages` are those of `layout.film_pages`. `progress` hears the share done, from 0 to 1, and
    what has just been rendered. Interrupted, no process stays, and what was done is kept.

    Raises InputError when the video cannot be read, CapsuleError when a process died,
    UnavailableError when the cluster cannot do it, OSError.
    """
    scenes = [scene for scene in plan.scenes if scene.part in parts]
    digest = partial(digests.remembered, cache=cache)
    by_scene = {id_: tuple(own) for id_, own in groupby(pages, lambda page: page.id)}
    captions = {scene.id: burned(scene, plan, theme) for scene in scenes}
    cuts = list(_cuts(scenes, by_scene, material.clip, quality, digest, captions=captions))
    intro = [scene for scene in scenes if scene.part == "intro"]
    sounds = [_sound(plan, span, material, digest) for span in (scenes, intro or scenes)]
    pieces = [cut.making for _scene, cut in cuts]
    first = [*(piece for piece in pieces if not piece.follows), *sounds]
    second = [piece for piece in pieces if piece.follows]
    for makings, heard in ((first, progress), (second, quiet)):  # the second is a moment's work
        obtain(makings, folder, cache, crew, heard)
    tracks = [Track(making.key, making.at(folder)) for making in sounds]
    return Footage(
        tuple(Segment(s, cut.seconds, cut.making.key, cut.making.at(folder)) for s, cut in cuts),
        tracks[0],
        tracks[1],
        cache,
    )


def _cuts(
    scenes: Sequence[Scene],
    pages: Mapping[str, Sequence[Page]],
    clip: Clip | None,
    quality: Quality,
    digest: Callable[[Path], str],
    *,
    captions: Mapping[str, Captions | None],
) -> Iterator[tuple[Scene, Cut]]:
    before: Page | Making | None = None
    for scene in scenes:
        own = pages.get(scene.id, ())
        for page in own:
            yield from ((scene, cut) for cut in of_page(page, before, quality))
            before = page
        if own:
            continue
        if clip:
            lasts, told = scene.duration, captions[scene.id]
            cut = of_video(scene.id, clip, digest(clip.path), lasts, quality, captions=told)
            yield scene, cut
            before = cut.making
        else:
            raise ValueError(f"neither a page nor a video for scene {scene.id}")


def _sound(
    plan: Plan, scenes: Sequence[Scene], material: Material, digest: Callable[[Path], str]
) -> Making:
    heard = sound.key(plan, scenes, material, digest)
    write = partial(sound.write, plan, scenes, material)
    weight = _SOUND * (scenes[-1].end - scenes[0].start)
    return Making(_("sound"), key_of("sound", heard), weight, write, here=True)


def assemble(
    footage: Footage,
    target: Path,
    *,
    title: str,
    language: str,
    chapters: Sequence[Chapter],
    captions: str,
) -> None:
    """Write the film of `footage` to `target`, whole or not at all, encoding nothing again.

    `language` is a BCP 47 tag; `captions` is WebVTT, for a soft track; chapters and captions
    count from the start of the footage. Raises UnavailableError without FFmpeg, OSError.
    """
    kept = [(segment.seconds, segment.key) for segment in footage.segments]
    key = key_of("film", kept, footage.sound.key, title, language, chapters, captions)
    with replacing(target) as draft:
        if footage.cache.take(key, draft):
            return
        join(
            [(segment.path, segment.seconds) for segment in footage.segments],
            footage.sound.path,
            draft,
            title=title,
            language=language,
            chapters=chapters,
            captions=captions,
        )
    if footage.cache.keep(key, target, linked=True):
        footage.cache.trim()


def chapters(plan: Plan, words: NullTranslations) -> tuple[Chapter, ...]:
    """A chapter for each part, named as on the pages."""
    names = part_names(words)
    return tuple(
        Chapter(names[part.id], part.start, part.start + part.duration) for part in plan.parts
    )


def poster(pages: Sequence[Page], source: Clip | None, cache: Cache) -> bytes:
    """A PNG that stands for the film: its second page with everything in, or one of `source`.

    The first page is most often the title, which the room has just seen.

    Raises InputError when `source` cannot be read.
    """
    if source is None:
        return _kept(pages[min(1, len(pages) - 1)], cache)
    picture = io.BytesIO()
    seconds = min(probe(source.path).seconds / 10, 10.0)
    still = filmed.still(source, seconds, frames.FULL_HD)
    Image.fromarray(still.to_ndarray(format="rgb24")).save(picture, "PNG")
    return picture.getvalue()


def _kept(page: Page, cache: Cache) -> bytes:
    """The PNG of `page`, which takes longer to draw than the rest of a deck."""
    key = key_of("png", page)
    with TemporaryDirectory() as folder:
        file = Path(folder, "page.png")
        if not cache.take(key, file):
            file.write_bytes(frames.png(page))
            cache.keep(key, file)
        return file.read_bytes()
