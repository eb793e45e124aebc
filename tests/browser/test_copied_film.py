"""A film whose intro is copied, beside slides with other headers: a browser plays and seeks it."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import av
import imageio_ffmpeg
import numpy as np
import pytest
from playwright.sync_api import Page

from capsule.render.frames import Size
from capsule.render.video import copied, encode, joined
from capsule.render.video.clip import Clip
from capsule.render.video.encode import Quality

QUALITY = Quality(Size(320, 180))
SEEK = """(seconds) => new Promise((resolve) => {
  const film = document.querySelector("video");
  film.requestVideoFrameCallback(() => {
    const canvas = new OffscreenCanvas(16, 9);
    const pen = canvas.getContext("2d");
    pen.drawImage(film, 0, 0, 16, 9);
    resolve([...pen.getImageData(0, 0, 16, 9).data]);
  });
  film.currentTime = seconds;
})"""
PLAY = """() => new Promise((resolve) => {
  const film = document.querySelector("video");
  film.onended = () => resolve([film.error, film.duration, film.currentTime]);
  film.onerror = () => resolve([film.error.message, 0, 0]);
  film.currentTime = 0;
  film.playbackRate = 4;
  film.play();
})"""


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds of slides, four of a copied video with B frames, two of slides."""
    folder = tmp_path_factory.mktemp("www")
    source, slide, intro = (folder / name for name in ("source.mp4", "slide.mp4", "intro.mp4"))
    made = ["-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=4", "-pix_fmt", "yuv420p", "-g", "25"]
    made += ["-colorspace", "bt709", "-color_range", "tv", "-c:v", "libx264", "-crf", "35"]
    program = imageio_ffmpeg.get_ffmpeg_exe()
    subprocess.run([program, "-v", "error", *made, "-bf", "3", str(source)], check=True)
    dark, light = (np.full((180, 320, 3), level, np.uint8) for level in (40, 200))
    encode.stills(slide, [dark] * 30 + [light] * 20, QUALITY)
    assert copied.write(Clip(source), QUALITY, 4, intro)
    joined.join([joined.Stretch(path) for path in (slide, intro, slide)], folder / "film.mp4")
    (folder / "index.html").write_text(
        "<link rel=icon href=data:><video src=film.mp4 muted></video>", encoding="utf-8"
    )
    return folder


def test_it_plays_and_seeks_across_the_seams(
    mixed: Path, serve: Callable[[Path], str], page: Page
) -> None:
    with av.open(mixed / "film.mp4") as container:
        frames = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    page.goto(serve(mixed) + "/index.html")
    for number in (70, 10, 49, 50, 149, 150, 51, 199):
        seen = np.array(page.evaluate(SEEK, (number + 0.5) / 25)).reshape(9, 16, 4)[:, :, :3]
        expected = frames[number].reshape(9, 20, 16, 20, 3).mean(axis=(1, 3))
        assert np.abs(seen - expected).mean() < 12, number
    error, duration, at = page.evaluate(PLAY)
    assert (error, duration, at) == (None, 8, 8)
