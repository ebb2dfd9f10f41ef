"""An ONVIF camera on loopback: answers WS-Discovery probes, and questions about itself, in every mood a test wants.

It listens to the multicast group of WS-Discovery on a port of its own, so that tests which run side by side do not hear
each other; several devices of one test share a port.
"""

import base64
import hashlib
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

from tests.fakes.onvif_words import DEVICE, MEDIA2, Mood, Stream, enveloped, fault, probe_match, profile

GROUP = "239.255.255.250"
LOOPBACK = "127.0.0.1"
_TOLERANCE_S = 30.0  # how far a sign-in may be dated from the device's own clock
_REALM, _NONCE = "camera", "5ccc069c403ebaf9f0171e9517f40e41"


@dataclass
class Heard:
    """What came in."""

    probes: int = 0
    posts: int = 0
    basic: int = 0
    questions: list[str] = field(default_factory=list)
    signed: list[str] = field(default_factory=list)


class OnvifDevice:
    """The camera.

    Attributes:
        key: its endpoint.
        mood: how it is.
        heard: what it was asked.
        group: where its probes must go.
    """

    def __init__(self, streams: tuple[Stream, ...], mood: Mood, port: int = 0, key: str = "urn:uuid:till") -> None:
        self.key, self.mood, self.streams = key, mood, streams
        self.heard = Heard()
        self.leaving = threading.Event()
        handler = type("Handler", (_Handler,), {"device": self})
        self._http = ThreadingHTTPServer((LOOPBACK, 0), handler)
        self._http.daemon_threads = False  # so that closing waits for every connection
        self._ear = _ear(port)
        self.group = (GROUP, self._ear.getsockname()[1])
        self._threads = (
            threading.Thread(target=self._http.serve_forever, args=(0.02,), name="onvif device"),
            threading.Thread(target=self._listen, name="onvif responder"),
        )

    @property
    def service_url(self) -> str:
        """Where it is asked about itself."""
        return f"http://{LOOPBACK}:{self._http.server_port}/onvif/device_service"

    def start(self) -> None:
        """Listen."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Let go of everybody, and end every thread."""
        self.leaving.set()
        self._http.shutdown()
        for thread in self._threads:
            thread.join()
        self._http.server_close()
        self._ear.close()

    def answer(self, question: ET.Element, envelope: ET.Element) -> tuple[int, bytes]:
        """Status and body for a question."""
        space, _, name = question.tag.removeprefix("{").partition("}")
        self.heard.questions.append(name)
        if name != "GetSystemDateAndTime" and not self._signed(envelope):
            return 400, fault("Sender", "ter:NotAuthorized", "Sender not authorized")
        if space == self.mood.refuses or (name == "GetServices" and self.mood.old):
            return 500, fault("Receiver", "ter:ActionNotSupported", "Optional action not implemented")
        token = question.findtext("{*}ProfileToken") or "0"
        return 200, enveloped(_ANSWERS[name](self, space, token))

    def _signed(self, envelope: ET.Element) -> bool:
        """Whether a UsernameToken holds the password and is dated by this device's clock."""
        if not self.mood.user or self.mood.http:
            return True
        said = {node.tag.partition("}")[2]: node.text or "" for node in envelope.iter()}
        if said.get("Username") != self.mood.user:
            return False
        created = said.get("Created", "")
        secret = base64.b64decode(said["Nonce"]) + created.encode() + self.mood.password.encode()
        right = base64.b64encode(hashlib.sha1(secret).digest()).decode()
        dated_s = datetime.strptime(created, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).timestamp()
        self.heard.signed.append(created)
        return said.get("Password") == right and abs(dated_s - self._now_s()) < _TOLERANCE_S

    def lets_in(self, method: str, path: str, header: str) -> bool:
        """Whether an HTTP sign-in is right."""
        mood = self.mood
        self.heard.basic += header.startswith("Basic")
        if mood.http == "basic":
            return header == f"Basic {base64.b64encode(f'{mood.user}:{mood.password}'.encode()).decode()}"
        said = dict(re.findall(r'(\w+)="?([^",]+)"?', header))
        inner = f"{_md5(f'{mood.user}:{_REALM}:{mood.password}')}:{_NONCE}:{said.get('nc')}:{said.get('cnonce')}:auth"
        return said.get("response") == _md5(f"{inner}:{_md5(f'{method}:{path}')}")

    def challenge(self) -> str:
        """What a refusal asks for."""
        digest = f'Digest realm="{_REALM}", qop="auth", nonce="{_NONCE}", algorithm=MD5'
        return f'Basic realm="{_REALM}"' if self.mood.http == "basic" else digest

    def date_and_time(self, space: str, token: str) -> str:
        """GetSystemDateAndTime."""
        now = datetime.fromtimestamp(self._now_s(), UTC)
        clock, day = (
            "".join(f"<t:{name}>{getattr(now, name.lower())}</t:{name}>" for name in names)
            for names in (("Hour", "Minute", "Second"), ("Year", "Month", "Day"))
        )
        utc = f"<t:UTCDateTime><t:Time>{clock}</t:Time><t:Date>{day}</t:Date></t:UTCDateTime>"
        content = f"<d:SystemDateAndTime><t:DateTimeType>NTP</t:DateTimeType>{utc}</d:SystemDateAndTime>"
        name = "GetSystemDateAndTimeResponse"
        return f'<d:{name} xmlns:d="{DEVICE}" xmlns:t="t">{content}</d:{name}>'

    def information(self, space: str, token: str) -> str:
        """GetDeviceInformation."""
        said = "<d:Manufacturer>Acme</d:Manufacturer><d:Model>IPC-42</d:Model><d:SerialNumber>1</d:SerialNumber>"
        return f'<d:GetDeviceInformationResponse xmlns:d="{DEVICE}">{said}</d:GetDeviceInformationResponse>'

    def services(self, space: str, token: str) -> str:
        """GetServices."""
        each = [
            f"<d:Service><d:Namespace>{name}</d:Namespace><d:XAddr>{self._media_url()}</d:XAddr></d:Service>"
            for name in (DEVICE, *self.mood.services)
        ]
        return f'<d:GetServicesResponse xmlns:d="{DEVICE}">{"".join(each)}</d:GetServicesResponse>'

    def capabilities(self, space: str, token: str) -> str:
        """GetCapabilities."""
        media = f"<t:Media><t:XAddr>{self._media_url()}</t:XAddr></t:Media>"
        content = f"<d:Capabilities>{media}</d:Capabilities>"
        return f'<d:GetCapabilitiesResponse xmlns:d="{DEVICE}" xmlns:t="t">{content}</d:GetCapabilitiesResponse>'

    def profiles(self, space: str, token: str) -> str:
        """GetProfiles, with a profile for sound alone in between."""
        each = ['<m:Profiles token="sound"><t:Name>Sound</t:Name></m:Profiles>']
        each += [profile(space, str(number), stream) for number, stream in enumerate(self.streams)]
        return f'<m:GetProfilesResponse xmlns:m="{space}" xmlns:t="t">{"".join(each)}</m:GetProfilesResponse>'

    def stream_uri(self, space: str, token: str) -> str:
        """GetStreamUri."""
        return self._uri("GetStreamUri", space, self.streams[int(token)].url)

    def snapshot_uri(self, space: str, token: str) -> str:
        """GetSnapshotUri."""
        url = self.service_url.replace("/onvif/device_service", "/snapshot.jpg") if self.mood.snapshot else ""
        return self._uri("GetSnapshotUri", space, url)

    def _uri(self, name: str, space: str, url: str) -> str:
        uri = (
            f"<m:Uri>{escape(url)}</m:Uri>"
            if space == MEDIA2
            else f"<m:MediaUri><t:Uri>{escape(url)}</t:Uri></m:MediaUri>"
        )
        return f'<m:{name}Response xmlns:m="{space}" xmlns:t="t">{uri}</m:{name}Response>'

    def _media_url(self) -> str:
        url = self.service_url.replace("device_service", "media_service")
        return url.replace(LOOPBACK, self.mood.home) if self.mood.home else url

    def _now_s(self) -> float:
        return time.time() + self.mood.ahead_s

    def _listen(self) -> None:
        while not self.leaving.is_set():
            try:
                probe, sender = self._ear.recvfrom(65535)
            except TimeoutError:
                continue
            self.heard.probes += 1
            wanted = re.search(rb":Types>\w+:(\w+)<", probe)
            if wanted and wanted[1].decode() not in self.mood.types:
                continue
            for _ in range(self.mood.times):
                self._ear.sendto(self.mood.probe or probe_match(probe, self.mood, self.key, self.service_url), sender)


