"""Cameras and files through PyAV: opening, reading, decoding. The only module of capture that talks to the network."""

import sys
import threading
from collections.abc import Iterator
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlsplit, urlunsplit

import av
from av import Packet, VideoFrame
from av.container import InputContainer
from av.video.stream import VideoStream

from vigint_core.domain.camera import PASSWORD_HERE, USER_HERE, Camera, SourceKind
from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.frame import Moment
from vigint_core.media.container import stream_header
from vigint_core.media.packets import TICKS_PER_S, EncodedPacket
from vigint_core.media.video_file import moving_stream, why_hopeless
from vigint_core.policy.saving import Decoding, Pictures
from vigint_core.ports import Clock
from vigint_desktop.capture import diagnosis
from vigint_desktop.capture.decoder import Decoder
from vigint_desktop.capture.pace import Pace
from vigint_desktop.capture.source import Arrival, DecodedFrame, Demand, Effort, Reading, StreamFacts
from vigint_desktop.capture.stream_time import StreamTime
from vigint_desktop.capture.thrift import Thrift

TIMEOUT_S: Final = 4.0
"""For opening, for finding out what the stream is, and for each packet: a silent camera is known within 5 s."""
_FRAMES_PER_S: Final = 25.0
"""Assumed only where neither the packets nor the stream carry any time (raw H.264 files)."""
_MOST_UNDECODABLE_S: Final = 8.0
"""Packets that give no picture for this long, a key frame among them, are reported."""
_MOST_KEYLESS_S: Final = 30.0
"""A stream that is met in the middle shows nothing before its next key frame: 250 pictures at 10 a second are 25 s."""

_OPTIONS: Final[dict[SourceKind, dict[str, str]]] = {
    SourceKind.RTSP: {
        "timeout": str(int(TIMEOUT_S * 1e6)),
        "analyzeduration": "2000000",
        "fpsprobesize": "0",  # the rate is known or it isn't; measuring it would cost the first second
        "allowed_media_types": "video",  # sound is never asked for, so it is never waited for
        "protocol_whitelist": "rtsp,rtsps,rtp,tcp,tls,udp,http,https",
    },
    SourceKind.MJPEG: {
        "use_wallclock_as_timestamps": "1",
        "analyzeduration": "2000000",
        "protocol_whitelist": "http,https,tcp,tls,crypto,httpproxy",
    },
    SourceKind.FILE: {"protocol_whitelist": "file"},
    SourceKind.USB: {},
}
"""The white lists keep a file or an answer from making the library open something else (play lists do that)."""
_NOTHING: Final = Arrival(None, ())
"""What comes while the player waits."""
_CUT_OFF: Final = Arrival(None, (), warning=Code.CAMERA_TRUNCATED)
"""The file ends in the middle."""
_USB_FORMATS: Final = {"linux": "v4l2", "win32": "dshow", "darwin": "avfoundation"}


