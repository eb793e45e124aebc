"""The web player: one static page that works from a folder, and inside each package.

`bundle` gives its files as values; the packagers add their manifest and write the archive.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, fields
from gettext import NullTranslations
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from capsule import activity, resources
from capsule.activity import Kind, Verb
from capsule.layout import frame
from capsule.model import Question
from capsule.plan import Cue, Plan
from capsule.templating import environment
from capsule.theme import HOUSE, Theme
from capsule.typography import plain

Channel = Literal["web", "scorm12", "scorm2004", "cmi5", "xapi"]

_CORE = ("ranges", "snapshots", "state", "local", "words")
_FEATURES = (
    *("film", "captions", "transcript", "parts", "progress", "message", "questions", "end"),
    *("forget", "saving"),
)
_SCORM = ("js/adapters/scorm.js", "js/adapters/interactions.js")
_XAPI = (
    *("vendor/uuidv4.js", "vendor/uuidv5.js"),
    *(f"js/adapters/{name}.js" for name in ("lrs", "queue", "statements", "watching", "recording")),
)
_ADAPTERS: dict[Channel, tuple[str, ...]] = {
    "web": (),
    "scorm12": (*_SCORM, "js/adapters/scorm12.js"),
    "scorm2004": (*_SCORM, "js/adapters/scorm2004.js"),
    "cmi5": ("vendor/cmi5.js", *_XAPI, "js/adapters/cmi5.js"),
    "xapi": (*_XAPI, "js/adapters/xapi.js"),
}
_LICENCES: dict[Channel, tuple[str, ...]] = {
    "cmi5": ("vendor/cmi5-LICENSE.md", "vendor/cmi5-NOTICE.txt", "vendor/uuid-LICENSE.md"),
    "xapi": ("vendor/uuid-LICENSE.md",),
}
_ONLINE: frozenset[Channel] = frozenset({"cmi5", "xapi"})
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src {media}; "
    "connect-src {network}; base-uri 'none'; form-action 'none'"
)
"""SCORM's LMS is an object of a parent window; cmi5 and xAPI talk to a server, told at launch."""


def bundle(
    plan: Plan,
    words: NullTranslations,
    *,
    film: Path | str,
    poster: bytes,
    transcript_html: str,
    logo: bytes | None = None,
    channel: Channel = "web",
    theme: Theme = HOUSE,
) -> dict[str, bytes | Path]:
    """The player's files for one `channel`: name in the archive → bytes, or a file to copy.

    `film` is an MP4 of the whole plan, or the https address of one, from which alone the page may
    then load a film; `poster` and `logo` PNGs, `words` the catalogue of the
    capsule's language. Equal arguments give equal values. The page is `index.html`.
    """
    folder = resources.templates() / "player"
    scripts = _scripts(channel)
    film_name = film if isinstance(film, str) else f"media/{plan.capsule.capsule}.mp4"
    data = _data(plan, words)
    if channel in _ONLINE:
        data["xapi"] = _xapi(plan, words)
    shown = {
        "data": data,
        "film": film_name,
        "logo": "media/logo.png" if logo else None,
        "policy": _POLICY.format(
            network="http: https:" if channel in _ONLINE else "'none'",
            media=_origin(film) if isinstance(film, str) else "'self'",
        ),
        "scripts": ["player/data.js", *(f"player/{name}" for name in scripts)],
    }
    files: dict[str, bytes | Path] = {
        "index.html": _page(plan, words, shown).encode(),
        "transcript.html": transcript_html.encode(),
        "player/theme.css": _tokens(theme).encode(),
        "player/player.css": (folder / "player.css").read_bytes(),
        "player/data.js": _script(data).encode(),
    }
    for name in (*scripts, *_LICENCES.get(channel, ())):
        files[f"player/{name}"] = (folder / name).read_bytes()
    files["media/poster.png"] = poster
    if logo:
        files["media/logo.png"] = logo
    if isinstance(film, Path):
        files[film_name] = film
    return files


