"""The desk: sole owner of incidents and of the only write connection.

Messages come in on one queue; each is written in one transaction and only then told to the window, the clip writer and
the outbox. Nothing it was told is dropped: while the disk refuses, the message at hand is tried again.
"""

import logging
import queue
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from vigint_core.domain.coverage import CoverageCounted
from vigint_core.domain.fault import VigintError
from vigint_core.domain.ids import IncidentId, new_incident_id
from vigint_core.domain.incident import Incident, IncidentState
from vigint_core.domain.status import Event, IncidentStill, WindowRecord, WindowResult
from vigint_core.domain.verdict import Judgement, Suspected
from vigint_core.policy.alarms import Alarm, raise_alarm
from vigint_core.policy.grouping import Claim, GroupingRule, deadline_s, group, settle
from vigint_core.ports import Clock, EventSink
from vigint_core.texts import Language
from vigint_desktop.pipeline.clip_demand import ClipDemand, Files
from vigint_desktop.pipeline.coverage_keeper import CoverageKeeper
from vigint_desktop.pipeline.guard import Guard
from vigint_desktop.pipeline.health_log import HealthLog
from vigint_desktop.pipeline.messages import (
    ActivitySeen,
    Arranged,
    CameraSeen,
    Delivered,
    FilesWritten,
    Judged,
    Looked,
    Message,
    ReviewAnswered,
    ReviewAsked,
    ReviewHeard,
    RuleBroken,
    Sent,
    Settled,
    SnapshotTaken,
    Submitted,
    WindowRef,
)
from vigint_desktop.pipeline.review_keeper import ReviewKeeper
from vigint_desktop.pipeline.rule_words import told_rule
from vigint_desktop.pipeline.tally import Tally
from vigint_desktop.pipeline.window_account import record_of
from vigint_desktop.pipeline.worker import Worker
from vigint_desktop.store.ledger import Ledger

_WAIT_S = 0.25  # longest wait for a message, so that stop and deadlines are seen in time
_REMEMBER_S = 3600.0  # incidents older than this can't grow any more
_TIDY_EVERY_S = 24 * 3600.0  # between two looks for accounts that are old enough to go
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Outputs:
    """Who hears of what the desk has written: the window, the clip writer, all that talks to the server."""

    sink: EventSink
    files: Files
    wake_senders: Callable[[], None]


