"""What is checked: each rule with its message, its remedy and the RGAA criteria that it serves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from gettext import gettext as _
from typing import NamedTuple

from capsule.audit.deck import Page, Shape
from capsule.resources import N_


class Rule(NamedTuple):
    """A message and a remedy, as msgids, and the numbers of RGAA criteria."""

    what: str
    remedy: str
    criteria: tuple[str, ...] = ()


@dataclass(frozen=True)
class Finding:
    """A rule that a deck breaks: on which slide (0: in the whole file), in which shape or part."""

    rule: str
    slide: int = 0
    shape: str = ""
    part: str = ""
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def criteria(self) -> tuple[str, ...]:
        """The numbers of the RGAA criteria that it fails."""
        return RULES[self.rule].criteria

    @property
    def what(self) -> str:
        """What is wrong, in the user's language."""
        return _(RULES[self.rule].what) % self.values

    @property
    def remedy(self) -> str:
        """What to do, in the user's language."""
        return _(RULES[self.rule].remedy) % self.values

    @property
    def place(self) -> str:
        """Where it is, in the user's language; '' for the file as a whole."""
        if not self.slide:
            return self.shape or self.part
        slide = _("slide %(number)d") % {"number": self.slide}
        return f"{slide}, {self.shape}" if self.shape else slide

    def __str__(self) -> str:
        text = _("%(what)s; %(remedy)s") % {"what": self.what, "remedy": self.remedy}
        said = _("%(place)s: %(text)s") % {"place": self.place, "text": text}
        criteria = f" [RGAA {', '.join(self.criteria)}]" if self.criteria else ""
        return (said if self.place else text) + criteria


def together(findings: Sequence[Finding]) -> list[Finding]:
    """One finding for the shapes of a slide that have the same one, with all their names."""
    shapes: dict[tuple[object, ...], list[Finding]] = {}
    for finding in findings:
        named = bool(finding.shape)
        key = (finding.rule, finding.slide, finding.what, finding.part if not named else "")
        shapes.setdefault((*key, named), []).append(finding)
    return [
        replace(alike[0], shape=", ".join(dict.fromkeys(finding.shape for finding in alike)))
        for alike in shapes.values()
    ]


def on(rule: str, place: Page | Shape, **values: object) -> Finding:
    """A finding on a slide or in a shape."""
    if isinstance(place, Shape):
        return Finding(rule, place.page.number, place.name, place.page.part, values)
    return Finding(rule, place.number, "", place.part, values)


_REPAIR = N_("have PowerPoint open, repair and save the file")
_RETIME = N_("remove the slide's animations and set them again")
_REINSERT_VIDEO = N_("remove it, and insert the video file again")

