"""A judge that asks our server: both looks in one request, retried within a bound, every failure an outcome."""

import random
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from vigint_core.domain.fault import Code
from vigint_core.domain.verdict import (
    Call,
    Clear,
    Judgement,
    NotAnalysed,
    Observation,
    Outcome,
    Suspected,
    Verdict,
)
from vigint_core.domain.window import Window, WindowClips
from vigint_core.policy.retry import BackOff
from vigint_core.ports import Clock
from vigint_core.texts import Language
from vigint_core.wire import MOST_ZONES, AnalysisRequest, AnalysisResponse, WireOutcome, WireZone
from vigint_desktop.pipeline.server_link import ServerError, ServerLink

PATIENCE_S = 20.0  # a window that can't be delivered within this time counts as not analysed
_LONGEST_S = 60.0  # no clip of ours is longer
_LIMITS: Final = frozenset({Code.LIMIT_REQUESTS, Code.LIMIT_BYTES, Code.LIMIT_LOOKS, Code.LIMIT_SPEND})
_AGAIN: Final = _LIMITS | {Code.SERVER_STARTING, Code.SERVER_UNREACHABLE, Code.SERVER_FAILED, Code.SERVER_BUSY}


class RemoteJudge:
    """``Judge`` that asks the server behind ``link``. Thread-safe."""

    def __init__(
        self, link: ServerLink, clock: Clock, language: Language, pause: Callable[[float], bool] | None = None
    ) -> None:
        self._link = link
        self._clock = clock
        self._language = language
        self._stopping = threading.Event()
        self._pause = pause or self._stopping.wait
        self._back_off = BackOff(first_s=0.5, most_s=5.0)

    def stop(self) -> None:
        """End every pause between tries."""
        self._stopping.set()

    def judge(self, window: Window, clips: WindowClips) -> Judgement:
        """Ask the server; the same window may safely be sent again, its id is the idempotency key."""
        parts = _parts(window, clips, self._language)
        deadline_s = self._clock.monotonic() + PATIENCE_S
        size = len(clips.clip) + (len(clips.context) if "context" in parts else 0)
        failures = uploaded = 0
        while True:
            try:
                endpoint = self._link.wait_for_endpoint(deadline_s - self._clock.monotonic())
                uploaded += size
                answer = self._link.analyse(endpoint, window.id, parts)
                return replace(_judgement(window, clips, answer), uploaded_bytes=uploaded)
            except ServerError as error:
                failures += 1
                wait_s = error.retry_after_s or self._back_off.delay_s(failures, random.random())  # noqa: S311 - jitter
                late = self._clock.monotonic() + wait_s >= deadline_s
                if error.code not in _AGAIN or late or self._pause(wait_s):
                    return replace(self._failed(window, clips, error), uploaded_bytes=uploaded)

    def _failed(self, window: Window, clips: WindowClips, error: ServerError) -> Judgement:
        outcome = NotAnalysed(error.code, error.detail, error.retry_after_s)
        if self._stopping.is_set():  # the embedded server leaves with the program: that is no fault of its
            outcome = NotAnalysed(Code.PIPELINE_STOPPED)
        return Judgement(window.id, outcome, None, window.span.start_s, clips.context_start_s)


def _parts(window: Window, clips: WindowClips, language: Language) -> dict[str, tuple[str | None, str | bytes, str]]:
    metadata = AnalysisRequest(
        window_id=window.id,
        camera_id=window.camera_id,
        camera_name=window.camera_name[:200],
        start=_time(window.span.start_s),
        end=_time(window.span.end_s),
        context_start=_time(clips.context_start_s),
        gate_peak=window.evidence.peak_score,
        gate_active_share=window.evidence.active_share,
        language=language,
        zones=[WireZone(name=zone.name[:100], kind=zone.kind) for zone in window.zones[:MOST_ZONES]],
        is_open=window.around.is_open,
        open_hours=window.around.open_hours[:200],
        notes=window.around.notes[:2000],
    )
    told = metadata.model_dump_json(exclude_defaults=True)  # an older server knows fewer fields
    parts: dict[str, tuple[str | None, str | bytes, str]] = {
        "metadata": (None, told, "application/json"),
        "clip": ("clip.mp4", clips.clip, "video/mp4"),
    }
    if clips.context != clips.clip:
        parts["context"] = ("context.mp4", clips.context, "video/mp4")
    return parts


def _time(unix_s: float) -> datetime:
    """Local time with its offset: the model is told what the shop's own clock shows."""
    return datetime.fromtimestamp(unix_s, UTC).astimezone()


def _judgement(window: Window, clips: WindowClips, answer: AnalysisResponse) -> Judgement:
    if answer.window_id != window.id:
        raise ServerError(Code.SERVER_NOT_VIGINT, "the answer is about another window")
    return Judgement(
        window_id=window.id,
        first=outcome_of(answer.first),
        second=None if answer.second is None else outcome_of(answer.second),
        first_start_s=window.span.start_s,
        second_start_s=clips.context_start_s,
        calls=calls_of(answer),
    )


def calls_of(answer: AnalysisResponse) -> tuple[Call, ...]:
    """What the server asked of which model."""
    return tuple(Call(**call.model_dump()) for call in answer.calls)


def outcome_of(wire: WireOutcome) -> Outcome:
    """The domain's outcome. An answer that lacks what its outcome needs is no answer; times of no clip are dropped."""
    observations = tuple(Observation(o.at_s, o.text) for o in wire.observations if 0.0 <= o.at_s <= _LONGEST_S)
    if wire.outcome == "clear":
        return Clear(wire.summary, observations)
    if wire.outcome == "not_analysed" and wire.reason is not None:
        return NotAnalysed(wire.reason, wire.detail, wire.retry_after_s)
    if wire.outcome == "suspected" and wire.type and wire.severity and wire.confidence is not None:
        return Suspected(Verdict(wire.type, wire.severity, wire.confidence, wire.summary, observations))
    raise ServerError(Code.SERVER_NOT_VIGINT, f"incomplete outcome {wire.outcome}")
