"""The preview is what the gate would have done, second by second."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigint_core.policy.sensitivity import Preview, preview


@pytest.mark.parametrize(
    ("peaks", "sensitivity", "expected"),
    [
        ([], 1.0, Preview(0, 0, 0)),
        ([None, None], 1.0, Preview(0, 0, 0)),
        ([0.1] * 10, 1.0, Preview(10, 0, 0)),
        ([0.1, 0.1, 1.2, 0.1, 0.1, 0.1, 0.1], 1.0, Preview(7, 3, 1)),
        ([0.1, 1.2, 0.9, 0.9, 0.1, 0.1, 0.1], 1.0, Preview(7, 5, 1)),
        ([0.5, 0.1, 0.1, 0.1, 0.1, 0.5], 2.0, Preview(6, 4, 2)),
        ([1.2, None, 0.1], 1.0, Preview(2, 1, 1)),
    ],
)
def test_what_would_have_been(peaks: list[float | None], sensitivity: float, expected: Preview) -> None:
    assert preview(peaks, sensitivity) == expected


_peaks = st.lists(st.one_of(st.none(), st.floats(0, 5)), max_size=100)


@given(_peaks, st.floats(0.25, 4), st.floats(0.25, 4))
def test_more_sensitive_is_never_less_open(peaks: list[float | None], one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert preview(peaks, low).open_s <= preview(peaks, high).open_s


def test_without_a_look_there_is_no_share() -> None:
    assert preview([], 1.0).share is None
    assert preview([2.0, 0.0, 0.0, 0.0], 1.0).share == 0.75
