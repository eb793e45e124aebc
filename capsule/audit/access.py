"""Whether a deck can be read by all: titles, order, alternative texts, languages, tables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations
from typing import Any

from language_tags import tags

from capsule.audit.deck import Deck, Page, Shape, decorative
from capsule.audit.package import NS, qn
from capsule.audit.rules import Finding, on

_TITLES = {"title", "ctrTitle"}
_RUNNING = {"dt", "ftr", "hdr", "sldNum"}
_FILE_NAME = re.compile(r"\S+\.(png|jpe?g|gif|bmp|tiff?|svg|webp|emf|wmf|mp4|mov|avi|wmv)", re.I)
_EXCERPT = 40


def findings(deck: Deck) -> Iterator[Finding]:
    """Check every slide; hidden ones may do without a title, for no room sees them."""
    titles: dict[str, int] = {}
    for page in deck.slides:
        if page.shown:
            yield from _title(page, titles)
        yield from _order(page)
        for shape in page.shapes:
            yield from _alternative(shape)
            yield from _languages(shape)
            yield from _header(shape)


def excerpt(text: str) -> str:
    """The beginning of `text`, enough to find it."""
    text = " ".join(text.split())
    return text if len(text) <= _EXCERPT else text[: _EXCERPT - 1].rstrip() + "…"


def _title(page: Page, titles: dict[str, int]) -> Iterator[Finding]:
    """A visible slide has a title of its own, which screen readers read first."""
    title = next((s for s in page.shapes if s.role in _TITLES and s.text), None)
    if title is None:
        yield on("title-missing", page)
        return
    other = titles.setdefault(title.text.casefold(), page.number)
    if other != page.number:
        yield on("title-twice", title, other=other, title=excerpt(title.text))
    before = page.shapes[: page.shapes.index(title)]
    if any(not shape.decorative and not shape.hidden for shape in before):
        yield on("title-late", title)


def _order(page: Page) -> Iterator[Finding]:
    """Texts are read downwards, column by column: most of those that lie under others follow them.

    A header or a caption read last is a choice; a slide read from its foot is not.
    """
    texts = [s for s in page.shapes if s.text and s.role not in _TITLES | _RUNNING and s.place]
    pairs = list(combinations(texts, 2))
    upwards = [pair for pair in pairs if _under(pair[0], pair[1])]
    downwards = [pair for pair in pairs if _under(pair[1], pair[0])]
    if len(upwards) > max(len(downwards), 1):
        before, after = upwards[0]
        yield on("order", after, before=excerpt(before.text))


def _under(one: Shape, other: Shape) -> bool:
    """Whether `one` lies wholly under `other`, in its column."""
    (x, y, w, _h), (left, top, wide, high) = one.place or (0,) * 4, other.place or (0,) * 4
    common = min(x + w, left + wide) - max(x, left)
    return y >= top + high and common > 0.5 * min(w, wide) > 0


def _alternative(shape: Shape) -> Iterator[Finding]:
    """What is no text says what it shows, or that it shows nothing."""
    if any(decorative(p) or p.get("descr") for p in _groups(shape)):
        return
    if shape.decorative and shape.alt:
        yield on("alt-contradiction", shape)
    elif _FILE_NAME.fullmatch(shape.alt):
        yield on("alt-file-name", shape, alt=shape.alt)
    elif _speechless(shape) and not shape.alt and not shape.decorative:
        yield on("alt-missing", shape)


def _groups(shape: Shape) -> Iterator[Any]:
    for group in shape.groups:
        yield from group.iterfind("p:nvGrpSpPr/p:cNvPr", NS)


def _speechless(shape: Shape) -> bool:
    """Whether a shape needs an alternative text: it is seen, and has no text to be read."""
    if shape.hidden or (shape.kind == "sp" and shape.placeholder is not None):
        return False
    return not shape.text


def _languages(shape: Shape) -> Iterator[Finding]:
    """Every run, field and end of paragraph tells a language that exists (BCP 47)."""
    told: set[str] = set()
    silent = False
    for body in shape.element.iter(qn("p:txBody"), qn("a:txBody")):
        for paragraph in body.iterfind("a:p", NS):
            for tag, text in _tags(paragraph):
                if not tag and not silent:
                    silent = True
                    yield on("language-missing", shape, text=excerpt(text or shape.text))
                elif tag and tag not in told and not tags.check(tag):
                    yield on("language-unknown", shape, tag=tag)
                told.add(tag)


def _tags(paragraph: Any) -> Iterator[tuple[str, str]]:
    """The language of each run of words and of the paragraph's end, with its text."""
    for run in paragraph.iterfind("*"):
        if run.tag in (qn("a:r"), qn("a:fld")):
            properties, text = run.find("a:rPr", NS), run.findtext("a:t", "", NS)
            if text.strip():
                yield (properties.get("lang", "") if properties is not None else ""), text
        elif run.tag == qn("a:endParaRPr"):
            yield run.get("lang", ""), ""


def _header(shape: Shape) -> Iterator[Finding]:
    for table in shape.element.iter(qn("a:tbl")):
        properties = table.find("a:tblPr", NS)
        if properties is None or properties.get("firstRow") not in ("1", "true"):
            yield on("table-header", shape)
