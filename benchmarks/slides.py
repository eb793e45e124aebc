"""What a capsule's slides say, for tools that know no capsule: as values, JSON and Markdown."""

from __future__ import annotations

import json
from typing import NamedTuple

from capsule.model import Capsule
from capsule.typography import plain

FILM, POSTER, QR = "film.mp4", "poster.png", "qr.png"


class Slide(NamedTuple):
    """A slide's texts; `film` and `picture` say what they show, for those who can't see it.

    `lines` are made of the texts of the source, which are `texts`.
    """

    title: str
    lines: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    notes: str = ""
    film: str = ""
    picture: str = ""


def of(capsule: Capsule) -> list[Slide]:
    """The slides of `capsule`: title, film, message, questions, synthesis."""
    intro, message, synthesis = capsule.intro, capsule.message, capsule.debrief.synthesis
    keep = [*synthesis.points, *filter(None, [synthesis.commitment])]
    link = synthesis.link
    return [
        Slide(plain(capsule.title), (capsule.centre.name,), (capsule.centre.name,)),
        Slide(plain(intro.title), notes=_told(intro.note), film=_told(intro.alt or intro.title)),
        Slide(
            plain(message.statement),
            tuple(f"{plain(p.title)} : {plain(p.text)}" for p in message.points if p.text),
            tuple(plain(text) for p in message.points if p.text for text in (p.title, p.text)),
            _told(message.note),
        ),
        *(
            Slide(
                plain(asked.ask),
                tuple(f"{step.who or ''} {step.do} ({step.duration} s)" for step in asked.steps),
                tuple(plain(step.do) for step in asked.steps),
                "\n".join(filter(None, [_told(asked.note), *map(plain, asked.relaunch)])),
            )
            for asked in capsule.debrief.questions
        ),
        Slide(
            plain(synthesis.title),
            tuple(map(plain, keep)),
            tuple(map(plain, keep)),
            _told(synthesis.note),
            picture=f"QR code : {link.url}" if link else "",
        ),
    ]


def as_json(slides: list[Slide]) -> str:
    """`slides` for a program."""
    return json.dumps([slide._asdict() for slide in slides], ensure_ascii=False)


def for_marp(slides: list[Slide], title: str) -> str:
    """`slides` in Marp's Markdown; HTML for the film, for which Markdown has no words."""
    pages = []
    for slide in slides:
        page = _markdown(slide)
        if slide.film:
            page.append(f'<video src="{FILM}" poster="{POSTER}" controls autoplay></video>')
        if slide.notes:
            page.append(f"<!--\n{slide.notes}\n-->")
        pages.append("\n\n".join(page))
    return f"---\nmarp: true\nlang: fr\ntitle: {title}\n---\n\n" + "\n\n---\n\n".join(pages) + "\n"


def for_pandoc(slides: list[Slide], title: str) -> str:
    """`slides` in Pandoc's Markdown; the title slide is that of its metadata."""
    pages = []
    for slide in slides[1:]:
        page = _markdown(slide)
        if slide.film:
            page.append(f"![{slide.film}]({FILM})")
        if slide.notes:
            page.append(f"::: notes\n{slide.notes}\n:::")
        pages.append("\n\n".join(page))
    said = json.dumps({"title": title, "author": slides[0].lines[0], "lang": "fr-FR"})
    head = f"---\n{said}\n---\n\n"  # JSON is YAML
    return head + "\n\n".join(pages) + "\n"


def _markdown(slide: Slide) -> list[str]:
    page = [f"# {slide.title}"]
    if slide.lines:
        page.append("\n".join(f"- {line}" for line in slide.lines))
    if slide.picture:
        page.append(f"![{slide.picture}]({QR})")
    return page


def _told(text: str | None) -> str:
    return plain(text or "").replace("\n", " ")
