"""What judgements over labelled clips are worth: pure arithmetic, each figure with its definition.

An **alert** is what a person would hear: the judgements of a clip are grouped as the desk groups them
(``policy/grouping.py``), and a confirmed incident is one alert, however many windows speak of it. When only first looks
are measured, a suspicion counts as one. An alert is **right** when a moment that it cites lies in a labelled incident,
else it is a **false alarm**: there is nothing in between. Cited moments decide and not windows, because the moment is
what a person plays and believes; windows overlap, and with their lead they reach over 25 s, so a window alone would
also call a lucky guess right. Where a suspicion cites nothing (only first looks may), its window counts.

A labelled incident is **found** when a right alert cites it; **undecided** when a look at it failed, which is never a
miss and never clear; else **missed**. Recall is found / (found + missed).
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import pairwise
from typing import Final

from vigint_core.domain.fault import Code
from vigint_core.domain.ids import IncidentId, camera_id_from_name
from vigint_core.domain.incident import Decision, Incident, IncidentState
from vigint_core.domain.verdict import Judgement, NotAnalysed, Outcome, Suspected
from vigint_core.domain.window import Span
from vigint_core.policy.grouping import Claim, GroupingRule, group, settle
from vigint_desktop.lab.labels import LabelledIncident

SLACK_S: Final = 1.0
"""A cited moment may be so far outside of an incident: first looks see a picture a second, and name whole seconds."""
_LEAST_SEEN_S: Final = 1.0  # what is left between windows that all failed is no footage to count by
_NEVER: Final = float("inf")
_LOOKS: Final = ("first", "second")


@dataclass(frozen=True, slots=True)
class JudgedWindow:
    """A window of a clip and what came of it.

    Attributes:
        span: in seconds from the clip's first frame.
        begin_s: Unix time of that frame, which the judgement's times count from.
    """

    clip_name: str
    span: Span
    judgement: Judgement
    begin_s: float


class Fate(StrEnum):
    """What became of a labelled incident; all but FOUND and UNDECIDED are a miss, and say why."""

    FOUND = "found"
    UNDECIDED = "undecided"
    GATE_CLOSED = "gate_closed"
    CLEAR = "judged_clear"
    VETOED = "vetoed"
    ELSEWHERE = "cited_elsewhere"


@dataclass(frozen=True, slots=True)
class Alert:
    """What a person would have heard.

    Attributes:
        span: of its windows, in seconds of the clip.
        cited_s: moments in the clip that confirmed windows cite, in order.
        blind: windows that alert and cite nothing.
        right: whether it speaks of a labelled incident.
    """

    clip_name: str
    span: Span
    kind: str
    severity: str
    confidence: float
    summary: str
    cited_s: tuple[float, ...]
    blind: tuple[Span, ...] = ()
    right: bool = False

    def speaks_of(self, span: Span) -> bool:
        """Whether a moment that it cites lies in these seconds of the clip."""
        inside = any(span.start_s - SLACK_S <= at_s <= span.end_s + SLACK_S for at_s in self.cited_s)
        return inside or any(_overlap(span, window) for window in self.blind)


@dataclass(frozen=True, slots=True)
class Outing:
    """A labelled incident and what became of it."""

    clip_name: str
    incident: LabelledIncident
    fate: Fate


@dataclass(frozen=True, slots=True)
class Waits:
    """Seconds from question to answer: half of all answers, and 95 of 100, came within; None without an answer."""

    median_s: float | None
    p95_s: float | None
    answers: int


@dataclass(frozen=True, slots=True)
class Score:
    """Everything about one model with one prompt.

    Attributes:
        footage_s: length of all clips, quiet seconds included.
        unseen_s: seconds of windows whose look failed, and that no other window shows.
        windows: how many fell due; each is judged, or not analysed.
        not_analysed: looks without an outcome, by look ("first", "second") and code.
        unconfirmed: suspicions whose second look failed, so that nobody can tell whether they alert rightly.
        cost_micro_usd: of all calls, by the provider's own counts and the price of the day.
        unsettled_micro_usd: the most that calls can have cost of which the provider never told.
        flagged: answers that described a person.
    """

    footage_s: float
    unseen_s: float
    windows: int
    alerts: tuple[Alert, ...]
    outings: tuple[Outing, ...]
    unconfirmed: int
    vetoed: int
    not_analysed: Mapping[tuple[str, Code], int]
    calls: int
    tokens_in: int
    tokens_out: int
    cost_micro_usd: int
    unsettled_micro_usd: int
    flagged: int
    waits: Mapping[str, Waits] = field(default_factory=dict)

    def count(self, *fates: Fate) -> int:
        """Labelled incidents with one of these fates."""
        return sum(outing.fate in fates for outing in self.outings)

    @property
    def decided(self) -> int:
        """Labelled incidents that were found or missed."""
        return len(self.outings) - self.count(Fate.UNDECIDED)

    @property
    def recall(self) -> float | None:
        """Share of the decided incidents that was found; None without any."""
        return self.count(Fate.FOUND) / self.decided if self.decided else None

    @property
    def right(self) -> int:
        """Right alerts."""
        return sum(alert.right for alert in self.alerts)

    @property
    def precision(self) -> float | None:
        """Share of the alerts that was right; None without any."""
        return self.right / len(self.alerts) if self.alerts else None

    @property
    def false_alarms_an_hour(self) -> float | None:
        """False alarms by hours of footage, less what no look could be made at; None where nothing is left."""
        seen_s = self.footage_s - self.unseen_s
        return (len(self.alerts) - self.right) * 3600 / seen_s if seen_s > _LEAST_SEEN_S else None


def score(
    windows: Sequence[JudgedWindow],
    labels: Mapping[str, Sequence[LabelledIncident]],
    footage_s: float,
    *,
    first_look: bool = False,
) -> Score:
    """Score the windows of labelled clips; those of one clip in any order.

    ``labels`` holds every clip that was read. ``first_look``: only first looks were made, so a suspicion is an alert.
    """
    by_clip = {name: [window for window in windows if window.clip_name == name] for name in labels}
    grouped = [
        each for name, known in labels.items() for each in _grouped(name, by_clip[name], known, first_look=first_look)
    ]
    alerts = tuple(alert for _, alert in grouped if alert)
    outings = tuple(
        Outing(name, incident, _fate(incident.span, by_clip[name], [a for a in alerts if a.clip_name == name]))
        for name, incidents in labels.items()
        for incident in incidents
    )
    calls = [call for window in windows for call in window.judgement.calls]
    return Score(
        footage_s=footage_s,
        unseen_s=sum(_unseen_s(known) for known in by_clip.values()),
        windows=len(windows),
        alerts=alerts,
        outings=outings,
        unconfirmed=sum(state is IncidentState.UNCONFIRMED for state, alert in grouped if alert is None),
        vetoed=sum(state is IncidentState.VETOED for state, _ in grouped),
        not_analysed=Counter(failure for window in windows for failure in _failures(window.judgement)),
        calls=len(calls),
        tokens_in=sum(call.tokens_in for call in calls),
        tokens_out=sum(call.tokens_out for call in calls),
        cost_micro_usd=sum(call.cost_micro_usd for call in calls),
        unsettled_micro_usd=sum(call.unsettled_micro_usd for call in calls),
        flagged=sum(call.flagged for call in calls),
        waits={look: waits(c.latency_s for c in calls if c.look == look and c.error is None) for look in _LOOKS},
    )


def waits(latencies_s: Iterable[float]) -> Waits:
    """Median and 95th percentile by the nearest rank: both are times that really were waited."""
    ordered = sorted(latencies_s)
    if not ordered:
        return Waits(None, None, 0)
    ranks = [max(1, math.ceil(share * len(ordered))) for share in (0.5, 0.95)]
    return Waits(ordered[ranks[0] - 1], ordered[ranks[1] - 1], len(ordered))


def _grouped(
    name: str, windows: Sequence[JudgedWindow], labelled: Sequence[LabelledIncident], *, first_look: bool
) -> list[tuple[IncidentState, Alert | None]]:
    """The incidents that the desk would have made of a clip, each with the alert that it is, if it is one."""
    rule = GroupingRule()
    incidents: dict[IncidentId, Incident] = {}
    suspicious = [w for w in windows if isinstance(w.judgement.first, Suspected)]
    for number, window in enumerate(sorted(suspicious, key=lambda w: w.span.end_s)):
        fresh = IncidentId(f"{name} {number}")
        claim = Claim(camera_id_from_name(name), name, window.span, _in_clip_time(window))
        grown = group(rule, tuple(incidents.values()), claim, window.span.end_s, fresh)
        incidents[grown.id] = grown
    found = []
    for incident in incidents.values():
        settled = settle(rule, incident, _NEVER)
        alerts = first_look or settled.state is IncidentState.CONFIRMED
        found.append((settled.state, _alert(settled, suspicious, labelled, first_look=first_look) if alerts else None))
    return found


def _in_clip_time(window: JudgedWindow) -> Judgement:
    judgement = window.judgement
    return replace(
        judgement,
        first_start_s=judgement.first_start_s - window.begin_s,
        second_start_s=judgement.second_start_s - window.begin_s,
    )


def _alert(
    incident: Incident, windows: Sequence[JudgedWindow], labelled: Sequence[LabelledIncident], *, first_look: bool
) -> Alert:
    speaking = {s.window_id for s in incident.suspicions if first_look or s.decision is Decision.CONFIRMED}
    said = [w for w in windows if w.judgement.window_id in speaking]
    alert = Alert(
        clip_name=incident.camera_name,
        span=incident.span,
        kind=incident.type,
        severity=incident.severity,
        confidence=incident.confidence,
        summary=incident.summary,
        cited_s=tuple(sorted(at_s for window in said for at_s in _cited(window))),
        blind=tuple(window.span for window in said if not _cited(window)),
    )
    return replace(alert, right=any(alert.speaks_of(each.span) for each in labelled))


def _cited(window: JudgedWindow) -> list[float]:
    """Moments that the window's last word cites, in seconds of the clip."""
    judgement = _in_clip_time(window)
    said: tuple[Outcome | None, float] = (judgement.second, judgement.second_start_s)
    if judgement.second is None:
        said = (judgement.first, judgement.first_start_s)
    outcome, start_s = said
    return [start_s + seen.at_s for seen in outcome.verdict.observations] if isinstance(outcome, Suspected) else []


