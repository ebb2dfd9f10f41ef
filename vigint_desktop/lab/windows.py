"""Cuts a clip into windows as the running program would: its own gate, watcher and pictures, driven by the file.

Nothing of a clip's name reaches the model: every camera is called the same, on the same afternoon, without opening
hours, zones or notes. So the same file always makes the same questions, and no file name tells the answer.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import numpy as np
from av import VideoFrame
from numpy.typing import NDArray

from vigint_core.analysis.prompts import Subject
from vigint_core.domain.budget import Payer
from vigint_core.domain.camera import Camera, SourceKind
from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.frame import Moment, Picture
from vigint_core.domain.ids import camera_id_from_name
from vigint_core.domain.window import Span, Window
from vigint_core.media.clip import encode_clips
from vigint_core.media.reduce import GreyReducer
from vigint_core.policy.sampling import SamplingRule
from vigint_core.texts import Language
from vigint_desktop.capture.outlet import LOOK_EVERY_S, PICTURE_EVERY_S, Cadence
from vigint_desktop.capture.picture_ring import PictureRing
from vigint_desktop.capture.reduction import Reducer
from vigint_desktop.gate.motion import GateRule, GateState, MotionGate
from vigint_desktop.gate.replay import frames
from vigint_desktop.pipeline.watcher import Ears, Post, Watcher

BEGIN_S: Final = datetime(2026, 1, 5, 14, tzinfo=UTC).timestamp()
"""Unix time at which every clip begins: a Monday afternoon."""
CAMERA_NAME: Final = "Camera"
_LAST_FRAME_S: Final = 0.1  # how long the last frame is shown, by which a clip is longer than its last time


@dataclass(frozen=True, slots=True)
class CutWindow:
    """A window of a clip, ready to be asked about.

    Attributes:
        clip_name: of the file it was cut from.
        span: in seconds from the clip's first frame.
        clip, context: H.264 in MP4, as ``encode_clips`` makes them; empty where they could not be made.
        failed: why they could not.
    """

    clip_name: str
    span: Span
    subject: Subject
    clip: bytes = b""
    context: bytes = b""
    failed: Code | None = None


class Cutter:
    """One file and its windows.

    Attributes:
        length_s: how much of the file has been read, in seconds; the file's length once all windows are taken.
    """

    def __init__(self, file: Path, language: Language, *, everything: bool = False) -> None:
        """``everything``: windows as if the gate were always open."""
        self.length_s = 0.0
        self._file = file
        self._language: Language = language
        self._due: deque[Window] = deque()
        self._pictures = PictureRing()
        gate = MotionGate(GateRule())
        camera = Camera(camera_id_from_name(file.name), CAMERA_NAME, SourceKind.FILE, str(file))
        self._camera_id = camera.id
        post = Post(_AlwaysOpen(gate) if everything else gate, self._pictures, lambda: BEGIN_S + self.length_s)
        self._watcher = Watcher(camera, SamplingRule(), post, Ears(self._due.append, _unheard))

    def windows(self) -> Iterator[CutWindow]:
        """The windows in order, each as soon as it fell due; encodes one at a time.

        Raises VigintError(CAMERA_*) for a file that can't be read as video, also where no frame decodes.
        """
        looks, pictures = Cadence(LOOK_EVERY_S), Cadence(PICTURE_EVERY_S)
        greys, reducer = GreyReducer(), Reducer()
        at: Moment | None = None
        for at_s, frame in frames(self._file):
            at = Moment(at_s, BEGIN_S + at_s, at_s)
            self.length_s = at_s + _LAST_FRAME_S
            if looks.takes(at_s):
                self._watcher.look(greys.grey(frame), at)
            if pictures.takes(at_s):
                self._keep(reducer, frame, at)
            yield from self._cut()
        if at is None:
            raise VigintError(Code.CAMERA_NOT_VIDEO, f"{self._file.name}: no frame could be decoded")
        self._watcher.lost(at.mono_s)
        yield from self._cut()

    def _keep(self, reducer: Reducer, frame: VideoFrame, at: Moment) -> None:
        yuv = reducer.picture(frame)
        self._pictures.add(Picture(self._camera_id, at, yuv.shape[1], yuv.shape[0] * 2 // 3, yuv))

    def _cut(self) -> Iterator[CutWindow]:
        while self._due:
            yield self._cut_window(self._due.popleft())

    def _cut_window(self, window: Window) -> CutWindow:
        span = Span(window.span.start_s - BEGIN_S, window.span.end_s - BEGIN_S)
        cut = CutWindow(self._file.name, span, self._subject(window))
        try:
            clip, context = encode_clips(window.pictures, window.lead)
        except VigintError as error:
            return replace(cut, failed=error.code)
        return replace(cut, clip=clip, context=context)

    def _subject(self, window: Window) -> Subject:
        first = next(iter((*window.lead, *window.pictures)), None)
        return Subject(
            window_id=window.id,
            camera_name=window.camera_name,
            start_s=window.span.start_s,
            end_s=window.span.end_s,
            context_start_s=window.span.start_s if first is None else first.at.wall_s,
            gate_peak=window.evidence.peak_score,
            gate_active_share=window.evidence.active_share,
            language=self._language,
            utc_offset_s=0,
            payer=Payer(camera_id=window.camera_id),
        )


def _unheard(_message: object) -> None:
    """What a watcher tells the desk is of no interest here."""


class _AlwaysOpen:
    """A gate that scores as usual and lets everything through."""

    def __init__(self, gate: MotionGate) -> None:
        self._gate = gate

    def look(self, grey: NDArray[np.uint8], at_s: float) -> GateState:
        """One look."""
        return replace(self._gate.look(grey, at_s), open=True)
