"""Reviews that meet: what somebody says at one desk over what was said at another."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, replace
from typing import Any

from vigint_core.domain.review import Review, ReviewChange, ReviewState, ReviewVerdict


def said(change: ReviewChange) -> Mapping[str, Any]:
    """The fields that a change speaks of, with what it says."""
    return {name: value for name, value in asdict(change).items() if value is not None}


def laid_over(review: Review, change: ReviewChange, now_s: float) -> Review:
    """The review after a change, said at ``now_s`` (Unix time); the very same where it says nothing new."""
    after = replace(review, **said(change))
    return review if after == review else replace(after, at_s=now_s)


def joined(earlier: ReviewChange, later: ReviewChange) -> ReviewChange:
    """Both in one; of what both speak of, the later one counts."""
    return replace(earlier, **said(later))


def without(change: ReviewChange, done: ReviewChange) -> ReviewChange:
    """What is left of a change once ``done`` is: what it says of other fields, or says otherwise by now."""
    finished = said(done)
    kept = {name: value for name, value in said(change).items() if name not in finished or finished[name] != value}
    return ReviewChange(**kept)


def contested(
    seen: Review, current: Review, change: ReviewChange, tried: Collection[ReviewChange] = ()
) -> frozenset[str]:
    """The fields of which somebody else has said something else, since whoever makes the change has seen the review.

    These can't be laid over: nobody has decided between the two. ``tried`` is what the same desk may have said itself
    meanwhile: whoever changes their mind contests nobody. Where nothing is dated, nobody has said anything.
    """
    if current.at_s is None:
        return frozenset()
    return frozenset(
        name
        for name, wanted in said(change).items()
        if getattr(current, name) not in {getattr(seen, name), wanted, *(getattr(each, name) for each in tried)}
    )


def is_lost(known: Review, told: Review) -> bool:
    """Whether a server tells nothing where something was said: it was set up anew, or from an old backup.

    Whoever takes back what was said dates that, too.
    """
    return told.at_s is None and known.at_s is not None


def is_attended(review: Review) -> bool:
    """Whether somebody has taken care of it: no desk has to ring for it any more."""
    return review.state is not ReviewState.NEW or review.verdict is ReviewVerdict.FALSE_ALARM
