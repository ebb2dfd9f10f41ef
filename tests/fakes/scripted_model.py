"""A model that answers from a list; its calls take time on a fake clock only."""

from collections.abc import Iterable

from tests.fakes.clock import FakeClock
from vigint_core.analysis.question import AnalysisError, Answer, Question


class ScriptedModel:
    """``Model`` that plays one step after the other; each call takes ``call_s`` of the clock.

    Attributes:
        questions: everything that was asked.
        closed: whether it was closed.
    """

    def __init__(self, steps: Iterable[str | AnalysisError], clock: FakeClock, call_s: float = 1.0) -> None:
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