def _fate(span: Span, windows: Sequence[JudgedWindow], alerts: Sequence[Alert]) -> Fate:
    """What became of an incident; windows and alerts are those of its clip."""
    if any(alert.speaks_of(span) for alert in alerts):
        return Fate.FOUND
    over = [window.judgement for window in windows if _overlap(window.span, span)]
    if not over:
        return Fate.GATE_CLOSED
    if any(_failures(judgement) for judgement in over):
        return Fate.UNDECIDED
    suspected = [judgement for judgement in over if isinstance(judgement.first, Suspected)]
    if not suspected:
        return Fate.CLEAR
    confirmed = any(judgement.second is None or isinstance(judgement.second, Suspected) for judgement in suspected)
    return Fate.ELSEWHERE if confirmed else Fate.VETOED


def _unseen_s(windows: Sequence[JudgedWindow]) -> float:
    """Seconds of one clip that only failed windows show."""
    edges = sorted({edge for window in windows for edge in (window.span.start_s, window.span.end_s)})
    seen = [window.span for window in windows if not _failures(window.judgement)]
    failed = [window.span for window in windows if _failures(window.judgement)]
    return sum(
        end_s - start_s
        for start_s, end_s in pairwise(edges)
        if any(_overlap(Span(start_s, end_s), span) for span in failed)
        and not any(_overlap(Span(start_s, end_s), span) for span in seen)
    )


def _failures(judgement: Judgement) -> list[tuple[str, Code]]:
    outcomes = zip(_LOOKS, (judgement.first, judgement.second), strict=True)
    return [(look, outcome.reason) for look, outcome in outcomes if isinstance(outcome, NotAnalysed)]


def _overlap(one: Span, other: Span) -> bool:
    return one.start_s < other.end_s and other.start_s < one.end_s
