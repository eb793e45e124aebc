"""What a segment's key depends on, and what is rendered again when something changes."""

import hashlib
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import av
import grimp
import imageio_ffmpeg
import numpy as np
import pytest

from capsule import model, plan, resources, source
from capsule.cache import Cache
from capsule.crew import Crew, quiet
from capsule.layout import boxes, film_pages
from capsule.layout.boxes import Page
from capsule.render import captions, frames, video
from capsule.render.video import making, segments
from capsule.render.video.encode import GROUP, Quality
from capsule.render.video.segments import Cut
from capsule.theme import HOUSE

ROOT = Path(__file__).parents[3]
DRAFT = Quality(frames.DRAFT)
WORDS = resources.words("fr")
BUILDER = """
import sys
from pathlib import Path
from capsule import plan, resources, source
from capsule.cache import Cache
from capsule.crew import Crew
from capsule.layout import film_pages
from capsule.render import frames, video
from capsule.theme import HOUSE
if __name__ == "__main__":
    made = plan.make(source.load(Path(sys.argv[1])).capsule)
    pages = film_pages(made, HOUSE, resources.words("fr"), None)
    with Crew(2) as crew:
        video.render(
            made, pages, Path(sys.argv[3]), material=video.Material(),
            quality=video.Quality(frames.DRAFT), parts=("message", "debrief"),
            cache=Cache(sys.argv[2]), crew=crew,
            progress=lambda share, made: print(share, made, flush=True),
        )
"""


def refused(_share: float, made: str) -> None:
    pytest.fail(made)


def cuts(pages: tuple[Page, ...], quality: Quality = DRAFT) -> list[Cut]:
    befores = (None, *pages)
    return [
        cut
        for page, before in zip(pages, befores, strict=False)
        for cut in segments.of_page(page, before, quality)
    ]


def keys(pages: tuple[Page, ...]) -> list[tuple[str, str]]:
    return [(cut.making.name, cut.making.key) for cut in cuts(pages)]


def changed(value: Any) -> Iterator[tuple[str, Any]]:
    """`value` with one thing changed, all the ways there are, with the name of what changed."""
    match value:
        case bool():
            yield "", not value
        case int() | float():
            yield "", value + 1
        case str():
            yield "", value + "A"
        case bytes():
            yield "", value + b"A"
        case tuple():
            for n, item in enumerate(value):
                for name, other in changed(item):
                    yield name, (*value[:n], other, *value[n + 1 :])
        case _ if is_dataclass(value) and not isinstance(value, type):
            for field in fields(value):
                for name, other in changed(getattr(value, field.name)):
                    yield name or field.name, replace(value, **{field.name: other})


def test_a_page_is_cut_at_its_first_key_frame(small_pages: tuple[Page, ...]) -> None:
    message = next(page for page in small_pages if page.id == "message")
    assert [cut.seconds for cut in segments.of_page(message, None, DRAFT)] == [2, 2]
    assert [cut.seconds for cut in segments.of_page(small_pages[0], None, DRAFT)] == [2]
    short = replace(message, seconds=1)
    assert [cut.seconds for cut in segments.of_page(short, None, DRAFT)] == [1]
    assert GROUP == 50


def test_the_pages_of_a_scene_follow_each_other() -> None:
    made = plan.make(source.load(ROOT / "tests" / "capsules" / "german").capsule)
    pages: dict[str, list[Page]] = {}
    for page in film_pages(made, HOUSE, WORDS, None):
        pages.setdefault(page.id, []).append(page)
    found = list(video._cuts(made.scenes, pages, None, DRAFT, str, captions={}))

    assert len(found) == 2 * 9  # pages, each a head and a body
    assert sum(cut.seconds for _scene, cut in found) == made.duration
    for scene in made.scenes:
        assert sum(c.seconds for one, c in found if one is scene) == scene.duration
    assert len({cut.making.key for _scene, cut in found}) == len(found)


