"""Between a judgement and its form on the wire."""

from vigint_core.domain.verdict import Call, Clear, Judgement, NotAnalysed, Observation, Outcome, Suspected
from vigint_core.wire import AnalysisResponse, WireCall, WireObservation, WireOutcome

_MOST_TEXT = 2000  # characters, as ``wire.Text`` allows


def answer_of(judgement: Judgement) -> AnalysisResponse:
    """The answer about a window that was looked at now."""
    return AnalysisResponse(
        window_id=judgement.window_id,
        first=wire_outcome(judgement.first),
        second=None if judgement.second is None else wire_outcome(judgement.second),
        calls=[wire_call(call) for call in judgement.calls],
    )


def wire_outcome(outcome: Outcome) -> WireOutcome:
    """One look's outcome; only the fields that belong to it are set."""
    match outcome:
        case Clear(summary, observations):
            return WireOutcome(outcome="clear", summary=_cut(summary), observations=_seen(observations))
        case Suspected(verdict):
            return WireOutcome(
                outcome="suspected",
                summary=_cut(verdict.summary),
                observations=_seen(verdict.observations),
                type=verdict.type,
                severity=verdict.severity,
                confidence=verdict.confidence,
            )
        case NotAnalysed(reason, detail, retry_after_s):
            return WireOutcome(outcome="not_analysed", reason=reason, detail=_cut(detail), retry_after_s=retry_after_s)


def wire_call(call: Call) -> WireCall:
    """A call for the books; a look that the wire has no word for can't occur."""
    return WireCall.model_validate({name: getattr(call, name) for name in WireCall.model_fields})


def is_final(answer: AnalysisResponse) -> bool:
    """Whether every look that was needed came to a verdict. What failed may be asked again; a verdict never is."""
    if answer.first.outcome == "suspected":
        return answer.second is not None and answer.second.outcome != "not_analysed"
    return answer.first.outcome == "clear"


def _seen(observations: tuple[Observation, ...]) -> list[WireObservation]:
    return [WireObservation(at_s=seen.at_s, text=_cut(seen.text)) for seen in observations]


def _cut(text: str) -> str:
    return text[:_MOST_TEXT]
