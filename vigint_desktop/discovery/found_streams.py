"""What a camera that a search found shows of itself once somebody signs in: its streams, and a picture."""

from typing import Final

import av
from av import Packet, VideoFrame
from av.video.codeccontext import VideoCodecContext

from vigint_core.domain.camera import Camera, SourceKind
from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.frame import Moment, Picture
from vigint_core.domain.ids import CameraId
from vigint_core.domain.sign_in import SignIn
from vigint_core.domain.status import FoundCamera, FoundStream, FoundStreams
from vigint_core.media.clip import encode_still
from vigint_core.ports import Clock
from vigint_desktop.capture.opening import CameraOpener
from vigint_desktop.capture.reduction import Reducer
from vigint_desktop.capture.source import Opener, arrivals
from vigint_desktop.discovery.tether import Tether

ASK_S: Final = 20.0
"""For everything: some ten questions, of which a slow camera answers four a second, and a picture."""
MOST_SNAPSHOT: Final = 8 * 1024 * 1024  # bytes; a JPEG of 4K in best quality takes some 5 MiB
_MOST_PIXELS: Final = "50000000"
"""Decoded for a picture; a JPEG of some bytes may claim to be larger, and would be given gigabytes."""


class StreamSurvey:
    """Asks found cameras. Thread-safe: each question keeps what it knows to itself."""

    def __init__(self, clock: Clock, opener: Opener | None = None) -> None:
        self._clock = clock
        self._opener = opener or CameraOpener(clock)

    def ask(self, check_id: str, found: FoundCamera, sign_in: SignIn, tether: Tether) -> FoundStreams:
        """Streams and picture of a camera; blocks for at most ``ASK_S`` and the opening of one stream.

        Never raises VigintError: what failed is the answer's code. With a code and streams, the picture failed.
        """
        from vigint_desktop.discovery.onvif import OnvifCamera  # noqa: PLC0415 - 0.1 s of libraries that only this needs
        from vigint_desktop.discovery.soap import DeviceLink  # noqa: PLC0415

        streams: tuple[FoundStream, ...] = ()
        model = ""
        link = DeviceLink(sign_in, tether)
        try:
            with tether:
                camera = OnvifCamera(found.service_url, link, self._clock)
                camera.greet()
                model = camera.model()
                streams = camera.streams()
                picture = _reduced(camera.snapshot(MOST_SNAPSHOT)) or self._look(streams[-1], sign_in, tether)
        except VigintError as error:
            return FoundStreams(check_id, found.key, streams, b"", error.code, error.detail, model)
        finally:
            link.close()
        return FoundStreams(check_id, found.key, streams, picture, model=model)

    def _look(self, stream: FoundStream, sign_in: SignIn, tether: Tether) -> bytes:
        """The first picture of a stream as JPEG. Raises VigintError(CAMERA_*), PIPELINE_STOPPED."""
        camera = Camera(CameraId("found"), stream.name, SourceKind.RTSP, stream.url, sign_in.user)
        if not tether.cut_off.is_set():
            source = self._opener(camera, sign_in.password, tether.cut_off)
            try:
                for arrival in arrivals(source):
                    if arrival.frames:
                        return _jpeg(arrival.frames[0].picture)
                    if tether.cut_off.is_set():
                        break
            finally:
                source.close()
        stopped = tether.cut_off.is_set() and not tether.overdue
        raise VigintError(Code.PIPELINE_STOPPED if stopped else Code.CAMERA_SILENT, "no picture in time")


def _reduced(jpeg: bytes) -> bytes:
    """A device's JPEG as one of ours, at most 640 px wide; empty where it is none."""
    if not jpeg:
        return b""
    decoder = VideoCodecContext.create("mjpeg", "r")
    decoder.options = {"max_pixels": _MOST_PIXELS}
    decoder.thread_count = 1
    try:
        pictures = [*decoder.decode(Packet(jpeg)), *decoder.decode(None)]
        return _jpeg(pictures[0]) if pictures else b""
    except (av.FFmpegError, ValueError, VigintError):
        return b""  # the stream itself is looked at then


def _jpeg(frame: VideoFrame) -> bytes:
    """Raises VigintError(PIPELINE_ENCODE_FAILED)."""
    yuv = Reducer().picture(frame)
    rows, width = yuv.shape
    return encode_still(Picture(CameraId("found"), Moment(0.0, 0.0, 0.0), width, rows * 2 // 3, yuv))