def test_the_key_tells_all_that_is_seen_and_nothing_else(small_pages: tuple[Page, ...]) -> None:
    picture = boxes.Picture(name="logo", x=0, y=0, w=1, h=1, png=b"1")
    page = replace(small_pages[-1], boxes=(*small_pages[-1].boxes, picture))
    (key,) = (cut.making.key for cut in segments.of_page(page, None, DRAFT))
    unseen = {"id", "part", "title", "language", "notes", "name", "alt", "role", "hidden"}
    names = set()
    for name, other in changed(page):
        (got,) = (cut.making.key for cut in segments.of_page(other, None, DRAFT)[:1])
        assert (got == key) == (name in unseen), name
        names.add(name)
    assert {"png", "text", "colour", "x", "at", "leading", "seconds", "ground", "alt"} <= names
    assert segments.of_page(page, None, Quality(frames.DRAFT, True))[0].making.key != key


def test_one_page_changed_is_its_segments_and_the_next_head(small_pages: tuple[Page, ...]) -> None:
    number = next(n for n, page in enumerate(small_pages) if page.id == "question-1")
    other = replace(small_pages[number], ground="123456")
    after = (*small_pages[:number], other, *small_pages[number + 1 :])
    told = [new[0] for old, new in zip(keys(small_pages), keys(after), strict=True) if old != new]
    assert told == ["question-1", "question-1", "synthesis"]


def test_a_title_changes_only_the_pages_that_show_it(small: model.Capsule) -> None:
    pages = [
        film_pages(plan.make(small.model_copy(update={"title": title})), HOUSE, WORDS, None)
        for title in ("Un titre", "Un autre")
    ]
    kept = set(keys(pages[0])) & set(keys(pages[1]))
    assert len(kept) >= len(keys(pages[0])) - 2


def test_what_draws_and_encodes_is_in_the_key() -> None:
    """No module that drawing or encoding imports is left out."""
    folder = ROOT / "capsule"
    known = {
        ".".join(("capsule", *path.relative_to(folder).with_suffix("").parts)).removesuffix(
            ".__init__"
        )
        for pattern in making._SOURCES
        for path in folder.glob(pattern)
    }
    graph = grimp.build_graph("capsule")
    used = {other for module in known for other in graph.find_modules_directly_imported_by(module)}
    # What the pages and the plan are comes into the key as a value; the others draw nothing.
    values = {"capsule.layout", "capsule.plan", "capsule.model", "capsule.activity"}
    tools = {"capsule", "capsule.cache", "capsule.digests", "capsule.errors", "capsule.files"}
    tools |= {"capsule.templating"}
    left = {name for name in used - known - values - tools if not name.startswith("capsule.crew")}
    assert left <= {"capsule.layout.frame"}  # names of parts
    assert {"capsule.render.frames", "capsule.render.video.encode", "capsule.theme"} <= known


