"""Each rule, by a package with that one fault, which no other rule reports."""

import base64
import re
import stat
import struct
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from capsule import resources
from capsule.errors import InputError
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

Files = dict[str, bytes]
Zipped = Callable[..., Path]

TABLES: tuple[Iterable[Rule[Any]], ...] = (
    *(archive.RULES, manifests.PACKAGE_RULES, manifests.DOCUMENT_RULES, structure.RULES),
    *(validity.RULES, links.RULES, cmi5.RULES, tincan.RULES, secrets.RULES),
)
MANIFESTS = {
    "scorm12": "imsmanifest.xml",
    "scorm2004": "imsmanifest.xml",
    "cmi5": "cmi5.xml",
    "tincan": "tincan.xml",
}
ITEM_12 = '<item identifier="autre" identifierref="{ref}"><title>Autre</title></item>'
LOGIN = base64.b64encode(b"cle:secret-du-lrs").decode()

CMI5 = f"""<courseStructure xmlns="{cmi5.NAMESPACE}"><course id="https://a.example/c">
<title><langstring lang="fr">A</langstring></title>
<description><langstring lang="fr">A</langstring></description></course>
<au id="https://a.example/au" moveOn="Completed"><title><langstring lang="fr">A</langstring></title>
<description><langstring lang="fr">A</langstring></description><url>index.html</url></au>
</courseStructure>"""

# Rule, format, what is replaced in its manifest (a regular expression), by what.
EDITED: list[tuple[str, str, str, str]] = [
    ("xml-malformed", "scorm12", r"</manifest>\s*$", ""),
    ("xml-malformed", "cmi5", r"</au>[\s\S]*", "</a"),
    ("xml-bom", "scorm12", r"^", "\ufeff"),
    ("xml-doctype", "scorm12", r"<manifest", '<!DOCTYPE manifest [<!ENTITY e "e">]><manifest'),
    ("manifest-root", "scorm12", r"imscp_rootv1p1p2", "imscp_rootv1p1p3"),
    ("manifest-root", "tincan", r"projecttincan.com", "tincanapi.com"),
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
    ("sco-elsewhere", "scorm2004", r"index.html\?mode=lms#top", "https://ailleurs.example/a.html"),
    ("identifier-twice", "scorm2004", r'item identifier="i"', 'item identifier="o"'),
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
    ("file-missing", "tincan", r">index.html<", ">absent.html?a=b<"),
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
    ("tincan-missing", "tincan", r"<name.*</name>", ""),
    ("tincan-unexpected", "tincan", r"<name", "<title>A</title><name"),
    ("tincan-id", "tincan", r' id="[^"]*"', ' id="essai"'),
    ("tincan-id-twice", "tincan", r"(<activity [\s\S]*</activity>)", r"\1\1"),
    ("tincan-type", "tincan", r'\s+type="[^"]*"', ""),
    ("tincan-launch", "tincan", r"<launch.*</launch>", ""),
]

WITH = {"mastery-value": ("mastery",)}  # whoever sets one hears of it