class Desk:
    """Turns judgements into incidents. ``post`` is for every thread; everything else runs on the desk's own."""

    def __init__(
        self,
        database: Path,
        outputs: Outputs,
        clock: Clock,
        tally: Tally,
        rule: GroupingRule = GroupingRule(),  # noqa: B008 - frozen
        language: Language = "en",
    ) -> None:
        self._database = database
        self._outputs = outputs
        self._clock = clock
        self._tally = tally
        self._rule = rule
        self._language = language
        self._guard = Guard()
        self._wall_offset_s = clock.wall() - clock.monotonic()
        # One message a window and one a second of activity per camera; bounded by what the analyst and the gates let
        # through, so it grows only while the disk refuses, by small values without pictures.
        self._inbox: queue.SimpleQueue[Message] = queue.SimpleQueue()
        self._at_hand: Message | None = None
        self._ledger: Ledger | None = None
        self._recent: dict[IncidentId, Incident] = {}
        self._clips = ClipDemand(outputs.files)
        self._tidied_mono_s = 0.0
        self._health = HealthLog()
        self._coverage: CoverageKeeper | None = None
        self.worker = Worker("desk", self._step, outputs.sink, clock)

    def open(self) -> int:
        """Migrate and open the books; returns how many windows an earlier run left unjudged.

        Called once before any other thread starts. Raises VigintError(STORE_FAILED or DISK_FULL).
        """
        now_s = self._now_s()
        ledger = Ledger(self._database)
        self._coverage = CoverageKeeper(ledger.coverage)
        try:
            with ledger.transaction():
                unsettled = ledger.coverage.unsettled()
                waiting = ledger.close_the_books()
                self._coverage.settle(unsettled)
                ledger.forget_old(now_s)
            self._recent = {i.id: i for i in ledger.recent_incidents(now_s - _REMEMBER_S)}
        except VigintError:
            ledger.close()
            raise
        self._ledger = ledger
        self._tidied_mono_s = self._clock.monotonic()
        return waiting

    def drain(self) -> None:
        """Write what is still in the inbox. Called after the worker has ended.

        What the disk refuses now is lost: the log says how much.
        """
        try:
            while self._at_hand is not None or not self._inbox.empty():
                self._step()
            self._write_health()
            self._seconds().end(self._now_s())
            self._write_presence()
        except VigintError as error:
            lost = self._inbox.qsize() + (self._at_hand is not None)
            _log.error("the books refuse the last %d messages: %s", lost, error)

    def close(self) -> None:
        """Write what is still in the inbox, then close the books. Called after the worker has ended."""
        if self._ledger is None:
            return
        try:
            self.drain()
        finally:
            self._ledger.close()
            self._ledger = None

    def _now_s(self) -> float:
        """Unix time that a stepped system clock does not move: the offset is taken once, when the desk is made."""
        return self._clock.monotonic() + self._wall_offset_s

    def post(self, message: Message) -> None:
        """Tell the desk something. Never blocks."""
        self._inbox.put(message)

    def _step(self) -> None:
        self._settle_overdue()
        self._write_health()
        self._write_presence()
        if self._clock.monotonic() - self._tidied_mono_s >= _TIDY_EVERY_S:
            self._tidy()
        message = self._at_hand or self._next_message()
        if message is None:
            return
        self._at_hand = None
        try:
            events = self._handle(message)
        except VigintError:  # the disk refuses: keep it at hand and try again
            self._at_hand = message
            self._seconds().forget()
            raise
        for event in events:
            self._outputs.sink.publish(event)

    def _tidy(self) -> None:
        with self._books().transaction():
            self._books().forget_old(self._now_s())
        self._tidied_mono_s = self._clock.monotonic()

    def _next_message(self) -> Message | None:
        try:
            return self._inbox.get(timeout=self._patience_s())
        except queue.Empty:
            return None

    def _patience_s(self) -> float:
        waiting = [i for i in self._recent.values() if i.state is IncidentState.SUSPECTED]
        soonest = min((deadline_s(self._rule, i) for i in waiting), default=float("inf"))
        return max(0.0, min(_WAIT_S, soonest - self._now_s()))

    def _handle(self, message: Message) -> list[Event]:
        handlers: dict[type[Message], Callable[[Any], list[Event]]] = {
            Submitted: self._submitted,
            Judged: self._judged,
            ActivitySeen: self._activity,
            RuleBroken: self._rule_broken,
            Looked: self._looked,
            Arranged: self._arranged,
            CameraSeen: self._camera_seen,
            FilesWritten: self._files_written,
            SnapshotTaken: self._snapshot,
            Settled: self._settled,
            Sent: self._sent,
            Delivered: self._delivered,
            ReviewAsked: self._reviewed,
            ReviewHeard: self._reviewed,
            ReviewAnswered: self._reviewed,
        }
        return handlers[type(message)](message)

    def _submitted(self, message: Submitted) -> list[Event]:
        window = message.window
        return self._record(WindowRecord(window.id, window.camera_id, window.span, WindowResult.WAITING))

    def _camera_seen(self, message: CameraSeen) -> list[Event]:
        self._health.note(message.status, self._now_s())
        self._seconds().note(message.status)
        self._guard.note(message.status)
        return []

    def _sent(self, message: Sent) -> list[Event]:
        with self._books().transaction():
            self._books().mark_sent(message.incident_id, message.revision, taken=message.taken)
        self._outputs.wake_senders()  # its files may follow
        return []

    def _delivered(self, message: Delivered) -> list[Event]:
        with self._books().transaction():
            self._books().uploads.settle(message.incident_id, message.kind, taken=message.taken)
        if not message.start_s:
            return []
        incident = self._recent.get(message.incident_id) or self._books().incident(message.incident_id)
        if incident is None:
            return []
        return self._rewrite(replace(incident, alert_s=message.start_s))

    def _reviewed(self, message: ReviewAsked | ReviewHeard | ReviewAnswered) -> list[Event]:
        with self._books().transaction():
            told = ReviewKeeper(self._books().reviews).take(message, self._now_s())
        if isinstance(message, ReviewAsked):
            self._outputs.wake_senders()
        return [told]

    def _record(self, record: WindowRecord) -> list[Event]:
        with self._books().transaction():
            self._books().put_window(record)
            counted = self._seconds().changed(record.camera_id, record.span)
        return [record, *_some(counted)]

    def _activity(self, message: ActivitySeen) -> list[Event]:
        activity = message.activity
        with self._books().transaction():
            self._books().put_activity(activity)
            counted = self._seconds().moved(activity)
        return [activity, *_some(counted)]

    def _rule_broken(self, message: RuleBroken) -> list[Event]:
        now_s, said = self._now_s(), told_rule(self._language, message)
        alarm = Alarm(message.camera_id, message.camera_name, message.kind, said, message.span, message.fresh)
        incident = raise_alarm(self._rule, list(self._recent.values()), alarm, now_s, new_incident_id())
        fresh = incident.id not in self._recent
        with self._books().transaction():
            self._books().put_incident(incident, now_s)
            counted = self._seconds().changed(incident.camera_id, incident.span)
        self._remember(incident, now_s)
        self._clips.ask(incident, message.mono_span, message.still if fresh else b"")
        self._outputs.wake_senders()
        still: list[Event] = [IncidentStill(incident.id, message.still)] if fresh and message.still else []
        return [incident, *still, *_some(counted)]

    def _looked(self, message: Looked) -> list[Event]:
        with self._books().transaction():
            return [*_some(self._seconds().looked(message))]

    def _arranged(self, message: Arranged) -> list[Event]:
        self._guard.arranged(message.cameras)
        with self._books().transaction():
            return [*self._seconds().arranged(message.cameras, self._now_s())]

    def _write_presence(self) -> None:
        now_s = self._now_s()
        if not self._seconds().has_news(now_s):
            return
        with self._books().transaction():
            counted = self._seconds().write_presence(now_s)
        self._seconds().wrote_presence(now_s)
        for event in counted:
            self._outputs.sink.publish(event)

    def _snapshot(self, message: SnapshotTaken) -> list[Event]:
        with self._books().transaction():
            self._books().put_snapshot(message.snapshot)
        return [message.snapshot]

    def _write_health(self) -> None:
        due = self._health.due(self._now_s())
        if not due:
            return
        with self._books().transaction():
            for health in due:
                self._books().put_health(health)
        self._health.done()
        for health in due:
            self._outputs.sink.publish(health)
        for alarm in self._guard.alarms(due, self._clock.wall(), self._clock.monotonic()):
            self.post(alarm)

    def _judged(self, message: Judged) -> list[Event]:
        record = record_of(message.window, message.judgement)
        if not isinstance(message.judgement.first, Suspected):
            return self._record(record)
        window = message.window
        claim = Claim(window.camera_id, window.camera_name, window.span, message.judgement)
        incident = group(self._rule, list(self._recent.values()), claim, self._now_s(), new_incident_id())
        fresh = incident.id not in self._recent
        counted = self._keep_judged(record, incident)
        if fresh:
            taken_mono_s = message.still_s - (window.span.start_s - window.mono_span.start_s)
            self._tally.incident_opened(incident.id, (self._clock.monotonic() - taken_mono_s) * 1000.0)
        self._clips.ask(incident, window.mono_span, message.still if fresh else b"")
        self._outputs.wake_senders()
        still: list[Event] = [IncidentStill(incident.id, message.still)] if fresh and message.still else []
        return [record, incident, *still, *_some(counted)]

    def _settled(self, message: Settled) -> list[Event]:
        """Move the incident that holds the window; what is known already, or about no window of ours, says nothing."""
        held = [(i, s) for i in self._recent.values() for s in i.suspicions if s.window_id == message.window_id]
        if not held or not isinstance(message.first, Suspected):
            return []
        incident, seen = held[0]
        start_s, context_s = seen.span.start_s, seen.span.start_s if seen.context_s is None else seen.context_s
        judgement = Judgement(seen.window_id, message.first, message.second, start_s, context_s, message.calls)
        claim = Claim(incident.camera_id, incident.camera_name, seen.span, judgement)
        moved = group(self._rule, [incident], claim, self._now_s(), incident.id)
        if moved == incident:
            return []
        self._tally.looked_again(message.calls)
        window = WindowRef(seen.window_id, incident.camera_id, incident.camera_name, seen.span, seen.span)
        record = record_of(window, judgement)
        counted = self._keep_judged(record, moved)
        self._outputs.wake_senders()
        return [record, moved, *_some(counted)]

    def _keep_judged(self, record: WindowRecord, incident: Incident) -> CoverageCounted | None:
        now_s = self._now_s()
        with self._books().transaction():
            self._books().put_window(record)
            self._books().put_incident(incident, now_s)
            counted = self._seconds().changed(record.camera_id, record.span)
        self._remember(incident, now_s)
        return counted

    def _files_written(self, message: FilesWritten) -> list[Event]:
        incident = self._recent.get(message.incident_id)
        if incident is None:
            return []
        clips = (*incident.clips, message.clip) if message.clip else incident.clips
        return self._rewrite(replace(incident, still=message.still or incident.still, clips=clips))

    def _settle_overdue(self) -> None:
        now_s = self._now_s()
        for incident in list(self._recent.values()):
            if incident.state is IncidentState.SUSPECTED and now_s >= deadline_s(self._rule, incident):
                for event in self._rewrite(settle(self._rule, incident, now_s)):
                    self._outputs.sink.publish(event)

    def _rewrite(self, incident: Incident) -> list[Event]:
        now_s = self._now_s()
        with self._books().transaction():
            self._books().put_incident(incident, now_s)
        self._remember(incident, now_s)
        self._outputs.wake_senders()
        return [incident]

    def _remember(self, incident: Incident, now_s: float) -> None:
        self._recent[incident.id] = incident
        for old in [i for i in self._recent.values() if i.span.end_s < now_s - _REMEMBER_S]:
            del self._recent[old.id]
            self._clips.forget(old.id)

    def _books(self) -> Ledger:
        if self._ledger is None:
            raise RuntimeError("the desk's books are not open")
        return self._ledger

    def _seconds(self) -> CoverageKeeper:
        if self._coverage is None:
            raise RuntimeError("the desk's books are not open")
        return self._coverage


def _some(counted: CoverageCounted | None) -> tuple[CoverageCounted, ...]:
    return (counted,) if counted else ()
