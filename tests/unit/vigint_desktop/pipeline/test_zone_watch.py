from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vigint_core.domain.schedule import Plan
from vigint_core.domain.window import Span, TouchedZone
from vigint_core.domain.zone import Scene, Zone, ZoneKind, ZoneUse
from vigint_desktop.pipeline.zone_watch import ZoneWatch

WINE = Zone("z1", "Wine", ZoneUse.WATCH, ((0, 0), (0.4, 0), (0.4, 1), (0, 1)), ZoneKind.HIGH_VALUE)
TILLS = Zone("z2", "Tills", ZoneUse.WATCH, ((0.6, 0), (1, 0), (1, 1), (0.6, 1)), ZoneKind.SELF_CHECKOUT)
SCENE = Scene((WINE, TILLS))


@dataclass
class Look:
    open: bool
    heat: NDArray[np.float32] | None


def at(left: float = 0.0, right: float = 0.0, *, is_open: bool = True) -> Look:
    heat = np.zeros((20, 40), np.float32)
    heat[:, :10], heat[:, 30:] = left, right
    return Look(is_open, heat)


def test_movement_by_zone_and_which_zones_a_window_touched() -> None:
    zones = ZoneWatch(SCENE, Plan())
    scores, for_ai = zones.look(at(left=2.0), 10.0)
    zones.look(at(right=0.9), 20.0)

    assert (scores, for_ai) == ({"z1": 2.0, "z2": 0.0}, True)
    assert zones.touched(Span(5, 15)) == (TouchedZone("Wine", ZoneKind.HIGH_VALUE),)
    assert [zone.name for zone in zones.touched(Span(5, 25))] == ["Wine", "Tills"]
    assert zones.touched(Span(30, 40)) == ()


def test_without_a_zone_the_whole_picture_counts_and_no_zone_is_named() -> None:
    zones = ZoneWatch(Scene(), Plan())

    assert zones.look(at(right=1.5), 10.0) == ({"": 1.5}, True)
    assert zones.look(at(right=1.5, is_open=False), 11.0) == ({"": 0.0}, True)
    assert zones.touched(Span(0, 20)) == ()


def test_the_ai_sees_what_happens_in_zones_of_the_chosen_kinds_and_a_little_longer() -> None:
    zones = ZoneWatch(SCENE, Plan(ai_kinds=frozenset({ZoneKind.SELF_CHECKOUT})))

    seen = [zones.look(at(left=2.0), 10.0), zones.look(at(right=2.0), 20.0), zones.look(at(left=2.0), 24.0)]
    seen += [zones.look(at(left=2.0), 26.0)]

    assert [for_ai for _, for_ai in seen] == [False, True, True, False]


def test_while_nobody_knows_where_it_moves_the_ai_sees_it() -> None:
    zones = ZoneWatch(SCENE, Plan(ai_kinds=frozenset({ZoneKind.SELF_CHECKOUT})))
    assert zones.look(Look(open=True, heat=None), 1.0)[1]


def test_a_high_value_zone_is_remembered_a_little_longer() -> None:
    zones = ZoneWatch(SCENE, Plan())
    assert not zones.is_high_value(0.0)

    zones.look(at(right=2.0), 10.0)
    assert not zones.is_high_value(10.0), "a till is none"
    zones.look(at(left=0.7), 11.0)
    assert not zones.is_high_value(11.0), "hardly anything moves there"
    zones.look(at(left=2.0), 12.0)
    zones.look(at(right=2.0), 16.0)

    assert [zones.is_high_value(now_s) for now_s in (12.0, 17.0, 17.1)] == [True, True, False]


def test_a_closed_gate_makes_nothing_valuable() -> None:
    zones = ZoneWatch(SCENE, Plan())
    zones.look(at(left=2.0, is_open=False), 10.0)
    assert not zones.is_high_value(10.0)


def test_where_nobody_knows_where_it_moves_it_may_be_valuable() -> None:
    zones = ZoneWatch(SCENE, Plan())
    zones.look(Look(open=True, heat=None), 10.0)
    assert zones.is_high_value(10.0)


def test_without_zones_nothing_is_of_high_value() -> None:
    zones = ZoneWatch(Scene(), Plan())
    zones.look(at(left=2.0), 10.0)
    assert not zones.is_high_value(10.0)
