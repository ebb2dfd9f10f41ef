"""Leaving a server alone: after each failure in a row for longer, and for minutes where it has nothing for us."""

import random
from http import HTTPStatus
from typing import Final

from vigint_core.domain.fault import Code
from vigint_core.policy.retry import BackOff
from vigint_core.ports import Clock
from vigint_desktop.pipeline.server_link import Endpoint, ServerError

ASK_AGAIN_S: Final = 600.0
"""Until a server that has nothing for this key is asked again; no wish of a server for more time counts beyond it."""
_MAY_NOT: Final = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
_HAS_NONE: Final = _MAY_NOT | {HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.OK}


def may_not(error: ServerError) -> bool:
    """Whether the server says that our key does not open what was asked for, or the key can't even be sent."""
    return (error.ours and error.status in _MAY_NOT) or (not error.status and error.code is Code.AUTH_INVALID_KEY)


def has_none(error: ServerError) -> bool:
    """Whether the server has nothing of the kind for us: our key may not, it is older, or answers in other words.

    The same number from a stranger before it says nothing: that passes.
    """
    return may_not(error) or (error.ours and error.status in _HAS_NONE)


class Reserve:
    """Towards one server at a time: another one, or another key, is asked at once. Used by one thread.

    ``end`` may come from another one.
    """

    def __init__(self, clock: Clock, most_s: float = 30.0) -> None:
        """``most_s``: the longest pause, in seconds, after a failure that may pass."""
        self._clock = clock
        self._back_off = BackOff(first_s=1.0, most_s=most_s)
        self._failures = 0
        self._until: tuple[Endpoint, float] | None = None

    def holds(self, endpoint: Endpoint) -> bool:
        """Whether a server is left alone now."""
        until = self._until
        return until is not None and until[0] == endpoint and self._clock.monotonic() < until[1]

    def answered(self) -> None:
        """It does what it should: the next failure is the first one again."""
        self._failures = 0

    def failed(self, endpoint: Endpoint, error: ServerError, *, lasting: bool) -> bool:
        """Leave a server alone from now on; True for the first failure in a row. ``lasting``: it will not pass soon."""
        self._failures += 1
        delay_s = self._back_off.delay_s(self._failures, random.random())  # noqa: S311 - jitter
        delay_s = max(delay_s, min(error.retry_after_s or 0.0, ASK_AGAIN_S))
        self.pause(endpoint, ASK_AGAIN_S if lasting else delay_s)
        return self._failures == 1

    def pause(self, endpoint: Endpoint, seconds: float) -> None:
        """Leave a server alone for a while, though nothing failed."""
        self._until = (endpoint, self._clock.monotonic() + seconds)

    def end(self) -> None:
        """It is there again: ask it at once."""
        self._until = None
