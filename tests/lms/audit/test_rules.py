"""Each rule, by a package with that one fault, which no other rule reports."""

import base64
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from capsule import resources
from capsule.builds.packages import Package
from capsule.lms import audit
from capsule.lms.audit import (
    archive,
    cmi5,
    links,
    manifests,
    secrets,
    structure,
    tincan,
    validity,
)
from capsule.lms.audit.rules import Rule

from ..packages import MANIFESTS, Files, Sound, Zipped, edited, rules, without

TABLES: tuple[Iterable[Rule[Any]], ...] = (
    *(archive.RULES, manifests.PACKAGE_RULES, manifests.DOCUMENT_RULES, structure.RULES),
    *(validity.RULES, links.RULES, cmi5.RULES, tincan.RULES, secrets.RULES),
)
ITEM_12 = '<item identifier="autre" identifierref="{ref}"><title>Autre</title></item>'
LOGIN = base64.b64encode(b"cle:secret-du-lrs").decode()

CMI5 = f"""<courseStructure xmlns="{cmi5.NAMESPACE}"><course id="https://a.example/c">
<title><langstring lang="fr">A</langstring></title>
<description><langstring lang="fr">A</langstring></description></course>
<au id="https://a.example/au" moveOn="Completed"><title><langstring lang="fr">A</langstring></title>
<description><langstring lang="fr">A</langstring></description><url>index.html</url></au>
</courseStructure>"""

