"""A tenth of the capsule as one writes it with moviepy: clips, fades, one text clip a second."""

from __future__ import annotations

import sys
from itertools import count
from pathlib import Path

from moviepy import (
    ColorClip,
    CompositeVideoClip,
    ImageClip,
    TextClip,
    VideoClip,
    VideoFileClip,
    concatenate_videoclips,
    vfx,
)

from capsule import plan, resources, source
from capsule.layout import film_pages
from capsule.render import frames
from capsule.theme import HOUSE

SIZE = (1920, 1080)
INTRO, MESSAGE, QUESTION = 18, 12, 6  # seconds


def main(video: str, target: str) -> None:
    """Write the film."""
    read = source.load(Path(__file__).parent)
    made = plan.make(read.capsule, plan.FilmedIntro(180))
    pages = film_pages(made, HOUSE, resources.words("fr"), None)
    pictures = {page.id: frames.Stage(page).at(None) for page in pages}
    intro = VideoFileClip(video).subclipped(0, INTRO).resized(height=SIZE[1])
    clips: list[VideoClip] = [CompositeVideoClip([intro.with_position("center")], size=SIZE)]
    clips.append(_faded(ImageClip(pictures["message"], duration=MESSAGE)))
    for number in count(1):
        page = pictures.get(f"question-{number}")
        if page is None:
            break
        clips.append(_faded(CompositeVideoClip([ImageClip(page, duration=QUESTION), *_times()])))
    clips.append(_faded(ImageClip(pictures["synthesis"], duration=QUESTION)))
    film = concatenate_videoclips(clips)
    film.write_videofile(
        target,
        fps=25,
        preset="veryfast",
        audio_codec="aac",
        logger=None,
        temp_audiofile_path=str(Path(target).parent),
    )


def _faded(clip: VideoClip) -> VideoClip:
    ground = ColorClip(SIZE, color=(250, 247, 242), duration=clip.duration)
    return CompositeVideoClip([ground, clip.with_effects([vfx.CrossFadeIn(0.5)])])


def _times() -> list[VideoClip]:
    font = str(resources.font(bold=True, italic=False))
    return [
        TextClip(font, f"0:{QUESTION - n:02}", font_size=88, color="white", size=(400, 200))
        .with_position((1300, 450))
        .with_start(n)
        .with_duration(1)
        for n in range(QUESTION)
    ]


if __name__ == "__main__":
    main(*sys.argv[1:3])
