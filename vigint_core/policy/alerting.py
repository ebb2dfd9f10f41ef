"""Whom to tell of an incident, and when: at once, together with others, or not at all. Never a flood, never a loss.

Everything here is decided anew from the newest facts, when an incident changes and again when a delivery falls due; so
what is no longer news by then is left out, and nothing is told twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Final

from vigint_core.domain.alert import TOLD_STATES, Fact, News, Told, Waiting, Wishes
from vigint_core.domain.incident import IncidentState
from vigint_core.policy.schedule import opens_at

HOUR_S: Final = 3600.0


@dataclass(frozen=True, slots=True)
class Pace:
    """How much one recipient is told.

    Attributes:
        cooldown_s: incidents of one camera within it share a delivery, and an incident is updated once within it; at
            most an hour.
        most_an_hour: deliveries; what is over waits for one digest.
    """

    cooldown_s: float = 300.0
    most_an_hour: int = 20


@dataclass(frozen=True, slots=True)
class Memory:
    """What one recipient knows.

    Attributes:
        told: everything about the incident in question, and of the others at least the last hour; in any order.
        digest_waits: a digest is put down; it has the first free place of the hour.
        given_up: what was to be told within the last hour and never will be. It is news still, and has its place in
            the hour and its cool-down, so that who refuses everything is not met by a flood.
    """

    told: Sequence[Told] = ()
    digest_waits: bool = False
    given_up: Sequence[Told] = ()

    @property
    def tried(self) -> Sequence[Told]:
        """What was told, and what nobody took."""
        return (*self.told, *self.given_up)


@dataclass(frozen=True, slots=True)
class Turn:
    """When something is told.

    Attributes:
        at_s: Unix time, never before the time that was asked about.
        gathered: it waits for a digest, because there is no place in the hour or the recipient's hours have not begun.
    """

    at_s: float
    gathered: bool = False


def news(wishes: Wishes, told: Sequence[Told], fact: Fact) -> News | None:
    """What is new in ``fact`` for somebody who was told ``told`` (of this and of other incidents); None for nothing."""
    since = _standing(told, fact.incident_id)
    if fact.state is IncidentState.VETOED:
        return News.WITHDRAWN if since else None
    if fact.state not in TOLD_STATES:
        return None
    if not since:
        wanted = fact.state in wishes.states and fact.severity.rank >= wishes.least.rank
        return News.FIRST if wanted else None
    if fact.severity.rank > max(one.fact.severity.rank for one in since):
        return News.GRAVER
    confirmed = any(one.fact.state is IncidentState.CONFIRMED for one in since)
    return News.JUDGED if fact.state is IncidentState.CONFIRMED and not confirmed else None


def turn(wishes: Wishes, pace: Pace, memory: Memory, fact: Fact, now_s: float, zone: tzinfo) -> Turn | None:
    """When to tell what is new in ``fact``; ``at_s == now_s`` for now, None where nothing is.

    A first telling waits for the others of its camera unless it is graver than they were; an update for the end of the
    last one's cool-down unless the severity rose. Without a place in the hour, all but what is graver than anything
    told in it waits for the digest. What comes outside the recipient's hours waits for their beginning.
    """
    new = news(wishes, memory.told, fact)
    if new is None:
        return None
    at_s, gathered = max(now_s, _cooled_s(new, pace, memory, fact, now_s)), False
    place_s = _place_s(pace, memory, at_s)
    if place_s > at_s and (new is News.WITHDRAWN or not _tops(memory.tried, fact, at_s - HOUR_S)):
        at_s, gathered = place_s, True
    opening_s = _opening_s(wishes, memory, fact, at_s, zone)
    return Turn(opening_s, gathered=True) if opening_s > at_s else Turn(at_s, gathered)


def joined(waiting: Sequence[Waiting], fact: Fact, when: Turn) -> Waiting | None:
    """The delivery that is put down already and tells of the incident, or can, by then; None where a new one is due.

    One that could not be sent goes on with what it was to tell, whenever its next try is: another one would meet the
    same. What has become graver since is tried at once all the same.
    """
    about = "" if when.gathered else fact.camera_id
    in_time = [one for one in waiting if one.due_s <= when.at_s]
    failed = [one for one in waiting if (fact.incident_id, fact.severity) in one.failed]
    holding = [one for one in in_time if fact.incident_id in one.incident_ids] or failed
    fitting = holding or [one for one in in_time if one.about == about]
    return min(fitting, key=lambda one: one.due_s, default=None)


def _standing(told: Sequence[Told], incident_id: str) -> Sequence[Told]:
    """What was told of an incident and not withdrawn, oldest first."""
    of_it = sorted((one for one in told if one.fact.incident_id == incident_id), key=lambda one: one.at_s)
    withdrawn = [index for index, one in enumerate(of_it) if one.news is News.WITHDRAWN]
    return of_it[withdrawn[-1] + 1 :] if withdrawn else of_it


def _cooled_s(new: News, pace: Pace, memory: Memory, fact: Fact, now_s: float) -> float:
    """When the cool-down allows it, which may have been before now."""
    of_it = [one for one in memory.tried if one.fact.incident_id == fact.incident_id]
    refused = (one.fact.severity.rank for one in memory.given_up if one.fact.incident_id == fact.incident_id)
    if new is News.GRAVER and fact.severity.rank > max(refused, default=-1):
        return now_s
    if new is not News.FIRST:
        return max((one.at_s + pace.cooldown_s for one in of_it if one.news is not News.FIRST), default=now_s)
    of_camera = [one for one in memory.tried if one.fact.camera_id == fact.camera_id]
    if _tops(of_camera, fact, now_s - pace.cooldown_s):
        return now_s
    return max((one.at_s + pace.cooldown_s for one in of_camera if one.news is News.FIRST), default=now_s)


def _tops(told: Sequence[Told], fact: Fact, since_s: float) -> bool:
    """Whether an incident is graver than anything that was told after ``since_s`` and still stands."""
    incidents = {one.fact.incident_id for one in told}
    standing = [one for incident_id in incidents for one in _standing(told, incident_id) if one.at_s > since_s]
    return all(fact.severity.rank > one.fact.severity.rank for one in standing)


def _place_s(pace: Pace, memory: Memory, at_s: float) -> float:
    """When the hour has a place for one more delivery: ``at_s`` where it has one."""
    went = {one.delivery_id: one.at_s for one in memory.tried if one.at_s > at_s - HOUR_S}
    over = len(went) + memory.digest_waits - pace.most_an_hour + 1
    if over <= 0 or not went:
        return at_s
    return sorted(went.values())[min(over, len(went)) - 1] + HOUR_S


def _opening_s(wishes: Wishes, memory: Memory, fact: Fact, at_s: float, zone: tzinfo) -> float:
    """When the recipient's hours allow it: ``at_s`` within them, without any, and for what is told always."""
    rank = max([fact.severity.rank, *(one.fact.severity.rank for one in _standing(memory.told, fact.incident_id))])
    if wishes.hours is None or (wishes.always is not None and rank >= wishes.always.rank):
        return at_s
    opening_s = opens_at(wishes.hours, at_s, zone)
    return at_s if opening_s == float("inf") else opening_s
