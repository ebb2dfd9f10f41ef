"""An ONVIF camera asked with the user's credentials: what it is, which streams it has, where its picture lies.

Seven questions of ONVIF are all that is needed, so they are written out here. The libraries for it bring 81 MB of
product data, or an event loop and a second HTTP client, and know no bounds (docs/dependencies.md).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit, urlunsplit
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.status import FoundStream
from vigint_core.ports import Clock
from vigint_core.redaction import SIGN_IN_NAMES
from vigint_desktop.discovery.foreign_words import one_line
from vigint_desktop.discovery.soap import DeviceLink, FaultError

MOST_PROFILES: Final = 16
"""Asked for their addresses, one by one; a camera has two to six, and a recorder some for each of its channels."""
_DEVICE: Final = "http://www.onvif.org/ver10/device/wsdl"
_MEDIA: Final = "http://www.onvif.org/ver10/media/wsdl"
_MEDIA2: Final = "http://www.onvif.org/ver20/media/wsdl"
_SCHEMA: Final = "http://www.onvif.org/ver10/schema"
_YEARS: Final = range(1970, 2200)
"""In which a camera's clock may stand; with an empty battery it begins in the year it was built for."""
_SECRET: Final = re.compile(f"(?i)^({SIGN_IN_NAMES})$")
_SECRET_IN_PATH: Final = re.compile(r"(?i)(password|passwd|pwd)=")


@dataclass(frozen=True, slots=True)
class _Media:
    """One of the two services that know the streams: how it is asked."""

    namespace: str
    url: str

    @property
    def profiles(self) -> str:
        """The question for all profiles that carry pictures."""
        wanted = "<m:Type>VideoEncoder</m:Type>" if self.namespace == _MEDIA2 else ""
        return self._question("GetProfiles", wanted)

    def stream(self, token: str) -> str:
        """The question where a profile's stream is."""
        setup = "<m:Protocol>RTSP</m:Protocol>"
        if self.namespace == _MEDIA:
            transport = "<t:Transport><t:Protocol>RTSP</t:Protocol></t:Transport>"
            setup = f'<m:StreamSetup xmlns:t="{_SCHEMA}"><t:Stream>RTP-Unicast</t:Stream>{transport}</m:StreamSetup>'
        return self._question("GetStreamUri", setup + _profile(token))

    def snapshot(self, token: str) -> str:
        """The question where a profile's picture lies."""
        return self._question("GetSnapshotUri", _profile(token))

    def _question(self, name: str, content: str) -> str:
        return f'<m:{name} xmlns:m="{self.namespace}">{content}</m:{name}>'


@dataclass(frozen=True, slots=True)
class _Profile:
    token: str
    name: str
    codec: str
    width: int
    height: int
    frames_per_s: float


