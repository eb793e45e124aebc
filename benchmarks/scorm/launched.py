"""What a SCORM 1.2 runtime, scorm-again in Chromium, records of a package."""

from __future__ import annotations

import functools
import http.server
import os
import shutil
import tempfile
import threading
import zipfile
from contextlib import suppress
from pathlib import Path

from lxml import etree
from playwright.sync_api import sync_playwright

NODE = Path(__file__).parents[2] / ".cache" / "node" / "node_modules"
LMS = Path(__file__).with_name("lms.html")


def at_once(package: Path) -> str:
    """The status after four seconds in which nothing was done, and how many calls failed."""
    with tempfile.TemporaryDirectory() as name:
        www = Path(name)
        with zipfile.ZipFile(package) as archive:
            archive.extractall(www / "package")
        manifest = etree.parse(www / "package" / "imsmanifest.xml")
        page = str(manifest.xpath("string(//*[local-name()='resource']/@href)"))
        text = LMS.read_text(encoding="utf-8").replace("PAGE", page)
        (www / "lms.html").write_text(text, encoding="utf-8")
        shutil.copy(NODE / "scorm-again" / "dist" / "scorm12.min.js", www)
        handler = functools.partial(_Quiet, directory=name)
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            return _recorded(f"http://127.0.0.1:{server.server_address[1]}/lms.html")
        finally:
            server.shutdown()
            server.server_close()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def handle(self) -> None:
        with suppress(ConnectionError):  # of a film that is no longer wanted
            super().handle()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


def _recorded(address: str) -> str:
    chromium = os.environ.get("CAPSULE_CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(address)
        page.wait_for_timeout(4000)
        page.evaluate("document.querySelector('iframe').remove()")
        page.wait_for_timeout(500)
        calls = page.evaluate("calls")
        status = str(page.evaluate("lessonStatus()"))
        browser.close()
    if not calls:
        return "nothing (an LMS takes it as completed)"
    failed = sum(str(call[-1]) == "false" for call in calls)
    return status + (f", {failed} calls failed" if failed else "")
