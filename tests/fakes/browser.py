"""A real browser that plays a clip from a page, and tells what it saw."""

import json
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_PLAY = """<!doctype html><video id=v muted autoplay src=/clip.mp4></video><script>
const tell = what => fetch("/told", {method: "POST", body: JSON.stringify(what)});
v.onerror = () => tell({error: v.error.message});
v.onended = () => tell({seconds: v.duration, ended_s: v.currentTime, width: v.videoWidth, height: v.videoHeight,
                        frames: v.getVideoPlaybackQuality().totalVideoFrames});
</script>"""


class _Page(ThreadingHTTPServer):
    """Serves the page and the clip on loopback, and waits for what the page tells."""

    def __init__(self, clip: bytes) -> None:
        super().__init__(("127.0.0.1", 0), _Visit)
        self.clip = clip
        self.told: dict[str, Any] = {}
        self.heard = threading.Event()


class _Visit(BaseHTTPRequestHandler):
    server: _Page

    def do_GET(self) -> None:
        if self.path == "/clip.mp4":
            self._answer(self.server.clip, "video/mp4")
        elif self.path == "/":
            self._answer(_PLAY.encode(), "text/html")
        else:
            self.send_error(404)

    def do_POST(self) -> None:
        self.server.told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self._answer(b"", "text/plain")
        self.server.heard.set()

    def _answer(self, body: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


def played(clip: bytes, profile: Path, timeout_s: float = 60.0) -> dict[str, Any]:
    """What the browser tells about a clip that it played to its end: seconds, size, frames; or ``error``."""
    browser = next((found for name in _NAMES if (found := shutil.which(name))), None)
    assert browser, f"no browser: none of {_NAMES} is installed"
    with _served(clip) as page:
        command = [
            browser, "--headless=new", "--no-sandbox", "--disable-gpu", "--mute-audio", "--no-first-run",
            "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update",
            "--autoplay-policy=no-user-gesture-required", "--remote-debugging-port=0", f"--user-data-dir={profile}",
            f"http://127.0.0.1:{page.server_port}/",
        ]  # fmt: skip
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
            try:
                assert page.heard.wait(timeout_s), "the browser told nothing"
            finally:
                running.terminate()
        return page.told


@contextmanager
def _served(clip: bytes) -> Iterator[_Page]:
    page = _Page(clip)
    page.daemon_threads = True
    thread = threading.Thread(target=page.serve_forever, name="page")
    thread.start()
    try:
        yield page
    finally:
        page.shutdown()
        page.server_close()
        thread.join()
