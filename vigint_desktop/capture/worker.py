"""One camera, one thread: open the stream, hand on what arrives, and when it breaks say why and try again."""

import logging
import random
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from vigint_core.domain.camera import Camera
from vigint_core.domain.fault import Code, VigintError
from vigint_core.policy.retry import CAMERA_BACK_OFF, BackOff
from vigint_core.policy.streams import Stream
from vigint_core.ports import Clock
from vigint_desktop.capture.channels import CaptureCounters, Channels, Tap
from vigint_desktop.capture.outlet import Outlet
from vigint_desktop.capture.source import Arrival, Opener, Reading, Source
from vigint_desktop.capture.turnstile import Turn, Turnstile

__all__ = ["CameraWorker", "CaptureCounters", "Channels", "Retrying", "Tap"]

_log: Final = logging.getLogger(__name__)

_WAITS_FOR_THE_OWNER: Final = frozenset({Code.CAMERA_UNAUTHORIZED})
"""Trying a wrong password again and again locks accounts; new settings or ``retry_now`` end the wait."""


@dataclass(frozen=True, slots=True)
class Retrying:
    """How a worker waits: between tries (``chance`` draws the jitter from [0, 1)), and for its turn at the CPU."""

    back_off: BackOff = CAMERA_BACK_OFF
    chance: Callable[[], float] = random.random
    turnstile: Turnstile = field(default_factory=Turnstile)


class CameraWorker:
    """Runs one stream of a camera in a thread of its own, ``capture:<name>``, until it is stopped.

    Attributes:
        camera: what is captured.
        outlet: where everything goes.
    """

    def __init__(
        self, camera: Camera, password: str, outlet: Outlet, opener: Opener, clock: Clock, retrying: Retrying
    ) -> None:
        self.camera = camera
        self.outlet = outlet
        self._password = password
        self._opener = opener
        self._clock = clock
        self._retrying = retrying
        self._turnstile = retrying.turnstile
        self._interrupt = threading.Event()
        self._stopping = False
        self._failures = 0
        self._failing_since_s: float | None = None
        self._busy_since_s: float | None = None
        self._turn: Turn | None = None
        name = f"capture:{camera.name}" if outlet.stream is Stream.MAIN else f"capture:{camera.name}:sub"
        self._thread = threading.Thread(target=self.run, name=name, daemon=True)

    @property
    def is_alive(self) -> bool:
        """Whether its thread runs."""
        return self._thread.is_alive()

    def busy_s(self) -> float:
        """How long the call into the library that runs now has taken; 0.0 between calls and while waiting."""
        since_s = self._busy_since_s
        return 0.0 if since_s is None else self._clock.monotonic() - since_s

    def start(self) -> None:
        """Start the thread; ``stop`` ends it."""
        self._thread.start()

    def request_stop(self) -> None:
        """Ask it to end, without waiting."""
        self._stopping = True
        self._interrupt.set()

    def give_up(self) -> None:
        """Ask it to end, without waiting; should it hang in its work, its turn at the CPU goes to others."""
        self.request_stop()
        if self._turn is not None:
            self._turnstile.leave(self._turn)

    def stop(self, timeout_s: float) -> bool:
        """Ask it to end and wait; False when it has not ended in time."""
        self.request_stop()
        if self._thread.ident is not None:
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def retry_now(self) -> None:
        """Open the stream anew at once, whether it waits, hangs in a stall or plays."""
        self._interrupt.set()

    def run(self) -> None:
        """Survive everything until asked to stop. The body of the thread."""
        while self._goes_on():
            delay_s: float | None = 0.0
            try:
                self.run_once()
            except VigintError as error:
                delay_s = self._fail(error.code, error.detail)
            except Exception as error:  # noqa: BLE001 - the outermost frame of this worker
                delay_s = self._crash(error)
            self._interrupt.wait(delay_s)

    def run_once(self) -> None:
        """Open the stream and hand on what arrives until an interrupt. Lets errors pass, VigintError(CAMERA_*)."""
        self.outlet.tell(lambda condition: condition.connecting(self.outlet.stream))
        self._busy_since_s = self._clock.monotonic()
        try:
            source = self._opener(self.camera, self._password, self._interrupt)
            try:
                self.outlet.opened(source.facts)
                self._pump(source)
            finally:
                self.outlet.lost(self._clock.monotonic())
                source.close()
        finally:
            self._busy_since_s = None
        if not self._interrupt.is_set():
            raise VigintError(Code.CAMERA_LOST, "the stream ended")

    def _goes_on(self) -> bool:
        """Forget the last interrupt, unless it was the end. The order matters: ``request_stop`` sets the flag first."""
        self._interrupt.clear()
        return not self._stopping

    def _pump(self, source: Source) -> None:
        before_s = self.outlet.alive_mono_s
        source.want(self.outlet.demand)
        for reading in source.reads():
            if self._interrupt.is_set():
                return
            self._work_off(reading)
            source.want(self.outlet.demand)
            if self._failures and self.outlet.alive_mono_s != before_s:
                self._failures, self._failing_since_s = 0, None
            self._busy_since_s = self._clock.monotonic()

    def _work_off(self, reading: Reading) -> None:
        """What needs no decoding needs no turn either."""
        if isinstance(reading, Arrival):
            self.outlet.hand_on(reading)
            return
        size, shown = self.outlet.size, self.outlet.demand.shown
        turn = self._turnstile.turn(size.width * size.height, shown=shown)
        self._busy_since_s = None  # who waits for a turn does not hang
        with turn:
            if self._interrupt.is_set():  # given up while it waited: nobody would take the turn from it any more
                return
            self._turn, self._busy_since_s = turn, self._clock.monotonic()
            self.outlet.hand_on(reading())

    def _fail(self, code: Code, detail: str) -> float | None:
        """Report a failure; returns the seconds until the next try, None for "not before somebody asks for it"."""
        self._failures += 1
        now_s = self._clock.monotonic()
        self._failing_since_s = now_s if self._failing_since_s is None else self._failing_since_s
        delay_s = None
        if code not in _WAITS_FOR_THE_OWNER:
            delay_s = self._retrying.back_off.delay_s(
                self._failures, self._retrying.chance(), now_s - self._failing_since_s
            )
        retry_at_s = None if delay_s is None else now_s + delay_s
        self.outlet.tell(lambda condition: condition.failed(code, detail, retry_at_s, self.outlet.stream))
        return delay_s

    def _crash(self, error: Exception) -> float | None:
        """A mistake of our own. The error's text stays out of the log: a library may have put the password into it."""
        frames = "".join(traceback.format_tb(error.__traceback__))
        _log.error("capture of %s: %s\n%s", self.camera.id, type(error).__name__, frames)
        return self._fail(Code.WORKER_CRASHED, type(error).__name__)
