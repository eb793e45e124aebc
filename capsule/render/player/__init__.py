"""The web player: one static page that works from a folder, and inside each package.

`bundle` gives its files as values; the packagers add their manifest and write the archive.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import fields
from gettext import NullTranslations
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from capsule import resources
from capsule.layout import frame
from capsule.plan import Cue, Plan
from capsule.render.player.data import page_data
from capsule.templating import environment
from capsule.theme import HOUSE, Theme

Channel = Literal["web", "scorm12", "scorm2004", "cmi5", "xapi"]

_CORE = ("ranges", "snapshots", "state", "local", "words", "waiting")
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
    online = channel in _ONLINE
    data = page_data(plan, words, online=online)
    shown = {
        "data": data,
        "film": film_name,
        "logo": "media/logo.png" if logo else None,
        "policy": _POLICY.format(
            network="http: https:" if online else "'none'",
            media=_origin(film) if isinstance(film, str) else "'self'",
        ),
        "scripts": ["player/data.js", *(f"player/{name}" for name in scripts)],
    }
    files: dict[str, bytes | Path] = {
        "index.html": _page(plan, words, shown).encode(),
        "transcript.html": transcript_html.encode(),
        "player/theme.css": (_tokens(theme) + _lengths(plan)).encode(),
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


def _lengths(plan: Plan) -> str:
    """How wide each part's button is, and where on the bar it is enough: there from the start."""
    lines = [f".parts .{part.id} {{ --length: {part.duration}; }}" for part in plan.parts]
    lines.append(f".gauge {{ --least: {plan.rule.seconds / plan.duration:.4f}; }}")
    return "\n".join([*lines, ""])


def _script(data: Mapping[str, Any]) -> str:
    """`data` as the script that the others find it in."""
    text = json.dumps(data, ensure_ascii=False)
    return f'"use strict";\n\nglobalThis.capsule = {{ data: {text}, adapters: [] }};\n'
