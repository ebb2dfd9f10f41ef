"""What people say of an incident, in words; and what each key of the window says of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import tzinfo
from enum import StrEnum
from typing import Final

from vigint_core.domain.review import Review, ReviewChange, ReviewStanding, ReviewState, ReviewVerdict
from vigint_core.domain.status import ReviewTold
from vigint_desktop.ui.rows.clocks import when
from vigint_desktop.ui.rows.words import Words


class ReviewStep(StrEnum):
    """What can be said of an incident with one key; said again, it is taken back."""

    REAL = "real"
    FALSE_ALARM = "false_alarm"
    TAKE = "take"
    SETTLE = "settle"
    KEEP = "keep"


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """What people say of an incident.

    Attributes:
        chip: how it stands, short: ``In hand · Anna``; "" where nobody has taken it up.
        kept: that it stays, however old it becomes; "" where it goes as others do.
        said: by whom and when it was said last.
        trouble: why it is not at the server, or was not taken over; "" where it is everywhere.
    """

    review: Review
    standing: ReviewStanding
    chip: str
    kept: str
    said: str
    trouble: str

    @property
    def is_false_alarm(self) -> bool:
        """Whether somebody says that it was nothing."""
        return _is_false(self.review)


_SAYS: Final[Mapping[ReviewStep, tuple[ReviewVerdict | None, ReviewState]]] = {
    ReviewStep.REAL: (ReviewVerdict.REAL, ReviewState.IN_HAND),
    ReviewStep.FALSE_ALARM: (ReviewVerdict.FALSE_ALARM, ReviewState.CLOSED),
    ReviewStep.TAKE: (None, ReviewState.IN_HAND),
    ReviewStep.SETTLE: (None, ReviewState.CLOSED),
}


def review_row(told: ReviewTold | None, now_s: float, words: Words, zone: tzinfo | None = None) -> ReviewRow:
    """The review in words; None: nobody has said anything."""
    review = told.review if told else Review()
    return ReviewRow(
        review=review,
        standing=told.standing if told else ReviewStanding.SHARED,
        chip=_chip(review, words),
        kept=words("review.kept") if review.locked else "",
        said=_said(review, now_s, words, zone),
        trouble=_trouble(told, words) if told else "",
    )


def holds(step: ReviewStep, review: Review) -> bool:
    """Whether it is said already."""
    return {
        ReviewStep.REAL: review.verdict is ReviewVerdict.REAL,
        ReviewStep.FALSE_ALARM: review.verdict is ReviewVerdict.FALSE_ALARM,
        ReviewStep.TAKE: review.state is ReviewState.IN_HAND,
        ReviewStep.SETTLE: review.state is ReviewState.CLOSED,
        ReviewStep.KEEP: review.locked,
    }[step]


def step_change(step: ReviewStep, review: Review, owner: str) -> ReviewChange:
    """What a step says of an incident of which ``review`` was said, by ``owner``.

    False alarm closes it, as on a link's page. Real takes one in hand that nobody has, so that it rings nowhere any
    more while somebody is at it; taken back, the incident stays in that hand. Take in hand takes it from others, too.
    """
    if step is ReviewStep.KEEP:
        return ReviewChange(locked=not review.locked)
    from_others = step is ReviewStep.TAKE and review.owner not in (owner, "")
    if holds(step, review) and not from_others:
        return _taken_back(step, review)
    verdict, state = _SAYS[step]
    if step is ReviewStep.REAL and review.state is not ReviewState.NEW and not _is_false(review):
        return ReviewChange(verdict=verdict)
    if step is ReviewStep.TAKE and _is_false(review):  # nobody takes care of what was nothing
        verdict = ReviewVerdict.NONE
    return ReviewChange(verdict, owner if step is ReviewStep.TAKE else review.owner or owner, state)


def _taken_back(step: ReviewStep, review: Review) -> ReviewChange:
    if step is ReviewStep.REAL:
        return ReviewChange(verdict=ReviewVerdict.NONE)
    return ReviewChange(ReviewVerdict.NONE if _is_false(review) else None, "", ReviewState.NEW)


def _is_false(review: Review) -> bool:
    return review.verdict is ReviewVerdict.FALSE_ALARM


def _chip(review: Review, words: Words) -> str:
    if _is_false(review):
        return words("review.chip.false_alarm")
    real = words("review.chip.real") if review.verdict is ReviewVerdict.REAL else ""
    state = "" if review.state is ReviewState.NEW else review.state
    if real and state == ReviewState.IN_HAND and review.owner:  # a name says that it is in hand
        return f"{real} · {review.owner}"
    told = words(f"review.chip.{state}{'_later' if real else ''}") if state else ""
    owner = review.owner if state == ReviewState.IN_HAND else ""
    return " · ".join(filter(None, (real, told, owner)))


def _said(review: Review, now_s: float, words: Words, zone: tzinfo | None) -> str:
    if review.at_s is None:
        return words("review.unsaid")
    at = when(review.at_s, now_s, words, zone)
    return words("review.said_by", owner=review.owner, at=at) if review.owner else words("review.said_at", at=at)


def _trouble(told: ReviewTold, words: Words) -> str:
    cause, remedy = (words.cause(told.code), words.remedy(told.code)) if told.code else ("", "")
    match told.standing:
        case ReviewStanding.SHARED:
            return ""
        case ReviewStanding.WAITING:
            return words("review.waiting_why", cause=cause) if cause else words("review.waiting")
        case ReviewStanding.REFUSED:
            return words("review.refused", cause=cause, remedy=remedy) if cause else words("review.refused_plain")