class PyavSource:
    """``Source`` over a PyAV container."""

    def __init__(self, camera: Camera, container: InputContainer, clock: Clock, pace: Pace | None) -> None:
        """``pace``: given for files, which are played at their own speed and looped.

        Raises VigintError: CAMERA_NO_VIDEO_STREAM, CAMERA_NOT_VIDEO, CAMERA_UNSUPPORTED.
        """
        self._camera = camera
        self._container = container
        self._stream = stream = moving_stream(container)
        self._decoder = Decoder(stream)
        self._facts = facts = _facts_of(container, stream)
        self._clock = clock
        self._pace = pace
        self._frame_s = 1 / (facts.frames_per_s or _FRAMES_PER_S)
        self._time = StreamTime(clock, self._frame_s)
        self._tick_s = float(stream.time_base or Fraction(1, TICKS_PER_S))
        self._last_picture_s = clock.monotonic()
        self._had_key = False
        self._pictures = 0
        self._thrift = Thrift(facts)

    @property
    def facts(self) -> StreamFacts:
        """What the stream says about itself."""
        return self._facts

    def close(self) -> None:
        """Give the connection back."""
        self._container.close()

    def want(self, demand: Demand) -> None:
        """What the stream is wanted for."""
        self._thrift.want(demand)

    def reads(self) -> Iterator[Reading]:
        """As ``Source.reads``; a file begins again when it has ended."""
        if self._pace is None:
            yield from self._once(self._container)
            return
        while True:
            before = self._pictures
            yield from self._once(self._container)
            if self._pictures == before:
                raise VigintError(self._facts.warning or Code.CAMERA_NOT_VIDEO, "not one picture could be decoded")
            self._rewind()

    def _rewind(self) -> None:
        """Open the file again: raw streams have no index to seek by, and a decoder that has ended starts afresh."""
        self._container.close()
        self._container = _open(self._camera, "", self._clock)
        self._stream = moving_stream(self._container)
        self._decoder = Decoder(self._stream)
        self._time.restart()

    def _once(self, container: InputContainer) -> Iterator[Reading]:
        """All packets to the end, then what the decoder still holds."""
        packets = container.demux(self._stream)
        while True:
            asked_s = self._clock.monotonic()
            try:
                packet = self._next(packets, asked_s)
            except av.FFmpegError:
                yield _CUT_OFF
                return
            if packet is None:
                return
            if not packet.size:
                yield self._drain
                continue
            waited_s = self._clock.monotonic() - asked_s
            dts_s = self._time.arrival(self._decoding_s(packet))
            if self._pace:
                for _ in self._pace.until(self._time, dts_s):
                    yield _NOTHING
                waited_s = 0.0
            decoding = self._thrift.decide(
                self._time.media_s(dts_s), self._clock.monotonic(), waited_s, packet.is_keyframe
            )
            work = partial(self._arrive, packet, dts_s, decoding)
            yield work() if decoding.pictures is Pictures.NONE else work

    def _next(self, packets: "Iterator[Packet[VideoStream]]", asked_s: float) -> "Packet[VideoStream] | None":
        """The next packet, None at the end. Raises VigintError for a live stream, av.FFmpegError for a file cut off."""
        try:
            packet = next(packets, None)
        except av.FFmpegError as error:
            if self._pace:
                raise
            raise diagnosis.of_reading(error, self._clock.monotonic() - asked_s, TIMEOUT_S) from None
        silence = diagnosis.of_waiting(self._clock.monotonic() - asked_s, TIMEOUT_S)
        if silence and not self._pace:
            raise silence
        return packet

    def _drain(self) -> Arrival:
        return Arrival(None, self._taken(self._decoder.drain(), self._time.now(self._time.shown_s)))

    def _arrive(self, packet: "Packet[VideoStream]", dts_s: float, decoding: Decoding) -> Arrival:
        at = self._time.now(self._time.media_s(dts_s))
        frames, failed = self._decode(packet, at, decoding)
        left_out = decoding.pictures is Pictures.NONE
        self._pictures += 1 if left_out else len(frames)  # what is left out on purpose says nothing against a file
        self._watch_decoder(at.mono_s, packet.is_keyframe, bool(frames) or left_out)
        effort = Effort(self._thrift.saving, self._thrift.passing_over)
        return Arrival(self._stored(packet, at), frames, failed, effort=effort)

    def _decode(
        self, packet: "Packet[VideoStream]", at: Moment, decoding: Decoding
    ) -> tuple[tuple[DecodedFrame, ...], bool]:
        """The frames that a packet completes, and whether it failed; a damaged packet costs its own picture only."""
        try:
            pictures = self._decoder.decode(packet, decoding)
        except av.FFmpegError:
            return (), True
        return self._taken(pictures, at), any(picture.is_corrupt for picture in pictures)

    def _taken(self, pictures: list[VideoFrame], at: Moment) -> tuple[DecodedFrame, ...]:
        """Pictures that came out together, each with its moment."""
        if pictures:
            self._thrift.saw(pictures[-1].width)
        return tuple(DecodedFrame(picture, self._time.shown(self._seconds(picture.pts), at)) for picture in pictures)

    def _stored(self, packet: "Packet[VideoStream]", at: Moment) -> EncodedPacket:
        pts_s = self._seconds(packet.pts)
        dts = round(at.media_s * TICKS_PER_S)
        pts = dts if pts_s is None else round(self._time.media_s(pts_s) * TICKS_PER_S)
        return EncodedPacket(bytes(packet), max(pts, dts), dts, packet.is_keyframe, at)

    def _watch_decoder(self, now_s: float, key: bool, pictures: bool) -> None:
        """Raise CAMERA_UNSUPPORTED when a live stream has sent packets for long and none of them gave a picture."""
        if pictures or (key and not self._had_key):
            self._last_picture_s = now_s
        self._had_key = self._had_key or key
        patience_s = _MOST_UNDECODABLE_S if self._had_key else _MOST_KEYLESS_S
        if self._pace is None and now_s - self._last_picture_s > patience_s:
            raise VigintError(Code.CAMERA_UNSUPPORTED, "packets arrive, but none can be decoded")

    def _decoding_s(self, packet: "Packet[VideoStream]") -> float | None:
        """When a packet is to be decoded; not known of the first ones where pictures are shown in another order."""
        reordered = packet.dts is None and self._stream.codec_context.has_b_frames
        return None if reordered else self._seconds(packet.pts if packet.dts is None else packet.dts)

    def _seconds(self, ticks: int | None) -> float | None:
        return None if ticks is None else ticks * self._tick_s


