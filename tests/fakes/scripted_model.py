"""A model that answers from a list, and a clock that only moves when it is told to: no time passes in these tests."""

from collections.abc import Iterable

from vigint_core.analysis.question import AnalysisError, Answer, Question


class ManualClock:
    """``Clock`` whose two clocks move together, by hand."""

    def __init__(self, wall_s: float = 1_795_000_000.0) -> None:
        self._wall_s = wall_s
        self._mono_s = 1000.0

    def monotonic(self) -> float:
        return self._mono_s

    def wall(self) -> float:
        return self._wall_s

    def advance(self, seconds: float) -> None:
        self._mono_s += seconds
        self._wall_s += seconds


class ScriptedModel:
    """``Model`` that plays one step after the other; each call takes ``call_s`` of the clock.

    Attributes:
        questions: everything that was asked.
        closed: whether it was closed.
    """

    def __init__(self, steps: Iterable[str | AnalysisError], clock: ManualClock, call_s: float = 1.0) -> None:
        self.questions: list[Question] = []
        self.closed = False
        self._steps = list(steps)
        self._clock = clock
        self._call_s = call_s

    def ask(self, question: Question) -> Answer:
        self.questions.append(question)
        self._clock.advance(min(self._call_s, question.timeout_s))
        step = self._steps.pop(0)
        if isinstance(step, AnalysisError):
            step.latency_s = self._call_s
            raise step
        return Answer(step, 1000, 100, self._call_s)

    def close(self) -> None:
        self.closed = True
