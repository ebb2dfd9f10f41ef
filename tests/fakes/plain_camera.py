"""An RTSP camera whose answers are as they should be, for films and clocks that are not."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.fakes.annexb import Film
from tests.fakes.rtp import RtpSender
from tests.fakes.rtsp_camera import Answers, Broadcast, RtspCamera, rtsp_camera

_NAMES = {"h264": "H264", "hevc": "H265"}
_SETUP = (
    b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nSession: 12345678;timeout=60\r\n"
    b"Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n\r\n"
)
_SETUP_UDP = (
    b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nSession: 12345678;timeout=60\r\n"
    b"Transport: RTP/AVP;unicast;client_port=1-2;server_port=1-2\r\n\r\n"
)


@contextmanager
def plain_camera(film: Film, *, udp: bool = False, first_tick: int = 1_000_000, **how: Any) -> Iterator[RtspCamera]:
    """A camera that plays a film; ``how``: as in ``Broadcast``."""
    answers = Answers(_description(film.codec), _SETUP_UDP if udp else _SETUP)
    sender = RtpSender(film.codec, 96, first_tick=first_tick)
    with rtsp_camera(lambda _: answers, lambda _: Broadcast(film, sender, **how)) as camera:
        yield camera


def _description(codec: str) -> bytes:
    session = (
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=plain\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\na=control:*\r\n"
        f"m=video 0 RTP/AVP 96\r\na=rtpmap:96 {_NAMES[codec]}/90000\r\na=control:track1\r\n"
    )
    head = f"RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Type: application/sdp\r\nContent-Length: {len(session)}\r\n\r\n"
    return (head + session).encode()
