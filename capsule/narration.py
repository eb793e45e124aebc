"""What is said of a capsule: voiced, checked against its time, and what remains to be recorded."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator
from gettext import gettext as _
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from capsule import model, plan, source
from capsule.cache import Cache
from capsule.errors import InputError, Problem
from capsule.typography import clock

if TYPE_CHECKING:
    from capsule.render.voice import Voice

_HASTE = 25  # characters a second, that nobody reads or says
_READING = 13  # characters a second that somebody reads aloud at, unhurried


class Line(NamedTuple):
    """A passage to record: the file to give, its time in the film, and how far that is done.

    `file` is written from the capsule's folder. `recorded` is the length in seconds of what was
    recorded, 0 for a recording in which nothing is heard, None without one.
    """

    passage: plan.Passage
    file: str
    estimate: int  # seconds
    recorded: float | None

    @property
    def too_long(self) -> bool:
        """If the recording, or else the text as one reads it, outlasts its time."""
        return (self.recorded or self.estimate) > self.passage.room

    @property
    def data(self) -> dict[str, Any]:
        """The line for another program; times in seconds."""
        return {
            "id": self.passage.id,
            "file": self.file,
            "start": self.passage.start,
            "room": self.passage.room,
            "estimate": self.estimate,
            "recorded": self.recorded,
            "too_long": self.too_long,
            "text": self.passage.text,
        }


def voiced(
    read: source.Source, passages: Collection[plan.Passage], cache: Cache, problems: list[Problem]
) -> dict[str, Voice]:
    """The voices of `passages`, by their ids: recordings first, then the engine of the source.

    What cannot be heard goes to `problems`. Raises UnavailableError when the engine is missing.
    """
    film, language = read.capsule.film.voice, read.capsule.language
    found = {p.id: recording(p, read.folder, film.recordings) for p in passages}
    if film.engine == "none" and not any(found.values()):
        return {}
    from capsule.render import voice  # noqa: PLC0415 (slow to import)

    voices: dict[str, Voice] = {}
    others: list[plan.Passage] = []
    for passage in passages:
        file = found[passage.id]
        if file is None:
            others.append(passage)
        elif file.is_file():
            try:
                voices[passage.id] = voice.recorded(passage, file, language, cache)
            except InputError as error:
                wrong = error.problems
                if passage.file:  # said where the source names it
                    wrong = tuple(read.problem(passage.where, p.what, p.remedy) for p in wrong)
                problems += wrong
    engine = voice.engine(film, language, read.folder)
    piper = read.file(film.model) if film.model else None
    if engine and (not piper or (piper.is_file() and voice.config_of(piper).is_file())):
        voices |= voice.spoken(others, engine, language, cache)
    return voices


def recording(passage: plan.Passage, folder: Path, recordings: str) -> Path | None:
    """The recording of `passage`: the source's own, or the one in `recordings` that bears its id.

    `folder` is the source's. Of several, the first by the order of `model.RECORDINGS`.
    """
    if passage.file:
        return folder / passage.file
    return _files_in(folder / recordings).get(passage.id)


def _files_in(folder: Path) -> dict[str, Path]:
    """The recordings of a folder by their name without suffix, lower case."""
    found: dict[str, Path] = {}
    for suffix in reversed(model.RECORDINGS):
        for file in sorted(folder.glob("*")):
            if file.suffix.lower() == suffix and file.is_file():
                found[file.stem.lower()] = file
    return found


def unplayable(read: source.Source) -> Iterator[Problem]:
    """The music, if it is there but cannot be read."""
    music = read.capsule.film.music
    if music and read.file(music.file).is_file():
        from capsule.render import voice  # noqa: PLC0415 (slow to import)

        try:
            voice.playable(read.file(music.file))
        except InputError as error:
            for problem in error.problems:
                yield read.problem(("film", "music", "file"), problem.what, problem.remedy)


def too_long(read: source.Source, planned: plan.Plan) -> Iterator[Problem]:
    """Each passage whose sound outlasts its scene, or its question's step."""
    seconds = {speech.passage: speech.seconds for speech in planned.speeches}
    for passage in planned.passages:
        if seconds.get(passage.id, 0) > passage.room:
            values = {"voice": ceil(seconds[passage.id]), "room": passage.room}
            yield read.problem(
                passage.where,
                _("the narration lasts %(voice)d s and its scene %(room)d s") % values,
                _("lengthen the scene, shorten the text, or speak faster"),
            )


