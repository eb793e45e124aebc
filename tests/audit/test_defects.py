"""Each rule finds its own defect in a deck that is whole otherwise, and nothing else does."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from capsule import audit
from capsule.audit.rgaa import CRITERIA
from capsule.audit.rules import RULES

from .harms import (
    CLEAR,
    CORE,
    DECORATIVE,
    DIM,
    FILM,
    FILM_RELS,
    GRADIENT,
    GREY,
    LAST,
    LAST_RELS,
    MESSAGE,
    PRESENTATION,
    QUESTION,
    REL,
    SECTION_END,
    TABLE,
    TEXT,
    TYPES,
    WHITE,
    Change,
    add,
    all_of,
    backwards,
    copied,
    cut,
    gone,
    media_type,
    no_poster,
    over_photograph,
    put,
    sub,
    thumbnail,
)

LAYOUT = "ppt/slideLayouts/slideLayout6.xml"
RUN = r'(<a:rPr [^>]*?) lang="fr-FR"'
DEFECTS: dict[str, tuple[str, Change]] = {
    "a missing part": (
        "part-missing",
        all_of(
            gone("ppt/viewProps.xml"),
            sub(TYPES, '<Override PartName="/ppt/viewProps[^>]*>', ""),
        ),
    ),
    "a part cut short": ("part-malformed", cut("ppt/presProps.xml", 0.7)),
    "a part left over": ("part-unused", put("ppt/old.xml", b"<a/>")),
    "an orphan content type": (
        "type-orphan",
        add(TYPES, '<Override PartName="/ppt/x.xml" ContentType="a/b"/>', "</Types>"),
    ),
    "no content type": ("type-missing", put("docProps/x.dat", b"x")),
    "no list of the notes master": (
        "notes-master",
        sub(PRESENTATION, "<p:notesMasterIdLst>.*</p:notesMasterIdLst>", ""),
    ),
    "a section of a slide that went": (
        "section-stale",
        add(PRESENTATION, '<p14:sldId id="999"/>', f"{SECTION_END}</p14:sectionLst>"),
    ),
    "a slide in no section": (
        "section-outside",
        sub(PRESENTATION, '<p14:sldId id="258"/>', ""),
    ),
    "media twice": (
        "media-twice",
        all_of(
            copied("ppt/media/media1.mp4", "ppt/media/media2.mp4"),
            sub(FILM_RELS, r"(relationships/media\" Target=\"../media/)media1", r"\1media2"),
        ),
    ),
    "a link to a disk": (
        "link-local",
        add(
            LAST_RELS,
            REL % "relationships/hyperlink" + ' Target="file:///C:/x.docx" TargetMode="External"/>',
            "</Rel",
        ),
    ),
    "a link to a file that is not beside": (
        "link-missing",
        add(
            LAST_RELS,
            REL % "relationships/video" + ' Target="film%20x.mp4" TargetMode="External"/>',
            "</Rel",
        ),
    ),
    "python-pptx's author": (
        "template-left",
        sub(CORE, "<cp:lastModifiedBy>Essai", "<cp:lastModifiedBy>Steve Canny"),
    ),
    "python-pptx's description": (
        "template-left",
        add(CORE, "<dc:description>generated using python-pptx</dc:description>", "</cp:core"),
    ),
    "python-pptx's thumbnail": ("template-left", thumbnail),
    "python-pptx's 4:3": (
        "template-left",
        sub(PRESENTATION, "<p:sldSz ", '<p:sldSz type="screen4x3" '),
    ),
    "a number twice": ("id-twice", sub(LAST, 'cNvPr id="3"', 'cNvPr id="2"')),
    "a placeholder without its layout's": (
        "placeholder-absent",
        sub(LAST, '<p:ph type="sldNum"[^>]*/>', '<p:ph type="body" idx="77"/>'),
    ),
    "a truncated picture": ("picture-broken", cut("ppt/media/image2.png", 0.6)),
    "a film as a picture": (
        "picture-film",
        all_of(
            sub(LAST_RELS, r"../media/image2.png", "../media/media1.mp4"),
            gone("ppt/media/image2.png"),
        ),
    ),
    "no poster": ("video-poster", sub(FILM, '<a:blip r:embed="rId4"/>', "<a:blip/>")),
    "python-pptx's poster": ("video-poster", no_poster),
    "an unknown kind of film": ("video-type", media_type("video/unknown")),
    "a film told to be another": ("video-type", media_type("video/avi")),
    "no captions": ("captions-missing", sub(FILM, r"<p14:extLst>.*?</p14:extLst>", "")),
    "captions linked as a text": (
        "captions-link",
        sub(FILM_RELS, r"http://\S*?/2017/04/relationships/track", "http://x.example/rel/text"),
    ),
    "captions in SubRip": ("captions-broken", put("ppt/media/captions1.vtt", b"1\n00:00:00,000")),
    "captions without their type": (
        "captions-broken",
        sub(TYPES, 'ContentType="text/vtt"', 'ContentType="text/plain"'),
    ),
    "no pause": ("video-pause", sub(FILM, 'cmd="togglePause"', 'cmd="stop"')),
    "a slide that goes on": (
        "video-cut",
        sub(FILM, 'p14:dur="400"', 'p14:dur="400" advTm="3000"'),
    ),
    "a node's number twice": ("timing-id", sub(QUESTION, '<p:cTn id="7"', '<p:cTn id="6"')),
    "an effect that is none": ("timing-filter", sub(QUESTION, r"wheel\(1\)", "spiral(1)")),
    "a wheel of too many spokes": ("timing-filter", sub(QUESTION, r"wheel\(1\)", "wheel(9)")),
    "an animation of nothing": (
        "timing-target",
        sub(QUESTION, r'(<p:animEffect.*?spid=")\d+"', r'\g<1>999"'),
    ),
    "a build of another group": (
        "timing-build",
        sub(QUESTION, r'(<p:bldP [^>]*grpId=)"0"', r'\1"1"'),
    ),
    "no title of the document": ("document-title", sub(CORE, "<dc:title>.*?</dc:title>", "")),
    "PowerPoint's title": (
        "document-title",
        sub(CORE, "<dc:title>.*?<", "<dc:title>Présentation PowerPoint<"),
    ),
    "no title": (
        "title-missing",
        sub(LAST, r"(<p:ph type=\"title\"/>.*?<a:t>)[^<]*", r"\1"),
    ),
    "the same title": (
        "title-twice",
        sub(LAST, r"(<p:ph type=\"title\"/>.*?<a:t>)[^<]*", r"\1Tout petit film"),
    ),
    "a title read later": (
        "title-late",
        sub(LAST, r"(<p:grpSpPr/>)(<p:sp>.*?</p:sp>)(<p:sp>.*?</p:sp>)", r"\1\3\2"),
    ),
    "a slide read upwards": ("order", backwards),
    "no alternative text": ("alt-missing", sub(LAST, r' descr="QR[^"]*"', "")),
    "an empty alternative text": ("alt-missing", sub(LAST, r' descr="QR[^"]*"', ' descr=" "')),
    "a description of a decoration": (
        "alt-contradiction",
        sub(LAST, r'(<p:cNvPr id="12" [^>]*)/>', rf"\1>{DECORATIVE}</p:cNvPr>"),
    ),
    "the name of a file": (
        "alt-file-name",
        sub(LAST, r' descr="QR[^"]*"', ' descr="IMG_0042.JPG"'),
    ),
    "a run without language": ("language-missing", sub(MESSAGE, RUN, r"\1")),
    "a paragraph's end without language": (
        "language-missing",
        sub(MESSAGE, '<a:endParaRPr lang="fr-FR"', "<a:endParaRPr"),
    ),
    "a language that is none": ("language-unknown", sub(MESSAGE, RUN, r'\1 lang="fr-XX"')),
    "a language of Unix": ("language-unknown", sub(MESSAGE, RUN, r'\1 lang="fr_FR"')),
    "small text": ("text-small", sub(LAST, r'(<a:rPr [^>]*)sz="1200"', r'\1sz="1100"')),
    "text shrunk to its box": (
        "text-small",
        sub(
            LAST,
            r"(name=\"part intro\".*?)<a:noAutofit/>",
            r'\1<a:normAutofit fontScale="90000"/>',
        ),
    ),
    "small text of a layout": (
        "text-small",
        all_of(
            sub(LAST, r"(<p:ph type=\"sldNum\".*?<a:rPr [^>]*)sz=\"\d+\"", r"\1"),
            sub(
                LAYOUT,
                r"(<p:ph type=\"sldNum\".*?<a:lstStyle)/>",
                (r'\1><a:lvl1pPr><a:defRPr lang="fr-FR" sz="900"/></a:lvl1pPr></a:lstStyle>'),
            ),
        ),
    ),
    "faint text": ("contrast", add(LAST, TEXT % (WHITE, GREY))),
    "a theme's colour made faint": (
        "contrast",
        add(LAST, TEXT % (WHITE, DIM.replace("50000", "55000"))),
    ),
    "faint on the background": ("contrast", add(LAST, TEXT % ("<a:noFill/>", WHITE))),
    "faint through a clear shape": (
        "contrast",
        add(LAST, TEXT % (CLEAR, WHITE)),
    ),
    "faint at the end of a gradient": (
        "contrast",
        add(LAST, (TEXT % (GRADIENT % 'lin ang="10800000"', WHITE))),
    ),
    "faint somewhere in a gradient": (
        "contrast",
        add(LAST, (TEXT % (GRADIENT % 'path path="circle"', WHITE))),
    ),
    "faint over a photograph": ("contrast", over_photograph()),
    "a table without header": ("table-header", add(LAST, TABLE % "")),
}
HARMLESS: dict[str, Change] = {
    "nothing": lambda _parts: None,
    "a hidden slide without title": all_of(
        sub(LAST, r"(<p:ph type=\"title\"/>.*?<a:t>)[^<]*", r"\1"),
        sub(LAST, "<p:sld ", '<p:sld show="0" '),
    ),
    "big text that is faint": add(LAST, (TEXT % (WHITE, GREY)).replace("1600", "1800")),
    "a theme's colour that is readable": add(LAST, TEXT % (WHITE, DIM.replace("50000", "40000"))),
    "text over a dark photograph": over_photograph(dark=True),
    "text at the dark end of a gradient": add(LAST, TEXT % (GRADIENT % 'lin ang="0"', WHITE)),
    "text in the ring of the countdown": sub(
        QUESTION,
        r"(name=\"countdown\".*?<a:solidFill>)<a:schemeClr val=\"\w+\"/>",
        r'\1<a:srgbClr val="FFFFFF"/>',
    ),
    "a table with its header": add(LAST, TABLE % ' firstRow="1"'),
    "a link to the web": add(
        LAST_RELS,
        REL % "relationships/hyperlink"
        + ' Target="https://formation.example" TargetMode="External"/>',
        "</Rel",
    ),
    "the strict names of ISO 29500": all_of(
        *(
            sub(
                LAST,
                f"http://schemas.openxmlformats.org/{old}",
                f"http://purl.oclc.org/ooxml/{new}",
            )
            for old, new in (
                ("presentationml/2006/main", "presentationml/main"),
                ("drawingml/2006/main", "drawingml/main"),
                ("officeDocument/2006/relationships", "officeDocument/relationships"),
            )
        )
    ),
    "alternatives for older programs": sub(
        LAST,
        r"(<p:sp>(?:(?!<p:sp>).)*name=\"number\".*?</p:sp>)",
        r'<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/'
        r'2006"><mc:Choice Requires="p14">\1</mc:Choice><mc:Fallback>\1</mc:Fallback>'
        r"</mc:AlternateContent>",
    ),
}


@pytest.mark.parametrize("name", DEFECTS)
def test_a_defect_is_found_by_its_rule_alone(name: str, harmed: Callable[[Change], Path]) -> None:
    rule, change = DEFECTS[name]
    found = audit.inspect(harmed(change)).findings
    assert {finding.rule for finding in found} == {rule}, [str(finding) for finding in found]
    for finding in found:
        assert "%" not in finding.what.replace("film x", "")
        assert finding.remedy


@pytest.mark.parametrize("name", HARMLESS)
def test_what_is_no_defect_is_not_found(name: str, harmed: Callable[[Change], Path]) -> None:
    found = audit.inspect(harmed(HARMLESS[name])).findings
    assert [str(finding) for finding in found] == []


def test_every_rule_has_its_defect_and_its_criteria_exist() -> None:
    assert {rule for rule, _change in DEFECTS.values()} == set(RULES)
    assert {n for rule in RULES.values() for n in rule.criteria} <= set(CRITERIA)


def test_a_finding_tells_its_place(harmed: Callable[[Change], Path]) -> None:
    [finding] = audit.inspect(harmed(DEFECTS["no alternative text"][1])).findings
    assert (finding.slide, finding.shape, finding.criteria) == (5, "qr code", ("1.1", "1.2"))
    assert str(finding).startswith("slide 5, qr code: this has no alternative text; describe ")


def test_the_ratio_and_a_shade_that_passes_are_told(harmed: Callable[[Change], Path]) -> None:
    [finding] = audit.inspect(harmed(DEFECTS["faint text"][1])).findings
    assert "#808080 on #FFFFFF has a contrast of 3.94:1, less than 4.5:1: Un texte" in finding.what
    assert re.match(r"write it in #7[0-9A-F]{5},", finding.remedy)
