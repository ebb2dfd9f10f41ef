"""An HTTP camera: ``multipart/x-mixed-replace`` of JPEGs, with a password if one is wanted."""

import base64
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_BOUNDARY = "frame"


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a camera says that it sends pictures, and how it wraps each; real ones differ in this.

    Attributes:
        boundary, separator: as announced, and as it stands between the pictures.
        length_error: bytes by which it is mistaken about a picture's length; None where it names none.
        newline: at the end of each line.
        keeps: how much of each picture it sends, from 0 to 1.
    """

    content_type: str = "multipart/x-mixed-replace"
    boundary: str = _BOUNDARY
    separator: str = f"--{_BOUNDARY}"
    length_error: int | None = 0
    newline: str = "\r\n"
    keeps: float = 1.0

    def part(self, jpeg: bytes) -> bytes:
        """One picture with what stands before and behind it."""
        jpeg = jpeg[: int(len(jpeg) * self.keeps)]
        lines = [self.separator, "Content-Type: image/jpeg"]
        if self.length_error is not None:
            lines.append(f"Content-Length: {len(jpeg) + self.length_error}")
        head = self.newline.join([*lines, "", ""])
        return head.encode() + jpeg + self.newline.encode()


class MjpegServer(ThreadingHTTPServer):
    """Sends the pictures round and round, ``frames_per_s`` of them.

    Attributes:
        ended: set when it is to hang up on everybody.
        authorization: the header that opens it, or "".
    """

    daemon_threads = False

    def __init__(
        self, pictures: Sequence[bytes], frames_per_s: float, user: str, password: str, dialect: Dialect
    ) -> None:
        super().__init__(("127.0.0.1", 0), _Camera)
        self.dialect = dialect
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
        dialect = self.server.dialect
        named = f"; boundary={dialect.boundary}" if dialect.boundary else ""
        self.send_header("Content-Type", f"{dialect.content_type}{named}")
        self.end_headers()
        try:
            self._send_pictures()
        except (BrokenPipeError, ConnectionResetError):
            return  # the client has seen enough

    def _send_pictures(self) -> None:
        number = 0
        while not self.server.ended.wait(self.server.every_s):
            jpeg = self.server.pictures[number % len(self.server.pictures)]
            self.wfile.write(self.server.dialect.part(jpeg))
            number += 1

    def log_message(self, *args: object) -> None:
        """Quiet."""


@contextmanager
def mjpeg_server(
    pictures: Sequence[bytes],
    frames_per_s: float = 10.0,
    user: str = "",
    password: str = "",
    dialect: Dialect | None = None,
) -> Iterator[MjpegServer]:
    """A camera on a free port of this machine."""
    with MjpegServer(pictures, frames_per_s, user, password, dialect or Dialect()) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), name="mjpeg server")
        thread.start()
        try:
            yield server
        finally:
            server.ended.set()
            server.shutdown()
            thread.join()
