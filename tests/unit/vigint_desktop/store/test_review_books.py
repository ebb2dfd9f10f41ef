"""What people say of incidents, in the desk's books."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.unit.vigint_desktop.store.test_ledger import NOW_S, incident
from vigint_core.domain.fault import Code
from vigint_core.domain.ids import IncidentId
from vigint_core.domain.review import Review, ReviewChange, ReviewStanding, ReviewState, ReviewVerdict
from vigint_core.domain.status import ReviewTold
from vigint_desktop.store import review_books as module
from vigint_desktop.store.ledger import KEEP_S, Ledger
from vigint_desktop.store.reader import Reader, WaitingReview
from vigint_desktop.store.review_books import BookedReview

I1, I2, I3 = IncidentId("i1"), IncidentId("i2"), IncidentId("i3")
SAID = Review(ReviewVerdict.REAL, "Anna", ReviewState.IN_HAND, locked=True, comment="é « ? »", at_s=NOW_S)
WANTED = ReviewChange(state=ReviewState.CLOSED, locked=False, comment="")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "desk.sqlite3"


@pytest.fixture
def ledger(file: Path) -> Iterator[Ledger]:
    with closing(Ledger(file)) as opened:
        yield opened


@pytest.fixture
def reader(file: Path, ledger: Ledger) -> Iterator[Reader]:
    with closing(Reader(file)) as opened:
        yield opened


def put(ledger: Ledger, *reviews: BookedReview) -> None:
    with ledger.transaction():
        for review in reviews:
            ledger.reviews.put(review)


@pytest.mark.parametrize(
    "review",
    [
        BookedReview(I1),
        BookedReview(I1, SAID, None, None, None, NOW_S),
        BookedReview(I1, SAID, Review(), WANTED, Code.AUTH_FORBIDDEN, NOW_S + 0.25),
        BookedReview(I1, SAID, Review(), WANTED, tried=(WANTED, ReviewChange(owner="Bob"))),
    ],
)
def test_a_row_comes_back_as_it_was_written(ledger: Ledger, review: BookedReview) -> None:
    put(ledger, BookedReview(I1, Review(comment="before"), asked_s=1.0), review)
    assert ledger.reviews.get(I1) == review


def test_what_is_wanted_counts_for_people_as_said(reader: Reader, ledger: Ledger) -> None:
    put(
        ledger,
        BookedReview(I1, SAID),
        BookedReview(I2, SAID, SAID, WANTED, Code.AUTH_FORBIDDEN, NOW_S + 5),
        BookedReview(I3, SAID, code=Code.REQUEST_NOT_FOUND),
    )
    closed = Review(ReviewVerdict.REAL, "Anna", ReviewState.CLOSED, locked=False, comment="", at_s=NOW_S + 5)
    assert reader.reviews([I1, I2, I3, IncidentId("nobody's")]) == {
        I1: ReviewTold(I1, SAID),
        I2: ReviewTold(I2, closed, ReviewStanding.WAITING, Code.AUTH_FORBIDDEN),
        I3: ReviewTold(I3, SAID, ReviewStanding.REFUSED, Code.REQUEST_NOT_FOUND),
    }


def test_many_are_read_in_batches(reader: Reader, ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "AT_ONCE", 3)
    ids = [IncidentId(f"n{number}") for number in range(8)]
    put(ledger, *(BookedReview(each, SAID) for each in ids))
    with ledger.transaction():
        for each in ids[:4]:
            ledger.put_incident(incident(each), NOW_S)
    assert set(reader.reviews(ids)) == set(ids)
    assert reader.own(ids) == frozenset(ids[:4])
    assert (reader.reviews([]), reader.own([])) == ({}, frozenset())


def test_what_waits_is_told_oldest_first_and_as_it_was_seen(reader: Reader, ledger: Ledger) -> None:
    tried = (ReviewChange(owner="Zoe"),)
    put(
        ledger,
        BookedReview(I1, SAID, None, WANTED, asked_s=3.0, tried=tried),
        BookedReview(I2, SAID, SAID, ReviewChange(owner="Bob"), asked_s=2.0),
        BookedReview(I3, SAID, asked_s=1.0),
    )
    assert reader.waiting_reviews(10) == [(I2, 2.0), (I1, 3.0)]
    assert reader.waiting_reviews(1) == [(I2, 2.0)]
    assert reader.waiting_review(I2) == WaitingReview(I2, ReviewChange(owner="Bob"), SAID)
    assert reader.waiting_review(I1) == WaitingReview(I1, WANTED, Review(), tried)
    assert reader.waiting_review(I3) is None
    assert reader.waiting_review(IncidentId("nobody's")) is None


def test_only_what_was_said_of_others_incidents_grows_old(reader: Reader, ledger: Ledger) -> None:
    with ledger.transaction():
        ledger.put_incident(incident("i1"), NOW_S)
    old_s = NOW_S - KEEP_S - 1
    put(ledger, *(BookedReview(each, SAID, asked_s=at_s) for each, at_s in ((I1, old_s), (I2, old_s), (I3, NOW_S))))
    with ledger.transaction():
        ledger.forget_old(NOW_S)
    assert set(reader.reviews([I1, I2, I3])) == {I1, I3}
