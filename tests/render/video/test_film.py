"""The film of the small capsule, read back."""

import subprocess
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import imageio_ffmpeg
import numpy as np
import pytest
from av.video.reformatter import ColorRange, Colorspace
from numpy.typing import NDArray

from capsule import plan, resources
from capsule.cache import Cache
from capsule.crew import Crew, quiet
from capsule.errors import CapsuleError
from capsule.layout.boxes import Page
from capsule.render import captions, frames, video
from capsule.render.video import encode, mp4

Picture = NDArray[np.int16]


def atoms(path: Path) -> list[bytes]:
    """The names of the file's outer boxes, in order."""
    data, names, at = path.read_bytes(), [], 0
    while at < len(data):
        names.append(data[at + 4 : at + 8])
        at += int.from_bytes(data[at : at + 4])
    return names


def seen(frame: av.VideoFrame) -> Picture:
    """A quarter as wide and high."""
    small = frame.reformat(width=480, height=270, format="rgb24")
    return small.to_ndarray().astype(np.int16)


def meant(page: Page, at: float) -> Picture:
    """The page as the film should show it, but for the loss of compression."""
    drawn = av.VideoFrame.from_ndarray(np.asarray(frames.draw(page, at)), format="rgb24")
    return seen(
        drawn.reformat(
            format="yuv420p",
            dst_colorspace=Colorspace.ITU709,
            dst_color_range=ColorRange.MPEG,
        )
    )


@pytest.fixture(scope="module")
def pictures(film: Path) -> list[Picture]:
    """Every frame of the film."""
    with av.open(film) as container:
        return [seen(frame) for frame in container.decode(video=0)]


def apart(one: Picture, other: Picture) -> float:
    """The mean difference, of 255."""
    return float(np.abs(one - other).mean())


def test_streams_are_what_players_expect(film: Path) -> None:
    with av.open(film) as container:
        (shown,), (heard,) = container.streams.video, container.streams.audio
        context = shown.codec_context
        assert (context.name, context.profile, context.pix_fmt) == ("h264", "High", "yuv420p")
        assert (context.width, context.height) == (1920, 1080)
        assert shown.average_rate == 25
        assert shown.frames == 500
        assert shown.duration is not None
        assert shown.time_base is not None
        assert shown.duration * shown.time_base == 20
        assert (context.colorspace, context.color_primaries, context.color_trc) == (1, 1, 1)
        assert context.color_range == 1
        assert (heard.codec_context.name, heard.rate, heard.layout.name) == ("aac", 48000, "stereo")
        (told,) = container.streams.subtitles
        assert (told.codec_context.name, told.language) == ("mov_text", "fra")
        assert container.duration == 20_000_000
    names = atoms(film)
    assert names.index(b"moov") < names.index(b"mdat")


def test_each_frame_is_there_and_a_key_every_two_seconds(film: Path, small_plan: plan.Plan) -> None:
    with av.open(film) as container:
        stream = container.streams.video[0]
        packets = [packet for packet in container.demux(stream) if packet.size]
    assert stream.time_base is not None
    base = Fraction(stream.time_base)
    times = [packet.pts * base for packet in packets if packet.pts is not None]
    assert times == [Fraction(n, 25) for n in range(500)]
    keys = [time for time, packet in zip(times, packets, strict=True) if packet.is_keyframe]
    assert {scene.start for scene in small_plan.scenes} <= set(keys)
    assert max(b - a for a, b in pairwise([*keys, Fraction(20)])) <= 2


def test_it_decodes_without_a_word(film: Path) -> None:
    program = imageio_ffmpeg.get_ffmpeg_exe()
    options = ["-v", "warning", "-xerror", "-i", str(film), "-f", "null", "-"]
    done = subprocess.run([program, *options], capture_output=True, text=True, check=True)
    assert done.stderr == ""


def test_frames_are_those_of_the_pages(
    pictures: list[Picture], small_pages: tuple[Page, ...], small_plan: plan.Plan
) -> None:
    assert len(pictures) == 500
    for page, scene in zip(small_pages, small_plan.scenes, strict=True):
        for at in (0.6, 1.0, scene.duration - 0.04):
            shown = pictures[round((scene.start + at) * 25)]
            assert apart(meant(page, at), shown) < 0.8, (page.id, at)


def test_scenes_dissolve_into_each_other(pictures: list[Picture]) -> None:
    before, after = pictures[49], pictures[50 + 13]  # of the first scene; of the second
    away = [apart(before, picture) for picture in pictures[50:63]]
    assert away == sorted(away)
    assert away[0] < 1 < away[-1]
    assert apart(after, pictures[64]) < 5


def test_the_countdown_changes_each_second(pictures: list[Picture], small_plan: plan.Plan) -> None:
    (question,) = small_plan.questions
    seconds = [pictures[(question.start + n) * 25 + 20] for n in range(question.duration)]
    for one, other in pairwise(seconds):
        assert apart(one, other) > 0.1
    start = (question.start + 2) * 25
    assert apart(pictures[start + 15], pictures[start + 24]) < 0.05  # still within a second


