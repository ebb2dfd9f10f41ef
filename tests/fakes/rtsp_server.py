"""A real RTSP camera that plays files: GStreamer's server as a child process on a free port of this machine."""

import json
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PEER = Path(__file__).with_name("rtsp_peer.py")
SYSTEM_PYTHON = "/usr/bin/python3"
_CAMERA = "camera"


class RtspServer:
    """The camera. ``start`` and ``kill`` as often as a test likes: it comes back at the same address.

    Attributes:
        user, password: who is let in from the next start on; everybody while ``user`` is empty.
    """

    def __init__(self, streams: Mapping[str, Mapping[str, Any]], user: str = "", password: str = "") -> None:
        """``streams``: by name, each as ``rtsp_peer.py`` wants it."""
        self.user, self.password = user, password
        self._streams = {f"/{name}": {**stream, "file": str(stream["file"])} for name, stream in streams.items()}
        self._port = 0
        self._process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        """The address of the stream called ``camera``, without user and password."""
        return self.address(_CAMERA)

    def address(self, name: str) -> str:
        """The address of a stream, without user and password."""
        return f"rtsp://127.0.0.1:{self._port}/{name}"

    def start(self) -> None:
        """Start it; returns when it answers."""
        wanted = {"port": self._port, "user": self.user, "password": self.password, "streams": self._streams}
        command = [SYSTEM_PYTHON, str(PEER), json.dumps(wanted)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout
        ready = self._process.stdout.readline()
        assert ready, "the RTSP server did not start: are gir1.2-gst-rtsp-server-1.0 and its plugins installed?"
        self._port = json.loads(ready)["port"]

    def kill(self) -> None:
        """Unplug it."""
        if self._process:
            self._process.kill()
            self._process.communicate(timeout=30)
            self._process = None

    def freeze(self) -> None:
        """Stop it in the middle of whatever it does: connections stay open, and nothing comes from them."""
        assert self._process
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        assert self._process
        self._process.send_signal(signal.SIGCONT)


@contextmanager
def rtsp_server(file: Path, user: str = "", password: str = "", **stream: Any) -> Iterator[RtspServer]:
    """A camera with one stream, which plays a file again and again; ``stream``: as ``rtsp_peer.py`` wants it."""
    with rtsp_servers({_CAMERA: {"file": file, **stream}}, user, password) as server:
        yield server


@contextmanager
def rtsp_servers(streams: Mapping[str, Mapping[str, Any]], user: str = "", password: str = "") -> Iterator[RtspServer]:
    """A camera with several streams, by name."""
    server = RtspServer(streams, user, password)
    try:
        server.start()
        yield server
    finally:
        server.kill()
