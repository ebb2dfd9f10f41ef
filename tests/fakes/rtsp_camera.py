"""An RTSP camera in plain Python: it says exactly what a test tells it to, and sends exactly what a test gives it."""

import hashlib
import re
import select
import socket
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.fakes.annexb import Film
from tests.fakes.rtp import RtpSender

_BREATH_S = 0.05
_HEADER_END = b"\r\n\r\n"


def honest(number: int, at_s: float) -> float:
    """The timestamp of a camera whose clock is right."""
    del number
    return at_s


def nothing_lost(number: int) -> bool:
    """A network that delivers every packet."""
    del number
    return False


@dataclass(frozen=True, slots=True)
class Answers:
    """What a camera says, as bytes on the wire; ``CSeq``, channels, ports and session are set right while it talks.

    Attributes:
        refusal: the challenge (Digest) to whoever does not sign in as ``user`` with ``password``, or None.
    """

    describe: bytes
    setup: bytes = b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nSession: 12345678\r\nTransport: RTP/AVP/TCP;interleaved=0-1\r\n\r\n"
    play: bytes = b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nSession: 12345678\r\n\r\n"
    options: bytes = b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nPublic: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN\r\n\r\n"
    teardown: bytes = b"RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n"
    refusal: bytes | None = None
    user: str = ""
    password: str = ""


@dataclass(frozen=True, slots=True)
class Broadcast:
    """What a camera sends once it plays.

    Attributes:
        film: the pictures, played again and again.
        sender: numbers the packets; one camera is opened once.
        start: number of the picture to begin with.
        stamp: the timestamp of a picture (seconds) by its number and its honest time.
        loses: whether an RTP packet is lost, by its number.
        silent_after: pictures after which nothing comes any more, though the connection stays open.
    """

    film: Film
    sender: RtpSender
    start: int = 0
    stamp: Callable[[int, float], float] = honest
    loses: Callable[[int], bool] = nothing_lost
    silent_after: int = 2**31

    def picture(self, number: int) -> tuple[float, Iterator[bytes]]:
        """When the picture is due, seconds from the first one, and its packets."""
        pictures = self.film.pictures
        rounds, index = divmod(self.start + number, len(pictures))
        due_s = number * self.film.length_s / len(pictures)
        units, shown_s = pictures[index]
        at_s = shown_s + rounds * self.film.length_s - self.start * self.film.length_s / len(pictures)
        return due_s, self.sender.packets(units, self.stamp(number, at_s))


class RtspCamera(socketserver.ThreadingTCPServer):
    """The camera.

    Attributes:
        asked: the requests that came, method by method.
    """

    daemon_threads = False
    allow_reuse_address = True

    def __init__(self, answers: Callable[[int], Answers], broadcast: Callable[[Answers], Broadcast]) -> None:
        """Both are asked once: ``answers`` with the port, ``broadcast`` with the answers."""
        super().__init__(("127.0.0.1", 0), _Client)
        self.answers = answers(int(self.server_address[1]))
        self.broadcast = broadcast(self.answers)
        self.asked: list[str] = []
        self.ended = threading.Event()

    @property
    def url(self) -> str:
        """The stream's address, without user and password."""
        return f"rtsp://127.0.0.1:{self.server_address[1]}/camera"


@contextmanager
def rtsp_camera(answers: Callable[[int], Answers], broadcast: Callable[[Answers], Broadcast]) -> Iterator[RtspCamera]:
    """A camera on a free port of this machine."""
    with RtspCamera(answers, broadcast) as camera:
        thread = threading.Thread(target=camera.serve_forever, args=(_BREATH_S,), name="rtsp camera")
        thread.start()
        try:
            yield camera
        finally:
            camera.ended.set()
            camera.shutdown()
            thread.join()


@dataclass(slots=True)
class _Out:
    """Where RTP goes: a channel of the connection, or a port of the client."""

    connection: socket.socket
    channel: int = 0
    udp: socket.socket | None = None
    port: int = 0

    def send(self, packet: bytes) -> None:
        if self.udp:
            self.udp.sendto(packet, ("127.0.0.1", self.port))
        else:
            self.connection.sendall(b"$" + bytes([self.channel]) + len(packet).to_bytes(2, "big") + packet)


@dataclass(slots=True)
class _Request:
    method: str
    address: str
    headers: dict[str, str] = field(default_factory=dict)


