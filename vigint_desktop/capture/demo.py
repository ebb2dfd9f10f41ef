"""The demo cameras: scenes that the program draws itself, encoded as H.264 and read like any other camera.

Each picture is drawn and encoded when it is first due; from the second round on the packets are played again.
"""

import io
import threading
from collections.abc import Iterator
from fractions import Fraction
from functools import partial
from typing import Final

import av
from av import Packet
from av.codec import CodecContext
from av.video.frame import VideoFrame

from vigint_core.domain.camera import Camera, SourceKind
from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.frame import Moment
from vigint_core.domain.ids import CameraId
from vigint_core.media.container import stream_header
from vigint_core.media.packets import TICKS_PER_S, EncodedPacket
from vigint_core.ports import Clock
from vigint_core.texts import Language, sentence
from vigint_desktop.capture import demo_scene
from vigint_desktop.capture.demo_room import HEIGHT, WIDTH
from vigint_desktop.capture.demo_scene import FRAMES_PER_S, LOOP_S, Scene
from vigint_desktop.capture.pace import Pace
from vigint_desktop.capture.source import Arrival, DecodedFrame, Demand, StreamFacts, Work
from vigint_desktop.capture.stream_time import StreamTime

_SCHEME: Final = "demo:"
_KEY_EVERY: Final = 2 * FRAMES_PER_S
_FRAMES: Final = round(LOOP_S * FRAMES_PER_S)
_X264: Final = {
    "preset": "veryfast",
    "tune": "zerolatency",  # one packet for each picture, at once
    "crf": "27",
    "x264-params": f"keyint={_KEY_EVERY}:min-keyint={_KEY_EVERY}:scenecut=0",
}
_WALL: Final = ("floor", "aisle", "till", "stock")


def demo_cameras(language: Language = "en") -> tuple[Camera, ...]:
    """The four cameras of the demo, named in a language."""
    return tuple(
        Camera(CameraId(f"demo-{name}"), sentence(language, f"ui.demo.{name}"), SourceKind.DEMO, _SCHEME + name)
        for name in _WALL
    )


class Reel:
    """One scene, encoded as far as it was asked for: at most 40 s, some 2 MiB. Thread-safe.

    Attributes:
        header: codec parameters for files.
        extradata: codec parameters for a decoder.
    """

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._packets: list[bytes] = []
        self._lock = threading.Lock()
        self._scratch = av.open(io.BytesIO(), "w", format="mp4")  # only a container keeps the parameters apart
        self._stream = self._scratch.add_stream("libx264", rate=FRAMES_PER_S, options=_X264)
        context = self._stream.codec_context
        context.width, context.height, context.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        context.thread_count = 1
        self._scratch.start_encoding()
        self.header = stream_header(self._stream)
        self.extradata = context.extradata or b""

    def packet(self, number: int) -> bytes:
        """Packet ``number`` of the round, from 0; drawn now when nobody has asked for it before."""
        with self._lock:
            while len(self._packets) <= number:
                self._packets.append(self._encoded(len(self._packets)))
            return self._packets[number]

    def _encoded(self, number: int) -> bytes:
        picture = VideoFrame.from_ndarray(self._scene.picture(number), "bgr24").reformat(format="yuv420p", threads=1)
        picture.pts, picture.time_base = number, Fraction(1, FRAMES_PER_S)
        return b"".join(bytes(packet) for packet in self._stream.encode(picture))


class DemoReels:
    """The reels that were begun, kept so that a camera that is opened again draws nothing twice. Thread-safe."""

    def __init__(self) -> None:
        self._reels: dict[str, Reel] = {}
        self._lock = threading.Lock()

    def reel(self, name: str) -> Reel:
        """The reel of a scene. Raises VigintError(CAMERA_NOT_FOUND) for a name that no scene has."""
        if name not in demo_scene.NAMES:
            raise VigintError(Code.CAMERA_NOT_FOUND, f"there is no demo scene {name}")
        with self._lock:
            if name not in self._reels:
                self._reels[name] = Reel(demo_scene.scene(name))
            return self._reels[name]


class DemoSource:
    """``Source`` over a reel: it never ends."""

    def __init__(self, reel: Reel, interrupt: threading.Event, clock: Clock) -> None:
        self._reel = reel
        self._interrupt = interrupt
        self._pace = Pace(clock, interrupt)
        self._time = StreamTime(clock, 1 / FRAMES_PER_S)
        self._facts = StreamFacts("h264", WIDTH, HEIGHT, float(FRAMES_PER_S), reel.header)
        self._decoder = CodecContext.create("h264", "r")
        self._decoder.extradata = reel.extradata
        self._decoder.thread_count = 1

    @property
    def facts(self) -> StreamFacts:
        """What the stream says about itself."""
        return self._facts

    def close(self) -> None:
        """Nothing to give back: the reel belongs to all."""

    def want(self, demand: Demand) -> None:
        """Everything is decoded all the same: the scenes are small, and their reels want to be begun."""

    def reads(self) -> Iterator[Work]:
        """As ``Source.reads``."""
        number = 0
        while not self._interrupt.is_set():
            raw_s = self._time.arrival(number / FRAMES_PER_S)
            for _ in self._pace.until(self._time, raw_s):
                yield partial(Arrival, None, ())
            yield partial(self._arrival, number % _FRAMES, self._time.now(self._time.media_s(raw_s)))
            number += 1

    def _arrival(self, number: int, at: Moment) -> Arrival:
        data = self._reel.packet(number)
        ticks = round(at.media_s * TICKS_PER_S)
        frames = tuple(DecodedFrame(picture, at) for picture in self._decoder.decode(Packet(data)))
        return Arrival(EncodedPacket(data, ticks, ticks, number % _KEY_EVERY == 0, at), frames)


def open_demo(camera: Camera, reels: DemoReels, interrupt: threading.Event, clock: Clock) -> DemoSource:
    """Open a demo camera. Raises VigintError(CAMERA_NOT_FOUND) for a scene that does not exist."""
    return DemoSource(reels.reel(camera.url.removeprefix(_SCHEME)), interrupt, clock)
