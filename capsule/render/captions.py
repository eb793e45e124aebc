"""Captions as files, WebVTT and SRT out, either in; and the transcript as a page."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Iterable
from gettext import NullTranslations
from gettext import gettext as _
from pathlib import Path

import webvtt
import webvtt.errors

from capsule import model
from capsule.errors import InputError, Problem
from capsule.layout import part_names
from capsule.plan import Cue, Plan, Scene
from capsule.templating import environment
from capsule.theme import HOUSE, Theme

_TIME = r"(?:\d+:)?\d{1,2}:\d{1,2}[.,]\d{1,3}"
_TIMING = re.compile(rf"\s*({_TIME})\s*-->\s*({_TIME})(?:\s|$)")
_POSITION = re.compile(r"\{\\[^}]*\}")  # what some SRT files say on place, for other players


def vtt(cues: Iterable[Cue]) -> str:
    """`cues` as a WebVTT file (W3C, WebVTT, section 4)."""
    blocks = [
        f"{_stamp(cue.start, '.')} --> {_stamp(cue.end, '.')}\n{html.escape(cue.text, quote=False)}"
        for cue in cues
    ]
    return "\n\n".join(["WEBVTT", *blocks]) + "\n"


def srt(cues: Iterable[Cue]) -> str:
    """`cues` as a SubRip file."""
    blocks = [
        f"{n}\n{_stamp(cue.start, ',')} --> {_stamp(cue.end, ',')}\n{cue.text}\n"
        for n, cue in enumerate(cues, 1)
    ]
    return "\n".join(blocks)


def read(path: Path) -> tuple[Cue, ...]:
    """The captions of a WebVTT or SRT file, in order, none over the next.

    UTF-8, with or without a byte order mark, or Windows-1252. Raises InputError, with the line
    of each timing that cannot be read.
    """
    text = _text(path)
    found = _problems(path, text)
    if found:
        raise InputError(found)
    kind = "vtt" if text.lstrip().startswith("WEBVTT") else "srt"
    try:
        captions = webvtt.from_buffer(io.StringIO(text), format=kind)
    except webvtt.errors.MalformedFileError as error:
        raise InputError([_not_captions(path)]) from error
    cues = [
        Cue(
            caption.start_time.in_milliseconds() / 1000,
            caption.end_time.in_milliseconds() / 1000,
            html.unescape(_POSITION.sub("", caption.text)).strip(),
        )
        for caption in captions.captions
    ]
    if not cues:
        raise InputError([_not_captions(path)])
    return _apart(sorted((cue for cue in cues if cue.text), key=lambda cue: (cue.start, cue.end)))


def transcript_html(plan: Plan, words: NullTranslations, theme: Theme = HOUSE) -> str:
    """Everything that is said and shown, with its times, as a page that stands alone."""
    page = environment("reports", words).get_template("transcript.html.j2")
    return page.render(plan=plan, names=part_names(words), shown=_shown, theme=theme)


def _stamp(seconds: float, point: str) -> str:
    whole, thousandths = divmod(round(seconds * 1000), 1000)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}{point}{thousandths:03}"


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        remedy = _("check the file's name in capsule.yaml")
        raise InputError([Problem(path, 0, 0, _("there is no such file"), remedy)]) from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _problems(path: Path, text: str) -> list[Problem]:
    """A problem for each line that should be a timing and is not one."""
    problems = []
    for number, line in enumerate(text.split("\n"), 1):
        if "-->" not in line:
            continue
        match = _TIMING.match(line)
        if not match:
            what, remedy = (
                _("this is not a caption's time"),
                _("write 00:01:02.500 --> 00:01:05.000"),
            )
            problems.append(Problem(path, number, 0, what, remedy))
        elif _seconds(match[2]) <= _seconds(match[1]):
            what, remedy = _("the caption ends before it starts"), _("correct one of the two times")
            problems.append(Problem(path, number, 0, what, remedy))
    return problems


def _seconds(stamp: str) -> float:
    *high, low = stamp.replace(",", ".").split(":")
    whole = sum(int(value) * 60.0**i for i, value in enumerate(reversed(high), 1))
    return whole + float(low)


def _not_captions(path: Path) -> Problem:
    return Problem(path, 1, 0, _("the file holds no captions"), _("give a .vtt or a .srt file"))


def _apart(cues: list[Cue]) -> tuple[Cue, ...]:
    """`cues` in their order, each ending when the next starts; those that start together joined."""
    apart: list[Cue] = []
    for cue in cues:
        last = apart[-1] if apart else None
        if last and last.start == cue.start:
            apart[-1] = Cue(cue.start, cue.end, f"{last.text}\n{cue.text}")
            continue
        if last and last.end > cue.start:
            apart[-1] = Cue(last.start, cue.start, last.text)
        apart.append(cue)
    return tuple(apart)


def _shown(scene: Scene) -> list[str]:
    """What the animated intro writes on the screen."""
    match scene.content:
        case model.WordsScene(lines=lines):
            return lines
        case model.SituationScene() as situation:
            return [situation.place, situation.snag, situation.idea, situation.gain]
        case model.FigureScene() as figure:
            caption = [figure.caption] if figure.caption else []
            return [figure.title, f"{figure.before} {figure.unit} → {figure.after}", *caption]
        case model.ListScene(title=title, items=items):
            return [title, *(f"**{item.title}** {item.text}" for item in items)]
        case _:
            return []