class _Client(socketserver.BaseRequestHandler):
    """One connection: answers what is asked, and between two questions sends what is due."""

    server: RtspCamera
    request: socket.socket

    def setup(self) -> None:
        self._waiting = b""
        self._out = _Out(self.request)
        self._video = re.search(rb"(?ms)^m=video.*?^a=control:(\S+)", self.server.answers.describe)
        self._began_s: float | None = None
        self._pictures = self._packets = 0

    def finish(self) -> None:
        if self._out.udp:
            self._out.udp.close()

    def handle(self) -> None:
        try:
            while not self.server.ended.is_set() and self._listen(self._send_due()):
                for request in self._requests():
                    self._answer(request)
        except (BrokenPipeError, ConnectionResetError):
            return  # the client has seen enough

    def _listen(self, patience_s: float) -> bool:
        """Take what the client said; False when it has hung up."""
        if not select.select([self.request], [], [], patience_s)[0]:
            return True
        said = self.request.recv(65536)
        self._waiting += said
        return bool(said)

    def _requests(self) -> Iterator[_Request]:
        """Whole requests; what the client reports about reception is passed over."""
        while self._waiting:
            if self._waiting[:1] == b"$":
                end = 4 + int.from_bytes(self._waiting[2:4], "big")
                if len(self._waiting) < max(4, end):
                    return
            else:
                end = self._waiting.find(_HEADER_END) + len(_HEADER_END)
                if end < len(_HEADER_END):
                    return
                yield _parsed(self._waiting[:end].decode())
            self._waiting = self._waiting[end:]

    def _answer(self, request: _Request) -> None:
        answers = self.server.answers
        self.server.asked.append(request.method)
        answer = {
            "DESCRIBE": answers.describe,
            "SETUP": answers.setup,
            "PLAY": answers.play,
            "TEARDOWN": answers.teardown,
        }.get(request.method, answers.options)
        if answers.refusal and not _signed_in(request, answers):
            answer = answers.refusal
        elif request.method == "SETUP":
            answer = self._arrange(request, answer)
        elif request.method == "PLAY":
            self._began_s = time.monotonic()
        self.request.sendall(re.sub(rb"(?im)^(cseq:\s*)\d+", rb"\g<1>" + request.headers["cseq"].encode(), answer))

    def _arrange(self, request: _Request, answer: bytes) -> bytes:
        """Agree on the way of the packets; only the video's is used."""
        asked = request.headers["transport"]
        is_video = self._video is None or request.address.endswith(self._video[1].decode().rpartition("/")[2])
        if channels := re.search(r"interleaved=(\d+)-(\d+)", asked):
            if is_video:
                self._out.channel = int(channels[1])
            return re.sub(rb"interleaved=\d+-\d+", channels[0].encode(), answer)
        ports = re.search(r"client_port=(\d+)-(\d+)", asked)
        assert ports, asked
        if is_video:
            self._out.udp, self._out.port = _loopback_udp(), int(ports[1])
        mine = self._out.udp.getsockname()[1] if self._out.udp else 9
        answer = re.sub(rb"client_port=\d+-\d+", ports[0].encode(), answer)
        return re.sub(rb"server_port=\d+-\d+", f"server_port={mine}-{mine + 1}".encode(), answer)

    def _send_due(self) -> float:
        """Send every picture whose time has come; returns how long nothing is due, seconds."""
        broadcast = self.server.broadcast
        while self._began_s is not None and self._pictures < broadcast.silent_after:
            due_s, packets = broadcast.picture(self._pictures)
            early_s = self._began_s + due_s - time.monotonic()
            if early_s > 0:
                return min(early_s, _BREATH_S)
            for packet in packets:
                if not broadcast.loses(self._packets):
                    self._out.send(packet)
                self._packets += 1
            self._pictures += 1
        return _BREATH_S


def _parsed(text: str) -> _Request:
    first, *lines = text.strip().split("\r\n")
    method, address, _ = first.split(" ")
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return _Request(method, address, headers)


def _signed_in(request: _Request, answers: Answers) -> bool:
    """Whether the Digest of a request proves the password (RFC 2069, as cameras have it)."""
    said = dict(re.findall(r'(\w+)="([^"]*)"', request.headers.get("authorization", "")))
    secret = _md5(f"{answers.user}:{said.get('realm')}:{answers.password}")
    request_hash = _md5(f"{request.method}:{said.get('uri')}")
    proof = _md5(f"{secret}:{said.get('nonce')}:{request_hash}")
    return bool(answers.user) and said.get("username") == answers.user and said.get("response") == proof


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def _loopback_udp() -> socket.socket:
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind(("127.0.0.1", 0))
    return udp
