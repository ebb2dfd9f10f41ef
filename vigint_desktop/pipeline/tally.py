"""What a run did, counted: windows by outcome, uploads, calls, tokens, cost. For ``--report`` and the status bar."""

import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from vigint_core.domain.fault import Code
from vigint_core.domain.ids import CameraId, IncidentId
from vigint_core.domain.verdict import Call, Clear, Judgement, NotAnalysed, Suspected


@dataclass(slots=True)
class WindowCount:
    """Windows of one camera: every due one ends as a verdict or as not analysed with its reason."""

    due: int = 0
    sent: int = 0
    clear: int = 0
    suspected: int = 0
    upload_bytes: int = 0
    not_analysed: Counter[Code] = field(default_factory=Counter)

    def as_dict(self) -> dict[str, object]:
        """For the report."""
        return {
            "due": self.due,
            "sent": self.sent,
            "verdicts": self.clear + self.suspected,
            "clear": self.clear,
            "suspected": self.suspected,
            "not_analysed": {code.value: count for code, count in sorted(self.not_analysed.items())},
        }


class Tally:
    """Counts of one run. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._windows: dict[CameraId, WindowCount] = {}
        self._calls = self._tokens_in = self._tokens_out = self._cost_micro_usd = 0
        self._row_ms: dict[IncidentId, float] = {}

    def window_due(self, camera_id: CameraId) -> None:
        """A window fell due."""
        with self._lock:
            self._of(camera_id).due += 1

    def window_judged(self, camera_id: CameraId, judgement: Judgement) -> None:
        """A window's account was settled."""
        with self._lock:
            count = self._of(camera_id)
            count.sent += judgement.uploaded_bytes > 0
            count.upload_bytes += judgement.uploaded_bytes
            match judgement.first:
                case Clear():
                    count.clear += 1
                case Suspected():
                    count.suspected += 1
                case NotAnalysed(reason=reason):
                    count.not_analysed[reason] += 1
            self._add(judgement.calls)

    def looked_again(self, calls: Sequence[Call]) -> None:
        """A second look came after its window's account was settled; of ``calls`` the first look's are counted."""
        with self._lock:
            self._add([call for call in calls if call.look == "second"])

    def incident_opened(self, incident_id: IncidentId, capture_to_row_ms: float) -> None:
        """A new incident was written; the time counts from the capture of the picture that shows the act."""
        with self._lock:
            self._row_ms[incident_id] = capture_to_row_ms

    def windows(self, camera_id: CameraId) -> WindowCount:
        """The counts of one camera so far."""
        with self._lock:
            found = self._of(camera_id)
            return WindowCount(
                found.due,
                found.sent,
                found.clear,
                found.suspected,
                found.upload_bytes,
                Counter(found.not_analysed),
            )

    def capture_to_row_ms(self, incident_id: IncidentId) -> float | None:
        """Milliseconds from the cited picture's capture to the row; None for incidents of earlier runs."""
        with self._lock:
            return self._row_ms.get(incident_id)

    def analysis(self) -> dict[str, float | int]:
        """Calls, tokens and cost for the report."""
        with self._lock:
            return {
                "calls": self._calls,
                "tokens_in": self._tokens_in,
                "tokens_out": self._tokens_out,
                "cost_micro_usd": self._cost_micro_usd,
            }

    def _add(self, calls: Sequence[Call]) -> None:
        for call in calls:
            self._calls += 1
            self._tokens_in += call.tokens_in
            self._tokens_out += call.tokens_out
            self._cost_micro_usd += call.cost_micro_usd

    def _of(self, camera_id: CameraId) -> WindowCount:
        return self._windows.setdefault(camera_id, WindowCount())
