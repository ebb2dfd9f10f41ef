"""The gate on drawn scenes: what happens in them is known, so is when it has to open and close."""

import math
import random
from collections.abc import Callable
from itertools import pairwise

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes.scenes import Place, Scene
from vigint_desktop.capture import demo_scene
from vigint_desktop.gate import motion
from vigint_desktop.gate.motion import GateRule, GateState, MotionGate

_ENTERS_S = 6.0
_KNOWN_S = 2.0  # from here on the gate must have made up its mind


def steady(until_s: float, every_s: float = 0.2) -> list[float]:
    return [round(number * every_s, 3) for number in range(math.ceil(until_s / every_s))]


def irregular(until_s: float, least_s: float, most_s: float) -> list[float]:
    drawn, times = random.Random(3), [0.0]
    while times[-1] < until_s:
        times.append(times[-1] + drawn.uniform(least_s, most_s))
    return times


def walking(speed: float, start_x: float = 30, y: float = 110) -> Callable[[float], Place | None]:
    """Somebody who appears at 6 s and walks to the right, px a second."""
    return lambda at_s: (start_x + speed * (at_s - _ENTERS_S), y) if at_s >= _ENTERS_S else None


def watch(scene: Scene, times: list[float], rule: GateRule | None = None) -> list[tuple[float, GateState]]:
    gate = MotionGate(rule or GateRule(postroll_s=0.6))
    return [(at_s, gate.look(picture, at_s)) for at_s, picture in scene.looks(times)]


def open_share(states: list[tuple[float, GateState]], from_s: float, to_s: float = math.inf) -> float:
    return float(np.mean([state.open for at_s, state in states if from_s <= at_s < to_s]))


@pytest.mark.parametrize(
    "scene",
    [
        pytest.param(Scene(noise=1.5), id="noise"),
        pytest.param(Scene(noise=6), id="noise of a dark shop"),
        pytest.param(Scene(noise=14), id="noise at night"),
        pytest.param(Scene(clock=True), id="burnt-in clock"),
        pytest.param(Scene(key_frame_s=2.0), id="key frames"),
        pytest.param(Scene(key_frame_s=1.0, noise=0.3), id="key frames of a clean picture"),
        pytest.param(Scene(light=lambda at_s: 1 + 0.15 * math.sin(at_s)), id="drifting light"),
        pytest.param(Scene(light=lambda at_s: 0.6 if at_s > 8 else 1), id="auto-exposure step"),
        pytest.param(Scene(lamp=lambda at_s: 1 + 0.3 * math.sin(1.25 * at_s)), id="swaying lamp"),
        pytest.param(Scene(shake=lambda at_s: (2 * math.sin(9 * at_s), 2 * math.cos(7 * at_s))), id="shaking camera"),
    ],
)
def test_closes_and_stays_closed_while_nobody_is_there(scene: Scene) -> None:
    states = watch(scene, steady(16))
    assert states[0][1].open
    assert open_share(states, _KNOWN_S) <= 0.02


def test_a_lamp_switched_on_and_off_opens_it_for_a_moment_at_most() -> None:
    states = watch(Scene(lamp=lambda at_s: 1.5 if 8 < at_s < 12 else 1), steady(16))
    assert open_share(states, _KNOWN_S, 8) == 0
    assert open_share(states, 9.2, 12) == 0
    assert open_share(states, 13.2) == 0


@pytest.mark.parametrize(
    "scene",
    [
        pytest.param(Scene(person=walking(30)), id="near"),
        pytest.param(Scene(person=walking(12), person_height=20), id="far"),
        pytest.param(Scene(person=walking(5), person_height=9), id="very far"),
        pytest.param(Scene(person=walking(12), person_height=20, contrast=20), id="far and pale"),
        pytest.param(Scene(person=walking(3)), id="slow"),
        pytest.param(Scene(person=walking(12), person_height=24, contrast=40, noise=8), id="far, at night"),
        pytest.param(Scene(person=walking(20), person_height=30, clock=True, key_frame_s=2), id="clock, key frames"),
        pytest.param(
            Scene(person=walking(25), shake=lambda at_s: (2 * math.sin(9 * at_s), 2 * math.cos(7 * at_s))),
            id="shaking camera",
        ),
    ],
)
def test_opens_on_a_person_within_four_tenths_and_holds(scene: Scene) -> None:
    states = watch(scene, steady(14))
    first = min(at_s for at_s, state in states if at_s >= _ENTERS_S and state.open)
    assert open_share(states, 4, _ENTERS_S) == 0
    assert first - _ENTERS_S <= 0.4
    assert open_share(states, first) >= 0.95


