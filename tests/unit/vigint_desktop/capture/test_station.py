"""A camera with two streams: who is decoded, who shows, who is watched, and what happens when one is lost."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.fakes.clock import FakeClock
from tests.fakes.sink import RecordingSink
from tests.fakes.sources import DOOR, LiveOpener, RecordingTap, arrival
from tests.fakes.waiting import wait_until
from vigint_core.domain.camera import Camera, CameraState
from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.frame import Frame
from vigint_core.domain.status import CameraStatus
from vigint_core.domain.window import Span
from vigint_core.policy.retry import BackOff
from vigint_core.policy.streams import Extent
from vigint_desktop.capture.channels import Channels
from vigint_desktop.capture.outlet import Outlet
from vigint_desktop.capture.source import Demand
from vigint_desktop.capture.station import Gear, Station
from vigint_desktop.capture.worker import Retrying

MAIN, SUB = "rtsp://127.0.0.1/main", "rtsp://127.0.0.1/sub"
BOTH = replace(DOOR, url=MAIN, sub_url=SUB)
LARGE, SMALL = (128, 72), (64, 36)
NOTHING = Demand(0, 0, watched=False)


class Post:
    """A station with everything around it; the sub stream has 64 x 36 pixels."""

    def __init__(self, camera: Camera = BOTH, without: str = "") -> None:
        self.clock, self.sink, self.tap = FakeClock(), RecordingSink(), RecordingTap()
        self.opener, self.channels = LiveOpener(), Channels()
        if without:
            self.opener.refuse[without] = VigintError(Code.CAMERA_NOT_FOUND)
        retrying = Retrying(BackOff(first_s=1000.0, most_s=1000.0), lambda: 0.0)
        gear = Gear(self.sink, self.clock, self.opener, retrying)
        self.station = Station(camera, "secret", self.tap, self.channels, gear)
        self.station.start()

    def feed(self, url: str, *, number: int = 0) -> None:
        """The next picture of a stream: 0.1 s after the one before of whichever."""
        self.clock.advance(0.1)
        counters = self.channels.counters if url == MAIN else self.channels.sub_counters
        before = counters.received
        size = LARGE if url == MAIN else SMALL
        self.opener.source(url, number).feed(arrival(self.clock.monotonic(), size=size))
        assert wait_until(lambda: counters.received > before, every_s=0.002)
        with self._outlet(url)._lock:  # everything of it is handed on
            self.settle()

    def lose(self, url: str, code: Code = Code.CAMERA_LOST, number: int = 0) -> None:
        self.opener.refuse[url] = VigintError(code)
        self.opener.source(url, number).feed(VigintError(code))
        assert wait_until(lambda: any(self.station.condition.lost(s) for s in self.station._workers), every_s=0.002)
        self.settle()

    def find(self, url: str) -> None:
        """The lost stream can be opened again, and is."""
        opened = len(self.opener.opened[url])
        del self.opener.refuse[url]
        self.station.retry_now()
        self.opener.source(url, opened)

    def settle(self) -> None:
        self.station.check()

    def demand(self, url: str) -> Demand:
        return self._outlet(url).demand

    def _outlet(self, url: str) -> Outlet:
        return next(w.outlet for w in self.station._workers.values() if w.camera.url == url)

    def frame(self) -> Frame | None:
        return self.channels.mailbox.take()

    def told(self) -> tuple[CameraState, Code | None]:
        status = self.sink.last(CameraStatus)
        return status.state, status.fault.code if status.fault else None


@pytest.fixture
def posts() -> Iterator[list[Post]]:
    """Posts that are left at the end."""
    posts: list[Post] = []
    yield posts
    for post in posts:
        for worker in post.station.halt():
            assert worker.stop(30.0)


@pytest.fixture
def post(posts: list[Post]) -> Post:
    posts.append(Post())
    return posts[0]


def test_a_camera_with_one_stream_does_everything_with_it(posts: list[Post]) -> None:
    posts.append(Post(replace(BOTH, sub_url="")))
    post = posts[0]
    post.station.show_at(Extent(640, 360))
    post.feed(MAIN)
    assert post.demand(MAIN) == Demand(640, 360, watched=True)
    assert post.tap.looks
    assert post.frame()


def test_both_streams_are_opened_with_the_same_password(post: Post) -> None:
    post.opener.source(MAIN)
    post.opener.source(SUB)
    assert sorted(post.opener.tries) == [(MAIN, "secret"), (SUB, "secret")]


def test_off_screen_the_sub_stream_is_watched_and_the_main_stream_is_only_kept(post: Post) -> None:
    post.feed(SUB)
    post.feed(MAIN)
    assert post.demand(SUB) == Demand(0, 0, watched=True)
    assert post.demand(MAIN) == NOTHING
    assert post.told() == (CameraState.LIVE, None)
    assert post.tap.shapes == {(36, 64)}
    assert post.channels.packets.cut(Span(0, 1e9)) is not None
    assert post.channels.sub_packets.cut(Span(0, 1e9)) is not None


def test_a_small_tile_is_served_by_the_sub_stream(post: Post) -> None:
    post.station.show_at(Extent(*SMALL))
    post.feed(MAIN)
    post.feed(SUB)
    assert post.demand(SUB) == Demand(64, 36, watched=True)
    assert post.demand(MAIN) == NOTHING
    frame = post.frame()
    assert frame
    assert frame.width == 64


def test_a_tile_that_grows_is_taken_over_by_the_main_streams_first_picture(post: Post) -> None:
    post.station.show_at(Extent(*SMALL))
    post.feed(SUB)
    post.station.show_at(Extent(*LARGE))
    assert post.demand(MAIN) == Demand(128, 72, watched=False)
    assert post.demand(SUB).shown, "until the main stream shows"
    post.feed(SUB)
    before = post.frame()
    post.feed(MAIN)
    after = post.frame()
    assert before
    assert after
    assert after.number > before.number
    assert after.at.mono_s > before.at.mono_s
    assert post.demand(SUB) == Demand(0, 0, watched=True)
    post.feed(SUB)
    assert post.frame() is None, "the sub stream shows no more"


def test_a_tile_that_shrinks_is_taken_back_and_the_main_stream_rests(post: Post) -> None:
    post.station.show_at(Extent(*LARGE))
    post.feed(SUB)
    post.feed(MAIN)
    post.frame()
    post.station.show_at(Extent(*SMALL))
    post.feed(MAIN)
    assert post.frame(), "the main stream shows until the sub stream does"
    post.feed(SUB)
    assert post.frame()
    assert post.demand(MAIN) == NOTHING


def test_the_gate_stays_on_the_sub_stream(post: Post) -> None:
    post.station.show_at(Extent(*LARGE))
    for _ in range(6):
        post.feed(SUB)
        post.feed(MAIN)
    assert post.tap.shapes == {(36, 64)}
    assert post.tap.losses == 0


def test_a_lost_sub_stream_is_stood_in_for_and_said_to_be_lost(post: Post) -> None:
    post.station.show_at(Extent(*SMALL))
    post.feed(SUB)
    post.feed(MAIN)
    post.lose(SUB)
    assert post.demand(MAIN) == Demand(64, 36, watched=True)
    assert post.told() == (CameraState.LIVE, Code.CAMERA_SUB_LOST)
    looks = len(post.tap.looks)
    for _ in range(4):
        post.feed(MAIN)
    assert len(post.tap.looks) > looks
    assert post.tap.shapes == {(36, 64), (72, 128)}
    assert post.frame()


def test_a_sub_stream_that_comes_back_takes_everything_back(post: Post) -> None:
    post.station.show_at(Extent(*SMALL))
    post.feed(SUB)
    post.feed(MAIN)
    post.lose(SUB)
    post.feed(MAIN)
    post.find(SUB)
    post.feed(SUB, number=1)
    assert post.demand(SUB) == Demand(64, 36, watched=True)
    assert not post.demand(MAIN).watched
    assert post.told()[0] is CameraState.LIVE
    assert ("door", Code.CAMERA_SUB_LOST) not in post.sink.open_faults()


def test_a_lost_main_stream_leaves_the_sub_stream_on_the_tile(post: Post) -> None:
    post.station.show_at(Extent(*LARGE))
    post.feed(SUB)
    post.feed(MAIN)
    post.frame()
    post.lose(MAIN)
    assert post.told() == (CameraState.LIVE, Code.CAMERA_MAIN_LOST)
    post.feed(SUB)
    assert post.frame()
    assert post.sink.open_faults() == {("door", Code.CAMERA_MAIN_LOST)}


def test_when_both_are_lost_the_camera_is(post: Post) -> None:
    post.feed(SUB)
    post.feed(MAIN)
    post.lose(SUB)
    post.lose(MAIN, Code.CAMERA_SILENT)
    assert wait_until(lambda: post.told() == (CameraState.FAILED, Code.CAMERA_SILENT), every_s=0.002)
    assert post.sink.open_faults() == {("door", Code.CAMERA_SILENT)}


def test_a_sub_stream_that_can_not_be_opened_at_all_is_stood_in_for(posts: list[Post]) -> None:
    post = Post(without=SUB)
    posts.append(post)
    assert wait_until(lambda: post.demand(MAIN).watched, every_s=0.002)
    post.feed(MAIN)
    assert post.told() == (CameraState.LIVE, Code.CAMERA_SUB_LOST)


def test_a_main_stream_that_is_not_decoded_stalls_when_its_packets_stop(post: Post) -> None:
    post.feed(MAIN)
    post.feed(SUB)
    for _ in range(25):
        post.feed(SUB)
    assert post.told() == (CameraState.LIVE, Code.CAMERA_MAIN_LOST)


def test_a_stall_is_told_since_the_last_picture(post: Post) -> None:
    post.feed(MAIN)
    post.feed(SUB)
    last_s = post.clock.wall()
    post.clock.advance(2.5)
    post.settle()
    status = post.sink.last(CameraStatus)
    assert status.state is CameraState.STALLED
    assert status.since_s == pytest.approx(last_s, abs=0.11)


def test_a_slow_camera_is_not_called_stalled_between_its_pictures(posts: list[Post]) -> None:
    posts.append(Post(replace(BOTH, sub_url="")))
    post = posts[0]
    for _ in range(2):
        post.clock.advance(3.0)
        post.feed(MAIN)
    post.clock.advance(3.0)
    post.settle()
    assert post.told() == (CameraState.LIVE, None)
    post.clock.advance(6.0)
    post.settle()
    assert post.told() == (CameraState.STALLED, None)


def test_another_name_restarts_nothing_and_another_password_does(post: Post) -> None:
    assert not post.station.describe(replace(BOTH, name="Back door", group="yard"), "secret")
    assert post.station.describe(replace(BOTH, name="Back door"), "another")