def _origin(address: str) -> str:
    """The origin of a web address as a content policy names it, in ASCII."""
    parts = urlsplit(address)
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{(parts.hostname or '').encode('idna').decode()}{port}"


def _page(plan: Plan, words: NullTranslations, shown: Mapping[str, object]) -> str:
    template = environment("player", words).get_template("index.html.j2")
    return template.render(
        shown,
        plan=plan,
        capsule=plan.capsule,
        names=frame.part_names(words),
        lines={scene.id: _lines(scene.cues) for scene in plan.scenes},
        length=lambda seconds: frame.length(seconds, words),
        colon="\u00a0:" if plan.capsule.language.startswith("fr") else ":",
    )


def _scripts(channel: Channel) -> list[str]:
    """The scripts in the order in which they run, after the data."""
    return [
        *(f"js/{name}.js" for name in (*_CORE, *_FEATURES)),
        *_ADAPTERS[channel],
        "js/adapters/browser.js",
        "js/main.js",
    ]


def _lines(cues: Iterable[Cue]) -> list[tuple[float, str]]:
    """The transcript's lines: whole sentences, each with the second that it starts at."""
    lines: list[tuple[float, str]] = []
    ended = True
    for cue in cues:
        text = cue.text.replace("\n", " ")
        if ended:
            lines.append((cue.start, text))
        else:
            lines[-1] = (lines[-1][0], f"{lines[-1][1]} {text}")
        ended = text.rstrip('»"”\u00a0\u202f ').endswith((".", "!", "?", "…"))
    return lines


def _tokens(theme: Theme) -> str:
    """The theme's colours and font as CSS custom properties."""
    colours = {
        field.name.replace("_", "-"): f"#{getattr(theme, field.name)}"
        for field in fields(theme)
        if field.type == "str" and field.name != "mode"
    }
    lines = [f"  --{name}: {value};" for name, value in colours.items()]
    font = f'  --font: "{theme.typeface.name}", "Liberation Sans", Helvetica, sans-serif;'
    return "\n".join([":root {", *lines, font, "}", ""])


def _script(data: Mapping[str, Any]) -> str:
    """`data` as the script that the others find it in."""
    text = json.dumps(data, ensure_ascii=False)
    return f'"use strict";\n\nglobalThis.capsule = {{ data: {text}, adapters: [] }};\n'


def _data(plan: Plan, words: NullTranslations) -> dict[str, Any]:
    """All that the scripts know of the capsule. Times are seconds; `rule` is a `plan.Rule`."""
    burned = plan.capsule.film.captions == "burned"
    return {
        "iri": plan.names.capsule_iri,
        "language": plan.capsule.language,
        "duration": plan.duration,
        "rule": asdict(plan.rule),
        "score": plan.capsule.completion.score,
        "private": not plan.capsule.tracking.answers,
        "questions": [scene.id for scene in plan.questions],
        "asks": {
            scene.id: plain(scene.content.ask)
            for scene in plan.questions
            if isinstance(scene.content, Question)
        },
        "parts": [{"start": part.start, "end": part.start + part.duration} for part in plan.parts],
        "cues": [] if burned else [[cue.start, cue.end, cue.text] for cue in plan.cues],
        "words": _phrases(plan, words),
    }


def _xapi(plan: Plan, words: NullTranslations) -> dict[str, Any]:
    """What statements are made of: ids, verbs and activities, from `capsule.activity`."""
    names, capsule = plan.names, plan.capsule
    title = plain(capsule.title)
    film = words.gettext("%(title)s: the film") % {"title": title}
    return {
        "namespace": activity.NAMESPACE,
        "profile": activity.PROFILE_VERSION,
        "video": activity.VIDEO,
        "verbs": {
            verb.name.lower(): {"id": verb.value, "display": shown}
            for verb, shown in activity.DISPLAYS.items()
            if verb not in (Verb.ATTENDED, Verb.VOIDED)
        },
        "capsule": _activity(names.capsule_iri, Kind.CAPSULE, title),
        "film": _activity(names.film_iri, Kind.FILM, film),
        "message": _activity(names.message_iri, Kind.MESSAGE, plain(capsule.message.statement)),
        "questions": {
            scene.id: _activity(
                names.question_iri(scene.id), Kind.QUESTION, plain(scene.content.ask)
            )
            for scene in plan.questions
            if isinstance(scene.content, Question)
        },
    }


