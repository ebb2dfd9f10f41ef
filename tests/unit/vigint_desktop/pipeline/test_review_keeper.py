"""What the desk keeps of what people say: what is said here counts at once, and waits until the server has taken it."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from tests.unit.vigint_desktop.store.test_ledger import NOW_S, incident
from vigint_core.domain.fault import Code
from vigint_core.domain.ids import IncidentId
from vigint_core.domain.review import Review, ReviewChange, ReviewStanding, ReviewState, ReviewVerdict
from vigint_core.domain.status import ReviewTold
from vigint_desktop.pipeline.messages import ReviewAnswered, ReviewAsked, ReviewHeard
from vigint_desktop.pipeline.review_keeper import ReviewKeeper
from vigint_desktop.store.ledger import Ledger
from vigint_desktop.store.reader import Reader, WaitingReview

OWN, FOREIGN = IncidentId("own"), IncidentId("foreign")
CLOSE = ReviewChange(state=ReviewState.CLOSED)
ANNAS = Review(owner="Anna", state=ReviewState.IN_HAND, at_s=NOW_S)
CLOSED = Review(owner="Anna", state=ReviewState.CLOSED, at_s=NOW_S + 9)


class Desk:
    """A keeper over real books that hold the incident OWN."""

    def __init__(self, file: Path) -> None:
        self.ledger = Ledger(file)
        self.reader = Reader(file)
        self._keeper = ReviewKeeper(self.ledger.reviews)
        with self.ledger.transaction():
            self.ledger.put_incident(incident(OWN), NOW_S)

    def close(self) -> None:
        self.reader.close()
        self.ledger.close()

    def take(self, message: ReviewAsked | ReviewHeard | ReviewAnswered, at_s: float = NOW_S) -> ReviewTold:
        with self.ledger.transaction():
            return self._keeper.take(message, at_s)

    @property
    def waiting(self) -> list[WaitingReview]:
        ids = [name for name, _ in self.reader.waiting_reviews(10)]
        return [review for review in map(self.reader.waiting_review, ids) if review is not None]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with closing(Desk(tmp_path / "desk.sqlite3")) as made:
        yield made


@pytest.mark.parametrize("which", [OWN, FOREIGN])
def test_what_is_said_here_counts_at_once_and_waits(desk: Desk, which: IncidentId) -> None:
    told = desk.take(ReviewAsked(which, CLOSE, ANNAS), NOW_S + 9)
    assert told == ReviewTold(which, CLOSED, ReviewStanding.WAITING)
    assert desk.waiting == [WaitingReview(which, CLOSE, ANNAS)]
    assert desk.reader.reviews([which])[which] == told


@pytest.mark.parametrize(("which", "stays"), [(OWN, True), (FOREIGN, False)])
def test_what_the_server_has_taken_waits_no_more(desk: Desk, which: IncidentId, stays: bool) -> None:
    desk.take(ReviewAsked(which, CLOSE, ANNAS), NOW_S)
    assert desk.take(ReviewAnswered(which, CLOSE, CLOSED)) == ReviewTold(which, CLOSED)
    assert desk.waiting == []
    assert (which in desk.reader.reviews([which])) is stays, "the books hold a foreign one no longer than needed"


def test_what_the_server_tells_is_kept_of_own_incidents(desk: Desk) -> None:
    assert desk.take(ReviewHeard(OWN, ANNAS)) == ReviewTold(OWN, ANNAS)
    assert desk.take(ReviewHeard(FOREIGN, ANNAS)) == ReviewTold(FOREIGN, ANNAS)
    assert desk.reader.reviews([OWN, FOREIGN]) == {OWN: ReviewTold(OWN, ANNAS)}


def test_more_that_is_said_meanwhile_goes_on_waiting(desk: Desk) -> None:
    desk.take(ReviewAsked(OWN, CLOSE, ANNAS))
    real = ReviewChange(verdict=ReviewVerdict.REAL)
    desk.take(ReviewAsked(OWN, real, CLOSED))
    both = ReviewChange(ReviewVerdict.REAL, state=ReviewState.CLOSED)
    assert desk.waiting == [WaitingReview(OWN, both, replace(ANNAS, at_s=CLOSED.at_s))]

    told = desk.take(ReviewAnswered(OWN, CLOSE, CLOSED), NOW_S + 20)

    assert desk.waiting == [WaitingReview(OWN, real, CLOSED)]
    assert told.standing is ReviewStanding.WAITING
    assert (told.review.verdict, told.review.state) == (ReviewVerdict.REAL, ReviewState.CLOSED)


def test_each_field_remembers_what_was_seen_when_it_was_spoken_of_first(desk: Desk) -> None:
    desk.take(ReviewAsked(OWN, CLOSE, Review()))
    desk.take(ReviewHeard(OWN, ANNAS))
    desk.take(ReviewAsked(OWN, ReviewChange(owner="Bob"), CLOSED))
    (waiting,) = desk.waiting
    assert waiting.seen.state is ReviewState.NEW, "nobody here saw that Anna had taken it when it was closed"
    assert waiting.seen.owner == "Anna"


def test_news_from_the_server_does_not_hide_what_waits(desk: Desk) -> None:
    desk.take(ReviewAsked(OWN, CLOSE, Review()), NOW_S)
    told = desk.take(ReviewHeard(OWN, ANNAS), NOW_S + 5)
    assert told.standing is ReviewStanding.WAITING
    assert (told.review.owner, told.review.state) == ("Anna", ReviewState.CLOSED)
    assert desk.waiting == [WaitingReview(OWN, CLOSE, Review())]


def test_why_it_waits_is_told_until_it_is_said_anew(desk: Desk) -> None:
    desk.take(ReviewAsked(OWN, CLOSE, Review()))
    told = desk.take(ReviewAnswered(OWN, CLOSE, None, Code.AUTH_FORBIDDEN, waits=True))
    assert (told.standing, told.code) == (ReviewStanding.WAITING, Code.AUTH_FORBIDDEN)
    assert told.review.state is ReviewState.CLOSED
    assert len(desk.waiting) == 1
    assert desk.take(ReviewAsked(OWN, CLOSE, Review())).code is None


@pytest.mark.parametrize("which", [OWN, FOREIGN])
def test_what_is_refused_is_taken_back_and_named(desk: Desk, which: IncidentId) -> None:
    desk.take(ReviewAsked(which, CLOSE, Review()))
    told = desk.take(ReviewAnswered(which, CLOSE, ANNAS, Code.REQUEST_VERSION_CONFLICT))
    assert told == ReviewTold(which, ANNAS, ReviewStanding.REFUSED, Code.REQUEST_VERSION_CONFLICT)
    assert desk.waiting == []


def test_a_refusal_is_told_until_somebody_here_speaks_again(desk: Desk) -> None:
    desk.take(ReviewAsked(OWN, CLOSE, Review()))
    desk.take(ReviewAnswered(OWN, CLOSE, ANNAS, Code.REVIEW_CONTESTED))
    assert desk.take(ReviewHeard(OWN, ANNAS)).standing is ReviewStanding.REFUSED, "that is what contested it"
    assert desk.take(ReviewAsked(OWN, CLOSE, ANNAS)).standing is ReviewStanding.WAITING


def test_a_refusal_is_told_until_something_newer_is_heard(desk: Desk) -> None:
    desk.take(ReviewAsked(OWN, CLOSE, Review()))
    desk.take(ReviewAnswered(OWN, CLOSE, ANNAS, Code.REVIEW_CONTESTED))
    assert desk.take(ReviewHeard(OWN, CLOSED)) == ReviewTold(OWN, CLOSED)


def test_why_it_waits_is_told_whatever_is_heard(desk: Desk) -> None:
    desk.take(ReviewAsked(OWN, CLOSE, Review()))
    desk.take(ReviewAnswered(OWN, CLOSE, None, Code.AUTH_FORBIDDEN, waits=True))
    assert desk.take(ReviewHeard(OWN, ANNAS)).code is Code.AUTH_FORBIDDEN


@pytest.mark.parametrize("waits", [True, False])
def test_a_server_that_has_lost_what_was_said_takes_nothing_from_the_desk(desk: Desk, waits: bool) -> None:
    desk.take(ReviewHeard(OWN, ANNAS))
    if waits:
        desk.take(ReviewAsked(OWN, CLOSE, ANNAS), NOW_S + 9)
    before = desk.reader.reviews([OWN])[OWN]
    assert desk.take(ReviewHeard(OWN, Review())) == before
    assert desk.reader.reviews([OWN])[OWN] == before
    taken_back = Review(at_s=NOW_S + 20)
    assert desk.take(ReviewHeard(OWN, taken_back)).review.owner == "", "whoever takes something back dates it"


@pytest.mark.parametrize(("code", "state"), [(None, ReviewState.CLOSED), (Code.REQUEST_INVALID, ReviewState.IN_HAND)])
def test_nor_does_its_answer_where_nothing_was_new_to_it(desk: Desk, code: Code | None, state: ReviewState) -> None:
    desk.take(ReviewHeard(OWN, ANNAS))
    desk.take(ReviewAsked(OWN, CLOSE, ANNAS))
    told = desk.take(ReviewAnswered(OWN, CLOSE, Review(), code)).review
    assert (told.owner, told.state) == ("Anna", state)


def test_what_is_sent_is_remembered_until_the_server_has_answered(desk: Desk) -> None:
    desk.take(ReviewAsked(OWN, CLOSE, ANNAS))
    desk.take(ReviewAnswered(OWN, CLOSE, None, Code.AUTH_FORBIDDEN, waits=True))
    told = desk.take(ReviewAnswered(OWN, CLOSE, waits=True, begun=True))
    assert (told.standing, told.code) == (ReviewStanding.WAITING, Code.AUTH_FORBIDDEN), "nothing is answered"
    desk.take(ReviewAnswered(OWN, CLOSE, waits=True, begun=True))
    new = ReviewChange(state=ReviewState.NEW)
    desk.take(ReviewAsked(OWN, new, ANNAS))
    assert desk.waiting == [WaitingReview(OWN, new, ANNAS, (CLOSE,))]
    desk.take(ReviewAnswered(OWN, CLOSE, CLOSED))
    assert desk.waiting == [WaitingReview(OWN, new, CLOSED)]
    desk.take(ReviewAnswered(OWN, new, Review(at_s=NOW_S + 20)))
    assert desk.take(ReviewAnswered(OWN, new, waits=True, begun=True)).standing is ReviewStanding.SHARED
    assert desk.waiting == []


def test_of_what_was_sent_the_latest_is_remembered(desk: Desk) -> None:
    words = [ReviewChange(comment=f"{number}") for number in range(20)]
    for word in words:
        desk.take(ReviewAsked(OWN, word, ANNAS))
        desk.take(ReviewAnswered(OWN, word, waits=True, begun=True))
    assert desk.waiting == [WaitingReview(OWN, words[-1], ANNAS, tuple(words[-8:]))]


def test_what_somebody_else_has_said_meanwhile_is_not_seen_by_being_answered(desk: Desk) -> None:
    desk.take(ReviewAsked(OWN, CLOSE, Review()))
    desk.take(ReviewAsked(OWN, ReviewChange(owner="Zoe"), Review()))
    desk.take(ReviewAnswered(OWN, CLOSE, CLOSED))
    (waiting,) = desk.waiting
    assert (waiting.seen.state, waiting.seen.owner) == (ReviewState.CLOSED, ""), "nobody here knew of Anna"


def test_what_was_refused_and_is_said_otherwise_now_is_not_seen_by_being_refused(desk: Desk) -> None:
    desk.take(ReviewAsked(OWN, ReviewChange(owner="Zoe"), Review()))
    desk.take(ReviewAsked(OWN, ReviewChange(owner="Bob"), Review()))
    desk.take(ReviewAnswered(OWN, ReviewChange(owner="Zoe"), ANNAS, Code.REVIEW_CONTESTED))
    assert desk.waiting == [WaitingReview(OWN, ReviewChange(owner="Bob"), Review())]


def test_an_answer_that_came_twice_changes_nothing(desk: Desk) -> None:
    desk.take(ReviewAsked(OWN, CLOSE, Review()))
    first = desk.take(ReviewAnswered(OWN, CLOSE, CLOSED))
    assert desk.take(ReviewAnswered(OWN, CLOSE, CLOSED)) == first
    assert desk.take(ReviewAnswered(OWN, CLOSE, None, Code.AUTH_FORBIDDEN, waits=True)) == first
    assert desk.take(ReviewAnswered(OWN, CLOSE, CLOSED, Code.REVIEW_CONTESTED)) == first, "nobody was refused anything"
