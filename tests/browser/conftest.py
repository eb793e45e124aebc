"""A browser, and packages unzipped behind a server."""

import http.server
import os
import shutil
import subprocess
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import BinaryIO

import imageio_ffmpeg
import pytest
from PIL import Image
from playwright.sync_api import Browser, Frame, Page, expect, sync_playwright

from capsule import files, resources
from capsule.lms import cmi5, scorm12, scorm2004, tincan
from capsule.model import Capsule
from capsule.plan import Plan, make
from capsule.render import player

from ..real_lrs import ralph, ralph_bin, running_ralph, xapi_faults
from .launches import PATIENCE, served, visited
from .lrs_double import Lrs, Server
from .scorm_lms import STANDARDS, Lms, Standard

__all__ = ["ralph", "ralph_bin", "running_ralph", "xapi_faults"]

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
]
PLAY = """() => new Promise((resolve) => {
  const film = document.getElementById("film");
  film.playbackRate = 16;
  film.addEventListener("ended", resolve, { once: true });
  film.play();
})"""
Package = Callable[..., Path]
Serve = Callable[[Path], str]


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twenty seconds of H.264 and AAC with a key frame a second."""
    target = tmp_path_factory.mktemp("film") / "film.mp4"
    sources = ["-f", "lavfi", "-i", "testsrc2=s=320x180:r=10:d=20"]
    sources += ["-f", "lavfi", "-i", "sine=d=20"]
    codecs = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "10"]
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", *sources, *codecs]
    subprocess.run([*command, "-c:a", "aac", "-movflags", "+faststart", target], check=True)
    return target


@pytest.fixture(scope="session")
def poster(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    target = tmp_path_factory.mktemp("poster") / "poster.png"
    Image.new("RGB", (320, 180), "#14213D").save(target)
    return target.read_bytes()


@pytest.fixture(scope="session")
def package(
    small_plan: Plan, film: Path, poster: bytes, tmp_path_factory: pytest.TempPathFactory
) -> Package:
    """Builds the package of a channel, and unzips it as an LMS does, each time in a new folder."""

    def build(channel: player.Channel, plan: Plan = small_plan) -> Path:
        home = tmp_path_factory.mktemp(channel)
        entries = player.bundle(
            plan,
            resources.words("fr"),
            film=film,
            poster=poster,
            transcript_html="<!doctype html><html lang=fr><title>Transcription</title>",
            channel=channel,
        )
        if channel == "scorm12":
            entries = scorm12.entries(entries, plan)
        elif channel == "scorm2004":
            entries = scorm2004.entries(entries, plan)
        elif channel == "cmi5":
            entries = cmi5.entries(entries, plan)
        elif channel == "xapi":
            entries = tincan.entries(entries, plan)
        files.write_zip(home / f"{channel}.zip", entries)
        folder = home / "www" / "package"
        with zipfile.ZipFile(home / f"{channel}.zip") as archive:
            archive.extractall(folder)
        return folder

    return build


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    found = map(shutil.which, ("chromium-headless-shell", "chromium"))  # the first is twice as fast
    chromium = os.environ.get("CAPSULE_CHROMIUM") or next(filter(None, found), None)
    assert chromium, "install chromium-headless-shell, or set CAPSULE_CHROMIUM"
    expect.set_options(timeout=PATIENCE * 1000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def faults() -> list[str]:
    """What the page complained of: script errors, refusals of its content policy."""
    return []


@pytest.fixture
def page(browser: Browser, faults: list[str]) -> Iterator[Page]:
    """A page of 650 x 600, the frame of an LMS, that must end without a complaint."""
    context = browser.new_context(viewport={"width": 650, "height": 600}, locale="fr-FR")
    context.set_default_timeout(PATIENCE * 1000)
    context.on("weberror", lambda error: faults.append(str(error.error)))
    context.on(
        "console",
        lambda message: faults.append(message.text) if message.type == "error" else None,
    )
    yield context.new_page()
    context.close()
    assert faults == []


@pytest.fixture(scope="session")
def play() -> Callable[[Page | Frame], None]:
    """Plays the rest of the film, quickly."""
    return lambda page: page.evaluate(PLAY)


@pytest.fixture(scope="session")
def complete(play: Callable[[Page | Frame], None]) -> Callable[[Page | Frame, str], None]:
    """Plays the film and answers the question with a text: the capsule is completed."""

    def follow(page: Page | Frame, answer: str) -> None:
        play(page)
        page.get_by_role("textbox").fill(answer)
        expect(page.locator("#standing")).to_have_class("standing done")

    return follow


@pytest.fixture(scope="session")
def film_reaches() -> Callable[[Page | Frame, float], None]:
    """Waits from outside: the page's policy forbids what `wait_for_function` does."""

    def wait(page: Page | Frame, seconds: float) -> None:
        while page.evaluate("document.getElementById('film').currentTime") <= seconds:
            page.wait_for_timeout(50)

    return wait


