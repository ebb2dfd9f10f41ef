"""What a view is: known by its edges, whatever the light does and whoever stands in it, and gone when it is covered."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from av.codec import CodecContext
from numpy.typing import NDArray

from vigint_core.media.reduce import GreyReducer
from vigint_core.policy.picture_truth import Look, Sight, TruthState, examine
from vigint_desktop.capture import demo_scene
from vigint_desktop.capture.demo import Reel
from vigint_desktop.capture.view import View

Grey = NDArray[np.uint8]
CHANCE = np.random.default_rng(7)


def shop() -> Grey:
    """A room with shelves, boxes and a door; shape (180, 320)."""
    picture = np.full((180, 320), 120, np.uint8)
    chance = np.random.default_rng(3)
    for row in range(20, 180, 40):
        for column in range(0, 320, 25):
            width, height = int(chance.integers(8, 22)), int(chance.integers(10, 30))
            grey = int(chance.integers(30, 220))
            cv2.rectangle(picture, (column, row), (column + width, row + height), grey, -1)
    cv2.rectangle(picture, (230, 60), (280, 179), 200, -1)
    return picture


def grainy(picture: Grey, sigma: float = 2.0) -> Grey:
    noise = CHANCE.normal(0, sigma, picture.shape)
    return np.clip(picture.astype(np.float32) + noise, 0, 255).astype(np.uint8)


def scaled(picture: Grey, gain: float, offset: float = 0.0) -> Grey:
    return np.clip(picture.astype(np.float32) * gain + offset, 0, 255).astype(np.uint8)


def person(picture: Grey, share: float) -> Grey:
    """Somebody with a patterned coat who hides so much of the width."""
    coat = CHANCE.integers(20, 200, (12, 8)).astype(np.uint8)
    hidden = picture.copy()
    width = int(320 * share)
    hidden[:, :width] = cv2.resize(coat, (width, 180))
    return hidden


def taken(view: View, picture: Grey, at_s: float = 0.0) -> Look:
    view.glance(picture)
    return view.look(picture, at_s, 0)


@pytest.fixture
def view() -> View:
    """A view that was looked at for a minute."""
    view = View()
    for second in range(60):
        taken(view, grainy(shop()), second)
    return view


def kept(view: View, picture: Grey) -> float:
    share = taken(view, picture).kept
    assert share is not None
    return share


@pytest.mark.parametrize(
    "change",
    [
        lambda p: grainy(p, 10.0),
        lambda p: scaled(p, 0.5),
        lambda p: scaled(p, 1.3, 20.0),
        lambda p: scaled(p, -1.0, 255.0),  # infrared turns dark cloth bright
        lambda p: np.roll(p, 2, axis=1),
        lambda p: cv2.GaussianBlur(p, (5, 5), 0),
        lambda p: person(p, 0.4),
    ],
    ids=["grain", "lamp off", "lamp on", "negative", "shake", "rain", "person"],
)
def test_light_noise_shake_and_people_leave_the_view(view: View, change: Callable[[Grey], Grey]) -> None:
    assert kept(view, grainy(change(shop()))) >= 0.5


@pytest.mark.parametrize(
    "change",
    [
        lambda p: np.full_like(p, 90),
        lambda p: cv2.GaussianBlur(p, (0, 0), 40),
        lambda p: np.ascontiguousarray(p[::-1, ::-1]),
        lambda p: np.roll(p, (19, 47), axis=(0, 1)),
    ],
    ids=["covered", "cloth", "turned", "moved"],
)
def test_a_cover_another_direction_and_a_move_take_it_away(view: View, change: Callable[[Grey], Grey]) -> None:
    assert kept(view, grainy(change(shop()))) < 0.25


def test_nothing_is_said_before_the_view_is_known_nor_in_the_dark_nor_of_a_bare_wall(view: View) -> None:
    fresh, wall = View(), View()
    assert taken(fresh, grainy(shop())).kept is None
    assert taken(view, scaled(shop(), 0.2)).kept is None
    for second in range(60):
        assert taken(wall, grainy(np.full((180, 320), 120, np.uint8)), second).kept is None


def test_a_cover_does_not_become_the_view_by_itself_but_when_it_is_confirmed(view: View) -> None:
    other = np.ascontiguousarray(shop()[::-1, ::-1])
    for _ in range(120):
        assert kept(view, grainy(other)) < 0.25
    view.forget()
    for second in range(30):
        taken(view, grainy(other), second)
    assert kept(view, grainy(other)) > 0.9


def test_the_same_view_at_another_size_and_shape_is_the_same_view(view: View) -> None:
    assert kept(view, cv2.resize(shop(), (176, 144), interpolation=cv2.INTER_AREA)) > 0.7


def test_black_and_night_are_told_apart_by_shape() -> None:
    black = taken(View(), grainy(np.full((180, 320), 17, np.uint8), 1.0))
    clock = np.full((180, 320), 17, np.uint8)
    cv2.putText(clock, "2026-11-22 21:44:03", (6, 14), cv2.FONT_HERSHEY_SIMPLEX, 0.4, 235, 1)
    with_clock = taken(View(), clock)
    night = taken(View(), grainy(scaled(shop(), 0.12, 10.0), 6.0))
    assert black.light < 40
    assert black.shape < 6
    assert with_clock.shape < 6
    assert night.light < 40
    assert night.shape > 10


def test_a_picture_is_new_unless_it_was_seen_lately() -> None:
    view = View()
    pictures = [np.full((90, 160), grey, np.uint8) for grey in range(30)]
    assert taken(view, pictures[0]).new
    assert not taken(view, pictures[0]).new
    assert taken(view, pictures[1]).new
    assert not taken(view, pictures[0]).new, "a frozen camera's picture after a key frame comes back"
    for picture in pictures:
        view.glance(picture)
    assert taken(view, pictures[0]).new, "a film in a loop brings more pictures than are remembered"


def test_a_new_picture_between_two_looks_is_not_missed() -> None:
    view, same = View(), shop()
    taken(view, same)
    view.glance(grainy(shop()))
    assert taken(view, same).new


def seconds(file: Path, least_s: int) -> Iterator[tuple[Grey, float, int]]:
    """Looks at a film, five a second, again from its start until ``least_s`` have passed; with time and key frames."""
    at_s, keys, due_s = 0.0, 0, 0.0
    while at_s < least_s:
        reducer = GreyReducer()
        with av.open(str(file)) as film:
            stream = film.streams.video[0]
            step_s = 1 / float(stream.average_rate or 25)
            for frame in film.decode(stream):
                at_s, keys = at_s + step_s, keys + frame.key_frame
                if at_s >= due_s:
                    due_s = at_s + 0.2
                    yield reducer.grey(frame), at_s, keys


def sights(
    looks: Iterable[tuple[Grey, float, int]], view: View, state: TruthState
) -> Iterator[tuple[Look, TruthState]]:
    last_s = -1.0
    for grey, at_s, keys in looks:
        view.glance(grey)
        if at_s - last_s >= 0.95:
            last_s = at_s
            look = view.look(grey, at_s, keys)
            state = examine(state, look)
            yield look, state


@pytest.mark.slow
def test_no_real_footage_is_called_frozen_black_or_covered(footage: Path) -> None:
    for file in sorted([*footage.glob("gate/*.mp4"), *footage.glob("incident/*.mp4")]):
        told = list(sights(seconds(file, 45), View(), TruthState()))
        assert {state.sight for _, state in told} == {Sight.GOOD}, file.name
        shares = [look.kept for look, _ in told if look.kept is not None]
        assert min(shares) > 0.5, file.name


@pytest.mark.slow
def test_another_room_is_another_view(footage: Path) -> None:
    view = View()
    for _ in sights(seconds(footage / "gate" / "Normal_39.mp4", 45), view, TruthState()):
        pass
    other = footage / "gate" / "one-by-one-person-detection.mp4"
    looks = [look.kept for look, _ in sights(seconds(other, 10), view, TruthState())]
    assert all(share is not None and share < 0.25 for share in looks)


def demo_seconds(name: str) -> Iterator[tuple[Grey, float, int]]:
    """Looks at one round of a demo scene, five a second."""
    reel, reducer = Reel(demo_scene.scene(name)), GreyReducer()
    decoder = CodecContext.create("h264", "r")
    decoder.extradata = reel.extradata
    every = demo_scene.FRAMES_PER_S // 5
    for number in range(round(demo_scene.LOOP_S * demo_scene.FRAMES_PER_S)):
        for frame in decoder.decode(av.Packet(reel.packet(number))):
            if number % every == 0:
                yield reducer.grey(frame), number / demo_scene.FRAMES_PER_S, number // (2 * demo_scene.FRAMES_PER_S)


@pytest.mark.slow
@pytest.mark.parametrize("name", demo_scene.NAMES)
def test_no_demo_scene_is_called_frozen_black_or_covered(name: str) -> None:
    told = [state.sight for _, state in sights(demo_seconds(name), View(), TruthState())]
    assert set(told) == {Sight.GOOD}
    assert len(told) > 30


def test_a_short_film_that_plays_again_and_again_moves_all_the_same() -> None:
    view = View()
    pictures = [np.full((90, 160), 90, np.uint8) for _ in range(4)]
    for place, picture in enumerate(pictures):
        picture[40:60, 30 * place : 30 * place + 15] = 200
    for picture in pictures:
        view.glance(picture)
    assert taken(view, pictures[0]).new
    assert taken(view, pictures[1]).new
