"""An RTSP camera whose answers are as they should be, for films and clocks that are not."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.fakes.annexb import Film
from tests.fakes.rtp import RtpSender
from tests.fakes.rtsp_camera import Answers, Broadcast, RtspCamera, rtsp_camera

_NAMES = {"h264": b"H264", "hevc": b"H265"}
_SETUP = (
    b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nSession: 12345678;timeout=60\r\n"
    b"Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n\r\n"
)
_SETUP_UDP = (
    b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nSession: 12345678;timeout=60\r\n"
    b"Transport: RTP/AVP;unicast;client_port=1-2;server_port=1-2\r\n\r\n"
)


@contextmanager
def plain_camera(
    film: Film, *, udp: bool = False, first_tick: int = 1_000_000, name: bytes = b"plain", **how: Any
) -> Iterator[RtspCamera]:
    """A camera that plays a film; ``how``: as in ``Broadcast``."""
    answers = Answers(_description(film.codec, name), _SETUP_UDP if udp else _SETUP)
    sender = RtpSender(film.codec, 96, first_tick=first_tick)
    with rtsp_camera(lambda _: answers, lambda _: Broadcast(film, sender, **how)) as camera:
        yield camera


def _description(codec: str, name: bytes) -> bytes:
    session = (
        b"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=%b\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\na=control:*\r\n"
        b"m=video 0 RTP/AVP 96\r\na=rtpmap:96 %b/90000\r\na=control:track1\r\n"
    ) % (name, _NAMES[codec])
    head = b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Type: application/sdp\r\nContent-Length: %d\r\n\r\n"
    return head % len(session) + session
