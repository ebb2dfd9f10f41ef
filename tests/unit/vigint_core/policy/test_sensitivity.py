"""The preview is what the gate would have done, second by second."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigint_core.policy.sampling import SamplingRule, SamplingState, advance
from vigint_core.policy.sensitivity import Preview, preview

RULE = SamplingRule()


@pytest.mark.parametrize(
    ("peaks", "sensitivity", "expected"),
    [
        ([], 1.0, Preview(0, 0, 0, 0)),
        ([None, None], 1.0, Preview(0, 0, 0, 0)),
        ([0.1] * 10, 1.0, Preview(10, 0, 0, 0)),
        ([0.1, 0.1, 1.2, 0.1, 0.1, 0.1, 0.1], 1.0, Preview(7, 3, 1, 1)),
        ([0.1, 1.2, 0.9, 0.9, 0.1, 0.1, 0.1], 1.0, Preview(7, 5, 1, 1)),
        ([0.5, 0.1, 0.1, 0.1, 0.1, 0.5], 2.0, Preview(6, 4, 2, 2)),
        ([1.2, None, 0.1], 1.0, Preview(2, 1, 1, 1)),
    ],
)
def test_what_would_have_been(peaks: list[float | None], sensitivity: float, expected: Preview) -> None:
    assert preview(peaks, sensitivity, RULE) == expected


_peaks = st.lists(st.one_of(st.none(), st.floats(0, 5)), max_size=100)


@given(_peaks, st.floats(0.25, 4), st.floats(0.25, 4))
def test_more_sensitive_is_never_less_open(peaks: list[float | None], one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert preview(peaks, low, RULE).open_s <= preview(peaks, high, RULE).open_s


def test_without_a_look_there_is_no_share() -> None:
    assert preview([], 1.0, RULE).share is None
    assert preview([2.0, 0.0, 0.0, 0.0], 1.0, RULE).share == 0.75


@given(st.lists(st.tuples(st.integers(1, 60), st.integers(4, 30)), max_size=5), st.integers(1, 15), st.integers(0, 9))
def test_as_many_windows_as_the_sampling_itself_makes(
    runs: list[tuple[int, int]], stride_s: int, preroll_s: int
) -> None:
    rule = SamplingRule(10.0, float(stride_s), float(preroll_s))
    peaks = [score for moves_s, rests_s in runs for score in [2.0] * moves_s + [0.0] * rests_s]
    opens = [is_open for moves_s, rests_s in runs for is_open in [True] * (moves_s + 2) + [False] * (rests_s - 2)]
    state, due = SamplingState(), 0
    for second, is_open in enumerate(opens):
        state, spans = advance(rule, state, is_open, float(second))
        due += len(spans)

    assert preview(peaks, 1.0, rule).windows == due