def test_nothing_changed_is_nothing_done(
    film: Path, footage: video.Footage, small_plan: plan.Plan, small_pages: tuple[Page, ...],
    cache: Cache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    again = video.render(
        small_plan, small_pages, tmp_path, material=video.Material(), quality=Quality(),
        parts=("intro", "message", "debrief"), cache=cache, crew=Crew(2), progress=refused,
    )  # fmt: skip
    assert [s.key for s in again.segments] == [s.key for s in footage.segments]
    monkeypatch.setattr(video, "join", pytest.fail)
    video.assemble(
        again,
        tmp_path / "film.mp4",
        title=small_plan.capsule.title,
        language="fr",
        chapters=video.chapters(small_plan, WORDS),
        captions=captions.vtt(small_plan.cues),
    )
    assert (tmp_path / "film.mp4").samefile(film)


@pytest.fixture(scope="module")
def classic(make: Callable[..., Path]) -> Path:
    return make(
        "c.mp4", "-f", "lavfi", "-i", "testsrc2=s=320x180:r=30:d=3", "-f", "lavfi",
        "-i", "sine=440:d=3", "-pix_fmt", "yuv420p",
    )  # fmt: skip


@pytest.fixture(scope="module")
def filmed(small: model.Capsule) -> plan.Plan:
    intro = model.Intro(title="Notre film", video="intro.mp4")
    return plan.make(small.model_copy(update={"intro": intro}), plan.FilmedIntro(3))


def rendered(
    made: plan.Plan, clip: Path, folder: Path, cache: Cache, crew: Crew, **changes: Any
) -> video.Footage:
    folder.mkdir()
    options = {"quality": DRAFT, "parts": ("intro", "message"), "progress": quiet, **changes}
    return video.render(
        made, film_pages(made, HOUSE, WORDS, None), folder,
        material=video.Material(video.Clip(clip)), cache=cache, crew=crew, **options,
    )  # fmt: skip


def bytes_of(footage: video.Footage) -> list[str]:
    paths = [*(segment.path for segment in footage.segments), footage.sound.path]
    return [hashlib.sha256(path.read_bytes()).hexdigest() for path in paths]


def test_the_message_comes_out_of_the_video(
    filmed: plan.Plan, classic: Path, tmp_path: Path
) -> None:
    """With as many workers as there are, in other folders, from the cache, the same bytes."""
    found, cache = [], Cache(tmp_path / "kept")
    for number, workers in enumerate((1, 3)):
        own = Cache(tmp_path / f"own{number}") if number else cache
        with Crew(workers) as crew:
            found.append(rendered(filmed, classic, tmp_path / str(number), own, crew))
    with Crew(1) as crew:  # only the head of the message is to be made
        head = found[0].segments[1]
        (entry,) = (e for e in cache.entries() if e.name.startswith(head.key))
        next((tmp_path / "kept").rglob(entry.name)).unlink()
        found.append(rendered(filmed, classic, tmp_path / "again", cache, crew))
    assert bytes_of(found[0]) == bytes_of(found[1]) == bytes_of(found[2])
    last = segments.last_picture(found[0].segments[0].path).astype(np.int16)
    with av.open(head.path) as container:
        pictures = [
            f.to_ndarray(format="rgb24").astype(np.int16) for f in container.decode(video=0)
        ]
    away = [float(np.abs(picture - last).mean()) for picture in pictures[:14]]
    assert away[0] < 4
    assert away[:13] == sorted(away[:13])


@pytest.mark.skipif(sys.platform != "linux", reason="signals")
def test_interrupted_at_any_instant_the_cache_is_good(tmp_path: Path) -> None:
    small, kept = ROOT / "tests" / "capsules" / "small", tmp_path / "kept"
    script = tmp_path / "builder.py"
    script.write_text(BUILDER)

    def builder(name: str) -> subprocess.Popen[str]:
        (tmp_path / name).mkdir()
        command = [sys.executable, str(script), str(small), str(kept), str(tmp_path / name)]
        return subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )

    counts = list[int]()
    for ending in (signal.SIGKILL, signal.SIGINT):
        process = builder(ending.name)
        assert process.stdout
        for line in process.stdout:
            if f" · {len(counts) + 1}/" in line:  # so many are done
                break
        process.send_signal(ending)
        process.communicate(timeout=20)
        counts.append(len(Cache(kept).entries()))
    assert counts == sorted(counts)
    assert counts[0] >= 1
    done = builder("done")
    done.communicate(timeout=60)
    assert done.returncode == 0
    for entry in Cache(kept).entries():
        path = tmp_path / "done" / f"{entry.name.split('-')[0]}.mp4"
        assert path.stat().st_size == entry.size
        program = imageio_ffmpeg.get_ffmpeg_exe()
        options = ["-v", "warning", "-i", str(path), "-f", "null", "-"]
        read = subprocess.run([program, *options], capture_output=True, text=True, check=True)
        assert read.stderr == ""