RULES = {
    "part-missing": Rule(
        N_("a relationship of type %(kind)s leads to %(target)s, which is not in the file"),
        _REPAIR,
        ("8.2",),
    ),
    "part-malformed": Rule(N_("this part is no well-formed XML"), _REPAIR, ("8.2",)),
    "part-unused": Rule(
        N_("nothing leads to this part: it was left over and makes the file bigger"),
        N_("save the deck under another name"),
    ),
    "type-orphan": Rule(
        N_("a content type is told for this part, which is not in the file"), _REPAIR, ("8.2",)
    ),
    "type-missing": Rule(N_("no content type is told for this part"), _REPAIR, ("8.2",)),
    "notes-master": Rule(
        N_("the presentation does not list the master of its notes"), _REPAIR, ("8.2",)
    ),
    "section-stale": Rule(
        N_('the section "%(section)s" names the slide %(id)s, which is not in the deck'),
        N_("remove the sections and set them again"),
    ),
    "section-outside": Rule(
        N_("the deck has sections and this slide is in none of them, or in two"),
        N_("remove the sections and set them again"),
    ),
    "media-twice": Rule(
        N_("the same media lies in the file a second time, as %(other)s"),
        N_("copy and paste the first shape instead of inserting the media again"),
    ),
    "link-local": Rule(
        N_("this links to %(target)s, on one computer"),
        N_("insert the file into the deck, or lay it beside and link to its name"),
    ),
    "link-missing": Rule(
        N_("this links to %(target)s, which is not beside the deck"),
        N_("put the file there, or insert it into the deck"),
    ),
    "template-left": Rule(
        N_("this was left over from a template: %(what)s"), N_("replace or remove it")
    ),
    "id-twice": Rule(
        N_("this shape has the number of another one: %(id)s"),
        N_("cut it and paste it again, so that it gets its own"),
        ("8.2",),
    ),
    "placeholder-absent": Rule(
        N_("this placeholder (%(role)s, number %(index)s) is not in the slide's layout"),
        N_("reset the slide, or choose a layout that has it"),
    ),
    "picture-broken": Rule(
        N_("the picture cannot be read: the file is damaged or cut short"),
        N_("insert the picture again"),
    ),
    "picture-film": Rule(
        N_("this is a film that was inserted as a picture: it will not play"),
        N_("insert it as a video"),
        ("1.1",),
    ),
    "video-poster": Rule(
        N_("the video has no picture of its own before it plays"),
        N_("choose a poster frame (Video Format, Poster Frame)"),
    ),
    "video-type": Rule(
        N_("the video is told to be %(told)s and is %(found)s: it may not play"),
        _REINSERT_VIDEO,
    ),
    "captions-missing": Rule(
        N_("the video has sound and no caption track"),
        N_("add a WebVTT file (Playback, Insert Captions)"),
        ("4.3",),
    ),
    "captions-link": Rule(
        N_("the caption track is linked with the wrong type, %(kind)s: it will not be shown"),
        N_("remove it and insert the captions again"),
        ("4.3",),
    ),
    "captions-broken": Rule(
        N_("the caption track is no WebVTT file"),
        N_("remove it and insert the captions again"),
        ("4.3",),
    ),
    "video-pause": Rule(
        N_("the video starts by itself and a click does not pause it"),
        N_("start it on click, or give it a pause animation triggered by a click on it"),
        ("4.10", "4.11", "13.8"),
    ),
    "video-cut": Rule(
        N_("the slide advances by itself after %(seconds)s s, which may cut its video off"),
        N_("have it advance on click (Transitions, Advance Slide)"),
        ("13.1",),
    ),
    "timing-id": Rule(
        N_("two nodes of the slide's animations have the same number: %(id)s"), _RETIME
    ),
    "timing-filter": Rule(N_("an animation has an effect that does not exist: %(name)s"), _RETIME),
    "timing-target": Rule(
        N_("an animation moves the shape number %(id)s, which is not on the slide"), _RETIME
    ),
    "timing-build": Rule(
        N_("an animation of this shape and its build (group %(group)s) do not go together"),
        _RETIME,
    ),
    "document-title": Rule(
        N_("the document has no title, or that of an empty presentation"),
        N_("write one (File, Info, Title)"),
        ("8.5", "8.6"),
    ),
    "title-missing": Rule(
        N_("the slide has no title"),
        N_("write one in the layout's title; it may lie outside of the slide"),
        ("9.1", "8.5"),
    ),
    "title-twice": Rule(
        N_('slide %(other)d has the same title: "%(title)s"'),
        N_("tell them apart"),
        ("9.1", "8.6"),
    ),
    "title-late": Rule(
        N_("the title is not read first"),
        N_("move it to the beginning of the reading order"),
        ("9.1", "10.3"),
    ),
    "order": Rule(
        N_('the slide is read upwards: this text comes after "%(before)s", which lies under it'),
        N_("set the reading order (Home, Arrange, Selection Pane)"),
        ("10.3",),
    ),
    "alt-missing": Rule(
        N_("this has no alternative text"),
        N_("describe what it tells, or mark it as decorative"),
        ("1.1", "1.2"),
    ),
    "alt-contradiction": Rule(
        N_("this is marked as decorative and has an alternative text"),
        N_("keep one of them"),
        ("1.2",),
    ),
    "alt-file-name": Rule(
        N_("the alternative text is the name of a file: %(alt)s"),
        N_("describe what the picture tells"),
        ("1.3",),
    ),
    "language-missing": Rule(
        N_("the text does not tell its language: %(text)s"),
        N_("set the proofing language (Review, Language)"),
        ("8.3", "8.7"),
    ),
    "language-unknown": Rule(
        N_("%(tag)s is the code of no language"),
        N_("set the proofing language (Review, Language)"),
        ("8.4", "8.8"),
    ),
    "text-small": Rule(
        N_("text of %(size)s pt, less than %(least)s: %(text)s"),
        N_("make it bigger"),
        ("10.4",),
    ),
    "contrast": Rule(
        N_(
            "%(colour)s on %(ground)s has a contrast of %(ratio)s:1, less than %(least)s:1:"
            " %(text)s"
        ),
        N_("write it in %(shade)s, or change what lies under it"),
        ("3.2",),
    ),
    "table-header": Rule(
        N_("the table does not tell its header row"),
        N_("tick Header Row (Table Design)"),
        ("5.6",),
    ),
}
"""Name → rule. Sources: ECMA-376, RGAA 4.1, and what PowerPoint and Impress were seen to refuse."""
