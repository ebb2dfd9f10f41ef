"""Judging a window once: claimed in the books, looked at, answered.

The rule of repeats, with the window's id as the key of idempotency:

* a window with a verdict for every look it needed is answered from the books, at no cost, for ever;
* a window of which nobody could make anything (first look failed) may be asked again: both looks are made;
* a suspicion whose second look failed may be asked again: only the second look is made;
* while one request looks, another one for the same window is told to come back; it never starts a second call;
* while durable work looks, another request waits for it as the first one did;
* the same id with another content is a conflict, whatever became of the first one.

A first look is made in the request. For a suspicion the rest is durable work (``server/workflows/second_look.py``),
begun before the request is answered; the request waits for it, and is answered without it when it takes too long.
"""

import asyncio
import hashlib
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import Final

import anyio.to_thread

from server.db.books.analyses import Answered, Claimed, ClaimResult, Differs, InHand, UnderWay, Work
from server.db.books.calls import WindowEntry
from server.db.tenant import Tenant
from server.logs import journal
from server.services.answers import is_final
from server.services.durable import DurableWork
from server.services.looks import Looks, subject_of
from server.services.refusals import RefusedError
from server.services.settlements import Settlements
from vigint_core.analysis.examiner import Subject
from vigint_core.domain.fault import Code, VigintError
from vigint_core.media.probe import ClipLimits, probe
from vigint_core.ports import Clock
from vigint_core.wire import AnalysisRequest, AnalysisResponse

WORKFLOW: Final = "second look"
LONGEST_WAIT_S: Final = 35.0
"""How long a request waits for its window, from its arrival, unless it asks for less."""
_LEASE_S: Final = 90.0  # a first look takes at most 20 s (Patience.first_s); a claim this old has no owner
_COME_BACK_S: Final = 2.0
_LOOK_AGAIN_S: Final = 1.0  # at work that another process does
_log = journal(__name__)


@dataclass(frozen=True, slots=True)
class Upload:
    """What a client sent about one window. Without a context of its own, the clip is its own context."""

    request: AnalysisRequest
    clip: bytes
    context: bytes

    @property
    def fingerprint(self) -> str:
        """SHA-256 over everything that was sent, in hexadecimal digits.

        What an older version did not know counts only where it is said: its fingerprints stay good.
        """
        unsaid = None if self.request.context_follows else {"context_follows"}
        parts = (self.request.model_dump_json(exclude=unsaid).encode(), self.clip, self.context)
        return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()

    @property
    def entry(self) -> WindowEntry:
        """What the books hold about the window."""
        sent = self.request
        start_s, end_s = sent.start.timestamp(), sent.end.timestamp()
        return WindowEntry(sent.window_id, self.fingerprint, sent.camera_id, sent.camera_name, start_s, end_s)

    def subject(self, client_id: str) -> Subject:
        """What the examiner is told."""
        return subject_of(self.request, client_id)


@dataclass(frozen=True, slots=True)
class Preference:
    """How a client wants its answer: at once where it can be asked for later, and after ``wait_s`` at the latest."""

    later: bool = False
    wait_s: float = LONGEST_WAIT_S


PATIENT: Final = Preference()


