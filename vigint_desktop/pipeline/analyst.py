"""The analyst: takes windows that fell due, has them encoded and judged, and tells the desk what came of it.

A small pool of threads; at most one window of a camera is out at a time, and the newest one goes first. What a slow
judge leaves behind is not kept for ever: beyond ``MOST_WAITING`` a camera's oldest window becomes not analysed,
overload.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.frame import Picture
from vigint_core.domain.ids import CameraId
from vigint_core.domain.verdict import Judgement, NotAnalysed, Suspected
from vigint_core.domain.window import Window
from vigint_core.media.clip import encode_clips
from vigint_core.ports import Clock, EventSink, Judge
from vigint_desktop.pipeline.messages import Judged, Message, Submitted, WindowRef
from vigint_desktop.pipeline.stills import still_of
from vigint_desktop.pipeline.tally import Tally
from vigint_desktop.pipeline.worker import Worker

POOL = 4  # looks at once; more would only queue at the other end
MOST_WAITING = 2  # windows of one camera that wait; each holds some 17 MiB of pictures
_WAIT_S = 0.25
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Books:
    """Where the analyst writes down what it did."""

    post: Callable[[Message], None]
    tally: Tally


class Analyst:
    """Judges windows. ``submit`` is for the cameras' threads and never blocks."""

    def __init__(self, judge: Judge, books: Books, sink: EventSink, clock: Clock, pool: int = POOL) -> None:
        self._judge = judge
        self._books = books
        self._clock = clock
        self._changed = threading.Condition()
        self._waiting: dict[CameraId, deque[Window]] = {}
        self._out: dict[CameraId, Window] = {}
        self._stopped = False
        self._workers = [
            Worker(f"analyst {number}", self._step, sink, clock, on_stop=self._wake) for number in range(1, pool + 1)
        ]

    def start(self) -> None:
        """Start the pool."""
        for worker in self._workers:
            worker.start()

    def stop(self, timeout_s: float = 5.0) -> bool:
        """Stop the pool within ``timeout_s``; what waits then or is still out becomes not analysed, stopped.

        False when a thread has not ended; what its judge still answers comes too late and is not told to anybody.
        """
        for worker in self._workers:
            worker.stopping.set()
        until_s = self._clock.monotonic() + timeout_s
        ended = [worker.stop(max(0.0, until_s - self._clock.monotonic())) for worker in self._workers]
        with self._changed:
            self._stopped = True
            left = [window for windows in self._waiting.values() for window in windows] + list(self._out.values())
            self._waiting.clear()
            self._out.clear()
        for window in left:
            self._give_up(window, Code.PIPELINE_STOPPED)
        return all(ended)

    def use(self, judge: Judge) -> None:
        """Have the windows from now on judged by ``judge``."""
        with self._changed:
            self._judge = judge

    @property
    def backlog(self) -> int:
        """Windows that wait or are out."""
        with self._changed:
            return sum(len(windows) for windows in self._waiting.values()) + len(self._out)

    def submit(self, window: Window) -> None:
        """Take a window that fell due. The oldest waiting one of its camera gives way when there are too many."""
        self._books.tally.window_due(window.camera_id)
        self._books.post(Submitted(WindowRef.of(window)))
        with self._changed:
            late = self._stopped
            waiting = deque[Window]() if late else self._waiting.setdefault(window.camera_id, deque())
            waiting.append(window)
            dropped = waiting.popleft() if len(waiting) > MOST_WAITING else None
            self._changed.notify()
        if late:
            self._give_up(window, Code.PIPELINE_STOPPED)
        if dropped is not None:
            self._give_up(dropped, Code.PIPELINE_OVERLOAD)

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def _step(self) -> None:
        taken = self._take()
        if taken is None:
            return
        self._look(*taken)

    def _take(self) -> tuple[Window, Judge] | None:
        """The newest window of a camera that has none out."""
        with self._changed:
            if not self._free_cameras():
                self._changed.wait(_WAIT_S)
            free = self._free_cameras()
            if not free or self._workers[0].stopping.is_set():
                return None
            camera_id = max(free, key=lambda c: self._waiting[c][-1].due_mono_s)
            window = self._out[camera_id] = self._waiting[camera_id].pop()
            return window, self._judge

    def _free_cameras(self) -> list[CameraId]:
        return [c for c, windows in self._waiting.items() if windows and c not in self._out]

    def _look(self, window: Window, judge: Judge) -> None:
        try:
            judgement = judge.judge(window, _EncodedLate(window))
        except VigintError as error:
            self._back(window, _unjudged(window, error.code, error.detail))
        except Exception:  # a bug: the worker reports it, and the window is not silently lost
            self._back(window, _unjudged(window, Code.WORKER_CRASHED))
            raise
        else:
            self._back(window, judgement)

    def _back(self, window: Window, judgement: Judgement) -> None:
        """The window is out no more. Its account is settled here, unless ``stop`` has done so already."""
        with self._changed:
            counts = self._out.get(window.camera_id) is window
            if counts:
                del self._out[window.camera_id]
            self._changed.notify()
        if counts:
            self._settle(window, judgement)

    def _give_up(self, window: Window, reason: Code) -> None:
        self._settle(window, _unjudged(window, reason))

    def _settle(self, window: Window, judgement: Judgement) -> None:
        still, still_s = _still(window, judgement)
        self._books.tally.window_judged(window.camera_id, judgement)
        self._books.post(Judged(WindowRef.of(window), judgement, still, still_s))


class _EncodedLate:
    """``WindowClips`` of a window: one encode for both clips, when a judge wants them."""

    def __init__(self, window: Window) -> None:
        self._window = window

    @cached_property
    def _encoded(self) -> tuple[bytes, bytes]:
        return encode_clips(self._window.pictures, self._window.lead)

    @property
    def clip(self) -> bytes:
        """The window itself."""
        return self._encoded[0]

    @property
    def context(self) -> bytes:
        """The window with its lead."""
        return self._encoded[1]

    @property
    def context_start_s(self) -> float:
        """Unix time of the first picture."""
        first = next(iter((*self._window.lead, *self._window.pictures)), None)
        return self._window.span.start_s if first is None else first.at.wall_s


def _unjudged(window: Window, reason: Code, detail: str = "") -> Judgement:
    start_s = window.span.start_s
    return Judgement(window.id, NotAnalysed(reason, detail), None, start_s, start_s)


def _still(window: Window, judgement: Judgement) -> tuple[bytes, float]:
    """JPEG and Unix time of the picture nearest to the first cited moment; empty without a suspicion."""
    if not isinstance(judgement.first, Suspected):
        return b"", 0.0
    leading, start_s = judgement.first, judgement.first_start_s
    if isinstance(judgement.second, Suspected):
        leading, start_s = judgement.second, judgement.second_start_s
    cited = [start_s + o.at_s for o in leading.verdict.observations]
    picture = nearest_picture((*window.lead, *window.pictures), min(cited, default=window.span.start_s))
    return still_of(picture), picture.at.wall_s


def nearest_picture(pictures: tuple[Picture, ...], at_s: float) -> Picture:
    """The picture whose Unix time is nearest to ``at_s``; ``pictures`` must not be empty."""
    return min(pictures, key=lambda p: abs(p.at.wall_s - at_s))
