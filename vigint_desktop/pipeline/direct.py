"""Judges without a server: Gemini directly, and none at all (switched off, or without a key)."""

import threading
from dataclasses import replace

from vigint_core.analysis.examiner import Examiner, Subject
from vigint_core.domain.fault import Code
from vigint_core.domain.status import Health, Part, PartStatus
from vigint_core.domain.verdict import Judgement, NotAnalysed
from vigint_core.domain.window import Window, WindowClips
from vigint_core.policy.ai_health import ai_health
from vigint_core.ports import Clock
from vigint_core.texts import Language

PROVE_AGAIN_S = 60.0  # between probes while the AI is not ok; a probe is a paid call


class DirectJudge:
    """``Judge`` that asks Gemini from this machine, with the examiner that the server uses too. Thread-safe."""

    def __init__(self, examiner: Examiner, language: Language, clock: Clock) -> None:
        self._examiner = examiner
        self._language = language
        self._clock = clock
        self._lock = threading.Lock()
        self._status: PartStatus | None = None
        self._proven_mono_s = 0.0

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
        )
        judgement = self._examiner.examine(subject, clips.clip, clips.context)
        sizes = {"first": len(clips.clip), "second": len(clips.context)}
        judgement = replace(judgement, uploaded_bytes=sum(sizes.get(call.look, 0) for call in judgement.calls))
        failure = judgement.first if isinstance(judgement.first, NotAnalysed) else None
        model = next((call.model for call in judgement.calls if call.error is None), "")
        self._note(failure.reason if failure else None, model, failure.detail if failure else "")
        return judgement

    def status(self) -> PartStatus:
        """How the AI is by its latest proof: a real look, or else one tiny call. Blocks for that call."""
        with self._lock:
            status, age_s = self._status, self._clock.monotonic() - self._proven_mono_s
        if status is not None and (status.health is Health.OK or age_s < PROVE_AGAIN_S):
            return status
        probe = self._examiner.probe()
        return self._note(probe.code, probe.model, probe.detail)

    def stop(self) -> None:
        """End waits between tries; calls under way end with their own time-out."""
        self._examiner.close()

    def _note(self, code: Code | None, model: str, detail: str) -> PartStatus:
        status = PartStatus(Part.AI, ai_health(code), code, label=model, detail=detail, at_s=self._clock.wall())
        with self._lock:
            self._status = status
            self._proven_mono_s = self._clock.monotonic()
        return status


class NoJudge:
    """``Judge`` while there is none: the AI is off, or has no key. Says so for every window."""

    def __init__(self, clock: Clock, reason: Code = Code.AI_OFF) -> None:
        self._clock = clock
        self._reason = reason

    def judge(self, window: Window, clips: WindowClips) -> Judgement:
        """Nobody looked."""
        return Judgement(window.id, NotAnalysed(self._reason), None, window.span.start_s, clips.context_start_s)

    def stop(self) -> None:
        """Nothing runs here."""

    def status(self) -> PartStatus:
        """There is no AI, and why."""
        return PartStatus(Part.AI, Health.NOT_CONFIGURED, self._reason, at_s=self._clock.wall())
