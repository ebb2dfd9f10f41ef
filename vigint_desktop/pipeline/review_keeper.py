"""Keeps what people say of incidents: what is said here counts at once, and waits until the server has taken it."""

from dataclasses import replace
from typing import Final

from vigint_core.domain.review import Review, ReviewChange
from vigint_core.domain.status import ReviewTold
from vigint_core.policy.reviewing import is_lost, joined, laid_over, said, without
from vigint_desktop.pipeline.messages import ReviewAnswered, ReviewAsked, ReviewHeard
from vigint_desktop.store.review_books import BookedReview, ReviewBooks

_MOST_TRIED: Final = 8
"""Changes of mind about one incident of which no answer has come; the latest are remembered."""


class ReviewKeeper:
    """Part of the desk: everything runs inside a transaction of its ledger, and tells what people are to see."""

    def __init__(self, books: ReviewBooks) -> None:
        self._books = books

    def take(self, message: ReviewAsked | ReviewHeard | ReviewAnswered, now_s: float) -> ReviewTold:
        """Write what was said here or at the server; ``now_s`` is Unix time."""
        kept = self._books.get(message.incident_id) or BookedReview(message.incident_id)
        match message:
            case ReviewAsked():
                row = _asked(kept, message, now_s)
            case ReviewHeard():
                row = _heard(kept, message.review, now_s)
            case ReviewAnswered():
                row = _answered(kept, message, now_s)
        # Of another desk's incident the books hold only what is still to be told.
        if row.wanted is not None or self._books.has_incident(row.incident_id):
            self._books.put(row)
        else:
            self._books.forget(row.incident_id)
        return row.told()


def _asked(kept: BookedReview, message: ReviewAsked, now_s: float) -> BookedReview:
    """What waits already and this go to the server as one; of each field counts what was seen when it was spoken of."""
    if kept.wanted is None:
        told = message.seen if kept == BookedReview(kept.incident_id) else kept.said
        return replace(kept, said=told, wanted=message.change, seen=message.seen, code=None, asked_s=now_s)
    before = {name: getattr(kept.seen, name) for name in said(kept.wanted)} if kept.seen else {}
    wanted, seen = joined(kept.wanted, message.change), replace(message.seen, **before)
    return replace(kept, wanted=wanted, seen=seen, code=None, asked_s=now_s)


def _heard(kept: BookedReview, review: Review, now_s: float) -> BookedReview:
    """What is new takes the sign of a refusal away: it was about what was said before."""
    if is_lost(kept.said, review):
        return kept
    if kept.wanted is not None:
        return replace(kept, said=review)
    return replace(kept, said=review, code=kept.code if review == kept.said else None, asked_s=now_s)


def _answered(kept: BookedReview, message: ReviewAnswered, now_s: float) -> BookedReview:
    if message.begun:
        return _begun(kept, message.change)
    current = _current(kept, message, now_s)
    if kept.wanted is None:  # it came twice
        return replace(kept, said=current)
    if message.waits:
        return replace(kept, said=current, code=message.code)
    left = _left(kept.wanted, message.change)
    if left is None:
        return replace(kept, said=current, wanted=None, seen=None, code=message.code, asked_s=now_s, tried=())
    kept = replace(kept, said=current, wanted=left, code=None, asked_s=now_s)
    if message.code is not None or kept.seen is None:
        return kept
    # Of what was taken, this desk has just seen what it is now; of all else, somebody else may have spoken meanwhile.
    taken = {name: getattr(current, name) for name in said(message.change)}
    return replace(kept, seen=replace(kept.seen, at_s=current.at_s, **taken), tried=())


def _begun(kept: BookedReview, change: ReviewChange) -> BookedReview:
    if kept.wanted is None or change in kept.tried:
        return kept
    return replace(kept, tried=(*kept.tried, change)[-_MOST_TRIED:])


def _current(kept: BookedReview, message: ReviewAnswered, now_s: float) -> Review:
    """The review as the server has it, as far as it says, and has not lost what this desk knows."""
    if message.review is None:
        return kept.said
    if not is_lost(kept.said, message.review):
        return message.review
    return laid_over(kept.said, message.change, now_s) if message.code is None else kept.said


def _left(wanted: ReviewChange, answered: ReviewChange) -> ReviewChange | None:
    """What was said after the answered change had been sent; None where that was all."""
    left = without(wanted, answered)
    return left if said(left) else None
