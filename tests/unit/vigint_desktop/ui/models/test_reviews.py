"""The window's reviews: the newest counts, nothing said is nothing, memory is bounded."""

import pytest

from tests.fakes.moments import NOON_S
from vigint_core.domain.fault import Code
from vigint_core.domain.ids import IncidentId
from vigint_core.domain.review import Review, ReviewStanding, ReviewState
from vigint_core.domain.status import ReviewTold
from vigint_desktop.ui.models import reviews as reviews_module
from vigint_desktop.ui.models.reviews import ReviewBook

ONE = IncidentId("i1")
TAKEN = Review(state=ReviewState.IN_HAND, owner="Anna", at_s=NOON_S)


def test_what_is_told_last_counts_until_the_incident_is_gone() -> None:
    book = ReviewBook()
    assert (book.review(ONE), book.is_attended(ONE)) == (Review(), False)

    book.take(ReviewTold(ONE, TAKEN))
    assert (book.review(ONE), book.is_attended(ONE)) == (TAKEN, True)

    book.forget(ONE)
    assert book.told == {}


def test_a_review_that_says_nothing_takes_no_room() -> None:
    book = ReviewBook()
    book.take(ReviewTold(ONE, TAKEN))
    book.take(ReviewTold(ONE, Review()))

    assert book.told == {}


def test_what_was_read_from_the_books_does_not_override_what_is_known() -> None:
    book = ReviewBook()
    book.take(ReviewTold(ONE, TAKEN))
    other = IncidentId("i2")

    book.load({ONE: ReviewTold(ONE, Review(owner="Bob")), other: ReviewTold(other, TAKEN)})

    assert (book.review(ONE).owner, book.review(other).owner) == ("Anna", "Anna")


def test_the_word_that_contested_ours_does_not_hide_that_it_did() -> None:
    book = ReviewBook()
    refused = ReviewTold(ONE, TAKEN, ReviewStanding.REFUSED, Code.REVIEW_CONTESTED)
    book.take(refused)

    assert book.take(ReviewTold(ONE, TAKEN)) == refused
    newer = ReviewTold(ONE, Review(owner="Bob", at_s=NOON_S))
    assert book.take(newer) == newer
    assert book.told[ONE] == newer


def test_without_a_server_nothing_waits_for_one() -> None:
    book = ReviewBook()
    book.take(ReviewTold(ONE, TAKEN, ReviewStanding.WAITING, Code.SERVER_UNREACHABLE))
    assert book.told[ONE].standing is ReviewStanding.WAITING

    book.set_shared(shared=False)

    assert book.told[ONE] == ReviewTold(ONE, TAKEN)
    book.take(ReviewTold(ONE, TAKEN, ReviewStanding.REFUSED))
    assert book.told[ONE].standing is ReviewStanding.REFUSED


def test_what_waits_waits_again_once_there_is_a_server() -> None:
    book = ReviewBook()
    book.set_shared(shared=False)
    waiting = ReviewTold(ONE, TAKEN, ReviewStanding.WAITING, Code.SERVER_UNREACHABLE)
    emptied, gone, answered = (
        ReviewTold(IncidentId(name), review, ReviewStanding.WAITING)
        for name, review in (("i2", Review()), ("i3", TAKEN), ("i4", TAKEN))
    )
    assert book.take(waiting).standing is ReviewStanding.SHARED
    for told in (emptied, gone, answered):
        book.take(told)
    book.forget(gone.incident_id)
    book.take(ReviewTold(answered.incident_id, TAKEN))

    book.set_shared(shared=True)

    assert list(book.told.values()) == [waiting, ReviewTold(answered.incident_id, TAKEN), emptied]
    book.set_shared(shared=False)
    assert {told.standing for told in book.told.values()} == {ReviewStanding.SHARED}


def test_of_too_many_those_told_longest_ago_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reviews_module, "_MOST", 2)
    book = ReviewBook()
    for number in (1, 2, 1, 3):
        book.take(ReviewTold(IncidentId(f"i{number}"), TAKEN))

    assert list(book.told) == ["i1", "i3"]

    book.set_shared(shared=False)
    for number in (4, 5, 6):  # what has been emptied is not shown, and yet it waits
        book.take(ReviewTold(IncidentId(f"i{number}"), Review(), ReviewStanding.WAITING))
    assert list(book._waiting) == ["i5", "i6"]
    book.set_shared(shared=True)
    assert list(book.told) == ["i5", "i6"]
