"""An examiner that answers what a test tells it to, and remembers what it was asked."""

import threading
from collections.abc import Callable

import anyio.to_thread

from vigint_core.analysis.examiner import Probe, Subject
from vigint_core.domain.fault import Code
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

CLEAR = Clear("Nothing happens.")
SUSPICION = Suspected(
    Verdict(
        IncidentType.CONCEALMENT,
        Severity.HIGH,
        0.9,
        "A person puts a bottle into a bag.",
        (Observation(2.5, "A hand takes a bottle."), Observation(4.0, "The bottle goes into a bag.")),
    )
)
OVERLOADED = NotAnalysed(Code.AI_OVERLOADED, "503", retry_after_s=3.0)


class ScriptedExaminer:
    """Answers ``first`` and, for a suspicion, ``second``.

    Attributes:
        first, second: outcomes from now on.
        probe_code, notice: what a probe finds; None is well.
        subjects: every subject that a first look was asked about.
        second_looks: every subject that a second look was asked about alone.
        probes: how many probes were made; ``probed`` is notified at each.
        before: called at the start of every first look, beside the event loop; blocks or raises at will.
    """

    def __init__(
        self,
        first: Outcome = CLEAR,
        second: Outcome = CLEAR,
        probe_code: Code | None = None,
        notice: Code | None = None,
    ) -> None:
        self.first = first
        self.second = second
        self.probe_code = probe_code
        self.notice = notice
        self.subjects: list[Subject] = []
        self.second_looks: list[Subject] = []
        self.probes = 0
        self.probed = threading.Condition()
        self.before: Callable[[], object] = lambda: None
        self.closed = False

    async def examine(self, subject: Subject, clip: bytes, context: bytes) -> Judgement:
        self.subjects.append(subject)
        await anyio.to_thread.run_sync(self.before)
        second = self.second if isinstance(self.first, Suspected) else None
        calls = [_call("first", self.first)] + ([] if second is None else [_call("second", second)])
        return Judgement(subject.window_id, self.first, second, subject.start_s, subject.context_start_s, tuple(calls))

    async def first_look(self, subject: Subject, clip: bytes) -> Judgement:
        self.subjects.append(subject)
        await anyio.to_thread.run_sync(self.before)
        calls = (_call("first", self.first),)
        return Judgement(subject.window_id, self.first, None, subject.start_s, subject.context_start_s, calls)

    async def second_look(self, subject: Subject, context: bytes) -> tuple[Outcome, tuple[Call, ...]]:
        self.second_looks.append(subject)
        return self.second, (_call("second", self.second),)

    async def probe(self) -> Probe:
        return await anyio.to_thread.run_sync(self._probe, abandon_on_cancel=True)

    def _probe(self) -> Probe:
        with self.probed:
            self.probes += 1
            self.probed.notify_all()
            outcome = CLEAR if self.probe_code is None else NotAnalysed(self.probe_code)
            return Probe("model-probe", self.probe_code, "", 0.01, (_call("probe", outcome),), self.notice)

    async def close(self) -> None:
        self.closed = True


def _call(look: str, outcome: Outcome) -> Call:
    error = outcome.reason if isinstance(outcome, NotAnalysed) else None
    return Call(look, f"model-{look}", "v1", 1300, 120, 700, 0.5, error)
