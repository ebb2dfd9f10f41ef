"""What people say is told in a word, and each key says one thing and takes it back."""

from dataclasses import replace
from datetime import UTC

import pytest

from tests.fakes.moments import NOON_S
from vigint_core.domain.fault import Code
from vigint_core.domain.ids import IncidentId
from vigint_core.domain.review import Review, ReviewChange, ReviewStanding, ReviewState, ReviewVerdict
from vigint_core.domain.status import ReviewTold
from vigint_core.policy.reviewing import is_attended, laid_over
from vigint_desktop.ui.rows.review import ReviewStep, holds, review_row, step_change
from vigint_desktop.ui.text import Texts

NEW = Review()
REAL, FALSE = ReviewVerdict.REAL, ReviewVerdict.FALSE_ALARM
IN_HAND, CLOSED = ReviewState.IN_HAND, ReviewState.CLOSED


def told(review: Review, standing: ReviewStanding = ReviewStanding.SHARED, code: Code | None = None) -> ReviewTold:
    return ReviewTold(IncidentId("i1"), review, standing, code)


def after(step: ReviewStep, review: Review, owner: str = "Anna") -> Review:
    return replace(laid_over(review, step_change(step, review, owner), NOON_S), at_s=None)


@pytest.mark.parametrize(
    ("review", "chip"),
    [
        (NEW, ""),
        (Review(state=IN_HAND, owner="Anna"), "In hand · Anna"),
        (Review(state=IN_HAND), "In hand"),
        (Review(state=CLOSED, owner="Anna"), "Closed"),
        (Review(verdict=REAL), "Real"),
        (Review(verdict=REAL, state=IN_HAND, owner="Anna"), "Real · Anna"),
        (Review(verdict=REAL, state=IN_HAND), "Real · in hand"),
        (Review(verdict=REAL, state=CLOSED, owner="Anna"), "Real · closed"),
        (Review(verdict=FALSE, state=CLOSED, owner="Anna"), "False alarm"),
    ],
)
def test_the_chip_says_how_it_stands(review: Review, chip: str, words: Texts) -> None:
    assert review_row(told(review), NOON_S, words).chip == chip


def test_who_said_it_and_when_stands_in_a_line(words: Texts) -> None:
    said = [
        review_row(told(Review(owner=owner, at_s=at_s)), NOON_S, words, UTC).said
        for owner, at_s in (("", None), ("", NOON_S), ("Anna", NOON_S))
    ]

    assert said == ["Nobody has said anything yet.", "Last word: 22:13:20", "Anna · last word: 22:13:20"]
    assert review_row(None, NOON_S, words).said == said[0]
    old = told(Review(owner="Anna", at_s=NOON_S - 86400))
    assert review_row(old, NOON_S, words, UTC).said == "Anna · last word: 13 Nov 22:13:20"
    assert review_row(old, NOON_S, Texts("fr"), UTC).said == "Anna · dernier mot\N{NO-BREAK SPACE}: 13 nov. 22:13:20"


def test_what_is_not_everywhere_says_why(words: Texts) -> None:
    def trouble(standing: ReviewStanding, code: Code | None) -> str:
        return review_row(told(NEW, standing, code), NOON_S, words).trouble

    contested, away = Code.REVIEW_CONTESTED, Code.SERVER_UNREACHABLE
    assert trouble(ReviewStanding.SHARED, None) == ""
    assert trouble(ReviewStanding.WAITING, None) == words("review.waiting")
    assert words.cause(away) in trouble(ReviewStanding.WAITING, away)
    assert trouble(ReviewStanding.REFUSED, None) == words("review.refused_plain")
    assert words.cause(contested) in trouble(ReviewStanding.REFUSED, contested)
    assert words.remedy(contested) in trouble(ReviewStanding.REFUSED, contested)


@pytest.mark.parametrize("step", ReviewStep)
def test_a_key_says_it_and_then_it_holds(step: ReviewStep) -> None:
    assert not holds(step, NEW)
    assert holds(step, after(step, NEW))


@pytest.mark.parametrize("step", [s for s in ReviewStep if s is not ReviewStep.REAL])
def test_the_same_key_again_leaves_nothing(step: ReviewStep) -> None:
    assert after(step, after(step, NEW)) == NEW


def test_real_takes_in_hand_what_nobody_has_and_leaves_it_there(words: Texts) -> None:
    real = after(ReviewStep.REAL, NEW)

    assert real == Review(verdict=REAL, state=IN_HAND, owner="Anna")
    assert after(ReviewStep.REAL, real) == Review(state=IN_HAND, owner="Anna")


@pytest.mark.parametrize("state", [IN_HAND, CLOSED])
def test_real_of_what_somebody_has_says_nothing_of_who_has_it(state: ReviewState) -> None:
    assert step_change(ReviewStep.REAL, Review(state=state, owner="Bob"), "Anna") == ReviewChange(verdict=REAL)


def test_a_false_alarm_is_closed_and_rings_nowhere() -> None:
    said = after(ReviewStep.FALSE_ALARM, NEW)

    assert said == Review(verdict=FALSE, state=CLOSED, owner="Anna")
    assert is_attended(said)


def test_a_false_alarm_that_was_real_after_all_is_in_hand_again() -> None:
    false = Review(verdict=FALSE, state=CLOSED, owner="Bob")

    assert after(ReviewStep.REAL, false) == Review(verdict=REAL, state=IN_HAND, owner="Bob")
    assert after(ReviewStep.TAKE, false) == Review(state=IN_HAND, owner="Anna")
    assert after(ReviewStep.SETTLE, false) == NEW


def test_somebody_else_can_take_it_over_and_only_the_owner_gives_it_back() -> None:
    of_bob = Review(state=IN_HAND, owner="Bob")

    assert after(ReviewStep.TAKE, of_bob) == Review(state=IN_HAND, owner="Anna")
    assert after(ReviewStep.TAKE, of_bob, "Bob") == NEW


def test_settling_keeps_who_had_it() -> None:
    assert after(ReviewStep.SETTLE, Review(state=IN_HAND, owner="Bob")) == Review(state=CLOSED, owner="Bob")


def test_keeping_it_says_nothing_else() -> None:
    assert step_change(ReviewStep.KEEP, Review(state=CLOSED), "Anna") == ReviewChange(locked=True)
    assert review_row(told(Review(locked=True)), NOON_S, Texts("en")).kept == "kept"
