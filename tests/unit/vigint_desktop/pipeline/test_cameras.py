from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import pytest

from tests.fakes.clock import FakeClock
from tests.fakes.pictures import moment
from tests.fakes.sink import RecordingSink
from vigint_core.domain.budget import BudgetView, Caps, Economy
from vigint_core.domain.camera import Camera, Recording, SourceKind, Transport
from vigint_core.domain.frame import Frame
from vigint_core.domain.ids import CameraId
from vigint_core.domain.schedule import Hours
from vigint_core.domain.window import Span, Window
from vigint_core.media.packets import EncodedPacket
from vigint_core.policy.sampling import SamplingRule
from vigint_desktop.capture.supervisor import Supervisor
from vigint_desktop.pipeline.cameras import Cameras
from vigint_desktop.pipeline.messages import Message

RULE = SamplingRule()


def camera(name: str, url: str = "rtsp://127.0.0.1/live") -> Camera:
    return Camera(CameraId(name), name.title(), SourceKind.RTSP, url)


DOOR, TILL, STOCK = camera("door"), camera("till"), camera("stock")


@pytest.fixture
def supervisor() -> Iterator[Supervisor]:
    never_started = Supervisor(RecordingSink(), FakeClock())  # so no thread opens a stream
    yield never_started
    never_started.stop()


@pytest.fixture
def cameras(supervisor: Supervisor) -> Cameras:
    windows: list[Window] = []
    told: list[Message] = []
    return Cameras(supervisor, windows.append, told.append, FakeClock())


def ids(cameras: Cameras) -> list[str]:
    return [seat.camera.id for seat in cameras.seats()]


def test_the_wall_shows_what_is_wanted_in_that_order(cameras: Cameras) -> None:
    cameras.arrange([(TILL, ""), (DOOR, "")], RULE)
    assert ids(cameras) == ["till", "door"]

    cameras.arrange([(DOOR, ""), (STOCK, ""), (TILL, "")], RULE)
    assert ids(cameras) == ["door", "stock", "till"]

    cameras.arrange([], RULE)
    assert ids(cameras) == []


def test_what_did_not_change_runs_on(cameras: Cameras) -> None:
    cameras.arrange([(DOOR, "secret"), (TILL, "")], RULE)
    door, till = cameras.seats()

    cameras.arrange([(DOOR, "secret"), (TILL, ""), (STOCK, "")], RULE)

    assert cameras.seats()[:2] == [door, till]


def test_another_address_is_another_camera(cameras: Cameras) -> None:
    cameras.arrange([(DOOR, "secret")], RULE)
    (before,) = cameras.seats()

    cameras.arrange([(camera("door", "rtsp://127.0.0.1/other"), "secret")], RULE)

    (after,) = cameras.seats()
    assert after.watcher is not before.watcher
    assert after.channels is not before.channels


@pytest.mark.parametrize(
    ("changed", "password", "rule"),
    [
        (replace(DOOR, name="Back door", group="yard"), "secret", RULE),
        (replace(DOOR, recording=Recording.CONTINUOUS, hours=Hours(60, 120), sleeps=True), "secret", RULE),
        (replace(DOOR, sub_url="rtsp://127.0.0.1/sub", transport=Transport.UDP, user="guard"), "secret", RULE),
        (DOOR, "another", RULE),
        (DOOR, "secret", SamplingRule(length_s=8.0)),
    ],
)
def test_the_same_address_keeps_rings_gate_and_figures(
    cameras: Cameras, changed: Camera, password: str, rule: SamplingRule
) -> None:
    cameras.arrange([(DOOR, "secret")], RULE)
    (before,) = cameras.seats()

    cameras.arrange([(changed, password)], rule)

    (after,) = cameras.seats()
    assert after.watcher is before.watcher
    assert after.channels is before.channels
    assert (after.camera, after.password, after.rule) == (changed, password, rule)


def test_where_the_main_stream_was_away_the_sub_streams_packets_are_cut(cameras: Cameras) -> None:
    cameras.arrange([(DOOR, "")], RULE)
    channels = cameras.seats()[0].channels
    for ring, header, seconds in (
        (channels.packets, b"main", (0, 1, 2, 18)),
        (channels.sub_packets, b"sub", range(20)),
    ):
        ring.begin(header, "h264")
        for second in seconds:
            ring.add(EncodedPacket(b"key", second * 90_000, second * 90_000, True, moment(1000.0 + second)))

    both = cameras.cut(DOOR.id, Span(1000.0, 1003.0))
    assert both is not None
    assert both.header == b"main"

    gap = cameras.cut(DOOR.id, Span(1003.0, 1018.0))
    assert gap is not None
    assert gap.header == b"sub"


def test_the_newest_frame_of_each_camera_is_taken_once(cameras: Cameras) -> None:
    cameras.arrange([(DOOR, ""), (TILL, "")], RULE)
    frame = Frame(DOOR.id, 1, moment(1000.0), 2, 2, 8, memoryview(bytes(16)))
    cameras.seats()[0].channels.mailbox.put(frame)

    assert cameras.take_frames() == {DOOR.id: frame}
    assert cameras.take_frames() == {}


def test_packets_can_be_cut_until_the_camera_leaves_also_after_the_stop(
    cameras: Cameras, supervisor: Supervisor
) -> None:
    cameras.arrange([(DOOR, "")], RULE)
    ring = cameras.seats()[0].channels.packets
    ring.begin(b"header")
    ring.add(EncodedPacket(b"key", 0, 0, True, moment(1000.0)))
    supervisor.stop()

    cut = cameras.cut(DOOR.id, Span(999.0, 1001.0))
    assert cut is not None
    assert cut.packets[0].data == b"key"

    cameras.arrange([], RULE)
    assert cameras.cut(DOOR.id, Span(999.0, 1001.0)) is None


class Told:
    """What the watchers of a wall hear, by camera."""

    def __init__(self, cameras: Cameras, monkeypatch: pytest.MonkeyPatch) -> None:
        self.steps: dict[str, Economy] = {}
        self.suspected: dict[str, float] = {}
        for seat in cameras.seats():
            monkeypatch.setattr(seat.watcher, "economise", partial(self.steps.__setitem__, seat.camera.id))
            monkeypatch.setattr(seat.watcher, "suspect", partial(self.suspected.__setitem__, seat.camera.id))


def test_each_camera_leaves_out_what_its_own_money_asks_for(cameras: Cameras, monkeypatch: pytest.MonkeyPatch) -> None:
    cameras.arrange([(DOOR, ""), (TILL, "")], RULE)
    told = Told(cameras, monkeypatch)
    gone = CameraId("gone")
    of_one = {TILL.id: Economy.LOCAL_ONLY, gone: Economy.LOCAL_ONLY}

    cameras.economise(BudgetView(Caps(), 0, 0, economy=Economy.FEWER_FRAMES, cameras=of_one))

    assert told.steps == {"door": Economy.FEWER_FRAMES, "till": Economy.LOCAL_ONLY}


def test_a_suspicion_is_the_business_of_its_camera_alone(cameras: Cameras, monkeypatch: pytest.MonkeyPatch) -> None:
    cameras.arrange([(DOOR, ""), (TILL, "")], RULE)
    told = Told(cameras, monkeypatch)

    cameras.suspect(TILL.id)
    cameras.suspect(CameraId("gone"))

    assert told.suspected == {"till": FakeClock().monotonic()}
