"""A capsule opened: its source and its plan, checked together with the media that it names."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from gettext import gettext as _
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from capsule import footage, layout, model, narration, plan, resources, source, styling
from capsule.brand import Template
from capsule.cache import Cache, open_cache
from capsule.errors import CapsuleError, InputError, Problem, UnavailableError
from capsule.files import write_text
from capsule.render import guide
from capsule.row import Row, Where
from capsule.theme import Theme
from capsule.typography import clock, plain

if TYPE_CHECKING:
    from capsule.render.voice import Voice

SCHEMA_NAME = "capsule.schema.json"
_UNSHOWN = {"narration", "note", "relaunch", "alt"}  # spoken, or for the trainer


@dataclass(frozen=True)
class Project:
    """A checked capsule with its plan, theme and pages, its logo as a PNG, voices by passage.

    `template` is the centre's own, if the source names one.
    `remarks` say what is no fault but may be an oversight, a silence first of all.
    """

    source: source.Source
    plan: plan.Plan
    theme: Theme
    template: Template | None
    logo: bytes | None
    laid: layout.Laid
    voices: Mapping[str, Voice]
    remarks: tuple[str, ...]

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
    def music(self) -> Path | None:
        """The centre's own bed."""
        music = self.plan.capsule.film.music
        return self.source.file(music.file) if music else None


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
        folder.mkdir(exist_ok=True)
        for file in draft.iterdir():
            file.rename(folder / file.name)
    return folder


def open_project(path: Path, *, row: Row | None = None, cache: Cache | None = None) -> Project:
    """Read and plan the capsule at `path`, a folder or a file, with what `row` writes over it.

    Voices are kept in `cache`, by default the user's. Raises InputError with every problem: of
    the file, of its media, of the durations, of texts that do not fit their place or cannot be
    drawn; UnavailableError when there is none but the engine that speaks is missing.
    """
    cache = cache or open_cache()
    read, problems = source.read(path, row)
    if not read:
        raise InputError(problems)
    theme, template = styling.styled(read, problems)
    logo = styling.logo(read, problems)
    filmed = footage.filmed(read, problems)
    planned, voices, missing = _voiced(read, filmed, cache, problems)
    laid = layout.Laid((), (), ())
    if planned.parts[0].scenes:  # else the video, and with it the length, is not known
        laid = layout.laid_out(planned, theme, resources.words(read.capsule.language), logo)
        problems += [*_duration(read, planned), *_misfits(read, laid.misfits)]
    problems += _undrawable(read, theme)
    problems += [*narration.too_long(read, planned), *narration.unplayable(read)]
    unguided = () if problems else tuple(_unguided(read, planned, theme, logo, problems))
    if problems:
        raise InputError(problems)
    if missing:
        raise missing
    remarks = (
        *(template.remarks if template else ()),
        *narration.remarks(read, planned, filmed),
        *_split(read, planned, theme),
        *unguided,
    )
    return Project(read, planned, theme, template, logo, laid, voices, remarks)


def _voiced(
    read: source.Source,
    filmed: plan.FilmedIntro | None,
    cache: Cache,
    problems: list[Problem],
) -> tuple[plan.Plan, Mapping[str, Voice], UnavailableError | None]:
    """The plan that follows the voices, these, and why there are none if the engine is missing."""
    draft = plan.make(read.capsule, filmed)
    try:
        voices = narration.voiced(read, draft.passages, cache, problems)
    except UnavailableError as error:
        return draft, {}, error
    if not voices:
        return draft, {}, None
    said = {id_: voice.voiced for id_, voice in voices.items()}
    return plan.make(read.capsule, filmed, said), voices, None


def script(path: Path, cache: Cache | None = None) -> list[narration.Line]:
    """What there is to record for the capsule at `path`, in the order of the film.

    Raises InputError when the source is wrong, or the centre's video is not there.
    """
    read, problems = source.load(path), list[Problem]()
    filmed = footage.filmed(read, problems)
    if read.capsule.intro.video and not filmed:
        raise InputError(problems or source.read(path)[1])
    return narration.script(read, plan.make(read.capsule, filmed), cache or open_cache())


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


def _misfits(read: source.Source, misfits: Iterable[Where]) -> Iterable[Problem]:
    for where in misfits:
        yield read.problem(
            where, _("the text does not fit its place, even in small type"), _("shorten it")
        )


def _unguided(
    read: source.Source,
    planned: plan.Plan,
    theme: Theme,
    logo: bytes | None,
    problems: list[Problem],
) -> Iterable[str]:
    """What the guide leaves out so as to stay on two pages; if that is not enough, a problem."""
    try:
        where = guide.left_out(planned, theme, resources.words(read.capsule.language), logo)
    except layout.metrics.MisfitError as error:
        what = _("the questions take more than the two pages of the guide")
        problems.append(read.problem(error.where, what, _("shorten this one first")))
        return
    if where:
        what = _("the two pages of the guide have no room for advice and relaunch questions")
        yield str(read.problem(where, what, _("shorten them, this one first")))


def _split(read: source.Source, planned: plan.Plan, theme: Theme) -> Iterable[str]:
    """The scenes that one slide cannot hold."""
    told: dict[str, tuple[Where, str]] = {
        "message": (("message", "points"), _("the message was split over %(count)d slides")),
        "question": (("debrief", "questions"), _("the question was split over %(count)d slides")),
        "synthesis": (
            ("debrief", "synthesis", "points"),
            _("the synthesis was split over %(count)d slides"),
        ),
    }
    words = resources.words(read.capsule.language)
    for scene, count in layout.split(planned, theme, words):
        where, what = told[scene.kind]
        place = (*where, scene.number - 1) if scene.number else where
        remedy = _("shorten its texts to have it on fewer")
        yield str(read.problem(place, what % {"count": count}, remedy))


def _undrawable(read: source.Source, theme: Theme) -> Iterable[Problem]:
    """Texts of the pages with characters that the film cannot show."""
    for where, text in _texts(read.capsule):
        with layout.lettering.set_in(theme.typeface):
            missing = layout.lettering.missing_glyphs(text)
        if missing:
            signs = ", ".join(f"{sign} (U+{ord(sign):04X})" for sign in missing)
            yield read.problem(
                where, _("the film has no picture for %(signs)s") % {"signs": signs}, _("remove it")
            )


def _texts(part: BaseModel, where: Where = ()) -> Iterable[tuple[Where, str]]:
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
                "about": about(scene, planned.capsule.title),
            }
            for scene in planned.scenes
        ],
    }


def about(scene: plan.Scene, title: str) -> str:
    """A scene's subject in its own words, plain and on one line; `title` is the capsule's."""
    match scene.content:
        case model.Message(statement=text) | model.Question(ask=text):
            return plain(text)
        case model.SituationScene(place=text):
            return plain(text)
        case model.WordsScene(lines=lines):
            return plain(" ".join(lines))
        case model.TitleScene():
            return plain(title)
        case other:
            return plain(other.title)
