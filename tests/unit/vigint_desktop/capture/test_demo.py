"""The demo cameras: drawn the same each time, encoded once, played round after round, quiet between the acts."""

import threading
from itertools import islice

import numpy as np
import pytest

from tests.fakes.clock import FakeClock
from tests.fakes.sources import FakeInterrupt
from vigint_core.domain.camera import Camera, SourceKind
from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.ids import CameraId
from vigint_desktop.capture import demo_scene
from vigint_desktop.capture.demo import DemoReels, Reel, demo_cameras, open_demo
from vigint_desktop.capture.demo_room import HEIGHT, WIDTH, Image
from vigint_desktop.capture.demo_scene import FRAMES_PER_S, LOOP_S
from vigint_desktop.capture.source import Arrival, arrivals


class CountingScene(demo_scene.Scene):
    """Counts what it draws."""

    def __init__(self) -> None:
        self.drawn: list[int] = []

    def picture(self, number: int) -> Image:
        self.drawn.append(number)
        return np.full((HEIGHT, WIDTH, 3), number % 200, np.uint8)


def test_the_wall_of_the_demo_has_four_cameras_each_of_a_scene() -> None:
    cameras = demo_cameras()
    assert len({camera.id for camera in cameras}) == 4
    assert all(camera.is_demo for camera in cameras)
    assert {camera.url for camera in cameras} == {f"demo:{name}" for name in demo_scene.NAMES}


def test_it_is_named_in_the_language_of_the_window() -> None:
    assert [camera.name for camera in demo_cameras("fr")] == ["Surface de vente", "Rayon 3", "Caisse 1", "Réserve"]
    assert [camera.id for camera in demo_cameras("fr")] == [camera.id for camera in demo_cameras("en")]


@pytest.mark.parametrize("name", demo_scene.NAMES)
def test_a_scene_is_drawn_the_same_each_time(name: str) -> None:
    first, again = demo_scene.scene(name), demo_scene.scene(name)
    for number in (0, 150):
        picture = first.picture(number)
        assert picture.shape == (HEIGHT, WIDTH, 3)
        assert np.array_equal(picture, again.picture(number))


@pytest.mark.parametrize("name", demo_scene.NAMES)
def test_somebody_comes_and_for_ten_seconds_nobody_is_there(name: str) -> None:
    scene = demo_scene.scene(name)
    body = slice(0, HEIGHT - 20)  # above the caption, whose clock always moves
    empty = scene.picture(round(LOOP_S * FRAMES_PER_S) - 1)[body].astype(int)
    busy = [
        float((np.abs(scene.picture(number)[body].astype(int) - empty).max(axis=2) > 24).mean())
        for number in range(0, round(LOOP_S * FRAMES_PER_S), FRAMES_PER_S)
    ]
    assert max(busy) > 0.01
    assert sum(1 for share in busy if share < 0.0005) >= 10


def test_a_scene_that_does_not_exist_is_not_found() -> None:
    camera = Camera(CameraId("x"), "X", SourceKind.DEMO, "demo:cellar")
    with pytest.raises(VigintError) as caught:
        open_demo(camera, DemoReels(), threading.Event(), FakeClock())
    assert caught.value.code is Code.CAMERA_NOT_FOUND


def test_a_picture_is_drawn_when_it_is_first_asked_for_and_never_again() -> None:
    scene = CountingScene()
    reel = Reel(scene)
    first = reel.packet(2)
    assert reel.packet(2) == first
    assert scene.drawn == [0, 1, 2]


def played(source_brought: object, count: int) -> list[Arrival]:
    return [each for each in islice(source_brought, count) if each.packet]  # type: ignore[call-overload]


def test_a_demo_camera_plays_ten_frames_a_second_from_the_first_on() -> None:
    clock = FakeClock(mono_s=100.0)
    source = open_demo(demo_cameras()[0], DemoReels(), FakeInterrupt(clock), clock)
    brought = played(arrivals(source), 25)
    source.close()
    assert all(len(each.frames) == 1 for each in brought)
    media = [each.frames[0].at.media_s for each in brought]
    assert media == pytest.approx(100.0 + np.arange(25) / 10)
    keys = [number for number, each in enumerate(brought) if each.packet and each.packet.is_key]
    assert keys == [0, 20]
    assert source.facts.header


def test_the_second_round_follows_without_a_seam_and_two_cameras_share_a_reel() -> None:
    clock = FakeClock()
    reels = DemoReels()
    reel = Reel(CountingScene())
    reels._reels["floor"] = reel
    frames = round(LOOP_S * FRAMES_PER_S)
    source = open_demo(demo_cameras()[0], reels, FakeInterrupt(clock), clock)
    brought = played(arrivals(source), frames + 3)
    again = open_demo(demo_cameras()[0], reels, FakeInterrupt(clock), clock)
    assert brought[frames].packet
    first = played(arrivals(again), 1)[0].packet
    assert first
    assert brought[frames].packet.data == first.data
    steps = np.diff([each.frames[0].at.media_s for each in brought])
    assert steps == pytest.approx(np.full(frames + 2, 0.1))


def test_an_interrupt_ends_it() -> None:
    clock = FakeClock()
    interrupt = FakeInterrupt(clock)
    brought = arrivals(open_demo(demo_cameras()[0], DemoReels(), interrupt, clock))
    next(brought)
    interrupt.set()
    assert len(list(brought)) <= 1
