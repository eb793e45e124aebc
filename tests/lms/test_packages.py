"""All four packages around the real player."""

import re
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from lxml import etree

from capsule import files, model, resources
from capsule.builds.packages import PACKAGERS, PACKAGES, Package
from capsule.lms import audit
from capsule.plan import Plan, make
from capsule.render import player

STATUS = {"scorm12": b"cmi.core.lesson_status", "scorm2004": b"cmi.completion_status"}


@pytest.fixture
def film(tmp_path: Path) -> Path:
    path = tmp_path / "film.mp4"
    path.write_bytes(b"film")
    return path


def entries(package: Package, plan: Plan, film: Path | str) -> dict[str, bytes | Path]:
    files = player.bundle(
        plan,
        resources.words("fr"),
        film=film,
        poster=b"poster",
        logo=b"logo",
        transcript_html="<p>",
        channel=package,
    )
    return PACKAGERS[package](files, plan)


def manifest(made: dict[str, bytes | Path]) -> etree._Element:
    content = next(iter(made.values()))
    assert isinstance(content, bytes)
    return etree.fromstring(content)


def ids(made: dict[str, bytes | Path]) -> list[str]:
    found: list[str] = manifest(made).xpath("//@identifier | //@id | //@identifierref")
    return found


@pytest.mark.parametrize("package", PACKAGES)
def test_what_is_launched_is_in_the_zip(package: Package, small_plan: Plan, film: Path) -> None:
    made = entries(package, small_plan, film)
    root = manifest(made)
    first: Any = root.xpath("//*[local-name() = 'resource']/@href") or [
        one.text for one in root.xpath("//*[local-name() = 'url' or local-name() = 'launch']")
    ]
    assert first == ["index.html"]
    assert first[0] in made
    assert not [name for name in made if "\\" in name or name.startswith("/") or ".." in name]


@pytest.mark.parametrize("package", PACKAGES)
def test_the_check_of_packages_finds_nothing(
    package: Package, small_plan: Plan, film: Path, tmp_path: Path
) -> None:
    zipped = tmp_path / "package.zip"
    files.write_zip(zipped, entries(package, small_plan, film))
    report = audit.inspect(zipped)
    assert len(report.formats) == 1
    assert report.faults + report.remarks == ()


@pytest.mark.parametrize("package", STATUS)
def test_every_file_of_a_scorm_package_is_listed(
    package: Package, small_plan: Plan, film: Path
) -> None:
    made = entries(package, small_plan, film)
    listed = [unquote(href) for href in manifest(made).xpath("//*[local-name() = 'file']/@href")]
    assert sorted(listed) == sorted(set(made) - {"imsmanifest.xml"})


@pytest.mark.parametrize("package", STATUS)
def test_open_edx_finds_each_file_by_its_name_alone(
    package: Package, small_plan: Plan, film: Path
) -> None:
    """Its SCORM block serves the first file of that name, in whatever folder it lies."""
    names = Counter(Path(name).name for name in entries(package, small_plan, film))
    assert [name for name, count in names.items() if count > 1] == []


@pytest.mark.parametrize(("package", "element"), STATUS.items())
def test_open_edx_reads_the_completion_element_in_a_file(
    package: Package, element: bytes, small_plan: Plan, film: Path
) -> None:
    made = entries(package, small_plan, film)
    scripts = [made[name] for name in made if name.endswith(".js")]
    assert any(isinstance(script, bytes) and element in script for script in scripts)


@pytest.mark.parametrize("package", PACKAGES)
def test_a_new_version_keeps_the_learners_history(
    package: Package, small: model.Capsule, film: Path
) -> None:
    old = entries(package, make(small), film)
    message = small.message.model_copy(update={"statement": "Autre chose.", "duration": 90})
    changes = {"title": "Un autre titre", "objective": None, "message": message}
    new = entries(package, make(small.model_copy(update=changes)), film)
    assert ids(new) == ids(old) != []
    assert new["index.html"] != old["index.html"]
    other = entries(package, make(small.model_copy(update={"capsule": "autre"})), film)
    assert not set(ids(other)) & set(ids(old))


@pytest.mark.parametrize("package", PACKAGES)
def test_the_same_source_gives_the_same_zip(
    package: Package, small_plan: Plan, film: Path, tmp_path: Path
) -> None:
    for name in ("a.zip", "b.zip"):
        files.write_zip(tmp_path / name, entries(package, small_plan, film))
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        told = [archive.read(name) for name in archive.namelist()]
    assert not [text for text in told if re.search(rb"20\d\d-\d\d-\d\dT", text)]


@pytest.mark.parametrize("package", PACKAGES)
def test_a_manifest_names_no_other_host(package: Package, small_plan: Plan, film: Path) -> None:
    made = entries(package, small_plan, film)
    told = next(iter(made.values()))
    assert isinstance(told, bytes)
    hosts = set(re.findall(rb'https?://([^/"\s]+)', told))
    assert hosts <= {
        b"formation.example", b"adlnet.gov", b"projecttincan.com", b"w3id.org", b"www.w3.org",
        b"www.imsproject.org", b"www.imsglobal.org", b"www.adlnet.org",
    }  # fmt: skip
