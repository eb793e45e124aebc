"""The look that a source asks for: what follows from it, what cannot be read."""

import pytest

from capsule import look, shades
from capsule.model import Colours, Look
from capsule.theme import HOUSE, Theme

PARTS = ("intro", "message", "debrief")
LOOKS = {
    "dark": Look(mode="dark"),
    "blue": Look(colours=Colours(ink="0A2540", paper="#F4F7FB", intro="#00539F", accent="#FFD100")),
    "pale parts": Look(mode="dark", colours=Colours(ink="101010", intro="9AD1FF")),
    "white": Look(colours=Colours(paper="#FFF")),
}


def pairs(theme: Theme) -> list[tuple[str, str]]:
    """What is written on what."""
    pages = [
        (colour, ground)
        for colour in (theme.text, theme.soft, theme.intro, theme.message, theme.debrief)
        for ground in (theme.ground, theme.card)
    ]
    parts = [(theme.on(theme.part(part)), theme.part(part)) for part in PARTS]
    on_ink = (theme.white, theme.accent, theme.alarm, theme.soft_on_ink)
    soft = (theme.on(theme.soft), theme.soft)
    return [*pages, *parts, soft, *((colour, theme.ink) for colour in on_ink)]


def test_by_default_it_is_the_house_s() -> None:
    assert look.theme(Look()) is not None
    assert look.theme(Look()) == HOUSE


@pytest.mark.parametrize("name", LOOKS)
def test_all_that_follows_can_be_read(name: str) -> None:
    theme = look.theme(LOOKS[name])
    assert not list(look.faint(LOOKS[name]))
    for colour, ground in [*pairs(theme), *pairs(HOUSE)]:
        assert shades.contrast(colour, ground) >= 4.5, (colour, ground)
    for part in PARTS:
        colour = theme.part(part)
        assert shades.contrast(theme.strong(colour), colour) >= 3, part


@pytest.mark.parametrize(
    ("own", "name", "ground"),
    [
        (Look(colours=Colours(debrief="#E8734A")), "debrief", HOUSE.ground),
        (Look(colours=Colours(accent="#6D3B6F")), "accent", HOUSE.ink),
        (Look(colours=Colours(ink="#77AA88")), "ink", HOUSE.ground),
        (Look(mode="dark", colours=Colours(message="#3A1A3C")), "message", HOUSE.ink),
        (Look(mode="dark", colours=Colours(paper="#555555")), "paper", HOUSE.ink),
    ],
)
def test_what_cannot_be_read_has_a_shade_that_can(own: Look, name: str, ground: str) -> None:
    [found] = [faint for faint in look.faint(own) if faint.name == name]
    assert (found.colour, found.ground) == (getattr(own.colours, name), ground)
    assert found.ratio < 4.5
    mended = own.colours.model_copy(update={name: found.nearest})
    assert name not in [f.name for f in look.faint(own.model_copy(update={"colours": mended}))]


def test_the_nearest_shade_keeps_its_hue_and_is_the_nearest() -> None:
    assert shades.readable("C2401C", ["FAF7F2"]) == "C2401C"
    shade = shades.readable("E8734A", ["FFFFFF"])
    assert 4.5 <= shades.contrast(shade, "FFFFFF") < 4.65
    red, green, blue = bytes.fromhex(shade)
    assert red > green > blue
    assert shades.readable("808080", ["000000", "FFFFFF", "777777"]) in {"000000", "FFFFFF"}