class OnvifCamera:
    """One camera; its methods are called in the order in which they stand here. Each raises VigintError as ``ask``."""

    def __init__(self, service_url: str, link: DeviceLink, clock: Clock) -> None:
        self._url = service_url
        self._link = link
        self._clock = clock
        self._ahead_s = 0.0
        self._media: list[_Media] = []
        self._profiles: list[_Profile] = []

    def greet(self) -> None:
        """Learn its clock, by which sign-ins are dated, and its services; an answer shows that it speaks ONVIF."""
        try:
            answer = self._link.ask(self._url, f'<d:GetSystemDateAndTime xmlns:d="{_DEVICE}"/>', None)
            self._ahead_s = _unix_s(answer, self._clock.wall()) - self._clock.wall()
        except VigintError as error:
            if not isinstance(error, FaultError) and error.code is not Code.CAMERA_UNAUTHORIZED:
                raise  # some want a sign-in even for this one, against the standard: then their clock is taken as right
        services = self._services()
        self._media = [_Media(name, services[name]) for name in (_MEDIA2, _MEDIA) if name in services]

    def model(self) -> str:
        """Maker and model in one line. The first question that every camera asks a sign-in for."""
        answer = self._ask(self._url, f'<d:GetDeviceInformation xmlns:d="{_DEVICE}"/>')
        said = [answer.findtext(f"{{*}}{name}") or "" for name in ("Manufacturer", "Model")]
        return one_line(" ".join(said))

    def streams(self) -> tuple[FoundStream, ...]:
        """Its RTSP streams, the largest first; the newer service is asked first. DISCOVERY_NO_STREAM if it has none."""
        for media in self._media:
            try:
                self._profiles = list(_profiles(self._ask(media.url, media.profiles)))[:MOST_PROFILES]
                found = {stream.url: stream for stream in self._located(media)}
            except FaultError:
                continue
            if found:
                self._media = [media]
                return tuple(sorted(found.values(), key=lambda s: s.width * s.height, reverse=True))
        raise VigintError(Code.DISCOVERY_NO_STREAM)

    def snapshot(self, most: int) -> bytes:
        """A JPEG of what it sees now, or empty where it offers none."""
        smallest = min(self._profiles, key=lambda p: p.width * p.height or 1 << 30, default=None)
        if smallest is None or not self._media:
            return b""
        try:
            url = _uri(self._ask(self._media[0].url, self._media[0].snapshot(smallest.token)))
            jpeg = self._link.fetch(self._at_home(url), most) if url else b""
        except VigintError as error:
            if error.code is Code.PIPELINE_STOPPED:
                raise
            return b""
        return jpeg if jpeg.startswith(b"\xff\xd8") else b""

    def _ask(self, url: str, question: str) -> ET.Element:
        return self._link.ask(url, question, self._clock.wall() + self._ahead_s)

    def _services(self) -> Mapping[str, str]:
        """Addresses of its services by namespace; older cameras know only GetCapabilities."""
        try:
            wanted = "<d:IncludeCapability>false</d:IncludeCapability>"
            answer = self._ask(self._url, f'<d:GetServices xmlns:d="{_DEVICE}">{wanted}</d:GetServices>')
            named = [(s.findtext("{*}Namespace") or "", s.findtext("{*}XAddr") or "") for s in answer]
        except FaultError:
            wanted = "<d:Category>Media</d:Category>"
            answer = self._ask(self._url, f'<d:GetCapabilities xmlns:d="{_DEVICE}">{wanted}</d:GetCapabilities>')
            named = [(_MEDIA, answer.findtext(".//{*}Media/{*}XAddr") or "")]
        return {namespace: self._at_home(url) for namespace, url in named if url}

    def _located(self, media: _Media) -> Iterator[FoundStream]:
        """Each profile's stream, if it says where that is and its address can be kept without a password."""
        for profile in self._profiles:
            try:
                told = _uri(self._ask(media.url, media.stream(profile.token)))
            except FaultError:
                continue
            url = without_sign_in(told, urlsplit(self._url).hostname or "")
            if url:
                size = (profile.width, profile.height)
                yield FoundStream(url, profile.name, profile.codec, *size, profile.frames_per_s)

    def _at_home(self, url: str) -> str:
        """The same address on the device itself: some tell one of their factory's or of another network.

        So no sign-in goes to any other machine on the word of a device.
        """
        home, parts = urlsplit(self._url), _split(url)
        if parts is None or parts.hostname is None or parts.scheme not in {"http", "https"}:
            return self._url
        if parts.hostname != home.hostname:
            parts = parts._replace(scheme=home.scheme, netloc=home.netloc)
        return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def without_sign_in(url: str, host: str) -> str:
    """An RTSP address on a device, without user and password; ``""`` for what is none, or can't be had without them.

    Args:
        url: as the device told it.
        host: where the device is, whatever the address says: some tell their factory's, another network's, or none.
    """
    parts = _split(url)
    if parts is None or parts.scheme not in {"rtsp", "rtsps"} or _SECRET_IN_PATH.search(parts.path):
        return ""
    place = f"{host}:{parts.port}" if parts.port else host
    query = parse_qsl(parts.query, keep_blank_values=True)
    kept = [(name, value) for name, value in query if not _SECRET.match(name)]
    text = parts.query if len(kept) == len(query) else urlencode(kept)
    return urlunsplit(parts._replace(netloc=place, query=text, fragment=""))


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url.strip())
        _ = parts.port  # raises for a port that is none
    except ValueError:
        return None
    return parts


def _profile(token: str) -> str:
    return f"<m:ProfileToken>{escape(token)}</m:ProfileToken>"


def _profiles(answer: ET.Element) -> Iterator[_Profile]:
    """The profiles that carry pictures, as either service describes them."""
    for profile in answer.iterfind("{*}Profiles"):
        encoder = profile.find("{*}Configurations/{*}VideoEncoder")
        if encoder is None:
            encoder = profile.find("{*}VideoEncoderConfiguration")
        if encoder is not None:
            yield _Profile(
                token=profile.get("token", ""),
                name=one_line(profile.findtext("{*}Name") or ""),
                codec=one_line(encoder.findtext("{*}Encoding") or ""),
                width=int(_number(encoder, "{*}Resolution/{*}Width", 16384)),
                height=int(_number(encoder, "{*}Resolution/{*}Height", 16384)),
                frames_per_s=_number(encoder, "{*}RateControl/{*}FrameRateLimit", 240),
            )


def _number(node: ET.Element, path: str, most: float) -> float:
    """A number that a device tells, or 0.0 where it tells none that could be true."""
    try:
        value = float(node.findtext(path) or 0)
    except ValueError:
        return 0.0
    return value if 0 <= value <= most else 0.0


def _uri(answer: ET.Element) -> str:
    return (answer.findtext(".//{*}Uri") or "").strip()


def _unix_s(answer: ET.Element, otherwise_s: float) -> float:
    """The device's own time, or another where it does not tell it in a way that can be understood."""
    utc = answer.find(".//{*}UTCDateTime")
    if utc is None:
        return otherwise_s
    names = ("Date/{*}Year", "Date/{*}Month", "Date/{*}Day", "Time/{*}Hour", "Time/{*}Minute", "Time/{*}Second")
    try:
        year, month, day, hour, minute, second = (int(utc.findtext(f"{{*}}{name}") or "") for name in names)
        told = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except (ValueError, OverflowError):
        return otherwise_s
    return told.timestamp() if year in _YEARS else otherwise_s
