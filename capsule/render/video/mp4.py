"""Segments, sound, captions and chapters → one MP4, nothing encoded again."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from gettext import gettext as _
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import imageio_ffmpeg

from capsule.errors import CapsuleError, UnavailableError
from capsule.render.video.joined import Stretch, alike
from capsule.render.video.joined import join as join_pictures

# ISO 639-1 → 639-2/T, which MP4 tags languages with.
_LANGUAGES = {
    "br": "bre", "ca": "cat", "co": "cos", "de": "deu", "en": "eng", "es": "spa", "eu": "eus",
    "fr": "fra", "it": "ita", "nl": "nld", "oc": "oci", "pt": "por",
}  # fmt: skip


class Chapter(NamedTuple):
    """A named stretch of the film; `start` and `end` in seconds."""

    name: str
    start: int
    end: int


def join(
    segments: Sequence[tuple[Path, int]],
    sound: Path,
    target: Path,
    *,
    title: str,
    language: str,
    chapters: Sequence[Chapter],
    captions: str,
) -> None:
    """Write `target` from `segments` (file, seconds) with `sound` and WebVTT `captions`.

    Raises UnavailableError without FFmpeg, CapsuleError when it fails.
    """
    seconds = sum(length for _path, length in segments)
    tag = _LANGUAGES.get(language.split("-", maxsplit=1)[0], "und")
    with TemporaryDirectory() as folder:
        listed, told, described = (
            Path(folder, name) for name in ("film.ffconcat", "captions.vtt", "chapters.txt")
        )
        if not alike([path for path, _length in segments]):
            mixed = Path(folder, "pictures.mp4")
            join_pictures([Stretch(path) for path, _length in segments], mixed)
            segments = [(mixed, seconds)]
        listed.write_text(_ffconcat(segments), encoding="utf-8")
        told.write_text(captions, encoding="utf-8")
        described.write_text(_metadata(title, chapters), encoding="utf-8")
        inputs: list[list[str | Path]] = [
            ["-safe", "0", "-f", "concat", "-i", listed],
            ["-t", str(seconds), "-i", sound],
            ["-i", described],
        ]
        streams = ["-map", "0:v", "-map", "1:a", "-map_metadata", "2", "-map_chapters", "2"]
        if "-->" in captions:
            inputs.append(["-f", "webvtt", "-i", told])
            streams += ["-map", "3:s", "-c:s", "mov_text", "-metadata:s:s:0", f"language={tag}"]
        _ffmpeg(
            *(str(value) for options in inputs for value in options),
            *streams,
            *("-c:v", "copy", "-c:a", "copy", "-metadata:s:a:0", f"language={tag}"),
            *("-disposition:s:0", "0"),
            *("-movflags", "+faststart", "-movie_timescale", "1000"),
            *("-fflags", "+bitexact", "-flags:s", "+bitexact", "-f", "mp4", str(target)),
        )


def _ffmpeg(*options: str) -> None:
    try:
        program = imageio_ffmpeg.get_ffmpeg_exe()
    except RuntimeError as error:
        raise UnavailableError(_("FFmpeg is missing; install imageio-ffmpeg again")) from error
    command = [program, "-nostdin", "-hide_banner", "-loglevel", "error", "-y", *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        why = "; ".join(done.stderr.split("\n")).strip("; ") or str(done.returncode)
        raise CapsuleError(_("FFmpeg could not join the film: %(why)s") % {"why": why})


def _ffconcat(segments: Sequence[tuple[Path, int]]) -> str:
    lines = ["ffconcat version 1.0"]
    for path, seconds in segments:
        name = str(path.resolve()).replace("'", "'\\''")
        lines += [f"file '{name}'", f"duration {seconds}"]
    return "\n".join(lines) + "\n"


def _metadata(title: str, chapters: Sequence[Chapter]) -> str:
    lines = [";FFMETADATA1", f"title={_escaped(title)}"]
    for name, start, end in chapters:
        lines += ["[CHAPTER]", "TIMEBASE=1/1", f"START={start}", f"END={end}"]
        lines.append(f"title={_escaped(name)}")
    return "\n".join(lines) + "\n"


def _escaped(text: str) -> str:
    return "".join(f"\\{c}" if c in "=;#\\\n" else c for c in text)
