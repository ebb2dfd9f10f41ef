"""Keeps what people say of incidents: what is said here counts at once, and waits until the server has taken it."""

from dataclasses import replace

from vigint_core.domain.review import ReviewChange
from vigint_core.domain.status import ReviewTold
from vigint_core.policy.reviewing import joined, said, without
from vigint_desktop.pipeline.messages import ReviewAnswered, ReviewAsked, ReviewHeard
from vigint_desktop.store.review_books import BookedReview, ReviewBooks


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
                row = replace(kept, said=message.review, asked_s=kept.asked_s if kept.wanted else now_s)
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


def _answered(kept: BookedReview, message: ReviewAnswered, now_s: float) -> BookedReview:
    current = kept.said if message.review is None else message.review
    if message.waits:
        return replace(kept, said=current, code=message.code if kept.wanted else None)
    left = None if kept.wanted is None else _left(kept.wanted, message.change)
    code = None if left else message.code
    return replace(kept, said=current, wanted=left, seen=current if left else None, code=code, asked_s=now_s)


def _left(wanted: ReviewChange, answered: ReviewChange) -> ReviewChange | None:
    """What was said after the answered change had been sent; None where that was all."""
    left = without(wanted, answered)
    return left if said(left) else None
