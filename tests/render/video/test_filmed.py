"""The centre's own video, in the shapes, rates, colours and states that centres have."""

import io
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import av
import imageio_ffmpeg
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from capsule.cache import Cache
from capsule.errors import InputError
from capsule.render import video
from capsule.render.video import filmed
from capsule.render.video.clip import Clip

from .conftest import Make
from .filming import H264, RATE, SIZE, luma, number, numbered, write


def numbers(clip: Clip, seconds: float) -> list[int]:
    return [number(luma(frame)) for frame in filmed.pictures(clip, seconds, SIZE)]


def in_time(shown: Sequence[int], starts: Sequence[float]) -> bool:
    """Whether each picture of the film is within 20 ms of being on, by the second it starts."""
    return all(
        starts[n] <= place / RATE + 0.021
        and (n + 1 == len(starts) or starts[n + 1] > place / RATE + 0.019)
        for place, n in enumerate(shown)
    )


@pytest.mark.parametrize(
    ("rate", "name"),
    [
        ("24000/1001", "cinéma.mp4"),
        ("25", "europe.mkv"),
        ("30000/1001", "amérique.mp4"),
        ("30", "flux.ts"),
        ("50", "sport.mp4"),
        ("60", "écran.mkv"),
        ("10", "lent.avi"),
    ],
)
def test_any_rate_becomes_25_a_second(tmp_path: Path, rate: str, name: str) -> None:
    top, _slash, bottom = rate.partition("/")
    each = int(bottom or 1) / int(top)
    count = int(2.4 / each)
    source = write(tmp_path / name, numbered(count), rate, *H264, "-bf", "2")
    shown = numbers(Clip(source), 2)
    assert len(shown) == 50
    assert in_time(shown, [n * each for n in range(count)])


def test_a_variable_rate_is_followed(tmp_path: Path) -> None:
    starts = [round((n + 0.45 * (n % 3) + 14 * (n > 30)) / 20, 3) for n in range(50)]
    moved = ["-vf", "settb=1/1000,setpts=(N+0.45*mod(N\\,3)+14*gt(N\\,30))*50"]
    source = write(
        tmp_path / "téléphone.mp4", numbered(50), "25", *moved, "-fps_mode", "passthrough", *H264
    )
    shown = numbers(Clip(source), 3)
    assert len(shown) == 75
    assert in_time(shown, starts)


