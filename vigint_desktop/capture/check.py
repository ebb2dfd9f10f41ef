"""Open a camera once and say what was found: what stands behind the Test button, and behind ``doctor``."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from vigint_core.domain.camera import Camera, SourceKind
from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.status import CheckResult
from vigint_core.media.packets import TICKS_PER_S, EncodedPacket
from vigint_core.ports import Clock
from vigint_desktop.capture.opening import CameraOpener
from vigint_desktop.capture.reach import Facts, reach
from vigint_desktop.capture.source import Arrival, DecodedFrame, Demand, Opener, Source, arrivals

LONGEST_S: Final = 16.0
"""After this nothing new is begun; a call into the library that runs then ends within its own time-out."""
_PATIENCE_S: Final = 8.0
"""For the first picture after the stream was opened; some cameras send a key frame every 5 s only."""
_MEASURE_S: Final = 2.0
"""Of stream, to say how many frames a second really come."""
_MOST_MEASURE_S: Final = 6.0
"""To wait for the second key frame."""
_FAR_S: Final = 4.0
"""Key frames farther apart than this make a stream start late, and are worth a word of advice."""
_ANSWERED: Final = frozenset(
    {
        Code.CAMERA_UNAUTHORIZED,
        Code.CAMERA_NOT_FOUND,
        Code.CAMERA_NO_VIDEO_STREAM,
        Code.CAMERA_UNSUPPORTED,
        Code.CAMERA_TRANSPORT,
        Code.CAMERA_REFUSED,
    }
)
"""What only a camera that answers can say."""

Reach = Callable[[Camera, Facts, Clock], None]


@dataclass(frozen=True, slots=True)
class _Surroundings:
    """What a check stands on; ``end_s`` is monotonic."""

    clock: Clock
    opener: Opener
    interrupt: threading.Event
    end_s: float


def check_camera(  # noqa: PLR0913 - the last three are for whoever can wait no longer, and for tests
    check_id: str,
    camera: Camera,
    password: str,
    clock: Clock,
    *,
    opener: Opener | None = None,
    interrupt: threading.Event | None = None,
    reach: Reach = reach,
) -> CheckResult:
    """Open a camera, look at it for some seconds, and close it again; its sub stream too, if it has one.

    Blocks for about three seconds with a camera that is well, at most some ``LONGEST_S`` and a time-out of the library
    with any other; ends soon after ``interrupt`` is set, with PIPELINE_STOPPED.

    The facts are, as far as it got: found, connected, signed in, what the stream is, how long the first picture took,
    how many frames come and how far apart the key frames are.
    """
    facts: Facts = []
    opener = opener or CameraOpener(clock)
    around = _Surroundings(clock, opener, interrupt or threading.Event(), clock.monotonic() + LONGEST_S)
    try:
        reach(camera, facts, clock)
        warning = _try_main(camera, password, facts, around)
        if camera.sub_url:
            _try_sub(camera, password, facts, around)
    except VigintError as error:
        return CheckResult(check_id, ok=False, facts=tuple(facts), code=error.code, detail=error.detail)
    return CheckResult(check_id, ok=warning is None, facts=tuple(facts), code=warning)


def _try_main(camera: Camera, password: str, facts: Facts, around: _Surroundings) -> Code | None:
    """The stream and what it is; returns what is wrong with it though it plays. Raises VigintError."""
    began_s = around.clock.monotonic()
    source = _opened(camera, password, facts, around)
    try:
        facts.append(("camera.connected", {"name": camera.name}))
        if camera.user or password:
            facts.append(("camera.signed_in", {"user": camera.user}))
        stream = _Watched(source, around)
        first = stream.first_frame()
        facts += _described(camera, source, first, around.clock.monotonic() - began_s)
        if camera.kind in {SourceKind.RTSP, SourceKind.MJPEG, SourceKind.USB}:
            source.want(Demand(watched=False))  # packets are counted from here on, and no picture is needed
            facts += stream.measured()
        return source.facts.warning
    finally:
        source.close()


def _try_sub(camera: Camera, password: str, facts: Facts, around: _Surroundings) -> None:
    """The sub stream's first picture. Raises VigintError, after a fact that says which stream it is about."""
    try:
        source = around.opener(replace(camera, url=camera.sub_url, sub_url=""), password, around.interrupt)
        try:
            first = _Watched(source, around).first_frame()
        finally:
            source.close()
    except VigintError as error:
        if error.code is not Code.PIPELINE_STOPPED:
            facts.append(("camera.sub_failed", {}))
        raise
    facts.append(("camera.sub_stream", _size(source, first)))


