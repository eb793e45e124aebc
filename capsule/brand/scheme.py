"""The colours and fonts of a theme, as masters and layouts name them (ECMA-376, 20.1.2.3)."""

from __future__ import annotations

import colorsys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree

from capsule.brand.package import NAMES, Package

_PRESETS = {
    **{"black": "000000", "white": "FFFFFF", "red": "FF0000", "green": "008000", "blue": "0000FF"},
    **{"yellow": "FFFF00", "gray": "808080", "grey": "808080", "orange": "FFA500"},
}
_WHOLE = 100000  # 100 % in the unit of OOXML


@dataclass(frozen=True)
class Scheme:
    """A theme's twelve colours (dk1, lt1, accent1... → RRGGBB), what a master calls them, fonts.

    `mapped`: bg1, tx1... → dk1, lt1...; `major` and `minor` are the families of titles and texts.
    """

    colours: Mapping[str, str]
    mapped: Mapping[str, str]
    major: str
    minor: str
    fills: tuple[Any, ...]
    part: str

    def named(self, name: str) -> str:
        """The colour that master and layouts call `name`; black for one that isn't known."""
        return self.colours.get(self.mapped.get(name, name), "000000")

    def colour(self, holder: Any, own: str | None = None) -> str | None:
        """The colour that an element holds (a:solidFill, a:gs, p:bgRef...), opaque, if any.

        `own` is what phClr stands for.
        """
        for element in holder:
            if not isinstance(element.tag, str):
                continue
            base = self._base(element, own)
            if base:
                return _changed(base, element)
        return None

    def family(self, typeface: str) -> str:
        """The family that a typeface names, itself or as a font of the theme (+mj-lt, +mn-lt)."""
        return {"+mj-lt": self.major, "+mn-lt": self.minor}.get(typeface, typeface)

    def _base(self, element: Any, own: str | None) -> str | None:
        value = element.get("val", "")
        match etree.QName(element).localname:
            case "srgbClr":
                return str(value).upper()
            case "sysClr":
                return str(element.get("lastClr", "000000")).upper()
            case "schemeClr":
                return own if value == "phClr" else self.named(value)
            case "prstClr":
                return _PRESETS.get(value, "808080")
            case "scrgbClr":
                shares = (int(element.get(name, 0)) / _WHOLE for name in "rgb")
                return "".join(f"{round(255 * min(max(share, 0), 1)):02X}" for share in shares)
        return None


def read(package: Package, master: str, mapped: Mapping[str, str] | None = None) -> Scheme:
    """The scheme of a master; `mapped` is what one of its layouts has instead of its map."""
    [part, *_rest] = package.related(master, "theme")
    tree = package.tree(part)
    scheme = tree.find(".//a:clrScheme", NAMES)
    bare = Scheme({}, {}, "", "", (), part)
    colours = {
        etree.QName(slot).localname: bare.colour(slot) or "000000"
        for slot in scheme
        if isinstance(slot.tag, str)
    }
    own = package.tree(master).find("p:clrMap", NAMES)
    names = dict(own.attrib) if own is not None else {}
    major, minor = (
        face.get("typeface", "") if face is not None else ""
        for kind in ("majorFont", "minorFont")
        for face in [tree.find(f".//a:{kind}/a:latin", NAMES)]
    )
    fills = tree.find(".//a:bgFillStyleLst", NAMES)
    listed = tuple(fill for fill in fills if isinstance(fill.tag, str)) if fills is not None else ()
    return Scheme(colours, {**names, **(mapped or {})}, major, minor, listed, part)


def _changed(colour: str, element: Any) -> str:
    """`colour` after the transforms that `element` holds, in their order (20.1.2.3)."""
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (0, 2, 4))
    for change in element:
        if not isinstance(change.tag, str):
            continue
        share = int(change.get("val", _WHOLE)) / _WHOLE
        hue, light, full = colorsys.rgb_to_hls(red, green, blue)
        match etree.QName(change).localname:
            case "lumMod":
                red, green, blue = colorsys.hls_to_rgb(hue, min(light * share, 1), full)
            case "lumOff":
                red, green, blue = colorsys.hls_to_rgb(hue, min(max(light + share, 0), 1), full)
            case "hueMod":
                red, green, blue = colorsys.hls_to_rgb(hue * share % 1, light, full)
            case "satMod":
                red, green, blue = colorsys.hls_to_rgb(hue, light, min(full * share, 1))
            case "shade":
                red, green, blue = (_told(_light(one) * share) for one in (red, green, blue))
            case "tint":
                lights = (_light(one) * share + 1 - share for one in (red, green, blue))
                red, green, blue = (_told(one) for one in lights)
    return "".join(f"{round(255 * min(max(one, 0), 1)):02X}" for one in (red, green, blue))


def _light(value: float) -> float:
    """The light of an sRGB channel, in which PowerPoint counts tints and shades."""
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def _told(light: float) -> float:
    value: float = light ** (1 / 2.4)
    return light * 12.92 if light <= 0.0031308 else 1.055 * value - 0.055