@pytest.mark.parametrize("name", ["long.mp4", "long.mkv", "long.ts"])
@pytest.mark.parametrize(("begin", "end"), [(1.0, 3.0), (3.48, 6.0), (5.02, None), (7.96, 9.96)])
def test_trimmed_to_the_picture(long: dict[str, Path], name: str, begin: float, end: float) -> None:
    clip = Clip(long[name], begin, end)
    shown = numbers(clip, 2)
    first = int(begin * RATE + 0.5)
    assert shown == [min(first + n, 249) for n in range(50)]


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Ten seconds with a key frame at the start only, and B frames."""
    folder = tmp_path_factory.mktemp("long")
    names = ("long.mp4", "long.mkv", "long.ts")
    options = [*H264, "-bf", "2", "-g", "999"]
    return {name: write(folder / name, numbered(250), "25", *options) for name in names}


def test_a_late_moment_is_reached_at_once(tmp_path: Path) -> None:
    options = [*H264, "-g", "50"]
    short = write(tmp_path / "court.mp4", numbered(250, 640, 360), "25", *options)
    source = tmp_path / "long.mp4"
    program = imageio_ffmpeg.get_ffmpeg_exe()
    looped = ["-stream_loop", "20", "-i", str(short), "-c", "copy", str(source)]
    subprocess.run([program, "-v", "error", *looped], check=True)
    numbers(Clip(source), 1)
    times = []
    for begin in (0.0, 200.0):
        begun = time.process_time()
        assert numbers(Clip(source, begin), 1) == list(range(25))
        times.append(time.process_time() - begun)
    assert times[1] < 10 * times[0] + 0.2


def test_a_shorter_clip_stays_on_its_last_picture(tmp_path: Path) -> None:
    source = write(tmp_path / "a.mp4", numbered(30), "25")
    frames = list(filmed.pictures(Clip(source), 2, SIZE))
    assert [number(luma(frame)) for frame in frames] == [*range(30), *[29] * 20]
    assert len({id(frame) for frame in frames[29:]}) == 1
    still = filmed.still(Clip(source), 0.5, SIZE)
    assert number(luma(still)) == 12


@pytest.mark.parametrize(
    ("wide", "high", "pixel", "box"),
    [
        (120, 90, "1", (20, 0, 120, 90)),  # 4:3
        (90, 160, "1", (55, 0, 50, 90)),  # upright
        (180, 144, "64/45", (0, 0, 160, 90)),  # PAL, widescreen
        (180, 144, "16/15", (20, 0, 120, 90)),  # PAL, 4:3
        (320, 100, "1", (0, 20, 160, 50)),
        (161, 91, "1", (0, 0, 160, 90)),  # odd
    ],
)
def test_any_shape_is_fitted_without_distortion(
    tmp_path: Path, wide: int, high: int, pixel: str, box: tuple[int, int, int, int]
) -> None:
    options = ["-vf", f"setsar={pixel}", "-c:v", "ffv1"]
    source = write(tmp_path / "a.mkv", numbered(7, wide, high)[5:], "5", *options)
    shown = luma(next(filmed.pictures(Clip(source), 1, SIZE)))
    x, y, width, height = box
    inside = shown[y : y + height, x : x + width]
    assert number(inside) == 5
    lower = inside[height // 2 + 3 : -3, 3:-3]
    assert np.abs(lower.astype(int) - lower.mean()).max() < 4
    outside = np.ones(shown.shape, bool)
    outside[max(y - 1, 0) : y + height + 1, max(x - 1, 0) : x + width + 1] = False
    assert not outside.any() or shown[outside].max() < 20


@pytest.mark.parametrize("flip", [None, "h", "v"])
@pytest.mark.parametrize("angle", [0, 90, 180, 270])
def test_a_phone_held_otherwise(tmp_path: Path, angle: int, flip: str | None) -> None:
    rng = np.random.default_rng(0)
    blocks = rng.integers(40, 220, (5, 8), np.uint8).repeat(18, axis=0).repeat(20, axis=1)
    stored = write(tmp_path / "a.mp4", [blocks] * 3, "3")
    turned = tmp_path / "tourné.mp4"
    mirror = [f"-display_{flip}flip"] if flip else []
    options = ["-display_rotation", str(angle), *mirror, "-i", str(stored), "-c", "copy"]
    program = imageio_ffmpeg.get_ffmpeg_exe()
    subprocess.run([program, "-v", "error", *options, str(turned)], check=True)
    command = [program, "-v", "error", "-i", str(turned), "-frames:v", "1", "-f", "rawvideo"]
    raw = subprocess.run([*command, "-pix_fmt", "gray", "-"], capture_output=True, check=True)
    upright = (90, 160) if angle % 180 == 0 else (160, 90)
    wide, high = (160, 90) if angle % 180 == 0 else (50, 90)
    expected = Image.fromarray(np.frombuffer(raw.stdout, np.uint8).reshape(upright))
    shown = luma(next(filmed.pictures(Clip(turned), 1, SIZE)))
    left = (160 - wide) // 4 * 2
    found = shown[:, left : left + wide].astype(int)
    wanted = np.asarray(expected.resize((wide, high)), int)
    assert np.corrcoef(found.ravel(), wanted.ravel())[0, 1] > 0.95


@pytest.mark.parametrize(
    ("matrix", "span", "kind"),
    [
        ("bt709", "tv", "yuv420p"),
        ("smpte170m", "tv", "yuv420p"),
        ("smpte170m", "pc", "yuv422p"),
        ("bt709", "pc", "yuv444p10le"),
        ("bt2020nc", "tv", "yuv420p10le"),
        ("unknown", "tv", "yuv420p"),
        ("gbr", "pc", "gbrp"),
    ],
)
def test_colours_become_those_of_bt709(make: Make, matrix: str, span: str, kind: str) -> None:
    into = {"unknown": "smpte170m", "gbr": "bt709", "bt2020nc": "bt2020"}.get(matrix, matrix)
    steps = f"format=gbrp,scale=out_color_matrix={into}:out_range={span},format={kind}"
    steps += f",setparams=colorspace={matrix}:range={span}"
    flat = ["-f", "lavfi", "-i", "color=0xC83C28:s=160x90:r=5:d=1", "-vf", steps, "-c:v", "ffv1"]
    frame = next(filmed.pictures(Clip(make(f"{matrix} {span} {kind}.mkv", *flat)), 1, SIZE))
    seen = [bytes(plane)[0] for plane in frame.planes]
    assert seen == pytest.approx([92, 105, 190], abs=2)  # of the red C8 3C 28, ITU-R BT.709


def test_what_is_transparent_is_black(make: Make) -> None:
    steps = "format=gbrap,geq=r=220:g=220:b=220:a='if(lt(X,80),255,0)'"
    options = ["-f", "lavfi", "-i", "color=s=160x90:r=5:d=1", "-vf", steps, "-c:v", "ffv1"]
    shown = luma(next(filmed.pictures(Clip(make("détouré.mkv", *options)), 1, SIZE)))
    assert shown[:, :76].min() > 180
    assert shown[:, 84:].max() < 20


def pq(nits: NDArray[np.float64]) -> NDArray[np.float64]:
    """SMPTE ST 2084."""
    power = (nits / 10000) ** 0.1593017578125
    signal: NDArray[np.float64] = (0.8359375 + 18.8515625 * power) / (1 + 18.6875 * power)
    return signal**78.84375


def hlg(nits: NDArray[np.float64]) -> NDArray[np.float64]:
    """ITU-R BT.2100, a grey on a display of 1000 cd/m2."""
    scene = (nits / 1000) ** (1 / 1.2)
    high = 0.17883277 * np.log(np.maximum(12 * scene - 0.28466892, 1e-9)) + 0.55991073
    return np.where(scene <= 1 / 12, np.sqrt(3 * scene), high)


@pytest.mark.parametrize(
    ("transfer", "curve", "white"), [("smpte2084", pq, 0.6), ("arib-std-b67", hlg, 0.67)]
)
def test_high_dynamic_range_is_brought_down(
    tmp_path: Path,
    transfer: str,
    curve: Callable[[NDArray[np.float64]], NDArray[np.float64]],
    white: float,
) -> None:
    nits = np.array([0, 5, 20, 50, 100, 203, 400, 1000.0])
    code = np.round(64 + 876 * curve(nits)).astype("<u2")
    picture = np.full((135, 160), 512, "<u2")
    picture[:90] = code.repeat(20)
    told = f"setparams=colorspace=bt2020nc:color_primaries=bt2020:color_trc={transfer}:range=tv"
    options = ["-vf", told, "-c:v", "ffv1"]
    source = write(tmp_path / "hdr.mkv", [picture] * 3, "3", *options, kind="yuv420p10le")
    frame = next(filmed.pictures(Clip(source), 1, SIZE))
    seen = (luma(frame)[45, 10::20].astype(float) - 16) / 219
    assert seen[0] == pytest.approx(0, abs=0.01)
    assert (np.diff(seen) > 0.03).all()  # shades stay apart, none is clipped
    assert seen[-1] < 1.01
    assert seen[5] == pytest.approx(white, abs=0.05)  # paper, of 203 cd/m2 (ITU-R BT.2408)
    assert np.abs(frame.to_ndarray()[SIZE.height :].astype(int) - 128).max() <= 2


def combed(picture: NDArray[np.uint8]) -> float:
    """How much the rows of one field differ from those of the other."""
    rows = picture.astype(int)
    return float(np.abs(2 * rows[1:-1] - rows[:-2] - rows[2:]).mean())


def test_interlaced_pictures_are_made_whole(tmp_path: Path) -> None:
    fields = [np.full((90, 160), 60, np.uint8) for _n in range(100)]
    for n, picture in enumerate(fields):
        picture[:, 8 + n : 40 + n] = 200
    weave = ["-vf", "tinterlace=interleave_top,setfield=tff", "-flags", "+ildct+ilme"]
    options = [*weave, "-c:v", "mpeg2video", "-q:v", "2"]
    source = write(tmp_path / "caméscope.mpg", fields, "50", *options)
    with av.open(source) as container:
        stored = [f.to_ndarray()[:90].astype(np.uint8) for f in container.decode(video=0)]
    shown = [luma(frame) for frame in filmed.pictures(Clip(source), 2, SIZE)]
    assert len(shown) == 50
    assert combed(stored[20]) > 1.5
    assert max(combed(picture) for picture in shown[5:45]) < 0.6
    bars = [int(np.flatnonzero(picture[45] > 130)[0]) for picture in shown[1:45]]
    assert all(1 <= step <= 3 for step in np.diff(bars))


def damaged(source: Path, begin: float, end: float) -> Path:
    """A copy of `source` in which a share of the bytes is zero."""
    data = bytearray(source.read_bytes())
    first, last = int(begin * len(data)), int(end * len(data))
    data[first:last] = bytes(last - first)
    target = source.with_name("abîmé.mp4")
    target.write_bytes(data)
    return target


def test_a_little_damage_is_held_over(tmp_path: Path) -> None:
    source = write(tmp_path / "a.mp4", numbered(200), "25", *H264, "-g", "10")
    shown = numbers(Clip(damaged(source, 0.4, 0.42)), 8)
    assert len(shown) == 200
    assert sum(seen != n for n, seen in enumerate(shown)) < 30
    with pytest.raises(InputError, match="nothing can be read of the video from 0:0"):
        numbers(Clip(damaged(source, 0.2, 0.8)), 8)


def test_a_poster_is_a_picture_of_it(tmp_path: Path) -> None:
    source = write(tmp_path / "l'été « bleu ».mp4", numbered(50), "25")
    poster = Image.open(io.BytesIO(video.poster((), Clip(source), Cache(tmp_path / "kept"))))
    assert poster.size == (1920, 1080)
    assert np.asarray(poster).max() > 150
