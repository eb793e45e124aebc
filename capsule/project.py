"""A capsule opened: its source and its plan, checked together with the media that it names."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from gettext import gettext as _
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from capsule import layout, model, plan, resources, source
from capsule.errors import CapsuleError, InputError, Problem
from capsule.files import write_text
from capsule.render import captions
from capsule.theme import HOUSE
from capsule.typography import clock, plain

SCHEMA_NAME = "capsule.schema.json"
_UNSHOWN = {"narration", "note", "relaunch", "alt"}  # spoken, or for the trainer
FREEZE = 2.0  # seconds by which a video may differ from its announced length, cut or frozen


@dataclass(frozen=True)
class Project:
    """A checked capsule with its plan."""

    source: source.Source
    plan: plan.Plan

    @property
    def words(self) -> resources.Words:
        """The catalogue of the capsule's own language."""
        return resources.words(self.plan.capsule.language)

    @property
    def video(self) -> Path | None:
        """The centre's own film."""
        name = self.plan.capsule.intro.video
        return self.source.file(name) if name else None

    @property
    def logo(self) -> Path | None:
        """The centre's logo."""
        name = self.plan.capsule.centre.logo
        return self.source.file(name) if name else None


def new(starter: str, folder: Path) -> Path:
    """Copy `starter` to `folder`, with the schema that lets editors complete it.

    Raises CapsuleError when `folder` holds something already, OSError.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise CapsuleError(
            _("%(folder)s is there already; choose another folder") % {"folder": folder}
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".") as scratch:
        draft = Path(scratch) / "capsule"
        shutil.copytree(resources.starters()[starter], draft)
        schema = json.dumps(model.Capsule.model_json_schema(), ensure_ascii=False, indent=1)
        write_text(draft / SCHEMA_NAME, schema + "\n")
        if folder.exists():
            folder.rmdir()
        draft.rename(folder)
    return folder


def open_project(path: Path) -> Project:
    """Read and plan the capsule at `path`, a folder or a file.

    Raises InputError with every problem: of the file, of its media, of the durations, of texts
    that do not fit their place.
    """
    read, problems = source.read(path)
    if not read:
        raise InputError(problems)
    filmed = None
    if read.capsule.intro.video and read.file(read.capsule.intro.video).is_file():
        try:
            filmed, more = _filmed(read, read.capsule.intro.video)
        except InputError as error:
            raise InputError([*problems, *error.problems]) from None
        problems += more
    planned = plan.make(read.capsule, filmed)
    if filmed or read.capsule.intro.scenes:
        problems += [
            *_duration(read, planned),
            *_misfits(read, planned),
            *_undrawable(read),
        ]
    if problems:
        raise InputError(problems)
    return Project(read, planned)


def _filmed(read: source.Source, video: str) -> tuple[plan.FilmedIntro, list[Problem]]:
    """What the plan must know of the centre's own video. Raises InputError."""
    from capsule.render.video import probe  # noqa: PLC0415 (slow to import)

    intro = read.capsule.intro
    seconds = probe(read.file(video)).seconds
    cues = captions.read(read.file(intro.captions)) if intro.captions else ()
    shown = intro.duration or round(seconds)
    problems = []
    if abs(shown - seconds) > FREEZE:
        values = {"shown": clock(shown), "film": clock(round(seconds))}
        problems.append(
            read.problem(
                ("intro", "duration"),
                _("the intro is to last %(shown)s, and its video lasts %(film)s") % values,
                _("write %(film)s, or cut the video") % values,
            )
        )
    return plan.FilmedIntro(shown, tuple(cue for cue in cues if cue.end <= shown)), problems


def _duration(read: source.Source, planned: plan.Plan) -> Iterable[Problem]:
    announced, gap = read.capsule.duration, planned.duration - read.capsule.duration
    if gap:
        parts = ", ".join(f"{part.id} {clock(part.duration)}" for part in planned.parts)
        remedy = _("shorten them by %(gap)s") if gap > 0 else _("lengthen them by %(gap)s")
        yield read.problem(
            ("duration",),
            _("the parts last %(total)s and not %(announced)s (%(parts)s)")
            % {"total": clock(planned.duration), "announced": clock(announced), "parts": parts},
            remedy % {"gap": clock(abs(gap))},
        )


def _misfits(read: source.Source, planned: plan.Plan) -> Iterable[Problem]:
    words = resources.words(read.capsule.language)
    for where in layout.misfits(planned, HOUSE, words):
        yield read.problem(
            where, _("the text does not fit its place, even in small type"), _("shorten it")
        )


def _undrawable(read: source.Source) -> Iterable[Problem]:
    """Texts of the pages with characters that the film cannot show."""
    for where, text in _texts(read.capsule):
        if missing := layout.metrics.missing_glyphs(text):
            signs = ", ".join(f"{sign} (U+{ord(sign):04X})" for sign in missing)
            yield read.problem(
                where, _("the film has no picture for %(signs)s") % {"signs": signs}, _("remove it")
            )


def _texts(part: BaseModel, where: source.Where = ()) -> Iterable[tuple[source.Where, str]]:
    """What the pages write, with its path in the source."""
    for name, field in type(part).model_fields.items():
        value = getattr(part, name)
        values = enumerate(value) if isinstance(value, list) else [(None, value)]
        for index, item in values:
            place = (*where, field.alias or name, *(() if index is None else (index,)))
            if isinstance(item, BaseModel):
                yield from _texts(item, place)
            elif isinstance(item, str) and name not in _UNSHOWN:
                yield place, item


def plan_data(planned: plan.Plan) -> dict[str, Any]:
    """The plan for another program; times in seconds."""
    return {
        "capsule": planned.capsule.capsule,
        "title": planned.capsule.title,
        "language": planned.capsule.language,
        "duration": planned.duration,
        "scenes": [
            {
                "id": scene.id,
                "part": scene.part,
                "kind": scene.kind,
                "start": scene.start,
                "duration": scene.duration,
                "about": about(scene),
            }
            for scene in planned.scenes
        ],
    }


def about(scene: plan.Scene) -> str:
    """A scene's subject in its own words, plain and on one line."""
    match scene.content:
        case model.Message(statement=text) | model.Question(ask=text):
            return plain(text)
        case model.SituationScene(place=text):
            return plain(text)
        case model.WordsScene(lines=lines):
            return plain(" ".join(lines))
        case model.TitleScene():
            return _("The capsule's title")
        case other:
            return plain(other.title)