def open_stream(camera: Camera, password: str, interrupt: threading.Event, clock: Clock) -> PyavSource:
    """Open a file or a camera; blocks for at most two time-outs. Raises VigintError(CAMERA_*)."""
    container = _open(camera, password, clock)
    try:
        return PyavSource(camera, container, clock, Pace(clock, interrupt) if camera.kind is SourceKind.FILE else None)
    except VigintError:
        container.close()
        raise


def address_of(camera: Camera, password: str) -> str:
    """The address as the library wants it, user and password in it. Never to be logged or shown.

    Raises VigintError: CAMERA_NOT_FOUND for what can't be an address.
    """
    if camera.kind is SourceKind.USB and camera.url.isdigit():
        return f"/dev/video{camera.url}" if sys.platform == "linux" else camera.url
    if not (camera.user or password) or camera.kind in {SourceKind.FILE, SourceKind.USB}:
        return camera.url
    try:
        parts = urlsplit(camera.url)
    except ValueError:
        raise VigintError(Code.CAMERA_NOT_FOUND, "no address") from None
    user, secret = quote(camera.user, safe=""), quote(password, safe="")
    path, query = (each.replace(USER_HERE, user).replace(PASSWORD_HERE, secret) for each in (parts.path, parts.query))
    return urlunsplit(parts._replace(netloc=f"{user}:{secret}@{parts.netloc}", path=path, query=query))


def _open(camera: Camera, password: str, clock: Clock) -> InputContainer:
    """Raises VigintError(CAMERA_*); the library's own error, whose text holds the password, ends here."""
    if camera.kind is SourceKind.FILE and (hopeless := why_hopeless(Path(camera.url))):
        raise hopeless
    began_s = clock.monotonic()
    try:
        return av.open(
            address_of(camera, password),
            "r",
            format=_USB_FORMATS.get(sys.platform) if camera.kind is SourceKind.USB else None,
            container_options=_options_of(camera),
            timeout=(TIMEOUT_S, TIMEOUT_S),
            metadata_errors="replace",  # names and titles come in whatever bytes the maker chose
        )
    except av.FFmpegError as error:
        raise diagnosis.of_opening(error, camera, clock.monotonic() - began_s, TIMEOUT_S) from None


def _options_of(camera: Camera) -> dict[str, str]:
    options = _OPTIONS[camera.kind]
    return {**options, "rtsp_transport": camera.transport.value} if camera.kind is SourceKind.RTSP else options


def _facts_of(container: InputContainer, stream: VideoStream) -> StreamFacts:
    try:
        header = stream_header(stream)
    except (av.FFmpegError, ValueError):
        header = b""  # a codec that no file holds: everything works but clips of original packets, which then say so
    rate = None if container.format.name == "mpjpeg" else stream.average_rate or stream.guessed_rate
    context = stream.codec_context
    return StreamFacts(
        codec=context.name,
        width=context.width,
        height=context.height,
        frames_per_s=float(rate) if rate else 0.0,
        header=header,
        warning=Code.CAMERA_TRUNCATED if _lacks_its_end(container, stream) else None,
    )


def _lacks_its_end(container: InputContainer, stream: VideoStream) -> bool:
    """Whether the index names packets beyond the end of the file."""
    entries = stream.index_entries
    if not len(entries) or container.size <= 0:
        return False
    last = entries[len(entries) - 1]
    return last.pos + last.size > container.size
