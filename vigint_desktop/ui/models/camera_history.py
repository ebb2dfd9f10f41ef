"""The last day of one camera, in bounded memory: what may still change one by one, what is settled as a whole."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from vigint_core.domain.camera import Camera
from vigint_core.domain.coverage import CoverageCounted, CoverRun
from vigint_core.domain.ids import IncidentId, WindowId
from vigint_core.domain.incident import Incident
from vigint_core.domain.status import Activity, CameraHealth, ReviewTold, Snapshot, WindowRecord, WindowResult
from vigint_core.domain.window import Span
from vigint_core.policy.coverage import splice
from vigint_desktop.ui.rows.runs import coalesce, joined, run_stretches, span_stretches
from vigint_desktop.ui.rows.timeline import LaneData

SETTLED_AFTER_S: Final = 900.0  # what is older is settled: nothing changes it any more
_MOST_LOOSE: Final = 2000  # windows that are kept one by one; beyond, the oldest are settled
_MOST_SPANS: Final = 5000  # settled spans of activity and runs; beyond, the oldest are forgotten
_MOST_INCIDENTS: Final = 10_000  # beyond, the oldest are forgotten
_MOST_HEALTH: Final = 1000
_MOST_SNAPSHOTS: Final = 1000

Known = WindowRecord | Activity | Incident | CameraHealth | Snapshot
_MOST_COVER_RUNS: Final = 20_000  # of seconds; beyond, the oldest are forgotten


class CameraHistory:
    """Everything that the timeline shows of one camera.

    Attributes:
        coverage: what became of its seconds, in order; to be read only.
    """

    def __init__(self, reviews: Mapping[IncidentId, ReviewTold]) -> None:
        """``reviews``: what people say of incidents, as it is at any time."""
        self._reviews = reviews
        self._loose: dict[WindowId, WindowRecord] = {}
        self._settled = run_stretches(())
        self._open: dict[float, Span] = {}
        self._past = span_stretches(())
        self._incidents: dict[IncidentId, Incident] = {}
        self._health: dict[float, CameraHealth] = {}
        self._snapshots: dict[str, Snapshot] = {}
        self.coverage: list[CoverRun] = []
        self._lane: LaneData | None = None

    def add(self, item: Known) -> None:
        """Something new, or something known that changed."""
        match item:
            case WindowRecord():
                self._loose[item.id] = item
            case Activity():
                self._open[item.span.start_s] = item.span
            case Incident():
                self._incidents[item.id] = item
            case CameraHealth():
                self._health[item.span.start_s] = item
            case Snapshot():
                self._snapshots[item.file] = item
        self._lane = None

    def incident(self, incident_id: IncidentId) -> Incident | None:
        """One of this camera, or None."""
        return self._incidents.get(incident_id)

    def forget_incident(self, incident_id: IncidentId) -> None:
        """An incident is no more."""
        del self._incidents[incident_id]
        self._lane = None

    def count(self, counted: CoverageCounted) -> None:
        """What became of some seconds is known now, or otherwise than before."""
        splice(self.coverage, counted.runs, counted.start_s, counted.end_s)
        self._lane = None

    def count_past(self, runs: Sequence[CoverRun]) -> None:
        """What the books hold of all seconds of the day."""
        self.coverage = list(runs)
        self._lane = None

    def add_past(self, items: Iterable[Known]) -> None:
        """What was read from the books some time ago: where more is known by now, that counts."""
        for item in items:
            if not self._knows(item):
                self.add(item)

    def lane(self, camera: Camera) -> LaneData:
        """Everything of this camera, sorted by start; made anew only after something changed."""
        if self._lane is None or self._lane.name != camera.name:
            self._lane = LaneData(
                camera_id=camera.id,
                name=camera.name,
                fresh_activity=[self._open[start] for start in sorted(self._open)],
                fresh_runs=coalesce(self._loose.values()),
                incidents=sorted(self._incidents.values(), key=lambda i: i.act_s),
                health=sorted(self._health.values(), key=lambda h: h.span.start_s),
                snapshots=sorted(self._snapshots.values(), key=lambda s: s.at_s),
                coverage=self.coverage,
                reviews=self._reviews,
                settled=self._settled,
                past=self._past,
            )
        return self._lane

    def prune(self, now_s: float, oldest_s: float) -> None:
        """Settle what is settled, forget what ended before ``oldest_s``."""
        self._settle_windows(now_s, oldest_s)
        self._settle_activity(now_s, oldest_s)
        incidents = [i for i in self._incidents.values() if i.span.end_s >= oldest_s]
        incidents = sorted(incidents, key=lambda i: i.act_s)[-_MOST_INCIDENTS:]
        self._incidents = {i.id: i for i in incidents}
        health = [h for h in self._health.values() if not h.closed or h.span.end_s >= oldest_s]
        self._health = {h.span.start_s: h for h in sorted(health, key=lambda h: h.span.start_s)[-_MOST_HEALTH:]}
        snapshots = [s for s in self._snapshots.values() if s.at_s >= oldest_s]
        self._snapshots = {s.file: s for s in sorted(snapshots, key=lambda s: s.at_s)[-_MOST_SNAPSHOTS:]}
        self.coverage = [run for run in self.coverage if run.end_s >= oldest_s][-_MOST_COVER_RUNS:]
        self._lane = None

    def _knows(self, item: Known) -> bool:
        match item:
            case WindowRecord():
                return item.id in self._loose
            case Activity():
                return item.span.start_s in self._open
            case Incident():
                return item.id in self._incidents
            case CameraHealth():
                return item.span.start_s in self._health
            case Snapshot():
                return item.file in self._snapshots

    def _settle_windows(self, now_s: float, oldest_s: float) -> None:
        settling = list(self._settling(now_s))
        for record in settling:
            del self._loose[record.id]
        if settling or any(run.span.end_s < oldest_s for run in self._settled.items[:1]):
            runs = joined((*self._settled.items, *coalesce(settling)))
            self._settled = run_stretches([run for run in runs if run.span.end_s >= oldest_s][-_MOST_SPANS:])

    def _settling(self, now_s: float) -> Iterable[WindowRecord]:
        by_age = sorted(self._loose.values(), key=lambda record: record.span.end_s)
        excess = max(0, len(by_age) - _MOST_LOOSE)
        for place, record in enumerate(by_age):
            old = record.span.end_s < now_s - SETTLED_AFTER_S and record.result is not WindowResult.WAITING
            if place < excess or old:
                yield record

    def _settle_activity(self, now_s: float, oldest_s: float) -> None:
        settling = [start for start, span in self._open.items() if span.end_s < now_s - SETTLED_AFTER_S]
        if settling or any(span.end_s < oldest_s for span in self._past.items[:1]):
            known = {span.start_s: span for span in self._past.items}  # one that is told again stays one
            known.update((start, self._open.pop(start)) for start in settling)
            spans = sorted(known.values(), key=lambda span: span.start_s)
            self._past = span_stretches([span for span in spans if span.end_s >= oldest_s][-_MOST_SPANS:])
