"""The PresentationML that python-pptx has no words for, as text (ECMA-376, part 1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from xml.sax.saxutils import quoteattr

_DRAWING = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
_SLIDES = 'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
_LINKS = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
_NAMESPACES = f"{_DRAWING} {_SLIDES} {_LINKS}"

DECORATIVE = (
    f'<a:extLst {_DRAWING}><a:ext uri="{{C183D7F6-B498-43B3-948B-1728B52AA6E4}}">'
    '<adec:decorative xmlns:adec="http://schemas.microsoft.com/office/drawing/2017/decorative"'
    ' val="1"/></a:ext></a:extLst>'
)
PROPERTIES = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Properties xmlns='
    '"http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
    "<Application>capsule</Application></Properties>"
)
BURNED = (  # an extension of ours, for the check of decks: nothing else tells open captions
    f'<a:extLst {_DRAWING}><a:ext uri="{{6D1C1F0B-2C0B-5B9E-9C55-0C0A5F1D7E42}}">'
    '<capsule:captions xmlns:capsule="urn:capsule:deck" open="1"/></a:ext></a:extLst>'
)
VTT_TYPE = "text/vtt"
VTT_LINK = "http://schemas.microsoft.com/office/2017/04/relationships/track"


def captions(link: str, guid: str, language: str) -> str:
    """The caption track of a `p14:media`; `link` is the relationship to the WebVTT part."""
    return (
        f"<p14:extLst {_SLIDES} {_LINKS}"
        ' xmlns:p14="http://schemas.microsoft.com/office/powerpoint/2010/main">'
        '<p:ext uri="{3AFAAA56-56D3-431D-BCD4-E75A35582382}"><p173:tracksInfo'
        ' xmlns:p173="http://schemas.microsoft.com/office/powerpoint/2017/3/main"'
        f' displayLoc="media"><p173:trackLst><p173:track id="{{{guid}}}"'
        f" label={quoteattr(language)} lang={quoteattr(language)} r:embed={quoteattr(link)}/>"
        "</p173:trackLst></p173:tracksInfo></p:ext></p14:extLst>"
    )


def notes_master(link: str) -> str:
    """The list that makes the notes master known (19.2.1.24)."""
    return (
        f'<p:notesMasterIdLst {_NAMESPACES}><p:notesMasterId r:id="{link}"/></p:notesMasterIdLst>'
    )


def sections(slides: Mapping[str, Sequence[int]], guids: Mapping[str, str]) -> str:
    """The sections of the deck: name → ids of their slides, in order."""
    listed = "".join(
        f'<p14:section name={quoteattr(name)} id="{{{guids[name]}}}"><p14:sldIdLst>'
        + "".join(f'<p14:sldId id="{id_}"/>' for id_ in ids)
        + "</p14:sldIdLst></p14:section>"
        for name, ids in slides.items()
    )
    return (
        f'<p:extLst {_NAMESPACES}><p:ext uri="{{521415D9-36F7-43E2-AB2F-B90AF26B5E84}}">'
        '<p14:sectionLst xmlns:p14="http://schemas.microsoft.com/office/powerpoint/2010/main">'
        f"{listed}</p14:sectionLst></p:ext></p:extLst>"
    )


def colours(scheme: Mapping[str, str]) -> str:
    """The theme's twelve colours: dk1, lt1, dk2, lt2, accent1 to 6, hlink, folHlink → RRGGBB."""
    listed = "".join(
        f'<a:{name}><a:srgbClr val="{rgb}"/></a:{name}>' for name, rgb in scheme.items()
    )
    return f'<a:clrScheme {_DRAWING} name="Capsule">{listed}</a:clrScheme>'


def fonts(font: str) -> str:
    """The theme's fonts: one family for titles and text."""
    face = f'<a:latin typeface={quoteattr(font)}/><a:ea typeface=""/><a:cs typeface=""/>'
    return (
        f'<a:fontScheme {_DRAWING} name="Capsule"><a:majorFont>{face}</a:majorFont>'
        f"<a:minorFont>{face}</a:minorFont></a:fontScheme>"
    )


def slide_number(guid: str) -> str:
    """The field of a slide's number, empty."""
    return f'<a:fld {_DRAWING} id="{{{guid}}}" type="slidenum"/>'


