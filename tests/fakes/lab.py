"""What the lab's tests stand on: a model that answers by rule, answers, judgements, and short films."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av

from tests.fakes.scenes import Scene
from vigint_core.analysis.question import Answer, Question, Usage
from vigint_core.domain.fault import Code
from vigint_core.domain.ids import new_window_id
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
from vigint_core.domain.window import Span
from vigint_desktop.lab.score import JudgedWindow

BEGIN_S = 1_000_000.0
CLEAR = Clear("Nothing.")
FAILED = NotAnalysed(Code.AI_OVERLOADED)


class RuledModel:
    """``Model`` that answers by a rule, which may raise an AnalysisError.

    Attributes:
        questions: everything that was asked.
    """

    def __init__(self, rule: Callable[[Question], str], latency_s: float = 0.5) -> None:
        self.questions: list[Question] = []
        self.closed = False
        self._rule = rule
        self._latency_s = latency_s

    async def ask(self, question: Question) -> Answer:
        self.questions.append(question)
        return Answer(self._rule(question), Usage(total_in=1000, out=100), self._latency_s)

    async def close(self) -> None:
        self.closed = True


def is_second(question: Question) -> bool:
    return "second look" in question.system


def said(*cited_s: float, incident: bool = True) -> str:
    """An answer that cites these seconds of its clip."""
    body = {
        "observations": [{"at_s": at_s, "text": "A hand."} for at_s in cited_s],
        "incident": incident,
        "type": "concealment" if incident else "none",
        "confidence": 0.9,
        "summary": "Something.",
    }
    return json.dumps(body)


def suspected(*cited_s: float) -> Suspected:
    seen = tuple(Observation(at_s, "A hand.") for at_s in cited_s)
    return Suspected(Verdict(IncidentType.CONCEALMENT, Severity.HIGH, 0.9, "Something.", seen))


def judged(
    clip: str,
    span: tuple[float, float],
    first: Outcome,
    second: Outcome | None = None,
    calls: Sequence[Call] = (),
) -> JudgedWindow:
    """A window whose observations all count from its own start."""
    start_s = BEGIN_S + span[0]
    judgement = Judgement(new_window_id(), first, second, start_s, start_s, tuple(calls))
    return JudgedWindow(clip, Span(*span), judgement, BEGIN_S)


def call(look: str = "first", latency_s: float = 1.0, *, error: Code | None = None, cost: int = 10) -> Call:
    made = Call(look, "m", "p", 100, 10, cost, latency_s)
    return replace(made, error=error)


def film(file: Path, scene: Scene, seconds: float, fps: int = 10) -> None:
    """A short video of a drawn shop."""
    with av.open(str(file), "w") as container:
        stream = container.add_stream("libx264", rate=fps)
        stream.width, stream.height, stream.pix_fmt = scene.width, scene.height, "yuv420p"
        for number in range(round(seconds * fps)):
            frame = av.VideoFrame.from_ndarray(scene.at(number / fps), format="gray").reformat(format="yuv420p")
            frame.pts, frame.time_base = number, Fraction(1, fps)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