def _activity(iri: str, kind: Kind, name: str) -> dict[str, str]:
    return {"id": iri, "type": kind, "name": name}


def _phrases(plan: Plan, words: NullTranslations) -> dict[str, str]:
    """What the scripts say; %(name)s is filled in by `words.js`."""
    _ = words.gettext
    return {
        "resumed": _("The film starts again at %(time)s"),
        "fault": _("The film cannot be played here. The transcript below says the same."),
        "seen": _("%(percent)d %% seen"),
        "progress": _("Seen: %(seen)s of %(all)s. %(least)s are needed."),
        "progress_done": _("Seen: %(seen)s of %(all)s. That is enough."),
        "room": _("%(n)d more characters can be kept."),
        "elsewhere": _(
            "You have answered. The browser that you wrote in, if any, keeps your text."
        ),
        "done": _("Done: "),
        "missing": _("To do: "),
        "film": _("film, %(percent)d %% seen (%(least)d %% needed)"),
        "message": _("message, read on this page or heard in the film"),
        "questions": _("questions, %(n)d of %(total)d answered or talked about"),
        "completed": _("Completed. You have followed the whole capsule, and may close this page."),
        "incomplete": _("In progress. You can stop and come back later."),
        "saved": _("Saved at %(time)s."),
        "unsaved": _(
            "The connection is lost. This browser keeps your work, and will send it when it is"
            " back."
        ),
        "refused": _(
            "Your learning platform refused part of what is recorded about you. Your work itself "
            "is kept."
        ),
        "ended": _(
            "Your learning platform no longer records what you do here. This browser keeps it: "
            "open the capsule again from the platform to have it recorded."
        ),
        "caught_up": _("The connection is back: everything is saved."),
        "kept_here": _("Your answers stay in this browser. Nobody else reads them."),
        "kept_lms": _("Your answers are kept with your progress on your learning platform."),
        "kept_private": _(
            "What you write stays in this browser. Your learning platform only knows that you have"
            " answered."
        ),
        "kept_nowhere": _("The capsule is open for review: nothing is kept."),
        "recorded_here": _(
            "Nothing is sent. This browser remembers what you have seen and answered."
        ),
        "recorded_lms": _received(plan, _),
        "recorded_nowhere": _("Nothing: the capsule is open for review."),
        "unread": _(
            "What you did here before could not be read from your learning platform. What you do "
            "now will be added to it as soon as the platform answers."
        ),
        "outside": _(
            "Opened outside your learning platform, which will know nothing of it. "
            "To have it recorded, open the capsule from the platform."
        ),
        "forget_sure": _("Erase your answers and what you have seen from this browser?"),
        "leave": _("Leave the capsule"),
        "left": _("Everything is saved. You can close this window."),
    }


def _received(plan: Plan, _: Callable[[str], str]) -> str:
    """What a learning platform gets to know."""
    if plan.capsule.tracking.answers:
        told = _(
            "Your learning platform receives: whether you have completed the capsule, the time "
            "spent, what you have seen of the film, and your answers."
        )
    else:
        told = _(
            "Your learning platform receives: whether you have completed the capsule, the time "
            "spent, what you have seen of the film, and which questions you have answered, but "
            "nothing of what you write."
        )
    if not plan.capsule.completion.score:
        return told
    return f"{told} {_('Completed, the capsule gives 100 points of 100.')}"
