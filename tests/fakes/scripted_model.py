"""A model that answers from a list; its calls take time on a fake clock only."""

from collections.abc import Iterable

from tests.fakes.clock import FakeClock
from vigint_core.analysis.question import AnalysisError, Answer, Question, Usage

USAGE = Usage(total_in=1000, out=100, video=700, cached=0, thought=20)
"""What every answer counts."""


class ScriptedModel:
    """``Model`` that plays one step after the other; each call takes ``call_s`` of the clock.

    Attributes:
        questions: everything that was asked.
        closed: whether it was closed.
    """

    def __init__(self, steps: Iterable[str | Answer | AnalysisError], clock: FakeClock, call_s: float = 1.0) -> None:
        self.questions: list[Question] = []
        self.closed = False
        self._steps = list(steps)
        self._clock = clock
        self._call_s = call_s

    async def ask(self, question: Question) -> Answer:
        self.questions.append(question)
        self._clock.advance(min(self._call_s, question.timeout_s))
        step = self._steps.pop(0)
        if isinstance(step, AnalysisError):
            step.latency_s = self._call_s
            raise step
        return step if isinstance(step, Answer) else Answer(step, USAGE, self._call_s)

    async def close(self) -> None:
        self.closed = True
