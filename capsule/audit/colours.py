"""Colours as they are shown: themes, their maps, and what is done to a colour (20.1.2.3)."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

from coloraide import Color

from capsule import shades
from capsule.audit.deck import Page
from capsule.audit.package import NS, number, qn

_FULL = 100_000
_MAPPED = {"bg1": "lt1", "tx1": "dk1", "bg2": "lt2", "tx2": "dk2"}
_SHORT = {"dk": "dark", "lt": "light", "med": "medium"}
_KINDS = {qn(f"a:{kind}Clr") for kind in ("srgb", "scheme", "sys", "prst", "scrgb", "hsl")}


class Paint(NamedTuple):
    """Red, green and blue from 0 to 255, and how much of what lies under is hidden (0 to 1)."""

    red: int
    green: int
    blue: int
    alpha: float = 1.0

    @property
    def hex(self) -> str:
        """#RRGGBB."""
        return f"#{self.red:02X}{self.green:02X}{self.blue:02X}"

    def above(self, under: Paint) -> Paint:
        """What is seen of this paint and of the one under it."""
        alpha = self.alpha + under.alpha * (1 - self.alpha)
        red, green, blue = (
            round((mine * self.alpha + other * under.alpha * (1 - self.alpha)) / (alpha or 1))
            for mine, other in zip(self[:3], under[:3], strict=True)
        )
        return Paint(red, green, blue, alpha)


class Scheme:
    """The colours of a page: its master's theme, through the map that holds for it."""

    def __init__(self, page: Page) -> None:
        """Read the theme and the colour map (19.3.1.6, 19.3.1.7) of `page`."""
        master = page.lineage[-1]
        parts = page.package.related(master.part, "theme")
        self.part = parts[0] if parts else ""
        self.theme = page.package.tree(self.part)
        overrides = (p.tree.find("p:clrMapOvr/a:overrideClrMapping", NS) for p in page.lineage)
        found = next((o for o in overrides if o is not None), None)
        mapping = found if found is not None else master.tree.find("p:clrMap", NS)
        self._known: dict[str, Paint | None] = {}
        self._map = {**_MAPPED, **(dict(mapping.attrib) if mapping is not None else {})}

    def style(self, kind: str, index: int) -> Any:
        """The fill number `index` (from 1) of the theme's list `kind`, or None (20.1.4.1)."""
        if self.theme is None:
            return None
        fills = self.theme.find(f".//a:fmtScheme/a:{kind}", NS)
        return fills[index - 1] if fills is not None and 0 < index <= len(fills) else None

    def paint(self, holder: Any, own: Paint | None = None) -> Paint | None:
        """The colour among the children of `holder`; `own` stands for phClr.

        None when it cannot be told.
        """
        found = next((child for child in holder if child.tag in _KINDS), None)
        base = self._base(found, own) if found is not None else None
        return None if base is None else _changed(base, found)

    def _base(self, element: Any, own: Paint | None) -> Paint | None:
        value = element.get("val", "")
        match element.tag.rsplit("}", 1)[-1]:
            case "srgbClr":
                return _read(f"#{value}")
            case "sysClr":
                return _read(f"#{element.get('lastClr', '000000')}")
            case "schemeClr":
                return own if value == "phClr" else self._themed(value)
            case "prstClr":
                return _read(_preset(value).lower())
            case "hslClr":
                hue, light = number(element, "hue") / 60000, number(element, "lum") / _FULL
                return _shown(Color("hsl", [hue, number(element, "sat") / _FULL, light]))
            case _:
                parts = [number(element, name) / _FULL for name in ("r", "g", "b")]
                return _shown(Color("srgb-linear", parts))

    def _themed(self, name: str) -> Paint | None:
        if name not in self._known and self.theme is not None:
            holder = self.theme.find(f".//a:clrScheme/a:{self._map.get(name, name)}", NS)
            self._known[name] = self.paint(holder) if holder is not None else None
        return self._known.get(name)


def contrast(one: Paint, other: Paint) -> float:
    """The contrast of two opaque colours, 1 to 21 (WCAG 2.1)."""
    return _contrast(one.hex[1:], other.hex[1:])


@lru_cache(maxsize=20_000)
def _contrast(one: str, other: str) -> float:
    return shades.contrast(one, other)


def _preset(name: str) -> str:
    """The CSS name of a preset colour (20.1.10.48): ltGrey → lightgrey."""
    for short, whole in _SHORT.items():
        if name.startswith(short) and name[len(short) : len(short) + 1].isupper():
            return whole + name[len(short) :]
    return name


@lru_cache(maxsize=1_000)
def _read(text: str) -> Paint | None:
    try:
        return _shown(Color(text))
    except ValueError:
        return None


def _shown(colour: Color, alpha: float = 1.0) -> Paint:
    parts = colour.convert("srgb").clip().coords()
    red, green, blue = (round(255 * part) for part in parts)
    return Paint(red, green, blue, alpha)


def _changed(paint: Paint, element: Any) -> Paint:
    """Apply what the children of a colour do to it, in their order."""
    if not len(element):
        return paint
    colour, alpha = Color(paint.hex), paint.alpha
    for change in element:
        share = number(change, "val", _FULL) / _FULL
        match change.tag.rsplit("}", 1)[-1]:
            case "alpha":
                alpha = share
            case "alphaMod":
                alpha *= share
            case "alphaOff":
                alpha += share
            case "tint" | "shade" as name:
                linear = colour.convert("srgb-linear")
                white = 1 - share if name == "tint" else 0
                colour = Color("srgb-linear", [share * part + white for part in linear.coords()])
            case "inv":
                linear = colour.convert("srgb-linear")
                colour = Color("srgb-linear", [1 - part for part in linear.coords()])
            case "gray":
                colour = colour.filter("grayscale")
            case "comp":
                colour = _moved(colour, "hueOff", 180 * 60000 / _FULL)
            case name:
                colour = _moved(colour, name, share)
    return _shown(colour, min(max(alpha, 0), 1))


def _moved(colour: Color, name: str, share: float) -> Color:
    """Change hue, saturation or luminance, the HSL way (20.1.2.3.14 and on)."""
    axes = {"hue": "hue", "sat": "saturation", "lum": "lightness"}
    axis, how = axes.get(name[:3]), name[3:]
    if axis is None:
        return colour
    hsl = colour.convert("hsl")
    was = hsl.get(axis, nans=False)
    unit = _FULL / 60000 if axis == "hue" else 1
    new = {"Mod": was * share, "Off": was + share * unit, "": share * unit}.get(how, was)
    hsl[axis] = new % 360 if axis == "hue" else min(max(new, 0), 1)
    return hsl
