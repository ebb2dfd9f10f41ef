"""What a watcher leaves out for money, and what the adaptive stride leaves out when an activity is harmless."""

from itertools import pairwise

import numpy as np
import pytest

from tests.fakes.clock import NOON_S
from tests.unit.vigint_desktop.pipeline.test_watcher import Shop
from vigint_core.domain.budget import Economy
from vigint_core.domain.fault import Code
from vigint_core.domain.schedule import Hours, Mode, Plan
from vigint_core.domain.zone import Scene, Zone, ZoneKind, ZoneUse
from vigint_core.policy.sampling import CLOSE_WATCH_S, SamplingRule

OPEN = (1020, 1120)


def test_without_overlap_windows_follow_each_other_and_leave_no_second_out() -> None:
    shop = Shop(OPEN)
    shop.watcher.economise(Economy.LONGER_STRIDE)
    shop.run(1000, 1070)

    assert [w.due_mono_s for w in shop.windows] == [1027.0, 1037.0, 1047.0, 1057.0, 1067.0]
    assert {w.economy for w in shop.windows} == {Economy.LONGER_STRIDE}


def test_local_only_sends_nothing_and_says_why() -> None:
    shop = Shop(OPEN)
    shop.watcher.economise(Economy.LOCAL_ONLY)
    shop.run(1000, 1060)

    assert shop.windows == []
    assert {(seen.local_only, seen.reason) for seen in shop.told} == {(True, Code.BUDGET_LOCAL_ONLY)}


def test_where_nobody_knows_where_it_moves_it_is_sent_also_in_the_third_step() -> None:
    shop = Shop(OPEN)
    shop.watcher.economise(Economy.HIGH_VALUE_ONLY)
    shop.gate.heat = None
    shop.run(1000, 1040)

    assert [w.due_mono_s for w in shop.windows] == [1027.0, 1037.0]


@pytest.mark.parametrize("kind", [None, ZoneKind.SELF_CHECKOUT])
def test_in_the_third_step_movement_elsewhere_is_not_sent_and_that_is_said(kind: ZoneKind | None) -> None:
    shop = left_half_moves(kind)
    shop.run(1000, 1040)

    assert shop.windows == []
    assert {(seen.local_only, seen.reason) for seen in shop.told} == {(True, Code.BUDGET_HIGH_VALUE_ONLY)}


def test_in_the_third_step_high_value_zones_are_still_looked_at_without_overlap() -> None:
    shop = left_half_moves(ZoneKind.HIGH_VALUE)
    shop.run(1000, 1050)

    assert [w.due_mono_s for w in shop.windows] == [1027.0, 1037.0, 1047.0]
    assert {w.economy for w in shop.windows} == {Economy.HIGH_VALUE_ONLY}
    assert {(seen.local_only, seen.reason) for seen in shop.told} == {(False, None)}


def test_what_the_plan_forbids_anyway_is_not_the_budgets_doing() -> None:
    shop = Shop(OPEN, plan=Plan(Mode.LOCAL_ONLY))
    shop.watcher.economise(Economy.LOCAL_ONLY)
    shop.run(1000, 1040)

    assert {(seen.local_only, seen.reason) for seen in shop.told} == {(True, None)}


def left_half_moves(kind: ZoneKind | None) -> Shop:
    """A shop in the third step in whose left half, a zone of that kind, something moves."""
    zone = Zone("z1", "Shelf", ZoneUse.WATCH, ((0, 0), (0.5, 0), (0.5, 1), (0, 1)), kind)
    shop = Shop(OPEN, scene=Scene((zone,)))
    shop.watcher.economise(Economy.HIGH_VALUE_ONLY)
    shop.gate.heat = np.zeros((20, 40), np.float32)
    shop.gate.heat[:, :20] = 2.0
    return shop


def test_a_step_that_is_taken_back_begins_another_activity() -> None:
    shop = Shop(OPEN)
    shop.watcher.economise(Economy.LOCAL_ONLY)
    shop.run(1000, 1040)
    shop.watcher.economise(Economy.NONE)
    shop.run(1040, 1060)

    assert [seen.reason for seen in shop.told if seen.closed] == [Code.BUDGET_LOCAL_ONLY]
    assert shop.told[-1].reason is None
    assert not shop.told[-1].local_only
    assert shop.windows


def test_an_adaptive_stride_ends_the_overlap_after_the_first_windows() -> None:
    shop = Shop(OPEN, rule=SamplingRule(adaptive=True))
    shop.run(1000, 1070)

    assert [w.due_mono_s for w in shop.windows] == [1027.0, 1032.0, 1037.0, 1047.0, 1057.0, 1067.0]


def test_after_a_suspicion_windows_overlap_again_for_a_while() -> None:
    shop = Shop((1020, 1200), rule=SamplingRule(adaptive=True))
    shop.watcher.suspect(1020.0)
    shop.run(1000, 1020 + CLOSE_WATCH_S + 40)

    due = [w.due_mono_s for w in shop.windows]
    strides = {round(later - earlier) for earlier, later in pairwise(due)}
    assert strides == {5, 10}
    assert [late - soon for soon, late in pairwise(due) if late < 1020 + CLOSE_WATCH_S] == [5.0] * (
        len([d for d in due if d < 1020 + CLOSE_WATCH_S]) - 1
    )


def test_a_window_carries_hours_and_the_owners_words() -> None:
    week = ((Hours(8 * 60, 19 * 60),),) * 7
    shop = Shop((1020, 1040), plan=Plan(open_hours=week))
    shop.wall_s = NOON_S
    shop.run(1000, 1028)

    (due,) = shop.windows
    assert due.around.open_hours == "08:00-19:00"
    assert due.around.is_open is not None
