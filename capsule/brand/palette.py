"""The colours that a template lends to deck, film and player, each where it can be read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from capsule import shades
from capsule.brand.layouts import Layout, unstyled
from capsule.brand.package import NAMES, Package
from capsule.look import Ground

_PARTS = ("intro", "message", "debrief")
_ACCENTS = tuple(f"accent{n}" for n in range(1, 7))
_INK = 7.0  # contrast of white on a ground for panels
_VIVID = 40  # difference of channels, of 255, from which a colour is one


class Changed(NamedTuple):
    """A colour of the template that can't be read where it is put, and its nearest shade."""

    colour: str
    ground: str
    shade: str


def palette(
    package: Package, layout: Layout, ground: str, text: str
) -> tuple[Ground, list[Changed]]:
    """What `layout` gives on pages whose ground is `ground`, and what had to be changed."""
    dark = shades.contrast(ground, "FFFFFF") >= shades.READABLE
    if shades.contrast(text, ground) < shades.READABLE / 2:
        text = "FFFFFF" if dark else layout.scheme.named("tx1")
    text = shades.readable(text, (ground,))
    card = shades.mixed(ground, text, 0.08 if dark else 0.05)
    pages = (ground, card)
    text = shades.readable(text, pages)
    accents = _accents(package, layout)
    names = () if unstyled(package, layout.master) else ("tx2", "tx1")
    named = [layout.scheme.named(name) for name in names]
    ink = card if dark else _ink([*named, *accents], accents)
    if shades.contrast("FFFFFF", ink) < shades.READABLE:
        ink = shades.mixed(ink, "000000", 0.6)
    passing = [one for one in accents if shades.least(one, pages) >= shades.READABLE]
    chosen = [*passing, *(one for one in accents if one not in passing)][: len(_PARTS)]
    chosen = sorted(chosen, key=accents.index)
    chosen += [text] * (len(_PARTS) - len(chosen))
    changed = list[Changed]()

    def shade(colour: str, grounds: Sequence[str]) -> str:
        made = shades.readable(colour, grounds)
        if made != colour:
            worst = min(grounds, key=lambda one: shades.contrast(colour, one))
            changed.append(Changed(colour, worst, made))
        return made

    colours = {name: shade(one, pages) for name, one in zip(_PARTS, chosen, strict=True)}
    bright = [one for one in accents if shades.contrast(one, ink) >= shades.READABLE]
    rest = [one for one in bright if one not in chosen]
    colours["accent"] = (rest or bright or [shades.readable(chosen[0], (ink,))])[0]
    colours["ink"] = ink
    return Ground("dark" if dark else "light", ground, card, text, colours), changed


def _accents(package: Package, layout: Layout) -> list[str]:
    """The accents that are colours, in their order; those that shapes have if nobody chose any."""
    known = [layout.scheme.named(name) for name in _ACCENTS]
    if unstyled(package, layout.master):
        known = _drawn(package, layout) or known
    vivid = [one for one in dict.fromkeys(known) if _strength(one) >= _VIVID]
    return vivid or list(dict.fromkeys(known))


def _drawn(package: Package, layout: Layout) -> list[str]:
    """The colours of fills and texts in the masters, the most usual first."""
    masters = [layout.master, *package.related(package.main, "slideMaster")]
    counted = Counter(
        element.get("val", "").upper()
        for master in masters
        for element in package.tree(master).iter(f"{{{NAMES['a']}}}srgbClr")
    )
    return [colour for colour, _n in counted.most_common() if _strength(colour) >= _VIVID]


def _ink(known: Sequence[str], accents: Sequence[str]) -> str:
    """The first of the brand's colours that is dark, or its first accent darkened: for panels."""
    for colour in known:
        if _strength(colour) >= _VIVID / 2 and shades.contrast("FFFFFF", colour) >= _INK:
            return colour
    darker = (shades.mixed(accents[0], "000000", step / 10) for step in range(1, 11))
    return next(colour for colour in darker if shades.contrast("FFFFFF", colour) >= _INK)


def _strength(colour: str) -> int:
    channels = bytes.fromhex(colour)
    return max(channels) - min(channels)