def test_chapters_captions_and_title(film: Path, small_plan: plan.Plan) -> None:
    with av.open(film) as container:
        assert container.metadata["title"] == small_plan.capsule.title
        found = [
            (c["metadata"]["title"], c["start"] / 1000, c["end"] / 1000)
            for c in container.chapters()  # MP4 keeps them in milliseconds
        ]
    names = resources.words("fr").gettext
    assert found == [
        (names("Video"), 0, 10),
        (names("Message"), 10, 14),
        (names("Debrief"), 14, 20),
    ]
    program = imageio_ffmpeg.get_ffmpeg_exe()
    options = ["-v", "error", "-i", str(film), "-map", "0:s", "-f", "srt", "-"]
    told = subprocess.run([program, *options], capture_output=True, check=True).stdout
    path = film.with_suffix(".srt")
    path.write_bytes(told)
    cues = captions.read(path)
    assert [cue.text for cue in cues] == [cue.text for cue in small_plan.cues]
    for cue, meant in zip(cues, small_plan.cues, strict=True):
        assert cue.start == pytest.approx(meant.start, abs=0.002)


def test_progress_tells_each_segment(progress: list[tuple[float, str]], film: Path) -> None:
    shares = [share for share, _made in progress]
    assert shares == sorted(shares)
    assert shares[-1] == 1
    made = [made for _share, made in progress]
    assert made[-1].endswith(" · 12/12")  # ten segments and two sounds
    assert {"message", "question-1", "synthesis"} < {text.split(" · ")[0] for text in made}


def rendered(
    made: plan.Plan, pages: tuple[Page, ...], folder: Path, part: str, **options: object
) -> video.Footage:
    """The footage of one part, by this process and in silence."""
    told = {"quality": video.Quality(), "cache": Cache(folder / "kept"), **options}
    return video.render(
        made,
        pages,
        folder,
        material=video.Material(),
        parts=(part,),
        crew=Crew(1),
        progress=quiet,
        **told,  # type: ignore[arg-type]
    )


def opening(footage: video.Footage, target: Path) -> bytes:
    video.assemble(
        footage.opening(), target, title="T", language="fr-CA", chapters=(), captions="WEBVTT\n"
    )
    return target.read_bytes()


def test_the_opening_is_the_intro_and_no_more(
    footage: video.Footage, small_plan: plan.Plan, tmp_path: Path
) -> None:
    target = tmp_path / "intro.mp4"
    opening(footage, target)
    with av.open(target) as container:
        assert container.streams.video[0].frames == small_plan.parts[0].duration * 25
        assert not container.streams.subtitles
        assert container.duration == 10_000_000
        heard = sum(frame.samples for frame in container.decode(audio=0))
    assert heard == pytest.approx(10 * 48000, abs=1024)


def test_the_opening_is_the_same_bytes_whatever_else_is_rendered(
    footage: video.Footage,
    small_plan: plan.Plan,
    small_pages: tuple[Page, ...],
    cache: Cache,
    tmp_path: Path,
) -> None:
    alone = rendered(small_plan, small_pages, tmp_path, "intro", cache=cache)
    again = replace(footage.opening(), cache=Cache(tmp_path / "none"))
    assert opening(alone, tmp_path / "alone.mp4") == opening(again, tmp_path / "cut.mp4")


def test_same_footage_same_bytes(
    film: Path, small_plan: plan.Plan, footage: video.Footage, tmp_path: Path
) -> None:
    target = tmp_path / "again.mp4"
    video.assemble(
        replace(footage, cache=Cache(tmp_path / "none")),
        target,
        title=small_plan.capsule.title,
        language="fr",
        chapters=video.chapters(small_plan, resources.words("fr")),
        captions=captions.vtt(small_plan.cues),
    )
    assert target.read_bytes() == film.read_bytes()


def test_only_the_parts_asked_for_are_rendered(
    small_plan: plan.Plan, small_pages: tuple[Page, ...], tmp_path: Path
) -> None:
    draft = video.Quality(frames.DRAFT)
    footage = rendered(small_plan, small_pages, tmp_path, "message", quality=draft)
    assert len(list(tmp_path.glob("*.mp4"))) == 3  # head, body and sound
    assert [segment.seconds for segment in footage.segments] == [2, 2]
    with av.open(footage.sound.path) as container:
        assert container.duration == 4_000_000


def test_stills_hold_whatever_changes_when(tmp_path: Path) -> None:
    """Changes on and around key frames, and past the sixteen values of frame_num."""
    rng = np.random.default_rng(7)
    shown, frame = [], np.full((1080, 1920, 3), 250, np.uint8)
    for number in range(205):
        if number in {1, 17, 49, 50, 51, 99, 101, 134, 160} or 60 < number < 80:
            frame = frame.copy()
            x = int(rng.integers(0, 1700))
            frame[300:500, x : x + 200] = rng.integers(0, 255, 3)
        shown.append(frame)
    target = tmp_path / "s.mp4"
    encode.stills(target, shown, encode.Quality())
    with av.open(target) as container:
        decoded = list(container.decode(video=0))
    assert len(decoded) == len(shown)
    for number, (one, other) in enumerate(zip(decoded, shown, strict=True)):
        assert apart(one.to_ndarray(format="rgb24").astype(np.int16), other.astype(np.int16)) < 2, (
            number
        )


def test_an_interrupted_join_leaves_nothing(footage: video.Footage, tmp_path: Path) -> None:
    target = tmp_path / "film.mp4"
    target.write_bytes(b"old")
    broken = replace(footage, sound=footage.sound._replace(key="", path=tmp_path / "absent.m4a"))
    with pytest.raises(CapsuleError, match="absent"):
        video.assemble(broken, target, title="T", language="fr", chapters=(), captions="")
    assert [path.name for path in tmp_path.iterdir()] == ["film.mp4"]
    assert target.read_bytes() == b"old"


def test_metadata_is_escaped() -> None:
    text = mp4._metadata("a=b; #1 \\ fin", [mp4.Chapter("x;y", 0, 2)])
    assert "title=a\\=b\\; \\#1 \\\\ fin" in text
    assert "title=x\\;y" in text
