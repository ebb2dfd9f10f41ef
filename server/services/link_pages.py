"""What the page behind a link shows, and what a button on it does to the incident's review."""

from typing import Final, get_args

from server.db.tables import FileKind
from server.pages.link_page import Also, Seen, Shown
from server.services.incidents import Incidents
from server.services.links import OpenLink
from vigint_core.domain.review import ReviewState, ReviewVerdict
from vigint_core.policy.alert_clip import LEAD_S
from vigint_core.texts import Language
from vigint_core.wire import IncidentView

BY_LINK: Final = "link:"
"""A review's ``by`` begins with it where a link said it; the link's id follows."""


class LinkPages:
    """Pages of good links."""

    def __init__(self, incidents: Incidents) -> None:
        self._incidents = incidents

    def shown(self, link: OpenLink, token: str) -> Shown:
        """Everything that the page of a link shows. Raises RefusedError(REQUEST_NOT_FOUND): erased this moment."""
        incident = self._incidents.one(link.tenant, link.entry.incident_id)
        said = incident.review
        return Shown(
            language=language_of(link.owner.language),
            token=token,
            client=link.owner.name,
            place=link.owner.time_zone,
            camera=incident.camera_name,
            type=incident.type,
            severity=incident.severity,
            state=incident.state,
            source=incident.source,
            summary=incident.summary,
            also=tuple(Also(act.type, act.summary) for act in incident.other_acts),
            moments=_moments(incident),
            act_s=incident.act.timestamp(),
            clip_start_s=_clip_start_s(incident),
            has_clip=link.tenant.files.find(incident.id, FileKind.ALERT) is not None,
            has_still=link.tenant.files.find(incident.id, FileKind.STILL) is not None,
            verdict=said.verdict,
            review_state=said.state,
            reviewed_s=None if said.at is None else said.at.timestamp(),
            may_review=link.may_review,
            expires_s=link.entry.expires_s,
        )

    def seen(self, link: OpenLink) -> None:
        """Somebody knows of it: a new incident is in hand. Takes back a false alarm that a link had said.

        What was said in VigInt itself stays. Raises VigintError(REQUEST_NOT_FOUND).
        """
        said = self._incidents.one(link.tenant, link.entry.incident_id).review
        taken_back = said.verdict is ReviewVerdict.FALSE_ALARM and said.by.startswith(BY_LINK)
        if taken_back or said.state is ReviewState.NEW:
            self._say(link, ReviewVerdict.NONE if taken_back else said.verdict, ReviewState.IN_HAND)

    def false_alarm(self, link: OpenLink) -> None:
        """Somebody says that there was nothing to it. Raises VigintError(REQUEST_NOT_FOUND)."""
        self._say(link, ReviewVerdict.FALSE_ALARM, ReviewState.CLOSED)

    def _say(self, link: OpenLink, verdict: ReviewVerdict, state: ReviewState) -> None:
        said = {"verdict": verdict, "state": state}
        by = BY_LINK + link.entry.id
        self._incidents.review(link.tenant, link.entry.incident_id, lambda _version: True, said, by)


def language_of(text: str) -> Language:
    """The language of a text that names one, ``fr`` or ``fr-CA``; English where we do not speak it."""
    spoken: tuple[Language, ...] = get_args(Language)
    return next((each for each in spoken if text[:2].lower() == each), "en")


def _moments(incident: IncidentView) -> tuple[Seen, ...]:
    """What was seen when; what overlapping windows say of the same second stands there once."""
    start_s = incident.start.timestamp()
    all_seen = [Seen(start_s + each.at_s, each.text) for each in incident.observations]
    return tuple({(int(seen.at_s), seen.text): seen for seen in reversed(all_seen)}.values())


def _clip_start_s(incident: IncidentView) -> float:
    """When the clip's first picture was taken: as its desk says, else by the rule that alert clips are cut by."""
    if incident.alert_start is not None:
        return incident.alert_start.timestamp()
    return incident.act.timestamp() - LEAD_S
