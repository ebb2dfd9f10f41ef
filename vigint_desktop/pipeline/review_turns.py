"""Whose turn it is among the reviews that wait: one that can't be brought holds no other one up."""

import random
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from vigint_core.domain.ids import IncidentId
from vigint_core.policy.retry import BackOff
from vigint_core.ports import Clock

MOST_DELAY_S: Final = 60.0


@dataclass(slots=True)
class _Tries:
    """What has come of one review so far.

    Attributes:
        vain: tries that led nowhere, whatever the reason.
        failures: those for which it was put off.
        until_mono_s: it has time until then.
    """

    vain: int = 0
    failures: int = 0
    until_mono_s: float = 0.0


class ReviewTurns:
    """Of each incident, how often its review was tried in vain, and until when it has time. Used by one thread."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._back_off = BackOff(first_s=1.0, most_s=MOST_DELAY_S)
        self._tries: dict[IncidentId, _Tries] = {}

    def due(self, ids: Iterable[IncidentId]) -> list[IncidentId]:
        """Those whose turn it is: the least tried first, and the oldest of them, where ``ids`` come oldest first."""
        now_s, untried = self._clock.monotonic(), _Tries()
        due = [name for name in ids if self._tries.get(name, untried).until_mono_s <= now_s]
        return sorted(due, key=lambda name: self._tries.get(name, untried).vain)

    def tried(self, incident_id: IncidentId) -> None:
        """It was tried in vain, through no fault of its own: it is due, but others come first."""
        self._tries.setdefault(incident_id, _Tries()).vain += 1

    def put_off(self, incident_id: IncidentId) -> None:
        """It was tried in vain, and has time: each time longer."""
        self.tried(incident_id)
        tries = self._tries[incident_id]
        tries.failures += 1
        delay_s = self._back_off.delay_s(tries.failures, random.random())  # noqa: S311 - jitter
        tries.until_mono_s = self._clock.monotonic() + delay_s

    def keep_only(self, ids: Collection[IncidentId]) -> None:
        """Forget all others: they wait no more."""
        self._tries = {name: tries for name, tries in self._tries.items() if name in ids}

    def forget(self, incident_id: IncidentId) -> None:
        """There was an answer to one: what is said of it next is new."""
        self._tries.pop(incident_id, None)

    def begin_anew(self) -> None:
        """Each is as if it had never been tried: it is another server, or there again."""
        self._tries.clear()
