"""From judgements to incidents: group by camera and time, and let the second looks decide.

An incident's state is a fold over its suspicious windows: any confirmed makes it confirmed; else any that still waits
makes it suspected, and after ``wait_s`` unconfirmed; else all were vetoed and so is the incident. A late answer about a
window of the incident moves it through the same fold.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from vigint_core.domain.ids import CameraId, IncidentId, WindowId
from vigint_core.domain.incident import Act, Decision, Incident, IncidentState, Suspicion
from vigint_core.domain.verdict import (
    Clear,
    Judgement,
    NotAnalysed,
    Observation,
    Outcome,
    Suspected,
    Verdict,
)
from vigint_core.domain.window import Span
from vigint_core.policy.decisions import decided

BY_AI: Final = "ai"


@dataclass(frozen=True, slots=True)
class GroupingRule:
    """A suspicion at most ``gap_s`` after an incident's end belongs to it; a second look may take ``wait_s``.

    No incident grows beyond ``longest_s``: what goes on for hours is told again, and no row grows without end.
    """

    gap_s: float = 30.0
    wait_s: float = 20.0
    longest_s: float = 600.0


@dataclass(frozen=True, slots=True)
class Claim:
    """A suspicious judgement together with the window it is about."""

    camera_id: CameraId
    camera_name: str
    span: Span
    judgement: Judgement


def group(rule: GroupingRule, recent: Sequence[Incident], claim: Claim, now_s: float, fresh_id: IncidentId) -> Incident:
    """The incident that ``claim`` makes or moves.

    ``recent`` are incidents of any camera; the one that holds the claim's window, or else the latest of its camera
    within the gap, grows. Otherwise a new one is made under ``fresh_id``. ``claim.judgement.first`` must be Suspected.
    """
    found = _holding(recent, claim.judgement.window_id) or _near(rule, recent, claim)
    verdict, start_s = _leading_verdict(claim.judgement)
    seen = tuple(replace(o, at_s=start_s + o.at_s) for o in verdict.observations)
    act_s = min((o.at_s for o in seen), default=claim.span.start_s)
    act = Act(verdict.type, verdict.severity, verdict.confidence, verdict.summary, act_s)
    told = claim.judgement
    suspicion = Suspicion(told.window_id, claim.span, now_s, _decision(told.second), act, context_s=told.second_start_s)
    if found is None:
        made = Incident(
            id=fresh_id,
            camera_id=claim.camera_id,
            camera_name=claim.camera_name,
            type=verdict.type,
            severity=verdict.severity,
            state=IncidentState.SUSPECTED,
            source=BY_AI,
            confidence=verdict.confidence,
            summary=verdict.summary,
            observations=seen,
            span=claim.span,
            act_s=act_s,
            opened_s=now_s,
            suspicions=(suspicion,),
        )
        return settle(rule, made, now_s)
    return settle(rule, _grow(found, suspicion, verdict, seen), now_s)


def settle(rule: GroupingRule, incident: Incident, now_s: float) -> Incident:
    """The incident with the state that its windows and the time give it."""
    late = now_s >= deadline_s(rule, incident)
    waiting = IncidentState.UNCONFIRMED if late else IncidentState.SUSPECTED
    return replace(incident, state=decided({s.decision for s in incident.suspicions}, waiting))


def deadline_s(rule: GroupingRule, incident: Incident) -> float:
    """Unix time at which a suspected incident becomes unconfirmed: ``wait_s`` after its first undecided suspicion."""
    waiting = [s.at_s for s in incident.suspicions if s.decision is Decision.PENDING]
    return min(waiting, default=float("inf")) + rule.wait_s


def _decision(second: Outcome | None) -> Decision:
    match second:
        case Suspected():
            return Decision.CONFIRMED
        case Clear():
            return Decision.VETOED
        case NotAnalysed() | None:
            return Decision.PENDING


def _leading_verdict(judgement: Judgement) -> tuple[Verdict, float]:
    """The verdict to tell people, and the Unix time its observations count from: the second look's, if it has one."""
    if isinstance(judgement.second, Suspected):
        return judgement.second.verdict, judgement.second_start_s
    if isinstance(judgement.first, Suspected):
        return judgement.first.verdict, judgement.first_start_s
    raise ValueError("a judgement without a suspicion makes no incident")


def _holding(recent: Sequence[Incident], window_id: WindowId) -> Incident | None:
    return next((i for i in recent if any(s.window_id == window_id for s in i.suspicions)), None)


def _near(rule: GroupingRule, recent: Sequence[Incident], claim: Claim) -> Incident | None:
    near = [
        i
        for i in recent
        if (i.camera_id, i.source) == (claim.camera_id, BY_AI)
        and claim.span.start_s <= i.span.end_s + rule.gap_s
        and claim.span.end_s >= i.span.start_s - rule.gap_s
        and max(claim.span.end_s, i.span.end_s) - min(claim.span.start_s, i.span.start_s) <= rule.longest_s
    ]
    return max(near, key=lambda i: i.span.end_s, default=None)


def _grow(incident: Incident, fresh: Suspicion, verdict: Verdict, seen: tuple[Observation, ...]) -> Incident:
    """Add one suspicion, or what a later answer makes of it. A vetoed one adds no words."""
    earlier = next((s for s in incident.suspicions if s.window_id == fresh.window_id), None)
    if earlier is not None and fresh.decision is Decision.PENDING:
        return incident  # a second answer that decides nothing changes nothing, and does not start the wait again
    suspicion = fresh if earlier is None else replace(fresh, at_s=earlier.at_s)
    others = tuple(s for s in incident.suspicions if s.window_id != fresh.window_id)
    grown = replace(
        incident,
        suspicions=(*others, suspicion),
        span=Span(min(incident.span.start_s, suspicion.span.start_s), max(incident.span.end_s, suspicion.span.end_s)),
    )
    if suspicion.decision is Decision.VETOED:
        return grown
    grown = replace(grown, observations=_merged(incident.observations, seen))
    standing = {s.decision for s in others} - {Decision.VETOED}
    if not _speaks(suspicion.decision, verdict, incident, standing):
        return grown
    graver = max(verdict.severity, incident.severity, key=lambda s: s.rank)
    return replace(
        grown,
        type=verdict.type,
        severity=graver if standing else verdict.severity,
        confidence=verdict.confidence,
        summary=verdict.summary,
        act_s=min((o.at_s for o in seen), default=suspicion.span.start_s),
    )


def _speaks(decision: Decision, verdict: Verdict, incident: Incident, standing: set[Decision]) -> bool:
    """Whether this verdict is what people are told: the first one confirmed, else the gravest.

    ``standing`` is what became of the incident's other suspicions, the vetoed ones left out.
    """
    if not standing:
        return True
    graver = verdict.severity.rank > incident.severity.rank
    if decision is Decision.CONFIRMED:
        return graver or Decision.CONFIRMED not in standing
    return graver and Decision.CONFIRMED not in standing


def _merged(known: Sequence[Observation], seen: Sequence[Observation]) -> tuple[Observation, ...]:
    return tuple(sorted({*known, *seen}, key=lambda o: (o.at_s, o.text)))
