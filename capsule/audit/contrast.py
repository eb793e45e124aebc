"""Whether texts are big enough, and stand out from what lies under them (WCAG 2.1, 1.4.3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from capsule import shades
from capsule.audit.access import excerpt
from capsule.audit.colours import Paint, contrast
from capsule.audit.deck import Deck, Shape
from capsule.audit.fills import NOTHING, Paints, Pictures
from capsule.audit.ground import Ground
from capsule.audit.lines import points
from capsule.audit.package import NS, qn
from capsule.audit.rules import Finding, on
from capsule.audit.styles import Paragraph, Run, fill_of, paragraphs
from capsule.numbers import decimal

_SMALLEST = 12  # points
_ENOUGH_IF_BIG = 3.0
_BIG, _BIG_IF_BOLD = 18, 14  # points
_WORST = 0.1  # of a text's points may lie on something worse: an edge, a speck of a photograph
_KNOWN = 0.5  # of its points must lie on something known


class _Seen(NamedTuple):
    ratio: float
    colour: Paint
    ground: Paint


def findings(deck: Deck) -> Iterator[Finding]:
    """Check every text of every slide."""
    pictures: Pictures = {}
    for page in deck.slides:
        ground = Ground(deck, page, pictures)
        for shape in page.shapes:
            if shape.hidden:
                continue
            for body in shape.element.iter(qn("p:txBody"), qn("a:txBody")):
                told = tuple(paragraphs(deck, shape, body))
                yield from _small(shape, told)
                if body.getparent().tag == qn("a:tc"):
                    looked = _in_cell(ground, body.getparent(), told)
                else:
                    looked = _on_slide(ground, shape, body, told)
                yield from _faint(shape, looked)


def _small(shape: Shape, told: Sequence[Paragraph]) -> Iterator[Finding]:
    runs = [run for paragraph in told for run in paragraph.runs if run.text.strip()]
    small = [run for run in runs if round(run.size, 1) < _SMALLEST]
    if small:
        least = min(small, key=lambda run: run.size)
        values = {"size": decimal(least.size), "least": _SMALLEST, "text": excerpt(least.text)}
        yield on("text-small", shape, **values)


def _faint(shape: Shape, looked: dict[Run, list[_Seen | None]]) -> Iterator[Finding]:
    """One finding for each colour of a text that does not stand out."""
    told: set[str] = set()
    for run, seen in looked.items():
        known = sorted(one for one in seen if one is not None)
        if not known or len(known) < _KNOWN * len(seen):
            continue
        worst = known[min(int(_WORST * len(known)), len(known) - 1)]
        big = run.size >= _BIG or (run.bold and run.size >= _BIG_IF_BOLD)
        least = _ENOUGH_IF_BIG if big else shades.READABLE
        if worst.ratio < least and worst.colour.hex not in told:
            told.add(worst.colour.hex)
            yield on(
                "contrast",
                shape,
                colour=worst.colour.hex,
                ground=worst.ground.hex,
                ratio=decimal(int(worst.ratio * 100) / 100, 2),
                least=decimal(least),
                shade=f"#{shades.readable(worst.colour.hex[1:], [worst.ground.hex[1:]])}",
                text=excerpt(run.text),
            )


def _on_slide(
    ground: Ground, shape: Shape, body: Any, told: Sequence[Paragraph]
) -> dict[Run, list[_Seen | None]]:
    """What each run is seen on, point by point; None where that is unknown."""
    looked: dict[Run, list[_Seen | None]] = defaultdict(list)
    for run, x, y in points(shape, body, told):
        looked[run].append(_seen(ground, shape, run, ground.under(shape, x, y)))
    return looked


def _in_cell(ground: Ground, cell: Any, told: Sequence[Paragraph]) -> dict[Run, list[_Seen | None]]:
    """Cells with a fill of their own; those of table styles are not known."""
    fill = fill_of(cell.find("a:tcPr", NS))
    if fill is None or not fill.tag.endswith("}solidFill"):
        return {}
    under = ground.filler.at(fill, 0, 0, "")
    runs = [run for paragraph in told for run in paragraph.runs if run.text.strip()]
    return {run: [_seen(ground, None, run, under)] for run in runs}


def _seen(ground: Ground, shape: Shape | None, run: Run, under: Paints | None) -> _Seen | None:
    """The worst contrast of what a run may show and what may be under it."""
    owner = shape.page.part if shape else ""
    inks = ground.filler.at(run.fill, 0.5, 0.5, owner)
    if not inks or not under or NOTHING in (inks, under):
        return None
    pairs = [(ink.above(paint), paint) for ink in inks for paint in under]
    return min(_Seen(contrast(ink, paint), ink, paint) for ink, paint in pairs)
