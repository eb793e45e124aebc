"""The theme of a capsule: the look that its source asks for, made whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from capsule import model, shades
from capsule.theme import HOUSE, Theme, Typeface

_PARTS = ("intro", "message", "debrief")
_LARGE = 3.0  # large bold text against its ground (WCAG 2.2, 1.4.3)


class Faint(NamedTuple):
    """A colour of the source, by its name, that cannot be read on `ground`, or what is written
    on it: their `ratio`, and the nearest shade that can."""

    name: str
    colour: str
    ground: str
    ratio: float
    nearest: str


class Ground(NamedTuple):
    """What a centre's template gives: mode, the colours of its pages, and those of `Colours`."""

    mode: str
    ground: str
    card: str
    text: str
    colours: Mapping[str, str]


def theme(
    look: model.Look, typeface: Typeface | None = None, template: Ground | None = None
) -> Theme:
    """The theme of `look`, with `typeface` if its files were read, over that of its `template`.

    Colours that it does not give follow from those that it gives, and can be read on them.
    """
    own = {name: value for name, value in look.colours if value}
    if template:
        made = _made(template.mode, {**template.colours, **own}, template)
    else:
        made = HOUSE if look.mode == "light" and not own else _made(look.mode, own)
    return replace(made, typeface=typeface or made.typeface)


def faint(look: model.Look, template: Ground | None = None) -> Iterator[Faint]:
    """The colours that `look` itself gives and that cannot be read where they are put (AA)."""
    own = {name: value for name, value in look.colours if value}
    if not own:
        return
    made = theme(look, template=template)
    pages = (made.ground, made.card)
    written = look.mode == "light" and not template  # with ink, on paper
    stands = {
        "ink": (made.white, *(pages if written else ())),
        **({"paper": pages} if look.mode == "dark" and not template else {}),
        **dict.fromkeys(_PARTS, pages),
        "accent": (made.ink,),
    }
    for name, grounds in stands.items():
        colour = own.get(name)
        if colour and (ratio := shades.least(colour, grounds)) < shades.READABLE:
            ground = min(grounds, key=lambda one: shades.contrast(colour, one))
            yield Faint(name, colour, ground, ratio, shades.readable(colour, grounds))


def _made(mode: str, own: Mapping[str, str], template: Ground | None = None) -> Theme:
    ink, paper = own.get("ink", HOUSE.ink), own.get("paper", HOUSE.paper)
    if template:
        ground, card, text = template.ground, template.card, template.text
        paper = ground
    elif mode == "light":
        ground, card, text = paper, HOUSE.white, ink
    else:
        ground, card, text = shades.mixed(ink, "000000", 0.4), ink, paper
    pages = (ground, card)
    parts = {name: own.get(name) or shades.readable(getattr(HOUSE, name), pages) for name in _PARTS}
    soft = shades.readable(shades.mixed(text, ground, 0.25), pages)
    accent = own.get("accent") or shades.readable(HOUSE.accent, (ink,))
    on = {name: _on(colour, ink) for name, colour in [*parts.items(), ("soft", soft)]}
    strong = {
        name: accent if shades.contrast(accent, colour) >= _LARGE else on[name]
        for name, colour in parts.items()
    }
    colours: dict[str, Any] = {
        **parts,
        **{f"on_{name}": colour for name, colour in on.items()},
        **{f"strong_on_{name}": colour for name, colour in strong.items()},
    }
    return replace(
        HOUSE,
        mode=mode,
        ink=ink,
        paper=paper,
        ground=ground,
        card=card,
        text=text,
        soft=soft,
        line=shades.mixed(ground, text, 0.1),
        accent=accent,
        alarm=shades.readable(HOUSE.alarm, (ink,)),
        night=shades.mixed(ink, "000000", 0.45),
        line_on_ink=shades.mixed(ink, "FFFFFF", 0.12),
        soft_on_ink=shades.readable(shades.mixed(ink, "FFFFFF", 0.82), (ink,)),
        **colours,
    )


def _on(colour: str, ink: str) -> str:
    """White or ink, whichever reads better on `colour`."""
    return max(("FFFFFF", ink), key=lambda text: shades.contrast(text, colour))