def remarks(
    read: source.Source, planned: plan.Plan, filmed: plan.FilmedIntro | None
) -> Iterator[str]:
    """What is no fault but may be an oversight: silences, captions and recordings left out."""
    said = {speech.passage for speech in planned.speeches}
    names = {"intro": _("Video"), "message": _("Message"), "debrief": _("Debrief")}
    for part in planned.parts:
        mute = [p.id for p in _passages(planned, part) if p.id not in said]
        values = {
            "part": names[part.id],
            "start": clock(part.start),
            "end": clock(part.start + part.duration),
            "names": ", ".join(mute),
        }
        if any(p.id in said for p in _passages(planned, part)):
            if mute:
                yield _("%(part)s: no voice says %(names)s; record it (capsule script)") % values
        elif part.id == "intro" and filmed and not (filmed.sound or _music(read, "intro")):
            told = _("%(part)s: nothing is heard from %(start)s to %(end)s (the video is silent)")
            yield told % values
        elif part.id != "intro" and not _music(read, part.id):
            yield (
                _(
                    "%(part)s: nothing is heard from %(start)s to %(end)s (no voice); record it"
                    " (capsule script) or choose an engine under film: voice:"
                )
                % values
            )
    for passage in planned.passages:
        if passage.id not in said and len(passage.text) > _HASTE * passage.room:
            times = {"name": passage.id, "room": passage.room}
            times["estimate"] = ceil(len(passage.text) / _READING)
            yield (
                _(
                    "%(name)s: its captions go by too fast to be read, it takes %(estimate)d s to"
                    " say and has %(room)d s; shorten the text, or lengthen the scene"
                )
                % times
            )
        if not passage.text:
            yield (
                _('%(name)s: the recording has no captions; write what it says, as "text:"')
                % {"name": passage.id}
            )
    yield from _unused(read, planned.passages)


def _passages(planned: plan.Plan, part: plan.Part) -> list[plan.Passage]:
    end = part.start + part.duration
    return [passage for passage in planned.passages if part.start <= passage.start < end]


def _music(read: source.Source, part: plan.PartId) -> bool:
    music = read.capsule.film.music
    return bool(music and part in music.parts)


def _unused(read: source.Source, passages: Collection[plan.Passage]) -> Iterator[str]:
    """The recordings of the folder that nothing takes, with the name that may have been meant."""
    folder = read.folder / read.capsule.film.voice.recordings
    if not folder.is_dir():
        return
    taken = {recording(p, read.folder, folder.name) for p in passages}
    ids = [passage.id for passage in passages]
    for file in sorted(folder.iterdir()):
        near = difflib.get_close_matches(file.stem.lower(), ids, n=1)
        known = file.suffix.lower() in model.RECORDINGS
        if file in taken or not file.is_file() or not (known or near):
            continue
        values = {"file": file.relative_to(read.folder), "near": near[0] if near else ""}
        if not known:
            yield _("%(file)s is not used; save it as %(near)s.m4a or %(near)s.wav") % values
        elif near:
            yield _("%(file)s is not used; did you mean %(near)s?") % values
        else:
            yield _("%(file)s is not used; capsule script tells the names") % values


def script(read: source.Source, planned: plan.Plan, cache: Cache) -> list[Line]:
    """All that can be recorded, in the order of the film."""
    from capsule.render import voice  # noqa: PLC0415 (slow to import)

    lines = []
    for passage in planned.passages:
        folder = read.capsule.film.voice.recordings
        file = recording(passage, read.folder, folder)
        name = str(file.relative_to(read.folder)) if file else f"{folder}/{passage.id}.m4a"
        length: float | None = None
        if file and file.is_file():
            try:
                heard = voice.recorded(passage, file, read.capsule.language, cache)
                length = heard.voiced.seconds
            except InputError:
                length = 0.0
        lines.append(Line(passage, name, ceil(len(passage.text) / _READING), length))
    return lines
