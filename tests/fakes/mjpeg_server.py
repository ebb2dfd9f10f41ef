"""An HTTP camera: ``multipart/x-mixed-replace`` of JPEGs, with a password if one is wanted."""

import base64
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_BOUNDARY = "frame"


class MjpegServer(ThreadingHTTPServer):
    """Sends the pictures round and round, ``frames_per_s`` of them.

    Attributes:
        ended: set when it is to hang up on everybody.
        authorization: the header that opens it, or "".
    """

    daemon_threads = False

    def __init__(self, pictures: Sequence[bytes], frames_per_s: float, user: str, password: str) -> None:
        super().__init__(("127.0.0.1", 0), _Camera)
        self.pictures = pictures
        self.every_s = 1 / frames_per_s
        self.ended = threading.Event()
        key = base64.b64encode(f"{user}:{password}".encode()).decode()
        self.authorization = f"Basic {key}" if user else ""

    @property
    def url(self) -> str:
        """The stream's address, without user and password."""
        return f"http://127.0.0.1:{self.server_address[1]}/video.mjpg"


class _Camera(BaseHTTPRequestHandler):
    server: MjpegServer

    def do_GET(self) -> None:
        """One client."""
        if self.server.authorization and self.headers.get("Authorization") != self.server.authorization:
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="camera"')
            self.end_headers()
            return
        self.send_response(200)
        self.send_header("Content-Type", f"multipart/x-mixed-replace; boundary={_BOUNDARY}")
        self.end_headers()
        try:
            self._send_pictures()
        except (BrokenPipeError, ConnectionResetError):
            return  # the client has seen enough

    def _send_pictures(self) -> None:
        number = 0
        while not self.server.ended.wait(self.server.every_s):
            jpeg = self.server.pictures[number % len(self.server.pictures)]
            head = f"--{_BOUNDARY}\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n"
            self.wfile.write(head.encode() + jpeg + b"\r\n")
            number += 1

    def log_message(self, *args: object) -> None:
        """Quiet."""


@contextmanager
def mjpeg_server(
    pictures: Sequence[bytes], frames_per_s: float = 10.0, user: str = "", password: str = ""
) -> Iterator[MjpegServer]:
    """A camera on a free port of this machine."""
    with MjpegServer(pictures, frames_per_s, user, password) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), name="mjpeg server")
        thread.start()
        try:
            yield server
        finally:
            server.ended.set()
            server.shutdown()
            thread.join()
