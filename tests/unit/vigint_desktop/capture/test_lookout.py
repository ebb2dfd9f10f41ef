"""The lookout: looks at one stream at a time, for the gate and for the truth about the pictures."""

from typing import Any

import cv2
import numpy as np
import pytest

from tests.fakes.clock import FakeClock
from tests.fakes.sink import RecordingSink
from tests.fakes.sources import DOOR, RecordingTap
from vigint_core.domain.camera import CameraState
from vigint_core.domain.frame import Moment
from vigint_core.domain.window import Span
from vigint_core.policy.streams import Stream
from vigint_desktop.capture.channels import CaptureCounters
from vigint_desktop.capture.condition import Condition
from vigint_desktop.capture.lookout import Lookout

MAIN, SUB = Stream.MAIN, Stream.SUB
CHANCE = np.random.default_rng(5)
ROOM = CHANCE.integers(40, 200, (9, 16)).astype(np.uint8).repeat(20, 0).repeat(20, 1)
ANOTHER = cv2.resize(CHANCE.integers(40, 200, (7, 11)).astype(np.uint8), (320, 180), interpolation=cv2.INTER_NEAREST)


class Tower:
    """A lookout with everything around it; five looks a second, a key frame a second."""

    def __init__(self) -> None:
        self.clock, self.sink, self.tap = FakeClock(), RecordingSink(), RecordingTap()
        self.condition = Condition(DOOR, self.sink, self.clock)
        self.condition.live()
        self.lookout = Lookout(self.tap, self.condition)
        self.counters = CaptureCounters()

    def see(self, seconds: float, picture: Any, stream: Stream = MAIN, noise: float = 3.0) -> CameraState:
        post = self.lookout.of(stream, self.counters)
        for look in range(round(seconds * 5)):
            self.clock.advance(0.2)
            self.counters.keys += look % 5 == 0
            grain = CHANCE.normal(0, noise, picture.shape) if noise else 0.0
            now_s = self.clock.monotonic()
            seen = np.clip(picture + grain, 0, 255).astype(np.uint8)
            post.look(seen, Moment(now_s, now_s, now_s))
        return self.condition.state


@pytest.fixture
def tower() -> Tower:
    return Tower()


def test_a_room_is_well_and_the_gate_sees_every_look(tower: Tower) -> None:
    assert tower.see(60, ROOM) is CameraState.LIVE
    assert len(tower.tap.looks) == 300


def test_a_picture_that_stands_still_is_frozen(tower: Tower) -> None:
    tower.see(30, ROOM)
    assert tower.see(9, ROOM, noise=0) is CameraState.LIVE
    assert tower.see(5, ROOM, noise=0) is CameraState.FROZEN
    assert tower.see(2, ROOM) is CameraState.LIVE


def test_a_lens_cap_is_black(tower: Tower) -> None:
    tower.see(30, ROOM)
    assert tower.see(8, np.full_like(ROOM, 17), noise=1.0) is CameraState.BLACK
    assert tower.see(2, ROOM) is CameraState.LIVE


def test_a_covered_camera_is_told_and_a_confirmed_view_is_the_view(tower: Tower) -> None:
    tower.see(30, ROOM)
    assert tower.see(18, ANOTHER) is CameraState.COVERED
    tower.lookout.confirm_view()
    assert tower.see(60, ANOTHER) is CameraState.LIVE
    assert tower.see(18, ROOM) is CameraState.COVERED


def test_the_looks_of_the_other_stream_count_for_nothing(tower: Tower) -> None:
    tower.see(5, ROOM, SUB)
    tower.lookout.of(SUB, tower.counters).unseen(Span(1.0, 2.0))
    tower.lookout.of(SUB, tower.counters).lost(1.0)
    assert (tower.tap.looks, tower.tap.unseen_spans, tower.tap.losses) == ([], [], 0)


def test_another_stream_is_watched_after_the_gate_was_told_of_the_loss_of_the_first(tower: Tower) -> None:
    tower.lookout.watch(SUB, 1.0)
    assert tower.tap.losses == 0, "nothing was seen yet"
    tower.see(1, ROOM, SUB)
    tower.lookout.watch(MAIN, tower.clock.monotonic())
    assert tower.tap.losses == 1
    tower.see(1, ROOM, SUB)
    assert len(tower.tap.looks) == 5
    tower.see(1, ROOM, MAIN)
    tower.lookout.of(MAIN, tower.counters).unseen(Span(1.0, 2.0))
    assert len(tower.tap.looks) == 10
    assert tower.tap.unseen_spans == [Span(1.0, 2.0)]