# Rule, format, what is replaced in its manifest (a regular expression), by what.
EDITED: list[tuple[str, Package, str, str]] = [
    ("xml-malformed", "scorm12", r"</manifest>\s*$", ""),
    ("xml-malformed", "cmi5", r"</au>[\s\S]*", "</a"),
    ("xml-bom", "scorm12", r"^", "\ufeff"),
    ("xml-doctype", "scorm12", r"<manifest", '<!DOCTYPE manifest [<!ENTITY e "e">]><manifest'),
    ("manifest-root", "scorm12", r"imscp_rootv1p1p2", "imscp_rootv1p1p3"),
    ("manifest-root", "xapi", r"projecttincan.com", "tincanapi.com"),
    ("schemaversion", "scorm12", r"<schemaversion>1.2<", "<schemaversion>SCORM 1.2<"),
    ("schemaversion", "scorm12", r"<schemaversion>1.2<", "<schemaversion>2004 4th Edition<"),
    ("schemaversion", "scorm12", r"<schemaversion>.*</schemaversion>", ""),
    ("schemaversion", "scorm2004", r"2004 4th Edition", "2004 4th edition"),
    ("schema-name", "scorm2004", r"ADL SCORM", "SCORM"),
    ("scormtype", "scorm12", r"adlcp:scormtype", "adlcp:scormType"),
    ("scormtype", "scorm12", r'scormtype="sco"', 'scormtype="SCO"'),
    ("scormtype", "scorm12", r' adlcp:scormtype="sco"', ""),
    ("scormtype", "scorm2004", r"adlcp:scormType", "adlcp:scormtype"),
    ("scormtype", "scorm2004", r'scormType="sco"', 'scormType="Sco"'),
    (
        "sco-first",
        "scorm12",
        r"<resources>",
        '<resources><resource identifier="a" type="webcontent" adlcp:scormtype="asset"'
        ' href="transcript.html"/>',
    ),
    ("organization-default", "scorm12", r'default="[^"]*"', 'default="autre"'),
    ("launch-missing", "scorm12", r' identifierref="[^"]*"', ""),
    ("reference", "scorm12", r"</item>", "</item>" + ITEM_12.format(ref="rien")),
    ("reference", "scorm2004", r"</resource>", '<dependency identifierref="rien"/></resource>'),
    ("resource-page", "scorm12", r' href="index.html">', ">"),
    (
        "sco-elsewhere",
        "scorm2004",
        r'href="index.html">',
        'href="https://ailleurs.example/a.html">',
    ),
    (
        "identifier-twice",
        "scorm2004",
        r'item identifier="(\S*)-item"',
        r'item identifier="\1-organization"',
    ),
    ("title-missing", "scorm12", r"<title>[^<]*</title>\s*<item", "<title> </title><item"),
    ("mastery", "scorm12", r"</item>", "<adlcp:masteryscore>70</adlcp:masteryscore></item>"),
    (
        "mastery",
        "scorm2004",
        r"<imsss:deliveryControls",
        '<imsss:objectives><imsss:primaryObjective satisfiedByMeasure="true" objectiveID="p">'
        "<imsss:minNormalizedMeasure>0.7</imsss:minNormalizedMeasure>"
        "</imsss:primaryObjective></imsss:objectives><imsss:deliveryControls",
    ),
    (
        "mastery-value",
        "scorm12",
        r"</item>",
        "<adlcp:masteryscore>70 %</adlcp:masteryscore></item>",
    ),
    (
        "prerequisites",
        "scorm12",
        r"</item>",
        '<adlcp:prerequisites type="aicc_script">rien="passed"</adlcp:prerequisites></item>',
    ),
    ("file-missing", "scorm12", r"</resource>", '<file href="absent.js"/></resource>'),
    ("file-missing", "cmi5", r"<url>index.html", "<url>absent.html"),
    ("file-missing", "xapi", r">index.html<", ">absent.html?a=b<"),
    ("file-case", "scorm12", r'<file href="index.html"', '<file href="Index.html"'),
    ("file-case", "scorm2004", r"%C3%A9t%C3%A9", "e%CC%81te%CC%81"),
    ("href-unsafe", "scorm12", r"</resource>", '<file href="../index.html"/></resource>'),
    ("href-unsafe", "scorm12", r"</resource>", '<file href="/index.html"/></resource>'),
    ("href-unsafe", "scorm12", r"</resource>", '<file href="C:/a/index.html"/></resource>'),
    ("href-unsafe", "scorm12", r"</resource>", '<file href="%2E%2E/index.html"/></resource>'),
    ("href-unsafe", "cmi5", r"<url>index.html", "<url>javascript:alert(1)"),
    ("href-backslash", "scorm12", r"player/data.js", r"player\\\\data.js"),
    ("href-blank", "scorm2004", r"t%C3%A9%202026", "t%C3%A9 2026"),
    ("xsd", "scorm12", r"isvisible", "isVisible"),
    ("xsd", "scorm12", r' type="webcontent"', ""),
    ("xsd", "scorm2004", r"completionSetByContent", "completionByContent"),
    ("cmi5-missing", "cmi5", r"<url>.*</url>", ""),
    ("cmi5-missing", "cmi5", r"<au [\s\S]*</au>", ""),
    ("cmi5-unexpected", "cmi5", r"<url>", "<launchParameters>a=b</launchParameters><url>"),
    ("cmi5-unexpected", "cmi5", r"<url>", "<lien>a</lien><url>"),
    ("cmi5-id", "cmi5", r'<course id="[^"]*"', '<course id="essai"'),
    ("cmi5-id", "cmi5", r'<au id="[^"]*"', '<au id="https://un domaine/essai"'),
    ("cmi5-id", "cmi5", r' id="[^"]*" moveOn', " moveOn"),
    ("cmi5-id-twice", "cmi5", r'(<course id="([^"]*)"[\s\S]*<au id=)"[^"]*"', r'\1"\2"'),
    (
        "cmi5-objective",
        "cmi5",
        r"<url>",
        '<objectives><objective idref="https://a.example/rien"/></objectives><url>',
    ),
    ("cmi5-move-on", "cmi5", r'moveOn="Completed"', 'moveOn="completed"'),
    ("cmi5-move-on-free", "cmi5", r' moveOn="Completed"', ""),
    ("cmi5-mastery", "cmi5", r"<au ", '<au masteryScore="70" '),
    ("cmi5-mastery", "cmi5", r"<au ", '<au masteryScore="0.12345" '),
    ("cmi5-launch-method", "cmi5", r"AnyWindow", "anyWindow"),
    ("cmi5-activity-type", "cmi5", r'activityType="[^"]*"', 'activityType="lesson"'),
    ("cmi5-url-empty", "cmi5", r"<url>.*</url>", "<url> </url>"),
    ("cmi5-url-reserved", "cmi5", r"<url>index.html", "<url>index.html?endpoint=a"),
    ("cmi5-language", "cmi5", r'lang="fr"', 'lang="fr_FR"'),
    ("cmi5-language-missing", "cmi5", r' lang="fr"', ""),
    (
        "cmi5-language-twice",
        "cmi5",
        r"</langstring></title>",
        '</langstring><langstring lang="FR">B</langstring></title>',
    ),
    ("cmi5-text-empty", "cmi5", r'(<title><langstring lang="fr">)[^<]*', r"\1 "),
    ("cmi5-entitlement", "cmi5", r"</url>", "</url><entitlementKey/>"),
    ("tincan-missing", "xapi", r"<name.*</name>", ""),
    ("tincan-unexpected", "xapi", r"<name", "<title>A</title><name"),
    ("tincan-id", "xapi", r' id="[^"]*"', ' id="essai"'),
    ("tincan-id-twice", "xapi", r"(<activity [\s\S]*</activity>)", r"\1\1"),
    ("tincan-type", "xapi", r'\s+type="[^"]*"', ""),
    ("tincan-launch", "xapi", r"<launch.*</launch>", ""),
]