def test_right_after_movement_every_other_look_is_only_remembered() -> None:
    states = [state for at_s, state in watch(Scene(person=walking(30)), steady(14)) if at_s >= 8]

    assert all(state.open for state in states)
    repeated = sum(state is before for before, state in pairwise(states))
    assert repeated == pytest.approx(len(states) / 2, abs=1)


def test_while_nothing_moves_every_look_is_judged_and_without_a_post_roll_all_are() -> None:
    calm = [state for at_s, state in watch(Scene(noise=1.5), steady(10)) if at_s >= 3]
    bare = [state for _, state in watch(Scene(person=walking(30)), steady(14), GateRule(postroll_s=0.0))]

    assert not any(state is before for states in (calm, bare) for before, state in pairwise(states))


def test_closes_after_the_post_roll_when_the_person_has_left() -> None:
    def leaves(at_s: float) -> Place | None:
        return (40 + 40 * (at_s - 6), 110) if 6 <= at_s < 9 else None

    rule = GateRule(postroll_s=1.0)
    states = watch(Scene(person=leaves), steady(14), rule)
    assert open_share(states, 6, 9) == 1
    assert open_share(states, 9, 9.8) == 1  # the post-roll
    assert open_share(states, 9 + 0.8 + 1.0) == 0  # two steps of 0.4 s still see the leaving


@pytest.mark.parametrize(("least_s", "most_s"), [(0.1, 0.35), (0.03, 0.2), (0.4, 0.6)])
def test_irregular_looks_change_nothing(least_s: float, most_s: float) -> None:
    times = irregular(14, least_s, most_s)
    empty = watch(Scene(), times)
    assert open_share(empty, 4) == 0
    walked = watch(Scene(person=walking(25)), times)
    first = min(at_s for at_s, state in walked if at_s >= _ENTERS_S and state.open)
    assert first - _ENTERS_S <= max(0.4, 2 * most_s)


def test_a_new_picture_size_is_learnt_anew_with_the_gate_open() -> None:
    gate = MotionGate(GateRule(postroll_s=0.6))
    for at_s, picture in Scene().looks(steady(6)):
        state = gate.look(picture, at_s)
    assert not state.open
    states = [(at_s, gate.look(picture, at_s)) for at_s, picture in Scene(320, 240).looks([6 + t for t in steady(6)])]
    assert states[0][1] == GateState(open=True, score=1.0)
    assert open_share(states, 8) == 0


@pytest.mark.parametrize("jump_s", [30.0, -5.0])
def test_after_a_gap_or_a_clock_that_ran_back_nothing_is_known(jump_s: float) -> None:
    gate = MotionGate(GateRule(postroll_s=0.6))
    scene = Scene()
    for at_s, picture in scene.looks(steady(6)):
        state = gate.look(picture, at_s)
    assert not state.open
    again = [6 + jump_s + t for t in steady(4)]
    states = [(at_s, gate.look(picture, at_s)) for at_s, picture in scene.looks(again)]
    assert states[0][1].open
    assert open_share(states, again[0] + _KNOWN_S) == 0


def test_a_busy_shop_is_not_taken_for_noise() -> None:
    """Somebody who walks to and fro for forty seconds is seen in the last seconds as well as in the first."""
    states = watch(Scene(person=lambda at_s: (160 + 60 * math.sin(at_s), 110)), steady(40))
    assert open_share(states, 0) >= 0.99


def test_a_demo_camera_opens_it_when_somebody_comes() -> None:
    """The program's own aisle: empty until 8 s but for its noise and a clock that counts tenths of a second."""
    aisle = demo_scene.scene("aisle")
    gate = MotionGate(GateRule(postroll_s=0.6))
    states = []
    for number in range(0, 110, 2):  # ten pictures a second, every other one is looked at
        small = cv2.resize(aisle.picture(number), (320, 180), interpolation=cv2.INTER_AREA)
        states.append((number / 10, gate.look(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY).astype(np.uint8), number / 10)))
    assert open_share(states, _KNOWN_S, 8) == 0
    assert open_share(states, 8.4) == 1


