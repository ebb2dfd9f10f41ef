"""Who stops and stands keeps the gate open for the time that was set; who leaves, a lamp and a breath of air do not."""

import math
from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.fakes.scenes import Place, Scene
from vigint_desktop.gate.motion import GateRule, GateState, MotionGate

RULE = GateRule(postroll_s=1.0, occupied_s=8.0)
_ENTERS_S, _STOPS_S = 6.0, 10.0


def stops_at(leaves_s: float = math.inf) -> Callable[[float], Place | None]:
    """Walks in, stops and stands still to the pixel, then walks out on the way that it came."""

    def place(at_s: float) -> Place | None:
        if at_s < _ENTERS_S:
            return None
        x = 30 + 30 * (min(at_s, _STOPS_S) - _ENTERS_S)
        back = x - 60 * (at_s - leaves_s) if at_s > leaves_s else x
        return (back, 110) if back > -30 else None

    return place


def watch(scene: Scene, until_s: float, rule: GateRule = RULE) -> list[tuple[float, GateState]]:
    gate = MotionGate(rule)
    return [(at_s, gate.look(scene.at(at_s), at_s)) for at_s in (tick / 5 for tick in range(round(until_s * 5)))]


def open_between(states: list[tuple[float, GateState]], start_s: float, end_s: float) -> set[bool]:
    return {state.open for at_s, state in states if start_s <= at_s < end_s}


@pytest.mark.parametrize("noise", [0.5, 1.5, 4.0])
def test_who_stands_keeps_it_open_for_the_time_that_was_set(noise: float) -> None:
    states = watch(Scene(person=stops_at(), noise=noise), 24)

    assert open_between(states, 7, 18) == {True}
    assert any(state.occupied for at_s, state in states if 12 < at_s < 18)
    assert open_between(states, 19.5, 24) == {False}, "no longer than that"


def test_without_that_time_it_closes_when_the_movement_ends() -> None:
    states = watch(Scene(person=stops_at()), 16, replace(RULE, occupied_s=0.0))

    assert open_between(states, 12, 16) == {False}
    assert not any(state.occupied for _, state in states)


def test_who_leaves_lets_it_close() -> None:
    states = watch(Scene(person=stops_at(leaves_s=13)), 22, replace(RULE, occupied_s=60.0))

    assert open_between(states, 7, 14) == {True}
    assert open_between(states, 19, 22) == {False}


def test_light_that_changes_while_somebody_walks_by_is_nobody_who_stands() -> None:
    scene = Scene(
        person=lambda at_s: (30 + 60 * (at_s - 6), 110) if 6 <= at_s < 11 else None,
        light=lambda at_s: 1 + 0.15 * math.sin(at_s / 3),
    )

    assert open_between(watch(scene, 20, replace(RULE, occupied_s=60.0)), 14, 20) == {False}
