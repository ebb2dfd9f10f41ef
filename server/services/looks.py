"""What durable work does for a window, one step at a time. Each bears being done again after a kill.

Everything between two steps goes through the books or through a step's result, which is what JSON can say: the next
step may be done in another process.
"""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import anyio.to_thread

from server.db.books.analyses import Answered, Work
from server.db.tenant import Tenant
from server.services.ai_health import AiHealth
from server.services.answers import answer_of, is_final, wire_call, wire_outcome
from server.services.clips import Clips
from server.services.examiner import Examiner
from server.services.recent_windows import RecentWindows
from server.services.settlements import Settlements
from vigint_core.analysis.examiner import Subject
from vigint_core.domain.budget import Payer
from vigint_core.domain.fault import Code
from vigint_core.domain.ids import WindowId
from vigint_core.domain.verdict import Call, NotAnalysed, Outcome
from vigint_core.domain.window import Circumstances, TouchedZone
from vigint_core.media.join import Piece
from vigint_core.ports import Clock
from vigint_core.wire import AnalysisRequest, AnalysisResponse, WireCall, WireOutcome

CONTEXT_WAIT_S: Final = 15.0
"""How long a desk may take to send the longer clip that it announced."""
Look = dict[str, Any]
"""A second look as a step's result: ``{"outcome": WireOutcome, "calls": [WireCall, ...]}``."""


class Looks:
    """The looks of this process. ``first`` and ``second`` belong on the event loop, everything else blocks."""

    def __init__(
        self, examiner: Examiner, health: AiHealth, clock: Clock, shown: "Showable", settlements: Settlements
    ) -> None:
        self.clips, self.recent = shown.clips, shown.recent
        self._examiner = examiner
        self._health = health
        self._clock = clock
        self._settlements = settlements
        self._lock = threading.Lock()
        self._under_way = 0

    @property
    def under_way(self) -> int:
        """Windows for which this process does durable work now."""
        return self._under_way

    @contextmanager
    def counted(self) -> Iterator[None]:
        """Durable work for a window, while it is done."""
        with self._lock:
            self._under_way += 1
        try:
            yield
        finally:
            with self._lock:
                self._under_way -= 1

    async def first(self, client_id: str, request: AnalysisRequest, clip: bytes) -> AnalysisResponse:
        """The first look at a window, made now."""
        judgement = await self._examiner.first_look(subject_of(request, client_id), clip)
        self._health.note_looks((judgement.first,), judgement.calls)
        return answer_of(judgement)

    async def first_again(self, tenant: Tenant, work: Work) -> AnalysisResponse:
        """The first look of durable work, at the clip that was kept."""
        shown = await anyio.to_thread.run_sync(self.clips.window, tenant, work.entry.window_id)
        if shown is None:
            gone = wire_outcome(NotAnalysed(Code.PIPELINE_CLIP_GONE))
            return AnalysisResponse(window_id=work.entry.window_id, first=gone)
        return await self.first(tenant.client_id, work.request, shown.content)

    async def second(self, tenant: Tenant, work: Work) -> Look:
        """The second look of durable work, at the longer clip, or where none came at the windows kept of its camera."""
        piece = await anyio.to_thread.run_sync(self._longest, tenant, work)
        if piece is None:
            return _look(NotAnalysed(Code.PIPELINE_CLIP_GONE), ())
        announced = work.request.context_start
        start = datetime.fromtimestamp(piece.start_s, announced.tzinfo)
        request = work.request.model_copy(update={"context_start": start})
        outcome, calls = await self._examiner.second_look(subject_of(request, tenant.client_id), piece.clip)
        self._health.note_looks((outcome,), calls)
        look = _look(outcome, calls)
        _move(look, (start - announced).total_seconds())  # the desk counts from the start that it announced
        return look

    def keep_recent(self, client_id: str, request: AnalysisRequest, clip: bytes) -> None:
        """Keep a window whose client sends no longer clip, for the second looks at this one and at the next ones."""
        piece = Piece(_first_picture(request).timestamp(), clip)
        self.recent.keep(client_id, request.camera_id, request.window_id, piece, request.end.timestamp())

    def _longest(self, tenant: Tenant, work: Work) -> Piece | None:
        """The longest clip of a window; None where none is left. Raises VigintError(SERVER_STORAGE)."""
        request = work.request
        shown = self.clips.context(tenant, request.window_id)
        if shown is None:
            return None
        if shown.is_context:
            return Piece(request.context_start.timestamp(), shown.content)
        own = Piece(_first_picture(request).timestamp(), shown.content)
        return self.recent.longer(tenant.client_id, request.camera_id, own)

    def context_is_due(self, tenant: Tenant, work: Work) -> bool:
        """Whether the second look need not wait (any longer) for the longer clip."""
        if self._clock.wall() >= work.begun_s + CONTEXT_WAIT_S:
            return True
        return self.clips.has_context(tenant, work.entry.window_id)

    def settle_first(self, tenant: Tenant, work: Work, answer: AnalysisResponse) -> bool:
        """Write down the first look; whether a second one is to follow."""
        suspected = answer.first.outcome == "suspected"
        tenant.analyses.settle_first(work, answer, not suspected, is_final(answer), self._clock.wall())
        if not suspected:
            self.clips.forget(tenant, work.entry.window_id)
            self._settlements.tell(tenant.client_id, answer)
        return suspected

    def settle_second(self, tenant: Tenant, work: Work, look: Look) -> None:
        """Write down the second look, and tell whoever waits for it. Of a window that it vetoed no clip stays."""
        second = WireOutcome.model_validate(look["outcome"])
        calls = [WireCall.model_validate(call) for call in look["calls"]]
        answer = _whole(work, second, calls)
        tenant.analyses.settle_second(work, answer, calls, is_final(answer), self._clock.wall())
        if second.outcome == "clear":
            self.clips.forget(tenant, work.entry.window_id)
        else:
            self.clips.put_aside(tenant, work.entry.window_id)
        self._settlements.tell(tenant.client_id, answer)

    def tidy(self, tenant: Tenant, window_id: str) -> None:
        """The second look was written down before, by a process that died then: what it left is done."""
        found = tenant.analyses.look_up(window_id, self._clock.wall())
        if isinstance(found, Answered) and found.answer.second and found.answer.second.outcome == "clear":
            self.clips.forget(tenant, window_id)


