"""A judge that answers what a test has written down, and holds an answer back until it is told to give it."""

import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from vigint_core.domain.fault import Code
from vigint_core.domain.ids import WindowId
from vigint_core.domain.verdict import (
    Call,
    Clear,
    IncidentType,
    Judgement,
    NotAnalysed,
    Observation,
    Outcome,
    Severity,
    Suspected,
    Verdict,
)
from vigint_core.domain.window import Window, WindowClips

CLEAR = Clear("nothing happened")


@dataclass(frozen=True, slots=True)
class ReadyClips:
    """``WindowClips`` that need no encoding."""

    clip: bytes
    context: bytes
    context_start_s: float


def suspected(at_s: float = 4.0, severity: Severity = Severity.HIGH, summary: str = "conceals a bottle") -> Suspected:
    """A suspicion that cites one moment, seconds from the start of the look."""
    seen = (Observation(at_s, "a bottle goes into a bag"),)
    return Suspected(Verdict(IncidentType.CONCEALMENT, severity, 0.8, summary, seen))


def failed(code: Code = Code.AI_TIMEOUT) -> NotAnalysed:
    """No answer."""
    return NotAnalysed(code, "the script says so")


def judgement(
    window_id: WindowId, start_s: float, first: Outcome, second: Outcome | None = None, context_start_s: float = 0.0
) -> Judgement:
    """What a judge says about a window that starts at ``start_s``, with one call for the books."""
    calls = (Call("first", "scripted", "p1", 1000, 100, 550, 1.5),)
    return Judgement(window_id, first, second, start_s, context_start_s or start_s, calls)


class ScriptedJudge:
    """``Judge`` that plays ``answers`` in order, then ``CLEAR`` for ever. Thread-safe.

    An answer is a first outcome, a pair of outcomes, or an exception that is raised.

    Attributes:
        hold: while cleared, every judge waits for it; set from the start.
        asked: the windows in the order in which they were asked about.
    """

    def __init__(self, answers: Sequence[Outcome | tuple[Outcome, Outcome | None] | Exception] = ()) -> None:
        self.hold = threading.Event()
        self.hold.set()
        self.asked: list[Window] = []
        self._answers = deque(answers)
        self._changed = threading.Condition()

    def judge(self, window: Window, clips: WindowClips) -> Judgement:
        """Play the next answer."""
        with self._changed:
            self.asked.append(window)
            answer = self._answers.popleft() if self._answers else CLEAR
            self._changed.notify_all()
        if not self.hold.wait(60.0):
            raise AssertionError("the test never let the judge answer")
        if isinstance(answer, Exception):
            raise answer
        first, second = answer if isinstance(answer, tuple) else (answer, None)
        assert clips.clip
        return judgement(window.id, window.span.start_s, first, second, clips.context_start_s)

    def wait_until_asked(self, times: int, timeout_s: float = 30.0) -> bool:
        """Whether it was asked that often within the time."""
        with self._changed:
            return self._changed.wait_for(lambda: len(self.asked) >= times, timeout_s)
