"""Pages in motion, composed with moviepy: what a scene shows at any second."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from moviepy import Effect, VideoClip
from PIL import Image

from capsule.layout.boxes import Page
from capsule.render import frames
from capsule.render.video.encode import RATE, stills

_DISSOLVE = 0.5  # seconds


@dataclass
class _Dissolve(Effect):  # type: ignore[misc]  # moviepy is not typed
    """The clip comes out of `before`, a still picture, at its start."""

    before: frames.Frame

    def apply(self, clip: VideoClip) -> VideoClip:
        """The clip with its first half second blended."""
        return clip.transform(self._blended)

    def _blended(self, get_frame: Callable[[float], frames.Frame], at: float) -> frames.Frame:
        frame = get_frame(at)
        if at >= _DISSOLVE:
            return frame
        pictures = (Image.fromarray(self.before), Image.fromarray(frame))
        return np.asarray(Image.blend(*pictures, alpha=at / _DISSOLVE))


def write(page: Page, before: Page | None, target: Path) -> None:
    """Encode the scene of `page` as the segment `target`."""
    stills(target, _pictures(page, before))


def clip(page: Page, before: Page | None) -> VideoClip:
    """`page` for its seconds, dissolving from the last picture of `before`.

    Its frames are the same object while nothing changes, and must not be written to.
    """
    shot = VideoClip(frames.Stage(page).at, duration=page.seconds)
    return shot.with_effects([_Dissolve(_last(before))]) if before else shot


def _pictures(page: Page, before: Page | None) -> Iterator[frames.Frame]:
    """All frames of `clip`, in order."""
    shot = clip(page, before)
    for number in range((page.seconds or 0) * RATE):
        yield shot.get_frame(number / RATE)


def _last(page: Page) -> frames.Frame:
    return frames.Stage(page).at((page.seconds or 0) - 1 / RATE)
