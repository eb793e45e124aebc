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
TRANSITION = (  # a fade of 0.4 s; what is too old for p14 has its own idea of fast
    '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    f' {_SLIDES}><mc:Choice xmlns:p14="http://schemas.microsoft.com/office/powerpoint/2010/main"'
    ' Requires="p14"><p:transition spd="fast" p14:dur="400"><p:fade/></p:transition></mc:Choice>'
    '<mc:Fallback><p:transition spd="fast"><p:fade/></p:transition></mc:Fallback>'
    "</mc:AlternateContent>"
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


def countdown(shape: int, seconds: int, close: str, sound: str | None = None) -> str:
    """A click makes `shape` come in clockwise around its centre, over `seconds`.

    It then turns to the colour `close` (RRGGBB), with `sound`, the relationship to a WAV. An
    entrance: as an exit, Impress turns the wheel the other way.
    """
    target = f'<p:tgtEl><p:spTgt spid="{shape}"/></p:tgtEl>'
    enter = (
        '<p:par><p:cTn id="5" presetID="21" presetClass="entr" presetSubtype="1" fill="hold"'
        f' grpId="0" nodeType="clickEffect">{_START}<p:childTnLst>'
        f"{_set(6, target, 'style.visibility', 'visible', 1)}"
        f'<p:animEffect transition="in" filter="wheel(1)"><p:cBhvr><p:cTn id="7"'
        f' dur="{seconds * 1000}"/>{target}</p:cBhvr></p:animEffect></p:childTnLst></p:cTn></p:par>'
    )
    turn = (
        '<p:par><p:cTn id="9" presetID="1" presetClass="emph" presetSubtype="2" fill="hold"'
        f' grpId="1" nodeType="afterEffect">{_START}<p:childTnLst>'
        '<p:animClr clrSpc="rgb" dir="cw"><p:cBhvr><p:cTn id="10" dur="500" fill="hold"/>'
        f"{target}<p:attrNameLst><p:attrName>fillcolor</p:attrName></p:attrNameLst></p:cBhvr>"
        f'<p:to><a:srgbClr val="{close}"/></p:to></p:animClr>'
        f"{_set(11, target, 'fill.type', 'solid', 500)}{_set(12, target, 'fill.on', 'true', 500)}"
        f"</p:childTnLst>{_heard(9, sound) if sound else ''}</p:cTn></p:par>"
    )
    clicked = '<p:cond delay="indefinite"/>'
    building = "".join(f'<p:bldP spid="{shape}" grpId="{group}" animBg="1"/>' for group in (0, 1))
    main = _main(clicked, (0, enter), (seconds, turn))
    return _timing(main, f"<p:bldLst>{building}</p:bldLst>")


def played(shape: int, seconds: int, *, by_itself: bool) -> str:
    """The film of `shape` starts with its slide, or with a click; one on it pauses and resumes."""
    target = f'<p:tgtEl><p:spTgt spid="{shape}"/></p:tgtEl>'
    click = f'<p:cond evt="onClick" delay="0">{target}</p:cond>'
    when, node_type = '<p:cond delay="indefinite"/>', "clickEffect"
    if by_itself:
        when += '<p:cond evt="onBegin" delay="0"><p:tn val="2"/></p:cond>'
        node_type = "afterEffect"
    play = _media_call(
        f'id="5" presetID="1" nodeType="{node_type}"',
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
        f"{_nested(9, _AT_ONCE, (0, pause))}</p:childTnLst></p:cTn>"
        f"<p:nextCondLst>{click}</p:nextCondLst></p:seq>"
    )
    return _timing(_main(when, (0, play)) + node + toggle, "")


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


def _main(conditions: str, *effects: tuple[int, str]) -> str:
    return (
        '<p:seq concurrent="1" nextAc="seek"><p:cTn id="2" dur="indefinite" nodeType="mainSeq">'
        f"<p:childTnLst>{_nested(3, conditions, *effects)}</p:childTnLst></p:cTn>{_TURNS}</p:seq>"
    )


def _nested(first: int, conditions: str, *effects: tuple[int, str]) -> str:
    """The two levels that PowerPoint keeps around effects, each with the second it starts at.

    Ids are `first`, the next one, and then every fourth: an effect takes three.
    """
    steps = "".join(
        f'<p:par><p:cTn id="{first + 1 + 4 * n}" fill="hold"><p:stCondLst>'
        f'<p:cond delay="{after * 1000}"/></p:stCondLst>'
        f"<p:childTnLst>{effect}</p:childTnLst></p:cTn></p:par>"
        for n, (after, effect) in enumerate(effects)
    )
    return (
        f'<p:par><p:cTn id="{first}" fill="hold"><p:stCondLst>{conditions}</p:stCondLst>'
        f"<p:childTnLst>{steps}</p:childTnLst></p:cTn></p:par>"
    )


def _set(node: int, target: str, attribute: str, value: str, lasts: int) -> str:
    return (
        f'<p:set><p:cBhvr><p:cTn id="{node}" dur="{lasts}" fill="hold">{_START}</p:cTn>{target}'
        f"<p:attrNameLst><p:attrName>{attribute}</p:attrName></p:attrNameLst></p:cBhvr>"
        f'<p:to><p:strVal val="{value}"/></p:to></p:set>'
    )


def _heard(node: int, sound: str) -> str:
    """What an effect sounds like: the WAV of the relationship `sound` starts with `node`."""
    return (
        '<p:subTnLst><p:audio><p:cMediaNode><p:cTn display="0" masterRel="sameClick">'
        f'<p:stCondLst><p:cond evt="begin" delay="0"><p:tn val="{node}"/></p:cond></p:stCondLst>'
        '<p:endCondLst><p:cond evt="onStopAudio" delay="0"><p:tgtEl><p:sldTgt/></p:tgtEl></p:cond>'
        f'</p:endCondLst></p:cTn><p:tgtEl><p:sndTgt r:embed="{sound}" name="gong.wav"/></p:tgtEl>'
        "</p:cMediaNode></p:audio></p:subTnLst>"
    )


def _media_call(node: str, command: str) -> str:
    return (
        f'<p:par><p:cTn {node} presetClass="mediacall" presetSubtype="0" fill="hold">{_START}'
        f"<p:childTnLst>{command}</p:childTnLst></p:cTn></p:par>"
    )
