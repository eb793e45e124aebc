"""Sound packages of each format, small, as their files."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from capsule import resources
from capsule.lms import cmi5, schemas, scorm12
from capsule.plan import Plan
from capsule.render import player


class Files(dict[str, bytes]):
    """Files by name."""

    def __repr__(self) -> str:
        """Show the names only: a failure shows this."""
        return f"{type(self).__name__}({', '.join(self)})"


SCORM_2004 = f"""<?xml version="1.0" encoding="UTF-8"?>
<manifest identifier="m" version="1" xmlns="http://www.imsglobal.org/xsd/imscp_v1p1"
  xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_v1p3"
  xmlns:imsss="http://www.imsglobal.org/xsd/imsss"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  xsi:schemaLocation="{schemas.location("scorm2004")}">
  <metadata>
    <schema>ADL SCORM</schema>
    <schemaversion>2004 4th Edition</schemaversion>
  </metadata>
  <organizations default="o">
    <organization identifier="o">
      <title>Essai</title>
      <item identifier="i" identifierref="r"><title>Essai</title>
        <imsss:sequencing><imsss:deliveryControls completionSetByContent="true"/></imsss:sequencing>
      </item>
    </organization>
  </organizations>
  <resources>
    <resource identifier="r" type="webcontent" adlcp:scormType="sco" href="index.html?mode=lms#top">
      <file href="index.html"/>
      <file href="media/%C3%A9t%C3%A9%202026.png"/>
    </resource>
  </resources>
</manifest>
"""
TINCAN = """<?xml version="1.0" encoding="UTF-8"?>
<tincan xmlns="http://projecttincan.com/tincan.xsd">
  <activities>
    <activity id="https://formation.example/capsules/essai"
      type="http://adlnet.gov/expapi/activities/course">
      <name lang="fr">Essai</name>
      <description lang="fr">Un essai</description>
      <launch lang="fr">index.html</launch>
    </activity>
  </activities>
</tincan>
"""


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Plan, player.Channel], Files]:
    """A function that gives the files of the tool's own package for a plan and a channel."""
    film = tmp_path_factory.mktemp("film") / "film.mp4"
    film.write_bytes(b"no film")
    packagers = {"scorm12": scorm12.entries, "cmi5": cmi5.entries}

    def make(plan: Plan, channel: player.Channel) -> Files:
        bundle = player.bundle(
            plan,
            resources.words("fr"),
            film=film,
            poster=b"no picture",
            transcript_html="<!doctype html><title>Transcription</title>",
            channel=channel,
        )
        entries = packagers[channel](bundle, plan) if channel in packagers else bundle
        return Files((n, c if isinstance(c, bytes) else c.read_bytes()) for n, c in entries.items())

    return make


@pytest.fixture(scope="session")
def sound(small_plan: Plan, made: Callable[[Plan, player.Channel], Files]) -> dict[str, Files]:
    """The files of a sound package for each format; SCORM 1.2 and cmi5 are the tool's own."""
    page = b"<!doctype html><script>const name = 'cmi.completion_status';</script>"
    beside = {
        name: path if isinstance(path, bytes) else path.read_bytes()
        for name, path in schemas.files("scorm2004").items()
    }
    picture = {"media/été 2026.png": b"no picture"}
    return {
        "scorm12": made(small_plan, "scorm12"),
        "scorm2004": Files(
            {"imsmanifest.xml": SCORM_2004.encode(), "index.html": page, **picture, **beside}
        ),
        "cmi5": made(small_plan, "cmi5"),
        "tincan": Files({"tincan.xml": TINCAN.encode(), "index.html": page}),
    }


@pytest.fixture
def zipped(tmp_path: Path) -> Callable[[Files], Path]:
    """A function that writes files as a zip."""

    def write(files: Files, name: str = "package.zip") -> Path:
        with zipfile.ZipFile(tmp_path / name, "w", zipfile.ZIP_DEFLATED) as archive:
            for file, content in files.items():
                archive.writestr(file, content)
        return tmp_path / name

    return write
