"""The content side, conducted: one source file → every artefact."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from capsule import __version__, layout
from capsule.cache import Cache, open_cache
from capsule.crew import Crew
from capsule.files import write_text, write_zip
from capsule.layout.boxes import Page
from capsule.lms import cmi5, scorm12
from capsule.plan import Cue
from capsule.project import Project, open_project, plan_data
from capsule.render import captions, deck, player
from capsule.theme import HOUSE
from capsule.typography import plain

if TYPE_CHECKING:
    from capsule.render.video import Chapter, Footage

Progress = Callable[[str, float], None]  # an artefact's name, and how much of it is done (0 to 1)


@dataclass(frozen=True)
class Built:
    """The files of one build, and what build.json says of them."""

    files: tuple[Path, ...]
    data: dict[str, Any]


def build(path: Path, output: Path | None, only: Collection[str], progress: Progress) -> Built:
    """Build the artefacts `only` of the capsule at `path` into `output` (its `dist` if None).

    The files appear together when all are done, build.json, which lists them, last: a build that
    fails or is interrupted leaves the one before. Raises InputError, CapsuleError, OSError.
    """
    cache = open_cache()
    project = open_project(path)
    folder = output or project.source.folder / "dist"
    folder.mkdir(parents=True, exist_ok=True)
    files: list[Path] = []
    with tempfile.TemporaryDirectory(dir=folder, prefix=".build-") as scratch:
        crew = Crew(os.cpu_count() or 1)
        workshop = Workshop(project, Path(scratch), frozenset(only), progress, cache, crew)
        for name in (name for name in ARTEFACTS if name in only):
            progress(name, 0)
            files += ARTEFACTS[name](workshop)
            progress(name, 1)
        data = {
            "capsule": __version__,
            "files": [_entry(file) for file in files],
            "plan": plan_data(project.plan),
        }
        listing = workshop.folder / "build.json"
        write_text(listing, json.dumps(data, ensure_ascii=False, indent=2) + "\n")
        built = tuple(file.replace(folder / file.name) for file in (*files, listing))
    return Built(built, data)


def _entry(file: Path) -> dict[str, Any]:
    with file.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    return {"name": file.name, "bytes": file.stat().st_size, "sha256": digest}


@dataclass(frozen=True)
class Workshop:
    """What artefacts have in common, each made once, when the first of them asks for it."""

    project: Project
    scratch: Path
    only: frozenset[str]
    progress: Progress
    cache: Cache
    crew: Crew

    @property
    def folder(self) -> Path:
        """Where the artefacts wait until all are done."""
        return self.scratch / "done"

    def target(self, ending: str) -> Path:
        """The artefact's file: the capsule's id and `ending`."""
        return self.folder / f"{self.project.plan.capsule.capsule}{ending}"

    @cached_property
    def film_pages(self) -> tuple[Page, ...]:
        """What the film shows."""
        project = self.project
        return layout.film_pages(project.plan, HOUSE, project.words, project.logo)

    @cached_property
    def footage(self) -> Footage:
        """The film's segments; the intro alone when only the deck shows it."""
        # moviepy takes a second to import, which the other artefacts need not wait for.
        from capsule.render import video  # noqa: PLC0415

        parts = [part.id for part in self.project.plan.parts]
        if self.only <= {"deck", "captions", "transcript"}:
            parts = ["intro"]
        return video.render(
            self.project.plan,
            self.film_pages,
            self.scratch,
            material=video.Material(self.project.video),
            quality=video.Quality(),
            parts=parts,
            cache=self.cache,
            crew=self.crew,
            progress=lambda done: self.progress("film", done),
        )

    @cached_property
    def film(self) -> Path:
        """The whole film: in its place when it is asked for, else where the packages read it."""
        from capsule.render import video  # noqa: PLC0415

        plan = self.project.plan
        target = self.target(".mp4") if "film" in self.only else self.scratch / "film.mp4"
        chapters = video.chapters(plan, self.project.words)
        self._assemble(self.footage, target, plan.cues, chapters)
        return target

    @cached_property
    def opening(self) -> Path:
        """The intro alone, which the deck plays."""
        target = self.scratch / "opening.mp4"
        self._assemble(self.footage.opening(), target, self.project.plan.parts[0].cues, ())
        return target

    def _assemble(
        self, footage: Footage, target: Path, cues: Sequence[Cue], chapters: Sequence[Chapter]
    ) -> None:
        from capsule.render import video  # noqa: PLC0415

        capsule = self.project.plan.capsule
        video.assemble(
            footage,
            target,
            title=plain(capsule.title),
            language=capsule.language,
            chapters=chapters,
            captions=captions.vtt(cues),
        )

    @cached_property
    def poster(self) -> bytes:
        """A PNG that stands for the film."""
        from capsule.render import video  # noqa: PLC0415

        return video.poster(self.film_pages, self.project.video)

    @cached_property
    def transcript(self) -> str:
        """The transcript's page."""
        return captions.transcript_html(self.project.plan, self.project.words)

    def player(self, channel: player.Channel) -> dict[str, bytes | Path]:
        """The player's files, for the web or for an LMS."""
        return player.bundle(
            self.project.plan,
            self.project.words,
            film=self.film,
            poster=self.poster,
            transcript_html=self.transcript,
            logo=self.project.logo,
            channel=channel,
        )


def _deck(workshop: Workshop) -> list[Path]:
    project = workshop.project
    capsule, intro = project.plan.capsule, project.plan.parts[0]
    target = workshop.target(".pptx")
    film = deck.Film(workshop.opening, intro.duration, workshop.poster, captions.vtt(intro.cues))
    deck.write(
        target,
        layout.deck_pages(project.plan, HOUSE, project.words, project.logo),
        HOUSE,
        film,
        title=plain(capsule.title),
        author=capsule.centre.name,
        parts=layout.part_names(project.words),
    )
    return [target]


def _film(workshop: Workshop) -> list[Path]:
    return [workshop.film]


def _captions(workshop: Workshop) -> list[Path]:
    plan = workshop.project.plan
    language = plan.capsule.language
    vtt, srt = workshop.target(f".{language}.vtt"), workshop.target(f".{language}.srt")
    write_text(vtt, captions.vtt(plan.cues))
    write_text(srt, captions.srt(plan.cues))
    return [vtt, srt]


def _transcript(workshop: Workshop) -> list[Path]:
    target = workshop.target("-transcript.html")
    write_text(target, workshop.transcript)
    return [target]


def _web(workshop: Workshop) -> list[Path]:
    target = workshop.target("-web.zip")
    write_zip(target, workshop.player("web"))
    return [target]


def _scorm12(workshop: Workshop) -> list[Path]:
    target = workshop.target("-scorm12.zip")
    write_zip(target, scorm12.entries(workshop.player("scorm12"), workshop.project.plan))
    return [target]


def _cmi5(workshop: Workshop) -> list[Path]:
    target = workshop.target("-cmi5.zip")
    write_zip(target, cmi5.entries(workshop.player("cmi5"), workshop.project.plan))
    return [target]


ARTEFACTS: Mapping[str, Callable[[Workshop], list[Path]]] = {
    "film": _film,
    "deck": _deck,
    "captions": _captions,
    "transcript": _transcript,
    "web": _web,
    "scorm12": _scorm12,
    "cmi5": _cmi5,
}
