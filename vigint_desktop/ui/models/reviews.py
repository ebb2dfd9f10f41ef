"""What people say of incidents, as the window knows it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from vigint_core.domain.ids import IncidentId
from vigint_core.domain.review import Review, ReviewStanding
from vigint_core.domain.status import ReviewTold
from vigint_core.policy.reviewing import is_attended

_MOST: Final = 20_000
"""Reviews; beyond, those that were told of longest ago are forgotten."""


class ReviewBook:
    """Reviews by incident, also of incidents that the window does not know yet.

    Attributes:
        told: to be read only, as it is to be shown; incidents of which nobody said anything are not in it.
        is_shared: there is a server that reviews go to; without one none waits for it.
    """

    def __init__(self) -> None:
        self.told: dict[IncidentId, ReviewTold] = {}
        self.is_shared = True
        self._waiting: dict[IncidentId, ReviewTold] = {}  # as it was told: it waits again once there is a server

    def set_shared(self, *, shared: bool) -> None:
        """With a server, or without one."""
        self.is_shared = shared
        for told in {**self.told, **self._waiting}.values():
            self.take(told)

    def take(self, told: ReviewTold) -> ReviewTold:
        """Something was said; returns how it is to be shown."""
        known = self.told.get(told.incident_id)
        shared = told.standing is ReviewStanding.SHARED
        if known and known.standing is ReviewStanding.REFUSED and shared and told.review == known.review:
            return known  # the very word for which ours was refused is heard once more: that we were is still news
        self._waiting.pop(told.incident_id, None)
        if not self.is_shared and told.standing is ReviewStanding.WAITING:
            _keep(self._waiting, told)
            told = replace(told, standing=ReviewStanding.SHARED, code=None)
        self.told.pop(told.incident_id, None)
        if told != ReviewTold(told.incident_id, Review()):
            _keep(self.told, told)
        return told

    def load(self, read: Mapping[IncidentId, ReviewTold]) -> None:
        """What was read from the books some time ago: where more is known by now, that counts."""
        for incident_id, told in read.items():
            if incident_id not in self.told:
                self.take(told)

    def forget(self, incident_id: IncidentId) -> None:
        """The incident is gone."""
        self.told.pop(incident_id, None)
        self._waiting.pop(incident_id, None)

    def review(self, incident_id: IncidentId) -> Review:
        """What was said last."""
        told = self.told.get(incident_id)
        return told.review if told else Review()

    def is_attended(self, incident_id: IncidentId) -> bool:
        """Whether somebody takes care of it."""
        return is_attended(self.review(incident_id))


def _keep(kept: dict[IncidentId, ReviewTold], told: ReviewTold) -> None:
    kept[told.incident_id] = told
    if len(kept) > _MOST:
        del kept[next(iter(kept))]
