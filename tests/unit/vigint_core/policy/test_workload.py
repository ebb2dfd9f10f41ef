"""How many windows movement makes, against counts by hand."""

from statistics import median

import pytest

from vigint_core.policy.sampling import SamplingRule
from vigint_core.policy.workload import Movement, lengths_s, workload


def windows(length_s: float, rule: SamplingRule, suspicion: float = 0.0, share: float = 0.05) -> float:
    """Windows of an activity, all of which are of one length."""
    return workload(rule, Movement(share, length_s, spread=0.0, suspicion=suspicion)).windows * length_s


@pytest.mark.parametrize(
    ("length_s", "count"),
    [(3, 1), (7, 1), (10, 2), (12, 2), (20, 4), (60, 12)],  # at 7, 12, 17, ... and when it closes
)
def test_windows_of_one_activity(length_s: float, count: int) -> None:
    assert windows(length_s, SamplingRule()) == pytest.approx(count)


@pytest.mark.parametrize(("length_s", "count"), [(3, 1), (20, 3), (60, 7)])  # at 7, 17, 27, ... and when it closes
def test_without_overlap(length_s: float, count: int) -> None:
    assert windows(length_s, SamplingRule(stride_s=10.0)) == pytest.approx(count)


def test_an_adaptive_stride_overlaps_at_the_beginning_only() -> None:
    # 7, 12, 17, then 27, 37, 47, 57, and 60 when it closes, instead of 12
    assert windows(60, SamplingRule(adaptive=True)) == pytest.approx(8)
    assert windows(12, SamplingRule(adaptive=True)) == windows(12, SamplingRule())


def test_suspicions_make_windows_overlap_again() -> None:
    rule = SamplingRule(adaptive=True)

    assert windows(60, rule, suspicion=1.0, share=1.0) == pytest.approx(
        windows(60, SamplingRule(), share=1.0), rel=0.01
    )
    assert windows(60, rule) < windows(60, rule, suspicion=0.02) < windows(60, SamplingRule())


def test_lengths_are_spread_as_they_are_said_to_be() -> None:
    found = list(lengths_s(Movement(0.05, 30.0, 1.0), 1000))

    assert median(found) == pytest.approx(30, rel=0.05)
    assert sum(length_s > 30 * 2.718 for length_s in found) / 1000 == pytest.approx(0.159, abs=0.02)  # one deviation
    assert min(found) >= 2


def test_the_same_movement_makes_the_same_work() -> None:
    movement = Movement(0.05, suspicion=0.01)

    assert workload(SamplingRule(), movement) == workload(SamplingRule(), movement)
    assert workload(SamplingRule(), movement).mean_s == pytest.approx(30 * 1.6487, rel=0.03)  # exp(1/2) medians


@pytest.mark.parametrize("wrong", [{"share": 0}, {"share": 1.1}, {"median_s": 0}, {"spread": -1}, {"suspicion": 2}])
def test_movement_that_cannot_be_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="movement needs"):
        Movement(**{"share": 0.05, **wrong})
