"""What the player's scripts know of the capsule, ready for JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from gettext import NullTranslations
from typing import Any

from capsule import activity
from capsule.activity import Kind, Verb
from capsule.model import Question
from capsule.plan import Plan
from capsule.render.player.phrases import phrases
from capsule.typography import plain


def page_data(plan: Plan, words: NullTranslations, *, online: bool) -> dict[str, Any]:
    """All that the scripts know of the capsule. Times are seconds; `rule` is a `plan.Rule`.

    What statements are made of is there for a page that goes `online` to say them.
    """
    burned = plan.capsule.film.captions == "burned"
    asks = {
        scene.id: plain(scene.content.ask)
        for scene in plan.questions
        if isinstance(scene.content, Question)
    }
    return {
        "iri": plan.names.capsule_iri,
        "language": plan.capsule.language,
        "duration": plan.duration,
        "rule": asdict(plan.rule),
        "score": plan.capsule.completion.score,
        "private": not plan.capsule.tracking.answers,
        "questions": list(asks),
        "asks": asks,
        "parts": [{"start": part.start, "end": part.start + part.duration} for part in plan.parts],
        "cues": [] if burned else [[cue.start, cue.end, cue.text] for cue in plan.cues],
        "words": phrases(plan, words),
        **({"xapi": _xapi(plan, words, asks)} if online else {}),
    }


def _xapi(plan: Plan, words: NullTranslations, asks: Mapping[str, str]) -> dict[str, Any]:
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
            question: _activity(names.question_iri(question), Kind.QUESTION, ask)
            for question, ask in asks.items()
        },
    }


def _activity(iri: str, kind: Kind, name: str) -> dict[str, str]:
    return {"id": iri, "type": kind, "name": name}