@pytest.fixture(scope="session")
def serve() -> Iterator[Serve]:
    """Serves a folder on loopback and gives its address."""
    servers: list[http.server.ThreadingHTTPServer] = []

    def start(folder: Path) -> str:
        handler = partial(_Ranges, directory=str(folder))
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_address[1]}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="session")
def imported(package: Package, serve: Serve, node_modules: Path) -> Callable[..., str]:
    """Imports a package, once, and gives the address of the LMS."""
    addresses: dict[tuple[str, str], str] = {}

    def host(standard: str, plan: Plan, variant: str) -> str:
        if (standard, variant) not in addresses:
            www = package(standard, plan).parent
            runtime = node_modules / "scorm-again" / "dist" / f"{standard}.min.js"
            shutil.copy(runtime, www / "runtime.js")
            shutil.copytree(Path(__file__).with_name("scorm"), www, dirs_exist_ok=True)
            addresses[standard, variant] = serve(www)
        return addresses[standard, variant]

    return host


@pytest.fixture(params=["cmi5", "xapi"])
def channel(request: pytest.FixtureRequest) -> player.Channel:
    chosen: player.Channel = request.param
    return chosen


@pytest.fixture
def server(channel: player.Channel) -> Iterator[Server]:
    with served(Lrs(channel)) as server:
        yield server


@pytest.fixture
def url(channel: player.Channel, package: Package, serve: Serve) -> str:
    return f"{serve(package(channel).parent)}/package/index.html"


@pytest.fixture
def learner(page: Page, server: Server, faults: list[str]) -> Iterator[Page]:
    """The page; what the LMS answers to it, such as that there is no state yet, is no fault."""
    with visited(page, server, faults, "status of [45]|ERR_(INTERNET_DISCONNECTED|FAILED)") as page:
        yield page


@pytest.fixture(params=STANDARDS, ids=lambda standard: standard.name)
def standard(request: pytest.FixtureRequest) -> Standard:
    chosen: Standard = request.param
    return chosen


@pytest.fixture
def lms(imported: Callable[..., str], standard: Standard, small_plan: Plan, page: Page) -> Lms:
    return Lms(standard, imported(standard.name, small_plan, ""), page)


@pytest.fixture
def scoreless(imported: Callable[..., str], standard: Standard, small: Capsule, page: Page) -> Lms:
    """The same for a capsule that gives no points."""
    completion = small.completion.model_copy(update={"score": False})
    plan = make(small.model_copy(update={"completion": completion}))
    return Lms(standard, imported(standard.name, plan, "scoreless"), page)


@pytest.fixture
def discreet(imported: Callable[..., str], standard: Standard, small: Capsule, page: Page) -> Lms:
    """The same for a capsule whose answers stay with the learner."""
    tracking = small.tracking.model_copy(update={"answers": False})
    plan = make(small.model_copy(update={"tracking": tracking}))
    return Lms(standard, imported(standard.name, plan, "discreet"), page)


class _Ranges(http.server.SimpleHTTPRequestHandler):
    """Files, with the byte ranges that a film is read by (RFC 9110, section 14)."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def send_head(self) -> BinaryIO | None:
        wanted = self.headers.get("Range")
        path = Path(self.translate_path(self.path))
        if not wanted or not path.is_file():
            return super().send_head()
        size = path.stat().st_size
        first, _, last = wanted.removeprefix("bytes=").partition("-")
        start, end = int(first), min(int(last or size - 1), size - 1)
        self.send_response(206)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Range", f"bytes {start}-{end}/{size}")
        self.send_header("Content-Length", str(end - start + 1))
        self.end_headers()
        with path.open("rb") as file:
            file.seek(start)
            self.wfile.write(file.read(end - start + 1))
        return None

    def handle(self) -> None:
        with suppress(ConnectionError):  # a browser drops the ranges that it no longer needs
            super().handle()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass
