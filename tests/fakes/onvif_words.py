"""What an ONVIF camera says, word for word: answers to probes and to questions, and the mood in which it says them."""

import re
import time
from dataclasses import dataclass
from xml.sax.saxutils import escape

ENVELOPE = "http://www.w3.org/2003/05/soap-envelope"
DEVICE = "http://www.onvif.org/ver10/device/wsdl"
MEDIA = "http://www.onvif.org/ver10/media/wsdl"
MEDIA2 = "http://www.onvif.org/ver20/media/wsdl"
MEDIA_ONLY = (MEDIA,)

BOMB = (
    '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + "]><l>&i;</l>"
).encode()
"""A billion laughs."""
GREEDY = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]><l>&a;</l>'
"""Asks for a file of whoever reads it."""


@dataclass(frozen=True)
class Stream:
    """One profile as the device tells it."""

    url: str
    name: str = "MainStream"
    width: int = 640
    height: int = 360
    codec: str = "H264"
    frames_per_s: str = "25"


@dataclass
class Mood:
    """How the device is. May be changed while it runs.

    Attributes:
        user, password: who is let in; everybody while ``user`` is empty.
        http: signs in by HTTP ("digest", "basic") and knows nothing of WS-Security; "" the other way round.
        ahead_s: how far its clock is ahead.
        services: which media services it has.
        old: knows no GetServices.
        refuses: a media service (namespace) that answers every question with a fault.
        snapshot: what its snapshot address serves; empty: it has none.
        home: the host that it gives for its services, if not its own.
        soap: bytes that answer every question instead; probe: bytes that answer every probe instead.
        silent: takes questions and never answers; trickles: sends one byte now and then.
        times: how often it answers a probe.
        urls: addresses of its service as it tells them, separated by spaces; the right one, among others, if empty.
        types, scopes: what it says about itself.
    """

    user: str = ""
    password: str = ""
    http: str = ""
    ahead_s: float = 0.0
    services: tuple[str, ...] = (MEDIA2, MEDIA)
    old: bool = False
    refuses: str = ""
    snapshot: bytes = b""
    home: str = ""
    soap: bytes = b""
    probe: bytes = b""
    silent: bool = False
    trickles: bool = False
    times: int = 1
    urls: str = ""
    types: str = "dn:NetworkVideoTransmitter"
    scopes: tuple[str, ...] = (
        "onvif://www.onvif.org/type/video_encoder",
        "onvif://www.onvif.org/hardware/IPC-42",
        "onvif://www.onvif.org/name/Till%20camera",
    )


def probe_match(probe: bytes, mood: Mood, key: str, service_url: str = "") -> bytes:
    """The answer to a probe."""
    asked = re.search(rb"MessageID>([^<]+)<", probe)
    assert asked
    urls = mood.urls or f"http://[fe80::1]/onvif/device_service {service_url}"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="{ENVELOPE}" '
        'xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" '
        'xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery" '
        'xmlns:dn="http://www.onvif.org/ver10/network/wsdl" xmlns:tds="http://www.onvif.org/ver10/device/wsdl" '
        'xmlns:pnp="http://printer.example/pnp"><s:Header>'
        "<a:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/ProbeMatches</a:Action>"
        f"<a:MessageID>urn:uuid:{time.monotonic_ns()}</a:MessageID><a:RelatesTo>{asked[1].decode()}</a:RelatesTo>"
        "</s:Header><s:Body><d:ProbeMatches><d:ProbeMatch>"
        f"<a:EndpointReference><a:Address>{escape(key)}</a:Address></a:EndpointReference>"
        f"<d:Types>{escape(mood.types)}</d:Types><d:Scopes>{escape(' '.join(mood.scopes))}</d:Scopes>"
        f"<d:XAddrs>{escape(urls)}</d:XAddrs><d:MetadataVersion>1</d:MetadataVersion>"
        "</d:ProbeMatch></d:ProbeMatches></s:Body></s:Envelope>"
    ).encode("utf-8", "replace")


def profile(space: str, token: str, stream: Stream) -> str:
    """A profile as either media service describes it."""
    size = f"<t:Width>{stream.width}</t:Width><t:Height>{stream.height}</t:Height>"
    rate = f"<t:RateControl><t:FrameRateLimit>{stream.frames_per_s}</t:FrameRateLimit></t:RateControl>"
    said = f"<t:Encoding>{stream.codec}</t:Encoding><t:Resolution>{size}</t:Resolution>{rate}"
    encoder = f"<t:VideoEncoderConfiguration>{said}</t:VideoEncoderConfiguration>"
    if space == MEDIA2:
        encoder = f"<m:Configurations><m:VideoEncoder>{said}</m:VideoEncoder></m:Configurations>"
    return f'<m:Profiles token="{token}"><m:Name>{stream.name}</m:Name>{encoder}</m:Profiles>'


def enveloped(content: str) -> bytes:
    """An answer."""
    return f'<?xml version="1.0"?><s:Envelope xmlns:s="{ENVELOPE}"><s:Body>{content}</s:Body></s:Envelope>'.encode()


def fault(code: str, subcode: str, reason: str) -> bytes:
    """A refusal."""
    codes = f"<s:Code><s:Value>s:{code}</s:Value><s:Subcode><s:Value>{subcode}</s:Value></s:Subcode></s:Code>"
    return enveloped(f'<s:Fault>{codes}<s:Reason><s:Text xml:lang="en">{reason}</s:Text></s:Reason></s:Fault>')