def countdown(shape: int, seconds: int) -> str:
    """A click makes `shape` come in clockwise around its centre, over `seconds`.

    An entrance: as an exit, Impress turns the wheel the other way.
    """
    target = f'<p:tgtEl><p:spTgt spid="{shape}"/></p:tgtEl>'
    effect = (
        '<p:par><p:cTn id="5" presetID="21" presetClass="entr" presetSubtype="1" fill="hold"'
        f' grpId="0" nodeType="clickEffect">{_START}<p:childTnLst>'
        f'<p:set><p:cBhvr><p:cTn id="6" dur="1" fill="hold">{_START}</p:cTn>{target}'
        "<p:attrNameLst><p:attrName>style.visibility</p:attrName></p:attrNameLst></p:cBhvr>"
        '<p:to><p:strVal val="visible"/></p:to></p:set>'
        f'<p:animEffect transition="in" filter="wheel(1)"><p:cBhvr><p:cTn id="7"'
        f' dur="{seconds * 1000}"/>{target}</p:cBhvr></p:animEffect></p:childTnLst></p:cTn></p:par>'
    )
    building = f'<p:bldLst><p:bldP spid="{shape}" grpId="0" animBg="1"/></p:bldLst>'
    return _timing(_main('<p:cond delay="indefinite"/>', effect), building)


def autoplay(shape: int, seconds: int) -> str:
    """The film of `shape` starts with its slide; a click on it pauses and resumes."""
    target = f'<p:tgtEl><p:spTgt spid="{shape}"/></p:tgtEl>'
    click = f'<p:cond evt="onClick" delay="0">{target}</p:cond>'
    at_once = '<p:cond delay="indefinite"/><p:cond evt="onBegin" delay="0"><p:tn val="2"/></p:cond>'
    play = _media_call(
        'id="5" presetID="1" nodeType="afterEffect"',
        f'<p:cmd type="call" cmd="playFrom(0.0)"><p:cBhvr><p:cTn id="6" dur="{seconds * 1000}"'
        f' fill="hold"/>{target}</p:cBhvr></p:cmd>',
    )
    node = (
        '<p:video><p:cMediaNode vol="80000"><p:cTn id="7" fill="hold" display="0">'
        '<p:stCondLst><p:cond delay="indefinite"/></p:stCondLst></p:cTn>'
        f"{target}</p:cMediaNode></p:video>"
    )
    pause = _media_call(
        'id="11" presetID="2" nodeType="clickEffect"',
        '<p:cmd type="call" cmd="togglePause"><p:cBhvr><p:cTn id="12" dur="1" fill="hold"/>'
        f"{target}</p:cBhvr></p:cmd>",
    )
    toggle = (
        '<p:seq concurrent="1" nextAc="seek"><p:cTn id="8" restart="whenNotActive" fill="hold"'
        f' evtFilter="cancelBubble" nodeType="interactiveSeq"><p:stCondLst>{click}</p:stCondLst>'
        '<p:endSync evt="end" delay="0"><p:rtn val="all"/></p:endSync><p:childTnLst>'
        f"{_nested(9, _AT_ONCE, pause)}</p:childTnLst></p:cTn>"
        f"<p:nextCondLst>{click}</p:nextCondLst></p:seq>"
    )
    return _timing(_main(at_once, play) + node + toggle, "")


_AT_ONCE = '<p:cond delay="0"/>'
_START = f"<p:stCondLst>{_AT_ONCE}</p:stCondLst>"
_TURNS = "".join(
    f'<p:{name}CondLst><p:cond evt="on{name.title()}" delay="0"><p:tgtEl><p:sldTgt/></p:tgtEl>'
    f"</p:cond></p:{name}CondLst>"
    for name in ("prev", "next")
)


def _timing(nodes: str, building: str) -> str:
    return (
        f"<p:timing {_NAMESPACES}><p:tnLst><p:par>"
        '<p:cTn id="1" dur="indefinite" restart="never" nodeType="tmRoot">'
        f"<p:childTnLst>{nodes}</p:childTnLst></p:cTn></p:par></p:tnLst>{building}</p:timing>"
    )


def _main(conditions: str, effect: str) -> str:
    return (
        '<p:seq concurrent="1" nextAc="seek"><p:cTn id="2" dur="indefinite" nodeType="mainSeq">'
        f"<p:childTnLst>{_nested(3, conditions, effect)}</p:childTnLst></p:cTn>{_TURNS}</p:seq>"
    )


def _nested(first: int, conditions: str, effect: str) -> str:
    """The two levels that PowerPoint keeps around an effect; ids `first` and the next."""
    return (
        f'<p:par><p:cTn id="{first}" fill="hold"><p:stCondLst>{conditions}</p:stCondLst>'
        f'<p:childTnLst><p:par><p:cTn id="{first + 1}" fill="hold">{_START}'
        f"<p:childTnLst>{effect}</p:childTnLst></p:cTn></p:par></p:childTnLst></p:cTn></p:par>"
    )


def _media_call(node: str, command: str) -> str:
    return (
        f'<p:par><p:cTn {node} presetClass="mediacall" presetSubtype="0" fill="hold">{_START}'
        f"<p:childTnLst>{command}</p:childTnLst></p:cTn></p:par>"
    )
