"""Pages in motion, composed with moviepy: what a scene shows at any second."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from moviepy import Effect, VideoClip
from PIL import Image

from capsule.render.frames import Frame


@dataclass
class _Dissolve(Effect):  # type: ignore[misc]  # moviepy is not typed
    """The clip comes out of `before`, a still picture, over its first `seconds`."""

    before: Frame
    seconds: float

    def apply(self, clip: VideoClip) -> VideoClip:
        """The clip with its first pictures blended."""
        return clip.transform(self._blended)

    def _blended(self, get_frame: Callable[[float], Frame], at: float) -> Frame:
        frame = get_frame(at)
        if at >= self.seconds:
            return frame
        pictures = (Image.fromarray(self.before), Image.fromarray(frame))
        return np.asarray(Image.blend(*pictures, alpha=at / self.seconds))


def clip(at: Callable[[float], Frame], lasts: int, before: Frame, dissolve: float) -> VideoClip:
    """What `at` shows for `lasts` seconds, coming out of `before` for `dissolve` seconds.

    Its frames are the same object while nothing changes, and must not be written to.
    """
    return VideoClip(at, duration=lasts).with_effects([_Dissolve(before, dissolve)])
