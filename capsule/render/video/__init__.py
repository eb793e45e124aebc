"""The film: each scene a segment, rendered side by side, joined without encoding again.

The only importer of moviepy, which composes what moves (`animated`); `encode` knows H.264.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from gettext import NullTranslations
from pathlib import Path
from typing import NamedTuple

from PIL import Image

from capsule.cache import Cache
from capsule.crew import Crew, Job
from capsule.files import replacing
from capsule.layout import part_names
from capsule.layout.boxes import Page
from capsule.plan import Plan, Scene
from capsule.render import frames
from capsule.render.video import animated, filmed, sound
from capsule.render.video.encode import Quality
from capsule.render.video.filmed import Probe, probe
from capsule.render.video.mp4 import Chapter, join

__all__ = [
    "Chapter",
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


@dataclass(frozen=True)
class Material:
    """What a film is made from besides its pages; all of it may be missing."""

    video: Path | None = None


class Segment(NamedTuple):
    """The pictures of one scene, without sound."""

    scene: Scene
    path: Path


@dataclass(frozen=True)
class Footage:
    """What a film is assembled from: segments that follow each other, and their sound."""

    segments: tuple[Segment, ...]
    sound: Path
    opening_sound: Path  # cut out of the whole, AAC would not be that of the intro by itself

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
    progress: Callable[[float], None],
) -> Footage:
    """Render the scenes of `parts` into `folder`, those that `cache` does not have already.

    `pages` are those of `layout.film_pages`. `progress` hears the share done, from 0 to 1.
    Interrupted, no process stays.

    Raises InputError when the video cannot be read, CapsuleError when a process died.
    """
    source = material.video
    by_scene = {page.id: page for page in pages}
    scenes = [scene for scene in plan.scenes if scene.part in parts]
    segments = tuple(Segment(scene, folder / f"{scene.id}.mp4") for scene in scenes)
    intro = [scene for scene in scenes if scene.part == "intro"]
    whole = folder / "sound.m4a"
    alone = whole if intro in ([], scenes) else folder / "opening.m4a"
    footage = Footage(segments, whole, alone)
    heard = {alone: intro, whole: scenes}  # a single one when they are the same
    jobs = [
        Job("sound", 1, partial(sound.write, plan, span, source, path))
        for path, span in heard.items()
    ]
    before: Page | None = None
    for scene, path in segments:
        page = by_scene.get(scene.id)
        if page:
            jobs.append(Job(scene.id, scene.duration, partial(animated.write, page, before, path)))
        elif source is None:
            raise ValueError(f"neither a page nor a video for scene {scene.id}")
        else:  # much the longest: it goes first
            shown = partial(filmed.write, source, scene.duration, path)
            jobs.insert(0, Job(scene.id, 10 * scene.duration, shown))
        before = page
    crew.run(jobs, progress)
    return footage


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
    pieces = [(segment.path, segment.scene.duration) for segment in footage.segments]
    with replacing(target) as draft:
        join(
            pieces,
            footage.sound,
            draft,
            title=title,
            language=language,
            chapters=chapters,
            captions=captions,
        )


def chapters(plan: Plan, words: NullTranslations) -> tuple[Chapter, ...]:
    """A chapter for each part, named as on the pages."""
    names = part_names(words)
    return tuple(
        Chapter(names[part.id], part.start, part.start + part.duration) for part in plan.parts
    )


def poster(pages: Sequence[Page], source: Path | None) -> bytes:
    """A PNG that stands for the film: its second page with everything in, or one of `source`.

    The first page is most often the title, which the room has just seen.

    Raises InputError when `source` cannot be read.
    """
    if source is None:
        return frames.png(pages[min(1, len(pages) - 1)])
    picture = io.BytesIO()
    still = filmed.still(source, min(probe(source).seconds / 10, 10.0))
    Image.fromarray(still.to_ndarray(format="rgb24")).save(picture, "PNG")
    return picture.getvalue()
