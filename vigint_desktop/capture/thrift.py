"""What the decoder of one stream does with each packet: the rule of ``policy.saving``, and how late the stream is."""

from typing import Final

from vigint_core.policy.saving import Decoding, Need, SavingRule, SavingState, Waiting, decide
from vigint_desktop.capture.source import Demand, StreamFacts

_WAITED_S: Final = 0.02
"""A read that took this long waited for the camera, and not for a core: nothing lay there to be read."""


class Lag:
    """How late the packets of a stream are worked on.

    Media time runs beside the monotonic clock at a distance that is known up to a constant: the least ever seen is no
    lateness. It can only be too small by what reading waited since; so much is taken off.
    """

    def __init__(self) -> None:
        self._on_time_s: float | None = None

    def read(self, media_s: float, now_s: float, waited_s: float) -> None:
        """A packet was read after a wait for it."""
        distance_s = now_s - media_s
        if self._on_time_s is None or distance_s < self._on_time_s:
            self._on_time_s = distance_s
        elif waited_s >= _WAITED_S:
            self._on_time_s = min(distance_s, self._on_time_s + waited_s)

    def of(self, media_s: float, now_s: float) -> float:
        """Seconds by which a packet that was read is late now; 0.0 before the first one."""
        return 0.0 if self._on_time_s is None else max(0.0, now_s - media_s - self._on_time_s)


class KeyFrames:
    """When the next key frame will come, if they go on as they did."""

    def __init__(self) -> None:
        self._last_s: float | None = None
        self._every_s: float | None = None

    def saw(self, media_s: float) -> None:
        """There was a key frame."""
        if self._last_s is not None:
            self._every_s = media_s - self._last_s
        self._last_s = media_s

    def until_next_s(self, media_s: float) -> float | None:
        """Media time from here to the next one, None when it can't be told or did not come when it should have."""
        if self._last_s is None or self._every_s is None or media_s > self._last_s + self._every_s:
            return None
        return self._last_s + self._every_s - media_s


class Thrift:
    """Decides for one open stream. ``want`` may be called from any thread, the rest from one."""

    def __init__(self, facts: StreamFacts, rule: SavingRule | None = None) -> None:
        self._rule = rule or SavingRule()
        self._frames_per_s = facts.frames_per_s
        self._width = facts.width
        self._demand: Demand | None = None
        self._state = SavingState()
        self._lag = Lag()
        self._keys = KeyFrames()

    @property
    def saving(self) -> bool:
        """Whether something is left out that is needed."""
        return self._state.saving

    @property
    def passing_over(self) -> bool:
        """Whether packets are left undecoded because they came too late, up to the next key frame."""
        return self._state.jumped_s is not None

    def want(self, demand: Demand) -> None:
        """What the stream is wanted for from now on."""
        self._demand = demand

    def saw(self, width: int) -> None:
        """How wide the pictures turned out to be."""
        self._width = width

    def decide(self, media_s: float, now_s: float, waited_s: float, key: bool) -> Decoding:
        """What is done with a packet that was read just now, after so long a wait for it."""
        self._lag.read(media_s, now_s, waited_s)
        if key:
            self._keys.saw(media_s)
        waiting = Waiting(self._lag.of(media_s, now_s), key, self._keys.until_next_s(media_s))
        self._state, decoding = decide(self._rule, self._state, self._need(), waiting, now_s)
        return decoding

    def _need(self) -> Need:
        """The gate wants its blocks smoothed, whatever size it takes.

        Without deblocking its precision falls from 0.93 to 0.83 at 1080p and from 0.96 to 0.72 by night at 640x360.
        """
        demand = self._demand
        if demand is None:  # nobody has said yet what for: everything is wanted
            return Need(shown=True, frames_per_s=self._frames_per_s)
        halved = not demand.watched and 2 * demand.width <= self._width
        return Need(demand.shown, demand.watched, halved, self._frames_per_s)
