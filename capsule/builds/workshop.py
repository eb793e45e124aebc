"""The artefacts of one capsule, and what they have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from capsule import layout
from capsule.builds.packages import PACKAGERS, PACKAGES, Package, hosted
from capsule.builds.settings import Progress, Settings
from capsule.cache import Cache
from capsule.crew import Crew
from capsule.files import replacing, write_text, write_zip
from capsule.plan import Cue
from capsule.project import Project
from capsule.render import captions, guide, player
from capsule.render.guide import importing
from capsule.render.sizes import DRAFT, SIZES
from capsule.typography import plain

if TYPE_CHECKING:
    from capsule.render.video import Chapter, Clip, Footage


class Tools(NamedTuple):
    """What builds have in common, whatever the capsule."""

    settings: Settings
    cache: Cache
    crew: Crew
    progress: Progress


@dataclass(frozen=True)
class Workshop:
    """What artefacts have in common, each made once, when the first of them asks for it.

    `names` are the artefacts to make; `film_there` is the film, if that stands already.
    """

    project: Project
    room: Path
    names: frozenset[str]
    film_there: Path | None
    tools: Tools

    @property
    def folder(self) -> Path:
        """Where the artefacts wait until all are done."""
        return self.room / "done"

    def target(self, ending: str) -> Path:
        """The artefact's file: the capsule's id and `ending`."""
        mark = self.tools.settings.mark
        return self.folder / f"{self.project.plan.capsule.capsule}{mark}{ending}"

    @property
    def clip(self) -> Clip | None:
        """The stretch of the centre's own video that is shown."""
        from capsule.render import video  # noqa: PLC0415

        intro, path = self.project.plan.capsule.intro, self.project.video
        return video.Clip(path, intro.begin, intro.end) if path else None

    @cached_property
    def footage(self) -> Footage:
        """The film's segments; the intro alone when only the deck shows it."""
        # moviepy takes a second to import, which the other artefacts need not wait for.
        from capsule.render import video  # noqa: PLC0415

        settings = self.tools.settings
        parts = [part.id for part in self.project.plan.parts]
        if self.film_there or self.names <= {"deck", "captions", "transcript"}:
            parts = ["intro"]
        size = SIZES[settings.size or self.project.plan.capsule.film.size]
        return video.render(
            self.project.plan,
            self.project.laid.film,
            self.room,
            material=video.Material(self.clip, self.project.voices, self.project.music),
            quality=video.Quality(DRAFT if settings.draft else size, settings.draft),
            parts=parts,
            cache=self.tools.cache,
            crew=self.tools.crew,
            progress=lambda done, made: self.tools.progress("film", done, made),
            theme=self.project.theme,
        )

    @cached_property
    def film(self) -> Path:
        """The whole film: in its place when it is asked for, else where the packages read it."""
        from capsule.render import video  # noqa: PLC0415

        if self.film_there:
            return self.film_there
        plan = self.project.plan
        target = self.target(".mp4") if "film" in self.names else self.room / "film.mp4"
        chapters = video.chapters(plan, self.project.words)
        self._assemble(self.footage, target, plan.capsule.title, plan.cues, chapters)
        return target

    @cached_property
    def opening(self) -> Path:
        """The intro alone, which the deck plays: in its place when the deck links to it.

        It bears the intro's own title, so that capsules with other titles may share it.
        """
        linked = self.tools.settings.media == "link"
        target = self.target("-opening.mp4") if linked else self.room / "opening.mp4"
        plan = self.project.plan
        title, cues = plan.capsule.intro.title, plan.parts[0].cues
        self._assemble(self.footage.opening(), target, title, cues, ())
        return target

    def _assemble(
        self,
        footage: Footage,
        target: Path,
        title: str,
        cues: Sequence[Cue],
        chapters: Sequence[Chapter],
    ) -> None:
        from capsule.render import video  # noqa: PLC0415

        video.assemble(
            footage,
            target,
            title=plain(title),
            language=self.project.plan.capsule.language,
            chapters=chapters,
            captions=self.track(cues),
        )

    def track(self, cues: Sequence[Cue]) -> str:
        """The WebVTT of a soft track; nothing when captions are part of the pictures."""
        burned = self.project.plan.capsule.film.captions == "burned"
        return captions.vtt(cues) if cues and not burned else ""

    @cached_property
    def poster(self) -> bytes:
        """A PNG that stands for the film."""
        from capsule.render import video  # noqa: PLC0415

        return video.poster(self.project.laid.film, self.clip, self.tools.cache)

    @cached_property
    def transcript(self) -> str:
        """The transcript's page."""
        return captions.transcript_html(self.project.plan, self.project.words, self.project.theme)

    def player(self, channel: player.Channel) -> dict[str, bytes | Path]:
        """The player's files, for the web or for an LMS.

        The page for the web holds its film in any case: it is what plays without a network.
        """
        address = None if channel == "web" else hosted(self.project, self.tools.settings)
        return player.bundle(
            self.project.plan,
            self.project.words,
            film=address or self.film,
            poster=self.poster,
            transcript_html=self.transcript,
            logo=self.project.logo,
            channel=channel,
            theme=self.project.theme,
        )


def _deck(workshop: Workshop) -> list[Path]:
    from capsule.render import deck  # noqa: PLC0415 (python-pptx is slow to import)

    project, linked = workshop.project, workshop.tools.settings.media == "link"
    capsule, intro = project.plan.capsule, project.plan.parts[0]
    target = workshop.target(".pptx")
    film = deck.Film(
        workshop.opening,
        intro.duration,
        workshop.poster,
        workshop.track(intro.cues),
        linked=linked,
        burned=capsule.film.captions == "burned",
    )
    deck.write(
        target,
        project.laid.slides,
        project.theme,
        film,
        title=plain(capsule.title),
        author=capsule.centre.name,
        parts=layout.part_names(project.words),
        brand=project.template,
    )
    return [target, workshop.opening] if linked else [target]


def _guide(workshop: Workshop) -> list[Path]:
    project, target = workshop.project, workshop.target("-guide.pdf")
    with replacing(target) as draft:
        draft.write_bytes(guide.pdf(project.plan, project.theme, project.words, project.logo))
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


def _package(channel: Package, workshop: Workshop) -> list[Path]:
    project = workshop.project
    target, told = workshop.target(f"-{channel}.zip"), workshop.target(f"-{channel}-guide.pdf")
    write_zip(target, PACKAGERS[channel](workshop.player(channel), project.plan))
    with replacing(told) as draft:
        draft.write_bytes(
            importing.pdf(
                channel,
                target,
                project.plan,
                project.theme,
                project.words,
                logo=project.logo,
                film_url=hosted(project, workshop.tools.settings),
            )
        )
    return [target, told]


ARTEFACTS: Mapping[str, Callable[[Workshop], list[Path]]] = {
    "film": _film,
    "deck": _deck,
    "guide": _guide,
    "captions": _captions,
    "transcript": _transcript,
    "web": _web,
    **{channel: partial(_package, channel) for channel in PACKAGES},
}
