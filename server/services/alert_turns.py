"""One recipient's share of a decision: when it is told what, and which delivery that goes with."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from server.db.books.alerts import Alert, AlertDesk, ClientFacts
from server.db.tables import AlertState
from vigint_core.domain.alert import Fact, Recipient, Told
from vigint_core.policy.alerting import HOUR_S, Memory, Pace, Turn, joined, news, turn
from vigint_core.policy.periods import zone_named

_MOST_FOLLOWS: Final = 10
"""Message ids that a mail names of those before it."""


@dataclass(frozen=True, slots=True)
class Divided:
    """What of a delivery is told now, and the deliveries that tell the rest of it later."""

    now: Sequence[Fact]
    later: Sequence[Alert]


@dataclass(frozen=True, slots=True)
class Turns:
    """Decides for one recipient, within a transaction that holds its client. ``now_s`` is Unix time."""

    desk: AlertDesk
    recipient: Recipient
    pace: Pace
    now_s: float
    client: ClientFacts

    def put_down(self, fact: Fact, apart_from: str = "") -> Alert | None:
        """The delivery that tells what is new in ``fact``, joined or made; None where nothing is.

        ``apart_from`` is the id of a delivery that is not to be joined.
        """
        when = self._turn(fact, self._told([fact.incident_id]), self._given_up(), apart_from)
        if when is None:
            return None
        waiting = [one for one in self.desk.waiting(self.recipient.id) if one.id != apart_from]
        there = joined(waiting, fact, when)
        alert = None if there is None else self.desk.get(there.id)
        if alert is None:
            about = "" if when.gathered else fact.camera_id
            alert = Alert(uuid.uuid4().hex, self.recipient.id, self.recipient.channel, about, when.at_s, self.now_s)
            self.desk.put(alert)
        if there is None or fact.incident_id not in there.incident_ids:
            self.desk.add_item(alert.id, fact, None)
        return alert

    def divide(self, alert: Alert) -> Divided:
        """What of a due delivery is news still and told now. What must wait is put down elsewhere, the rest let go."""
        incident_ids = self.desk.item_ids(alert.id)
        facts = self.desk.facts(incident_ids)
        told, given_up = self._told(incident_ids), self._given_up()
        now: list[Fact] = []
        late: list[Fact] = []
        for incident_id in incident_ids:
            fact = facts.get(incident_id)
            when = None if fact is None else self._turn(fact, told, given_up, alert.id)
            if fact is not None and when is not None and when.at_s <= self.now_s:
                now.append(fact)
                continue
            self.desk.remove_item(alert.id, incident_id)
            if fact is not None and when is not None:
                late.append(fact)
        put_down = {one.id: one for one in (self.put_down(fact, alert.id) for fact in late) if one is not None}
        return Divided(now, list(put_down.values()))

    def worded(self, alert: Alert, message_id: str, facts: Sequence[Fact]) -> Alert:
        """The delivery with what it tells written down: from here on it is the same however often it is sent."""
        told = self._told([fact.incident_id for fact in facts])
        of_them = {fact.incident_id for fact in facts}
        earlier = dict.fromkeys(one.delivery_id for one in told if one.fact.incident_id in of_them)
        named = self.desk.message_ids(list(earlier))
        follows = [named[each] for each in earlier if named.get(each)][-_MOST_FOLLOWS:]
        for fact in facts:
            self.desk.add_item(alert.id, fact, news(self.recipient.wishes, told, fact))
        sending = replace(
            alert,
            state=AlertState.SENDING,
            composed_s=self.now_s,
            message_id=alert.message_id or message_id,
            follows=" ".join(follows),
            tries=alert.tries + 1,
        )
        self.desk.put(sending)
        return sending

    def _turn(self, fact: Fact, told: Sequence[Told], given_up: Sequence[Told], apart_from: str) -> Turn | None:
        waiting = self.desk.waiting(self.recipient.id)
        digest_waits = any(not one.about and one.id != apart_from for one in waiting)
        memory = Memory(told, digest_waits, given_up)
        return turn(self.recipient.wishes, self.pace, memory, fact, self.now_s, zone_named(self.client.time_zone))

    def _given_up(self) -> Sequence[Told]:
        return self.desk.given_up(self.recipient.id, self.now_s - HOUR_S)

    def _told(self, incident_ids: Sequence[str]) -> Sequence[Told]:
        return self.desk.told(self.recipient.id, incident_ids, self.now_s - HOUR_S)
