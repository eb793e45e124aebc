"""A capsule as courses of other tools: film, message, questions with a text to write, synthesis."""

from __future__ import annotations

import json
import shutil
from html import escape
from pathlib import Path

from capsule.plan import Plan
from capsule.typography import plain


def for_liascript(plan: Plan, film: Path, folder: Path) -> None:
    """Write the course of LiaScript-Exporter: README.md and the film."""
    capsule = plan.capsule
    folder.mkdir(parents=True)
    shutil.copy(film, folder / "film.mp4")
    points = [f"- **{p.title}** {p.text}" for p in capsule.message.points]
    asked = [f"{q.ask}\n\n    [[___ ___]]\n" for q in capsule.debrief.questions]
    keep = [f"- {point}" for point in capsule.debrief.synthesis.points]
    parts = [
        f"<!--\nlanguage: {capsule.language}\n-->",
        f"# {plain(capsule.title)}\n\n!?[film](film.mp4)",
        f"# {capsule.message.statement}\n\n" + "\n".join(points),
        "# Débrief\n\n" + "\n".join(asked),
        f"# {capsule.debrief.synthesis.title}\n\n" + "\n".join(keep),
    ]
    (folder / "README.md").write_text("\n\n".join(parts) + "\n", encoding="utf-8")


def for_coursecode(plan: Plan, film: Path, folder: Path, clone: Path) -> None:
    """Fill the CourseCode project in `folder`, which is to use the framework in `clone`."""
    capsule = plan.capsule
    assets = folder / "course" / "assets" / "video"
    assets.mkdir(parents=True)
    shutil.copy(film, assets / "film.mp4")
    video = (
        '<div data-component="video-player" data-video-id="film" data-video-src="video/film.mp4">'
    )
    points = "".join(
        f"<li><b>{escape(plain(p.title))}</b> {escape(plain(p.text))}</li>"
        for p in capsule.message.points
    )
    keep = "".join(f"<li>{escape(plain(p))}</li>" for p in capsule.debrief.synthesis.points)
    slides = {
        "film": _slide(plain(capsule.title), f"{video}</div>"),
        "message": _slide(plain(capsule.message.statement), f"<ol>{points}</ol>"),
        "debrief": _asked([plain(q.ask) for q in capsule.debrief.questions]),
        "synthesis": _slide(plain(capsule.debrief.synthesis.title), f"<ol>{keep}</ol>"),
    }
    for name, script in slides.items():
        (folder / "course" / "slides" / f"{name}.js").write_text(script, encoding="utf-8")
    (folder / "course" / "slides" / "intro.js").unlink()
    watched = {"required": True, "requirements": [{"type": "videoComplete", "videoId": "film"}]}
    structure = [
        {
            "type": "slide",
            "id": name,
            "component": f"@slides/{name}.js",
            "title": name,
            "engagement": watched if name == "film" else {"required": False},
        }
        for name in slides
    ]
    metadata = {
        "title": folder.name,
        "description": plain(capsule.title),
        "version": "1.0.0",
        "language": capsule.language,
    }
    config = {
        "metadata": metadata,
        "layout": "article",
        "structure": structure,
        "navigation": {"sidebar": {"enabled": True}},
        "environment": {"automation": {"enabled": False}},
    }
    text = f"export const courseConfig = {json.dumps(config, ensure_ascii=False, indent=2)};\n"
    (folder / "course" / "course-config.js").write_text(text, encoding="utf-8")
    project = folder / "package.json"
    values = json.loads(project.read_text(encoding="utf-8"))
    values["devDependencies"]["coursecode"] = f"file:{clone}"
    project.write_text(json.dumps(values), encoding="utf-8")


def _slide(title: str, content: str) -> str:
    page = json.dumps(f"<h1>{escape(title)}</h1>{content}", ensure_ascii=False)
    return (
        "export const slide = { render() { const box = document.createElement('div');"
        f" box.innerHTML = {page}; return box; }} }};\n"
    )


def _asked(questions: list[str]) -> str:
    """A slide of questions, each with a text to fill in, of which one must be right."""
    made = [
        f"createFillInQuestion({{ id: 'q{n}', prompt: {json.dumps(ask, ensure_ascii=False)},"
        " blanks: { answer: { correct: 'x', placeholder: '' } } })"
        for n, ask in enumerate(questions, 1)
    ]
    return (
        "const { createFillInQuestion } = CourseCode;\n"
        f"const questions = [{', '.join(made)}];\n"
        "export const slide = { render() { const box = document.createElement('div');"
        " for (const q of questions) { const own = document.createElement('div'); box.append(own);"
        " q.render(own); } return box; } };\n"
    )
