"""A real RTSP camera that plays a file: GStreamer's server as a child process on a free port of this machine."""

import json
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

import av

PEER = Path(__file__).with_name("rtsp_peer.py")
SYSTEM_PYTHON = "/usr/bin/python3"
_PLAYS_S = 150.0  # a camera does not end; longer than any test


class RtspServer:
    """The camera. ``start`` and ``kill`` as often as a test likes: it comes back at the same address."""

    def __init__(self, file: Path, user: str = "", password: str = "") -> None:
        self._wanted = {"file": str(file), "port": 0, "user": user, "password": password}
        self._process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        """The stream's address, without user and password."""
        return f"rtsp://127.0.0.1:{self._wanted['port']}/camera"

    def start(self) -> None:
        """Start it; returns when it answers."""
        command = [SYSTEM_PYTHON, str(PEER), json.dumps(self._wanted)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout
        ready = self._process.stdout.readline()
        assert ready, "the RTSP server did not start: are gir1.2-gst-rtsp-server-1.0 and its plugins installed?"
        self._wanted["port"] = json.loads(ready)["port"]

    def kill(self) -> None:
        """Unplug it."""
        if self._process:
            self._process.kill()
            self._process.communicate(timeout=30)
            self._process = None


@contextmanager
def rtsp_server(file: Path, user: str = "", password: str = "", *, once: bool = False) -> Iterator[RtspServer]:
    """A camera that plays an H.264 file, again and again unless ``once``."""
    with tempfile.TemporaryDirectory() as folder:
        played = Path(folder) / "played.mp4"
        repeat(file, played, 0.0 if once else _PLAYS_S)
        server = RtspServer(played, user, password)
        try:
            server.start()
            yield server
        finally:
            server.kill()


def repeat(file: Path, into: Path, least_s: float) -> None:
    """Write a video's packets one round after the other, until the film is ``least_s`` long; at least one round."""
    with av.open(str(file), "r") as source, av.open(str(into), "w", format="mp4") as film:
        stream = source.streams.video[0]
        copy = film.add_stream_from_template(stream, opaque=True)
        tick = stream.time_base or Fraction(1, 90000)
        packets = [(bytes(p), p.pts, p.dts, p.duration, p.is_keyframe) for p in source.demux(stream) if p.size]
        assert packets[0][2] is not None
        round_ticks = sum(duration or 0 for _, _, _, duration, _ in packets)
        rounds = max(1, round(least_s / float(round_ticks * tick)) + 1) if least_s else 1
        for number in range(rounds):
            for data, pts, dts, duration, is_key in packets:
                packet = av.Packet(data)
                packet.stream, packet.time_base, packet.is_keyframe = copy, tick, is_key
                packet.pts, packet.dts = (pts or 0) + number * round_ticks, (dts or 0) + number * round_ticks
                packet.duration = duration
                film.mux(packet)