WITH = {"mastery-value": ("mastery",)}  # whoever sets one hears of it

# Rule, format, what is done to the files.
CHANGED: list[tuple[str, Package, Callable[[Files], Mapping[str, bytes]]]] = [
    ("manifest-missing", "scorm12", lambda f: without(f, "imsmanifest.xml")),
    ("manifest-nested", "scorm12", lambda f: {f"essai/{name}": f[name] for name in f}),
    ("manifest-renamed", "scorm12", lambda f: renamed(f, "imsmanifest.xml", "IMSManifest.xml")),
    ("manifest-renamed", "cmi5", lambda f: renamed(f, "cmi5.xml", "course.xml")),
    ("manifest-several", "xapi", lambda f: {**f, "cmi5.xml": CMI5.encode()}),
    ("xml-encoding", "xapi", lambda f: edited(f, "tincan.xml", "UTF-8", "ISO-8859-1")),
    ("xml-encoding", "xapi", lambda f: {**f, "tincan.xml": in_utf16(f["tincan.xml"])}),
    ("path-outside", "scorm2004", lambda f: {**f, "../evil.xsd": b""}),
    ("path-outside", "xapi", lambda f: {**f, "a\\..\\..\\evil.js": b""}),
    ("path-absolute", "xapi", lambda f: {**f, "/etc/evil": b""}),
    ("path-absolute", "xapi", lambda f: {**f, "C:\\evil": b""}),
    ("path-backslash", "xapi", lambda f: {**f, "media\\a.png": b""}),
    ("path-backslash", "scorm12", lambda f: {name.replace("/", "\\"): f[name] for name in f}),
    ("name-control", "xapi", lambda f: {**f, "a\x1b[2J.png": b""}),
    ("name-case", "xapi", lambda f: {**f, "INDEX.html": b""}),
    ("junk", "scorm12", lambda f: {**f, "__MACOSX/._index.html": b"", "media/.DS_Store": b""}),
    ("file-unlisted", "scorm12", lambda f: {**f, "media/a.png": b"", "media/b.png": b""}),
    (
        "completion-name",
        "scorm12",
        lambda f: {**f, "player/js/adapters/scorm12.js": b"globalThis.capsule = {};"},
    ),
    (
        "schemas-missing",
        "scorm2004",
        lambda f: edited(
            without(f, "imsss_v1p0.xsd"), "imsmanifest.xml", '<file href="imsss_v1p0.xsd"/>', ""
        ),
    ),
    (
        "schemas-named",
        "scorm12",
        lambda f: edited(
            f,
            "imsmanifest.xml",
            'schemaLocation="',
            'schemaLocation="urn:a a.xsd urn:b https://b.example/b.xsd ',
        ),
    ),
    ("secret", "cmi5", lambda f: added(f, f'const a = "?endpoint=x&auth=Basic%20{LOGIN}";')),
    ("secret", "xapi", lambda f: added(f, f'headers = {{Authorization: "Basic {LOGIN}"}}')),
    ("secret", "xapi", lambda f: added(f, 'load("https://cle:secret@lrs.example/xapi")')),
    ("secret", "xapi", lambda f: added(f, 'setUp({"endpoint": url, "password": "azerty1"})')),
    (
        "secret",
        "xapi",
        lambda f: added(f, "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl"),
    ),
]


