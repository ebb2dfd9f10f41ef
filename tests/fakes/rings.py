"""A camera whose packets come when a test says so."""

from dataclasses import replace

from tests.fakes.clock import FakeClock
from tests.fakes.films import film
from vigint_core.domain.camera import Camera, Recording, SourceKind
from vigint_core.domain.frame import Moment
from vigint_core.domain.ids import CameraId
from vigint_core.media.packets import PacketCut
from vigint_core.ports import Clock
from vigint_desktop.capture.packet_ring import PacketRing

FPS = 8  # an eighth of a second is a number that binary fractions hold exactly
_TICKS = 90_000 // FPS


class FakeStream:
    """A film that is played into a ring, over and over, eight packets a second, a key frame each second.

    Attributes:
        camera: whose.
        ring: where the packets go.
        sent: how many so far.
    """

    def __init__(self, clock: Clock, recording: Recording = Recording.CONTINUOUS, cut: PacketCut | None = None) -> None:
        self.camera = Camera(CameraId("door"), "Door", SourceKind.RTSP, "rtsp://127.0.0.1/door", recording=recording)
        self.ring = PacketRing()
        self.sent = 0
        self._clock = clock
        self._cut = cut or film(frames=2 * FPS, gop=FPS)
        self.ring.begin(self._cut.header, "h264")

    def play(self, seconds: float) -> None:
        """Let a fake clock's time pass with the packets that come in it."""
        assert isinstance(self._clock, FakeClock)
        for _ in range(round(seconds * FPS)):
            self.send()
            self._clock.advance(1 / FPS)

    def send(self) -> None:
        """One packet, now; its picture is the next of the film."""
        packet = self._cut.packets[self.sent % len(self._cut.packets)]
        ticks = self.sent * _TICKS
        now = Moment(self._clock.monotonic(), self._clock.wall(), self.sent / FPS)
        self.ring.add(replace(packet, pts=ticks, dts=ticks, at=now))
        self.sent += 1
