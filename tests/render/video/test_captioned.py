import av
import numpy as np
import pytest

from capsule import layout, model, plan
from capsule.layout.boxes import Captions
from capsule.plan import Cue
from capsule.render.frames import FULL_HD
from capsule.render.video import captioned
from capsule.render.video.encode import pixels
from capsule.theme import HOUSE


@pytest.fixture(scope="module")
def captions(starter: model.Capsule) -> Captions:
    film = starter.film.model_copy(update={"captions": "burned"})
    intro = model.Intro(title="Le film", video="intro.mp4")
    capsule = starter.model_copy(update={"intro": intro, "film": film})
    cues = (Cue(0.4, 1.0, "Une première,\nsur deux lignes."), Cue(1.0, 1.2, "Puis une autre."))
    planned = plan.make(capsule, plan.FilmedIntro(60, cues))
    box = layout.burned(planned.scenes[0], planned, HOUSE)
    assert box
    return box


def bright() -> av.VideoFrame:
    frame = av.VideoFrame(1920, 1080, "yuv420p")
    for plane, value in zip(frame.planes, (225, 120, 140), strict=True):
        pixels(plane)[:] = value
    return frame


def test_a_caption_lies_in_its_box_and_nowhere_else(captions: Captions) -> None:
    source = [bright() for _ in range(32)]
    shown = list(captioned.over(source, captions, FULL_HD))
    assert [n for n, frame in enumerate(shown) if frame is not source[n]] == list(range(10, 30))
    for number, one in ((12, captions.told[0]), (27, captions.told[1])):
        luma = pixels(shown[number].planes[0])
        left, top = round(one.panel.x * 144), round(one.panel.y * 144)
        right, bottom = left + round(one.panel.w * 144), top + round(one.panel.h * 144)
        inner = luma[top + 2 : bottom - 2, left + 20 : right - 20]
        assert inner.min() < 40
        assert np.quantile(inner, 0.5) < 40
        assert inner.max() > 225
        outside = luma.copy()
        outside[top - 2 : bottom + 2, left - 2 : right + 2] = 225
        assert (outside == 225).all()
        assert (pixels(shown[number].planes[2])[: top // 2 - 2] == 140).all()


def test_pictures_are_not_written_to(captions: Captions) -> None:
    same = bright()
    shown = list(captioned.over([same] * 30, captions, FULL_HD))
    assert (pixels(same.planes[0]) == 225).all()
    assert len({id(frame) for frame in shown}) == 3  # none, and one for each caption
