"""Cameras as they were met: their captured answers, played by ``rtsp_camera`` with a film behind them."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.fakes.annexb import Film
from tests.fakes.rtp import RtpSender
from tests.fakes.rtsp_camera import Answers, Broadcast
from vigint_core.domain.camera import Transport

_SDP_HEAD = b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Type: application/sdp\r\nContent-Length: 0\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Quirk:
    """Which files one camera's answers are in; what was not captured is answered in the plainest way.

    Attributes:
        transport: how the captured answer sends.
    """

    describe: str
    setup: str = ""
    play: str = ""
    options: str = ""
    teardown: str = ""
    refusal: str = ""
    transport: Transport = Transport.TCP


_REOLINK = "reolink_describe"
_HIKVISION = "hikvision_describe"
_DAHUA_PLAY = {"setup": "dahua_setup", "play": "dahua_play", "options": "dahua_options"}
QUIRKS = {
    "anjvision": Quirk("anjvision_describe"),
    "anpviz": Quirk("anpviz_sdp"),
    "bunny": Quirk("bunny_describe", "bunny_setup", "bunny_play"),
    "bad rtptime": Quirk("bunny_describe", "bunny_setup", "bad_rtptime"),
    "dahua h264": Quirk("dahua_describe_h264_aac_onvif", **_DAHUA_PLAY),
    "dahua h265": Quirk("dahua_describe_h265_pcma", **_DAHUA_PLAY),
    "foscam": Quirk("foscam_describe"),
    "geovision": Quirk("geovision_sdp"),
    "gw main": Quirk("gw_main_describe", "gw_main_setup_video", "gw_main_play"),
    "gw main, audio's answer": Quirk("gw_main_describe", "gw_main_setup_audio", "gw_main_play"),
    "gw sub": Quirk("gw_sub_describe", "gw_sub_setup", "gw_sub_play"),
    "h264dvr": Quirk("h264dvr_describe", "h264dvr_setup_video", "h264dvr_play", transport=Transport.UDP),
    "h264dvr, audio's answer": Quirk(
        "h264dvr_describe", "h264dvr_setup_audio", "h264dvr_play", transport=Transport.UDP
    ),
    "hikvision": Quirk(_HIKVISION, "hikvision_setup", "hikvision_play"),
    "hikvision, space before the ssrc": Quirk(_HIKVISION, "hikvision_setup_ssrc_space", "hikvision_play"),
    "ipcam": Quirk("ipcam_describe"),
    "laureii": Quirk(_REOLINK, play="laureii_play"),
    "longse": Quirk(_REOLINK, refusal="longse_unauthorized"),
    "luckfox over tcp": Quirk(_REOLINK, "luckfox_rkipc_setup_tcp"),
    "luckfox over udp": Quirk(_REOLINK, "luckfox_rkipc_setup_udp", transport=Transport.UDP),
    "macrovideo": Quirk("macrovideo_describe"),
    "missing content type": Quirk("missing_content_type_describe"),
    "reolink": Quirk(_REOLINK, "reolink_setup", "reolink_play", teardown="reolink_teardown"),
    "reolink, control first": Quirk("reolink_describe_control_first", "reolink_setup", "reolink_play"),
    "tplink": Quirk("tplink_sdp"),
    "ubiquiti": Quirk("ubiquiti_sdp"),
    "vstarcam": Quirk("vstarcam_describe"),
}


def answers_of(quirk: Quirk, folder: Path, user: str = "", password: str = "") -> Callable[[int], Answers]:
    """The answers as captured in ``folder``, their addresses rewritten to this machine."""

    def at(port: int) -> Answers:
        parts = {
            part: _moved((folder / f"{name}.txt").read_bytes(), port)
            for part in ("describe", "setup", "play", "options", "teardown", "refusal")
            if (name := getattr(quirk, part))
        }
        return Answers(**parts, user=user, password=password)

    return at


def broadcast_of(films: dict[str, Film]) -> Callable[[Answers], Broadcast]:
    """RTP as the answers promise it: codec, payload type, who sends, first number, first timestamp."""

    def of(answers: Answers) -> Broadcast:
        media = re.search(rb"(?ms)^m=video.*?(?=^m=|\Z)", answers.describe)
        assert media
        kind = re.search(rb"a=rtpmap:(\d+) (H26[45])", media[0])
        assert kind
        codec = {b"H264": "h264", b"H265": "hevc"}[kind[2]]
        sender = RtpSender(codec, int(kind[1]))
        if ssrc := re.search(rb"ssrc= ?([0-9a-fA-F]+)", answers.setup):
            sender.ssrc = int(ssrc[1], 16)
        track = re.search(rb"a=control:(\S+)", media[0])
        if first := _first_packet(answers.play, track[1] if track else b""):
            sender.sequence, sender.first_tick = first
        return Broadcast(films[codec], sender)

    return of


def _first_packet(play: bytes, control: bytes) -> tuple[int, int] | None:
    """Sequence number and timestamp that a camera announces for a track; a timestamp below 0 announces nothing."""
    for url, sequence, tick in re.findall(rb"url=([^,\r]*?);seq=(\d+);rtptime=(-?\d+)", play):
        if url.endswith(control.rpartition(b"/")[2]) and int(tick) >= 0:
            return int(sequence), int(tick)
    return None


def _moved(message: bytes, port: int) -> bytes:
    """A captured message whose addresses are this machine's."""
    if message.startswith(b"v=0"):
        message = _SDP_HEAD + message
    here = f"127.0.0.1:{port}".encode()
    message = re.sub(rb"rtsp://[^/\s\"]+", b"rtsp://" + here, message)
    message = re.sub(rb"(?m)^(Content-Base: )[\d.]+:\d+", rb"\g<1>" + here, message)
    message = re.sub(rb"(source|destination)=[\d.]+", rb"\g<1>=127.0.0.1", message)
    body = len(message.partition(b"\r\n\r\n")[2])
    return re.sub(rb"(?m)^(Content-Length: )\d+", rb"\g<1>" + str(body).encode(), message)
