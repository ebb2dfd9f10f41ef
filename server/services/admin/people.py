"""Recipients, as the owner handles them."""

from dataclasses import replace
from typing import Any

from server.services.admin.bodies import (
    Done,
    HoursOfWeek,
    OfClient,
    RecipientAsked,
    RecipientChanged,
    RecipientList,
    RecipientMade,
    RecipientNamed,
    RecipientView,
)
from server.services.parts import Parts
from server.services.recipients import Added, Recipients
from vigint_core.domain.alert import TOLD_STATES, Recipient, Wishes
from vigint_core.domain.schedule import Hours, Week


class People:
    """Who is told of clients' incidents."""

    def __init__(self, parts: Parts) -> None:
        self._recipients = Recipients(parts.database, parts.clock, parts.config)

    def add(self, asked: RecipientAsked) -> RecipientMade:
        """A new recipient; what its webhooks are signed with is seen this once."""
        states = TOLD_STATES if asked.states is None else frozenset(asked.states)
        wishes = Wishes(asked.least, states, _week(asked.hours), asked.always)
        return _made(self._recipients.add(asked.client, asked.channel, asked.address, wishes, asked.language))

    def all(self, asked: OfClient) -> RecipientList:
        """Who is told of a client's incidents."""
        return RecipientList(recipients=[_view(each) for each in self._recipients.all(asked.client)])

    def change(self, asked: RecipientChanged) -> RecipientView:
        """Change what is given of a recipient."""
        before = self._recipients.one(asked.client, asked.recipient_id)
        wished = asked.set_fields("least", "states", "hours", "always")
        if "states" in wished:
            wished["states"] = frozenset(asked.states)
        if "hours" in wished:
            wished["hours"] = _week(asked.hours)
        wishes = replace(before.wishes, **wished)
        changed = replace(before, wishes=wishes, **asked.set_fields("address", "language", "paused"))
        return _view(self._recipients.set(asked.client, changed))

    def renew_secret(self, asked: RecipientNamed) -> RecipientMade:
        """A fresh secret for a webhook; it is seen this once."""
        return _made(self._recipients.renew_secret(asked.client, asked.recipient_id))

    def remove(self, asked: RecipientNamed) -> Done:
        """Tell it nothing any more."""
        self._recipients.remove(asked.client, asked.recipient_id)
        return Done()


def _made(added: Added) -> RecipientMade:
    secret = None if added.secret is None else added.secret.get_secret_value()
    return RecipientMade(secret=secret, **_told(added.recipient))


def _view(recipient: Recipient) -> RecipientView:
    return RecipientView(**_told(recipient))


def _told(recipient: Recipient) -> dict[str, Any]:
    wishes = recipient.wishes
    hours = None if wishes.hours is None else [[(h.start_min, h.end_min) for h in day] for day in wishes.hours]
    return {
        "id": recipient.id,
        "channel": recipient.channel,
        "address": recipient.address,
        "language": recipient.language,
        "paused": recipient.paused,
        "least": wishes.least,
        "states": sorted(wishes.states),
        "hours": hours,
        "always": wishes.always,
    }


def _week(hours: HoursOfWeek | None) -> Week | None:
    return None if hours is None else tuple(tuple(Hours(*stretch) for stretch in day) for day in hours)