_ANSWERS: dict[str, Callable[[OnvifDevice, str, str], str]] = {
    "GetSystemDateAndTime": OnvifDevice.date_and_time,
    "GetDeviceInformation": OnvifDevice.information,
    "GetServices": OnvifDevice.services,
    "GetCapabilities": OnvifDevice.capabilities,
    "GetProfiles": OnvifDevice.profiles,
    "GetStreamUri": OnvifDevice.stream_uri,
    "GetSnapshotUri": OnvifDevice.snapshot_uri,
}


class _Handler(BaseHTTPRequestHandler):
    """HTTP/1.0: one request a connection, so nothing stays open when a test ends."""

    device: ClassVar[OnvifDevice]

    def do_POST(self) -> None:
        """A question."""
        mood = self.device.mood
        self.device.heard.posts += 1
        envelope = ET.fromstring(self.rfile.read(int(self.headers["Content-Length"])))
        if mood.silent:
            self.device.leaving.wait(30)
        elif mood.trickles:
            self._trickle()
        elif mood.soap:
            self._send(200, mood.soap)
        elif mood.http and self._question(envelope) != "GetSystemDateAndTime" and not self._signed("POST"):
            self._refuse()
        else:
            self._send(*self.device.answer(envelope[1][0], envelope))

    def do_GET(self) -> None:
        """The picture; behind an HTTP sign-in where there is any."""
        if self.device.mood.user and not self._signed("GET"):
            self._refuse()
        else:
            self._send(200, self.device.mood.snapshot)

    def _question(self, envelope: ET.Element) -> str:
        return envelope[1][0].tag.partition("}")[2]

    def _signed(self, method: str) -> bool:
        return self.device.lets_in(method, self.path, self.headers.get("Authorization", ""))

    def _refuse(self) -> None:
        self.send_response(401)
        self.send_header("WWW-Authenticate", self.device.challenge())
        self.end_headers()

    def _send(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
        except OSError:  # whoever asked has heard enough
            return

    def _trickle(self) -> None:
        """A header without end, one byte at a time: faster than any time-out between two bytes."""
        try:
            self.wfile.write(b"HTTP/1.0 200 OK\r\nX-Slow: ")
            while not self.device.leaving.wait(0.05):
                self.wfile.write(b"z")
        except OSError:
            return

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it
        """Say nothing."""


def _ear(port: int) -> socket.socket:
    ear = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    ear.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    ear.bind((GROUP, port))
    ear.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton(GROUP) + socket.inet_aton(LOOPBACK))
    ear.settimeout(0.05)
    return ear


def _md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()


@contextmanager
def onvif_device(
    *streams: Stream, mood: Mood | None = None, port: int = 0, key: str = "urn:uuid:till"
) -> Iterator[OnvifDevice]:
    """A device over the block."""
    device = OnvifDevice(streams, mood or Mood(), port, key)
    device.start()
    try:
        yield device
    finally:
        device.stop()
