"""Movement counts where the owner wants it to, and nowhere else."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.scenes import Place, Scene
from vigint_core.domain import zone as zones
from vigint_core.domain.zone import Point, Zone, ZoneUse
from vigint_desktop.gate.attention import ZoneAttention, ZoneScores, attention_of
from vigint_desktop.gate.motion import GateRule, MotionGate

LEFT = ((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0))


def scene(*drawn: tuple[ZoneUse, tuple[Point, ...]]) -> zones.Scene:
    return zones.Scene(tuple(Zone(f"z{n}", f"zone {n}", use, points) for n, (use, points) in enumerate(drawn)))


def walks_at(x: float) -> Callable[[float], Place | None]:
    """To and fro around a place, from 6 s on."""
    return lambda at_s: (x + 15 * math.sin(2 * at_s), 110) if at_s >= 6 else None


def opens(drawn: zones.Scene, person: Callable[[float], Place | None]) -> bool:
    gate = MotionGate(GateRule(postroll_s=0.6), attention_of(drawn))
    shop = Scene(person=person)
    states = [(at_s, gate.look(shop.at(at_s), at_s)) for at_s in (tick / 5 for tick in range(60))]
    return any(state.open for at_s, state in states if at_s >= 6)


@pytest.mark.parametrize(
    ("drawn", "left", "right"),
    [
        ((), True, True),
        (((ZoneUse.WATCH, LEFT),), True, False),
        (((ZoneUse.IGNORE, LEFT),), False, True),
        (((ZoneUse.PRIVACY, LEFT),), True, True),
        (((ZoneUse.WATCH, LEFT), (ZoneUse.IGNORE, LEFT)), False, False),
    ],
)
def test_zones_decide_where_movement_opens_the_gate(
    drawn: tuple[tuple[ZoneUse, tuple[Point, ...]], ...], left: bool, right: bool
) -> None:
    assert opens(scene(*drawn), walks_at(80)) is left
    assert opens(scene(*drawn), walks_at(250)) is right


def test_another_attention_is_in_force_from_the_next_look_on_and_nothing_is_forgotten() -> None:
    gate = MotionGate(GateRule(postroll_s=0.6))
    shop = Scene(person=walks_at(250))
    for tick in range(50):
        state = gate.look(shop.at(tick / 5), tick / 5)
    assert state.open

    gate.set(GateRule(postroll_s=0.6), ZoneAttention(scene((ZoneUse.WATCH, LEFT))))
    states = [gate.look(shop.at(tick / 5), tick / 5) for tick in range(50, 60)]

    assert not states[-1].open
    assert states[-1].heat is not None


def test_the_heat_lies_where_somebody_moves() -> None:
    gate = MotionGate(GateRule())
    shop = Scene(person=walks_at(250))
    states = [gate.look(shop.at(tick / 5), tick / 5) for tick in range(60)]
    heats = [state.heat for state in states if state.heat is not None and state.score >= 1]
    assert heats

    scores = ZoneScores(scene((ZoneUse.WATCH, LEFT), (ZoneUse.WATCH, ((0.6, 0.0), (1.0, 0.0), (1.0, 1.0), (0.6, 1.0)))))
    here = [scores.of(heat) for heat in heats]

    assert max(score["z0"] for score in here) < 1 < max(score["z1"] for score in here)
    assert ZoneScores(scene()).of(heats[0]) == {"": float(heats[0].max())}
    assert ZoneScores(scene()).of(None) == {}


_points = st.lists(st.tuples(st.floats(-3, 4), st.floats(-3, 4)), min_size=3, max_size=8)


@given(_points, st.sampled_from([(45, 40), (20, 40), (4, 40), (80, 40)]))
def test_whatever_is_drawn_weights_lie_between_nothing_and_everything(
    points: list[Point], shape: tuple[int, int]
) -> None:
    drawn = scene((ZoneUse.WATCH, tuple(points)), (ZoneUse.IGNORE, LEFT))
    weights = ZoneAttention(drawn).weights(*shape)

    assert weights.shape == shape
    assert weights.dtype == np.float32
    assert weights.min() >= 0
    assert weights.max() <= 1 + 1e-5
    assert weights[:, : shape[1] // 2 - 1].max() <= 1e-5, "what is ignored is never watched"
