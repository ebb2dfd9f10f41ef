"""What a judgement means for the account of its window."""

from vigint_core.domain.fault import Code
from vigint_core.domain.status import WindowRecord, WindowResult
from vigint_core.domain.verdict import Clear, Judgement, NotAnalysed, Suspected
from vigint_desktop.pipeline.messages import WindowRef


def record_of(window: WindowRef, judgement: Judgement) -> WindowRecord:
    """The account of a window that was judged, or that nobody looked at."""
    model = next((c.model for c in judgement.calls if c.look == "first" and c.error is None), "")
    match judgement.first:
        case Clear(summary=summary):
            thrifty = any(call.thrifty for call in judgement.calls if call.look == "first")
            return WindowRecord(
                window.id,
                window.camera_id,
                window.span,
                WindowResult.CLEAR,
                reason=window.saved or (Code.BUDGET_FEWER_FRAMES if thrifty else None),
                summary=summary,
                model=model,
            )
        case Suspected(verdict):
            return WindowRecord(
                window.id,
                window.camera_id,
                window.span,
                WindowResult.VETOED if isinstance(judgement.second, Clear) else WindowResult.SUSPECTED,
                type=verdict.type,
                summary=verdict.summary,
                model=model,
            )
        case NotAnalysed(reason=reason, detail=detail):
            return WindowRecord(
                window.id,
                window.camera_id,
                window.span,
                WindowResult.NOT_ANALYSED,
                reason=reason,
                summary=detail,
                model=model,
            )