class Analyses:
    """Answers windows. Used on one event loop; everything that must be known to another process is in the books."""

    def __init__(
        self, looks: Looks, settlements: Settlements, durable: DurableWork, clock: Clock, bounds: "LookBounds"
    ) -> None:
        self._looks = looks
        self._settlements = settlements
        self._durable = durable
        self._clock = clock
        self._bounds = bounds
        self._asking = 0

    async def analyse(
        self, tenant: Tenant, upload: Upload, preference: Preference = PATIENT
    ) -> AnalysisResponse | None:
        """The answer about a window, from the books or from a look made now; None where it is to be asked for later.

        ``pending`` says that the second look is still out. Raises VigintError: CLIP_* for a clip that is refused
        (nothing is stored), RefusedError(REQUEST_CONFLICT) for an id that means another window,
        RefusedError(SERVER_BUSY) while the window is in hand or too many are.
        """
        until_s = self._clock.monotonic() + preference.wait_s
        _check_times(upload.request, self._bounds.clips)
        with self._settlements.expect(tenant.client_id, upload.request.window_id) as settled:
            with self._place():
                claim = await anyio.to_thread.run_sync(self._claim, tenant, upload)
                begun = await self._begun(tenant, upload, claim, preference)
            if not isinstance(begun, UnderWay):
                return begun
            answer = await self._outcome(tenant, upload.request.window_id, settled, until_s) or _pending(begun.answer)
            if answer is None or not isinstance(claim, UnderWay):
                return answer
            return answer.model_copy(update={"replayed": True})

    async def known(self, tenant: Tenant, window_id: str) -> Answered | UnderWay:
        """What is known about a window. Raises RefusedError(REQUEST_NOT_FOUND) where nobody will say anything."""
        found = await anyio.to_thread.run_sync(tenant.analyses.look_up, window_id, self._clock.wall())
        if found is None:
            raise RefusedError(Code.REQUEST_NOT_FOUND)
        return found

    def _claim(self, tenant: Tenant, upload: Upload) -> ClaimResult:
        """Check the clips and ask for the window; blocks, so not on the event loop."""
        for clip in {upload.clip, upload.context}:
            probe(clip, self._bounds.clips)
        return tenant.analyses.claim(upload.entry, secrets.token_hex(16), self._clock.wall(), _LEASE_S)

    async def _begun(
        self, tenant: Tenant, upload: Upload, claim: ClaimResult, preference: Preference
    ) -> AnalysisResponse | UnderWay:
        """The answer where there is one already, or what durable work was begun with."""
        match claim:
            case Answered(answer):
                return answer.model_copy(update={"replayed": True})
            case Differs():
                raise RefusedError(Code.REQUEST_CONFLICT, "the books hold another window under this id")
            case InHand(for_s):
                raise RefusedError(Code.SERVER_BUSY, "in hand", status=409, retry_after_s=min(for_s, _COME_BACK_S))
            case UnderWay():
                return claim
            case Claimed():
                async with _released_on_failure(tenant, upload.request.window_id, claim.mark):
                    return await self._look(tenant, upload, claim, preference)

    async def _look(
        self, tenant: Tenant, upload: Upload, claim: Claimed, preference: Preference
    ) -> AnalysisResponse | UnderWay:
        if upload.context == upload.clip:
            self._looks.keep_recent(tenant.client_id, upload.request, upload.clip)
        suspected = claim.earlier is not None and claim.earlier.first.outcome == "suspected"
        keep = partial(self._looks.clips.keep, tenant, upload.request.window_id, upload.clip, upload.context)
        kept = (suspected or preference.later) and await anyio.to_thread.run_sync(keep)
        if suspected or (preference.later and kept):
            return await self._handed_over(tenant, upload, claim.mark, None)
        answer = await self._looks.first(tenant.client_id, upload.request, upload.clip)
        if answer.first.outcome == "suspected":
            if not preference.later:
                await anyio.to_thread.run_sync(keep)
            return await self._handed_over(tenant, upload, claim.mark, answer)
        settle = partial(tenant.analyses.settle, upload.entry, claim.mark, answer, is_final(answer))
        try:
            await anyio.to_thread.run_sync(settle, self._clock.wall())
        except VigintError as error:
            _not_written(upload, error)
        if preference.later:  # the storage was slow: what it takes yet, nobody needs
            await anyio.to_thread.run_sync(self._looks.clips.forget, tenant, upload.request.window_id)
        return answer

    async def _handed_over(
        self, tenant: Tenant, upload: Upload, mark: str, answer: AnalysisResponse | None
    ) -> AnalysisResponse | UnderWay:
        """Durable work is begun with what is known; what is known itself, where the books are shut."""
        try:
            work = await anyio.to_thread.run_sync(self._hand_over, tenant, upload, mark, answer)
        except VigintError as error:
            if answer is None:
                raise
            _not_written(upload, error)
            return answer
        if work is not None:
            return UnderWay(work.answer)
        if answer is None:
            raise RefusedError(Code.SERVER_BUSY, "in hand", status=409, retry_after_s=_COME_BACK_S)
        return UnderWay(answer)  # another request has the window by now; this one's look is paid

    def _hand_over(self, tenant: Tenant, upload: Upload, mark: str, answer: AnalysisResponse | None) -> Work | None:
        work = tenant.analyses.stage(upload.entry, mark, upload.request, answer, self._clock.wall())
        if work is not None:
            try:
                begin_work(self._durable, work)
            except VigintError as error:  # it is written down: whoever sweeps begins it
                told = _log.info if error.code is Code.SERVER_STARTING else _log.warning
                told("second look waits", window=upload.request.window_id, code=error.code, detail=error.detail)
        return work

    async def _outcome(
        self, tenant: Tenant, window_id: str, settled: "asyncio.Future[AnalysisResponse]", until_s: float
    ) -> AnalysisResponse | None:
        """What became of durable work, or None where it is still out at ``until_s`` (monotonic time)."""
        while (left_s := until_s - self._clock.monotonic()) > 0:
            with suppress(TimeoutError):
                async with asyncio.timeout(min(left_s, _LOOK_AGAIN_S)):
                    return await asyncio.shield(settled)
            found = await anyio.to_thread.run_sync(tenant.analyses.look_up, window_id, self._clock.wall())
            if isinstance(found, Answered):
                return found.answer
        return None

    @contextmanager
    def _place(self) -> Iterator[None]:
        if self._asking + self._looks.under_way >= self._bounds.most_looks:
            raise RefusedError(Code.SERVER_BUSY, "too many looks at once", retry_after_s=_COME_BACK_S)
        self._asking += 1
        try:
            yield
        finally:
            self._asking -= 1


@dataclass(frozen=True, slots=True)
class LookBounds:
    """What a window may be at most, and how many this process looks at the same time; one more is refused."""

    clips: ClipLimits
    most_looks: int


def workflow_id(work: Work) -> str:
    """The name of the workflow that does a window's work: one for each attempt."""
    return f"second:{work.client_id}:{work.entry.window_id}:{work.attempt}"


def begin_work(durable: DurableWork, work: Work) -> None:
    """Begin a window's workflow, unless it is. Raises VigintError while no durable work is done."""
    begun = (work.client_id, work.entry.window_id, work.attempt, work.stage.value, work.request.context_follows)
    durable.start(WORKFLOW, workflow_id(work), *begun)


def _pending(answer: AnalysisResponse | None) -> AnalysisResponse | None:
    """What is known of a window whose second look is out; an earlier one, which failed, says nothing."""
    return None if answer is None else answer.model_copy(update={"pending": True, "second": None})


def _not_written(upload: Upload, error: VigintError) -> None:
    """The look is paid and somebody waits for it: the answer goes out, and the loss is in the log."""
    _log.error("answer not written", window=upload.request.window_id, code=error.code, detail=error.detail)


@asynccontextmanager
async def _released_on_failure(tenant: Tenant, window_id: str, mark: str) -> AsyncIterator[None]:
    """Whatever goes wrong while looking, the window must not stay claimed."""
    done = False
    try:
        yield
        done = True
    finally:
        if not done:
            await anyio.to_thread.run_sync(tenant.analyses.release, window_id, mark)


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
