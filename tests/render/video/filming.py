"""Videos as centres have them, made of pictures that can be told apart."""

import subprocess
from collections.abc import Iterable
from pathlib import Path

import av
import imageio_ffmpeg
import numpy as np
from numpy.typing import NDArray

from capsule.render.frames import Size

Picture = NDArray[np.generic]
H264 = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-crf", "16"]
SIZE = Size(160, 90)
RATE = 25


def write(
    target: Path, pictures: Iterable[Picture], rate: str, *options: str, kind: str = "gray"
) -> Path:
    """Encode `pictures` of one shape, with the options of FFmpeg."""
    kept = list(pictures)
    high, wide = kept[0].shape[:2]
    if kind.startswith("yuv"):
        high = high * 2 // 3
    shape = ["-f", "rawvideo", "-pix_fmt", kind, "-s", f"{wide}x{high}", "-r", rate, "-i", "-"]
    program = imageio_ffmpeg.get_ffmpeg_exe()
    command = [program, "-v", "error", "-y", *shape, *(options or H264), str(target)]
    subprocess.run(command, input=b"".join(p.tobytes() for p in kept), check=True)
    return target


def numbered(count: int, wide: int = 160, high: int = 90) -> list[Picture]:
    """Pictures whose upper half is eight bars, the bits of their number."""
    pictures: list[Picture] = []
    for number in range(count):
        picture = np.full((high, wide), 110, np.uint8)
        for bit in range(8):
            bar = slice(wide * bit // 8, wide * (bit + 1) // 8)
            picture[: high // 2, bar] = 220 if number >> bit & 1 else 20
        pictures.append(picture)
    return pictures


def number(luma: NDArray[np.uint8]) -> int:
    """What is written on the picture `luma`."""
    high, wide = luma.shape
    row = luma[high // 4 - 2 : high // 4 + 3].mean(axis=0)
    return sum((row[wide * (2 * bit + 1) // 16] > 120) << bit for bit in range(8))


def luma(frame: av.VideoFrame) -> NDArray[np.uint8]:
    assert (frame.format.name, frame.width, frame.height) == ("yuv420p", *SIZE)
    return frame.to_ndarray()[: SIZE.height].astype(np.uint8)
