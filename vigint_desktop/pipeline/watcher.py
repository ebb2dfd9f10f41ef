"""What happens at each look of a camera: gate, activity, windows. Runs in the camera's own thread, 5 times a second."""

from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from vigint_core.domain.camera import Camera
from vigint_core.domain.frame import Moment, Picture
from vigint_core.domain.ids import new_window_id
from vigint_core.domain.status import Activity
from vigint_core.domain.window import GateEvidence, Span, Window
from vigint_core.policy.sampling import SamplingRule, SamplingState, advance
from vigint_desktop.figures import CpuMeter
from vigint_desktop.pipeline.look_log import LookLog
from vigint_desktop.pipeline.messages import ActivitySeen, Judged, Looked
from vigint_desktop.pipeline.unseen import UnseenLog

CONTEXT_S = 15.0  # seconds before the window that the second look sees as well
_TELL_EVERY_S = 1.0  # a growing activity is written at most this often
MOST_INTERVALS = 10_000  # gate intervals remembered for the report; later ones are only counted


class GateLook(Protocol):
    """What a gate says at one look: whether it is open, and a score of which 1.0 is the threshold."""

    @property
    def open(self) -> bool:
        """Whether something is worth a look."""

    @property
    def score(self) -> float:
        """Movement now."""


class Gate(Protocol):
    """Decides whether something is worth a look."""

    def look(self, grey: NDArray[np.uint8], at_s: float) -> GateLook:
        """Take one small grey picture ``(h, w)`` at a monotonic time in seconds."""


class Pictures(Protocol):
    """The reduced pictures of the last seconds."""

    def between(self, start_mono_s: float, end_mono_s: float) -> tuple[Picture, ...]:
        """Those of a stretch of monotonic time, in order."""


class Watcher:
    """Gate and sampling of one camera; hands due windows on. Only ``intervals`` is for other threads.

    Attributes:
        gate_cpu_s: CPU seconds that the gate has used.
        missed: windows that fell due without a picture (the stream had just broken); the analyst says so in the books.
    """

    def __init__(
        self,
        camera: Camera,
        gate: Gate,
        rule: SamplingRule,
        pictures: Pictures,
        submit: Callable[[Window], None],
        tell: Callable[[ActivitySeen | Judged | Looked], None],
    ) -> None:
        self.missed = 0
        self.intervals_dropped = 0
        self._camera = camera
        self._gate = gate
        self._rule = rule
        self._submit = submit
        self._tell = tell
        self._unseen = UnseenLog(camera, tell)
        self._looks = LookLog(camera.id, tell)
        self._meter = CpuMeter()
        self._pictures = pictures
        self._sampling = SamplingState()
        self._scores: list[tuple[float, float, bool]] = []
        self._opened: Moment | None = None
        self._last: Moment | None = None
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
        """Another name of the camera, or another rule, from the next look on; callable from any thread."""
        self._camera, self._rule = camera, rule
        self._unseen.describe(camera)

    def look(self, grey: NDArray[np.uint8], at: Moment) -> None:
        """Take one look."""
        with self._meter:
            state = self._gate.look(grey, at.mono_s)
        self._note_evidence(at, state)
        self._note_activity(at, state.open)
        self._last = at
        self._sampling, due = advance(self._rule, self._sampling, state.open, at.mono_s)
        for span in due:
            self._window(span, at)
        self._unseen.looked(at.mono_s, at.wall_s - at.mono_s)
        self._looks.looked(at)

    def unseen(self, span: Span) -> None:
        """Nothing could look over a span of monotonic time, because the machine did not keep up."""
        if self._last is not None:
            self._unseen.add(span, self._last.wall_s - self._last.mono_s)

    def lost(self, at_mono_s: float) -> None:
        """The stream broke: what was active ends here, with a last window of what was seen."""
        if self._last is None:
            return
        self._sampling, due = advance(
            self._rule, self._sampling, gate_open=False, now_s=min(at_mono_s, self._last.mono_s)
        )
        for span in due:
            self._window(span, self._last)
        self._note_activity(self._last, is_open=False)
        self._unseen.write(self._last.wall_s - self._last.mono_s)
        self._looks.ended()

    def _note_evidence(self, at: Moment, state: GateLook) -> None:
        self._scores.append((at.mono_s, state.score, state.open))
        while self._scores and self._scores[0][0] < at.mono_s - self._rule.length_s - self._rule.stride_s:
            self._scores.pop(0)

    def _note_activity(self, at: Moment, is_open: bool) -> None:
        if is_open and self._opened is None:
            self._opened = at
            self._told_s = float("-inf")
        if self._opened is None:
            return
        span = Span(self._opened.wall_s, at.wall_s)
        if not is_open:
            self._opened = None
            if len(self._intervals) < MOST_INTERVALS:
                self._intervals.append(span)
            else:
                self.intervals_dropped += 1
        elif at.mono_s - self._told_s < _TELL_EVERY_S:
            return
        self._told_s = at.mono_s
        self._tell(ActivitySeen(Activity(self._camera.id, span, closed=not is_open)))

    def _window(self, span: Span, at: Moment) -> None:
        pictures = self._pictures.between(span.start_s, span.end_s)
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
                due_mono_s=at.mono_s,
            )
        )

    def _lead(self, start_s: float) -> tuple[Picture, ...]:
        return tuple(p for p in self._pictures.between(start_s - CONTEXT_S, start_s) if p.at.mono_s < start_s)

    def _evidence(self, span: Span) -> GateEvidence:
        looks = [(score, is_open) for at_s, score, is_open in self._scores if span.start_s <= at_s <= span.end_s]
        share = sum(is_open for _, is_open in looks) / len(looks) if looks else 0.0
        return GateEvidence(max((score for score, _ in looks), default=0.0), share)
