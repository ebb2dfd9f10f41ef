"""What looks come to: frozen, black and covered take their time, and nothing else is called so."""

from dataclasses import replace

import pytest

from vigint_core.policy.picture_truth import Look, Sight, TruthState, examine

GOOD = Look(1000.0, new=True, keys=0, light=110.0, shape=150.0, kept=0.95)


def after(
    seconds: int,
    state: TruthState | None = None,
    *,
    start_s: int = 0,
    key_every_s: float = 1.0,
    **changes: bool | float | None,
) -> TruthState:
    """One look a second."""
    state = state or TruthState()
    for second in range(start_s, start_s + seconds):
        look = replace(GOOD, at_s=1000.0 + second, keys=int(second / key_every_s))
        state = examine(state, replace(look, **changes))  # type: ignore[arg-type]  # fields of a look
    return state


WELL = after(60)


def test_a_camera_whose_pictures_change_is_well() -> None:
    assert WELL.sight is Sight.GOOD


def test_a_picture_that_does_not_change_for_ten_seconds_is_frozen_since_then() -> None:
    assert after(9, WELL, start_s=60, new=False).sight is Sight.GOOD
    frozen = after(10, WELL, start_s=60, new=False)
    assert (frozen.sight, frozen.since_s) == (Sight.FROZEN, 1059.0)


def test_one_new_picture_ends_it() -> None:
    frozen = after(30, WELL, start_s=60, new=False)
    assert after(1, frozen, start_s=90).sight is Sight.GOOD


@pytest.mark.parametrize("distance_s", [5, 10, 20, 60])
def test_equal_pictures_count_only_over_key_frames(distance_s: int) -> None:
    """A quiet scene repeats itself until the next key frame, however far that is."""
    state = after(60, key_every_s=distance_s)
    state = after(distance_s, state, start_s=60, key_every_s=distance_s, new=False)
    assert state.sight is Sight.GOOD
    state = after(2 * distance_s, state, start_s=60 + distance_s, key_every_s=distance_s, new=False)
    assert state.sight is Sight.FROZEN


def test_after_a_gap_nothing_is_frozen_yet() -> None:
    state = after(9, WELL, start_s=60, new=False)
    assert after(9, state, start_s=80, new=False).sight is Sight.GOOD


def test_five_seconds_without_light_and_shape_are_black() -> None:
    assert after(5, WELL, start_s=60, light=17.0, shape=1.0, kept=None).sight is Sight.GOOD
    black = after(6, WELL, start_s=60, light=17.0, shape=1.0, kept=None)
    assert (black.sight, black.since_s) == (Sight.BLACK, 1060.0)
    assert after(1, black, start_s=66).sight is Sight.GOOD


def test_a_black_picture_that_never_changes_is_black_and_not_frozen() -> None:
    """What to do about it is to look at lens and light; a restart would change nothing."""
    assert after(60, WELL, start_s=60, light=17.0, shape=0.0, kept=None, new=False).sight is Sight.BLACK


@pytest.mark.parametrize(("light", "shape"), [(30.0, 12.0), (80.0, 1.0)])
def test_a_dark_picture_with_shapes_is_not_black_nor_is_a_grey_one(light: float, shape: float) -> None:
    assert after(60, WELL, start_s=60, light=light, shape=shape, kept=None).sight is Sight.GOOD


def test_a_view_that_is_gone_for_long_is_covered_until_it_is_back() -> None:
    assert after(15, WELL, start_s=60, kept=0.05).sight is Sight.GOOD
    covered = after(16, WELL, start_s=60, kept=0.05)
    assert (covered.sight, covered.since_s) == (Sight.COVERED, 1060.0)
    assert after(60, covered, start_s=76, kept=0.4).sight is Sight.COVERED, "half a view is not the view"
    assert after(1, covered, start_s=76, kept=0.6).sight is Sight.GOOD


def test_somebody_who_hides_the_view_for_a_while_covers_nothing() -> None:
    state = WELL
    for start_s in range(60, 160, 20):
        state = after(14, state, start_s=start_s, kept=0.1)
        state = after(6, state, start_s=start_s + 14)
        assert state.sight is Sight.GOOD


def test_in_the_dark_nothing_is_said_about_the_view() -> None:
    covered = after(16, WELL, start_s=60, kept=0.05)
    assert after(60, covered, start_s=76, light=30.0, shape=20.0, kept=None).sight is Sight.COVERED
    assert after(60, WELL, start_s=60, light=30.0, shape=20.0, kept=None).sight is Sight.GOOD


def test_a_covered_camera_that_was_away_is_covered_still_and_well_when_it_shows_its_view() -> None:
    covered = after(16, WELL, start_s=60, kept=0.05)
    assert after(1, covered, start_s=500, kept=0.05).sight is Sight.COVERED
    assert after(1, covered, start_s=500, kept=0.9).sight is Sight.GOOD
