"""Reviews that meet: nothing that somebody said elsewhere is overridden by somebody who had not seen it."""

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigint_core.domain.review import Review, ReviewChange, ReviewState, ReviewVerdict
from vigint_core.policy.reviewing import contested, is_attended, is_lost, joined, laid_over, said, without

NOW_S = 1_800_000_000.0
_FIELDS = {
    "verdict": st.sampled_from(ReviewVerdict),
    "owner": st.sampled_from(["", "Anna", "Bob"]),
    "state": st.sampled_from(ReviewState),
    "locked": st.booleans(),
    "comment": st.sampled_from(["", "a coat", "a bag"]),
}
reviews = st.builds(Review, **_FIELDS)
dated = st.builds(Review, **_FIELDS, at_s=st.just(NOW_S))
changes = st.builds(ReviewChange, **{name: st.none() | values for name, values in _FIELDS.items()})


def test_a_change_speaks_of_every_field_of_a_review_but_of_when_it_was_said() -> None:
    assert {f.name for f in fields(ReviewChange)} == {f.name for f in fields(Review)} - {"at_s"} == set(_FIELDS)


@given(reviews, changes)
def test_a_change_counts_where_it_speaks_and_nowhere_else(review: Review, change: ReviewChange) -> None:
    after = laid_over(review, change, NOW_S)
    for name in _FIELDS:
        wanted = getattr(change, name)
        assert getattr(after, name) == (getattr(review, name) if wanted is None else wanted)
    assert after is review or after.at_s == NOW_S


@given(reviews, changes, changes)
def test_two_changes_in_one_do_what_they_do_one_after_the_other(
    review: Review, earlier: ReviewChange, later: ReviewChange
) -> None:
    one_by_one = laid_over(laid_over(review, earlier, NOW_S), later, NOW_S)
    at_once = laid_over(review, joined(earlier, later), NOW_S)
    assert replace(at_once, at_s=None) == replace(one_by_one, at_s=None)


@given(changes, changes)
def test_what_is_left_of_a_change_says_nothing_that_is_done(change: ReviewChange, done: ReviewChange) -> None:
    left = without(change, done)
    assert not said(left).items() & said(done).items()
    assert joined(done, left) == joined(done, change)


@given(reviews, changes)
def test_nothing_is_contested_that_nobody_else_has_touched(review: Review, change: ReviewChange) -> None:
    assert contested(review, review, change) == frozenset()


@given(reviews, dated, changes)
def test_contested_is_what_was_said_otherwise_since(seen: Review, current: Review, change: ReviewChange) -> None:
    for name in contested(seen, current, change):
        assert len({getattr(seen, name), getattr(current, name)}) == 2
        assert getattr(change, name) not in (None, getattr(current, name))
    untouched = {name for name in _FIELDS if getattr(seen, name) == getattr(current, name)}
    assert untouched.isdisjoint(contested(seen, current, change))


@given(reviews, dated, changes, st.lists(changes, max_size=3))
def test_whoever_changes_their_mind_contests_nobody(
    seen: Review, current: Review, change: ReviewChange, tried: list[ReviewChange]
) -> None:
    found = contested(seen, current, change, tried)
    own = {name for name in _FIELDS if getattr(current, name) in [getattr(each, name) for each in tried]}
    assert found == contested(seen, current, change) - own


@given(reviews, reviews, changes)
def test_where_nobody_has_said_anything_nothing_is_contested(
    seen: Review, current: Review, change: ReviewChange
) -> None:
    assert contested(seen, current, change) == frozenset()


def test_a_server_has_lost_what_was_said_where_it_dates_nothing() -> None:
    assert is_lost(Review(at_s=NOW_S), Review())
    assert not is_lost(Review(at_s=NOW_S), Review(at_s=NOW_S - 1)), "somebody has taken it back"
    assert not is_lost(Review(), Review())


def test_the_same_word_from_two_people_is_no_contest() -> None:
    closed = Review(state=ReviewState.CLOSED, at_s=NOW_S)
    assert contested(Review(), closed, ReviewChange(state=ReviewState.CLOSED)) == frozenset()
    assert contested(Review(), closed, ReviewChange(state=ReviewState.IN_HAND)) == {"state"}
    assert contested(Review(), closed, ReviewChange(verdict=ReviewVerdict.REAL)) == frozenset()


@pytest.mark.parametrize(
    ("review", "attended"),
    [
        (Review(), False),
        (Review(verdict=ReviewVerdict.REAL), False),
        (Review(comment="a coat", locked=True), False),
        (Review(verdict=ReviewVerdict.FALSE_ALARM), True),
        (Review(state=ReviewState.IN_HAND), True),
        (Review(state=ReviewState.CLOSED), True),
    ],
)
def test_nobody_has_to_ring_for_what_somebody_takes_care_of(review: Review, attended: bool) -> None:
    assert is_attended(review) is attended