# Rule, format, what is done to the files.
CHANGED: list[tuple[str, str, Callable[[Files], Files]]] = [
    ("manifest-missing", "scorm12", lambda f: without(f, "imsmanifest.xml")),
    ("manifest-nested", "scorm12", lambda f: {f"essai/{name}": f[name] for name in f}),
    ("manifest-renamed", "scorm12", lambda f: renamed(f, "imsmanifest.xml", "IMSManifest.xml")),
    ("manifest-renamed", "cmi5", lambda f: renamed(f, "cmi5.xml", "course.xml")),
    ("manifest-several", "tincan", lambda f: {**f, "cmi5.xml": CMI5.encode()}),
    (
        "xml-encoding",
        "tincan",
        lambda f: {
            **f,
            "tincan.xml": f["tincan.xml"].replace(b"UTF-8", b"ISO-8859-1"),
        },
    ),
    ("xml-encoding", "tincan", lambda f: {**f, "tincan.xml": in_utf16(f["tincan.xml"])}),
    ("path-outside", "scorm2004", lambda f: {**f, "../evil.xsd": b""}),
    ("path-outside", "tincan", lambda f: {**f, "a\\..\\..\\evil.js": b""}),
    ("path-absolute", "tincan", lambda f: {**f, "/etc/evil": b""}),
    ("path-absolute", "tincan", lambda f: {**f, "C:\\evil": b""}),
    ("path-backslash", "tincan", lambda f: {**f, "media\\a.png": b""}),
    ("path-backslash", "scorm12", lambda f: {name.replace("/", "\\"): f[name] for name in f}),
    ("name-control", "tincan", lambda f: {**f, "a\x1b[2J.png": b""}),
    ("name-case", "tincan", lambda f: {**f, "INDEX.html": b""}),
    ("junk", "scorm12", lambda f: {**f, "__MACOSX/._index.html": b"", "media/.DS_Store": b""}),
    ("file-unlisted", "scorm12", lambda f: {**f, "media/a.png": b"", "media/b.png": b""}),
    (
        "completion-name",
        "scorm12",
        lambda f: {**f, "player/js/adapters/scorm12.js": b"globalThis.capsule = {};"},
    ),
    ("schemas-missing", "scorm2004", lambda f: without(f, "imsss_v1p0.xsd")),
    (
        "schemas-named",
        "scorm12",
        lambda f: {
            **f,
            "imsmanifest.xml": f["imsmanifest.xml"].replace(
                b'schemaLocation="', b'schemaLocation="urn:a a.xsd urn:b https://b.example/b.xsd '
            ),
        },
    ),
    ("secret", "cmi5", lambda f: added(f, f'const a = "?endpoint=x&auth=Basic%20{LOGIN}";')),
    ("secret", "tincan", lambda f: added(f, f'headers = {{Authorization: "Basic {LOGIN}"}}')),
    ("secret", "tincan", lambda f: added(f, 'load("https://cle:secret@lrs.example/xapi")')),
    ("secret", "tincan", lambda f: added(f, 'setUp({"endpoint": url, "password": "azerty1"})')),
    (
        "secret",
        "tincan",
        lambda f: added(f, "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl"),
    ),
]


def without(files: Files, name: str) -> Files:
    return {other: content for other, content in files.items() if other != name}


def renamed(files: Files, name: str, to: str) -> Files:
    return {to if other == name else other: content for other, content in files.items()}


def added(files: Files, script: str) -> Files:
    return {**files, "index.html": files["index.html"] + f"\n<script>{script}</script>".encode()}


def in_utf16(content: bytes) -> bytes:
    return content.decode().replace("UTF-8", "UTF-16").encode("utf-16")


def rules(path: Path) -> list[str]:
    report = audit.inspect(path)
    return sorted({finding.rule for finding in (*report.faults, *report.remarks)})


@pytest.mark.parametrize("name", MANIFESTS)
def test_a_sound_package_breaks_no_rule(sound: dict[str, Files], zipped: Zipped, name: str) -> None:
    assert rules(zipped(sound[name])) == []


@pytest.mark.parametrize(("rule", "name", "old", "new"), EDITED)
def test_a_fault_of_the_manifest(
    sound: dict[str, Files], zipped: Zipped, rule: str, name: str, old: str, new: str
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
    sound: dict[str, Files],
    zipped: Zipped,
    rule: str,
    name: str,
    change: Callable[[Files], Files],
) -> None:
    assert rules(zipped(change(sound[name]))) == [rule]


def test_a_name_twice(sound: dict[str, Files], zipped: Zipped) -> None:
    path = zipped(sound["tincan"])
    with zipfile.ZipFile(path, "a") as package, pytest.warns(UserWarning, match="Duplicate"):
        package.writestr("index.html", sound["tincan"]["index.html"])
    assert rules(path) == ["name-twice"]


def test_a_symbolic_link(sound: dict[str, Files], zipped: Zipped) -> None:
    path = zipped(sound["tincan"])
    with zipfile.ZipFile(path, "a") as package:
        info = zipfile.ZipInfo("passwd")
        info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        package.writestr(info, "/etc/passwd")
    assert rules(path) == ["symlink"]


