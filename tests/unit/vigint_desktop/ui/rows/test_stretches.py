"""What touches a stretch of time is found, however long it is, and only what nobody sees is blurred."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from vigint_core.domain.window import Span
from vigint_desktop.ui.rows.runs import joined_spans, span_stretches

spans = st.lists(
    st.tuples(st.floats(0, 1000), st.floats(0, 500)).map(lambda made: Span(made[0], made[0] + made[1])), max_size=30
)


@given(spans, st.floats(0, 1000), st.floats(0, 400))
def test_everything_that_touches_a_stretch_is_found_and_nothing_else(
    made: list[Span], start_s: float, length_s: float
) -> None:
    made.sort(key=lambda span: span.start_s)
    end_s = start_s + length_s

    found = span_stretches(made).visible(start_s, end_s)

    assert found == [span for span in made if span.end_s >= start_s and span.start_s <= end_s]


def test_a_long_item_that_began_early_is_found_behind_short_ones() -> None:
    kept = span_stretches([Span(0, 1000), Span(10, 11), Span(20, 21)])

    assert kept.visible(500, 600) == [Span(0, 1000)]


def test_small_gaps_close_only_where_they_can_not_be_seen() -> None:
    kept = span_stretches([Span(0, 10), Span(15, 20), Span(100, 110)])

    assert len(kept.visible(0, 200, blur_s=1.0)) == 3
    assert kept.visible(0, 200, blur_s=10.0) == [Span(0, 20), Span(100, 110)]
    assert kept.visible(0, 200, blur_s=500.0) == [Span(0, 110)]


@given(spans, st.floats(0, 60))
def test_joined_spans_cover_the_same_and_lie_apart(made: list[Span], gap_s: float) -> None:
    together = joined_spans(made, gap_s)

    assert all(any(j.start_s <= s.start_s and s.end_s <= j.end_s for j in together) for s in made)
    assert all(b.start_s - a.end_s > gap_s for a, b in pairwise(together))