def _opened(camera: Camera, password: str, facts: Facts, around: _Surroundings) -> Source:
    try:
        return around.opener(camera, password, around.interrupt)
    except VigintError as error:
        if error.code in _ANSWERED and camera.kind in {SourceKind.RTSP, SourceKind.MJPEG}:
            facts.append(("camera.connected", {"name": camera.name}))
        raise


class _Watched:
    """An open stream, watched for a while; remembers when its packets and key frames were due."""

    def __init__(self, source: Source, around: _Surroundings) -> None:
        self._around = around
        self._arrivals = arrivals(source)
        self._every_is_key = True
        self._due_s: list[float] = []
        self._keys_s: list[float] = []

    def first_frame(self) -> DecodedFrame:
        """Raises VigintError: what the source raises, CAMERA_LOST when it ends, CAMERA_SILENT when nothing is seen."""
        end_s = min(self._around.clock.monotonic() + _PATIENCE_S, self._around.end_s)
        for arrival in self._until(end_s):
            if arrival.frames:
                return arrival.frames[0]
        if self._around.clock.monotonic() > end_s:
            raise VigintError(Code.CAMERA_SILENT, "packets, but no picture")
        raise VigintError(Code.CAMERA_LOST, "the stream ended before its first picture")

    def measured(self) -> Facts:
        """Frames a second and the distance of key frames, by the camera's own timestamps, as far as time allows."""
        end_s = min(self._around.clock.monotonic() + _MOST_MEASURE_S, self._around.end_s)
        for _ in self._until(end_s):
            if self._span_s() >= _MEASURE_S and len(self._keys_s) > 1:
                break
        facts: Facts = []
        if self._span_s() > 0:
            facts.append(("camera.measured", {"rate": f"{(len(self._due_s) - 1) / self._span_s():.3g}"}))
        return facts + ([] if self._every_is_key else self._key_distance())

    def _key_distance(self) -> Facts:
        if len(self._keys_s) < 2:
            return [("camera.key_frames_rare", {"seconds": f"{self._span_s():.0f}"})]
        distance_s = max(b - a for a, b in zip(self._keys_s, self._keys_s[1:], strict=False))
        key = "camera.key_frames_far" if distance_s > _FAR_S else "camera.key_frames"
        return [(key, {"seconds": f"{distance_s:.1f}"})]

    def _until(self, end_s: float) -> Iterator[Arrival]:
        """What arrives until a monotonic time. Raises VigintError(PIPELINE_STOPPED) when nobody waits any more."""
        for arrival in self._arrivals:
            if self._around.interrupt.is_set():
                break
            if arrival.packet is not None:
                self._note(arrival.packet)
            yield arrival
            if self._around.clock.monotonic() > end_s:
                return
        if self._around.interrupt.is_set():
            raise VigintError(Code.PIPELINE_STOPPED)

    def _note(self, packet: EncodedPacket) -> None:
        due_s = packet.dts / TICKS_PER_S
        self._due_s.append(due_s)
        self._every_is_key = self._every_is_key and packet.is_key
        if packet.is_key:
            self._keys_s.append(due_s)

    def _span_s(self) -> float:
        return self._due_s[-1] - self._due_s[0] if self._due_s else 0.0


def _described(camera: Camera, source: Source, first: DecodedFrame, elapsed_s: float) -> Facts:
    facts: Facts = [("camera.stream", _size(source, first))]
    if camera.kind is SourceKind.RTSP:
        facts.append(("camera.transport", {"transport": camera.transport.upper()}))
    if source.facts.frames_per_s:
        facts.append(("camera.rate", {"rate": f"{source.facts.frames_per_s:.3g}"}))
    facts.append(("camera.first_picture", {"ms": f"{elapsed_s * 1000:.0f}"}))
    return facts


def _size(source: Source, first: DecodedFrame) -> dict[str, str]:
    picture = first.picture
    return {"codec": source.facts.codec.upper(), "width": str(picture.width), "height": str(picture.height)}