def test_a_method_that_lms_do_not_unpack(sound: dict[str, Files], zipped: Zipped) -> None:
    path = zipped(sound["tincan"])
    with zipfile.ZipFile(path, "a") as package:
        package.writestr("a.txt", b"a" * 100, zipfile.ZIP_LZMA)
    assert rules(path) == ["compression"]


def test_a_bomb_is_not_unpacked(sound: dict[str, Files], zipped: Zipped) -> None:
    assert rules(zipped({**sound["tincan"], "a.txt": bytes(1 << 27)})) == ["bomb"]


def test_many_small_bombs(sound: dict[str, Files], zipped: Zipped) -> None:
    path = zipped({**sound["tincan"], **{f"{n}.txt": bytes(1 << 20) for n in range(40)}})
    lied = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as package:
        start = package.start_dir
    at = start
    while (at := lied.find(b"PK\1\2", at)) >= 0:  # the size unpacked, in the directory
        name = lied[at + 46 : at + 46 + struct.unpack_from("<H", lied, at + 28)[0]]
        if name.endswith(b".txt"):
            struct.pack_into("<I", lied, at + 24, 60 << 20)
        at += 4
    path.write_bytes(lied)
    assert "bomb" in rules(path)


def test_an_encrypted_file(sound: dict[str, Files], zipped: Zipped) -> None:
    path = zipped({**sound["tincan"], "a.bin": b"a"})
    assert rules(flagged(path, b"a.bin", 0x1)) == ["encrypted"]


def test_a_name_that_is_not_marked_as_utf8(sound: dict[str, Files], zipped: Zipped) -> None:
    path = zipped({**sound["tincan"], "été.png": b"a"})
    assert rules(path) == []
    assert rules(flagged(path, "été.png".encode(), 0)) == ["name-encoding"]


def test_a_name_that_begins_with_a_nul(sound: dict[str, Files], zipped: Zipped) -> None:
    path = zipped({**sound["tincan"], "a.png": b"a"})
    path.write_bytes(path.read_bytes().replace(b"a.png", b"\0.png"))
    assert rules(path) == ["name-control"]


def flagged(path: Path, name: bytes, flags: int) -> Path:
    """Set the flags of an entry, in its header and in the directory."""
    data = bytearray(path.read_bytes())
    for signature, offset, length in ((b"PK\3\4", 6, 30), (b"PK\1\2", 8, 46)):
        at = 0
        while (at := data.find(signature, at)) >= 0:
            if data[at + length : at + length + len(name)] == name:
                struct.pack_into("<H", data, at + offset, flags)
            at += 4
    path.write_bytes(data)
    return path


def test_a_damaged_file(sound: dict[str, Files], zipped: Zipped) -> None:
    path = zipped(sound["tincan"])
    with zipfile.ZipFile(path, "a") as package:
        package.writestr("film.mp4", b"0123456789" * 10, zipfile.ZIP_STORED)
    path.write_bytes(path.read_bytes().replace(b"0123456789", b"0123456788", 1))
    assert rules(path) == ["damaged"]


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


def test_a_place_is_that_of_the_start_tag(sound: dict[str, Files], zipped: Zipped) -> None:
    text = sound["scorm2004"]["imsmanifest.xml"].decode()
    edited = text.replace("Essai", "Été").replace('scormType="sco"', 'scormtype="sco"\n  ')
    changed = {**sound["scorm2004"], "imsmanifest.xml": edited.encode()}
    [fault] = audit.inspect(zipped(changed)).faults
    line = next(n for n, one in enumerate(edited.splitlines(), 1) if "<resource " in one)
    assert (fault.at.line, fault.at.column) == (line, 5)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "damaged or cut short"),
        (b"PK\3\4 and then nothing", "damaged or cut short"),
        (b"a text", "no zip"),
    ],
)
def test_what_is_no_zip_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "package.zip"
    path.write_bytes(content)
    with pytest.raises(InputError, match=said):
        audit.inspect(path)
    with pytest.raises(InputError, match="no such file"):
        audit.inspect(tmp_path / "absent.zip")
    with pytest.raises(InputError, match="folder"):
        audit.inspect(tmp_path)
