"""From broken rules to incidents: what a rule saw is certain, so its incident is confirmed from the start.

Incidents of rules and of the AI stay apart, also over the same seconds: one says what was measured, the other what a
model believes to have seen, and neither may colour the other.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from vigint_core.domain.ids import CameraId, IncidentId
from vigint_core.domain.incident import Incident, IncidentState
from vigint_core.domain.verdict import IncidentType, Observation, Severity
from vigint_core.domain.window import Span
from vigint_core.policy.grouping import GroupingRule
from vigint_core.policy.rules import RuleKind

BY_RULE: Final = "rule"
_MOST_OBSERVATIONS: Final = 50
"""Of one incident; what goes on does not add any, and a new one begins after ten minutes."""
_TYPES: Final = {
    RuleKind.MOVEMENT: (IncidentType.INTRUSION, Severity.HIGH),
    RuleKind.CROSSING: (IncidentType.INTRUSION, Severity.HIGH),
    RuleKind.DWELL: (IncidentType.LOITERING, Severity.HIGH),
    RuleKind.LOST: (IncidentType.CAMERA_LOST, Severity.HIGH),
    RuleKind.COVERED: (IncidentType.CAMERA_COVERED, Severity.HIGH),
}


@dataclass(frozen=True, slots=True)
class Alarm:
    """A rule is broken, in words.

    Attributes:
        said: one sentence for people.
        span: since when, until now, Unix time.
        fresh: told for the first time.
    """

    camera_id: CameraId
    camera_name: str
    kind: RuleKind
    said: str
    span: Span
    fresh: bool


def raise_alarm(
    rule: GroupingRule, recent: Sequence[Incident], alarm: Alarm, now_s: float, fresh_id: IncidentId
) -> Incident:
    """The incident that an alarm makes or grows: one of a rule on its camera, of the same type, near in time."""
    kind, severity = _TYPES[alarm.kind]
    seen = Observation(alarm.span.end_s, alarm.said)
    found = _near(rule, recent, alarm, kind)
    if found is None:
        return Incident(
            id=fresh_id,
            camera_id=alarm.camera_id,
            camera_name=alarm.camera_name,
            type=kind,
            severity=severity,
            state=IncidentState.CONFIRMED,
            source=BY_RULE,
            confidence=1.0,
            summary=alarm.said,
            observations=(seen,),
            span=alarm.span,
            act_s=alarm.span.end_s,
            opened_s=now_s,
            suspicions=(),
        )
    grown = Span(min(found.span.start_s, alarm.span.start_s), max(found.span.end_s, alarm.span.end_s))
    adds = alarm.fresh and len(found.observations) < _MOST_OBSERVATIONS
    return replace(found, span=grown, observations=(*found.observations, seen) if adds else found.observations)


def _near(rule: GroupingRule, recent: Sequence[Incident], alarm: Alarm, kind: IncidentType) -> Incident | None:
    near = [
        incident
        for incident in recent
        if (incident.source, incident.camera_id, incident.type) == (BY_RULE, alarm.camera_id, kind)
        and alarm.span.start_s <= incident.span.end_s + rule.gap_s
        and max(alarm.span.end_s, incident.span.end_s) - incident.span.start_s <= rule.longest_s
    ]
    return max(near, key=lambda incident: incident.span.end_s, default=None)
