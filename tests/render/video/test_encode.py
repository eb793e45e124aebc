"""What goes into a segment comes out of it, at each size."""

from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest
from av.video.reformatter import ColorRange, Colorspace
from numpy.typing import NDArray

from capsule import layout, plan, resources
from capsule.layout import boxes
from capsule.render import frames
from capsule.render.frames import Frame, Size
from capsule.render.sizes import SIZES
from capsule.render.video import encode
from capsule.render.video.encode import Quality
from capsule.theme import HOUSE

QUALITIES = [*(Quality(size) for size in SIZES.values()), Quality(frames.DRAFT, draft=True)]


def moved(size: Size, count: int) -> list[Frame]:
    """Changes on and around key frames, and past the sixteen values of frame_num."""
    rng = np.random.default_rng(7)
    shown, frame = [], np.full((size.height, size.width, 3), 250, np.uint8)
    for number in range(count):
        if number in {1, 17, 49, 50, 51, 99, 101, 134, 160} or 60 < number < 66:
            frame = frame.copy()
            x = int(rng.integers(0, size.width - 200))
            frame[300:500, x : x + 200] = rng.integers(0, 255, 3)
        shown.append(frame)
    return shown


def read(path: Path, every: int = 1) -> Iterator[NDArray[np.int16]]:
    """The pictures of the segment, or one in so many."""
    with av.open(path) as container:
        for number, frame in enumerate(container.decode(video=0)):
            if number % every == 0:
                yield frame.to_ndarray(format="rgb24").astype(np.int16)


@pytest.mark.parametrize("quality", QUALITIES, ids=str)
def test_stills_hold_whatever_changes_when(quality: Quality, tmp_path: Path) -> None:
    shown = moved(quality.size, 205 if quality.draft else 70)
    encode.stills(tmp_path / "s.mp4", shown, quality)
    pairs = zip(read(tmp_path / "s.mp4", 5), shown[::5], strict=True)
    for number, (one, other) in enumerate(pairs):
        assert one.shape == other.shape
        assert np.abs(one - other).mean() < 2, 5 * number


@pytest.mark.parametrize("quality", QUALITIES, ids=str)
def test_stills_and_moving_pictures_share_their_headers(quality: Quality, tmp_path: Path) -> None:
    rng = np.random.default_rng(7)
    noisy = av.VideoFrame(*quality.size, "yuv420p")
    encode.pixels(noisy.planes[0])[:] = rng.integers(16, 235, (quality.size.height, 1))
    encode.stills(tmp_path / "s.mp4", moved(quality.size, 2), quality)
    encode.moving(tmp_path / "m.mp4", [noisy, noisy], quality)
    headers = []
    for name in ("s.mp4", "m.mp4"):
        with av.open(tmp_path / name) as container:
            stream = container.streams.video[0]
            assert (stream.width, stream.height) == quality.size
            headers.append(stream.codec_context.extradata)
    assert headers[0] == headers[1]


def test_converting_what_changed_is_converting_all(starter_plan: plan.Plan) -> None:
    pages = layout.film_pages(starter_plan, HOUSE, resources.words("fr"), None)
    stage = frames.Stage(pages[3])
    kept = encode._Picture(frames.FULL_HD)
    for number in (0, 20, 40, 41, 42, 60, 80, 200, 201):
        rgb = stage.at(number / encode.RATE)
        kept.show(rgb)
        whole = av.VideoFrame.from_ndarray(rgb, format="rgb24").reformat(
            format="yuv420p", dst_colorspace=Colorspace.ITU709, dst_color_range=ColorRange.MPEG
        )
        for one, other in zip(kept.frame.planes, whole.planes, strict=True):
            assert np.array_equal(encode.pixels(one), encode.pixels(other)), number


def test_the_countdown_reads_right(starter_plan: plan.Plan, tmp_path: Path) -> None:
    """Each reading is the likest of all that the ring can show."""
    pages = layout.film_pages(starter_plan, HOUSE, resources.words("fr"), None)
    scene = starter_plan.questions[0]
    page = next(page for page in pages if page.id == scene.id)
    [ring] = [box for box in page.boxes if isinstance(box, boxes.Countdown)]
    quality = Quality(frames.DRAFT, draft=True)
    scale = quality.size.width / 13.333
    place = tuple(
        slice(round(start * scale), round((start + length) * scale))
        for start, length in ((ring.y, ring.h), (ring.x, ring.w))
    )
    stage = frames.Stage(page, quality.size)
    count = scene.duration * encode.RATE
    encode.stills(tmp_path / "q.mp4", (stage.at(n / encode.RATE) for n in range(count)), quality)
    drawn = frames.Stage(page, quality.size)
    meant = [drawn.at(second + 0.9)[place].astype(np.int16) for second in range(scene.duration)]
    chosen = {0, 1, 29, 30, 69, 70, 79, 80, 81, 85, 88, 89}
    with av.open(tmp_path / "q.mp4") as container:
        for number, frame in enumerate(container.decode(video=0)):
            second, rest = divmod(number, encode.RATE)
            if second in chosen and rest in {13, 24}:
                picture = frame.to_ndarray(format="rgb24").astype(np.int16)
                apart = [np.abs(picture[place] - one).mean() for one in meant]
                assert int(np.argmin(apart)) == second
