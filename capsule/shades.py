"""Colours against one another: contrast as WCAG counts it, and shades that have enough.

Colours are RRGGBB. `coloraide` does the arithmetic; it takes a third of a second to import, which
a capsule in the house's colours is spared.
"""

from __future__ import annotations

from collections.abc import Iterable

READABLE = 4.5  # text against its ground (WCAG 2.2, 1.4.3, level AA; RGAA 3.2)


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, from 1 to 21 (WCAG 2.2, "contrast ratio")."""
    from coloraide import Color  # noqa: PLC0415

    ratio: float = Color(f"#{one}").contrast(Color(f"#{other}"), method="wcag21")
    return ratio


def least(colour: str, grounds: Iterable[str]) -> float:
    """The contrast of `colour` with that of `grounds` which is nearest to it."""
    return min(contrast(colour, ground) for ground in grounds)


def mixed(one: str, other: str, share: float) -> str:
    """The colour at `share` of the way from `one` to `other`, in sRGB."""
    pairs = zip(bytes.fromhex(one), bytes.fromhex(other), strict=True)
    return "".join(f"{round(a + (b - a) * share):02X}" for a, b in pairs)


def readable(colour: str, grounds: Iterable[str]) -> str:
    """The shade of `colour` nearest to it that can be read on all `grounds`: itself if it can.

    Black or white when no shade of it can.
    """
    from coloraide import Color  # noqa: PLC0415

    grounds = tuple(grounds)
    if least(colour, grounds) >= READABLE:
        return colour
    tone = Color(f"#{colour}").convert("oklch")
    ladder = (tone.clone().set("lightness", step / 200) for step in range(201))
    shades = [_digits(shade.convert("srgb").fit(method="oklch-chroma")) for shade in ladder]
    passing = [shade for shade in shades if least(shade, grounds) >= READABLE]
    own = float(tone["lightness"])
    return min(
        passing or sorted(("000000", "FFFFFF"), key=lambda end: -least(end, grounds))[:1],
        key=lambda shade: abs(float(Color(f"#{shade}").convert("oklch")["lightness"]) - own),
    )


def _digits(colour: object) -> str:
    return colour.to_string(hex=True, fit=True)[1:].upper()  # type: ignore[attr-defined,no-any-return]