def test_a_look_too_close_to_the_last_one_answers_the_same() -> None:
    gate = MotionGate(GateRule())
    scene = Scene()
    before = gate.look(scene.at(0), 0.0)
    assert gate.look(scene.at(0.01), 0.01) is before


def test_sensitivity_scales_the_score() -> None:
    scene = Scene(person=walking(20))
    picture_scores = [
        [state.score for _, state in watch(scene, [6.0, 6.2, 6.4, 6.6, 6.8, 7.0], GateRule(sensitivity=factor))]
        for factor in (1.0, 2.0)
    ]
    known = [(one, two) for one, two in zip(*picture_scores, strict=True) if one != 1.0]
    assert known
    assert all(two == pytest.approx(2 * one, rel=0.2) for one, two in known)  # the noise differs between the runs


@pytest.mark.parametrize(
    "wrong", [{"postroll_s": -1}, {"postroll_s": 61}, {"sensitivity": 0}, {"stay_at": 0}, {"look_every_s": 0}]
)
def test_a_rule_that_makes_no_sense_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="a gate needs"):
        GateRule(**wrong)


@settings(max_examples=25, deadline=None)
@given(
    width=st.integers(1, 320),
    height=st.integers(1, 320),
    shade=st.integers(0, 255),
    pauses=st.lists(st.floats(0, 1.0), min_size=14, max_size=20),
)
def test_any_size_and_any_times_are_taken_and_a_still_picture_never_scores(
    width: int, height: int, shade: int, pauses: list[float]
) -> None:
    gate = MotionGate(GateRule(postroll_s=0.0))
    picture = np.full((height, width), shade, np.uint8)
    at_s = 0.0
    for pause_s in pauses:
        at_s += pause_s
        state = gate.look(picture, at_s)
        assert math.isfinite(state.score)
        assert state.open == (state.score >= 1.0)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), noise=st.floats(0, 15))
def test_noise_of_any_strength_never_opens_a_settled_gate(seed: int, noise: float) -> None:
    states = watch(Scene(width=160, height=90, noise=noise, seed=seed), steady(7))
    assert open_share(states, 3) == 0


@pytest.mark.parametrize(
    "wind",
    [
        pytest.param(lambda at_s: (math.sin(5 * at_s), 0.5 * math.sin(3 * at_s)), id="leaves"),
        pytest.param(lambda at_s: (2 * math.sin(5 * at_s), math.sin(3.3 * at_s)), id="branches"),
    ],
)
def test_what_the_wind_moves_all_the_time_stops_counting_and_somebody_before_it_does_not(
    wind: Callable[[float], Place],
) -> None:
    def person(at_s: float) -> Place | None:
        return (30 + 25 * (at_s - 70), 110) if at_s >= 70 else None

    states = watch(Scene(wind=wind, person=person, person_height=30), steady(76, 0.1))

    assert open_share(states, 50, 70) <= 0.02
    assert open_share(states, 70.5, 76) == 1


def test_rain_counts_less_and_less_and_somebody_in_it_is_seen() -> None:
    def person(at_s: float) -> Place | None:
        return (30 + 25 * (at_s - 110), 110) if at_s >= 110 else None

    states = watch(Scene(rain=10, person=person, person_height=30), steady(116, 0.1))

    assert open_share(states, 80, 110) <= 0.6
    assert open_share(states, 110.5, 116) >= 0.95


def test_who_walks_to_and_fro_for_minutes_does_not_become_a_habit() -> None:
    scene = Scene(person=lambda at_s: (160 + 100 * math.sin(at_s / 4), 110), person_height=20)
    assert open_share(watch(scene, steady(90, 0.1)), 30) >= 0.8


def test_looks_that_come_twice_as_often_cost_no_more_while_nothing_stirs(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[float] = []
    original = motion.sketch
    monkeypatch.setattr(motion, "sketch", lambda grey, at_s: made.append(at_s) or original(grey, at_s))
    watch(Scene(), steady(20, 0.1))

    assert len(made) <= 0.65 * 200
