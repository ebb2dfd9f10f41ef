"""Money in words of the domain: steps that include each other, and who has to leave out how much."""

import pytest

from vigint_core.domain.budget import Account, BudgetView, Caps, Economy, Payer
from vigint_core.domain.ids import CameraId


def test_the_steps_of_economy_come_in_one_order() -> None:
    assert list(Economy) == sorted(Economy)
    assert [step.name for step in Economy] == [
        "NONE",
        "FEWER_FRAMES",
        "LONGER_STRIDE",
        "HIGH_VALUE_ONLY",
        "LOCAL_ONLY",
    ]


@pytest.mark.parametrize("caps", [Caps(day=0), Caps(month=1), Caps(camera_day=1), Caps(camera_month=0)])
def test_a_limit_of_nothing_is_a_limit_too(caps: Caps) -> None:
    assert caps.any
    assert not Caps(reserve_share=0.5).any


def test_what_is_put_aside_is_used_as_well() -> None:
    assert (Account().used, Account(3, 4).used) == (0, 7)


def test_a_camera_leaves_out_what_the_site_does_or_more() -> None:
    cameras = {CameraId("door"): Economy.LOCAL_ONLY, CameraId("till"): Economy.FEWER_FRAMES}
    view = BudgetView(Caps(), 0, 0, economy=Economy.LONGER_STRIDE, cameras=cameras)

    assert view.economy_of("door") is Economy.LOCAL_ONLY
    assert view.economy_of("till") is Economy.LONGER_STRIDE
    assert view.economy_of("yard") is Economy.LONGER_STRIDE
    assert BudgetView(Caps(), 0, 0).economy_of("yard") is Economy.NONE


def test_a_call_may_be_for_no_camera_and_no_site() -> None:
    assert Payer() == Payer("", "")