@dataclass(frozen=True, slots=True)
class Showable:
    """Where what looks are shown comes from."""

    clips: Clips
    recent: RecentWindows


def _first_picture(request: AnalysisRequest) -> datetime:
    """When the window's own clip begins: where its client had no earlier picture, a little after its start."""
    return max(request.start, request.context_start)


def subject_of(sent: AnalysisRequest, client_id: str) -> Subject:
    """What the examiner is told about a window."""
    offset = sent.start.utcoffset()
    return Subject(
        window_id=WindowId(sent.window_id),
        camera_name=sent.camera_name,
        start_s=sent.start.timestamp(),
        end_s=sent.end.timestamp(),
        context_start_s=sent.context_start.timestamp(),
        gate_peak=sent.gate_peak,
        gate_active_share=sent.gate_active_share,
        language=sent.language,
        utc_offset_s=None if offset is None else round(offset.total_seconds()),
        zones=tuple(TouchedZone(zone.name, zone.kind) for zone in sent.zones),
        around=Circumstances(sent.is_open, sent.open_hours, sent.notes),
        payer=Payer(client_id, sent.camera_id),
    )


def not_looked(code: Code) -> Look:
    """A second look that nobody could make."""
    return _look(NotAnalysed(code), ())


def _look(outcome: Outcome, calls: Sequence[Call]) -> Look:
    told = wire_outcome(outcome).model_dump(mode="json")
    return {"outcome": told, "calls": [wire_call(call).model_dump(mode="json") for call in calls]}


def _move(look: Look, by_s: float) -> None:
    for seen in look["outcome"]["observations"] if by_s else ():
        seen["at_s"] += by_s


def _whole(work: Work, second: WireOutcome, calls: list[WireCall]) -> AnalysisResponse:
    """Both looks. Whose first look was told before, with its calls, is told only the new ones."""
    if work.answer is None:
        raise ValueError("a second look without a first one")
    before = work.answer.calls if work.answer.second is None else []
    return work.answer.model_copy(update={"second": second, "calls": [*before, *calls]})