def renamed(files: Mapping[str, bytes], name: str, to: str) -> dict[str, bytes]:
    return {to if other == name else other: content for other, content in files.items()}


def added(files: Mapping[str, bytes], script: str) -> dict[str, bytes]:
    return {**files, "index.html": files["index.html"] + f"\n<script>{script}</script>".encode()}


def in_utf16(content: bytes) -> bytes:
    return content.decode().replace("UTF-8", "UTF-16").encode("utf-16")


@pytest.mark.parametrize("name", MANIFESTS)
def test_a_sound_package_breaks_no_rule(sound: Sound, zipped: Zipped, name: Package) -> None:
    assert rules(zipped(sound[name])) == []


@pytest.mark.parametrize(("rule", "name", "old", "new"), EDITED)
def test_a_fault_of_the_manifest(
    sound: Sound, zipped: Zipped, rule: str, name: Package, old: str, new: str
) -> None:
    manifest = MANIFESTS[name]
    text = sound[name][manifest].decode()
    edited, count = re.subn(old, new, text, count=1)
    assert count == 1
    assert edited != text
    expected = [*WITH.get(rule, ()), rule]
    assert rules(zipped({**sound[name], manifest: edited.encode()})) == expected


@pytest.mark.parametrize(("rule", "name", "change"), CHANGED)
def test_a_fault_of_the_files(
    sound: Sound,
    zipped: Zipped,
    rule: str,
    name: Package,
    change: Callable[[Files], Mapping[str, bytes]],
) -> None:
    assert rules(zipped(change(sound[name]))) == [rule]


@pytest.mark.parametrize(
    ("rule", "content"),
    [
        ("", CMI5.replace("index.html", "https://a.example/index.html?mode=1")),
        ("cmi5-url-relative", CMI5),
        ("href-unsafe", CMI5.replace("index.html", "javascript:alert(1)")),
        ("manifest-alone", "<manifest/>"),
        ("xml-malformed", CMI5[:-4]),
        ("xml-malformed", ""),
    ],
)
def test_a_course_structure_alone(tmp_path: Path, rule: str, content: str) -> None:
    path = tmp_path / "essai.xml"
    path.write_text(content, encoding="utf-8")
    assert rules(path) == ([rule] if rule else [])


def test_every_rule_has_its_package() -> None:
    names = [rule.name for table in TABLES for rule in table]
    assert len(set(names)) == len(names)
    apart = {
        *("name-twice", "symlink", "compression", "bomb", "encrypted", "name-encoding"),
        *("damaged", "cmi5-url-relative", "manifest-alone"),
    }
    assert {row[0] for row in (*EDITED, *CHANGED)} | apart == set(names)


def test_every_rule_is_documented() -> None:
    page = (resources.templates().parent / "docs" / "package-check.md").read_text(encoding="utf-8")
    for table in TABLES:
        for rule in table:
            assert (f"*`{rule.name}`*" if rule.remark else f" `{rule.name}`") in page


def test_a_place_is_that_of_the_start_tag(sound: Sound, zipped: Zipped) -> None:
    files = edited(sound["scorm2004"], "imsmanifest.xml", 'scormType="sco"', 'scormtype="sco"\n  ')
    [fault] = audit.inspect(zipped(files)).faults
    lines = files["imsmanifest.xml"].decode().splitlines()
    line = next(n for n, one in enumerate(lines, 1) if "<resource " in one)
    assert (fault.at.line, fault.at.column) == (line, 5)


def test_an_address_may_have_a_query_and_an_anchor(sound: Sound, zipped: Zipped) -> None:
    page = 'href="index.html?mode=lms#top">'
    files = edited(sound["scorm2004"], "imsmanifest.xml", 'href="index.html">', page)
    assert rules(zipped(files)) == []
