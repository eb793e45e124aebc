"""A capsule as courses of other tools: film, message, questions with a text to write, synthesis."""

from __future__ import annotations

import json
import shutil
from html import escape
from pathlib import Path
from typing import Any

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
    course = folder / "course"
    assets = course / "assets" / "video"
    assets.mkdir(parents=True)
    shutil.copy(film, assets / "film.mp4")
    slides = _slides(plan)
    for name, script in slides.items():
        (course / "slides" / f"{name}.js").write_text(script, encoding="utf-8")
    (course / "slides" / "intro.js").unlink()
    config = json.dumps(_config(plan, folder.name, list(slides)), ensure_ascii=False, indent=2)
    text = f"export const courseConfig = {config};\n"
    (course / "course-config.js").write_text(text, encoding="utf-8")
    project = folder / "package.json"
    values = json.loads(project.read_text(encoding="utf-8"))
    values["devDependencies"]["coursecode"] = f"file:{clone}"
    project.write_text(json.dumps(values), encoding="utf-8")


def _slides(plan: Plan) -> dict[str, str]:
    """CourseCode's slides: name → script."""
    capsule = plan.capsule
    message, debrief = capsule.message, capsule.debrief
    video = (
        '<div data-component="video-player" data-video-id="film" data-video-src="video/film.mp4">'
    )
    points = "".join(
        f"<li><b>{escape(plain(p.title))}</b> {escape(plain(p.text))}</li>" for p in message.points
    )
    keep = "".join(f"<li>{escape(plain(p))}</li>" for p in debrief.synthesis.points)
    return {
        "film": _slide(plain(capsule.title), f"{video}</div>"),
        "message": _slide(plain(message.statement), f"<ol>{points}</ol>"),
        "debrief": _asked([plain(q.ask) for q in debrief.questions]),
        "synthesis": _slide(plain(debrief.synthesis.title), f"<ol>{keep}</ol>"),
    }


def _config(plan: Plan, title: str, slides: list[str]) -> dict[str, Any]:
    """CourseCode's settings, for its `slides` in order; the film must be watched."""
    watched = {"required": True, "requirements": [{"type": "videoComplete", "videoId": "film"}]}
    return {
        "metadata": {
            "title": title,
            "description": plain(plan.capsule.title),
            "version": "1.0.0",
            "language": plan.capsule.language,
        },
        "layout": "article",
        "structure": [
            {
                "type": "slide",
                "id": name,
                "component": f"@slides/{name}.js",
                "title": name,
                "engagement": watched if name == "film" else {"required": False},
            }
            for name in slides
        ],
        "navigation": {"sidebar": {"enabled": True}},
        "environment": {"automation": {"enabled": False}},
    }


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
