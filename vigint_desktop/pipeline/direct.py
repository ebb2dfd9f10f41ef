"""Judges without a server: Gemini directly, and none at all (switched off, or without a key)."""

import logging
import threading
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import CancelledError
from contextlib import ExitStack, suppress
from dataclasses import replace
from typing import TypeVar

from anyio.from_thread import start_blocking_portal

from vigint_core.analysis.examiner import Examiner, Probe, Subject
from vigint_core.domain.budget import BudgetView, Payer
from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.status import Part, PartStatus
from vigint_core.domain.verdict import Call, Judgement, NotAnalysed
from vigint_core.domain.window import Window, WindowClips
from vigint_core.policy.ai_health import AiState, looked, probe_wait_s
from vigint_core.ports import Clock
from vigint_core.texts import Language
from vigint_desktop.store.purse import DeskPurse

_Answer = TypeVar("_Answer")
_log = logging.getLogger(__name__)


class DirectJudge:
    """``Judge`` that asks Gemini from this machine, with the examiner that the server uses too. Thread-safe.

    The examiner lives on an event loop of its own thread. ``notice``: what is worth knowing whatever a proof says.
    """

    def __init__(
        self, examiner: Examiner, language: Language, clock: Clock, purse: DeskPurse | None = None, *,
        notice: Code | None = None,
    ) -> None:  # fmt: skip
        self._examiner = examiner
        self._language = language
        self._clock = clock
        self._purse = purse
        self._notice = notice
        self._lock = threading.Lock()
        self._state = AiState(Code.AI_NOT_PROVEN, notice)
        self._probed_mono_s: float | None = None
        self._loop = ExitStack()
        self._portal = self._loop.enter_context(start_blocking_portal(name="gemini"))

    def judge(self, window: Window, clips: WindowClips) -> Judgement:
        """Both looks. What they came to is also the latest proof of the AI."""
        subject = Subject(
            window_id=window.id,
            camera_name=window.camera_name,
            start_s=window.span.start_s,
            end_s=window.span.end_s,
            context_start_s=clips.context_start_s,
            gate_peak=window.evidence.peak_score,
            gate_active_share=window.evidence.active_share,
            language=self._language,
            zones=window.zones,
            around=window.around,
            payer=Payer(camera_id=window.camera_id),
        )
        clip, context = clips.clip, clips.context
        judgement = self._asked(lambda: self._examiner.examine(subject, clip, context))
        sizes = {"first": len(clip), "second": len(context)}
        judgement = replace(judgement, uploaded_bytes=sum(sizes.get(call.look, 0) for call in judgement.calls))
        self._book(window.camera_id, window.id, judgement.calls)
        model = next((call.model for call in reversed(judgement.calls) if call.error is None), "")
        with self._lock:
            self._state = looked(self._state, (judgement.first, judgement.second), model, self._clock.wall())
        return judgement

    def status(self) -> PartStatus:
        """How the AI is by its latest proof: a real look, or else tiny calls, once a day at least. Blocks for those."""
        with self._lock:
            now_s = self._clock.monotonic()
            wait_s = probe_wait_s(self._state, None if self._probed_mono_s is None else now_s - self._probed_mono_s)
            if wait_s == 0:
                self._probed_mono_s = now_s
        if wait_s == 0:
            self._note(self._asked(self._examiner.probe))
        with self._lock:
            state = self._state
        return PartStatus(
            Part.AI, state.health, state.code, label=state.model, detail=state.detail, at_s=state.at_s or 0.0,
            until_s=state.until_s,
        )  # fmt: skip

    def budget(self) -> BudgetView | None:
        """How the money stands. Raises VigintError(STORE_FAILED)."""
        return self._purse.view() if self._purse else None

    def stop(self) -> None:
        """End waits between tries and calls under way, and the event loop."""
        with self._loop, suppress(VigintError):  # it may have been stopped before
            self._asked(self._examiner.close)

    def _asked(self, question: Callable[[], Awaitable[_Answer]]) -> _Answer:
        """What the examiner answers. Raises VigintError(PIPELINE_STOPPED) once it has been stopped."""
        try:
            return self._portal.call(question)
        except (RuntimeError, CancelledError) as error:
            raise VigintError(Code.PIPELINE_STOPPED, type(error).__name__) from error

    def _note(self, probe: Probe) -> None:
        self._book("", "", probe.calls)
        notice = probe.notice or self._notice
        with self._lock:
            self._state = AiState(probe.code, notice, probe.model, probe.detail, self._clock.wall(), probe.until_s)

    def _book(self, camera_id: str, window_id: str, calls: Sequence[Call]) -> None:
        """Write calls down; they are made and paid, so an answer is not lost for a book that refuses."""
        if self._purse is None or not calls:
            return
        try:
            self._purse.book(camera_id, window_id, calls)
        except VigintError as error:
            _log.error("%d calls are not in the ledger: %s", len(calls), error)


class NoJudge:
    """``Judge`` while there is none: the AI is off, has no key, or its books can't be kept. Says so every time."""

    def __init__(self, clock: Clock, reason: Code = Code.AI_OFF, detail: str = "") -> None:
        self._clock = clock
        self._reason = reason
        self._detail = detail

    def judge(self, window: Window, clips: WindowClips) -> Judgement:
        """Nobody looked."""
        outcome = NotAnalysed(self._reason, self._detail)
        return Judgement(window.id, outcome, None, window.span.start_s, clips.context_start_s)

    def stop(self) -> None:
        """Nothing runs here."""

    def budget(self) -> None:
        """Nothing is spent here."""

    def status(self) -> PartStatus:
        """There is no AI, and why."""
        state = AiState(self._reason)
        return PartStatus(Part.AI, state.health, self._reason, detail=self._detail, at_s=self._clock.wall())
