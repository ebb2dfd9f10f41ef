"""What happens at each look of a camera, ten a second in its own thread: gate, plan, rules, activity, windows."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from vigint_core.domain.budget import Economy
from vigint_core.domain.camera import Camera
from vigint_core.domain.fault import Code
from vigint_core.domain.frame import Moment, Picture
from vigint_core.domain.ids import new_window_id
from vigint_core.domain.status import Activity
from vigint_core.domain.window import Circumstances, GateEvidence, Span, Window
from vigint_core.policy.rules import RuleHit
from vigint_core.policy.sampling import CLOSE_WATCH_S, SamplingRule, SamplingState, advance, without_overlap
from vigint_core.policy.schedule import hours_of_day, is_open
from vigint_desktop.figures import CpuMeter
from vigint_desktop.pipeline.duty import Duty
from vigint_desktop.pipeline.gate_log import GateLog
from vigint_desktop.pipeline.gate_look import Gate, GateLook
from vigint_desktop.pipeline.look_log import LookLog
from vigint_desktop.pipeline.messages import ActivitySeen, Message, RuleBroken
from vigint_desktop.pipeline.sentry import Sentry
from vigint_desktop.pipeline.stills import still_of
from vigint_desktop.pipeline.unseen import UnseenLog
from vigint_desktop.pipeline.zone_watch import ZoneWatch

_STILL_AGE_S = 2.0  # a picture of the moment is at most so far from it
CONTEXT_S = 15.0  # seconds before the window that the second look sees as well
_TELL_EVERY_S = 1.0  # a growing activity is written at most this often
MOST_INTERVALS = 10_000  # gate intervals remembered for the report; later ones are only counted


class Pictures(Protocol):
    """The reduced pictures of the last seconds."""

    def between(self, start_mono_s: float, end_mono_s: float) -> tuple[Picture, ...]:
        """Those of a stretch of monotonic time, in order."""


@dataclass(frozen=True, slots=True)
class Post:
    """What a watcher stands on: its camera's gate and pictures, and the clock on the wall.

    Attributes:
        wall_s: Unix time of the system's own clock, by which the plan goes.
    """

    gate: Gate
    pictures: Pictures
    wall_s: Callable[[], float]


@dataclass(frozen=True, slots=True)
class Ears:
    """Who hears of what a watcher sees: the analyst of windows, the desk of everything else."""

    submit: Callable[[Window], None]
    tell: Callable[[Message], None]


class Watcher:
    """Gate, rules and sampling of one camera. Only ``intervals`` and ``describe`` are for other threads.

    Attributes:
        gate_cpu_s: CPU seconds that the gate has used.
        gate_log: what the gate has seen.
        missed: windows that fell due without a picture (the stream had just broken); the analyst says so in the books.
    """

    def __init__(self, camera: Camera, rule: SamplingRule, post: Post, ears: Ears) -> None:
        self.missed = 0
        self.intervals_dropped = 0
        self.gate_log = GateLog()
        self._camera = camera
        self._gate = post.gate
        self._rule = rule
        self._submit = ears.submit
        self._tell = ears.tell
        self._duty = Duty(camera.plan, post.wall_s)
        self._zones = ZoneWatch(camera.scene, camera.plan)
        self._sentry = Sentry(camera.scene)
        self._unseen = UnseenLog(camera, ears.tell)
        self._looks = LookLog(camera.id, ears.tell)
        self._meter = CpuMeter()
        self._pictures = post.pictures
        self._sampling = SamplingState()
        self._scores: list[tuple[float, float, bool]] = []
        self._opened: Moment | None = None
        self._local_only = False
        self._saved: Code | None = None
        self._economy = Economy.NONE
        self._suspected_s = float("-inf")
        self._ai: bool | None = None
        self._ai_since_s = float("-inf")
        self._last: Moment | None = None
        self._looking = False
        self._told_s = float("-inf")
        self._intervals: list[Span] = []

    @property
    def gate_cpu_s(self) -> float:
        """CPU seconds that the gate has used."""
        return self._meter.total_s

    @property
    def intervals(self) -> list[Span]:
        """When the gate was open (Unix time), the open one included."""
        opened, last = self._opened, self._last
        running = [Span(opened.wall_s, last.wall_s)] if opened and last else []
        return [*self._intervals, *running]

    def describe(self, camera: Camera, rule: SamplingRule) -> None:
        """Another name of the camera, other zones, another plan or rule, from the next look on."""
        if camera.scene != self._camera.scene or camera.plan != self._camera.plan:
            self._zones = ZoneWatch(camera.scene, camera.plan)
        self._camera, self._rule = camera, rule
        self._duty.describe(camera.plan)
        self._sentry.describe(camera.scene)
        self._unseen.describe(camera)

    def look(self, grey: NDArray[np.uint8], at: Moment) -> None:
        """Take one look."""
        stance = self._duty.stance(at.mono_s)
        self._note_permission(at.mono_s, ai=stance.ai)
        if not stance.watched:
            self.lost(at.mono_s)
            return
        with self._meter:
            state = self._gate.look(grey, at.mono_s)
        self.gate_log.note(at, state, self._camera.scene.sensitivity)
        scores, wanted = self._zones.look(state, at.mono_s)
        for_ai, saved = self._for_ai(at.mono_s, wanted=wanted and stance.ai)
        self._note_evidence(at, state)
        self._note_activity(at, state.open, local_only=not for_ai, saved=saved)
        until = at if for_ai else self._last or at  # what the AI may no longer see is not in its last window either
        self._last, self._looking = at, True
        rule = self._sampling_rule(at.mono_s)
        self._sampling, due = advance(rule, self._sampling, state.open and for_ai, until.mono_s)
        for span in due:
            self._window(span, at)
        if stance.rules:
            for hit in self._sentry.look(at.mono_s, state.heat, scores, occupied=state.occupied):
                self._alarm(hit, at)
        else:
            self._sentry.rest()
        self._unseen.looked(at.mono_s, at.wall_s - at.mono_s)
        self._looks.looked(at)

    def economise(self, economy: Economy) -> None:
        """Leave out what the money asks for, from the next look on. Callable from any thread."""
        self._economy = economy

    def suspect(self, at_mono_s: float) -> None:
        """Something is suspected here: windows overlap for a while. Callable from any thread."""
        self._suspected_s = at_mono_s

    def unseen(self, span: Span) -> None:
        """Nothing could look over a span of monotonic time, because the machine did not keep up; if anybody should."""
        if self._last is not None and self._duty.stance(span.end_s).watched:
            self._unseen.add(span, self._last.wall_s - self._last.mono_s)

    def lost(self, at_mono_s: float) -> None:
        """The stream broke, or nobody is to look: what was active ends here, with a last window of what was seen."""
        last = self._last
        if last is None or not self._looking:
            return
        self._looking = False
        self._sampling, due = advance(self._rule, self._sampling, gate_open=False, now_s=min(at_mono_s, last.mono_s))
        for span in due:
            self._window(span, last)
        self._note_activity(last, is_open=False)
        self._sentry.rest()
        self._unseen.write(last.wall_s - last.mono_s)
        self._looks.ended()

    def _note_permission(self, now_s: float, *, ai: bool) -> None:
        """Pictures from before the plan let the AI look are never shown to it, neither as pre-roll nor as context."""
        if ai and self._ai is False:
            self._ai_since_s = now_s
        self._ai = ai

    def _for_ai(self, now_s: float, *, wanted: bool) -> tuple[bool, Code | None]:
        """Whether the AI may look by plan and money, and which step of the budget forbids what the plan allows."""
        if wanted and self._economy >= Economy.LOCAL_ONLY:
            return False, Code.BUDGET_LOCAL_ONLY
        if wanted and self._economy >= Economy.HIGH_VALUE_ONLY and not self._zones.is_high_value(now_s):
            return False, Code.BUDGET_HIGH_VALUE_ONLY
        return wanted, None

    def _sampling_rule(self, now_s: float) -> SamplingRule:
        """The owner's rule; without overlap while money is short, or once an activity is known to be harmless."""
        calm = self._rule.adaptive and self._sampling.is_settled and now_s - self._suspected_s > CLOSE_WATCH_S
        if calm or self._economy >= Economy.LONGER_STRIDE:
            return without_overlap(self._rule)
        return self._rule

    def _note_evidence(self, at: Moment, state: GateLook) -> None:
        self._scores.append((at.mono_s, state.score, state.open))
        while self._scores and self._scores[0][0] < at.mono_s - self._rule.length_s - self._rule.stride_s:
            self._scores.pop(0)

    def _note_activity(self, at: Moment, is_open: bool, local_only: bool = False, saved: Code | None = None) -> None:
        """Where plan or budget change their mind about the AI, one activity ends and another begins."""
        if is_open and self._opened is not None and (local_only, saved) != (self._local_only, self._saved):
            self._tell_activity(at, self._opened, closed=True)
            self._opened = None
        if is_open and self._opened is None:
            self._opened = at
            self._local_only, self._saved = local_only, saved
            self._told_s = float("-inf")
        if self._opened is not None and (not is_open or at.mono_s - self._told_s >= _TELL_EVERY_S):
            self._told_s = at.mono_s
            self._tell_activity(at, self._opened, closed=not is_open)

    def _tell_activity(self, at: Moment, opened: Moment, *, closed: bool) -> None:
        span = Span(opened.wall_s, at.wall_s)
        if closed:
            self._opened = None
            if len(self._intervals) < MOST_INTERVALS:
                self._intervals.append(span)
            else:
                self.intervals_dropped += 1
        self._tell(ActivitySeen(Activity(self._camera.id, span, closed, self._local_only, self._saved)))

    def _alarm(self, hit: RuleHit, at: Moment) -> None:
        """A rule is broken: the desk gets the picture of this moment."""
        to_wall_s = at.wall_s - at.mono_s
        mono = Span(hit.since_s, hit.at_s)
        recent = self._pictures.between(at.mono_s - _STILL_AGE_S, at.mono_s + _STILL_AGE_S) if hit.fresh else ()
        self._tell(
            RuleBroken(
                camera_id=self._camera.id,
                camera_name=self._camera.name,
                kind=hit.kind,
                place=hit.place,
                span=Span(mono.start_s + to_wall_s, mono.end_s + to_wall_s),
                mono_span=mono,
                fresh=hit.fresh,
                still=still_of(recent[-1]) if recent else b"",
            )
        )

    def _window(self, span: Span, at: Moment) -> None:
        pictures = self._pictures.between(max(span.start_s, self._ai_since_s), span.end_s)
        self.missed += not pictures
        seen = Span(pictures[0].at.mono_s, max(span.end_s, pictures[-1].at.mono_s)) if pictures else span
        to_wall_s = at.wall_s - at.mono_s
        self._submit(
            Window(
                id=new_window_id(),
                camera_id=self._camera.id,
                camera_name=self._camera.name,
                span=Span(seen.start_s + to_wall_s, seen.end_s + to_wall_s),
                pictures=pictures,
                lead=self._lead(seen.start_s),
                evidence=self._evidence(span),
                zones=self._zones.touched(span),
                due_mono_s=at.mono_s,
                around=self._around(seen.end_s + to_wall_s),
                economy=self._economy,
            )
        )

    def _around(self, at_s: float) -> Circumstances:
        week, notes = self._camera.plan.open_hours, self._camera.notes
        if week is None:
            return Circumstances(notes=notes)
        return Circumstances(is_open(week, at_s), hours_of_day(week, at_s), notes)

    def _lead(self, start_s: float) -> tuple[Picture, ...]:
        earliest_s = max(start_s - CONTEXT_S, self._ai_since_s)
        return tuple(p for p in self._pictures.between(earliest_s, start_s) if p.at.mono_s < start_s)

    def _evidence(self, span: Span) -> GateEvidence:
        looks = [(score, is_open) for at_s, score, is_open in self._scores if span.start_s <= at_s <= span.end_s]
        share = sum(is_open for _, is_open in looks) / len(looks) if looks else 0.0
        return GateEvidence(max((score for score, _ in looks), default=0.0), share)
