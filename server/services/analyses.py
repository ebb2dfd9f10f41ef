"""Judging a window once: claimed in the books, looked at, answered.

The rule of repeats, with the window's id as the key of idempotency:

* a window with a verdict for every look it needed is answered from the books, at no cost, for ever;
* a window of which nobody could make anything (first look failed) may be asked again: both looks are made;
* a suspicion whose second look failed may be asked again: only the second look is made;
* while one request looks, another one for the same window is told to come back; it never starts a second call;
* the same id with another content is a conflict, whatever became of the first one.
"""

import hashlib
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Final

import anyio.to_thread

from server.db.tenant import Answered, Claimed, ClaimResult, Differs, InHand, Tenant, WindowEntry
from server.logs import journal
from server.services.ai_health import AiHealth
from server.services.answers import answer_of, is_final, wire_call, wire_outcome
from server.services.examiner import Examiner
from server.services.refusals import RefusedError
from vigint_core.analysis.examiner import Subject
from vigint_core.domain.budget import Payer
from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.ids import WindowId
from vigint_core.domain.window import Circumstances, TouchedZone
from vigint_core.media.probe import ClipLimits, probe
from vigint_core.ports import Clock
from vigint_core.wire import AnalysisRequest, AnalysisResponse

_LEASE_S: Final = 90.0  # an examination takes at most 35 s (Patience.total_s); a claim this old has no owner
_COME_BACK_S: Final = 2.0
_log = journal(__name__)


@dataclass(frozen=True, slots=True)
class Upload:
    """What a client sent about one window. Without a context of its own, the clip is its own context."""

    request: AnalysisRequest
    clip: bytes
    context: bytes

    @property
    def fingerprint(self) -> str:
        """SHA-256 over everything that was sent, in hexadecimal digits."""
        parts = (self.request.model_dump_json().encode(), self.clip, self.context)
        return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()

    @property
    def entry(self) -> WindowEntry:
        """What the books hold about the window."""
        sent = self.request
        start_s, end_s = sent.start.timestamp(), sent.end.timestamp()
        return WindowEntry(sent.window_id, self.fingerprint, sent.camera_id, sent.camera_name, start_s, end_s)

    def subject(self, client_id: str) -> Subject:
        """What the examiner is told."""
        sent = self.request
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


class Analyses:
    """Answers windows. Used on one event loop; everything that must be known to another process is in the books."""

    def __init__(self, examiner: Examiner, health: AiHealth, clock: Clock, limits: ClipLimits, most_looks: int) -> None:
        """``most_looks``: examinations at the same time in this process; one more is refused with SERVER_BUSY."""
        self._examiner = examiner
        self._health = health
        self._clock = clock
        self._limits = limits
        self._free = most_looks

    async def analyse(self, tenant: Tenant, upload: Upload) -> AnalysisResponse:
        """The answer about a window, from the books or from a look made now.

        Raises VigintError: CLIP_* for a clip that is refused (nothing is stored), RefusedError(REQUEST_CONFLICT) for an
        id that means another window, RefusedError(SERVER_BUSY) while the window is in hand or too many are.
        """
        _check_times(upload.request, self._limits)
        with self._place():
            claim = await anyio.to_thread.run_sync(self._claim, tenant, upload)
            match claim:
                case Answered(answer):
                    return answer.model_copy(update={"replayed": True})
                case Differs():
                    raise RefusedError(Code.REQUEST_CONFLICT, "the books hold another window under this id")
                case InHand(for_s):
                    raise RefusedError(Code.SERVER_BUSY, "in hand", status=409, retry_after_s=min(for_s, _COME_BACK_S))
                case Claimed():
                    return await self._look(tenant, upload, claim)

    def _claim(self, tenant: Tenant, upload: Upload) -> ClaimResult:
        """Check the clips and ask for the window; blocks, so not on the event loop."""
        for clip in {upload.clip, upload.context}:
            probe(clip, self._limits)
        return tenant.claim(upload.entry, secrets.token_hex(16), self._clock.wall(), _LEASE_S)

    async def _look(self, tenant: Tenant, upload: Upload, claim: Claimed) -> AnalysisResponse:
        async with _released_on_failure(tenant, upload.request.window_id, claim.mark):
            answer = await self._ask(tenant, upload, claim.earlier)
        settled = partial(tenant.settle, upload.entry, claim.mark, answer, is_final(answer), self._clock.wall())
        try:
            await anyio.to_thread.run_sync(settled)
        except VigintError as error:
            # The look is paid and somebody waits for it: the answer goes out, and the loss is in the log.
            _log.error("answer not written", window=upload.request.window_id, code=error.code, detail=error.detail)
        return answer

    async def _ask(self, tenant: Tenant, upload: Upload, earlier: AnalysisResponse | None) -> AnalysisResponse:
        subject = upload.subject(tenant.client_id)
        if earlier is None or earlier.first.outcome != "suspected":
            judgement = await self._examiner.examine(subject, upload.clip, upload.context)
            self._health.note_looks((judgement.first, judgement.second), judgement.calls)
            return answer_of(judgement)
        second, calls = await self._examiner.second_look(subject, upload.context)
        self._health.note_looks((second,), calls)
        return earlier.model_copy(
            update={"second": wire_outcome(second), "calls": [wire_call(call) for call in calls]},
        )

    @contextmanager
    def _place(self) -> Iterator[None]:
        if not self._free:
            raise RefusedError(Code.SERVER_BUSY, "too many looks at once", retry_after_s=_COME_BACK_S)
        self._free -= 1
        try:
            yield
        finally:
            self._free += 1


@asynccontextmanager
async def _released_on_failure(tenant: Tenant, window_id: str, mark: str) -> AsyncIterator[None]:
    """Whatever goes wrong while looking, the window must not stay claimed."""
    done = False
    try:
        yield
        done = True
    finally:
        if not done:
            await anyio.to_thread.run_sync(tenant.release, window_id, mark)


def _check_times(request: AnalysisRequest, limits: ClipLimits) -> None:
    wrong: list[str] = []
    if request.end <= request.start:
        wrong.append("metadata.end: must lie after start")
    elif (request.end - request.start).total_seconds() > limits.seconds:
        wrong.append("metadata.end: the window is longer than a clip may be")
    if request.context_start >= request.end:  # the first picture of a window may lie a little after its start
        wrong.append("metadata.context_start: must lie before end")
    if wrong:
        raise RefusedError(Code.REQUEST_INVALID, particulars=tuple(wrong))
